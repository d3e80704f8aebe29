"""What a disk was imaged into: every form gives the same files, and an image's own hash is compared."""

import hashlib
import io
import json
import random
import resource
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.lapwing.scanning.made_sources import picture, put
from tests.lapwing.scanning.test_archives import zipped
from tests.lapwing.scanning.test_images import MIB, check, disk, ext4, made, scanned

from lapwing.scanning import e01, qcow

__all__ = ["ext4"]
GIVEN = Path(__file__).parent / "given"
PIECE = 3 << 20
WHOLE = "(whole disk).media"


def summary(out: Path) -> dict[str, Any]:
    return json.loads((out / "summary.json").read_text())


@pytest.mark.parametrize(
    "form",
    [
        *("vmdk", "vmdk -o subformat=streamOptimized", "vpc -o subformat=fixed", "vpc", "vhdx"),
        *(f"vmdk -o subformat={name}" for name in ("monolithicFlat", "twoGbMaxExtentFlat")),
        *("vmdk -o subformat=twoGbMaxExtentSparse",),
        *("qcow2", "qcow2 -c", "qcow", "qcow2 -c -o compression_type=zstd"),
    ],
)
def test_a_machines_disk_is_read_in_every_form(tmp_path: Path, ext4: bytes, form: str) -> None:
    raw = put(tmp_path, "raw", disk((0x83, ext4)))
    name, *options = form.split()
    image = tmp_path / f"disk.{name}"
    made(["qemu-img", "convert", "-O", name, *options, str(raw), str(image)])
    found = scanned(image, tmp_path / "out")
    [part] = {path.split("/")[1] for path in found if "DCIM" in path}
    check(found, f"disk.{name}/{part}")


@pytest.mark.parametrize("kind", ["zlib", "zstd"])
def test_what_is_packed_in_a_qcow_is_the_disk_byte_for_byte(tmp_path: Path, ext4: bytes, kind: str) -> None:
    content = ext4 + random.Random(1).randbytes(MIB) + bytes(MIB)
    raw, image = put(tmp_path, "raw", content), tmp_path / "disk.qcow2"
    made(["qemu-img", "convert", "-c", "-O", "qcow2", "-o", f"compression_type={kind}", str(raw), str(image)])
    with image.open("rb") as file:
        assert qcow.opened(file).read() == content
    whole = bytearray(image.read_bytes())
    whole[5 << 16 : 6 << 16] = b"\xff" * (1 << 16)  # behind the tables, packed clusters lie
    with pytest.raises(OSError, match=r"cannot be unpacked|shorter"):
        qcow.opened(io.BytesIO(bytes(whole))).read()


def test_what_only_differs_from_another_image_is_said(tmp_path: Path, ext4: bytes) -> None:
    put(tmp_path, "base.raw", ext4)
    image = tmp_path / "more.qcow2"
    made(["qemu-img", "create", "-f", "qcow2", "-b", "base.raw", "-F", "raw", str(image)])
    found = scanned(image, tmp_path / "out")
    assert found["more.qcow2"]["failure"]["reason"] == "partly_read"
    assert set(found) == {"more.qcow2"}


def split(folder: Path, content: bytes, name: str = "disk.001") -> Path:
    stem, _, number = name.rpartition(".")
    for at in range(0, len(content), PIECE):
        put(folder, f"{stem}.{at // PIECE + int(number):0{len(number)}}", content[at : at + PIECE])
    return folder / name


@pytest.mark.parametrize("name", ["disk.001", "disk.raw.00"])
def test_segments_are_one_disk_and_its_hash_is_that_of_the_whole(
    tmp_path: Path, ext4: bytes, name: str
) -> None:
    found = scanned(split(tmp_path / "d", ext4, name), tmp_path / "out")
    check(found, name)
    [one] = summary(tmp_path / "out")["images"]
    assert (one["sha256"], one["outcome"]) == (hashlib.sha256(ext4).hexdigest(), "not stored")


def test_a_missing_segment_is_named_and_what_lies_in_the_others_is_read(tmp_path: Path, ext4: bytes) -> None:
    split(tmp_path / "d", ext4)
    (tmp_path / "d" / "disk.002").unlink()
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert "not found" in found["disk.001/disk.002"]["failure"]["detail"]
    assert found[f"disk.001/{WHOLE}"]["failure"] is not None
    [one] = summary(tmp_path / "out")["images"]
    assert (one["sha256"], one["outcome"]) == (None, "not read")
    assert [path for path in found if path.startswith("disk.001/DCIM/")]


