"""What a worker is asked comes whole and in order, and the disk hears of it first, but not of too much."""

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapwing.hashing import inbox
from lapwing.hashing.inbox import AHEAD, Inbox, read_ahead
from lapwing.hashing.worker_messages import Asked, framed

PATHS = st.lists(st.binary(min_size=1, max_size=300), max_size=60)


def said(data: bytes, piece: int) -> int:
    """A pipe that somebody says this to, some of it at a time, and then closes."""
    reads, writes = os.pipe()

    def write() -> None:
        for start in range(0, len(data), piece):
            os.write(writes, data[start : start + piece])
        os.close(writes)

    threading.Thread(target=write, daemon=True).start()
    return reads


def nothing(path: bytes) -> None:
    """A file of no disk."""


def but_fives(path: bytes) -> bytes | None:
    """Of the numbered files some lie in an archive."""
    return None if path.endswith(b"5") else path


@given(paths=PATHS, piece=st.integers(1, 200))
def test_everything_asked_comes_once_and_in_order_however_it_is_cut(paths: list[bytes], piece: int) -> None:
    """Messages are not messages to a pipe."""
    pipe = said(b"".join(framed(Asked(path)) for path in paths), piece)
    try:
        assert [one.path for one in Inbox(pipe).asked(nothing)] == paths
    finally:
        os.close(pipe)


def test_a_message_longer_than_a_pipe_comes_whole() -> None:
    """The path of what lies in an archive in an archive may be that long."""
    asked = Asked(b"a" * 300_000, shown=b"b" * 300_000)
    pipe = said(framed(asked) + framed(Asked(b"c")), 1 << 20)
    assert list(Inbox(pipe).asked(nothing)) == [asked, Asked(b"c")]
    os.close(pipe)


def test_what_was_cut_off_is_not_worked_on() -> None:
    """Whoever asked died while saying it."""
    pipe = said(framed(Asked(b"a")) + framed(Asked(b"b"))[:-1], 1 << 20)
    assert list(Inbox(pipe).asked(nothing)) == [Asked(b"a")]
    os.close(pipe)


def test_who_has_something_to_do_does_not_wait_for_more() -> None:
    """The other side says nothing until it has heard an answer."""
    reads, writes = os.pipe()
    asked = Inbox(reads).asked(nothing)
    for path in (b"a", b"b", b"c"):
        os.write(writes, framed(Asked(path)))
        assert next(asked).path == path
    os.close(writes)
    assert list(asked) == []
    os.close(reads)


def test_the_disk_is_told_of_the_next_few_before_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not of what is looked into or lies on no disk; and of no more than a few, for each may take long."""
    told: list[bytes] = []
    monkeypatch.setattr(inbox, "read_ahead", told.append)
    many = [Asked(b"/%d" % number, walk=number % 7 == 3) for number in range(100)]
    reads, writes = os.pipe()
    os.write(writes, b"".join(map(framed, many)))
    os.close(writes)
    expected = [one.path for one in many if not one.walk and but_fives(one.path) is not None]
    for turn, one in enumerate(Inbox(reads).asked(but_fives)):
        known = [other.path for other in many[: turn + AHEAD]]
        assert one == many[turn]
        assert told == [path for path in expected if path in known]
    assert told == expected
    os.close(reads)


def test_reading_ahead_waits_for_nothing_and_says_nothing(tmp_path: Path) -> None:
    """A pipe that nobody writes to, a link, a folder, no name: their opener says what they are."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for path in (b"%s/pipe", b"%s/link", b"%s", b"%s/absent", b"%s/\0"):
        read_ahead(path % os.fsencode(tmp_path))


def test_reading_ahead_leaves_no_file_open_and_no_trace(tmp_path: Path) -> None:
    """When it was last read stays what it was, as evidence has to."""
    path = tmp_path / "file"
    path.write_bytes(b"a" * 100_000)
    os.utime(path, ns=(10**18, 2 * 10**18))
    before = len(os.listdir("/proc/self/fd"))
    read_ahead(os.fsencode(path))
    assert path.stat().st_atime_ns == 10**18
    assert len(os.listdir("/proc/self/fd")) == before
