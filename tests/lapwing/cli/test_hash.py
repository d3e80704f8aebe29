"""`lapwing hash`: a line a file, nothing lost quietly, and a killed run taken up where it was."""

import hashlib
import json
import os
import pty
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.lapwing.hashing.test_pictures import COLOUR, image_of, saved

from lapwing.hashing.pdq import pdq_of

COMMAND = [sys.executable, "-c", "import sys; from lapwing.cli import main; sys.exit(main())", "hash"]
PNG = saved(image_of(COLOUR), "PNG")
BAD_NAME = b"caf\xe9 \xff.png"


def run(*arguments: "str | Path") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, "--processes", "1", *arguments], capture_output=True, check=False)


def lines(output: bytes) -> dict[str, dict[str, Any]]:
    rows = [json.loads(row) for row in output.splitlines()]
    assert len({row["path"] for row in rows}) == len(rows)
    return {row["path"].rpartition("/")[2]: row for row in rows}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "seized" / "deep"
    inside.mkdir(parents=True)
    (inside / "a.png").write_bytes(PNG)
    (inside.parent / "note.txt").write_bytes(b"a dull note")
    (inside / "round").symlink_to(inside.parent)
    os.mkfifo(inside / "pipe")
    return inside.parent


def test_a_line_has_every_hash_and_a_text_has_no_picture(folder: Path) -> None:
    done = run(folder)
    assert done.returncode == 0, done.stderr
    found = lines(done.stdout)
    assert set(found) == {"a.png", "note.txt"}
    picture = found["a.png"]
    assert picture["sha256"] == hashlib.sha256(PNG).hexdigest()
    assert picture["md5"] == hashlib.md5(PNG).hexdigest()
    assert picture["sha1"] == hashlib.sha1(PNG).hexdigest()
    assert (picture["pdq"], picture["quality"]) == (pdq_of(COLOUR).hex, pdq_of(COLOUR).quality)
    assert (picture["low_quality"], picture["size"], picture["kind"]) == (False, len(PNG), "picture")
    note = found["note.txt"]
    assert (note["pdq"], note["quality"], note["failure"], note["kind"]) == (None, None, None, "other")
    assert done.stderr == b"2 files; failures: none\n"


def test_what_fails_is_named_counted_and_told_by_the_exit_code(folder: Path) -> None:
    (folder / "cut.png").write_bytes(PNG[:-5000])
    (folder / "\x1b[2Jtext.jpg").write_bytes(b"a text")
    done = run(folder, folder / "gone")
    found = lines(done.stdout)
    assert done.returncode == 2
    assert found["cut.png"]["failure"]["reason"] == "damaged"
    assert found["cut.png"]["pdq"] is None
    assert found["cut.png"]["sha256"] == hashlib.sha256(PNG[:-5000]).hexdigest()
    assert found["\x1b[2Jtext.jpg"]["failure"]["reason"] == "unrecognised"
    assert found["gone"]["failure"]["reason"] == "unreadable"
    assert done.stderr.endswith(b"5 files; failures: 1 damaged, 1 unreadable, 1 unrecognised\n")
    assert b"\x1b" not in done.stderr  # a name does not command the terminal


def test_a_name_that_is_not_utf8_survives(folder: Path) -> None:
    path = os.fsencode(folder) + b"/" + BAD_NAME
    Path(os.fsdecode(path)).write_bytes(PNG)
    done = run(os.fsdecode(path))
    (row,) = (json.loads(line) for line in done.stdout.decode("utf-8", "strict").splitlines())
    assert bytes.fromhex(row["path_hex"]) == path
    assert row["pdq"] == pdq_of(COLOUR).hex
    earlier = folder.parent / "earlier"
    earlier.write_bytes(done.stdout)
    assert run("--resume", earlier, os.fsdecode(path)).stdout == b""


def test_a_run_is_taken_up_where_it_was_killed(folder: Path) -> None:
    for number in range(6):
        (folder / f"{number}.png").write_bytes(PNG)
    (folder / "cut.png").write_bytes(PNG[:-5000])
    output = folder.parent / "output"
    whole = run(folder).stdout
    rows = whole.splitlines(keepends=True)
    output.write_bytes(b"".join(rows[:5]) + rows[5][:40])  # the sixth line is torn
    with output.open("ab") as onto:
        command = [*COMMAND, "--resume", output, folder]
        done = subprocess.run(command, stdout=onto, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2  # of the whole, whichever run the failure was in
    assert sorted(output.read_bytes().splitlines()) == sorted(whole.splitlines())
    assert b"5 hashed before" in done.stderr
    (folder / "0.png").write_bytes(PNG + b"changed")
    again = lines(run("--resume", output, folder).stdout)
    assert set(again) == {"0.png"}


@pytest.mark.durability
def test_the_command_and_its_processes_end_together(folder: Path) -> None:
    for number in range(300):
        (folder / f"{number}.png").write_bytes(PNG)
    with subprocess.Popen([*COMMAND, folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        assert running.stdout is not None
        running.stdout.readline()
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
        running.send_signal(signal.SIGKILL)
        rest = running.stdout.read()
    assert rest.count(b"\n") < 299
    for child in map(int, children):
        _gone(child)


def _gone(pid: int) -> None:
    for _ in range(200):
        if not Path(f"/proc/{pid}").exists() or "(python" not in Path(f"/proc/{pid}/stat").read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"{pid} is still there")


def _all_of(terminal: int) -> Iterator[bytes]:
    """What was written to a terminal that nobody holds any more: one read gives no more than a part of it."""
    with suppress(OSError):  # the end of a terminal is an error
        while part := os.read(terminal, 1 << 16):
            yield part


def test_a_bar_is_drawn_on_a_terminal_only(folder: Path) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run([*COMMAND, folder], stdout=subprocess.PIPE, stderr=theirs, check=False)
    os.close(theirs)
    seen = b"".join(_all_of(ours))
    os.close(ours)
    assert b"2 of 2 files" in seen
    assert done.stdout.count(b"\n") == 2


def test_a_reader_that_leaves_is_not_a_fault(folder: Path) -> None:
    command = f"{shlex.join(COMMAND)} {folder} | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
