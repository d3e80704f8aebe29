"""Archives that libarchive reads: everything in them is listed and hashed, and what is wrong is said."""

import hashlib
import io
import os
import subprocess
import tarfile
from pathlib import Path

import libarchive
import pytest
from tests.lapwing.scanning.made_sources import picture, put
from tests.lapwing.scanning.test_archives import scanned, tarred, zipped

from lapwing.hashing.failures import CannotHash
from lapwing.scanning import parts, sequences
from lapwing.scanning.found import Step

OUTER = (Step("folder", b"x"),)


def packed(files: dict[str, bytes], form: str = "7zip", filter_name: str | None = None) -> bytes:
    """An archive of any format that libarchive writes."""
    whole = bytearray()

    def write(data: bytes) -> int:
        whole.extend(data)
        return len(data)

    with libarchive.custom_writer(write, form, filter_name) as archive:
        for name, content in files.items():
            archive.add_file_from_memory(name, len(content), content, mtime=1767603600)
    return bytes(whole)


def seven_zip(folder: Path, *options: str, **files: bytes) -> bytes:
    """A 7z by the tool of that name."""
    for name, content in files.items():
        put(folder / "in", name, content)
    command = ["7z", "a", "-bd", *options, str(folder / "made.7z"), "."]
    subprocess.run(command, cwd=folder / "in", check=True, capture_output=True)
    return (folder / "made.7z").read_bytes()


def test_every_kind_is_walked_and_archives_in_them_too(tmp_path: Path) -> None:
    files = {"DCIM/a.png": picture(1), "été.png": picture(2), "../../climbs.png": picture(3)}
    files["inner.zip"] = zipped({"deep.png": picture(4)})
    made = {
        "a.7z": packed(files),
        "b.cpio": packed(files, "cpio_newc"),
        "c.iso": packed({name: one for name, one in files.items() if "climbs" not in name}, "iso9660"),
        "d.tar.zst": packed(files, "pax_restricted", "zstd"),
        "e.tar.lz4": packed(files, "pax_restricted", "lz4"),
        "f.txt": packed(files),
    }
    made["g.tar"] = packed({"nested.7z": made["a.7z"]}, "v7tar")
    for name, content in made.items():
        put(tmp_path / "d", name, content)
    found = scanned(tmp_path / "d", tmp_path / "out")
    for name in [*made, "g.tar/nested.7z"]:
        if name == "g.tar":
            continue
        for path, number in (("DCIM/a.png", 1), ("été.png", 2), ("inner.zip/deep.png", 4)):
            one = found[f"{name}/{path}"]
            assert one["sha256"] == hashlib.sha256(picture(number)).hexdigest(), name
            assert (one["failure"], len(one["pdq"])) == (None, 64)
    assert found["a.7z/../../climbs.png"]["sha256"] == hashlib.sha256(picture(3)).hexdigest()
    assert found["a.7z/DCIM/a.png"]["times"]["modified"] == "2026-01-05T09:00:00Z"


def test_a_tar_without_a_mark_is_known_by_its_sum(tmp_path: Path) -> None:
    old = packed({"a.png": picture(1)}, "v7tar")
    assert old[257:262] != b"ustar"
    with tarfile.open(fileobj=io.BytesIO(old)) as archive:
        assert archive.getnames() == ["a.png"]
    put(tmp_path / "d", "old.dat", old)
    put(tmp_path / "d", "not.dat", b"b" + old[1:])
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert set(found) == {"old.dat", "old.dat/a.png", "not.dat"}


