"""Archives in archives: everything in them is listed and hashed, and no bomb goes off."""

import hashlib
import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.lapwing.scanning.made_sources import picture, put

from lapwing.cli import main
from lapwing.scanning import archives


def zipped(files: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 5, 9, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def tarred(files: dict[str, bytes], mode: Any = "w") -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), 1767603600
            archive.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("link.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return whole.getvalue()


def scanned(source: Path, out: Path) -> dict[str, dict[str, Any]]:
    assert main(["scan", str(source), "--no-lists", "--out", str(out), "--workers", "2"]) == 0
    found = [json.loads(line) for line in (out / "items.jsonl").read_text().splitlines()]
    assert len({one["path"] for one in found}) == len(found)
    counts = json.loads((out / "summary.json").read_text())
    assert counts["conserved"]
    assert counts["seen"] == len(found)
    return {one["path"]: one for one in found}


def test_archives_in_archives_are_walked_and_each_file_has_its_parent(tmp_path: Path) -> None:
    inner = zipped({"a.png": picture(1), "../../climbs.png": picture(2)})
    packed = tarred({"old/inner.zip": inner, "b.png": picture(3)}, "w:gz")
    put(tmp_path / "d", "phone.zip", zipped({"DCIM/c.png": picture(4), "backup.tar.gz": packed}))
    put(tmp_path / "d", "disguised.dat", tarred({"e.png": picture(5)}))
    found = scanned(tmp_path / "d", tmp_path / "out")
    deep = "phone.zip/backup.tar.gz/old/inner.zip/"
    for path, number in (
        (f"{deep}a.png", 1),
        (f"{deep}../../climbs.png", 2),
        ("phone.zip/backup.tar.gz/b.png", 3),
        ("phone.zip/DCIM/c.png", 4),
        ("disguised.dat/e.png", 5),
    ):
        one = found[path]
        assert one["sha256"] == hashlib.sha256(picture(number)).hexdigest()
        assert path == f"{one['parent']}/{path.removeprefix(one['parent'] + '/')}"
        assert len(one["pdq"]) == 64
    assert found["disguised.dat/link.png"]["excluded"] == "symbolic_link"
    assert found["phone.zip/DCIM/c.png"]["times"] == {"modified": "2026-01-05T09:00:00"}  # whose clock?
    assert found["disguised.dat/e.png"]["times"] == {"modified": "2026-01-05T09:00:00Z"}
    assert len(found) == 11
    assert all(one["failure"] is None for one in found.values())


def test_an_archive_is_a_source_itself(tmp_path: Path) -> None:
    source = put(tmp_path, "phone.tar", tarred({"DCIM/a.png": picture(1)}))
    found = scanned(source, tmp_path / "out")
    assert set(found) == {"phone.tar", "phone.tar/DCIM/a.png", "phone.tar/link.png"}
    assert found["phone.tar"]["sha256"] == hashlib.sha256(source.read_bytes()).hexdigest()


def test_what_is_damaged_is_a_failure_and_the_rest_is_hashed(tmp_path: Path) -> None:
    whole = bytearray(zipped({"a.png": picture(1), "b.png": picture(2)}))
    whole[200] ^= 0xFF  # in the packed bytes of the first
    put(tmp_path / "d", "bad.zip", bytes(whole))
    put(tmp_path / "d", "cut.zip", bytes(whole[:400]))
    put(tmp_path / "d", "cut.tar", tarred({"c.png": picture(3)})[:1000])
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert found["bad.zip/a.png"]["failure"]["reason"] == "unreadable"
    assert found["bad.zip/b.png"]["sha256"] == hashlib.sha256(picture(2)).hexdigest()
    assert found["cut.zip"]["failure"]["reason"] == "damaged"
    assert found["cut.tar/c.png"]["failure"]["reason"] == "damaged"
    assert all(found[name]["sha256"] for name in ("bad.zip", "cut.zip", "cut.tar"))


def test_a_bomb_does_not_go_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGE", 1 << 20)
    outer = (archives.Step("folder", b"bomb.zip"),)
    content = zipped({f"{number}.png": bytes(1 << 20) for number in range(4)})
    found = list(archives.walk_zip(lambda locator: io.BytesIO(content), outer, b"bomb.zip"))
    assert [one.failure and one.failure.reason for one in found] == [None, "bomb", "bomb", "bomb"]


def test_a_name_in_a_zip_keeps_its_bytes(tmp_path: Path) -> None:
    put(tmp_path / "d", "a.zip", zipped({"été.png": picture(1)}))
    assert "a.zip/été.png" in scanned(tmp_path / "d", tmp_path / "out")


def test_a_tar_that_breaks_off_between_two_files_says_so(tmp_path: Path) -> None:
    whole = tarred({"a.png": picture(1), "b.png": picture(2)})
    with tarfile.open(fileobj=io.BytesIO(whole)) as archive:
        second = archive.getmembers()[1].offset
    source = put(tmp_path, "cut.tar", whole[:second])
    found = scanned(source, tmp_path / "out")
    assert set(found) == {"cut.tar", "cut.tar/", "cut.tar/a.png"}
    assert found["cut.tar/"]["failure"]["reason"] == "damaged"
