"""Deleted and lost files: whatever `fls`, `icat` and `tsk_recover` give back is in the list with its hash."""

import hashlib
import io
import lzma
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.lapwing.scanning.made_sources import picture, put
from tests.lapwing.scanning.test_images import changed, ext4, made
from tests.lapwing.scanning.test_reference import by_fls, scanned

from lapwing.scanning import comparing, entries, ext_folders, images
from lapwing.scanning.found import Step

__all__ = ["ext4"]
GIVEN = Path(__file__).parent / "given"
DAMAGE = {
    "a folder whose record is gone": ["clri <{DCIM}>"],
    "files that have no name any more": ["unlink /DCIM/IMG_1.png", "unlink /Documents/letter.txt"],
    "files that are deleted, with a folder": [
        *("rm /Documents/letter.txt", "rmdir /Documents", "rm /DCIM/IMG_0.png", "rm /round"),
    ],
    "a record that is deleted under its name": ["kill_file /DCIM/IMG_2.png"],
    "a folder that cannot be listed": ["sif /DCIM block[0] 4000000000", "sif /DCIM flags 0", "rm /round"],
}


def number_of(image: Path, path: str) -> str:
    return next(line.split()[-1] for line in told(["ifind", "-n", path, str(image)]).decode().splitlines())


def told(command: list[str]) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def recovered(image: Path, folder: Path) -> dict[str, str]:
    """The hash of every file that the reference tool recovers, by its path."""
    made(["tsk_recover", "-e", str(image), str(folder)])
    return {
        str(one.relative_to(folder)): sha256(one.read_bytes()) for one in folder.rglob("*") if one.is_file()
    }


def hashes_by_path(found: dict[tuple[str, bool], dict[str, Any]]) -> dict[str, set[str]]:
    paths: dict[str, set[str]] = {}
    for (path, _), one in found.items():
        paths.setdefault(path.partition("/")[2], set()).add(one["sha256"])
    return paths


@pytest.fixture(scope="module")
def ntfs(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A volume of which a driver deleted files, a folder and a stream, and put a file in one's place."""
    return lzma.decompress((GIVEN / "ntfs.img.xz").read_bytes())


def test_what_was_deleted_from_ntfs_is_recovered(tmp_path: Path, ntfs: bytes) -> None:
    image = put(tmp_path, "disk.img", ntfs)
    found = scanned(image, tmp_path / "out")
    assert [one for one in by_fls(image) if (f"disk.img/{one[0]}", one[1]) not in found] == []
    given_back, hashes = recovered(image, tmp_path / "recovered"), hashes_by_path(found)
    assert {path for path, value in given_back.items() if value not in hashes[path]} == set()
    gone = {f"DCIM/IMG_{number}.bmp" if number < 6 else f"Trip/IMG_{number}.bmp" for number in (3, 6, 7, 8)}
    for path in gone:
        one = found[f"disk.img/{path}", True]
        assert one["sha256"] == sha256(picture(int(path[-5]), "BMP", 32)), path
        assert one["sha256"] == sha256(told(["icat", "-r", str(image), str(one["inode"])]))
    assert found["disk.img/letter.txt:picture", True]["sha256"] == sha256(picture(5, "BMP", 32))
    assert {"gone.txt", "letter.txt"} <= set(given_back)
    later = found["disk.img/later.txt", False]
    assert sha256(picture(1, "BMP", 32)) not in {one["sha256"] for one in found.values()}
    assert later["sha256"] == sha256(b"came later\n"), "in the record of a picture that was deleted"


def test_a_large_folder_of_ntfs_is_given_the_time_that_its_names_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ntfs: bytes
) -> None:
    """By the square of what they fill; and what no name leads to comes last, for which all is done again."""
    leaves: list[float] = []
    monkeypatch.setattr(comparing, "may_take", leaves.append)
    walked(put(tmp_path, "disk.img", ntfs))
    assert leaves == [], "it is quick"
    monkeypatch.setattr(comparing, "_QUICK", 0.0)
    walked(put(tmp_path, "disk.img", ntfs))
    *folders, lost = leaves
    index = (4096 / 100) ** 2 * 3e-9
    assert folders == pytest.approx([index] * len(folders)), "each has one block of names"
    assert lost == pytest.approx(2 * sum(folders))


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_left_of_a_damaged_ext4_is_recovered(tmp_path: Path, ext4: bytes, damage: str) -> None:
    image = put(tmp_path, "disk.img", ext4)
    changed(image, *(command.format(DCIM=number_of(image, "/DCIM")) for command in DAMAGE[damage]))
    found = scanned(image, tmp_path / "out")
    given_back, hashes = recovered(image, tmp_path / "recovered"), hashes_by_path(found)
    assert {path for path, _ in by_fls(image)} <= set(hashes)
    links = {path.partition("/")[2] for (path, _), one in found.items() if one["excluded"]}
    elsewhere = {path for path, value in given_back.items() if value not in hashes.get(path, ())}
    held = {one["sha256"] for one in found.values()}
    assert {path for path in elsewhere if given_back[path] not in held} <= links, (
        "it gives back where they lead"
    )
    assert not elsewhere - links or "no name" in damage, "a name that leads to what is in use is not believed"
    assert {sha256(picture(number)) for number in range(4)} <= held, "and what no tool names"
    assert sha256(b"nothing of note") in held


