"""Folders as hostile as they come: everything in them is listed, and nothing is followed or waited for."""

import os
import socket
from pathlib import Path

import pytest

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.found import Found, Step, found_of, found_packed, locator_of, packed
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
