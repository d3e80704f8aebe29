"""Lists as text: a hash a line, declared columns, and python-threatexchange's own."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapwing.exchange.hash_sets import HASH_SETS, recognise_set
from lapwing.exchange.hash_sets.columns import Mapping, read_columns, read_plain, write_plain
from lapwing.exchange.unreadable import Unreadable
from lapwing.hashing import HASH_TYPES
from lapwing.matching.listed import BadRecord, ListedFile

MD5, SHA1, SHA256, PDQ = "1a" * 16, "2b" * 20, "3c" * 32, "4d" * 32


@pytest.mark.parametrize(
    ("line", "only", "kind", "reason"),
    [
        (MD5, None, "md5", "by its length"),
        (SHA1.upper(), None, "sha1", "in upper case"),
        (f"  {SHA256}\r", None, "sha256", "spaces about it"),
        (PDQ, "pdq", "pdq", "a PDQ, where the list is said to be of PDQ"),
        (PDQ, None, "sha256", "64 digits are a SHA-256 unless something else is said"),
        ("# a remark", None, None, "a remark"),
        ("", None, None, "an empty line"),
        ("abc", None, "bad", "no hash"),
        ("g" * 32, None, "bad", "no hexadecimal"),
        ("é" * 32, None, "bad", "letters beyond ASCII"),
        ("1 " * 16, None, "bad", "spaces inside, which fromhex would pass over"),
        ("١" * 32, None, "bad", "digits of another script"),
        ("\0" * 32, None, "bad", "bytes that are no text"),
        ("0x" + MD5[2:], None, "bad", "a mark of a number"),
        (SHA1, "md5", "bad", "of another kind than was said"),
        ("d41d8cd98f00b204e9800998ecf8427e", None, "bad", "an empty file's"),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", None, "bad", "an empty file's"),
    ],
)
def test_a_line_is_a_hash_or_is_named(line: str, only: str | None, kind: str | None, reason: str) -> None:
    found = list(read_plain(io.BytesIO(f"{line}\n".encode()), only))
    if kind is None:
        assert found == [], reason
    elif kind == "bad":
        assert isinstance(found[0], BadRecord), reason
        assert found[0].where == "line 1"
    else:
        assert isinstance(found[0], ListedFile), reason
        assert list(found[0].hashes) == [kind]


TABLE = (
    f"id,Hash (MD5),pdna,cat,gone\n7,{MD5.upper()},,A,\n8,,,,deleted\n9,nothing,,B,\n10,{MD5}\n\n".encode()
)


def test_columns_are_read_as_declared() -> None:
    mapping = Mapping({"identity": "id", "md5": "Hash (MD5)", "category": "cat", "withdrawn": "gone"}, "iwf")
    first, gone, bad, short = read_columns(io.BytesIO(b"\xef\xbb\xbf" + TABLE), mapping)
    assert first == ListedFile({"md5": bytes.fromhex(MD5)}, "7", "A", "iwf")
    assert gone == ListedFile({}, "8", "", "iwf", withdrawn=True)
    assert isinstance(bad, BadRecord)
    assert bad.where == "line 4"
    assert isinstance(short, BadRecord)
    assert "2 columns" in short.sentence


def test_columns_by_number_have_no_heading() -> None:
    rows = f"x;{SHA1}\ny;{SHA1}\n".encode()
    found = list(read_columns(io.BytesIO(rows), Mapping({"sha1": 2, "identity": 1}, delimiter=";")))
    assert [one.identity for one in found if isinstance(one, ListedFile)] == ["x", "y"]


@pytest.mark.parametrize(
    ("columns", "delimiter", "sentence"),
    [
        ({"md6": "a"}, ",", "there is no field 'md6'"),
        ({"identity": "a"}, ",", "a column must hold a hash"),
        ({"md5": "a", "identity": 2}, ",", "every column by its name"),
        ({"md5": "a"}, ",,", "one character"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(
    columns: dict[str, str | int], delimiter: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        list(read_columns(io.BytesIO(TABLE), Mapping(columns, delimiter=delimiter)))


def test_a_column_that_is_not_there_is_no_empty_list() -> None:
    with pytest.raises(Unreadable, match="No column is called 'sha1'"):
        list(read_columns(io.BytesIO(TABLE), Mapping({"sha1": "sha1"})))


@pytest.mark.parametrize(
    "content", [b"a" * 70_000, b'"' + b"x," * 90_000], ids=["a long line", "a quote left open"]
)
def test_a_line_without_end_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        list(read_columns(io.BytesIO(b"md5\n" + content), Mapping({"md5": "md5"})))


def test_threatexchange_s_csv_is_told_by_its_first_line() -> None:
    rows = (
        "collab,signal_type,signal_str,category,tags\r\n"
        f"c,pdq,{PDQ},POSITIVE_CLASS,a b\r\n"
        f"c,video_md5,{MD5},NEGATIVE_CLASS,\r\n"
        "c,raw_text,some words,POSITIVE_CLASS,\r\n"
        "c,pdq,zz,POSITIVE_CLASS,\r\n"
    ).encode()
    form = recognise_set(rows)
    assert form is HASH_SETS["threatexchange"]
    image, video, text, bad = form.read(io.BytesIO(rows))
    assert image == ListedFile({"pdq": bytes.fromhex(PDQ)}, "", "POSITIVE_CLASS", "threatexchange", "image")
    assert isinstance(video, ListedFile)
    assert video.withdrawn, "somebody holds that it is not what it was listed for"
    assert isinstance(text, BadRecord)
    assert "'raw_text' is not a hash of a file" in text.sentence
    assert isinstance(bad, BadRecord)
    assert "some words" not in str(text), "a record's text is not repeated"


def test_what_stands_is_written_a_line_each() -> None:
    entries = [
        ListedFile({"md5": bytes.fromhex(MD5)}),
        ListedFile({"md5": bytes(16)}, withdrawn=True),
        ListedFile({"sha1": bytes.fromhex(SHA1)}),
    ]
    stream = io.BytesIO()
    assert write_plain("md5", entries, stream) == 1
    assert stream.getvalue() == f"{MD5}\n".encode()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=70)), st.sampled_from([None, 1, 2, "md5"]))
def test_any_text_is_entries_and_numbered_lines(lines: list[str], column: int | str | None) -> None:
    stream = io.BytesIO("\n".join(lines).encode("utf-8", "replace"))
    try:
        mapped = Mapping({"hash": column}) if column is not None else None
        found = list(read_plain(stream) if mapped is None else read_columns(stream, mapped))
    except Unreadable:
        return
    for item in found:
        assert isinstance(item, BadRecord) or all(
            len(value) == HASH_TYPES[kind].size for kind, value in item.hashes.items()
        )