def test_what_is_encrypted_and_what_is_damaged_is_said(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    (tmp_path / "3").mkdir()
    flipped = bytearray(seven_zip(tmp_path / "3", "-mx=0", a=picture(1), b=picture(2)))
    flipped[32 + 100] ^= 1
    put(tmp_path / "d", "flipped.7z", bytes(flipped))
    put(tmp_path / "d", "names.7z", seven_zip(tmp_path / "1", "-pdull", a=picture(1)))
    put(tmp_path / "d", "whole.7z", seven_zip(tmp_path / "2", "-pdull", "-mhe=on", a=picture(1)))
    good = packed({"a.png": picture(1), "b.png": picture(2)}, "pax_restricted", "zstd")
    put(tmp_path / "d", "cut.tar.zst", good[: len(good) // 2])
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert found["names.7z/a"]["failure"]["reason"] == "encrypted"
    assert found["whole.7z"]["failure"]["reason"] == "encrypted"
    assert found["cut.tar.zst"]["failure"]["reason"] == "damaged"
    assert "bad CRC" in found["flipped.7z/a"]["failure"]["detail"], "no hash of what it is not"
    assert found["flipped.7z/b"]["sha256"] == hashlib.sha256(picture(2)).hexdigest()
    assert all(found[name]["sha256"] for name in ("names.7z", "whole.7z", "cut.tar.zst"))


def test_a_solid_archive_is_read_in_any_order_and_back_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequences, "IN_MEMORY", 1000)
    files = {f"{number}.bin": os.urandom(5000) + bytes([number]) for number in range(6)}
    content = packed(files)
    opening = lambda locator: io.BytesIO(content)  # noqa: E731
    found = list(sequences.walk_sequence(opening, OUTER, b"x"))
    assert [one.size for one in found] == [5001] * 6
    for number in (4, 1, 5, 5, 0):
        with sequences.open_sequence(opening, OUTER, found[number].locator[-1]) as file:
            wanted = files[f"{number}.bin"]
            assert file.seek(0, io.SEEK_END) == 5001
            assert (file.seek(4000), file.read()) == (4000, wanted[4000:])
            assert (file.seek(0), file.read()) == (0, wanted)


def test_a_bomb_does_not_go_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LARGE", 1 << 20)
    content = packed({f"{number}.png": bytes(1 << 20) for number in range(4)})
    walk = sequences.walk_sequence(lambda locator: io.BytesIO(content), OUTER, b"x")
    assert next(walk).path == b"x/0.png"
    with pytest.raises(CannotHash, match="unpacks to so much more"):
        next(walk)


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    whole = tarred({"a.png": picture(1)})
    zst = subprocess.run(["zstd", "-c"], input=whole, check=True, capture_output=True)
    put(tmp_path / "d", "a.tar.zst", zst.stdout)
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert found["a.tar.zst/link.png"]["excluded"] == "symbolic_link"


def cut(folder: Path, form: str) -> list[Path]:
    """An archive of random pieces in volumes, by the tool that makes them."""
    for number in range(4):
        put(folder / "in", f"{number}.bin", os.urandom(30_000))
    put(folder / "in", "a.png", picture(1))
    put(folder / "d", "later.txt", b"nothing of note")
    command = ["7z", "a", "-bd", f"-t{form}", "-mx=0", "-v40k", str(folder / "d" / f"made.{form}"), "."]
    subprocess.run(command, cwd=folder / "in", check=True, capture_output=True)
    return sorted((folder / "d").glob(f"made.{form}.0*"))


@pytest.mark.parametrize("form", ["7z", "zip"])
def test_an_archive_that_was_cut_is_read_from_its_pieces(tmp_path: Path, form: str) -> None:
    pieces = cut(tmp_path, form)
    assert len(pieces) == 4
    found = scanned(tmp_path / "d", tmp_path / "out")
    for path in (tmp_path / "in").iterdir():
        one = found[f"made.{form}.001/{path.name}"]
        assert (one["sha256"], one["failure"]) == (hashlib.sha256(path.read_bytes()).hexdigest(), None)
    assert [one["failure"] for one in found.values() if one["failure"]] == []
    assert all(found[piece.name]["sha256"] for piece in pieces)


@pytest.mark.parametrize("form", ["7z", "zip"])
def test_a_piece_of_an_archive_that_is_missing_is_named(tmp_path: Path, form: str) -> None:
    cut(tmp_path, form)[1].unlink()
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert "is missing" in found[f"made.{form}.001/made.{form}.002"]["failure"]["detail"]
    inside = [one for path, one in found.items() if path.endswith(".bin")]
    whole = [one for one in inside if one["sha256"] and not one["failure"]]
    failed = [one for one in inside if one["failure"]]
    assert whole
    assert [one["failure"]["reason"] for one in failed] == ["damaged"] * (4 - len(whole))
    assert len(failed) >= 2


@pytest.mark.parametrize("form", ["7z", "zip"])
def test_pieces_without_their_first_say_what_they_are(tmp_path: Path, form: str) -> None:
    cut(tmp_path, form)[0].unlink()
    found = scanned(tmp_path / "d", tmp_path / "out")
    for number in (2, 3, 4):
        one = found[f"made.{form}.00{number}"]
        assert (one["failure"]["reason"], bool(one["sha256"])) == ("partly_read", True)


def test_archives_that_are_numbered_and_whole_are_each_their_own(tmp_path: Path) -> None:
    for number in (1, 2):
        put(tmp_path / "d", f"made.zip.00{number}", zipped({f"{number}.png": picture(number)}))
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert {"made.zip.001/1.png", "made.zip.002/2.png"} <= set(found)


def split(folder: Path, *options: str) -> list[Path]:
    """A zip of random pieces that was cut by what makes zips: its list of names is in the last piece."""
    for number in range(4):
        put(folder / "in", f"{number}.bin", os.urandom(60_000))
    put(folder / "in", "a.png", picture(1))
    (folder / "d").mkdir()
    command = [
        "zip",
        "-q",
        "-0",
        "-s",
        "64k",
        *options,
        str(folder / "d" / "made.zip"),
        *sorted(os.listdir(folder / "in")),
    ]
    subprocess.run(command, cwd=folder / "in", check=True, capture_output=True)
    return sorted((folder / "d").iterdir())


# Which pieces of `.z01 .z02 .z03 .zip` are missing, where the rest is listed, and which files are whole then.
SPLIT = [
    ((), "made.z01", "0 1 2 3 a", "nothing is missing"),
    ((0,), "made.z02", "2 3 a", "what begins in a piece that is there is read, though the first is not"),
    ((1,), "made.z01", "0 3 a", "of a file that goes on in it, only the name is left"),
    ((0, 1, 2), "made.zip", "a", "the last has the names, and what begins in it"),
]


@pytest.mark.parametrize("options", [(), ("-fz",)], ids=["zip", "zip64"])
@pytest.mark.parametrize(("missing", "head", "whole", "why"), SPLIT, ids=[one[3] for one in SPLIT])
def test_a_zip_that_was_cut_is_read_from_what_is_there_and_the_rest_is_named(
    tmp_path: Path, missing: tuple[int, ...], head: str, whole: str, why: str, options: tuple[str, ...]
) -> None:
    pieces = split(tmp_path, *options)
    assert [one.name for one in pieces] == ["made.z01", "made.z02", "made.z03", "made.zip"]
    for number in missing:
        pieces[number].unlink()
    found = scanned(tmp_path / "d", tmp_path / "out")
    for path in (tmp_path / "in").iterdir():
        one, content = found[f"{head}/{path.name}"], path.read_bytes()
        if path.stem in whole.split():
            assert (one["sha256"], one["failure"]) == (hashlib.sha256(content).hexdigest(), None), why
        else:
            assert one["failure"]["reason"] == "damaged", why
    named = [
        path for path, one in found.items() if "this part of the archive is missing" in str(one["failure"])
    ]
    assert named == [f"{head}/made.z0{number + 1}" for number in missing]
    assert all(found[one.name]["sha256"] for one in pieces if one.exists())
    assert len(found) == len(pieces) + 5, "each is listed once, and a missing piece in its place"


def test_a_larger_zip_that_was_cut_may_have_its_numbers_in_its_second_end_alone(tmp_path: Path) -> None:
    last = split(tmp_path, "-fz")[3]
    content = bytearray(last.read_bytes())
    at = content.rindex(b"PK\x05\x06")
    assert content[at + 4 : at + 8] == b"\3\0\3\0"
    content[at + 4 : at + 8] = b"\xff" * 4
    last.write_bytes(content)
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert len(found) == 4 + 5
    for path in (tmp_path / "in").iterdir():
        assert found[f"made.z01/{path.name}"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_pieces_of_a_zip_without_the_last_say_what_they_are(tmp_path: Path) -> None:
    split(tmp_path)[3].unlink()
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert len(found) == 3
    for one in found.values():
        assert (one["failure"]["reason"], bool(one["sha256"])) == ("partly_read", True)
        assert "which names what is in it" in one["failure"]["detail"]


def test_what_is_named_like_a_zip_and_is_none_is_no_piece_of_one(tmp_path: Path) -> None:
    put(tmp_path / "d", "letter.zip", b"nothing of note" * 100)
    put(tmp_path / "d", "a.zip", picture(1))
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert [one["failure"] for one in found.values()] == [None, None]
    assert found["a.zip"]["pdq"]
