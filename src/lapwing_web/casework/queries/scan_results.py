"""What the scans of an exhibit found, and where else the same is: for the exhibit's page."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from msgspec import Struct

from lapwing.hashing.failures import REASONS
from lapwing.scanning.found import EXCLUDED
from lapwing.scanning.phases import SENTENCES
from lapwing_web.casework.models import (
    Case,
    Exhibit,
    Grading,
    Joining,
    OpeningLeave,
    Package,
    ScanFile,
    ScanResult,
)
from lapwing_web.casework.models.scan_result import standing_scans
from lapwing_web.casework.queries.packages import packages_for
from lapwing_web.casework.queries.sharing import other_forces, telling
from lapwing_web.intake.models.seen import SeenHash
from lapwing_web.moment import UK, now
from lapwing_web.staff.models import User
from lapwing_web.staff.models.viewing import PERIODS
from lapwing_web.staff.permissions import holders

State = ScanResult.State
SHOWN = 20
LISTS_SHOWN = 100  # lists, or categories of them: nobody reads more, and a page has to come
KINDS = {"picture": "pictures", "video": "videos", "other": "others that are on a list"}
PHASES = {phase.name.lower(): sentence for phase, sentence in SENTENCES.items()}


class Bar(Struct):
    """A count with its share of the largest, for a picture beside the number."""

    label: str
    number: int
    share: int


class Compared(Struct):
    """A list that a scan was compared with."""

    name: str
    version: int
    entries: int
    at: datetime | None  # when it was brought in; None: not told in a form that can be read


class Against(Struct):
    """What a scan was compared with: the first lists, and how many more."""

    lists: list[Compared]
    more: int


class Shared(Struct):
    """Something else that holds the same contents."""

    label: str
    page: str  # the name of its page
    key: int
    number: int
    unlisted: int  # of these, on no list: what is known is common


def results_of(exhibit: Exhibit) -> QuerySet[ScanResult]:
    """The exhibit's results: the one that stands (`standing_scans`), then the others, the latest first."""
    return exhibit.scans.filter(state=State.ATTACHED).select_related("by").order_by("-done", "-id")


def withdrawn_from(exhibit: Exhibit) -> list[ScanResult]:
    """Those that were attached to the exhibit and taken back, the latest first."""
    rows = exhibit.scans.filter(state=State.WITHDRAWN).select_related("by", "withdrawn_by")
    return list(rows.order_by("-withdrawn_at", "-pk"))


def viewers_of(user: User) -> QuerySet[User]:
    """Everybody of this person's organisation who may view material."""
    return holders("view material", user.organisation).order_by("username")


def scans_part(user: User, exhibit: Exhibit) -> dict[str, Any]:
    """What the exhibit’s page shows of its scans: all of the one that stands, of the others what they found,
    and the grades of every one.
    """
    results = list(results_of(exhibit))
    gradings = Grading.objects.filter(result__exhibit=exhibit).select_related("grader").order_by("id")
    of_all = {"withdrawn": withdrawn_from(exhibit), "gradings": gradings}
    if not results:
        return {"result": None, **of_all}
    stands, others = results[0], sorted(results[1:], key=lambda one: -one.pk)
    told: Mapping[str, Any] = stands.summary
    return {
        "result": stands,
        **of_all,
        "others": [(one, compared(one)) for one in others],
        "unseen": known_by_others(stands, others),
        "lists": [_apart(one) for one in told["by_list"][:LISTS_SHOWN]],
        "more_lists": max(0, len(told["by_list"]) - LISTS_SHOWN),
        "failures": bars(_in_words(told["failures"], REASONS)),
        "excluded": bars(_in_words(told["excluded_by"], EXCLUDED)),
        "kinds": bars(_in_words(_kinds(stands), KINDS)),
        "not_looked_at": [
            (PHASES.get(name, name), one["files"]) for name, one in told["not_looked_at"].items()
        ],
        "views": told["views"],
        "tools": told["tools"].get("lapwing", ""),
        "looked_at": stands.seen - stands.waiting,
        "ran": _ran(told["runs"]),
        "compared": compared(stands),
        "exhibits": shared_exhibits(user, stands),
        "packages": shared_packages(user, stands),
        "forces": other_forces(user, stands),
    }


class Found(Struct):
    """What the scans of a device come to, for a line among others."""

    known: bool  # some scan of it found a file that is on a list, byte for byte
    told: str


def found_on_each(case: Case) -> dict[int, Found]:
    """What was found on each exhibit of a case that has been scanned, by the exhibit."""
    attached = ScanResult.objects.filter(exhibit__case=case, state=State.ATTACHED)
    known = set(attached.filter(matched_exactly__gt=0).values_list("exhibit", flat=True))
    stand = standing_scans().filter(exhibit__case=case)
    return {one.exhibit_id: Found(one.exhibit_id in known, _in_a_line(one, known)) for one in stand}


def _in_a_line(stands: ScanResult, known: set[int]) -> str:
    if stands.exhibit_id in known and not stands.matched_exactly:
        return f"found by another scan of it. The one that counts: {stands.found}"
    return stands.found


def compared(result: ScanResult) -> Against:
    """The lists that a scan was compared with, as it told of them."""
    told = result.summary["lists"]
    lists = [
        Compared(one["name"], one["version"], one["entries"], _moment(one["imported_at"]))
        for one in told[:LISTS_SHOWN]
    ]
    return Against(lists, len(told) - len(lists))


