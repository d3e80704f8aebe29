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

    @property
    def state(self) -> str:
        """In a word: what one tag says of all the lists that have a file."""
        return "Withdrawn" if self.gone else "Known"


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
        """What the lists say of one file, what stands first. An entry found by more hashes is told once."""
        found = [hit for one in hashes_of(file)[0] for hit in self._found.get((report, *one), [])]
        told = dict.fromkeys(_listed(group, found) for group in each_once(found, of_one_file=True))
        return sorted(told, key=lambda one: bool(one.gone))

    def to_look(self) -> list[str]:
        """What waits for a person, in words, each once."""
        by_report: dict[int, list[Hit]] = {}
        for (report, _, _), hits in self._found.items():
            by_report.setdefault(report, []).extend(hits)
        groups = [(group, hits) for hits in by_report.values() for group in each_once(hits)]
        every = [one for one in (_listed(*told) for told in groups) if one.to_look]
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


def each_once(hits: Iterable[Hit], *, of_one_file: bool = False) -> list[list[Hit]]:
    """Hits that say the same, together, the nearest first: of an entry by several of a file's hashes.

    Entries that their list does not name are told apart by their hashes, except those of one file.
    """
    groups: dict[tuple[int, str, str, str, str], list[Hit]] = {}
    for hit in hits:
        named = hit.identity or ("" if of_one_file else hit.entry)
        key = (hit.report_id, hit.list_name, named, hit.dialect, hit.category)
        groups.setdefault(key, []).append(hit)
    return [sorted(group, key=lambda hit: (hit.distance, hit.version)) for group in groups.values()]


def _listed(group: list[Hit], hits: Iterable[Hit]) -> Listed:
    """What hits of one entry say. A list that has another of `hits`, of the same hash, marks it otherwise."""
    nearest = group[0]
    name, gone_in = nearest.list_name, max((hit.gone_in or 0 for hit in group), default=0)
    stands = any(hit.gone_in is None for hit in group)
    seen = {hit.seen_id for hit in group}
    still = any(one.list_name == name and one.gone_in is None and one.seen_id in seen for one in hits)
    no_more = "marked otherwise on" if still else "no longer on"
    return Listed(
        f"On list {name}, version {min(hit.version for hit in group)}{nearest.said_of_entry}",
        "" if stands else f"{no_more} list {name} since version {gone_in}",
        all(hit.hunted for hit in group),
        any(hit.to_look for hit in group),
    )
