"""What the lists said of a referral's files, in words: with list, version, category, dialect and distance."""

from collections.abc import Iterable

from django.db.models import QuerySet
from msgspec import Struct

from lapwing.report import ReportedFile
from lapwing_web.casework.models import Checking, Hit, Joining, Referral, Unasked
from lapwing_web.intake.models.seen import hashes_of
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import may


class Listed(Struct, frozen=True):
    """One hit of a file, in words, and whether it still stands and waits for a person."""

    words: str
    gone: str  # since when the list is without it, in words; "" while it stands
    hunted: bool  # found after the report had arrived
    to_look: bool


class Asked(Struct):
    """Which lists the files of a referral's reports were compared with, and which they could not be."""

    lists: list[str]  # "agency version 12", each once
    unasked: list[str]  # names
    unreadable: int  # hashes that are none


class Said(Struct):
    """What lists said of a referral, besides its files one by one. `to_look`: what waits for a person."""

    asked: Asked
    to_look: list[str]
    may_look: bool
    may_propose: bool  # a file of it for the own list


class Hits:
    """The hits of some reports, by report and hash."""

    def __init__(self, reports: Iterable[int]) -> None:
        self.reports = list(dict.fromkeys(reports))
        self._found: dict[tuple[int, str, str], list[Hit]] = {}
        for hit in Hit.objects.filter(report_id__in=self.reports).select_related("seen").order_by("id"):
            key = (hit.report_id, hit.seen.kind, hit.seen.value)
            self._found.setdefault(key, []).append(hit)

    def of(self, report: int, file: ReportedFile) -> list[Listed]:
        """What the lists say of one file: an entry found by several hashes is told once."""
        each = [self._found.get((report, *one), []) for one in hashes_of(file)[0]]
        return list(dict.fromkeys(_listed(hit, hits) for hits in each for hit in hits))

    def to_look(self) -> list[str]:
        """What waits for a person, in words, each once."""
        every = [_listed(hit, hits) for hits in self._found.values() for hit in hits if hit.to_look]
        return list(dict.fromkeys(f"{one.words}{'; ' if one.gone else ''}{one.gone}." for one in every))

    def said(self, user: User | None) -> Said:
        """All of it; for a page that nobody decides on (None), without what waits for a look."""
        may_look = user is not None and may(user, "triage a referral")
        may_propose = user is not None and may(user, "propose an own entry")
        return Said(self.asked(), self.to_look() if user else [], may_look, may_propose)

    def asked(self) -> Asked:
        """Which lists were asked of these reports as they arrived."""
        checkings = Checking.objects.filter(report_id__in=self.reports)
        versions = {(name, number) for one in checkings for name, number in one.lists.items()}
        unasked = Unasked.objects.filter(report_id__in=self.reports).values_list("list_name", flat=True)
        return Asked(
            [f"{name} version {number}" for name, number in sorted(versions)],
            sorted(set(unasked)),
            sum(one.unreadable for one in checkings),
        )


def hunted_for(user: User) -> QuerySet[Referral]:
    """Referrals in which lists found or withdrew something that nobody has looked at. None for a force."""
    if not may(user, "see referrals"):
        return Referral.objects.none()
    waiting = Hit.objects.filter(to_look=True).values("report_id")
    joined = Joining.objects.filter(report_id__in=waiting, undone_at=None).values("referral_id")
    found = Referral.objects.filter(pk__in=joined).select_related("provider", "assigned_to")
    return found.order_by("-rank", "id")


def _listed(hit: Hit, hits: Iterable[Hit]) -> Listed:
    """A hit in words; `hits` are all those of its hash, which may be on the list still, otherwise marked."""
    still = any(other.list_name == hit.list_name and other.gone_in is None for other in hits)
    no_more = "marked otherwise on" if still else "no longer on"
    gone = f"{no_more} list {hit.list_name} since version {hit.gone_in}" if hit.gone_in else ""
    words = f"On list {hit.list_name}, version {hit.version}{hit.said_of_entry}"
    return Listed(words, gone, hit.hunted, hit.to_look)
