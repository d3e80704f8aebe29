"""What goes on at once: an import during a fetch, two fetches, a decision during a fetch."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.lapwing.sources.fetches import AT, Fetching, hashes
from tests.lapwing.sources.publisher import document

from lapwing.matching import HashList
from lapwing.matching.changing import Origin, bring_in
from lapwing.matching.listed import ListedFile
from lapwing.matching.versions import LOCK, kept
from lapwing.sources.deciding import refuse
from lapwing.sources.fetching import Outcome

ORIGIN = Origin("own.txt", "a person", AT.isoformat())


def waits_for(path: Path) -> bool:
    """Whether anybody waits for the lock on a file: the kernel says so."""
    inode = f":{path.stat().st_ino} "
    return any("->" in line and inode in line for line in Path("/proc/locks").read_text().splitlines())


def until(so: Callable[[], bool]) -> None:
    """Go on as soon as it is so."""
    end = time.monotonic() + 20
    while not so():
        assert time.monotonic() < end
        time.sleep(0.001)


@pytest.mark.parametrize(
    ("imported", "outcome", "sentence"),
    [
        (1000, "held", "take away 900 of 1,000"),
        (105, "new-version", ""),
    ],
    ids=["the fetch would take away nine of ten that came meanwhile", "it takes away a few"],
)
def test_an_import_during_a_fetch_does_not_slip_past_its_limits(
    fetching: Fetching, imported: int, outcome: str, sentence: str
) -> None:
    """The import holds the lock until the fetch, which has read all of its document, waits for it."""
    fetching(document(hashes(100)))
    lock = fetching.lists / "made" / LOCK
    came = [ListedFile({"md5": number.to_bytes(16, "big")}) for number in range(1, imported + 1)]
    started = threading.Event()

    def check(_: object) -> None:
        started.set()
        until(lambda: waits_for(lock))

    with ThreadPoolExecutor() as pool:
        importing = pool.submit(bring_in, fetching.lists, "made", came, origin=ORIGIN, check=check)
        assert started.wait(20)
        said = pool.submit(fetching, document(hashes(100, 1) + b"# as of today\n"), hours=1).result()
        assert importing.result().number == 2
    assert (said.outcome, sentence in said.sentence) == (outcome, True), said
    assert fetching.entries() == (imported if outcome == "held" else 100)


def test_a_check_that_refuses_leaves_the_list_as_it_was(fetching: Fetching) -> None:
    fetching(document(hashes(100)))
    weighed = []

    def check(weight: object) -> None:
        weighed.append(weight)
        raise LookupError("no")

    entries = [ListedFile({"md5": bytes([number]) * 16}) for number in (0, 250)]
    with pytest.raises(LookupError):
        bring_in(fetching.lists, "made", entries, origin=ORIGIN, how="changes", check=check)
    assert [(one.before, one.added, one.gone, one.after) for one in weighed] == [(100, 2, 0, 102)]
    with pytest.raises(LookupError):
        bring_in(fetching.lists, "made", entries, origin=ORIGIN, check=check)
    assert [(one.before, one.added, one.gone, one.after) for one in weighed[1:]] == [(100, 2, 100, 2)]
    assert [version.number for version in kept(fetching.lists / "made")] == [1]
    assert not list((fetching.lists / "made").glob("*2-*.layer"))


def test_one_fetch_of_a_list_at_a_time_and_no_decision_meanwhile(fetching: Fetching) -> None:
    fetching(document(hashes(100)))
    fetching(document(hashes(10)), hours=1)
    asked, go_on = threading.Event(), threading.Event()

    def slow(to: object) -> None:
        asked.set()
        assert go_on.wait(20)
        document(hashes(101))(to)  # type: ignore[arg-type]

    with ThreadPoolExecutor() as pool:
        first = pool.submit(fetching, slow, hours=2)
        assert asked.wait(20)
        assert fetching(hours=2) == Outcome("made", "busy", 1, "Another fetch or a decision is going on.")
        with pytest.raises(ValueError, match="a fetch of it is going on"):
            fetching.accept()
        with pytest.raises(ValueError, match="a fetch of it is going on"):
            refuse(fetching.lists, "made", reason="it is short", by="one", at=AT)
        assert len(HashList.open(fetching.lists, "made")) == 100, "a reader waits for nobody"
        go_on.set()
        assert first.result().outcome == "new-version"
    assert len(fetching.publisher.asked) == 3, "who was busy asked for nothing"
