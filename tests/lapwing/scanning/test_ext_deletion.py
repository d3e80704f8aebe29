"""When a file was deleted, by the record that ext2 to ext4 keep of it, and by what debugfs reads there."""

import re
import struct
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.lapwing.scanning.made_sources import picture, put
from tests.lapwing.scanning.test_images import TOOLS, disk, scanned

from lapwing.scanning.ext_deletion import Deletions

MADE = {
    "ext4": ["-t", "ext4"],
    "in many groups": ["-t", "ext4", "-b", "1024", "-g", "512"],
    "with narrow groups": ["-t", "ext4", "-O", "^64bit"],
    "in large blocks": ["-t", "ext4", "-b", "4096"],
    "ext3": ["-t", "ext3"],
    "ext2 with small records": ["-t", "ext2", "-I", "128"],
}


def debugfs(image: Path, command: str, *more: str) -> str:
    run = ["debugfs", *more, "-R", command, str(image)]
    return subprocess.run(run, check=True, env=TOOLS, capture_output=True, text=True).stdout


def made(tmp_path: Path, options: list[str]) -> Path:
    """A file system in whose folders pictures lie, one of which was deleted in each."""
    for folder in range(6):
        for number in range(2):
            put(tmp_path / "files", f"{folder}/IMG_{number}.png", picture(folder * 2 + number))
    image = tmp_path / "made.img"
    make = ["mke2fs", "-q", *options, "-d", str(tmp_path / "files"), str(image), "8M"]
    subprocess.run(make, check=True, env=TOOLS, capture_output=True)
    for folder in range(6):
        debugfs(image, f"rm /{folder}/IMG_1.png", "-w")
    return image


@pytest.mark.parametrize("options", MADE.values(), ids=MADE)
def test_a_deleted_file_has_its_moment_and_no_other_has_one(tmp_path: Path, options: list[str]) -> None:
    image = made(tmp_path, options)
    put(tmp_path, "d/disk.dd", disk((0x83, image.read_bytes())))
    found = scanned(tmp_path / "d", tmp_path / "out").values()
    deleted = [one for one in found if one["path"].endswith("IMG_1.png")]
    assert len(deleted) == 6
    for one in deleted:
        [moment] = re.findall(r"dtime: 0x([0-9a-f]+)", debugfs(image, f"stat <{one['inode']}>"))
        when = datetime.fromtimestamp(int(moment, 16), UTC).strftime("%Y-%m-%dT%H:%M:%S.000000000Z")
        assert one["times"]["deleted"] == when
    assert all("deleted" not in one["times"] for one in found if one["deleted"] is not True)


class Image:
    """An image in memory, read as The Sleuth Kit's are."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, offset: int, size: int) -> bytes:
        return self._content[offset : offset + size]


def test_what_is_no_moment_is_left_out(tmp_path: Path) -> None:
    image = made(tmp_path, MADE["ext4"])
    said = debugfs(image, "imap <13>")
    block, offset = (int(one, 0) for one in re.findall(r"block (\d+), offset (0x[0-9a-f]+)", said)[0])
    at = block * 1024 + offset + 20
    whole = image.read_bytes()

    def moment(*changes: tuple[int, bytes], number: int = 13, until: int | None = None) -> str | None:
        changed = bytearray(whole)
        for place, value in changes:
            changed[place : place + len(value)] = value
        return Deletions(Image(bytes(changed[:until])), 0).at(number)

    assert moment((at, struct.pack("<I", 1767603599))) == "2026-01-05T08:59:59.000000000Z"
    assert moment((at, struct.pack("<I", 0))) is None
    assert moment((at, struct.pack("<I", 32))) is None, "the next record of a list is no time"
    assert moment(number=0) is None
    assert moment(number=2**32) is None, "past the end"
    assert moment(until=at) is None
    assert moment(until=1500) is None
    assert moment((1024 + 40, bytes(4))) is None, "a group of no files"
    scattered = struct.unpack_from("<I", whole, 1024 + 96)[0] | 0x10
    written = (at, struct.pack("<I", 1767603599))
    assert moment(written, (1024 + 96, struct.pack("<I", scattered))) is None
    assert moment(written, (1024 + 56, b"no")) is None
