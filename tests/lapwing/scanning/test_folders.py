"""Folders as hostile as they come: everything in them is listed, and nothing is followed or waited for."""

import os
import socket
from pathlib import Path

import pytest

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.folders import utc
from lapwing.scanning.found import Found, Step, found_of, found_packed, locator_of, packed
from lapwing.scanning.phases import CACHES, CAMERA, OWN, SYSTEM, place_rank
from lapwing.scanning.places import PLACES, Place, open_found


def walked(folder: Path) -> dict[bytes, Found]:
    path = os.fsencode(folder)
    found = list(PLACES["folder"].walk(Place((Step("folder", path),), b"")))
    assert len({one.locator for one in found}) == len(found)
    return {one.path: one for one in found}


def test_everything_is_listed_and_nothing_is_followed_or_waited_for(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "a.jpg").write_bytes(b"dull")
    (tmp_path / "deep" / "er" / "round").symlink_to(tmp_path)
    (tmp_path / "out").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe.jpg")
    odd = os.fsencode(tmp_path) + b"/\xff\xfe\n.jpg"
    Path(os.fsdecode(odd)).write_bytes(b"odd")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "socket"))
        found = walked(tmp_path)
    assert {path: one.excluded for path, one in found.items()} == {
        b"deep/er/a.jpg": None,
        b"deep/er/round": "symbolic_link",
        b"out": "symbolic_link",
        b"pipe.jpg": "pipe",
        b"socket": "socket",
        b"\xff\xfe\n.jpg": None,
    }
    with open_found(found[b"\xff\xfe\n.jpg"].locator) as file:
        assert file.read() == b"odd"
    one = found[b"deep/er/a.jpg"]
    assert (one.size, one.deleted, one.times["modified"][-1]) == (4, False, "Z")


@pytest.mark.parametrize(
    ("seconds", "said", "why"),
    [
        (0, "1970-01-01T00:00:00.000000007Z", "the clock's beginning"),
        (1767603599, "2026-01-05T08:59:59.000000007Z", "a day like any other"),
        (951868799, "2000-02-29T23:59:59.000000007Z", "the last second of a leap day"),
        (-1, "1969-12-31T23:59:59.000000007Z", "before the clock's beginning"),
        (253402300799, "9999-12-31T23:59:59.000000007Z", "the last that is a date"),
        (253402300800, "253402300800.000000007 s after 1970-01-01T00:00:00Z", "the first that is none"),
        (-62135596801, "-62135596801.000000007 s after 1970-01-01T00:00:00Z", "before the year 1"),
        (1 << 62, f"{1 << 62}.000000007 s after 1970-01-01T00:00:00Z", "more than the system's calendar has"),
    ],
)
def test_any_number_that_a_file_system_says_is_a_time(seconds: int, said: str, why: str) -> None:
    assert utc(seconds * 10**9 + 7) == said, why


@pytest.mark.parametrize(
    ("path", "rank", "why"),
    [
        (b"a.jpg", OWN, "in the source itself"),
        (b"DCIM/100APPLE/a.jpg", CAMERA, "the camera's folder"),
        (b"DCIM", OWN, "a file of a folder's name"),
        (b"x/DCIM/cache/a.jpg", CACHES, "a cache, whatever it lies in"),
        (b"x/cache", CACHES, "a file that is called a cache"),
        (b"DCIM/.thumbdata3", CACHES, "the same in the camera's folder"),
        (b"Windows/a.jpg", SYSTEM, "the system's"),
        (b"System/Library/x/a.jpg", SYSTEM, "a folder of two names"),
        (b"x/Windows", OWN, "a file that is called so"),
    ],
)
def test_where_a_file_lies_says_who_put_it_there(path: bytes, rank: int, why: str) -> None:
    assert place_rank(path) == rank, why
    assert place_rank(path) == rank, "the same again, as it is kept by folder"


def test_a_device_is_listed_and_never_opened() -> None:
    assert Path("/dev/null").is_char_device()
    null = walked(Path("/dev"))[b"null"]
    assert (null.excluded, null.failure) == ("device", None)
    with pytest.raises(CannotHash, match="changed"):
        open_found(null.locator)


def test_what_was_listed_is_opened_and_nothing_that_took_its_place(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"dull")
    locator = walked(tmp_path)[b"a"].locator
    (tmp_path / "b").write_bytes(b"other")
    os.replace(tmp_path / "b", tmp_path / "a")
    with pytest.raises(CannotHash, match="changed"):
        open_found(locator)
    (tmp_path / "a").unlink()
    os.mkfifo(tmp_path / "a")
    with pytest.raises(CannotHash):
        open_found(locator)
    (tmp_path / "a").unlink()
    (tmp_path / "a").symlink_to("/etc/passwd")
    with pytest.raises(OSError, match="symbolic links"):
        open_found(locator)


def test_a_folder_that_cannot_be_listed_is_a_failure(tmp_path: Path) -> None:
    [gone] = walked(tmp_path / "gone").values()
    assert (gone.failure and gone.failure.reason, gone.excluded) == ("unreadable", None)


def test_what_was_found_is_the_same_after_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"dull")
    [found] = walked(tmp_path).values()
    assert found_of(found_packed(found)) == found
    assert locator_of(packed(found.locator)) == found.locator
