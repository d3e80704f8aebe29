"""What the processes of a pool are given ahead: by what files took, and never more than their pipe holds."""

import pytest

from lapwing.hashing.pacing import LEAST, MOST, MOST_BYTES, Pace, Wanted
from lapwing.hashing.worker_messages import Asked

FAR = 0.04  # seconds of work ahead


@pytest.mark.parametrize(
    ("took", "ahead", "reason"),
    [
        ([], LEAST, "nothing is known yet"),
        ([0.004], 10, "the first that is known counts whole"),
        ([0.0001], MOST, "very small files: never more than is bearable to lose"),
        ([30.0], LEAST, "a long video: one, and the next"),
        ([0.004] * 50 + [0.02] * 50, LEAST, "small ones, then large ones: the lately done count"),
        ([0.02] * 50 + [0.004] * 50, 9, "and the other way about"),
    ],
)
def test_as_many_files_are_given_ahead_as_take_so_long(took: list[float], ahead: int, reason: str) -> None:
    pace = Pace(FAR)
    for seconds in took:
        pace.took(seconds)
    assert pace.ahead == ahead, reason


def test_what_takes_long_or_does_not_fit_the_pipe_waits_for_a_process_that_is_free() -> None:
    small, alone, large = Asked(b"a"), Asked(b"b", alone=True), Asked(b"c" * (MOST_BYTES + 1))
    wanted = Wanted(iter([small, alone, large, small]))
    assert wanted.next(free=False) == small
    assert wanted.next(free=False) is None, "it may take long"
    assert wanted.next(free=True) == alone
    assert wanted.next(free=False) is None, "its message alone is more than may wait unread"
    assert wanted.next(free=True) == large
    assert wanted.more
    assert wanted.next(free=False) == small
    assert wanted.next(free=True) is None
    assert not wanted.more


def test_one_who_says_nothing_now_is_asked_again_later() -> None:
    wanted = Wanted(iter([None, Asked(b"a")]))
    assert wanted.next(free=True) is None
    assert wanted.nothing_now
    assert wanted.more
    assert wanted.next(free=True) is None, "not before it is time"
    wanted.nothing_now = False
    assert wanted.next(free=True) == Asked(b"a")
