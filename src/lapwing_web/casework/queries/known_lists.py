"""The lists of known files as their pages show them: versions, sizes, ages and faults. Never an entry."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Case, F, Q, When
from django.http import Http404
from msgspec import Struct

from lapwing.hashing import HASH_TYPES
from lapwing.matching import BadList
from lapwing.matching.known_lists import names
from lapwing.matching.url_rules import RULES
from lapwing.matching.versions import Version, kept
from lapwing.policy import load
from lapwing.policy.cited import Cited
from lapwing.sources.standing import standing
from lapwing_web.casework.models import Hit, Hunt, Joining, KnownList
from lapwing_web.casework.queries.hits import each_once
from lapwing_web.casework.queries.list_sources import SourceLine, Sources, sources_now
from lapwing_web.intake.actions.sealing import lists_now
from lapwing_web.moment import now, today
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may

GONE = "it is no longer there"
SHOWN, FEW = 50, 3  # hunts and hits on a page; referrals of one hit
WRITTEN = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "pdq": "PDQ", "vpdq": "vPDQ"}
WRITTEN |= {"photodna": "PhotoDNA"}


class Age(Struct, frozen=True):
    """After how long a list is stale, and who says so."""

    limit: timedelta
    cited: Cited
    find_out: str

    @property
    def hours(self) -> int:
        """The limit in whole hours."""
        return int(self.limit / timedelta(hours=1))


class ListLine(Struct):
    """One list at its current version. `version` is None, and `fault` says why, where it cannot be used."""

    name: str
    version: Version | None
    at: datetime | None  # when it was last confirmed, or came; None where no record says
    age: Age
    fault: str = ""
    verified_at: datetime | None = None  # when every byte of it was last read

    @property
    def lost(self) -> bool:
        """Whether it was used, and nothing of it is there."""
        return self.fault == GONE

    @property
    def stale(self) -> bool:
        """Whether it has gone longer unconfirmed than policy allows, or nobody can say."""
        return self.at is None or now() - self.at > self.age.limit

    @property
    def kinds(self) -> list[tuple[str, int]]:
        """How many of its entries have each kind of hash, or are rules about addresses."""
        held = self.version.hashes if self.version else {}
        order = [*HASH_TYPES, *RULES]
        return [(WRITTEN.get(kind, kind.replace("_", " ")), held[kind]) for kind in order if held.get(kind)]


class VersionLine(Struct):
    """One version that is kept: when it came, and what it changed."""

    version: Version
    at: datetime | None
    current: bool


class HitLine(Struct):
    """An entry that a report was found to have, or to have no more, by however many hashes: told once.

    `hit` is the nearest. `also` says which other lists have the file.
    """

    hit: Hit
    referrals: list[int]
    to_look: bool
    also: list[str]

    @property
    def names(self) -> list[str]:
        """As pages name them."""
        return [f"referral:{pk}" for pk in self.referrals]


class ListsPage(Struct):
    """Every list, those that cannot be used first."""

    lists: list[ListLine]
    faults: list[ListLine]
    stale: int
    confirmed: bool  # that policy's ages are confirmed
    sources: Sources
    may_decide: bool  # about what is held


class ListPage(Struct):
    """One list, its kept versions the latest first, and what is wrong with the record of them."""

    line: ListLine
    versions: list[VersionLine]
    fault: str
    hunts: list[Hunt]  # the latest first
    hits: list[HitLine]  # found by hunting, or withdrawn, the latest first
    standing: int  # hits of the list that stand
    gone: int  # hits that it has withdrawn
    to_look: int  # hits, found or withdrawn, that wait for a person
    source: SourceLine | None  # where it comes from by itself
    may_decide: bool  # about what is held of it

    @property
    def changed(self) -> bool:
        """Whether there is a change to draw."""
        return any(one.version.added or one.version.gone for one in self.versions)


def lists_page(user: User) -> ListsPage:
    """Every list in the site's folder."""
    check(user, "see lists")
    lines = _lines()
    return ListsPage(
        lists=lines,
        faults=[line for line in lines if line.fault],
        stale=sum(1 for line in lines if line.version and line.stale),
        confirmed=all(line.age.cited.confirmed for line in lines),
        sources=sources_now(),
        may_decide=may(user, "decide a held list"),
    )


