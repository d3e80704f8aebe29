"""What a publisher, or whoever stands in its place, answers that changes nothing: beside test_fetching's."""

import gzip

import pytest
from tests.lapwing.sources.fetches import AT, Fetching, hashes, image, page
from tests.lapwing.sources.publisher import (
    Answer,
    chunks,
    document,
    dripping_head,
    status,
    unsized,
)

GOOD = hashes(101)
PACKED = gzip.compress(GOOD)
XML = b'<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images>'
LONG = [b"0" * 65_536] * 20

# Why it stands here, the answer, a part of what is said, how often it is asked for.
HOSTILE: list[tuple[str, Answer, str, int]] = [
    ("the last chunk never came", chunks(GOOD[:900], end=False), "cut short", 3),
    ("a whole one or a part, nobody could tell", unsized(GOOD), "does not say where it ends", 1),
    ("chunks for ever", chunks(*LONG), "more than 1 MiB", 1),
    ("XML that was cut when it was written", document(XML), "", 1),
    ("packed, and cut when it was packed", document(PACKED[:-9], Content_Encoding="gzip"), "cut short", 3),
    ("packed, and more behind it", document(PACKED + b"more", Content_Encoding="gzip"), "cut short", 3),
    ("packed as nobody asked", document(GOOD, Content_Encoding="br"), "which was not asked for", 1),
    ("a page that says what it is", document(GOOD, Content_Type="text/html"), "text/html", 1),
    ("a picture is never taken in", document(GOOD, Content_Type="image/png"), "image/png", 1),
    ("a part that nobody asked for", status(206), "answered with 206", 1),
    ("nothing new, to whom did not say what is known", status(304), "answered with 304", 1),
    ("two lengths", document(GOOD, Content_Length="7"), "did not answer", 3),
    ("on to another port", status(307, Location="http://127.0.0.1:1/list"), "which was not agreed", 1),
    ("on to this machine's files", status(302, Location="file:///etc/passwd"), "an address is https", 1),
    ("on to no address at all", status(302, Location="https://[bad/list"), "it was sent on, and", 1),
    ("a head that never ends", dripping_head(b"X-More: 1\r\n", 0.05), "more than 1 seconds", 1),
]


SLOW = ("a head that never ends",)


@pytest.mark.parametrize(
    ("why", "answer", "sentence", "times"), HOSTILE, ids=[one[0].replace(" ", "-") for one in HOSTILE]
)
def test_a_hostile_answer_changes_nothing_and_the_next_good_one_is_taken(
    fetching: Fetching, why: str, answer: Answer, sentence: str, times: int
) -> None:
    fetching.settings |= {"largest_mib": 1, "longest_seconds": 1}
    fetching(document(hashes(100)))
    fetching.publisher.asked.clear()
    if why in SLOW:
        fetching.try_once()
    outcome = fetching(answer, hours=1)
    assert (outcome.outcome, outcome.version) == ("failed", 1), (why, outcome)
    assert sentence in outcome.sentence
    assert len(fetching.publisher.asked) == times
    assert fetching.entries() == 100
    assert not (fetching.lists / "made" / "coming").exists(), "nothing is left lying about"
    assert fetching(document(GOOD), hours=2).outcome == "new-version"


def test_a_time_in_the_future_does_not_make_all_that_follows_old(fetching: Fetching) -> None:
    fetching(document(hashes(100), Last_Modified="Sun, 22 Mar 2037 10:00:00 GMT"))
    assert fetching(document(GOOD, Last_Modified="Sun, 22 Mar 2026 10:00:00 GMT"), hours=1).version == 2


def test_an_entry_of_the_future_does_not_make_the_next_window_begin_there(paged: Fetching) -> None:
    paged(document(page(image(1), latest="2037-01-01T00:00:00Z")))
    paged.publisher.at["/v2/entries"] = document(page(image(1), latest="2037-01-01T00:00:00Z"))
    paged()
    assert paged.known.since == AT.isoformat(timespec="seconds")
    assert paged(hours=1).outcome == "unchanged"
    assert paged.publisher.asked[-1][0] == "/v2/entries?from=2026-03-28T23:30:00Z"


def test_pages_together_are_no_larger_than_a_document_may_be(paged: Fetching) -> None:
    images = [image(number) for number in range(3000)]
    paged.publisher.at["/v2/entries"] = document(page(*images, latest="", following="/v2/entries?p=2"))
    paged.publisher.at["/v2/entries?p=2"] = document(page(*images, *images, latest=""))
    assert "its pages have more than 1 MiB" in paged(largest_mib=1).sentence


def test_a_list_that_was_put_back_or_lost_is_fetched_whole_whatever_is_known(fetching: Fetching) -> None:
    """What the server knows by its tag is not what the list is any more."""
    fetching(document(hashes(100), ETag='"one"'))
    folder = fetching.lists / "made"
    for path in [folder / "current.json", *folder.glob("v*.json")]:
        path.unlink()
    assert fetching(hours=1).outcome == "new-version"
    assert "if-none-match" not in fetching.publisher.asked[-1][1]


def test_a_record_that_is_damaged_fails_by_itself(fetching: Fetching) -> None:
    fetching(document(hashes(100)))
    (fetching.lists / "made" / "source.json").write_bytes(b"{")
    outcome = fetching(document(GOOD))
    assert (outcome.outcome, outcome.version) == ("failed", 1)
    assert "how a source stands" in outcome.sentence
