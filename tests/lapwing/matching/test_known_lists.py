"""All lists at once: every kind of hash, each match with its own list, and lists that come and go."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lapwing.matching.made_lists import change, make_list

from lapwing.hashing import Digests, vpdq
from lapwing.matching import BadList, KnownLists, Match
from lapwing.matching.kernels import TooManyMatches
from lapwing.matching.known_lists import names, stamp
from lapwing.matching.listed import ListedFile

FRAMES = [vpdq.Frame(bytes([number]) * 32, 90, number) for number in (1, 30, 77, 120, 200)]
DULL = vpdq.Frame(bytes(32), 10, 9.0)  # too little to compare by


def video(*frames: vpdq.Frame) -> bytes:
    return vpdq.text(frames).encode()


def test_a_file_is_told_each_list_it_is_on_and_by_which_hash(tmp_path: Path) -> None:
    file = Digests("ab" * 16, "cd" * 20, "ef" * 32, 9)
    make_list(tmp_path, "partner", "sha256", [bytes.fromhex(file.sha256)])
    make_list(tmp_path, "agency", "md5", [bytes.fromhex(file.md5)])
    change(tmp_path, "agency", [ListedFile({"sha1": bytes(20)})], "changes")
    lists = KnownLists.open(tmp_path)
    assert lists.match(file) == [
        Match("agency", "md5", file.md5, 2),
        Match("partner", "sha256", file.sha256, 1),
    ]
    assert lists.match(Digests("00" * 16, "11" * 20, "22" * 32, 9)) == []
    assert lists.chosen(["partner"]).match(file) == [Match("partner", "sha256", file.sha256, 1)]
    with pytest.raises(KeyError, match="other"):
        lists.chosen(["partner", "other"])
    assert KnownLists.open(tmp_path / "absent").match(file) == []


def test_one_list_is_never_told_as_another(tmp_path: Path) -> None:
    """The same file with other words on two lists: each says its own."""
    for name, category, dialect in (("a", "1", "vics"), ("b", "A1", "industry")):
        change(tmp_path, name, [ListedFile({"md5": bytes(16)}, f"{name}/7", category, dialect)])
    [found] = KnownLists.open(tmp_path).match_many([("md5", bytes(16))])
    assert [(one.list_name, one.identity, one.category, one.dialect) for one in found] == [
        ("a", "a/7", "1", "vics"),
        ("b", "b/7", "A1", "industry"),
    ]


@pytest.mark.parametrize(
    ("asked", "shared", "why"),
    [
        (FRAMES, 100.0, "the same frames"),
        (FRAMES[:2], 100.0, "a piece of it"),
        ([*FRAMES[:4], DULL], 100.0, "a dull frame is not counted"),
        ([*FRAMES[:4], vpdq.Frame(b"\xf0\x0f" * 16, 90, 8.0)], 80.0, "four of five"),
        ([*FRAMES[:3], *[vpdq.Frame(b"\xf0\x0f" * 16, 90, 8.0)] * 2], None, "three of five are too few"),
        ([DULL], None, "nothing to compare by"),
        ([], None, "no frames"),
    ],
)
def test_videos_match_by_enough_shared_frames(
    tmp_path: Path, asked: list[vpdq.Frame], shared: float | None, why: str
) -> None:
    change(tmp_path, "made", [ListedFile({"vpdq": video(*FRAMES, DULL)}, "film", media="video")])
    [found] = KnownLists.open(tmp_path).match_many([("vpdq", video(*asked))])
    assert [one.shared for one in found] == ([] if shared is None else [shared])


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_many_at_once_are_answered_as_one_at_a_time(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("lists")
    md5s = st.integers(0, 3).map(lambda number: ("md5", bytes([number]) * 16))
    pdqs = st.integers(0, 255).map(lambda number: ("pdq", bytes(31) + bytes([number])))
    for name in ("a", "b"):
        listed = data.draw(st.lists(md5s | pdqs, max_size=6))
        change(folder, name, [ListedFile(dict([one]), str(at)) for at, one in enumerate(listed)])
    asked = data.draw(st.lists(md5s | pdqs, max_size=12))
    lists, distance = KnownLists.open(folder), data.draw(st.integers(0, 8))
    together = lists.match_many(asked, distance)
    assert together == [lists.match_many([one], distance)[0] for one in asked]
    for (kind, _), matches in zip(asked, together, strict=True):
        assert all(one.hash_type == kind and one.distance <= distance for one in matches)
        ordered = [(one.list_name, one.distance, int(one.identity)) for one in matches]
        assert ordered == sorted(ordered)


def test_what_cannot_be_asked_is_an_error(tmp_path: Path) -> None:
    make_list(tmp_path, "made", "pdq", [bytes(32)] * 1 + [bytes(31) + b"\1"])
    lists = KnownLists.open(tmp_path)
    for wrong, distance in ((("md5", bytes(15)), 31), (("pdq", bytes(31)), 31), (("pdq", bytes(32)), 64)):
        with pytest.raises(ValueError, match=r"bytes|distance"):
            lists.match_many([wrong], distance)
    with pytest.raises(TooManyMatches):
        lists.match_many([("pdq", bytes(32))], most=1)


def test_what_is_whole_is_opened_and_what_is_not_is_named(tmp_path: Path) -> None:
    make_list(tmp_path, "whole", "md5", [bytes(16)])
    make_list(tmp_path, "lost", "md5", [bytes(16)])
    (tmp_path / "lost" / "current.json").unlink()
    make_list(tmp_path, "short", "md5", [bytes(16)])
    [layer] = (tmp_path / "short").glob("*.layer")
    layer.write_bytes(layer.read_bytes()[:-1])
    (tmp_path / "no list").mkdir()
    (tmp_path / "a file").write_text("")
    lists, faults = KnownLists.open_whole(tmp_path)
    assert [known.name for known in lists.lists] == ["whole"]
    assert sorted(fault.list_name for fault in faults) == ["lost", "short"]
    with pytest.raises(BadList):
        KnownLists.open(tmp_path)


def test_a_stamp_differs_with_every_version_and_not_otherwise(tmp_path: Path) -> None:
    seen = {stamp(tmp_path)}
    for number in range(3):
        make_list(tmp_path, "made", "md5", [bytes([number]) * 16])
        seen.add(stamp(tmp_path))
        assert stamp(tmp_path) in seen
    make_list(tmp_path, "other", "md5", [])
    seen.add(stamp(tmp_path))
    assert len(seen) == 5
    assert names(tmp_path) == ["made", "other"]


def test_memory_does_not_grow_however_often_lists_are_opened_again(tmp_path: Path) -> None:
    """A peer's grows at each reload."""
    rows = np.random.default_rng(3).integers(0, 256, (20_000, 32), np.uint8)
    make_list(tmp_path, "made", "pdq", [row.tobytes() for row in rows])
    lists = KnownLists.open(tmp_path)
    for _ in range(20):
        lists = KnownLists.open(tmp_path)
    before = resident()
    for _ in range(200):
        lists = KnownLists.open(tmp_path)
        assert lists.match_many([("pdq", rows[0].tobytes())])[0]
    assert resident() - before < 8 * 2**20


def resident() -> int:
    """Bytes of this process that are in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
