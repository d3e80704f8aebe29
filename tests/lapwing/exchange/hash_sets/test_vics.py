"""VICS: each trap of the handbook, sets and cases of three versions, and no broken file is a list."""

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapwing.exchange.hash_sets import HASH_SETS, recognise_set
from lapwing.exchange.unreadable import Unreadable
from lapwing.matching.listed import BadRecord, ListedFile

VICS = HASH_SETS["vics"]
MD5, SHA1 = "0123456789abcdef" * 2, "0123456789abcdef0123" * 2
BOTH = {"md5": bytes.fromhex(MD5), "sha1": bytes.fromhex(SHA1)}
V13 = "http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml/US/$metadata#Media"
V20 = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media"


def read(document: Any) -> list[ListedFile | BadRecord]:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return list(VICS.read(io.BytesIO(content)))


def media(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"MediaID": number, "Category": 1, "MD5": MD5, **more}


SETS: list[tuple[Any, str]] = [
    ({"odata.metadata": V13, "value": [media()]}, "a hash set of 1.3"),
    ({"odata.metadata": V13.replace("1.3", "1.2"), "value": [media()]}, "a hash set of 1.2"),
    ({"@odata.context": V20, "value": [media()]}, "a hash set of 2.0"),
    ({"@odata.context": V20, "value": [{"CaseID": "1", "Media": [media()]}]}, "a case in value"),
    ({"odata.metadata": V13, "CaseID": "1", "CaseNumber": "12/26", "Media": [media()]}, "a bare case"),
    ({"@odata.context": V20, "value": [{"Media": [media()], "CaseID": "1", "CaseNumber": 9}]}, "keys after"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "reason"), SETS)
def test_sets_and_cases_of_every_version_give_their_media(document: Any, reason: str) -> None:
    [entry] = read(document)
    assert entry == ListedFile({"md5": bytes.fromhex(MD5)}, "1", "1", "vics"), reason
    assert recognise_set(json.dumps(document).encode()) is VICS


TRAPS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (media(MD5=MD5.upper()), {}, "upper-case hexadecimal"),
    (media(MD5=f" {MD5} "), {}, "spaces about it"),
    (media(IsPrecategorized="true", VictimIdentified="false"), {}, "booleans as strings"),
    (media(IsPrecategorized="True", Category=0), {"category": "0"}, "only Category carries a verdict"),
    (media(Category="2"), {"category": "2"}, "a category as text"),
    (media(Category=2.0), {"category": "2"}, "a category as a decimal"),
    (media(Category=None), {"category": ""}, "no category"),
    (media(DateUpdated="/Date(1700000000000)/"), {}, "a date of the old kind"),
    (media(DateUpdated="2023-06-07T02:31:49.8300+1:0"), {}, "a broken offset"),
    (media(SHA1=SHA1.upper()), {"hashes": BOTH}, "SHA-1 too"),
    (media(MimeType="image/jpeg"), {"media": "image"}, "an image"),
    (media(MimeType="VIDEO/MP4"), {"media": "video"}, "a video"),
    (media(MediaFiles=[{"MD5": MD5, "FileName": "a", "Unallocated": "false"}] * 3), {}, "several of one"),
    (media(Media=None), {}, "a key called Media that is no case's"),
]  # fmt: skip


@pytest.mark.parametrize(("given_media", "expected", "reason"), TRAPS)
def test_each_trap_is_read_for_what_it_is(
    given_media: dict[str, Any], expected: dict[str, Any], reason: str
) -> None:
    [entry] = read({"odata.metadata": V13, "value": [given_media]})
    assert isinstance(entry, ListedFile), reason
    whole = {
        "hashes": {"md5": bytes.fromhex(MD5)},
        "identity": "1",
        "category": "1",
        "dialect": "vics",
    } | expected
    assert entry == ListedFile(**whole), reason


