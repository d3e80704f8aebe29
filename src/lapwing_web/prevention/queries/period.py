"""The period of a company's figures: UK days, both included, told in calendar months."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Q
from msgspec import Struct

from lapwing.policy import load
from lapwing.policy.topics import ScorecardsVersion
from lapwing_web.moment import UK, today

DAYS = {"first": "The first day", "last": "The last day"}


class Month(Struct, frozen=True):
    """A calendar month, or the part of one that is in the period."""

    first: date
    last: date
    whole: bool

    @property
    def label(self) -> str:
        """`November 2026`, with the days where it is not all of it."""
        named = f"{self.first:%B %Y}"
        if self.whole:
            return named
        return (
            f"{self.first.day} to {self.last.day} {named}" if self.first != self.last else spelled(self.first)
        )

    def within(self, field: str) -> Q:
        """The month as a condition on the instant `field`."""
        return between(field, self.first, self.last)


class Period(Struct, frozen=True):
    """The days, and what could not be understood of what was asked."""

    first: date
    last: date
    problems: tuple[str, ...] = ()
    asked: bool = False  # somebody chose it

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Period":
        """From an address. What cannot be used changes nothing, and is said in `problems`."""
        problems: list[str] = []
        days = {name: _day(given.get(name, ""), words, problems) for name, words in DAYS.items()}
        last = min(days["last"] or today(), today())
        usual = _months_before(last, limits().amount("months_shown") - 1)
        first = days["first"] or usual
        if first > last:
            problems.append("The first day is after the last, so the first day is not used.")
            first = usual
        earliest = _months_before(last, limits().amount("most_months") - 1)
        if first < earliest:
            most = limits().amount("most_months")
            problems.append(f"At most {most} months are shown: these begin on {spelled(earliest)}.")
            first = earliest
        return cls(first, last, tuple(problems), any(given.get(name) for name in DAYS))

    @property
    def months(self) -> list[Month]:
        """Its months, the earliest first."""
        found, day = [], self.first
        while day <= self.last:
            following = _next_month(day)
            end = following - timedelta(days=1)
            whole = day.day == 1 and end <= self.last
            found.append(Month(day, min(end, self.last), whole))
            day = following
        return found

    @property
    def words(self) -> str:
        """`1 January 2026 to 31 March 2026`."""
        return f"{spelled(self.first)} to {spelled(self.last)}"

    def within(self, field: str) -> Q:
        """The period as a condition on the instant `field`."""
        return between(field, self.first, self.last)

    def address(self) -> dict[str, str]:
        """The address's parameters for this period; none for the usual one."""
        return {"first": self.first.isoformat(), "last": self.last.isoformat()} if self.asked else {}


def between(field: str, first: date, last: date) -> Q:
    """Some UK days, both included, as a condition on the instant `field`."""
    return Q(**{f"{field}__gte": midnight(first), f"{field}__lt": midnight(last + timedelta(days=1))})


def limits() -> ScorecardsVersion:
    """What policy says today of how figures are shown."""
    return load("scorecards", settings.JURISDICTION).on(today())


def midnight(day: date) -> datetime:
    """The instant at which the UK day begins."""
    return datetime.combine(day, time(), tzinfo=UK)


def spelled(day: date) -> str:
    """`1 January 2026`."""
    return f"{day.day} {day:%B %Y}"


def _day(text: str, words: str, problems: list[str]) -> date | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        problems.append(f"{words} is not a date as 2026-03-31 is one, so it is not used.")
        return None
    if day < BEGINNING:
        problems.append(f"{words} is before {spelled(BEGINNING)}, when no policy held, so it is not used.")
        return None
    return day


BEGINNING = date(2015, 1, 1)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _months_before(day: date, months: int) -> date:
    """The first of the month `months` before the day's own."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