def walked(image: Path) -> set[tuple[bytes, int | None, bool | None, int | None]]:
    content = image.read_bytes()
    found = images.walk_image(lambda locator: io.BytesIO(content), (Step("folder", bytes(image)),), b"x")
    return {(one.path, one.inode, one.deleted, one.size) for one in found}


@pytest.mark.parametrize("damage", ["", *DAMAGE])
def test_large_folders_have_the_same_names_however_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ext4: bytes, damage: str
) -> None:
    image = put(tmp_path, "disk.img", ext4)
    commands = (
        DAMAGE[damage] if damage else ["rm /DCIM/IMG_0.png", "mkdir /DCIM/deeper", "rmdir /DCIM/deeper"]
    )
    changed(image, *(command.format(DCIM=number_of(image, "/DCIM")) for command in commands))
    whole = walked(image)
    read: list[int] = []
    ours = ext_folders.listed
    monkeypatch.setattr(entries, "_MANY", 0)
    monkeypatch.setattr(ext_folders, "listed", lambda *of: [read.append(of[2]), ours(*of)][1])
    assert walked(image) == whole
    assert len(read) >= 2, "each but the first is read so"


def test_a_folder_of_many_folders_is_walked_into_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "_MANY", 300)
    for number in range(400):
        (tmp_path / "files" / "many" / f"{number}").mkdir(parents=True)
    put(tmp_path / "files", "many/7/a.txt", b"nothing of note")
    image = tmp_path / "disk.img"
    made(["mke2fs", "-q", "-t", "ext4", "-N", "1000", "-d", str(tmp_path / "files"), str(image), "8M"])
    assert b"x/many/7/a.txt" in {one[0] for one in walked(image)}


WALK = """
import re, sys
from lapwing.scanning import entries, images
from lapwing.scanning.found import Step

entries._MANY = int(sys.argv[2])
found = images.walk_image(lambda locator: open(sys.argv[1], "rb"), (Step("folder", b"x"),), b"x")
listed = sum(1 for one in found)
print(listed, re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


@pytest.mark.parametrize("many", [2000, 10**6], ids=["read here", "read by The Sleuth Kit"])
def test_a_large_folder_takes_little_memory(tmp_path: Path, many: int) -> None:
    """The Sleuth Kit holds 1.5 kB of a file, of NTFS 6, for as long as anything has its entry."""
    taken = []
    for count in (100, 4000):
        for number in range(count):
            put(tmp_path / f"files{count}", f"a/b/{number}.txt", b"")
        image = tmp_path / f"{count}.img"
        folder = str(tmp_path / f"files{count}")
        made(["mke2fs", "-q", "-t", "ext4", "-N", "5000", "-d", folder, str(image), "16M"])
        listed, most = told([sys.executable, "-c", WALK, str(image), str(many)]).split()
        assert int(listed) >= count
        taken.append(int(most))
    assert taken[1] - taken[0] < 3000, "kB more, for 3,900 files more"