def list_page(user: User, name: str) -> ListPage:
    """One list. Raises Http404 for a name that no list has."""
    check(user, "see lists")
    line = next((line for line in _lines() if line.name == name), None)
    if line is None:
        raise Http404(f"There is no list {name}.")
    versions, fault = _kept(name)
    number = line.version.number if line.version else 0
    lines = [VersionLine(one, _instant(one.at), one.number == number) for one in reversed(versions)]
    hunts = list(Hunt.objects.filter(list_name=name).order_by("-id")[:SHOWN])
    named = Case(
        When(identity="", then=F("entry")), default=F("identity")
    )  # as hits.each_once tells them apart
    rows = Hit.objects.filter(list_name=name).annotate(named=named)
    hits = rows.values("report_id", "named", "dialect", "category").distinct()
    counts = {
        "standing": hits.filter(gone_in=None).count(),
        "gone": hits.filter(gone_in__isnull=False).count(),
        "to_look": hits.filter(to_look=True).count(),
    }
    shown = _hit_lines(name) if may(user, "see referrals") else []
    return ListPage(
        line,
        lines,
        fault,
        hunts,
        shown,
        **counts,
        source=sources_now().of(name),
        may_decide=may(user, "decide a held list"),
    )


def _hit_lines(name: str) -> list[HitLine]:
    later = Q(hunted=True) | Q(gone_in__isnull=False)
    hits = Hit.objects.filter(later, list_name=name).select_related("looked_by").order_by("-id")
    groups = each_once(hits[: SHOWN * FEW])[:SHOWN]
    joined = Joining.objects.filter(report_id__in=[group[0].report_id for group in groups], undone_at=None)
    referrals: dict[int, list[int]] = {}
    for report, referral in joined.order_by("referral_id").values_list("report_id", "referral_id"):
        referrals.setdefault(report, []).append(referral)
    other = _other_lists(name, [hit.seen_id for group in groups for hit in group])
    return [
        HitLine(
            group[0],
            referrals.get(group[0].report_id, [])[:FEW],
            any(hit.to_look for hit in group),
            sorted({said for hit in group for said in other.get(hit.seen_id, [])}),
        )
        for group in groups
    ]


def _other_lists(name: str, seen: list[int]) -> dict[int, set[str]]:
    """Which lists beside this one have each hash, by name."""
    found: dict[int, set[str]] = {}
    for hit in Hit.objects.filter(seen_id__in=seen, gone_in=None).exclude(list_name=name):
        found.setdefault(hit.seen_id, set()).add(hit.list_name)
    return found


def age_limit(name: str) -> Age:
    """After how long the list of that name is stale: the one place where the site asks policy."""
    version = load("known_lists", settings.JURISDICTION).on(today())
    entry = version.age_of(name)
    return Age(timedelta(hours=entry.stale_after_hours), entry.cited_in(version), entry.find_out)


def _lines() -> list[ListLine]:
    """Each list once, whole or not. One that this site has used and that is no longer there is one still."""
    opened, faults = lists_now()
    folder: Path = settings.LISTS
    whole = {known.name: known.version for known in opened.lists}
    why = {fault.list_name if fault.path.suffix else fault.path.name: fault for fault in faults}
    lines = []
    used = {row.name: row for row in KnownList.objects.all()}
    for name in sorted({*whole, *names(folder), *used}):
        version, row = whole.get(name), used.get(name)
        found = row.fault if row else ""
        fault = found if version else _sentence(why.get(name))
        read = row.verified_at if row else None
        lines.append(ListLine(name, version, _confirmed(name, version), age_limit(name), fault, read))
    return sorted(lines, key=lambda line: (not line.fault, line.name))


def _confirmed(name: str, version: Version | None) -> datetime | None:
    """When its publisher last said that this is the list; of a list that nobody fetches, when it came."""
    try:
        confirmed = standing(settings.LISTS / name).confirmed_at
    except (BadList, OSError):
        return None
    return _instant(confirmed or version.at) if version else None


def _sentence(fault: BadList | None) -> str:
    return str(fault) if fault else GONE


def _kept(name: str) -> tuple[list[Version], str]:
    try:
        return kept(settings.LISTS / name), ""
    except (BadList, OSError) as error:
        return [], f"The versions kept cannot be read: {error}"


def _instant(text: str) -> datetime | None:
    """When a version says that it came. A list is a file from outside: what is no moment is None."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
