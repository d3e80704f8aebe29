"""Backups of telephones are looked into, or it is said why not; so it is of images that are not read."""

import hashlib
import io
import plistlib
import subprocess
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lapwing.scanning.made_sources import picture, put
from tests.lapwing.scanning.test_archives import scanned
from tests.lapwing.scanning.test_images import ext4

from lapwing.hashing.failures import CannotHash
from lapwing.scanning import backups

__all__ = ["ext4"]
FILES = {f"apps/org.example.camera/f/IMG_{number}.png": picture(number) for number in range(3)}


def tar() -> bytes:
    """As Android writes it: each file under the application that it belongs to."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for name, content in FILES.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), 1_700_000_000
            archive.addfile(info, io.BytesIO(content))
    return whole.getvalue()


def android(version: int = 5, packed: bool = True, encryption: str = "none") -> bytes:
    head = f"ANDROID BACKUP\n{version}\n{packed:d}\n{encryption}\n".encode()
    return head + (zlib.compress(tar()) if packed else tar())


@pytest.mark.parametrize("packed", [True, False])
def test_what_lies_in_a_backup_of_android_is_listed_and_hashed(tmp_path: Path, packed: bool) -> None:
    put(tmp_path / "d", "phone.ab", android(packed=packed))
    put(tmp_path / "d", "called_otherwise", android(1, packed))
    with zipfile.ZipFile(tmp_path / "d" / "deep.zip", "w") as deep:
        deep.writestr("phone.ab", android(packed=packed))
    found = scanned(tmp_path / "d", tmp_path / "out")
    for parent in ("phone.ab", "called_otherwise", "deep.zip/phone.ab"):
        for name, content in FILES.items():
            one = found[f"{parent}/{name}"]
            assert (one["sha256"], one["parent"]) == (hashlib.sha256(content).hexdigest(), parent)
            assert (len(one["pdq"]), one["times"]["modified"]) == (64, "2023-11-14T22:13:20Z")
    assert [path for path, one in found.items() if one["failure"]] == []


def test_a_backup_of_android_that_is_not_read_says_why(tmp_path: Path) -> None:
    whole = android()
    made = {
        "encrypted.ab": (android(encryption="AES-256"), "encrypted"),
        "wrong.ab": (whole.replace(b"\n1\n", b"\n7\n", 1), "damaged"),
        "no_lines.ab": (b"ANDROID BACKUP\n", "damaged"),
        "cut.ab": (whole[: len(whole) // 2], "damaged"),
        "not_packed_so.ab": (whole[:24] + b"\xff" * 100, "damaged"),
    }
    for name, (content, _) in made.items():
        put(tmp_path / "d", name, content)
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert {name: found[name]["failure"]["reason"] for name in made} == {
        name: reason for name, (_, reason) in made.items()
    }
    assert all(found[name]["sha256"] for name in made), "the file itself is hashed all the same"


@given(
    content=st.binary(max_size=200_000) | st.integers(0, 300_000).map(bytes),
    packed=st.booleans(),
    places=st.lists(st.tuples(st.integers(0, 320_000), st.integers(0, 70_000)), max_size=6),
)
def test_it_is_read_at_any_place(content: bytes, packed: bool, places: list[tuple[int, int]]) -> None:
    head = f"ANDROID BACKUP\n4\n{packed:d}\nnone\n".encode()
    file = io.BytesIO(head + (zlib.compress(content) if packed else content))
    unpacked = backups.tar_of(file)
    for at, size in places:
        unpacked.seek(at)
        assert unpacked.read(size) == content[at : at + size]


@given(st.binary(max_size=2000))
def test_no_bytes_do_more_than_fail(content: bytes) -> None:
    try:
        backups.tar_of(io.BytesIO(backups.ANDROID + content)).read()
    except (CannotHash, zlib.error):
        return


@pytest.mark.parametrize(
    ("manifest", "expected", "why"),
    [
        (plistlib.dumps({"IsEncrypted": True}, fmt=plistlib.FMT_BINARY), "encrypted", "as iTunes writes it"),
        (plistlib.dumps({"IsEncrypted": True}), "encrypted", "as XML"),
        (plistlib.dumps({"IsEncrypted": False}, fmt=plistlib.FMT_BINARY), None, "all can be read"),
        (plistlib.dumps({"Version": "1"}, fmt=plistlib.FMT_BINARY), None, "another program's manifest"),
        (plistlib.dumps(["IsEncrypted"]), None, "that has the word"),
        (b"bplist00IsEncrypted" + bytes(40), "damaged", "it cannot be told"),
        (b"<plist><dict><key>IsEncrypted</key>", "damaged", "it breaks off"),
    ],
)
def test_a_backup_by_itunes_that_is_encrypted_says_so(
    tmp_path: Path, manifest: bytes, expected: str | None, why: str
) -> None:
    put(tmp_path / "d", "Backup/Manifest.plist", manifest)
    put(tmp_path / "d", "Backup/00/0000000000000000000000000000000000000000", picture(1))
    found = scanned(tmp_path / "d", tmp_path / "out")
    failure = found["Backup/Manifest.plist"]["failure"]
    assert (failure and failure["reason"]) == expected, why
    assert found["Backup/00/0000000000000000000000000000000000000000"]["pdq"]


MARKS = [
    ("image.aff", b"AFF10\r\n\0", "partly_read", "AFF, an image of a disk"),
    ("files.ad1", b"ADSEGMENTEDFILE\0", "partly_read", "AD1"),
    ("install.wim", b"MSWIM\0\0\0", "partly_read", "WIM"),
    ("secret.dmg", b"encrcdsa", "encrypted", "by macOS"),
    ("disk.sparseimage", b"sprs\0\0\0\3", "partly_read", "by macOS"),
    ("packed.dmg", bytes(4096) + b"koly".ljust(512, b"\0"), "partly_read", "UDIF"),
    ("empty.dmg", bytes(8192), "no_file_system", ""),
]


@pytest.mark.parametrize(("name", "mark", "reason", "what"), MARKS, ids=[one[0] for one in MARKS])
def test_an_image_that_is_not_read_says_what_it_is(
    tmp_path: Path, name: str, mark: bytes, reason: str, what: str
) -> None:
    put(tmp_path / "d", name, mark if len(mark) > 512 else mark.ljust(8192, b"\0"))
    failure = scanned(tmp_path / "d", tmp_path / "out")[f"{name}/"]["failure"]
    assert (failure["reason"], what in failure["detail"]) == (reason, True)


@pytest.mark.parametrize(("form", "what"), [("vdi", "VirtualBox"), ("parallels", "Parallels")])
def test_a_virtual_machines_disk_that_is_not_read_says_what_it_is(
    tmp_path: Path, ext4: bytes, form: str, what: str
) -> None:
    raw = put(tmp_path, "raw", ext4)
    image = tmp_path / f"disk.{form}"
    subprocess.run(["qemu-img", "convert", "-O", form, str(raw), str(image)], check=True)
    failure = scanned(image, tmp_path / "out")[f"disk.{form}/"]["failure"]
    assert (failure["reason"], what in failure["detail"]) == ("partly_read", True)


def test_a_plain_apple_image_is_read_and_an_aff4_says_what_it_is(tmp_path: Path, ext4: bytes) -> None:
    put(tmp_path / "d", "plain.dmg", ext4 + b"koly".ljust(512, b"\0"))
    with zipfile.ZipFile(tmp_path / "d" / "disk.aff4", "w") as whole:
        whole.writestr("information.turtle", "nothing of note")
        whole.writestr("data/00000000", bytes(100))
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert found["plain.dmg/DCIM/IMG_1.png"]["sha256"] == hashlib.sha256(picture(1)).hexdigest()
    assert "AFF4" in found["disk.aff4/"]["failure"]["detail"]
    assert found["disk.aff4/data/00000000"]["sha256"]
