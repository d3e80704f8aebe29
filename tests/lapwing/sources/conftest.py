"""A publisher of its own for each test that asks for one, and a list that is fetched from it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lapwing.sources.fetches import Fetching
from tests.lapwing.sources.publisher import Publisher, publishing


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """It has nothing yet."""
    with publishing() as one:
        yield one


@pytest.fixture
def fetching(tmp_path: Path, publisher: Publisher) -> Fetching:
    """A list of one hash a line."""
    return Fetching(tmp_path, publisher)


@pytest.fixture
def paged(fetching: Fetching) -> Fetching:
    """A list of pages."""
    fetching.settings |= {
        "address": f"{fetching.publisher.base}/v2/entries?from={{since}}",
        "kind": "ncmec",
        "format": "",
        "how": "changes",
        "overlap_minutes": 60,
    }
    return fetching
