"""What time it is, in one place, so that a year of history can be played and a deadline tested to a second.

Everything in the site that needs the time calls `now()`. Only the demonstration loader and tests use `at()`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

UK = ZoneInfo("Europe/London")
_fixed: ContextVar[datetime | None] = ContextVar("lapwing_moment", default=None)


def now() -> datetime:
    """The present instant, in UTC."""
    return _fixed.get() or timezone.now()


def today() -> date:
    """The calendar day in the United Kingdom, which is what law and policy count in."""
    return now().astimezone(UK).date()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Work as if it were `instant` (which must have a zone) in this context only."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    token = _fixed.set(instant)
    try:
        yield
    finally:
        _fixed.reset(token)
