"""A scan of a folder: everything is accounted for, the known is found, and a kill changes nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.lapwing.matching.made_lists import change
from tests.lapwing.scanning.made_containers import put_containers
from tests.lapwing.scanning.made_sources import device, picture, put

from lapwing.cli import main
from lapwing.hashing.digesting import Digesting
from lapwing.matching.listed import ListedFile

Item = dict[str, Any]


def sha256_of(content: bytes) -> bytes:
    with Digesting() as digesting:
        digesting.update(content)
        return bytes.fromhex(digesting.finish().sha256)


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """One list with two of the device's pictures, by their bytes, and one that has another by its look."""
    folder = tmp_path / "lists"
    known = [
        ListedFile({"sha256": sha256_of(picture(0))}, "no. 1", "A1", "industry"),
        ListedFile({"sha256": sha256_of(picture(100))}, "no. 2", "B2", "industry"),
    ]
    change(folder, "agency", known)
    return folder


def scan(source: Path, lists: Path, out: Path, *more: str) -> int:
    given = ["scan", str(source), "--list", "agency", "--lists", str(lists), "--out", str(out)]
    return main([*given, "--workers", "2", *more])


def items(out: Path) -> dict[str, Item]:
    read = [json.loads(line) for line in (out / "items.jsonl").read_text().splitlines()]
    assert len({one.get("path_hex", one["path"]) for one in read}) == len(read)
    return {one["path"]: one for one in read}


def summary(out: Path) -> Item:
    read: Item = json.loads((out / "summary.json").read_text())
    assert read["seen"] == read["hashed"] + read["excluded"] + read["failed"] + read["waiting"]
    assert read["conserved"]
    return read


