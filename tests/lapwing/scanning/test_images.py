"""Disk images: what was put on them is in the list, deleted or not, and what cannot be read is said."""

import hashlib
import json
import os
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest
import pytsk3
from tests.lapwing.scanning.made_sources import picture, put

from lapwing.cli import main

TOOLS = {"PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"}
MIB = 1 << 20


@pytest.fixture(scope="module")
def ext4(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file system with pictures, a link, and one file that was deleted from it."""
    folder = tmp_path_factory.mktemp("ext4")
    for number in range(5):
        put(folder / "files", f"DCIM/IMG_{number}.png", picture(number))
    put(folder / "files", "Documents/letter.txt", b"nothing of note")
    (folder / "files" / "round").symlink_to("/")
    image = folder / "disk.img"
    make = ["mke2fs", "-q", "-t", "ext4", "-d", str(folder / "files"), str(image), "8M"]
    subprocess.run(make, check=True, env=TOOLS, capture_output=True)
    delete = ["debugfs", "-w", "-R", "rm /DCIM/IMG_4.png", str(image)]
    subprocess.run(delete, check=True, env=TOOLS, capture_output=True)
    return image.read_bytes()


def scanned(source: Path, out: Path) -> dict[str, dict[str, Any]]:
    assert main(["scan", str(source), "--no-lists", "--out", str(out), "--workers", "2"]) == 0
    found = [json.loads(line) for line in (out / "items.jsonl").read_text().splitlines()]
    counts = json.loads((out / "summary.json").read_text())
    assert (counts["seen"], counts["conserved"]) == (len(found), True)
    return {one["path"]: one for one in found}


def disk(*volumes: tuple[int, bytes]) -> bytes:
    """A disk with a partition table: each volume has its type and its bytes, one MiB in and after another."""
    table, whole, start = b"", b"", 2048
    for kind, content in volumes:
        table += struct.pack("<B3sB3sII", 0, bytes(3), kind, bytes(3), start, len(content) // 512)
        whole += content
        start += len(content) // 512
    first = bytes(446) + table.ljust(64, b"\0") + b"\x55\xaa"
    return first.ljust(MIB, b"\0") + whole


def check(found: dict[str, dict[str, Any]], below: str) -> None:
    for number in range(4):
        one = found[f"{below}/DCIM/IMG_{number}.png"]
        assert one["sha256"] == hashlib.sha256(picture(number)).hexdigest()
        assert (one["deleted"], len(one["pdq"]), one["times"]["modified"][-1]) == (False, 64, "Z")
    assert found[f"{below}/DCIM/IMG_4.png"]["deleted"] is True
    assert found[f"{below}/round"]["excluded"] == "symbolic_link"


def every_file(image: Path) -> set[str]:
    """The files that are not deleted, by the reference library alone."""
    system = pytsk3.FS_Info(pytsk3.Img_Info(str(image)))
    found, folders = set(), [("", system.open_dir("/"))]
    while folders:
        path, folder = folders.pop()
        for entry in folder:
            name = entry.info.name.name.decode()
            if name in (".", "..") or entry.info.meta is None:
                continue
            if entry.info.meta.type == pytsk3.TSK_FS_META_TYPE_DIR:
                folders.append((f"{path}{name}/", entry.as_directory()))
            elif entry.info.meta.type == pytsk3.TSK_FS_META_TYPE_REG:
                found.add(f"{path}{name}")
    return found


def test_every_file_of_an_image_is_in_the_list_with_what_was_deleted(tmp_path: Path, ext4: bytes) -> None:
    image = put(tmp_path, "disk.img", ext4)
    found = scanned(image, tmp_path / "out")
    check(found, "disk.img")
    assert {f"disk.img/{name}" for name in every_file(image)} <= set(found)
    assert found["disk.img"]["sha256"] == hashlib.sha256(ext4).hexdigest()


def test_each_partition_is_walked_and_one_that_cannot_be_read_is_a_failure(
    tmp_path: Path, ext4: bytes
) -> None:
    put(tmp_path / "d", "backup/disk.raw", disk((0x83, ext4), (0x07, os.urandom(MIB)), (0x83, ext4)))
    found = scanned(tmp_path / "d", tmp_path / "out")
    read = sorted({path.split("/")[2] for path in found if "DCIM" in path})
    assert len(read) == 2
    for name in read:
        check(found, f"backup/disk.raw/{name}")
    failures = [one["failure"]["reason"] for one in found.values() if one["failure"]]
    assert failures.count("no_file_system") == 1


@pytest.mark.parametrize(
    ("at", "mark", "reason", "what"),
    [(0, b"LUKS\xba\xbe", "encrypted", "LUKS"), (3, b"-FVE-FS-", "encrypted", "BitLocker")],
)
def test_what_is_known_and_not_read_is_named_bare_and_in_a_partition(
    tmp_path: Path, at: int, mark: bytes, reason: str, what: str
) -> None:
    volume = (bytes(at) + mark).ljust(MIB, b"\0")
    put(tmp_path / "d", "bare", volume)
    put(tmp_path / "d", "disk", disk((0x83, volume)))
    found = scanned(tmp_path / "d", tmp_path / "out")
    failures = {path: one["failure"] for path, one in found.items() if one["failure"]}
    assert {path.split("/")[0] for path in failures} == {"bare", "disk"}
    assert {(one["reason"], one["detail"]) for one in failures.values()} == {(reason, what)}


def changed(image: Path, *commands: str) -> None:
    """The image of an ext4 file system, changed by its own tool."""
    for command in commands:
        made(["debugfs", "-w", "-R", command, str(image)])


def test_a_deleted_name_is_never_given_the_content_of_the_file_that_took_its_place(
    tmp_path: Path, ext4: bytes
) -> None:
    image = put(tmp_path, "disk.img", ext4)
    other = put(tmp_path, "other.txt", b"another file")
    changed(image, "rm /DCIM/IMG_3.png", f"write {other} later.txt")
    system = pytsk3.FS_Info(pytsk3.Img_Info(str(image)))
    reused = {entry.info.name.name: entry.info for entry in system.open_dir("/DCIM")}[b"IMG_3.png"]
    new = {entry.info.name.name: entry.info for entry in system.open_dir("/")}[b"later.txt"]
    assert reused.name.meta_addr == new.name.meta_addr, "the test is of a place that was used again"
    found = scanned(image, tmp_path / "out")
    old = found["disk.img/DCIM/IMG_3.png"]
    assert (old["deleted"], old["sha256"]) == (True, None)
    assert "used again" in old["failure"]["detail"]
    assert found["disk.img/later.txt"]["sha256"] == hashlib.sha256(b"another file").hexdigest()


@pytest.mark.parametrize("folder", ["DCIM", ""])
def test_of_a_folder_that_cannot_be_listed_the_files_are_found_without_their_names(
    tmp_path: Path, ext4: bytes, folder: str
) -> None:
    image = put(tmp_path, "disk.img", ext4)
    changed(image, f"sif /{folder} block[0] 4000000000", f"sif /{folder} flags 0")
    found = scanned(image, tmp_path / "out")
    assert "cannot be listed" in found[f"disk.img/{folder and folder + '/'}"]["failure"]["detail"]
    nameless = {path: one for path, one in found.items() if "/OrphanFile-" in path}
    hashes = {one["sha256"] for one in nameless.values() if not one["deleted"]}
    assert {hashlib.sha256(picture(number)).hexdigest() for number in range(4)} <= hashes
    assert any(one["deleted"] for one in nameless.values()), "and what fls would name so"


def test_an_image_that_ends_before_its_file_system_says_so(tmp_path: Path, ext4: bytes) -> None:
    image = put(tmp_path, "disk.img", ext4[: 6 * MIB])
    found = scanned(image, tmp_path / "out")
    assert found["disk.img/"]["failure"]["reason"] == "damaged"


def made(command: list[str]) -> None:
    subprocess.run(command, check=True, env=TOOLS, capture_output=True, stdin=subprocess.DEVNULL)


def needs(*tools: str) -> pytest.MarkDecorator:
    missing = [tool for tool in tools if shutil.which(tool, path=TOOLS["PATH"]) is None]
    return pytest.mark.skipif(bool(missing), reason=f"{', '.join(missing)} not here")


def filled(folder: Path, make: list[str], copy: list[str]) -> Path:
    """An empty file system with two pictures put into it by its own tools, without being mounted."""
    image = folder / "disk.img"
    image.write_bytes(bytes(16 * MIB))
    made([*make, str(image)])
    for number in range(2):
        name = f"IMG_{number}.png"
        put(folder, name, picture(number))
        made([part.format(image=image, file=folder / name, name=name) for part in copy])
    return image


MAKE_FAT, INTO_FAT = ["mkfs.vfat", "-F", "16"], ["mcopy", "-i", "{image}", "{file}", "::"]


@needs("mkfs.vfat", "mcopy")
def test_fat_has_what_was_deleted_with_its_content_and_no_zone(tmp_path: Path) -> None:
    image = filled(tmp_path, MAKE_FAT, INTO_FAT)
    made(["mdel", "-i", str(image), "::IMG_1.png"])
    found = scanned(image, tmp_path / "out")
    for number, deleted in enumerate((False, True)):
        [one] = [one for path, one in found.items() if path.endswith(f"MG_{number}.png")]
        assert one["sha256"] == hashlib.sha256(picture(number)).hexdigest()
        assert (one["deleted"], len(one["times"]["modified"])) == (deleted, len("2026-01-05T09:00:00"))


@needs("mkntfs", "ntfscp")
def test_ntfs_is_read_in_a_folder_and_its_own_parts_are_no_images(tmp_path: Path) -> None:
    image = filled(tmp_path, ["mkntfs", "-F", "-Q", "-q"], ["ntfscp", "-f", "{image}", "{file}", "{name}"])
    found = scanned(image, tmp_path / "out")
    for number in range(2):
        one = found[f"disk.img/IMG_{number}.png"]
        assert one["sha256"] == hashlib.sha256(picture(number)).hexdigest()
        assert (one["deleted"], one["times"]["modified"][-1]) == (False, "Z")
    assert not [path for path in found if path.startswith("disk.img/$Boot/")]


@needs("mkfs.vfat", "mcopy", "ewfacquire")
def test_an_e01_is_what_it_was_made_of_and_an_image_may_lie_in_another(tmp_path: Path) -> None:
    inner = filled(tmp_path, MAKE_FAT, INTO_FAT)
    outer = tmp_path / "outer" / "disk.img"
    outer.parent.mkdir()
    put(tmp_path / "files", "backup.img", inner.read_bytes())
    made(["mke2fs", "-q", "-t", "ext4", "-d", str(tmp_path / "files"), str(outer), "32M"])
    made(["ewfacquire", "-u", "-q", "-t", str(tmp_path / "taken"), str(outer)])
    found = scanned(tmp_path / "taken.E01", tmp_path / "out")
    for number in range(2):
        one = found[f"taken.E01/backup.img/IMG_{number}.png"]
        assert one["sha256"] == hashlib.sha256(picture(number)).hexdigest()
        assert one["parent"] == "taken.E01/backup.img"
