"""Pictures that a browser kept are items with the hashes that they had on their page."""

import hashlib
import io
import os
import shutil
import struct
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lapwing.scanning.made_sources import picture, put
from tests.lapwing.scanning.test_archives import scanned
from tests.lapwing.scanning.test_images import TOOLS

from lapwing.hashing.failures import CannotHash
from lapwing.scanning import browser_caches, chromium_blocks
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
    entry, other = (one for path, one in found.items() if path.count("/") == 1 and "empty" not in path)
    assert entry["pdq"] == one["pdq"], "the entry begins with the picture, and is looked at too"
    assert other["pdq"]
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


def blocks(
    *bodies: bytes, file: int = 3, block: int = 4096, address: bytes = b"1/0/https://example.org/"
) -> bytes:
    """A `data_1` with an entry for each of these, which lie in a file of blocks, four blocks each."""
    used, entries = bytearray(8192 - 80), b""
    kinds = {256: 2, 1024: 3, 4096: 4}
    for number, body in enumerate(bodies):
        key = address + b"%d" % number
        at = 0x80000000 | kinds[block] << 28 | 3 << 24 | file << 16 | 4 * number
        said = struct.pack(
            "<IIIiiiQiI4i4I",
            1,
            0,
            0x90000000 + number,
            0,
            0,
            0,
            1,
            len(key),
            0,
            0,
            len(body),
            0,
            0,
            0,
            at,
            0,
            0,
        )
        whole = (said.ljust(96, b"\0") + key).ljust(-(-(96 + len(key)) // 256) * 256, b"\0")
        for one in range(len(whole) // 256):
            used[(len(entries) // 256 + one) // 8] |= 1 << (len(entries) // 256 + one) % 8
        entries += whole
    head = b"\xc3\xca\x04\xc1" + struct.pack("<IhhiI", 0x30000, 1, 2, 256, len(bodies))
    return head.ljust(80, b"\0") + bytes(used) + entries


def in_blocks(*bodies: bytes, block: int = 4096) -> bytes:
    """The file that they lie in."""
    return bytes(8192) + b"".join(body.ljust(4 * block, b"\0") for body in bodies)


def given_blocks(folder: Path) -> int:
    """The block files that Chromium wrote, and how many entries it says that they have."""
    with tarfile.open(GIVEN / "chromium_blocks.tar.xz") as archive:
        for member in archive:
            content = archive.extractfile(member)
            assert content is not None
            put(folder, member.name, content.read())
    return int.from_bytes((folder / "data_0").read_bytes()[16:20], "little")


def test_as_many_are_found_in_chromiums_blocks_as_it_says_that_there_are(tmp_path: Path) -> None:
    many = given_blocks(tmp_path / "d")
    found = scanned(tmp_path / "d", tmp_path / "out")
    bodies = [one for path, one in found.items() if one["parent"]]
    assert len(bodies) == many == 16
    assert {one["parent"] for one in bodies} == {"data_1"}
    assert len({one["sha256"] for one in bodies}) == many
    assert all(b"SwANGLE" in os.fsencode(one["path"]) and not one["failure"] for one in bodies)


def test_small_pictures_in_chromiums_blocks_are_read_in_a_folder_a_zip_and_a_disk(tmp_path: Path) -> None:
    pictures = [picture(number, "JPEG", 96) for number in range(3)]
    assert all(1000 < len(one) < 16_000 for one in pictures)
    folder = tmp_path / "d" / "Cache"
    put(folder, "data_1", blocks(*pictures))
    put(folder, "data_3", in_blocks(*pictures))
    with zipfile.ZipFile(tmp_path / "d" / "deep.zip", "w", zipfile.ZIP_DEFLATED) as deep:
        for path in sorted(folder.iterdir()):
            deep.write(path, f"Cache/{path.name}")
    disk = ["mke2fs", "-q", "-t", "ext4", "-d", str(tmp_path / "d"), str(tmp_path / "disk.img"), "4M"]
    subprocess.run(disk, check=True, env=TOOLS, capture_output=True)
    (tmp_path / "disk.img").rename(tmp_path / "d" / "disk.img")
    found = scanned(tmp_path / "d", tmp_path / "out")
    for place in ("Cache", "deep.zip/Cache", "disk.img/Cache"):
        for number, content in enumerate(pictures):
            one = found[f"{place}/data_1/https://example.org/{number}"]
            assert one["sha256"] == hashlib.sha256(content).hexdigest()
            assert (len(one["pdq"]), one["failure"]) == (64, None)


def test_what_is_not_in_use_is_not_listed_and_what_is_not_there_is_named(tmp_path: Path) -> None:
    pictures = [picture(number, "JPEG", 96) for number in range(2)]
    content = bytearray(blocks(*pictures))
    content[80] &= ~1
    put(tmp_path / "deleted", "data_1", bytes(content))
    put(tmp_path / "deleted", "data_3", in_blocks(*pictures))
    found = scanned(tmp_path / "deleted", tmp_path / "out")
    assert [path for path in found if "example" in path] == ["data_1/https://example.org/1"]
    put(tmp_path / "lost", "data_1", blocks(*pictures))
    found = scanned(tmp_path / "lost", tmp_path / "out_lost")
    assert list(found) == ["data_1", "data_1/data_3"]
    assert found["data_1/data_3"]["failure"]["reason"] == "partly_read"


def test_an_address_may_fill_four_blocks(tmp_path: Path) -> None:
    address = b"https://example.org/" + b"a" * 800
    put(tmp_path / "d", "data_1", blocks(b"x" * 5000, b"y" * 5000, address=address))
    put(tmp_path / "d", "data_3", in_blocks(b"x" * 5000, b"y" * 5000))
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert f"data_1/{address.decode()}0" in found
    assert f"data_1/{address.decode()}1" in found


@settings(max_examples=200, deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, 9000), st.binary(min_size=1, max_size=8)), max_size=6),
    cut=st.integers(0, 1200),
)
def test_no_blocks_do_more_than_fail(changes: list[tuple[int, bytes]], cut: int) -> None:
    content = bytearray(blocks(b"x" * 500, b"y" * 900, file=1, block=256))
    for at, bytes_ in changes:
        content[at : at + len(bytes_)] = bytes_
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), "data_1", bytes(content[: len(content) - cut]))
        outer = (Step("folder", os.fsencode(path)),)
        try:
            for one in chromium_blocks.walk_blocks(lambda _: path.open("rb"), outer, b"a"):
                assert one.failure is not None or 0 < one.size <= 4 * 4096
        except (CannotHash, OSError):
            return


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