def known_by_others(stands: ScanResult, others: list[ScanResult]) -> int:
    """How many contents other scans of the exhibit found on lists, byte for byte, and this one did not.

    The newest scan may have been made against fewer lists, or of less: what was found is not gone by that.
    """
    here = stands.files.filter(known=True).values("sha256")
    there = ScanFile.objects.filter(result__in=others, known=True).exclude(sha256__in=here)
    return there.values("sha256").distinct().count()


def _ran(runs: list[dict[str, Any]]) -> tuple[datetime | None, datetime | None]:
    """When a scan began, and when its last run ended."""
    if not runs:
        return None, None
    return _moment(runs[0]["began_at"]), _moment(runs[-1]["ended_at"])


def _moment(text: str | None) -> datetime | None:
    """An instant that a scan wrote. None for what is none: nobody has checked it, and a page has to show."""
    try:
        found = datetime.fromisoformat(text or "")
        return found.astimezone(UK) if found.tzinfo else None
    except (ValueError, OverflowError):  # the year 1 has no earlier day that another zone could be at
        return None


def taken_over_budget(user: User) -> QuerySet[Grading]:
    """Grades that a superior of this person's force took over a grader's budget of the last thirty days."""
    lately = Grading.objects.exclude(why="").filter(at__gte=now() - timedelta(days=PERIODS[-1]))
    mine = lately.filter(result__exhibit__case__organisation=user.organisation_id)
    return mine.select_related("grader", "by", "result__exhibit").order_by("-at", "-pk")


def opened_over_budget(user: User) -> QuerySet[OpeningLeave]:
    """Openings of the last thirty days that a superior here allowed over a budget."""
    lately = OpeningLeave.objects.exclude(why="").filter(at__gte=now() - timedelta(days=PERIODS[-1]))
    mine = lately.filter(by__organisation=user.organisation_id)
    return mine.select_related("opener", "by", "referral").order_by("-at", "-pk")


def bars(counts: Mapping[str, int]) -> list[Bar]:
    """Counts, the largest first."""
    most = max(counts.values(), default=0) or 1
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [Bar(label, number, max(1, round(100 * number / most))) for label, number in ordered]


def _in_words(counts: Mapping[str, int], words: Mapping[str, str]) -> dict[str, int]:
    return {words.get(name, name).capitalize(): number for name, number in counts.items()}


def _apart(one: Mapping[str, Any]) -> dict[str, Any]:
    """A list's files in one category: those that are on it, and those that only look alike."""
    exactly, files = one.get("exactly"), one["files"]
    if exactly is None:  # an earlier scan did not say
        return {**one, "exactly": f"{files:,}, not told apart", "alike": ""}
    return {**one, "alike": files - exactly}


def _kinds(result: ScanResult) -> dict[str, int]:
    counted = result.files.values_list("kind").annotate(number=Count("pk"))
    return dict(counted.values_list("kind", "number"))


def shared_exhibits(user: User, result: ScanResult) -> list[Shared]:
    """Other exhibits of this person's force that hold the same contents, those that share most first.

    Another force's exhibits are never among them, nor in a count; nor is a scan that another has overtaken.
    """
    own = telling(result.files.all())
    there = ScanFile.objects.filter(
        sha256__in=own.values("sha256"),
        result__in=standing_scans(),
        result__exhibit__case__organisation=user.organisation_id,
    ).exclude(result__exhibit=result.exhibit_id)
    found = _counted(there, "result__exhibit")
    on_no_list = there.filter(list_name="", sha256__in=own.filter(list_name="").values("sha256"))
    unlisted = dict(_counted(on_no_list, "result__exhibit"))
    exhibits = Exhibit.objects.select_related("case").in_bulk([key for key, _ in found[:SHOWN]])
    return [
        Shared(
            f"{exhibits[key].number} of {exhibits[key].case.reference}",
            "exhibit",
            key,
            number,
            unlisted.get(key, 0),
        )
        for key, number in found[:SHOWN]
    ]


def _counted(files: QuerySet[ScanFile], by: str) -> list[tuple[int, int]]:
    grouped = files.values_list(by).annotate(number=Count("sha256", distinct=True))
    return sorted(grouped.values_list(by, "number"), key=lambda one: (-one[1], one[0]))


def shared_packages(user: User, result: ScanResult) -> list[Shared]:
    """Packages sent to this person's force whose reports give the hash of something on the exhibit.

    Only what was in a package when it was sent: a report that was taken out of the referral before, or came
    to it later, was never this force's to read. Nor is what this person can no longer open.
    """
    mine = packages_for(user).filter(to=user.organisation_id).exclude(state=Package.State.RETURNED)
    own = telling(result.files.all())
    exact = {"sha256": own.values("sha256"), "md5": own.exclude(md5="").values("md5")}
    held: dict[int, set[tuple[str, str]]] = defaultdict(set)  # by report
    for kind, values in exact.items():
        sent_here = mine.values("referral__joinings__report")
        seen = SeenHash.objects.filter(kind=kind, value__in=values, report__in=sent_here)
        for report, value in seen.values_list("report", "value").distinct():
            held[report].add((kind, value))
    found = []
    for package in mine.filter(referral__joinings__report__in=held).defer("content").distinct():
        whole = set().union(*(held.get(report, set()) for report in _inside(package)))
        number = max(sum(kind == one for kind, _ in whole) for one in exact)  # a file may be told by both
        if number:
            found.append(Shared(package.reference, "package", package.pk, number, 0))
    return sorted(found, key=lambda one: (-one.number, one.key))[:SHOWN]


def _inside(package: Package) -> QuerySet[Joining, int]:
    """The reports that were in the referral when a package of it was sent."""
    then = package.referral.joinings.filter(at__lte=package.sent_at)
    return then.filter(Q(undone_at=None) | Q(undone_at__gt=package.sent_at)).values_list("report", flat=True)
