"""Apple's file system: what the reference tool lists is in the list, and what cannot be read is said."""

import hashlib
import re
import sqlite3
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.lapwing.scanning.made_sources import picture
from tests.lapwing.scanning.test_images import MIB, made, scanned
from tests.lapwing.scanning.test_reference import listed_by

from lapwing.scanning.apfs import check_sum

OBJECTS, ROOT_TREE, SNAPSHOTS, FLAGS = 128, 136, 152, 264  # where a volume keeps them (apfs_superblock_t)
GIVEN = Path(__file__).parent / "given" / "apfs.qcow2"
BLOCK = 4096


def picture_hash(number: int) -> str:
    return hashlib.sha256(picture(number, "BMP", 32)).hexdigest()


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The given container as it lies on a disk, with nothing where nothing is written."""
    image = tmp_path_factory.mktemp("apfs") / "raw"
    made(["qemu-img", "convert", "-O", "raw", str(GIVEN), str(image)])
    return image


def volume_block(raw: Path) -> int:
    """The number of the block that its volume begins with, as The Sleuth Kit says it."""
    said = subprocess.run(["pstat", str(raw)], check=True, capture_output=True, text=True).stdout
    [number] = re.findall(r"APSB Block Number: (\d+)", said)
    return int(number)


def test_whatever_fls_lists_in_a_volume_is_in_the_list(tmp_path: Path, raw: Path) -> None:
    listed = listed_by(["fls", "-r", "-p", "-P", "apfs", "-B", str(volume_block(raw)), str(raw)])
    found = scanned(GIVEN, tmp_path / "out")
    below = "apfs.qcow2/volume-1/"
    assert {path for path in found if path.startswith(below)} == {
        *(below + path for path, _ in listed),
        f"{below}Documents/letter.txt:RSRC",
        f"{below}Documents/again.txt:RSRC",
    }
    for number in range(2):
        one = found[f"{below}DCIM/IMG_{number}.bmp"]
        assert (one["sha256"], len(one["pdq"])) == (picture_hash(number), 64)
        assert (one["deleted"], one["times"]["created"][:4], one["failure"]) == (False, "2026", None)
    assert found[f"{below}Documents/letter.txt:RSRC"]["sha256"] == picture_hash(2)
    again, letter = (found[f"{below}Documents/{name}.txt"] for name in ("again", "letter"))
    assert (again["inode"], again["sha256"]) == (letter["inode"], letter["sha256"])
    assert again["sha256"] == hashlib.sha256(b"nothing of note").hexdigest()
    excluded = {path[len(below) :]: one["excluded"] for path, one in found.items() if one["excluded"]}
    assert excluded == {"null": "device", "pipe": "pipe", "round": "symbolic_link"}


def changed(raw: Path, folder: Path, change: Callable[[bytearray], None], start: int = 0) -> Path:
    """A disk in QCOW2 with the container from `start` on, and every beginning of its volume changed."""
    image = folder / "changed.raw"
    with raw.open("rb") as source, image.open("wb") as copy:
        copy.truncate(start + raw.stat().st_size)
        for at in written(raw):
            source.seek(at)
            block = bytearray(source.read(BLOCK))
            if block[32:36] == b"APSB":
                change(block)
                block[:8] = check_sum(block)
            copy.seek(start + at)
            copy.write(block)
        if start:
            table = struct.pack("<B3sB3sII", 0, bytes(3), 0xAF, bytes(3), start // 512, 512 * MIB // 512)
            copy.seek(446)
            copy.write(table.ljust(64, b"\0") + b"\x55\xaa")
    made(["qemu-img", "convert", "-O", "qcow2", str(image), str(folder / "changed.qcow2")])
    return folder / "changed.qcow2"


def written(raw: Path) -> list[int]:
    """Where the blocks are that are not empty."""
    said = subprocess.run(
        ["qemu-img", "map", "-f", "raw", str(raw)], check=True, capture_output=True, text=True
    )
    rows = [[int(one, 16) for one in line.split()[:2]] for line in said.stdout.splitlines()[1:]]
    return [at for start, size in rows for at in range(start, start + size, BLOCK)]


def test_a_container_in_a_partition_is_walked(tmp_path: Path, raw: Path) -> None:
    found = scanned(changed(raw, tmp_path, lambda block: None, MIB), tmp_path / "out")
    [one] = [one for path, one in found.items() if path.endswith("/volume-1/DCIM/IMG_1.bmp")]
    assert one["sha256"] == picture_hash(1)


def test_what_snapshots_a_volume_has_is_no_hindrance(tmp_path: Path, raw: Path) -> None:
    def break_snapshots(block: bytearray) -> None:
        struct.pack_into("<Q", block, SNAPSHOTS, 1)

    found = scanned(changed(raw, tmp_path, break_snapshots), tmp_path / "out")
    assert found["changed.qcow2/volume-1/DCIM/IMG_0.bmp"]["sha256"] == picture_hash(0)


def test_a_volume_that_cannot_be_read_is_a_failure(tmp_path: Path, raw: Path) -> None:
    def break_objects(block: bytearray) -> None:
        struct.pack_into("<Q", block, OBJECTS, 1)

    found = scanned(changed(raw, tmp_path, break_objects), tmp_path / "out")
    assert found["changed.qcow2/volume-1/"]["failure"]["reason"] == "no_file_system"
    assert len(found) == 2


@pytest.mark.parametrize("flags", [0, 8], ids=["by keys of files", "by one key"])
@pytest.mark.parametrize("readable", [True, False])
def test_an_encrypted_volume_is_named_so_and_counted(
    tmp_path: Path, raw: Path, flags: int, readable: bool
) -> None:
    def encrypt(block: bytearray) -> None:
        assert struct.unpack_from("<Q", block, FLAGS)[0] & 1, "it says that it is not encrypted"
        struct.pack_into("<Q", block, FLAGS, flags)
        if not readable:  # as its tree of names is to whoever has no key
            struct.pack_into("<Q", block, ROOT_TREE, 1)

    found = scanned(changed(raw, tmp_path, encrypt), tmp_path / "out")
    one = found["changed.qcow2/volume-1/"]
    assert (one["failure"]["reason"], one["sha256"]) == ("encrypted", None)
    assert ("changed.qcow2/volume-1/DCIM/IMG_0.bmp" in found) == readable
    assert readable or set(found) == {"changed.qcow2", "changed.qcow2/volume-1/"}


def logged(folder: Path) -> tuple[bytes, bytes]:
    """A small database and its log, with a row that only the log has."""
    source = folder / "chat"
    with sqlite3.connect(source) as writing:
        writing.execute("pragma page_size = 512")
        writing.execute("create table message (thumbnail blob)")
        writing.execute("pragma journal_mode = wal")
        writing.execute("pragma wal_autocheckpoint = 0")
        writing.execute("insert into message values (?)", (picture(7, size=16),))
        writing.commit()
        held = source.read_bytes(), (folder / "chat-wal").read_bytes()
    writing.close()
    return held


def renamed(block: bytearray, old: bytes, new: bytes) -> None:
    """Give a file another name in a block of a tree that has it. Its hash stays, and so does the order."""
    listed, room = struct.unpack_from("<HH", block, 40)
    keys = 56 + listed + room  # behind the list of where each key and value is
    for entry in range(56 + listed, min(keys, BLOCK) - 8, 8):
        at, length = struct.unpack_from("<HH", block, entry)
        name = keys + at + 12
        if length == 12 + len(old) + 1 and block[name : name + len(old)] == old:
            [said] = struct.unpack_from("<I", block, name - 4)  # the length of the name, and the hash
            struct.pack_into("<I", block, name - 4, said - len(old) + len(new))
            struct.pack_into("<H", block, entry + 2, 12 + len(new) + 1)
            block[name : name + len(old) + 1] = new.ljust(len(old) + 1, b"\0")
            block[:8] = check_sum(block)


def test_the_database_of_a_log_is_the_one_in_the_same_folder(tmp_path: Path, raw: Path) -> None:
    """No tool here writes into such a volume: two of its pictures get other names and other content."""
    held = logged(tmp_path)
    contents = {picture(number, "BMP", 32)[:100]: held[number] for number in (0, 1)}
    image = tmp_path / "disk.img"
    with raw.open("rb") as source, image.open("wb") as copy:
        copy.truncate(raw.stat().st_size)
        for at in written(raw):
            source.seek(at)
            block = bytearray(source.read(BLOCK))
            renamed(block, b"IMG_0.bmp", b"IMG_0")
            renamed(block, b"IMG_1.bmp", b"IMG_0-wal")
            put_there = contents.get(bytes(block[:100]), block)
            assert len(put_there) <= BLOCK
            copy.seek(at)
            copy.write(put_there.ljust(BLOCK, b"\0"))
    made(["qemu-img", "convert", "-O", "qcow2", str(image), str(tmp_path / "disk.qcow2")])
    found = scanned(tmp_path / "disk.qcow2", tmp_path / "out")
    log = "disk.qcow2/volume-1/DCIM/IMG_0-wal"
    assert found[log]["failure"] is None, "it is beside its database"
    [inside] = [path for path, one in found.items() if one["parent"] == log]
    assert inside == f"{log}/message/1/thumbnail"
    assert found[inside]["sha256"] == hashlib.sha256(picture(7, size=16)).hexdigest()
