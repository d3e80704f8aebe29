"""What the walks through every address share."""

from functools import cache

import pytest

from lapwing_web.front.queries import furniture


@pytest.fixture
def counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts around a page are counted once for a person, and not at each of thousands of requests.

    Nothing that a walk asks for stays changed, so they would be the same; they were half of its queries.
    """
    for name in ("waiting", "unread", "demonstration"):
        monkeypatch.setattr(furniture, name, cache(getattr(furniture, name)))
