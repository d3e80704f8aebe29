"""`lapwing batch`: everything is accounted for, by the same bytes whatever happened meanwhile."""

import hashlib
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.lapwing.matching.made_lists import change
from tests.lapwing.scanning.made_sources import device, picture, put

from lapwing.batch import listing, shards
from lapwing.batch.engines import Local
from lapwing.batch.job import Options
from lapwing.batch.running import Batch
from lapwing.cli import main
from lapwing.hashing.pool import HashingPool
from lapwing.matching.listed import ListedFile

KILLS = int(os.environ.get("LAPWING_KILLS", "3"))
# as the command, with parts so small that a kill finds many of them
COMMAND = """
import sys
from lapwing.batch import listing, shards
from lapwing.cli import main
listing.PART = 10
sys.exit(main(sys.argv[1:]))
"""
Line = dict[str, Any]


def results(out: Path) -> dict[str, bytes]:
    """Everything that comes out."""
    names = ("hashes/*", "matches/*", "summary.json", "matches.json")
    found = sorted(path for name in names for path in out.glob(name))
    return {str(path.relative_to(out)): path.read_bytes() for path in found}


def lines(out: Path) -> list[Line]:
    read = b"".join(path.read_bytes() for path in sorted((out / "hashes").iterdir()))
    return [json.loads(line) for line in read.split(b"\n") if line]


def by_path(out: Path) -> dict[bytes, Line]:
    every = lines(out)
    found = {
        bytes.fromhex(one["path_hex"]) if "path_hex" in one else one["path"].encode(): one for one in every
    }
    assert len(found) == len(every)
    return found


def written(out: Path) -> set[Path]:
    """Every file of parts, shards and matches that is whole."""
    return {path for path in out.glob("*/*") if not path.name.startswith(".")}


def hostile(folder: Path) -> Path:
    """A telephone, and names and things that nobody wants."""
    device(folder)
    for name in (
        b"new\nline.png",
        b"\xff\xfe.png",
        b'quote".png',
        b"-rf",
        "\u202egnp.exe".encode(),
        b"\x1b[2J",
    ):
        with open(os.fsencode(folder) + b"/" + name, "wb") as file:
            file.write(picture(3))
    (folder / "loop").mkdir()
    (folder / "loop" / "again").symlink_to("..")
    (folder / "self").symlink_to("self")
    at = os.open(folder, os.O_RDONLY)
    for _ in range(20):  # longer than any path may be: nobody can list the last one by its name
        os.mkdir("d" * 250, dir_fd=at)
        inner = os.open("d" * 250, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    os.close(at)
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.open(folder, os.O_RDONLY)
        listening.bind(f"/proc/self/fd/{here}/socket")
        os.close(here)
    return folder


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """A list with one picture by its bytes and another by its look."""
    by_bytes = {"sha256": hashlib.sha256(picture(3)).digest()}
    change(tmp_path / "lists", "agency", [ListedFile(by_bytes, "no. 1", "A1", "industry")])
    return tmp_path / "lists"


def test_everything_is_accounted_for_whatever_it_is_called_or_is(tmp_path: Path) -> None:
    source, out = hostile(tmp_path / "source"), tmp_path / "out"
    assert main(["batch", "hash", str(source), "--out", str(out), "--workers", "2"]) == 0
    found, summary = by_path(out), json.loads((out / "summary.json").read_bytes())
    there = [
        os.path.relpath(os.path.join(at, name), os.fsencode(source))
        for at, folders, files in os.walk(os.fsencode(source))
        for name in files + [one for one in folders if os.path.islink(os.path.join(at, one))]
    ]
    (deep,) = found.keys() - there
    assert (found.pop(deep)["failure"]["detail"], len(deep) > 3000) == ("File name too long", True)
    assert sorted(found) == sorted(there)
    for path, line in found.items():
        whole = os.path.join(os.fsencode(source), path)
        if os.path.isfile(whole) and not os.path.islink(whole):
            content = Path(os.fsdecode(whole)).read_bytes()
            digests = [hashlib.new(name, content).hexdigest() for name in ("sha256", "sha1", "md5")]
            assert [line["sha256"], line["sha1"], line["md5"], line["size"]] == [*digests, len(content)]
        else:
            assert (line["excluded"] is not None, line["sha256"]) == (True, None)
    assert found[b"new\nline.png"]["pdq"] == found[b"\xff\xfe.png"]["pdq"] != None  # noqa: E711
    counts = summary["counts"]
    assert counts["listed"] == counts["hashed"] + counts["excluded"] + counts["failed"] == len(there) + 1
    assert (counts["failed"], counts["failures"]["unreadable"]) == (1, 1)
    assert counts["rules"] == {"pipe": 1, "socket": 1, "symbolic_link": 4}
    assert summary["contents"] == len({one["sha256"] for one in lines(out)} - {None})
    for shard in sorted((out / "hashes").iterdir()):
        keys = [json.loads(line)["sha256"] or "" for line in shard.read_bytes().splitlines()]
        assert keys == sorted(keys)
        assert {key[:1] for key in keys} <= {shard.stem, ""}


def test_the_same_bytes_from_any_number_of_processes_parts_and_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lists: Path
) -> None:
    one, other = hostile(tmp_path / "one"), hostile(tmp_path / "other")
    given = ["--lists", str(lists), "--out"]
    assert main(["batch", "match", str(one), "--workers", "1", *given, str(tmp_path / "a")]) == 0
    monkeypatch.setattr(listing, "PART", 3)
    monkeypatch.setattr(shards, "BLOCKS", 100)  # less than a line
    monkeypatch.setattr(shards, "LEAST", 50)
    assert main(["batch", "hash", str(other), "--workers", "3", "--out", str(tmp_path / "b")]) == 0
    assert main(["batch", "match", str(other), "--workers", "3", *given, str(tmp_path / "b")]) == 0
    assert results(tmp_path / "a") == results(tmp_path / "b")
    assert json.loads((tmp_path / "a" / "matches.json").read_bytes())["by_list"] == {"agency": 7}
    assert not (tmp_path / "a" / "parts").exists()


