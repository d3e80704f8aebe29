"""Stacks: what is the same, or nearly, is looked at once; what is known, never."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.lapwing.matching.made_lists import change
from tests.lapwing.scanning.made_sources import picture, put

from lapwing.cli import main
from lapwing.matching.listed import ListedFile
from lapwing.scanning import stacks as module
from lapwing.scanning.stacks import _grouped


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "device"
    original = picture(0, "PNG", 128)
    put(folder, "DCIM/100APPLE/a.png", original)
    put(folder, "Android/cache/copy.png", original)
    put(folder, "Android/cache/smaller.jpg", picture(0, "JPEG", 128))  # the same look, other bytes
    put(folder, "Android/cache/only.png", picture(1, "PNG", 128))
    put(folder, "Pictures/mine.png", picture(5, "PNG", 128))
    put(folder, "Pictures/broken.png", original[:300])
    return folder


def stacks(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "stacks.jsonl").read_text().splitlines()]


def test_one_of_each_is_looked_at_the_cameras_own_first(tmp_path: Path, source: Path) -> None:
    assert main(["scan", str(source), "--no-lists", "--out", str(tmp_path / "out"), "--workers", "1"]) == 0
    found = stacks(tmp_path / "out")
    assert [(one["look_at"], one["where"], one["files"]) for one in found] == [
        ("DCIM/100APPLE/a.png", "camera", 3),
        ("Pictures/mine.png", "folder", 1),
        ("Pictures/broken.png", "folder", 1),
        ("Android/cache/only.png", "cache", 1),
    ]
    members = {one["path"]: one["distance"] for one in found[0]["members"]}
    assert members["Android/cache/copy.png"] == 0
    assert members["Android/cache/smaller.jpg"] <= 31
    views = json.loads((tmp_path / "out" / "summary.json").read_text())["views"]
    assert views == {"files": 6, "known": 0, "stacks": 4, "saved": 2}


def test_what_is_known_needs_no_look_and_what_is_near_it_comes_first(tmp_path: Path, source: Path) -> None:
    out = tmp_path / "out"
    assert main(["scan", str(source), "--no-lists", "--out", str(out), "--workers", "1"]) == 0
    items = {one["path"]: one for one in map(json.loads, (out / "items.jsonl").read_text().splitlines())}
    known = ListedFile({"sha256": bytes.fromhex(items["Android/cache/only.png"]["sha256"])})
    near = ListedFile({"pdq": bytes.fromhex(items["Pictures/mine.png"]["pdq"])})
    change(tmp_path / "lists", "agency", [known, near])
    given = ["--lists", str(tmp_path / "lists"), "--out", str(out), "--workers", "1"]
    assert main(["scan", str(source), *given]) == 0
    found = stacks(out)
    assert (found[0]["look_at"], found[0]["near_list"]) == ("Pictures/mine.png", True)
    assert "Android/cache/only.png" not in {member["path"] for one in found for member in one["members"]}
    views = json.loads((out / "summary.json").read_text())["views"]
    assert views == {"files": 6, "known": 1, "stacks": 3, "saved": 3}


def test_everything_is_in_one_stack_and_near_its_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 7)
    random = np.random.default_rng(6)
    hashes = np.repeat(random.integers(0, 256, (40, 32), np.uint8), 5, axis=0)
    for row in hashes:
        row[random.integers(0, 32, 3)] ^= np.uint8(0x11)
    random.shuffle(hashes)
    places = np.sort(random.choice(230, 200, replace=False)).astype(np.int64)
    grouped = list(_grouped(230, hashes, places))
    assert sorted(content for content, _, _ in grouped) == list(range(230))
    row_of = dict(zip(places.tolist(), range(200), strict=True))
    firsts = {number: content for content, number, _ in sorted(grouped, key=lambda one: -one[0])}
    for content, number, distance in grouped:
        if content != firsts[number]:
            apart = hashes[row_of[content]] ^ hashes[row_of[firsts[number]]]
            assert int(np.bitwise_count(apart).sum()) == distance <= 31
    assert [number for _, number, _ in grouped] == sorted(number for _, number, _ in grouped)
    assert max(number for _, number, _ in grouped) == 30 + 40
