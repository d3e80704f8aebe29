"""What a page of statistics is narrowed to, and how that is said in words."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import msgspec
from django.db.models import Q

from lapwing_web.address import whole_number
from lapwing_web.casework.models import Referral
from lapwing_web.intake.models import Provider
from lapwing_web.moment import UK, today
from lapwing_web.staff.models import Organisation, User

BANDS: list[tuple[str, str]] = list(Referral.Band.choices)


class Narrowing(msgspec.Struct, frozen=True):
    """The period (UK days, both included), company, band and force. None and "" narrow nothing."""

    first: date | None = None
    last: date | None = None
    provider: int | None = None
    band: str = ""
    force: str = ""
    held: bool = False  # to the force, by who is asking
    problems: tuple[str, ...] = ()

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Narrowing":
        """From an address. What cannot be understood narrows nothing, and is said in `problems`."""
        problems: list[str] = []
        days = {name: _day(given.get(name, ""), words, problems) for name, words in DAYS.items()}
        if days["first"] and days["last"] and days["first"] > days["last"]:
            problems.append("The first day is after the last, so nothing can fall between them.")
        return cls(
            first=days["first"],
            last=days["last"],
            provider=whole_number(given.get("provider", "")),
            band=given.get("band", "") if given.get("band", "") in Referral.Band.values else "",
            force=given.get("force", "")[:40],
            problems=tuple(problems),
        )

    def for_person(self, user: User) -> "Narrowing":
        """The same, with a force's people held to their own force and to what a force is told."""
        if user.in_agency:
            return self
        return msgspec.structs.replace(self, force=user.organisation_id, provider=None, held=True)

    def between(self, field: str) -> Q:
        """The period as a condition on the instant `field`."""
        wanted = Q()
        if self.first:
            wanted &= Q(**{f"{field}__gte": _midnight(self.first)})
        if self.last and self.last < date.max:  # no day comes after the last of all
            wanted &= Q(**{f"{field}__lt": _midnight(self.last + timedelta(days=1))})
        return wanted

    def period(self, verb: str) -> str:
        """The period in words: `received 1 January 2026 to 31 March 2026`, or up to today."""
        if self.first and self.last:
            return f"{verb} {_spelled(self.first)} to {_spelled(self.last)}"
        if self.first:
            return f"{verb} since {_spelled(self.first)}, as at {_spelled(today())}"
        return f"{verb} up to {_spelled(self.last or today())}"

    def address(self) -> dict[str, str]:
        """The address's parameters for this narrowing, without a force that somebody is held to."""
        asked = msgspec.structs.asdict(self)
        left_out = ("problems", "held", "force") if self.held else ("problems", "held")
        return {name: str(value) for name, value in asked.items() if value and name not in left_out}

    def words(self) -> list[tuple[str, str]]:
        """What is narrowed apart from the period, for a file that travels without its page."""
        said = []
        if self.provider is not None:
            said.append(("company", str(Provider.objects.filter(pk=self.provider).first() or "unknown")))
        if self.band:
            said.append(("risk band", str(Referral.Band(self.band).label)))
        if self.force:
            said.append(("force", str(Organisation.objects.filter(pk=self.force).first() or "unknown")))
        return said


DAYS = {"first": "The first day", "last": "The last day"}


def companies() -> list[tuple[int, str]]:
    """Every company that has reported, by name."""
    listed = Provider.objects.filter(kind=Provider.Kind.COMPANY)  # people who told on the form are none
    return list(listed.order_by("name").values_list("pk", "name"))


def forces() -> list[tuple[str, str]]:
    """Every police force, by name."""
    kind = Organisation.Kind.FORCE
    return list(Organisation.objects.filter(kind=kind).order_by("name").values_list("pk", "name"))


def _day(text: str, words: str, problems: list[str]) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        problems.append(f"{words} is not a date as 2026-03-31 is one, so it narrows nothing.")
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UK)


def _spelled(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
