"""What was cut into several files is joined where they lie in an archive or an image, and nothing else is."""

import hashlib
import os
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.lapwing.scanning.made_rar import volumes
from tests.lapwing.scanning.test_archives import scanned
from tests.lapwing.scanning.test_images import TOOLS, disk

NAMES = [f"{number}.bin" for number in range(4)]
CUT = [
    ["7z", "a", "-bd", "-t7z", "-mx=1", "-v64k", "made.7z", *NAMES],
    ["7z", "a", "-bd", "-tzip", "-mx=0", "-v64k", "made.zip", *NAMES],
    ["zip", "-q", "-0", "-s", "64k", "split.zip", *NAMES],
]
FIRST = ["made.7z.001", "made.zip.001", "split.z01", "volumes.part1.rar", "old.rar", "raw.001", "set.E01"]
PLACES = [
    *("deep.zip/parts", "deep.tar/parts"),
    *("disk.dd/partition-2/parts", "disk.dd/partition-3/parts", "disk.dd/partition-4"),  # ext4, FAT, NTFS
]
PART = re.compile(r"\.(?:\d{3}|zip|z\d\d|rar|r\d\d|E\d\d)$")
OLD = ["old.rar", "old.r00", "old.r01", "old.r02"]


def put_parts(folder: Path) -> dict[str, bytes]:
    """Archives of random files in the folder `parts`, each in four files or more, and what is in them."""
    parts = folder / "parts"
    parts.mkdir(parents=True)
    contents = {name: os.urandom(60_000) for name in NAMES}
    for name, content in contents.items():
        (parts / name).write_bytes(content)
    raw = folder.parent / "raw.img"
    quiet(["mke2fs", "-q", "-t", "ext2", "-d", str(parts), str(raw), "3M"])
    for command in CUT:
        subprocess.run(command, cwd=parts, check=True, capture_output=True)
    quiet(["ewfacquire", "-u", "-q", "-c", "none", "-S", "1MiB", "-t", str(parts / "set"), str(raw)])
    for number in range(4):
        piece = raw.read_bytes()[number * 768 << 10 : (number + 1) * 768 << 10]
        (parts / f"raw.00{number + 1}").write_bytes(piece)
    for name in NAMES:
        (parts / name).unlink()
    volumes(parts, [f"volumes.part{number}.rar" for number in range(1, 5)], contents, 64_000, 5)
    volumes(parts, OLD, contents, 64_000, 4)
    return contents


def quiet(command: list[str]) -> None:
    subprocess.run(command, check=True, env=TOOLS, capture_output=True)


def put_places(source: Path, folder: Path) -> None:
    """The folder's files in a zip, in tars, and in the file systems of a disk."""
    source.mkdir()
    ext4, fat, ntfs = (folder.parent / f"{name}.img" for name in ("ext4", "fat", "ntfs"))
    quiet(["mke2fs", "-q", "-t", "ext4", "-d", str(folder), str(ext4), "16M"])
    for image, make in ((fat, ["mkfs.vfat", "-F", "16"]), (ntfs, ["mkntfs", "-F", "-Q", "-q"])):
        image.write_bytes(bytes(16 << 20))
        quiet([*make, str(image)])
    quiet(["mcopy", "-s", "-i", str(fat), *map(str, sorted(folder.iterdir())), "::"])
    for path in sorted((folder / "parts").iterdir()):
        quiet(["ntfscp", "-f", str(ntfs), str(path), path.name])
    volumes = [(0x83, ext4), (0x06, fat), (0x07, ntfs)]
    (source / "disk.dd").write_bytes(disk(*((kind, image.read_bytes()) for kind, image in volumes)))
    with zipfile.ZipFile(source / "deep.zip", "w", zipfile.ZIP_DEFLATED) as whole:
        for path in sorted(folder.rglob("*.*")):
            whole.write(path, path.relative_to(folder))
    for name, mode in (("deep.tar", "w"), ("deep.tar.gz", "w:gz")):
        with tarfile.open(source / name, mode) as tar:  # type: ignore[call-overload]
            tar.add(folder / "parts", "parts")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, Any]]:
    folder = tmp_path_factory.mktemp("places")
    contents = put_parts(folder / "in")
    put_places(folder / "d", folder / "in")
    return contents, scanned(folder / "d", folder / "out")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("first", FIRST)
def test_it_is_joined_in_an_archive_and_in_an_image(
    found: tuple[dict[str, bytes], dict[str, Any]], place: str, first: str
) -> None:
    contents, items = found
    head = f"{place}/{first}"
    for name, content in contents.items():
        one = items[f"{head}/{name}"]
        assert (one["sha256"], one["failure"]) == (hashlib.sha256(content).hexdigest(), None)
        assert one["parent"] == head


def test_every_part_is_an_item_and_none_of_those_that_are_joined_failed(
    found: tuple[dict[str, bytes], dict[str, Any]],
) -> None:
    _, items = found
    for place in PLACES:
        parts = [one for path, one in items.items() if os.path.dirname(path) == place and PART.search(path)]
        assert len(parts) == 4 * len(FIRST)
        assert all(one["sha256"] and not one["failure"] for one in parts)


def test_in_an_archive_that_is_packed_as_a_whole_they_say_what_they_are(
    found: tuple[dict[str, bytes], dict[str, Any]],
) -> None:
    _, items = found
    for name in (
        "made.7z.002",
        "made.zip.003",
        "split.z01",
        "volumes.part1.rar",
        "volumes.part3.rar",
        "set.E02",
    ):
        one = items[f"deep.tar.gz/parts/{name}"]
        assert (one["failure"]["reason"], bool(one["sha256"])) == ("partly_read", True), name
    said = {path: one["failure"]["detail"] for path, one in items.items() if one["failure"]}
    assert not [path for path, detail in said.items() if "missing" in detail], "they lie beside it, unseen"


def test_one_that_is_missing_in_an_image_is_named_and_one_in_another_folder_is_not_taken(
    tmp_path: Path,
) -> None:
    contents = put_parts(tmp_path / "in")
    parts = tmp_path / "in" / "parts"
    (tmp_path / "in" / "other").mkdir()
    for name in ("made.zip.002", "split.z02", "volumes.part2.rar"):
        (parts / name).rename(tmp_path / "in" / "other" / name)
    put_places(tmp_path / "d", tmp_path / "in")
    items = scanned(tmp_path / "d", tmp_path / "out")
    for place in (PLACES[0], *PLACES[2:]):
        for first, gone in zip(FIRST[1:4], ("made.zip.002", "split.z02", "volumes.part2.rar"), strict=True):
            head = f"{place}/{first}"
            assert "is missing" in items[f"{head}/{gone}"]["failure"]["detail"]
            assert items[f"{head}/0.bin"]["sha256"] == hashlib.sha256(contents["0.bin"]).hexdigest()
            assert items[f"{head}/1.bin"]["failure"]["reason"] == "damaged"
        assert items[f"{place}/made.7z.001/3.bin"]["failure"] is None
