"""NIST's reference data set, as text and as SQLite: files to be set aside, and never to be matches."""

import hashlib
import sqlite3
from io import BytesIO
from pathlib import Path

import pytest

from lapwing.cli import main
from lapwing.exchange.hash_sets import HASH_SETS, recognise_set
from lapwing.exchange.unreadable import Unreadable
from lapwing.matching.listed import BadRecord, ListedFile

HEADER = b'"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"\r\n'
EMPTY = hashlib.sha1(b"").hexdigest().upper()


def row(sha1: str) -> bytes:
    return f'"{sha1}","{"0" * 32}","00000000","dull \u00e9.dll",4,1,"362",""\r\n'.encode("latin-1")


def rds(path: Path, files: list[bytes]) -> Path:
    """As the minimal set of RDS 3 has it."""
    with sqlite3.connect(path) as database:
        database.execute(
            "create table FILE (sha256 varchar not null, sha1 varchar not null, md5 varchar not null,"
            " file_name varchar not null, file_size integer not null, package_id integer not null,"
            " constraint PK_FILE__FILE primary key (sha256, sha1, md5, file_name, file_size, package_id))"
        )
        for one in files:
            digests = [hashlib.new(name, one).hexdigest().upper() for name in ("sha256", "sha1", "md5")]
            for package in (1, 2):
                database.execute(
                    "insert into FILE values (?, ?, ?, 'a.dll', ?, ?)", (*digests, len(one), package)
                )
    database.close()
    return path


def test_the_text_gives_each_sha_1_once_and_no_empty_file() -> None:
    text = HEADER + row("AB" * 20) * 3 + row(EMPTY) + row("CD" * 20) + row("nonsense")
    form = recognise_set(text)
    assert form is HASH_SETS["nsrl-text"]
    first, second, bad = form.read(BytesIO(text))
    assert (first, second) == (
        ListedFile({"sha1": bytes.fromhex("ab" * 20)}, dialect="nsrl"),
        ListedFile({"sha1": bytes.fromhex("cd" * 20)}, dialect="nsrl"),
    )
    assert isinstance(bad, BadRecord)


def test_the_database_gives_each_sha_256_once(tmp_path: Path) -> None:
    path = rds(tmp_path / "RDS_2026.03.1_modern_minimal.db", [b"one", b"two", b""])
    with path.open("rb") as stream:
        form = recognise_set(stream.read(100))
        assert form is HASH_SETS["nsrl"]
        found = list(form.read(stream))
    wanted = {hashlib.sha256(one).digest() for one in (b"one", b"two")}
    assert {one.hashes["sha256"] for one in found if isinstance(one, ListedFile)} == wanted
    assert len(found) == 2


def test_another_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as database:
        database.execute("create table other (a)")
    database.close()
    with (tmp_path / "other.db").open("rb") as stream, pytest.raises(Unreadable, match="no such table"):
        list(HASH_SETS["nsrl"].read(stream))


def test_it_never_comes_among_the_lists_that_files_are_looked_for_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAPWING_HOME", str(tmp_path))
    path = rds(tmp_path / "rds.db", [b"one"])
    given = ["lists", "import", "--lists", str(tmp_path / "lists"), "--name", "nsrl", str(path)]
    assert main(given) == 2
    assert "give --known-good" in capsys.readouterr().err
    assert not (tmp_path / "lists").exists()
    assert main([*given, "--known-good"]) == 0
    assert (tmp_path / "known-good" / "nsrl").is_dir()
    assert not (tmp_path / "lists").exists()
