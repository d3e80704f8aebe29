"""Pages that are cut off are gone on with where they were, and none is skipped or counted twice."""

import pytest
from tests.lapwing.sources.fetches import AT, Fetching, image, page
from tests.lapwing.sources.publisher import Answer, document, slow, status

from lapwing.matching import HashList

PAGES = "/v2/entries"


def three(fetching: Fetching, second: Answer) -> None:
    """Three pages, of which the second answers as it is told."""
    at = fetching.publisher.at
    at[PAGES] = document(page(image(1), latest="2026-03-29T00:10:00Z", following=f"{PAGES}?p=2"))
    at[f"{PAGES}?p=2"] = second
    at[f"{PAGES}?p=3"] = document(page(image(3), latest="2026-03-28T00:10:00Z"))
    fetching.publisher.asked.clear()


SECOND = document(page(image(2), latest="", following=f"{PAGES}?p=3"))
LATER: list[tuple[str, Answer, float, int, str]] = [
    # what is at the second page the first time, hours until the next fetch, what it asks for, why
    ("gone on with", status(503), 1, 2, "the server was busy: its two other pages are asked for"),
    ("cut short", document(b"<queryResult", length=900), 1, 2, "the same"),
    ("begun again, late", status(503), 25, 3, "a link of yesterday may have lapsed"),
    ("begun again, gone", status(404), 1, 3, "a link that has lapsed"),
    ("begun again, broken", document(b"<queryResult"), 1, 3, "what came is no page"),
]


@pytest.mark.parametrize(
    ("name", "broken", "hours", "asked", "why"), LATER, ids=[one[0].replace(" ", "-") for one in LATER]
)
def test_pages_that_were_cut_off(
    paged: Fetching, name: str, broken: Answer, hours: float, asked: int, why: str
) -> None:
    three(paged, broken)
    assert paged().outcome == "failed"
    assert not (paged.lists / "made" / "current.json").exists(), "all pages are one version, or none"
    three(paged, SECOND)
    assert paged(hours=hours).outcome == "new-version"
    assert len(paged.publisher.asked) == asked, why
    known = HashList.open(paged.lists, "made")
    assert [len(known.find("md5", number.to_bytes(16, "big"))) for number in range(5)] == [0, 1, 1, 1, 0]
    assert paged.known.since == "2026-03-29T00:10:00Z"
    assert paged.known.run is None
    assert not (paged.lists / "made" / "coming").exists()


def test_a_window_that_was_gone_on_with_ends_where_it_was_begun(paged: Fetching) -> None:
    """An entry of the time between is not in it: the next window must begin before it."""
    three(paged, status(503))
    paged()
    three(paged, document(page(image(2), latest="2026-03-29T02:00:00Z")))
    assert paged(hours=3).version == 1
    assert paged.known.since == AT.isoformat(timespec="seconds")


def test_a_page_that_is_lost_or_another_address_begins_again(paged: Fetching) -> None:
    three(paged, status(503))
    paged()
    next((paged.lists / "made" / "coming").iterdir()).unlink()
    three(paged, status(503))
    paged(hours=1)
    assert paged.publisher.asked[0][0].startswith(f"{PAGES}?from=")
    three(paged, status(503))
    paged(hours=2, address=f"{paged.publisher.base}{PAGES}?from={{since}}&to={{until}}")
    assert "&to=" in paged.publisher.asked[0][0]


def test_too_little_time_for_all_pages_is_enough_after_a_few_fetches(paged: Fetching) -> None:
    """A first window of years is larger than what comes in one go."""
    at = paged.publisher.at
    paged.settings["longest_seconds"] = 1
    for number in range(1, 5):
        more = f"{PAGES}?p={number + 1}" if number < 4 else ""
        one = document(page(image(number), latest="", following=more))
        at[PAGES if number == 1 else f"{PAGES}?p={number}"] = slow(one, 0.6) if number < 3 else one
    outcome = paged()
    assert (outcome.outcome, "2 pages came in time" in outcome.sentence) == ("failed", True), outcome
    assert paged(hours=1).outcome == "new-version"
    assert len(paged.publisher.asked) == 4, "each page once"
    assert paged.entries() == 4
