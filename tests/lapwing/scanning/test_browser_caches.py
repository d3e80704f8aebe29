"""Pictures that a browser kept are items with the hashes that they had on their page."""

import hashlib
import io
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lapwing.scanning.made_sources import picture, put
from tests.lapwing.scanning.test_archives import scanned

from lapwing.hashing.failures import CannotHash
from lapwing.scanning import browser_caches
from lapwing.scanning.found import Step

GIVEN = Path(__file__).parent / "given"
PICTURE, VIDEO = GIVEN / "79adc0aa26d90c53_0", GIVEN / "50e4102f1ed0fffc_s"
SITE = "http://127.0.0.1:8765"
SHA256 = {
    "picture.jpg": "7e319ef91e528f7cec2ad74f3b8d24051e7bf648cdf78b3c781c98e2e81ada27",
    "video.mp4": "6558c08498b70c97da287c671d8bf4e29c117b78ac76f81ffd472ff245a8a63f",
}
RANGE = struct.pack("<Q", 0xEB97BF016553676B)


def ranged(*ranges: tuple[int, bytes], said: int | None = None) -> bytes:
    """An entry of Chromium's for what was asked for in ranges, each with its place in the whole."""
    address = b"1/0/https://example.org/a.bmp"
    head = struct.pack("<QIII4x", 0xFCFB6D1BA7725C30, 5, len(address), 0) + address
    return head + b"".join(
        RANGE + struct.pack("<qqI4x", at, len(content) if said is None else said, 0) + content
        for at, content in ranges
    )


