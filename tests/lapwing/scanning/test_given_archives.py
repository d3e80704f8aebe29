"""RAR and cabinets, which few free tools write: files of libarchive's own tests, and cabinets of gcab."""

import hashlib
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
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


@pytest.mark.parametrize("name", ["rar4.rar", "rar5_solid.rar", "lzx.cab"])
def test_one_of_several_volumes_says_so(tmp_path: Path, name: str) -> None:
    put(tmp_path / "d", name, as_volume((GIVEN / name).read_bytes()))
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert found[name]["failure"]["reason"] == "partly_read", found[name]["failure"]
    assert len(found) > 1
