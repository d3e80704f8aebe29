"""A lane does every piece in order, lets its giver wait, and says when a piece's memory is free again."""

import threading
import time

import pytest

from lapwing.hashing.lane import PIECE, WAITING, Gathering, Lane


def test_a_piece_s_memory_may_be_used_again_once_as_many_more_are_given_as_may_wait() -> None:
    seen: list[bytes] = []

    def slow(piece: memoryview) -> None:
        time.sleep(0.002)
        seen.append(bytes(piece))

    ring = [memoryview(bytearray(2)) for _ in range(WAITING + 1)]
    lane = Lane(slow)
    for number in range(50):
        ring[number % len(ring)][:] = number.to_bytes(2)
        lane.give(ring[number % len(ring)])
    lane.end()
    assert seen == [number.to_bytes(2) for number in range(50)]


def test_whoever_gives_waits_while_the_lane_is_behind() -> None:
    go, given = threading.Event(), threading.Semaphore(0)
    lane: Lane[bytes] = Lane(lambda piece: go.wait(10))

    def give() -> None:
        for _ in range(WAITING + 1):
            lane.give(b"dull")
            given.release()

    giving = threading.Thread(target=give)
    giving.start()
    for _ in range(WAITING):
        assert given.acquire(timeout=10)
    assert not given.acquire(timeout=0.05)
    go.set()
    giving.join(10)
    assert given.acquire(timeout=0)
    lane.end()


def test_a_fault_is_kept_and_the_rest_is_taken_and_not_worked() -> None:
    worked = []

    def work(piece: bytes) -> None:
        worked.append(piece)
        raise OSError("the disk is full")

    lane = Lane(work)
    for number in range(3 * WAITING):
        lane.give(bytes([number]))
    lane.end()
    lane.end()
    assert isinstance(lane.fault, OSError)
    assert worked == [b"\0"]


@pytest.mark.parametrize(
    ("sizes", "pieces", "reason"),
    [
        ([PIECE], [PIECE], "a block as large as a piece is one"),
        ([PIECE - 1], [], "a smaller one waits"),
        ([PIECE - 1, 1], [PIECE], "until there is enough"),
        ([1, PIECE * 3], [PIECE * 3 + 1], "what waits goes before what is large enough"),
    ],
)
def test_small_blocks_are_gathered(sizes: list[int], pieces: list[int], reason: str) -> None:
    gathering = Gathering()
    made = [piece for size in sizes if (piece := gathering.add(b"x" * size)) is not None]
    assert [len(piece) for piece in made] == pieces, reason
    assert sum(map(len, made)) + len(gathering.rest()) == sum(sizes)


def test_a_large_block_is_not_copied() -> None:
    block = b"x" * PIECE
    assert Gathering().add(block) is block
