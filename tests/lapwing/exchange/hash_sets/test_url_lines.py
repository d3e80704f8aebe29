"""URL lists as text: a rule a line, and columns whose meaning is declared."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapwing.exchange.hash_sets.columns import Mapping, read_columns
from lapwing.exchange.hash_sets.reading import BadEntries, Reading
from lapwing.exchange.hash_sets.url_lines import UrlMeaning, read_urls, write_urls
from lapwing.exchange.unreadable import Unreadable
from lapwing.matching.listed import BadRecord, ListedFile
from lapwing.matching.url_rules import How


def test_a_line_is_a_rule_or_is_named() -> None:
    text = "\ufeffexample.com/a\r\n# a remark\n\n  https://example.com/b/*  \nnonsense\n"
    text += "*.example.org\nexample.com/\xff\n"
    found = list(read_urls(io.BytesIO(text.encode())))
    assert found[:2] == [
        ListedFile({"url": b"example.com/a"}),
        ListedFile({"url-prefix": b"https://example.com/b/*"}),
    ]
    assert found[2] == BadRecord("line 5", "its host has no dot")
    assert found[3:] == [
        ListedFile({"url-prefix": b"*.example.org"}),
        ListedFile({"url": b"example.com/%C3%BF"}),
    ]


def test_bytes_that_are_no_text_are_no_rule() -> None:
    [bad] = read_urls(io.BytesIO(b"example.com/\xff\n"), UrlMeaning())
    assert bad == BadRecord("line 1", "it has bytes that are no UTF-8")


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(Unreadable, match="A line has more than"):
        list(read_urls(io.BytesIO(b"example.com/" + b"a" * 70_000), UrlMeaning()))


TABLE = b"""id;address;kind;cat;gone
1;http://example.com/a;page;A;
2;example.org;domain;B;
3;https://example.net/b/;below;A;
4;http://example.com/a/*;page;A;
5;http://example.com/c;PREFIX;A;
6;example.net;;A;
7;http://example.com/d;folder;A;
8;ftp://example.com/e;page;A;
9;;;;yes
10;no address;page;A;yes
;http://example.com/f;page;A;yes
;;page;A;
"""
WORDS: dict[str, How] = {"Page": "exact", "domain": "host", "below": "prefix"}
COLUMNS: dict[str, str | int] = {
    "identity": "id",
    "url": "address",
    "match": "kind",
    "category": "cat",
    "withdrawn": "gone",
}


def test_columns_mean_what_is_declared() -> None:
    mapping = Mapping(COLUMNS, "made", ";", UrlMeaning(words=WORDS))
    found = list(read_columns(io.BytesIO(TABLE), mapping))
    assert found[:5] == [
        ListedFile({"url": b"http://example.com/a"}, "1", "A", "made"),
        ListedFile({"url-prefix": b"*.example.org"}, "2", "B", "made"),
        ListedFile({"url-prefix": b"https://example.net/b/*"}, "3", "A", "made"),
        ListedFile({"url": b"http://example.com/a/%2A"}, "4", "A", "made"),
        ListedFile({"url-prefix": b"http://example.com/c/*"}, "5", "A", "made"),
    ]
    bad = found[5:8]
    assert [one.where for one in bad if isinstance(one, BadRecord)] == ["line 7", "line 8", "line 9"]
    assert "a host alone" in str(bad[0])
    assert "how it matches is 'folder'" in str(bad[1])
    assert "only http and https" in str(bad[2])
    assert found[8:] == [
        ListedFile({}, "9", "", "made", withdrawn=True),
        ListedFile({}, "10", "A", "made", withdrawn=True),  # by its name, which needs no URL
        ListedFile({"url": b"http://example.com/f"}, "", "A", "made", withdrawn=True),
        BadRecord("line 13", "it has no URL"),
    ]


@pytest.mark.parametrize(
    ("meaning", "rule"),
    [
        (UrlMeaning(), {"url": b"https://example.com/a"}),
        (UrlMeaning("exact"), {"url": b"https://example.com/a"}),
        (UrlMeaning("prefix"), {"url-prefix": b"https://example.com/a/*"}),
        (UrlMeaning(any_scheme=True), {"url": b"example.com/a"}),
        (UrlMeaning("prefix", any_scheme=True), {"url-prefix": b"example.com/a/*"}),
    ],
)
def test_what_no_row_says_is_declared_for_all(meaning: UrlMeaning, rule: dict[str, bytes]) -> None:
    mapping = Mapping({"url": 1}, urls=meaning)
    assert list(read_columns(io.BytesIO(b"https://example.com/a\n"), mapping)) == [ListedFile(rule)]
    assert list(read_urls(io.BytesIO(b"https://example.com/a\n"), meaning)) == [ListedFile(rule)]


@pytest.mark.parametrize(
    ("columns", "meaning", "sentence"),
    [
        ({"match": "a"}, UrlMeaning(), "a column must hold"),
        ({"match": "a", "md5": "b"}, UrlMeaning(), "none holds them"),
        ({"url": "a"}, UrlMeaning(words={"page": "all"}), "'page' stands for one of"),  # type: ignore[dict-item]
    ],
)
def test_what_cannot_be_declared_is_refused(
    columns: dict[str, str | int], meaning: UrlMeaning, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        Mapping(columns, urls=meaning).check()


def test_a_list_of_urls_with_a_bad_one_is_no_list_until_told() -> None:
    text = b"example.com/a\nnonsense\n"
    with pytest.raises(BadEntries):
        list(Reading(io.BytesIO(text), kind="url"))
    reading = Reading(io.BytesIO(text), kind="url", skip=True)
    assert [one.hashes for one in reading] == [{"url": b"example.com/a"}]
    assert [str(bad) for bad in reading.bad] == ["line 2: its host has no dot"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=40)), st.sampled_from([None, "exact", "prefix", "host"]))
def test_what_is_written_is_read_as_it_was(lines: list[str], how: How | None) -> None:
    text = "\n".join(f"example.com/{line}\n{line}.example" for line in lines)
    source = io.BytesIO(text.encode("utf-8", "replace"))
    try:
        found = [one for one in read_urls(source, UrlMeaning(how)) if isinstance(one, ListedFile)]
    except Unreadable:
        return
    stream = io.BytesIO()
    assert write_urls([*found, ListedFile({"md5": bytes(16)})], stream) == len(found)
    stream.seek(0)
    assert list(read_urls(stream)) == found
