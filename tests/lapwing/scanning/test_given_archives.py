"""RAR and cabinets, which few free tools write: files of libarchive's own tests, and cabinets of gcab."""

import hashlib
import random
import struct
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest
from tests.lapwing.scanning.made_rar import volumes
from tests.lapwing.scanning.made_sources import picture, put
from tests.lapwing.scanning.test_archives import scanned

GIVEN = Path(__file__).parent / "given"
CURVES = [
    b"".join(struct.pack("<i", max(0, k * k - 3 * k + 1 + number)) for k in range(1, 1025))
    for number in range(1, 5)
]  # what libarchive's test says is in it
LINES = b"test text document\r\n"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_rar_of_both_kinds_is_walked(tmp_path: Path) -> None:
    found = scanned(GIVEN, tmp_path / "out")
    for number, content in enumerate(CURVES, 1):
        one = found[f"rar5_solid.rar/test{number}.bin"]
        assert (one["sha256"], one["times"]["modified"][-1]) == (sha256(content), "Z")
    for name in ("test.txt", "testdir/test.txt"):
        one = found[f"rar4.rar/{name}"]
        assert (one["sha256"], one["failure"]) == (sha256(LINES), None)
        assert one["times"]["modified"][-1] != "Z"  # MS-DOS's clock, and nobody knows where it hung
    assert found["rar4.rar/testlink"]["excluded"] == "symbolic_link"
    assert found["rar4_encrypted.rar/foo.txt"]["failure"]["reason"] == "encrypted"
    assert found["rar4_encrypted.rar/bar.txt"]["sha256"]
    assert found["lzx.cab/zero"]["sha256"] == sha256(bytes(33000))


def test_a_cabinet_is_walked_and_pictures_in_it_are_looked_at(tmp_path: Path) -> None:
    for number in range(2):
        put(tmp_path / "files", f"{number}.png", picture(number))
    command = ["gcab", "-z", "-c", str(tmp_path / "two.cab"), "0.png", "1.png"]
    subprocess.run(command, cwd=tmp_path / "files", check=True, capture_output=True)
    put(tmp_path / "d", "whole.cab", (tmp_path / "two.cab").read_bytes())
    put(tmp_path / "d", "cut.cab", (tmp_path / "two.cab").read_bytes()[:9000])
    found = scanned(tmp_path / "d", tmp_path / "out")
    for number in range(2):
        one = found[f"whole.cab/{number}.png"]
        assert (one["sha256"], len(one["pdq"])) == (sha256(picture(number)), 64)
    lost = found["cut.cab/1.png"]["failure"]
    assert lost["reason"] == "damaged"
    assert "archive_p" not in lost["detail"], "an address: two runs would differ"


def as_volume(content: bytes) -> bytes:
    """An archive that says it is one of several, with its check sum right."""
    made = bytearray(content)
    if made.startswith(b"Rar!\x1a\x07\0"):  # RAR 4: a sum, a type, flags
        made[10] |= 1
        struct.pack_into("<H", made, 7, zlib.crc32(made[9:20]) & 0xFFFF)
    elif made.startswith(
        b"Rar!"
    ):  # RAR 5: a sum, a size, a type, flags, the size of what else there is, flags
        made[16] |= 1
        struct.pack_into("<I", made, 8, zlib.crc32(made[12 : 13 + made[12]]))
    else:  # a cabinet: the names of the next one and of its disk follow the header
        made[30] |= 2
        for place in (8, 16, 36):  # its size, where its files are, where its first folder is
            struct.pack_into("<I", made, place, struct.unpack_from("<I", made, place)[0] + 4)
        made[36:36] = b"b\0d\0"
        made += bytes(512)  # libarchive looks so far for the end of a name
    return bytes(made)


@pytest.mark.parametrize(
    ("given", "name"), [("rar4.rar", "m.part2.rar"), ("rar5_solid.rar", "m.part2.rar"), ("lzx.cab", "m.cab")]
)
def test_one_of_several_volumes_says_so(tmp_path: Path, given: str, name: str) -> None:
    put(tmp_path / "d", name, as_volume((GIVEN / given).read_bytes()))
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert found[name]["failure"]["reason"] == "partly_read", found[name]["failure"]
    assert len(found) > 1


