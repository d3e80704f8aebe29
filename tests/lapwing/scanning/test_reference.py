"""The reference tool, `fls` of The Sleuth Kit, beside a scan: whatever it lists is in the list."""

import hashlib
import json
import re
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.lapwing.scanning.made_sources import picture, put
from tests.lapwing.scanning.test_images import INTO_FAT, MAKE_FAT, disk, ext4, filled, made

from lapwing.cli import main

__all__ = ["ext4"]
_LINE = re.compile(r"([^ ]+) (\* )?([\d-]+)(\(realloc\))?:\t(.*)")
FOLDERS = ("d/d", "d/-", "-/d", "V/V", "v/v", "V/d", "d/V", "-/V")


def by_fls(image: Path, *, start: int = 0) -> list[tuple[str, bool]]:
    """Every name that it lists which is no folder's, and whether it is deleted."""
    return listed_by(["fls", "-r", "-p", "-o", str(start), str(image)])


def listed_by(command: list[str]) -> list[tuple[str, bool]]:
    """Of what that command lists, every name which is no folder's, and whether it is deleted."""
    said = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    lines = [found for line in said.splitlines() if (found := _LINE.fullmatch(line))]
    assert len(lines) == len(said.splitlines())
    return [(line[5], bool(line[2])) for line in lines if line[1] not in FOLDERS]


def scanned(image: Path, out: Path) -> dict[tuple[str, bool], dict[str, Any]]:
    """The items by path and whether they are deleted: a deleted file and a new one may share a path."""
    assert main(["scan", str(image), "--no-lists", "--out", str(out), "--workers", "2"]) == 0
    lines = map(json.loads, (out / "items.jsonl").read_text().splitlines())
    return {(one["path"], one["deleted"]): one for one in lines}


def fat(folder: Path) -> bytes:
    image = filled(folder, MAKE_FAT, INTO_FAT)
    made(["mcopy", "-i", str(image), str(put(folder, "a long name of a letter.txt", b"dull")), "::"])
    made(["mdel", "-i", str(image), "::IMG_1.png"])
    return image.read_bytes()


def ntfs(folder: Path) -> bytes:
    copy = ["ntfscp", "-f", "{image}", "{file}", "{name}"]
    image = filled(folder, ["mkntfs", "-F", "-Q", "-q"], copy)
    made(["ntfscp", "-f", "-N", "stream", str(image), str(put(folder, "s", picture(9))), "IMG_0.png"])
    return image.read_bytes()