@pytest.mark.parametrize("lost", ["E03", "E09"])
def test_a_missing_segment_of_an_e01_is_named(tmp_path: Path, ext4: bytes, lost: str) -> None:
    raw = put(tmp_path, "raw", ext4)
    made(["ewfacquire", "-u", "-q", "-c", "none", "-S", "1048576", "-t", str(tmp_path / "set"), str(raw)])
    (tmp_path / f"set.{lost}").unlink()
    found = scanned(tmp_path / "set.E01", tmp_path / "out")
    name = f"segment {int(lost[1:])} of set.E01"
    assert "not found" in found[f"set.E01/{name}"]["failure"]["detail"]
    assert summary(tmp_path / "out")["images"][0]["outcome"] == "not read"


def in_segments(folder: Path, disk: bytes) -> list[str]:
    """An E01 of that disk in the folder, cut into pieces of a MiB, and the names of the pieces."""
    raw = put(folder.parent, "raw", disk)
    made(["ewfacquire", "-u", "-q", "-c", "none", "-S", "1048576", "-t", str(folder / "set"), str(raw)])
    return sorted(one.name for one in folder.iterdir())


def test_the_files_in_an_e01_are_listed_once_however_many_segments_lie_in_a_folder(
    tmp_path: Path, ext4: bytes
) -> None:
    (tmp_path / "d").mkdir()
    names = in_segments(tmp_path / "d", ext4)
    found = scanned(tmp_path / "d", tmp_path / "out")
    check(found, "set.E01")
    assert len(names) > 3
    for name in names[1:]:
        assert (found[name]["failure"], bool(found[name]["sha256"])) == (None, True)
        assert not [path for path in found if path.startswith(f"{name}/")]
    [one] = summary(tmp_path / "out")["images"]
    assert (one["outcome"], one["path"]) == ("verified", "set.E01")


