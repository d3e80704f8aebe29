"""`sources.toml`: what it may say, and that whatever it should not say is an error that tells where."""

from pathlib import Path

import pytest

from lapwing.sources.configured import BadSources, read_sources

LIST = "[made]\naddress = 'https://example.com/list'\n"
BESIDE = LIST + "signature_address = 'https://example.com/a'\n"
PAGES = "[made]\nkind = 'ncmec'\naddress = 'https://example.com/v2?from={since}'\n"
MINISIGN = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"

# The file, a part of what is said, and why it is wrong.
BAD = [
    (LIST.replace("https", "http"), "an address is https", "no TLS"),
    (LIST.replace("https", "ftp"), "an address is https", "another protocol"),
    (LIST.replace("https://", "drop/"), "an address is https", "a path"),
    (LIST.replace("example", "me:orange@example"), "never in an address", "a secret in the address"),
    (LIST.replace("/list", "/my list"), "no spaces", "a space in the address"),
    (LIST.replace("example.com", "example.com:orange"), "a port as a number", "no port"),
    ("[made]\nkind = 'file'", "address", "from nowhere"),
    (LIST + "colour = 'red'", "colour", "a key that nobody defined"),
    (LIST + "urls.colour = 'red'", "colour", "one further in"),
    (LIST + "password = 'orange'", "password", "a secret in the file"),
    (LIST + "user_variable = 'AGENCY_USER'", "a user needs user_variable", "half of a secret"),
    (LIST + "token_variable = 'A'\ntoken_file = '/a'", "in a variable or in a file", "twice"),
    (LIST + "token_file = '/a'\nuser_variable = 'A'\npassword_file = '/a'", "or a token", "two secrets"),
    (LIST + "kind = 'ftp'", "kind", "a kind that there is not"),
    (LIST + "how = 'some'", "how", "a way that there is not"),
    (LIST + "format = 'pdf'", "there is no format", "a format that nobody reads"),
    (LIST + "format = 'ncmec-hash-sharing'", "say how = 'changes'", "changes as the whole list"),
    (LIST + "type = 'crc32'", "there is no type", "a hash that nobody knows"),
    (LIST + "columns = { hsah = 'A' }", "hsah", "a column of nothing"),
    (LIST + "every_minutes = 0", "every_minutes", "always"),
    (LIST + "largest_mib = 0", "largest_mib", "a limit of nothing"),
    (LIST + "longest_seconds = '5'", "longest_seconds", "a number as text"),
    (LIST + "overlap_minutes = -1", "overlap_minutes", "a window that begins too late"),
    (LIST + "sha256_address = 'http://example.com/a'", "an address is https", "a sum anybody can change"),
    (BESIDE, "public_key", "a signature of nobody's"),
    (BESIDE + "public_key = 'orange'", "should be base64", "no key"),
    (BESIDE + f"public_key = '{MINISIGN[:-8]}'", "as minisign prints it", "a part of a key"),
    (PAGES, "say how = 'changes'", "pages as the whole list"),
    (PAGES.replace("{since}", "1") + "how = 'changes'", "{since}", "the same window for ever"),
    (PAGES + "how = 'changes'\nsha256_address = 'https://example.com/a'", "beside them", "one sum of all"),
    ("made = 1", "sources.toml", "no table"),
    (LIST.replace("made", "'../up'"), "a list's name", "a name that is a path"),
    ("[made", "sources.toml", "no TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "sentence", "why"), BAD, ids=[one[2] for one in BAD])
def test_what_a_file_should_not_say_is_an_error_that_tells_where(
    tmp_path: Path, written: str, sentence: str, why: str
) -> None:
    (tmp_path / "sources.toml").write_text(written)
    with pytest.raises(BadSources) as fault:
        read_sources(tmp_path)
    assert "sources.toml" in str(fault.value)
    assert sentence in str(fault.value), why
    assert "orange" not in str(fault.value), "it may have been a secret"


GOOD = f"""
[agency]
address = "https://lists.example.com/list.csv?key=1"
columns = {{ md5 = "Hash", category = "Grade" }}
dialect = "industry"
delimiter = ";"
signature_address = "https://lists.example.com/list.csv.minisig"
public_key = "{MINISIGN}"

[ncmec]
kind = "ncmec"
how = "changes"
address = "https://lists.example.com/v2?from={{since}}"
"""


def test_a_file_says_where_lists_come_from(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(GOOD)
    agency, ncmec = read_sources(tmp_path).values()
    assert (agency.shown, agency.proved) == ("https://lists.example.com/list.csv", True)
    assert agency.mapping is not None
    assert (agency.mapping.dialect, agency.mapping.delimiter) == ("industry", ";")
    assert (ncmec.how, ncmec.proved, ncmec.mapping) == ("changes", False, None)