def firefox(
    body: bytes, version: int = 3, address: bytes = b"O^partitionKey=a,:https://example.org/a"
) -> bytes:
    """An entry of Firefox's."""
    hashes = bytes(4 + 2 * -(-len(body) // (1 << 18)))
    said = struct.pack(">7I", version, 1, 1_700_000_000, 1_700_000_000, 0, 0, len(address))
    flags = bytes(4) if version > 1 else b""
    return body + hashes + said + flags + address + b"\0" + b"more\0said\0" + struct.pack(">I", len(body))


def test_what_chromium_keeps_has_the_hashes_that_it_had_on_its_page(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    for given_one in (PICTURE, VIDEO):
        shutil.copy(given_one, tmp_path / "d")
    put(tmp_path / "d", "index", PICTURE.read_bytes()[:12] + bytes(12))
    found = scanned(tmp_path / "d", tmp_path / "out")
    for entry, name in ((PICTURE, "picture.jpg"), (VIDEO, "video.mp4")):
        one = found[f"{entry.name}/{SITE}/{name}"]
        assert (one["sha256"], one["parent"], one["rewritten"]) == (SHA256[name], entry.name, False)
    assert found[f"{PICTURE.name}/{SITE}/picture.jpg"]["pdq"]
    assert found[f"{VIDEO.name}/{SITE}/video.mp4"]["vpdq"]
    assert found["index"]["failure"] is None, "which lists the entries"


@pytest.mark.parametrize("version", [1, 2, 3])
def test_what_firefox_keeps_has_the_hashes_that_it_had_on_its_page(tmp_path: Path, version: int) -> None:
    name = "0123456789ABCDEF0123456789ABCDEF01234567"
    large = picture(1, "BMP", 400)
    assert len(large) > 1 << 18
    put(tmp_path / "d", f"entries/{name}", firefox(large, version))
    put(tmp_path / "d", "other/ABCDEF6789ABCDEF0123456789ABCDEF01234567", picture(2))
    put(tmp_path / "d", "empty/ABCDEF6789ABCDEF0123456789ABCDEF01234567", firefox(b"", version))
    found = scanned(tmp_path / "d", tmp_path / "out")
    one = found[f"entries/{name}/https://example.org/a"]
    assert (one["sha256"], len(one["pdq"])) == (hashlib.sha256(large).hexdigest(), 64)
    assert len(found) == 4, "a file that only has such a name holds nothing"
    assert [path for path, one in found.items() if one["failure"]] == []


def test_ranges_are_put_together_in_their_order_and_what_is_not_there_is_said(tmp_path: Path) -> None:
    whole = picture(1, "BMP", 64)
    put(tmp_path / "d", "0000000000000001_s", ranged((100, whole[100:]), (0, whole[:100])))
    put(tmp_path / "d", "0000000000000002_s", ranged((0, whole[:5000]), (6000, whole[6000:])))
    put(tmp_path / "d", "0000000000000003_s", ranged((9, whole)))
    found = scanned(tmp_path / "d", tmp_path / "out")
    bodies = {path[:16]: one for path, one in found.items() if "/" in path}
    assert bodies["0000000000000001"]["sha256"] == hashlib.sha256(whole).hexdigest()
    gap = whole[:5000] + bytes(1000) + whole[6000:]
    assert bodies["0000000000000002"]["sha256"] == hashlib.sha256(gap).hexdigest()
    assert bodies["0000000000000003"]["sha256"] == hashlib.sha256(bytes(9) + whole).hexdigest()
    assert [bodies[name]["rewritten"] for name in sorted(bodies)] == [False, True, True]


WRONG: dict[str, tuple[bytes, str]] = {
    "over one another": (ranged((0, b"abc"), (2, b"abc")), "damaged"),
    "before the beginning": (ranged((-5, b"abc")), "damaged"),
    "longer than the file": (ranged((0, b"abc"), said=4), "damaged"),
    "shorter than nothing": (ranged((0, b"abc"), said=-4), "damaged"),
    "a terabyte of nothing": (ranged((1 << 40, b"abc")), "bomb"),
    "cut in the body": (PICTURE.read_bytes()[:500], "damaged"),
    "cut in the address": (PICTURE.read_bytes()[:40], "damaged"),
    "an address of a gigabyte": (
        PICTURE.read_bytes()[:12] + struct.pack("<I", 1 << 30) + bytes(99),
        "damaged",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_an_entry_that_is_not_whole_is_a_failure_and_hashed_all_the_same(tmp_path: Path, wrong: str) -> None:
    content, reason = WRONG[wrong]
    put(tmp_path / "d", "0000000000000001_s", content)
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert list(found) == ["0000000000000001_s"]
    one = found["0000000000000001_s"]
    assert (one["failure"]["reason"], one["sha256"]) == (reason, hashlib.sha256(content).hexdigest())


Walk = Callable[..., Any]
KINDS: list[tuple[bytes, Walk, Walk]] = [
    (PICTURE.read_bytes(), browser_caches.walk_chromium, browser_caches.open_chromium),
    (VIDEO.read_bytes()[:2000], browser_caches.walk_chromium, browser_caches.open_chromium),
    (ranged((4, b"abc"), (90, b"def")), browser_caches.walk_chromium, browser_caches.open_chromium),
    (firefox(b"a body"), browser_caches.walk_firefox, browser_caches.open_firefox),
]


@settings(max_examples=400, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    changes=st.lists(st.tuples(st.integers(0, 2200), st.binary(min_size=1, max_size=8)), max_size=4),
    cut=st.integers(0, 2200),
)
def test_no_entry_does_more_than_fail(
    kind: tuple[bytes, Walk, Walk], changes: list[tuple[int, bytes]], cut: int
) -> None:
    whole, walk, open_one = kind
    content = bytearray(whole)
    for at, bytes_ in changes:
        content[at : at + len(bytes_)] = bytes_
    outer = (Step("folder", b"/a"),)

    def opening(_: Any) -> io.BytesIO:
        return io.BytesIO(bytes(content[: len(content) - cut]))

    try:
        for one in walk(opening, outer, b"a"):
            read = open_one(opening, outer, one.locator[-1]).read(1 << 20)
            assert len(read) == min(one.size, 1 << 20)
    except CannotHash:
        return