NEW, OLD = ["m.part1.rar", "m.part2.rar", "m.part3.rar"], ["m.rar", "m.r00", "m.r01"]
TEN = [f"m.part{number}.rar" for number in range(1, 12)]
FILES = {f"{number}.bin": random.Random(number).randbytes(30_000) for number in range(4)}
# The version, the volumes, which of them is missing; the files that are whole then, and what has failed: the
# volume that the rest is listed in, files that lay in the missing one too, and the missing one itself. Of a
# file that only its end is left of, libarchive names none of version 5.
VOLUMES = [
    (4, NEW, None, "m.part1.rar/0 m.part1.rar/1 m.part1.rar/2 m.part1.rar/3", ""),
    (5, NEW, None, "m.part1.rar/0 m.part1.rar/1 m.part1.rar/2 m.part1.rar/3", ""),
    (4, OLD, None, "m.rar/0 m.rar/1 m.rar/2 m.rar/3", ""),
    (5, OLD, None, "m.rar/0 m.rar/1 m.rar/2 m.rar/3", ""),
    (5, TEN, None, "m.part1.rar/0 m.part1.rar/1 m.part1.rar/2 m.part1.rar/3", ""),
    (4, NEW, 0, "m.part2.rar/2 m.part2.rar/3", "m.part2.rar m.part2.rar/1.bin m.part2.rar/m.part1.rar"),
    (5, NEW, 0, "m.part2.rar/2 m.part2.rar/3", "m.part2.rar m.part2.rar/m.part1.rar"),
    (
        4, NEW, 1, "m.part1.rar/0 m.part3.rar/3",
        "m.part1.rar m.part1.rar/1.bin m.part1.rar/m.part2.rar m.part3.rar m.part3.rar/2.bin",
    ),
    (5, OLD, 1, "m.rar/0 m.r01/3", "m.r01 m.rar m.rar/1.bin m.rar/m.r00"),
    (5, NEW, 2, "m.part1.rar/0 m.part1.rar/1", "m.part1.rar m.part1.rar/2.bin m.part1.rar/m.part3.rar"),
    (4, OLD, 2, "m.rar/0 m.rar/1", "m.rar m.rar/2.bin m.rar/m.r01"),
]  # fmt: skip


@pytest.fixture(scope="module")
def in_volumes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every case in one scan, each in a folder of its own."""
    folder = tmp_path_factory.mktemp("volumes")
    for number, (version, names, missing, *_) in enumerate(VOLUMES):
        (folder / "d" / str(number)).mkdir(parents=True)
        made = volumes(folder / "d" / str(number), names, FILES, 120_000 // len(names), version)
        subprocess.run(["7z", "t", str(made[0])], check=True, capture_output=True)  # they are what they say
        if missing is not None:
            made[missing].unlink()
    return scanned(folder / "d", folder / "out")


@pytest.mark.parametrize("case", range(len(VOLUMES)), ids=lambda case: str(VOLUMES[case][:3]))
def test_a_rar_in_volumes_is_read_as_one_and_a_missing_one_is_named(
    in_volumes: dict[str, dict[str, Any]], case: int
) -> None:
    _, names, missing, whole, failed = VOLUMES[case]
    start = f"{case}/"
    found = {path[len(start) :]: one for path, one in in_volumes.items() if path.startswith(start)}
    inside = {path: one["sha256"] for path, one in found.items() if "/" in path and not one["failure"]}
    assert inside == {f"{one}.bin": sha256(FILES[f"{one[-1]}.bin"]) for one in whole.split()}
    assert sorted(path for path, one in found.items() if one["failure"]) == failed.split()
    assert all(found[name]["sha256"] for number, name in enumerate(names) if number != missing)


def test_a_volume_of_another_archive_is_not_joined(tmp_path: Path) -> None:
    made = volumes(tmp_path, NEW, FILES, 40_000, 5)
    put(tmp_path / "d", "m.part1.rar", made[0].read_bytes())
    put(tmp_path / "d", "m.part2.rar", made[2].read_bytes())  # which says that it is the third
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert "'m.part2.rar' should go on with it" in found["m.part1.rar"]["failure"]["detail"]
    assert found["m.part2.rar"]["failure"]["reason"] == "partly_read"
    assert found["m.part2.rar/3.bin"]["sha256"] == sha256(FILES["3.bin"])
