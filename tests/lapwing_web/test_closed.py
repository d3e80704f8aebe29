"""What Lapwing keeps is open to nobody but its owner."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.mixture import document, report
from tests.own_site import Site

from lapwing_web.closed import close_database, close_folder


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture(autouse=True)
def _usual_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_folder_is_made_closed_or_closed_while_empty_and_else_left(tmp_path: Path) -> None:
    close_folder(tmp_path / "new" / "home")
    assert mode(tmp_path / "new" / "home") == 0o700
    (tmp_path / "empty").mkdir(mode=0o755)
    close_folder(tmp_path / "empty")
    assert mode(tmp_path / "empty") == 0o700
    (tmp_path / "shared").mkdir(mode=0o755)
    (tmp_path / "shared" / "theirs").touch()
    close_folder(tmp_path / "shared")
    assert mode(tmp_path / "shared") == 0o755


def test_a_database_is_closed_before_it_is_made_and_one_made_open_is_closed(tmp_path: Path) -> None:
    close_database(tmp_path / "new.sqlite3")
    assert mode(tmp_path / "new.sqlite3") == 0o600
    for name in ("old.sqlite3", "old.sqlite3-wal", "old.sqlite3-shm"):
        (tmp_path / name).touch(mode=0o644)
    close_database(tmp_path / "old.sqlite3")
    assert {mode(path) for path in tmp_path.glob("old*")} == {0o600}
    close_database(tmp_path / "nowhere" / "x.sqlite3")  # SQLite will say that there is no such folder


def test_while_a_site_is_in_use_every_file_of_it_is_closed(own_site: Site, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_bytes(document(report(1)))
    own_site.run("ingest", tmp_path / "one.json")
    assert mode(own_site.home / "secret-key") == 0o600
    if own_site.database_url.startswith("sqlite"):
        with closing(sqlite3.connect(own_site.home / "lapwing.sqlite3")) as in_use:
            in_use.execute("DELETE FROM django_session")
            files = {path.name: mode(path) for path in own_site.home.glob("lapwing.sqlite3*")}
        assert files == {f"lapwing.sqlite3{ending}": 0o600 for ending in ("", "-wal", "-shm")}


def test_setup_says_what_it_made_and_when_others_can_look_in(own_site: Site) -> None:
    own_site.home.chmod(0o755)
    again = own_site.run("setup")
    assert "up to date; 0 organisations were new" in again.stdout
    assert f"chmod 700 {own_site.home}" in again.stderr
    own_site.home.chmod(0o700)
    assert own_site.run("setup").stderr == ""
