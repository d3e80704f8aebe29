"""Thumbnails that Windows and Android keep together in files: each is an item."""

import hashlib
import io
import struct
import zlib
from typing import Any

import pytest
from tests.lapwing.scanning.made_sources import picture, put
from tests.lapwing.scanning.test_archives import scanned

from lapwing.hashing.failures import CannotHash
from lapwing.scanning import thumbnails
from lapwing.scanning.found import Found, Step

PICTURES = [picture(61, "JPEG"), picture(62), picture(63, "BMP")]


def windows(version: int, pictures: list[bytes] = PICTURES) -> bytes:
    """A thumbcache as the format document has it, with an entry without a thumbnail and one left over."""
    entries = [_entry(version, number, held) for number, held in enumerate(pictures)]
    entries.insert(1, _entry(version, 9, b""))
    body = b"".join(entries) + b"\0" * 100 + _entry(version, 7, pictures[0])
    return struct.pack("<4sIIIII", b"CMMM", version, 2, 24, 24 + len(body), len(entries)) + body


def _entry(version: int, number: int, held: bytes) -> bytes:
    name, padding = f"{number:016x}".encode("utf-16-le"), b"\0" * (number % 4)
    between = "jpg\0".encode("utf-16-le") if version == 20 else b""
    sizes = struct.pack("<III", len(name), len(padding), len(held))
    rest = bytes(20 if version < 30 else 28)
    size = 16 + len(between) + len(sizes) + len(rest) + len(name) + len(padding) + len(held)
    return struct.pack("<4sIQ", b"CMMM", size, number) + between + sizes + rest + name + padding + held


def android_cache() -> bytes:
    """The data file of an image cache."""
    made = thumbnails.ANDROID_CACHE
    for key, held in enumerate(
        [b"+/local/image/1+".decode().encode("utf-16-be") + PICTURES[0], b"none", PICTURES[1]]
    ):
        made += struct.pack("<QIII", key, zlib.adler32(held), len(made), len(held)) + held
    return made


def thumbdata(slot: int, header: int) -> bytes:
    """Slots of so many bytes, with headers of so many, as makers have them: the second one is empty."""
    made = bytearray(slot * 400)
    for place, number in ((0, 61), (2, 64), (399, 65)):
        held = picture(number, "JPEG", 32)
        start = place * slot
        made[start] = 1
        made[start + header - 4 : start + header + len(held)] = struct.pack(">I", len(held)) + held
    return bytes(made)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Everything that a scan lists of a folder of such files."""
    folder = tmp_path_factory.mktemp("thumbnails")
    for version in (20, 21, 30, 32):
        put(folder / "d", f"thumbcache_{version}.db", windows(version))
    put(folder / "d", "imgcache.0", android_cache())
    put(folder / "d", "imgcache.1", android_cache()[:-100])
    put(folder / "d", "DCIM/.thumbnails/.thumbdata3--1967290299", thumbdata(10000, 13))
    put(folder / "d", "DCIM/.thumbnails/.thumbdata5--1763508120_0", thumbdata(0x4268, 0x15))
    return scanned(folder / "d", folder / "out")


def sha256s(found: dict[str, Any], parent: str) -> list[object]:
    inside = [one for one in found.values() if one["parent"] == parent]
    assert all(len(str(one["pdq"])) == 64 for one in inside)
    return [
        one["sha256"]
        for one in sorted(inside, key=lambda one: int(str(one["path"]).split("/")[-1 - ("cache_" in parent)]))
    ]


@pytest.mark.parametrize("version", [20, 21, 30, 32])
def test_every_thumbnail_of_windows_is_an_item(found: dict[str, Any], version: int) -> None:
    wanted = [hashlib.sha256(held).hexdigest() for held in [*PICTURES, PICTURES[0]]]
    assert sha256s(found, f"thumbcache_{version}.db") == wanted
    assert f"thumbcache_{version}.db/2/{1:016x}" in found
    assert found[f"thumbcache_{version}.db"]["failure"] is None


def test_every_thumbnail_of_android_is_an_item(found: dict[str, Any]) -> None:
    wanted = {hashlib.sha256(held).hexdigest() for held in PICTURES[:2]}
    assert {one["sha256"] for one in found.values() if one["parent"] == "imgcache.0"} == wanted
    slots = [hashlib.sha256(picture(number, "JPEG", 32)).hexdigest() for number in (61, 64, 65)]
    for name in (".thumbdata3--1967290299", ".thumbdata5--1763508120_0"):
        assert sha256s(found, f"DCIM/.thumbnails/{name}") == slots


def test_a_cache_that_breaks_off_is_damaged_and_the_rest_is_listed(
    found: dict[str, Any],
) -> None:
    assert found["imgcache.1"]["failure"]["reason"] == "damaged"
    assert len([one for one in found.values() if one["parent"] == "imgcache.1"]) == 1


def walked(content: bytes, name: bytes) -> list[Found]:
    outer = (Step("folder", hashlib.sha256(content).digest()),)
    return list(thumbnails.walk_thumbnails(lambda _: io.BytesIO(content), outer, name))


@pytest.mark.parametrize("piece", [97, 1000, 1 << 20])
def test_a_mark_is_found_once_wherever_a_piece_ends(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [(one.size, one.locator) for one in walked(windows(32), b"x")]
    monkeypatch.setattr(thumbnails, "_PIECE", piece)
    assert [(one.size, one.locator) for one in walked(windows(32), b"x")] == whole
    assert len(walked(thumbdata(10000, 13), b".thumbdata3-1")) == 3


def test_marks_and_nothing_else_end() -> None:
    with pytest.raises(CannotHash, match="ends in an entry"):
        walked(b"CMMM" * 100_000, b"thumbcache_32.db")
    assert walked(b"CMMM\x20" + b"CMMM!" * 100_000 + bytes(99), b"thumbcache_32.db") == []


def test_what_looks_like_an_entry_in_a_thumbnail_is_none() -> None:
    [one] = walked(windows(32, [PICTURES[0] + _entry(32, 5, PICTURES[1])]), b"thumbcache_32.db")[:-1]
    assert one.size == len(PICTURES[0]) + len(_entry(32, 5, PICTURES[1]))
