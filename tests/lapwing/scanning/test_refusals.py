"""What a scan refuses, in a sentence and before it has read for hours; and what a full disk leaves."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.lapwing.scanning.made_sources import device, picture, put

from lapwing.cli import main
from lapwing.scanning.results import WRITTEN

FULL = """
import resource, sys
from lapwing.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, 120_000))
sys.exit(main(sys.argv[1:]))
"""


def scan(source: Path, out: Path, *more: str) -> int:
    return main(["scan", str(source), "--no-lists", "--out", str(out), "--workers", "1", *more])


@pytest.mark.parametrize("name", [*WRITTEN, "state.sqlite"])
def test_no_file_of_anybody_else_is_written_over(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence = put(tmp_path, name, picture(1))
    assert scan(evidence, tmp_path) == 2
    assert f"{evidence} is of no scan" in capsys.readouterr().err
    assert evidence.read_bytes() == picture(1)
    assert os.listdir(tmp_path) == [name]


def test_a_database_of_the_name_of_the_state_is_left_as_it_is(tmp_path: Path) -> None:
    evidence = tmp_path / "state.sqlite"
    with sqlite3.connect(evidence) as chats:
        chats.execute("create table message (media blob)")
    chats.close()
    before = evidence.read_bytes()
    assert scan(put(tmp_path, "a.png", picture(1)), tmp_path) == 2
    assert evidence.read_bytes() == before


def test_a_scan_that_was_killed_before_it_began_is_gone_on_with(tmp_path: Path) -> None:
    out = tmp_path / "out"
    put(out, "state.sqlite", b"")
    put(out, "state.lock", b"")
    assert scan(put(tmp_path, "a.png", picture(1)), out) == 0
    assert scan(tmp_path / "a.png", out) == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--workers", "0"], "'0' is not a whole number of 1 or more"),
        (["--workers", "-1"], "'-1' is not a whole number of 1 or more"),
        (["--triage", "nan"], "--triage is a number of minutes, more than none"),
        (["--triage", "0"], "--triage is a number of minutes, more than none"),
        (["--distance", "300"], "the distance is 300; it can be 0 to 63"),
        (["--known-good", "nsrl"], "there is no list 'nsrl' in known-good-folder"),
        (["--known-good", "all"], "there is no list in known-good-folder: nothing can be set aside"),
        (["--grades", "nowhere.json", "--graded-by", "grader 1"], "nowhere.json: No such file"),
        (["--grades", "nowhere.json"], "go together"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_written(
    tmp_path: Path,
    given: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAPWING_KNOWN_GOOD", "known-good-folder")
    source = put(tmp_path, "a.png", picture(1))
    try:
        code = scan(source, tmp_path / "out", *given)
    except SystemExit as stopped:  # argparse's own way
        code = int(str(stopped.code))
    assert code == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out" / "state.sqlite").exists()


@pytest.mark.parametrize("made", ["pipe", "nothing", "device"])
def test_a_source_that_can_hold_no_file_is_no_source_in_which_nothing_was_found(
    tmp_path: Path, made: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = Path("/dev/null") if made == "device" else tmp_path / "source"
    if made == "pipe":
        os.mkfifo(source)
    assert scan(source, tmp_path / "out") == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"lapwing scan: {source}")
    assert not said.out
    assert not (tmp_path / "out").exists()


def test_grades_that_cannot_be_read_do_not_cost_the_scan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grades = put(tmp_path, "grades.json", b"no JSON at all")
    given = ["--grades", str(grades), "--graded-by", "grader 1"]
    assert scan(put(tmp_path, "a.png", picture(1)), tmp_path / "out", *given) == 2
    said = capsys.readouterr()
    assert f"{grades}: " in said.err
    assert "No grade was taken." in said.err
    assert "1 seen = 1 hashed" in said.out
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["done"]


def test_a_full_disk_is_said_and_the_same_command_goes_on(tmp_path: Path) -> None:
    source, out = device(tmp_path / "device", 400), tmp_path / "out"
    given = ["scan", str(source), "--no-lists", "--out", str(out), "--workers", "1"]
    full = subprocess.run(
        [sys.executable, "-c", FULL, *given], capture_output=True, text=True, timeout=120, check=False
    )
    assert full.returncode == 2
    assert "Traceback" not in full.stderr
    assert f"lapwing scan: {out}" in full.stderr
    assert "the same command goes on" in full.stderr
    assert scan(source, out) == 0
    assert scan(source, tmp_path / "other") == 0
    assert (out / "items.jsonl").read_bytes() == (tmp_path / "other" / "items.jsonl").read_bytes()


def test_a_state_that_is_damaged_is_not_said_to_want_room(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = device(tmp_path / "device", 3), tmp_path / "out"
    assert scan(source, out) == 0
    whole = bytearray((out / "state.sqlite").read_bytes())
    whole[4096:] = b"x" * (len(whole) - 4096)
    (out / "state.sqlite").write_bytes(whole)
    assert scan(source, out) == 2
    said = capsys.readouterr().err
    assert "malformed" in said
    assert "once there is room" not in said