BAD: list[tuple[dict[str, Any], str]] = [
    ({"MediaID": 1, "Category": 1}, "none of MD5, SHA1, SHA256, PhotoDNA"),
    (media(MD5="xyz"), "its md5 is none"),
    (media(MD5=5), "its MD5 is not text"),
    (media(MD5="d41d8cd98f00b204e9800998ecf8427e"), "of an empty file"),
    (media(SHA1="12"), "its sha1 is none"),
    (media(PhotoDNA="AAAA"), "its photodna is none"),
]


@pytest.mark.parametrize(("given_media", "sentence"), BAD)
def test_a_bad_media_is_named_and_the_rest_goes_on(given_media: dict[str, Any], sentence: str) -> None:
    bad, good = read({"odata.metadata": V13, "value": [given_media, media(2)]})
    assert isinstance(bad, BadRecord)
    assert bad.where == "Media no. 1"
    assert sentence in bad.sentence
    assert isinstance(good, ListedFile)


def test_a_byte_order_mark_is_passed_over() -> None:
    content = b"\xef\xbb\xbf" + json.dumps({"@odata.context": V20, "value": [media()]}).encode()
    assert len(read(content)) == 1
    assert recognise_set(content) is VICS


@pytest.mark.parametrize("kept", [1, 20, 60, 120, 150])
def test_a_set_cut_short_is_no_list(kept: int) -> None:
    content = json.dumps({"@odata.context": V20, "value": [media()]}).encode()
    with pytest.raises(Unreadable):
        read(content[:kept])


def hostile() -> list[tuple[bytes, str]]:
    deep = b'{"value":[' + b"[" * 5000
    return [
        (b"", "nothing"),
        (b"[]", "an array"),
        (b"3", "a number"),
        (b"{}", "an object of nothing"),
        (b'{"error": {"value": 1}, "value": {}}', "an error, which is no empty list"),
        (b"\xff\xfe{", "another encoding"),
        (deep, "nested without end"),
        (b'{"value":[{"MD5":' + b"[" * 40 + b"1" + b"]" * 40 + b"}]}", "a deep Media"),
        (b'{"value":[{"MD5":"' + b"a" * (17 * 2**20) + b'"}]}', "a value without end"),
        (b'{"value":[{' + b",".join([b'"k":1'] * 100_001) + b"}]}", "a Media of too many values"),
        (b'{"value":[{"MD5":"' + b"\xff" * 8 + b'"}]}', "bytes that are no text"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "reason"), hostile(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_is_hostile_is_refused_by_name(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable):
        read(content)


ENTRIES = st.lists(
    st.builds(
        ListedFile,
        hashes=st.dictionaries(st.sampled_from(["md5"]), st.binary(min_size=16, max_size=16), min_size=1),
        category=st.sampled_from(["0", "1", "2", "3"]),
        dialect=st.sampled_from(["vics", "ncmec"]),
        withdrawn=st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(entries=ENTRIES)
def test_what_is_written_is_read_back(entries: list[ListedFile]) -> None:
    stream = io.BytesIO()
    assert VICS.write is not None
    standing = [entry for entry in entries if not entry.withdrawn]
    assert VICS.write(entries, stream) == len(standing)
    found = read(stream.getvalue())
    assert [one.hashes for one in found if isinstance(one, ListedFile)] == [one.hashes for one in standing]
    marks = [one.category for one in found if isinstance(one, ListedFile)]
    assert marks == [one.category if one.dialect == "vics" else "0" for one in standing], (
        "no dialect is turned"
    )


def test_a_set_of_many_is_read_as_it_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries come before the stream has ended, so that memory does not grow with the set."""
    one = json.dumps(media()).encode()
    content = io.BytesIO(b'{"value":[' + b",".join([one] * 50_000) + b"]}")
    entries = VICS.read(content)
    next(entries)
    assert content.tell() < 200_000
    assert sum(1 for _ in entries) == 49_999