CHANGES: dict[str, tuple[dict[str, str], str]] = {
    "the one before is not there": ({"set.E02": ""}, "set.E03"),
    "the one before is called otherwise": ({"set.E02": "other.E02"}, "set.E03"),
    "it is called as another one is": ({"set.E02": "", "set.E03": "set.E02"}, "set.E02"),
    "it has no name of one": ({"set.E04": "fourth.bin"}, "fourth.bin"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_segment_that_follows_none_is_said(tmp_path: Path, ext4: bytes, change: str) -> None:
    (tmp_path / "d").mkdir()
    in_segments(tmp_path / "d", ext4)
    names, said = CHANGES[change]
    for name, other in names.items():
        (tmp_path / "d" / name).rename(tmp_path / "d" / other if other else tmp_path / name)
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert found[said]["failure"]["reason"] == "partly_read"
    assert "not beside it" in found[said]["failure"]["detail"]
    assert [path for path in found if path.startswith("set.E01/segment ")], "and what is missing"


def test_one_that_is_no_part_of_a_finished_image_and_one_that_is_a_link_are_not_joined(
    tmp_path: Path, ext4: bytes
) -> None:
    (tmp_path / "d").mkdir()
    in_segments(tmp_path / "d", ext4)
    raw = put(tmp_path, "small", ext4)
    made(["ewfacquire", "-u", "-q", "-c", "none", "-t", str(tmp_path / "d" / "whole"), str(raw)])
    (tmp_path / "d" / "set.E02").rename(tmp_path / "d" / "whole.E02")
    (tmp_path / "d" / "set.E02").symlink_to(tmp_path / "d" / "whole.E02")
    found = scanned(tmp_path / "d", tmp_path / "out")
    check(found, "whole.E01")
    assert found["whole.E02"]["failure"]["reason"] == "partly_read"
    assert "not found" in found["set.E01/segment 2 of set.E01"]["failure"]["detail"]


@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [
        (b"a/b.E01", 2, b"a/b.E02"),
        (b"b.e01", 99, b"b.e99"),
        (b"b.E99", 100, b"b.EAA"),
        (b"b.E01", 126, b"b.EBA"),
        (b"b.EZZ", 775, b"b.EZZ"),
        (b"b.EZZ", 776, b"b.FAA"),
        (b"b.FAB", 776, b"b.FAA"),
        (b"b.FAA", 775, b"b.EZZ"),
        (b"b.e01", 776, b"b.faa"),
        (b"b.E01", 99 + 22 * 676, b"b.ZZZ"),
        (b"b.E01", 100 + 22 * 676, None),
        (b"b.Ex01", 2, b"b.Ex02"),
        (b"b.Ex01", 100, b"b.ExAA"),
        (b"b.Ex01", 776, b"b.EyAA"),
        (b"b.EyAA", 775, b"b.ExZZ"),
        (b"b.ex01", 100, b"b.exaa"),
        (b"b.s01", 2, b"b.s02"),
        (b"b.S01", 100, b"b.SAA"),
        (b"b.dd", 2, None),
        (b"E01", 2, None),
    ],
)
def test_the_segments_of_an_e01_are_named_in_their_order(
    name: bytes, number: int, expected: bytes | None
) -> None:
    """As Joachim Metz has it in Expert Witness Compression Format, versions 1 and 2."""
    assert e01._named(name, number) == expected


@pytest.fixture
def few_files() -> Iterator[None]:
    """As many may be open as on most machines, where nobody asks for more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("few_files")
def test_a_disk_in_more_segments_than_files_may_be_open_by_default(tmp_path: Path, ext4: bytes) -> None:
    for number in range(1500):
        put(tmp_path / "d", f"disk.{number + 1:04}", ext4[number * 5600 : (number + 1) * 5600])
    check(scanned(tmp_path / "d" / "disk.0001", tmp_path / "out"), "disk.0001")


def test_the_hash_that_an_e01_keeps_is_compared_with_what_is_read(tmp_path: Path, ext4: bytes) -> None:
    raw = put(tmp_path, "raw", ext4)
    made(["ewfacquire", "-u", "-q", "-d", "sha1", "-c", "none", "-t", str(tmp_path / "good"), str(raw)])
    scanned(tmp_path / "good.E01", tmp_path / "out")
    counts = summary(tmp_path / "out")
    [one] = counts["images"]
    assert (one["outcome"], one["kept_md5"]) == ("verified", hashlib.md5(ext4).hexdigest())
    assert (one["kept_sha1"], one["sha256"]) == (
        hashlib.sha1(ext4).hexdigest(),
        hashlib.sha256(ext4).hexdigest(),
    )
    assert "WARNING" not in counts["verdict"]
    for name, mended in (("changed", True), ("damaged", False)):
        put(tmp_path, f"{name}.E01", with_another_byte((tmp_path / "good.E01").read_bytes(), ext4, mended))
        scanned(tmp_path / f"{name}.E01", tmp_path / name)
        counts = summary(tmp_path / name)
        assert counts["images"][0]["outcome"] == "differs", name
        assert "WARNING: the image differs" in counts["verdict"]
        page = (tmp_path / name / "report.html").read_text()
        assert "answer wrong" in page
        assert "<td>differs</td>" in page


def in_extents(folder: Path, raw: bytes, *more: str) -> None:
    """A disk in three extents, the last of them behind other bytes in its file; `more` are lines of it."""
    size = 4 << 20
    put(folder, "disk-f001.vmdk", raw[:size])
    put(folder, "disk-f002.vmdk", raw[size : 2 * size])
    put(folder, "disk-f003.vmdk", bytes(512) + raw[2 * size :])
    lines = ["# Disk DescriptorFile", "version=1", "parentCID=ffffffff", 'createType="custom"']
    lines += [f'RW {size // 512} FLAT "disk-f00{number}.vmdk" 0' for number in (1, 2)]
    lines += [f'RW {(len(raw) - 2 * size) // 512} FLAT "disk-f003.vmdk" 1', "RW 100 ZERO", *more]
    put(folder, "disk.vmdk", "\n".join(lines).encode())


def test_a_vmdk_in_several_files_is_one_disk_and_its_files_are_none(tmp_path: Path, ext4: bytes) -> None:
    raw = disk((0x83, ext4))
    in_extents(tmp_path / "d", raw)
    found = scanned(tmp_path / "d", tmp_path / "out")
    [part] = {path.split("/")[1] for path in found if "DCIM" in path}
    check(found, f"disk.vmdk/{part}")
    assert found[f"disk.vmdk/{WHOLE}"]["sha256"] == hashlib.sha256(raw + bytes(51200)).hexdigest()
    assert found["disk-f001.vmdk/"]["excluded"] == "extent"
    assert not any(one["failure"] for one in found.values())


def test_what_a_vmdk_names_and_is_not_beside_it_is_missing(tmp_path: Path, ext4: bytes) -> None:
    put(tmp_path, "outside.vmdk", bytes(512))
    in_extents(tmp_path / "d", disk((0x83, ext4)), 'RW 1 FLAT "../outside.vmdk" 0', 'RW 1 FLAT "link.vmdk" 0')
    (tmp_path / "d" / "disk-f003.vmdk").unlink()
    (tmp_path / "d" / "link.vmdk").symlink_to(tmp_path / "outside.vmdk")
    found = scanned(tmp_path / "d", tmp_path / "out")
    for name in ("disk-f003.vmdk", "../outside.vmdk", "link.vmdk"):
        assert "not found" in found[f"disk.vmdk/{name}"]["failure"]["detail"]
    assert [path for path in found if path.endswith("DCIM/IMG_0.png")], "what lies in the others is read"


def test_a_vmdk_in_an_archive_or_over_another_is_partly_read(tmp_path: Path) -> None:
    text = b'# Disk DescriptorFile\nparentCID=%s\nRW 8 FLAT "a-flat.vmdk" 0\n'
    put(tmp_path / "d", "more.vmdk", text % b"0a1b2c3d")
    put(tmp_path / "d", "a.zip", zipped({"a.vmdk": text % b"ffffffff"}))
    found = scanned(tmp_path / "d", tmp_path / "out")
    for name in ("more.vmdk", "a.zip/a.vmdk"):
        assert found[name]["failure"]["reason"] == "partly_read"


def test_an_ex01_is_read_and_its_missing_segment_is_named(tmp_path: Path) -> None:
    whole = (GIVEN / "fat12.Ex01").read_bytes()
    found = scanned(put(tmp_path / "d", "whole.Ex01", whole), tmp_path / "whole")
    wanted = hashlib.sha256(picture(3, "BMP", 32)).hexdigest()
    assert found["whole.Ex01/IMG_3.bmp"]["sha256"] == wanted
    assert summary(tmp_path / "whole")["images"][0]["outcome"] == "verified"
    next_follows = bytearray(whole)
    next_follows[-64] = 13  # its last section says that another file follows
    next_follows[-4:] = zlib.adler32(next_follows[-64:-4]).to_bytes(4, "little")
    found = scanned(put(tmp_path / "d", "first.Ex01", bytes(next_follows)), tmp_path / "first")
    assert "not found" in found["first.Ex01/segment 2 of first.Ex01"]["failure"]["detail"]


@pytest.mark.parametrize("mark", [b"LVF\t\r\n\xff\0", b"LEF2\r\n\x81\0"])
def test_an_image_of_files_without_their_disk_is_refused_by_name(tmp_path: Path, mark: bytes) -> None:
    found = scanned(put(tmp_path, "files.L01", mark + bytes(1000)), tmp_path / "out")
    failure = found["files.L01"]["failure"]
    assert (failure["reason"], failure["detail"][:6]) == ("partly_read", "an L01")


def with_another_byte(image: bytes, raw: bytes, mended: bool) -> bytes:
    """An E01 with another byte in a picture of it, and the check sum of that chunk made right, or not."""
    changed, chunk = bytearray(image), 32768
    at = raw.index(picture(0)[:64]) // chunk * chunk
    start = image.index(raw[at : at + chunk])
    changed[start + raw[at : at + chunk].index(picture(0)[:64]) + 40] ^= 1
    if mended:
        changed[start + chunk : start + chunk + 4] = zlib.adler32(changed[start : start + chunk]).to_bytes(
            4, "little"
        )
    return bytes(changed)


def test_images_that_are_nearly_right_end_no_scan(tmp_path: Path, ext4: bytes) -> None:
    raw = put(tmp_path, "raw", disk((0x83, ext4[: 4 << 20]), (0x83, ext4[4 << 20 :])))
    made(["ewfacquire", "-u", "-q", "-t", str(tmp_path / "good"), str(raw)])
    forms = {"e01": (tmp_path / "good.E01").read_bytes(), "raw": raw.read_bytes()}
    for form in ("vmdk", "vpc", "vhdx", "qcow2"):
        made(["qemu-img", "convert", "-O", form, str(raw), str(tmp_path / form)])
        forms[form] = (tmp_path / form).read_bytes()
    chance = random.Random(6)
    for form, content in forms.items():
        for number in range(4):
            changed = bytearray(content[: chance.choice((len(content), len(content) // 2))])
            for _ in range(30):  # where the tables are, and anywhere
                changed[chance.randrange(min(len(changed), chance.choice((4096, len(changed)))))] ^= 0xFF
            changed[:512] = content[:512] if number % 2 else changed[:512]
            put(tmp_path / "d", f"{number}.{form}", bytes(changed))
    found = scanned(tmp_path / "d", tmp_path / "out")  # which asserts that everything is accounted for
    assert all(found[f"{number}.{form}"]["sha256"] for form in forms for number in range(4))