def exfat(folder: Path) -> bytes:
    """Its tools put no file into it without mounting it: a file and a deleted one are written here."""
    image = folder / "disk.img"
    image.write_bytes(bytes(16 << 20))
    made(["mkfs.exfat", str(image)])
    whole = bytearray(image.read_bytes())
    sector, clusters, root = 1 << whole[108], *struct.unpack_from("<I4xI", whole, 88)
    cluster = sector << whole[109]
    entries = clusters * sector + (root - 2) * cluster
    free = entries + next(
        at for at in range(0, cluster, 32) if not whole[entries + at]
    )  # the end of the root
    for number, first in enumerate((100, 200)):
        content = picture(number)
        place = clusters * sector + (first - 2) * cluster
        whole[place : place + len(content)] = content
        one = _exfat_entries(f"IMG_{number}.png", first, len(content), deleted=bool(number))
        whole[free : free + len(one)] = one
        free += len(one)
    bitmap = clusters * sector  # of what is in use: it lies first, as mkfs.exfat makes it
    for used in range(98, 98 + -(-len(picture(0)) // cluster)):
        whole[bitmap + used // 8] |= 1 << used % 8
    return bytes(whole)


def _exfat_entries(name: str, first: int, size: int, *, deleted: bool) -> bytes:
    """A file, its stream, and its name, by Microsoft's document of exFAT."""
    moment = (2026 - 1980) << 25 | 1 << 21 | 5 << 16 | 9 << 11
    file = struct.pack("<BBHHHIII12x", 0x85, 2, 0, 0x20, 0, moment, moment, moment)
    stream = struct.pack("<BBBBHHQIIQ", 0xC0, 3, 0, len(name), 0, 0, size, 0, first, size)
    whole = bytearray(file + stream + bytes((0xC1, 0)) + name.encode("utf-16-le").ljust(30, b"\0"))
    total = 0
    for at, byte in enumerate(whole):
        if at not in (2, 3):
            total = ((total << 15 | total >> 1) + byte) & 0xFFFF
    struct.pack_into("<H", whole, 2, total)
    for at in range(0, len(whole), 32):
        whole[at] &= 0x7F if deleted else 0xFF
    return bytes(whole)


def disc(folder: Path) -> bytes:
    """A disc for both kinds of machine: ISO 9660, and HFS+ in a partition of Apple's table."""
    for number in range(2):
        put(folder / "files", f"DCIM/IMG_{number}.png", picture(number))
    put(folder / "files", "Documents/\u00e9t\u00e9 \u4e00.txt", b"nothing of note")
    (folder / "files" / "round").symlink_to("DCIM")
    made(
        ["xorriso", "-as", "mkisofs", "-quiet", "-hfsplus", "-o", str(folder / "disc"), str(folder / "files")]
    )
    return (folder / "disc").read_bytes()


def hfs(folder: Path) -> bytes:
    """The HFS+ of such a disc, and a picture that has another behind it."""
    whole = bytearray(_hfs_of(disc(folder)))
    first = whole.index("IMG_0.png".encode("utf-16-be")) + 18  # of its record in the catalogue: the key's end
    second = whole.index("IMG_1.png".encode("utf-16-be")) + 18
    assert whole[first : first + 2] == whole[second : second + 2] == b"\0\2", "the record of a file"
    whole[first + 168 : first + 248] = whole[
        second + 88 : second + 168
    ]  # the one's resources, the other's data
    return bytes(whole)


def _hfs_of(disc: bytes) -> bytes:
    [entry] = [disc[at : at + 16] for at in range(512, 2560, 512) if disc[at + 48 : at + 57] == b"Apple_HFS"]
    start, size = struct.unpack(">8xII", entry)
    return disc[512 * start : 512 * (start + size)]


SYSTEMS = {"fat": fat, "ntfs": ntfs, "exfat": exfat, "hfs": hfs}


@pytest.fixture(scope="module")
def volumes(tmp_path_factory: pytest.TempPathFactory, ext4: bytes) -> dict[str, bytes]:
    return {"ext4": ext4} | {name: make(tmp_path_factory.mktemp(name)) for name, make in SYSTEMS.items()}


@pytest.mark.parametrize("name", ["ext4", *SYSTEMS])
def test_every_file_that_fls_lists_is_in_the_list(
    tmp_path: Path, volumes: dict[str, bytes], name: str
) -> None:
    image = put(tmp_path, "disk.img", volumes[name])
    listed, found = by_fls(image), scanned(image, tmp_path / "out")
    missing = [one for one in listed if (f"disk.img/{one[0]}", one[1]) not in found]
    assert missing == []
    pictures = [one for one in listed if one[0].endswith((".png", ".png:stream"))]
    assert len(pictures) == {"ntfs": 3, "ext4": 5}.get(name, 2)
    assert {deleted for _, deleted in pictures} == ({False} if name in ("ntfs", "hfs") else {True, False})
    hashes = {hashlib.sha256(picture(number)).hexdigest() for number in range(10)}
    for path, deleted in pictures:
        assert found[f"disk.img/{path}", deleted]["sha256"] in hashes or (name, deleted) == ("ext4", True)


def test_what_lies_behind_a_file_of_hfs_is_an_item(tmp_path: Path, volumes: dict[str, bytes]) -> None:
    found = scanned(put(tmp_path, "disk.img", volumes["hfs"]), tmp_path / "out")
    behind = {path: one["sha256"] for (path, _), one in found.items() if ":" in path}
    assert behind == {"disk.img/DCIM/IMG_0.png:RSRC": hashlib.sha256(picture(1)).hexdigest()}
    assert found["disk.img/round", False]["excluded"] == "symbolic_link"
    assert found["disk.img/DCIM/IMG_0.png", False]["times"]["created"][-1] == "Z"


def test_a_disc_for_two_kinds_of_machine_says_what_is_not_walked_and_a_macs_disk_is(tmp_path: Path) -> None:
    both = disc(tmp_path)
    put(tmp_path / "d", "both.iso", both)
    put(tmp_path / "d", "mac.img", both.replace(b"CD001", bytes(5)))
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert found["both.iso", False]["failure"]["reason"] == "partly_read"
    wanted = hashlib.sha256(picture(0)).hexdigest()
    assert found["both.iso/DCIM/IMG_0.png", None]["sha256"] == wanted
    walked = {path: one["sha256"] for (path, _), one in found.items() if path.endswith("IMG_0.png")}
    assert [path.split("/")[0] for path in walked] == ["both.iso", "mac.img"]
    assert set(walked.values()) == {wanted}


def test_partitions_in_an_e01_hold_what_fls_lists_in_each(tmp_path: Path, volumes: dict[str, bytes]) -> None:
    kinds = {"ext4": 0x83, "fat": 0x06, "ntfs": 0x07, "exfat": 0x07}
    raw = put(tmp_path, "raw", disk(*((kind, volumes[name]) for name, kind in kinds.items())))
    made(["ewfacquire", "-u", "-q", "-t", str(tmp_path / "all"), str(raw)])
    found = scanned(tmp_path / "all.E01", tmp_path / "out")
    start = 2048
    parts = sorted({path.split("/")[1] for path, _ in found if "/partition-" in path})
    assert len(parts) == len(kinds)
    for part, name in zip(parts, kinds, strict=True):
        listed = by_fls(raw, start=start)
        assert listed
        assert [one for one in listed if (f"all.E01/{part}/{one[0]}", one[1]) not in found] == []
        start += len(volumes[name]) // 512