def test_everything_on_a_device_is_accounted_for_and_the_known_is_found(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = device(tmp_path / "device"), tmp_path / "out"
    assert scan(source, lists, out) == 0
    found, counts = items(out), summary(out)
    assert (counts["seen"], counts["hashed"], counts["excluded"], counts["failed"]) == (22, 19, 3, 0)
    assert counts["excluded_by"] == {"pipe": 1, "symbolic_link": 2}
    assert counts["failures"] == {"damaged": 1, "unrecognised": 1}
    matched = {
        path: [one["entry"] for one in item["matches"]] for path, item in found.items() if item["matches"]
    }
    assert matched == {
        "Android/data/app/cache/0a1b2c": ["no. 1"],
        "DCIM/100APPLE/IMG_0000.png": ["no. 1"],
        "Documents/renamed.txt": ["no. 2"],
    }
    renamed = found["Documents/renamed.txt"]
    assert (renamed["type"], renamed["kind"], len(renamed["pdq"])) == ("image/png", "picture", 64)
    assert found["Pictures/���.png"]["path_hex"] == b"Pictures/\xff\xfe\xfd.png".hex()
    assert found["Pictures/broken.png"]["failure"]["reason"] == "damaged"
    said = capsys.readouterr()
    assert "22 seen = 19 hashed + 3 excluded + 0 failed" in said.out
    assert "First known match after" in said.err


def test_two_runs_give_the_same_bytes_whatever_the_number_of_processes(tmp_path: Path, lists: Path) -> None:
    source = device(tmp_path / "device")
    assert scan(source, lists, tmp_path / "one") == 0
    for path in source.rglob("*.png"):
        if path.is_file() and not path.is_symlink():
            path.read_bytes()  # somebody else looks in the meantime
    assert scan(source, lists, tmp_path / "two", "--workers", "1") == 0
    assert (tmp_path / "one" / "items.jsonl").read_bytes() == (tmp_path / "two" / "items.jsonl").read_bytes()


@pytest.mark.durability
def test_a_scan_that_is_killed_again_and_again_comes_to_the_same(tmp_path: Path, lists: Path) -> None:
    source, out = put_containers(device(tmp_path / "device", 90)), tmp_path / "out"
    assert scan(source, lists, tmp_path / "whole") == 0
    command = [sys.executable, "-c", "import sys; from lapwing.cli import main; sys.exit(main(sys.argv[1:]))"]
    command += ["scan", str(source), "--list", "agency", "--lists", str(lists), "--out", str(out)]
    kills = 0
    for number in range(20):  # the first is over before it can be done, and each has a little longer
        running = subprocess.Popen(
            [*command, "--workers", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            running.wait(0.2 * 1.2**number)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            kills += 1
        if running.wait() == 0:
            break
    else:
        assert scan(source, lists, out) == 0
    assert kills >= 1
    assert (out / "items.jsonl").read_bytes() == (tmp_path / "whole" / "items.jsonl").read_bytes()
    assert not list(out.glob(".writing-*"))
    assert summary(out)["seen"] == summary(tmp_path / "whole")["seen"]


def test_time_that_is_up_says_what_was_not_looked_at_and_the_same_command_goes_on(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = device(tmp_path / "device"), tmp_path / "out"
    assert scan(source, lists, out, "--triage", "0.00001") == 0
    stopped = summary(out)
    assert (stopped["done"], stopped["waiting"]) == (False, stopped["seen"] - stopped["excluded"])
    said = capsys.readouterr().out
    assert "Not looked at:" in said
    assert "bytes, waiting for hashing likely files" in said
    assert "each of them has `waiting` in items.jsonl" in said
    assert all(one["waiting"] or one["excluded"] for one in items(out).values())
    assert scan(source, lists, out) == 0
    assert summary(out)["done"]
    assert [run["how"] for run in summary(out)["runs"]] == ["out of time", "done"]


def test_a_newer_list_is_compared_with_without_reading_a_file_again(tmp_path: Path, lists: Path) -> None:
    source, out = device(tmp_path / "device"), tmp_path / "out"
    assert scan(source, lists, out) == 0
    pdq = bytes.fromhex(items(out)["DCIM/100APPLE/IMG_0003.png"]["pdq"])
    change(lists, "agency", [ListedFile({"pdq": pdq}, "no. 3", "A2", "industry")], how="whole")
    for path in sorted(source.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    assert scan(source, lists, out) == 0
    matched = {path: one["matches"][0]["entry"] for path, one in items(out).items() if one["matches"]}
    assert matched["DCIM/100APPLE/IMG_0003.png"] == "no. 3"
    assert "no. 1" not in matched.values()


def test_what_is_known_to_be_harmless_is_set_aside_and_what_is_on_a_list_never_is(
    tmp_path: Path, lists: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAPWING_HOME", str(tmp_path))
    source, out = device(tmp_path / "device"), tmp_path / "out"
    harmless = [picture(0), picture(3), (source / "Documents" / "letter.txt").read_bytes()]
    change(tmp_path / "known-good", "nsrl", [ListedFile({"sha256": sha256_of(one)}) for one in harmless])
    assert scan(source, lists, out, "--known-good", "nsrl") == 0
    aside = {path for path, one in items(out).items() if one["excluded"] == "known_good"}
    assert aside == {"DCIM/100APPLE/IMG_0003.png", "Documents/letter.txt"}
    assert summary(out)["excluded_by"]["known_good"] == 2
    assert items(out)["DCIM/100APPLE/IMG_0003.png"]["pdq"] is None
    change(lists, "agency", [ListedFile({"sha256": sha256_of(picture(3))}, "no. 3")])
    assert scan(source, lists, out, "--known-good", "nsrl") == 0
    back = items(out)["DCIM/100APPLE/IMG_0003.png"]
    assert (back["excluded"], back["matches"][0]["entry"], len(back["pdq"])) == (None, "no. 3", 64)


def test_a_file_that_grows_or_changes_is_a_failure_and_nothing_is_waited_for(
    tmp_path: Path, lists: Path
) -> None:
    source = tmp_path / "device"
    growing = put(source, "growing.jpg", b"\xff\xd8\xff" + bytes(1 << 20))
    # slowly, and for no longer than a minute: whatever becomes of this test, it must not fill the disk
    grow = (
        "import sys, time\nf = open(sys.argv[1], 'ab', 0)\nprint(flush=True)\nend = time.monotonic() + 60\n"
        "while time.monotonic() < end: f.write(bytes(4096)); time.sleep(0.001)"
    )
    with subprocess.Popen([sys.executable, "-c", grow, str(growing)], stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.readline()
        begun = time.monotonic()
        assert scan(source, lists, tmp_path / "out") == 0
        taken = time.monotonic() - begun
        running.kill()
    assert taken < 30
    assert items(tmp_path / "out")["growing.jpg"]["failure"]["reason"] == "changed"
    assert summary(tmp_path / "out")["failed"] == 1


def test_results_stay_out_of_the_source_and_belong_to_one_scan(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = device(tmp_path / "device", 3), tmp_path / "out"
    assert scan(source, lists, source / "out") == 2
    assert "lies in the source" in capsys.readouterr().err
    assert not (source / "out").exists()
    assert scan(source, lists, out) == 0
    assert scan(source, lists, out, "--turned") == 2
    assert "other options" in capsys.readouterr().err
    (tmp_path / "other").mkdir()
    assert scan(tmp_path / "other", lists, out) == 2
    assert "another source" in capsys.readouterr().err
    assert scan(tmp_path / "nowhere", lists, tmp_path / "out2") == 2
    assert os.stat(out / "items.jsonl").st_mode & 0o077 == 0