def test_a_kill_at_any_moment_costs_nothing_but_time(tmp_path: Path, lists: Path) -> None:
    source = hostile(tmp_path / "source")
    for number in range(300):
        put(source, f"more/{number % 7}/{number}.txt", b"%d" % (number % 200))
    given = ["batch", "match", str(source), "--lists", str(lists), "--workers", "2"]
    command = [sys.executable, "-c", COMMAND, *given]
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([*command, "--out", str(tmp_path / "whole")], check=True, **quiet)
    chance, out, before = random.Random(6), tmp_path / "killed", set[Path]()
    for _ in range(KILLS):
        running = subprocess.Popen([*command, "--out", str(out)], **quiet)
        more = chance.randrange(1, 25)  # parts, shards or files of matches
        while running.poll() is None and len(written(out) - before) < more:
            time.sleep(0.001)
        running.kill()
        running.wait()
        if (out / "parts").exists():  # until all is gathered, nothing that was there is gone
            assert before <= written(out)
        before = written(out)
    assert before
    for _ in range(2):
        subprocess.run([*command, "--out", str(out)], check=True, **quiet)
        assert results(out) == results(tmp_path / "whole")


def test_what_vanishes_or_is_replaced_after_it_was_listed_is_a_failure_of_that_file(tmp_path: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    gone, replaced, kept = (put(source, f"{name}.png", picture(n)) for n, name in enumerate(("a", "b", "c")))
    linked = put(source, "d.png", picture(9))

    class Late(Local):
        def run(self, task: Any, numbers: Any) -> Iterator[Any]:
            if task.func.__name__ == "hash_parts":
                gone.unlink()
                put(tmp_path, "new", picture(8)).replace(replaced)
                linked.unlink()
                linked.symlink_to(kept)
            return super().run(task, numbers)

    summary = Batch(out, os.fsencode(source), Options()).hash(Late(1))
    assert (summary.counts.listed, summary.counts.hashed, summary.counts.failed) == (4, 1, 3)
    assert summary.counts.failures == {"changed": 1, "unreadable": 2}
    assert [one["sha256"] is not None for one in by_path(out).values() if one["path"] == "c.png"] == [True]


def test_newer_lists_are_compared_with_and_no_file_is_read_again(
    tmp_path: Path, lists: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = device(tmp_path / "source"), tmp_path / "out"
    given = ["batch", "match", str(source), "--out", str(out), "--lists", str(lists), "--workers", "1"]
    assert main(given) == 0
    look = by_path(out)[b"DCIM/100APPLE/IMG_0006.png"]["pdq"]
    change(
        lists, "agency", [ListedFile({"pdq": bytes.fromhex(look)}, "no. 2", "A2", "industry")], how="whole"
    )
    monkeypatch.setattr(HashingPool, "answers", None)
    assert main(given) == 0
    rows = b"".join(path.read_bytes() for path in (out / "matches").iterdir()).splitlines()
    said = [json.loads(row) for row in rows]
    assert {(one["query"], one["type"], one["entry"], one["version"], one["distance"]) for one in said} == {
        ("DCIM/100APPLE/IMG_0006.png", "pdq", "no. 2", 2, 0)
    }
    capsys.readouterr()
    for shard in sorted((out / "hashes").iterdir()):  # as `lapwing hash` writes them
        assert main(["match", "--hashes", str(shard), "--lists", str(lists)]) == 0
    assert [json.loads(row) for row in capsys.readouterr().out.splitlines()] == said


def test_a_folder_of_results_is_of_one_batch_and_not_in_the_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = device(tmp_path / "source", 1), tmp_path / "out"
    assert main(["batch", "hash", str(source), "--out", str(source / "out")]) == 2
    assert "lies in the source" in capsys.readouterr().err
    assert not (source / "out").exists()
    assert main(["batch", "hash", str(source), "--out", str(out), "--workers", "1"]) == 0
    assert main(["batch", "hash", str(source), "--out", str(out), "--turned"]) == 2
    assert "other options" in capsys.readouterr().err
    assert main(["batch", "hash", str(tmp_path), "--out", str(out)]) == 2
    assert (
        main(["batch", "match", str(source), "--out", str(out), "--lists", str(tmp_path), "--workers", "1"])
        == 2
    )
    assert "no list" in capsys.readouterr().err
    assert main(["batch", "hash", str(tmp_path / "none"), "--out", str(out)]) == 2
