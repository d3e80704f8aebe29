"""Who has what: the mismatches that paragraph 90 counts, the overrides, and what is allocated to nobody."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Count, Q, QuerySet
from msgspec import Struct

from lapwing.policy.topics.risk import BANDS
from lapwing.rules.allocation import is_specialist, lacking, mismatch
from lapwing_web.casework.models import Allocation, Case, Referral
from lapwing_web.casework.models.carrying import matrix, with_nobody
from lapwing_web.casework.queries.cases import by_urgency
from lapwing_web.listing import Cut, cut
from lapwing_web.moment import today
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import PERMISSIONS, check
from lapwing_web.staff.queries import trained

SHOWN = 100
LABELS = {"untrained": "Has not the training for it", "specialist_on_low": "A specialist on a low case"}


class BandLine(Struct):
    """The open cases of one band: with somebody trained for it, untrained, a specialist, or nobody."""

    band: str
    label: str
    trained: int = 0
    untrained: int = 0
    specialist: int = 0  # of those trained
    nobody: int = 0

    @property
    def total(self) -> int:
        """Every open case of the band."""
        return self.trained + self.untrained + self.nobody


class Mismatched(Struct):
    """A case and who has it, that do not match."""

    case: Case
    what: str
    lacks: list[str]


class AllocationPage(Struct):
    """The page of allocation."""

    bands: list[BandLine]
    mismatches: Cut  # of Mismatched
    overrides: Cut
    nobody: Cut
    confirmed: bool
    show: str  # the one list that is shown, or "" for the whole page


def workers_of(user: User) -> QuerySet[User]:
    """Those of this person's own force who may work a case."""
    roles = PERMISSIONS["work a case"].force
    return User.objects.filter(organisation=user.organisation_id, is_active=True, role__in=roles)


def allocation_page(user: User, show: str = "", skip: int = 0) -> AllocationPage:
    """How the force's open cases and its people match today; or one list of it, from the `skip`th on."""
    check(user, "see allocation")
    show = show if show in ("mismatches", "overrides") else ""
    lines, found = _matched(user, SHOWN, skip if show == "mismatches" else 0)
    overrides = Allocation.objects.filter(case__organisation=user.organisation_id).exclude(obstacles=[])
    overrides = overrides.select_related("case", "to", "by").order_by("-at", "-pk")
    nobody = by_urgency(_open_cases(user).filter(with_nobody(user.organisation)))
    return AllocationPage(
        lines,
        found,
        cut(overrides, SHOWN, skip if show == "overrides" else 0),
        cut(nobody, SHOWN),
        matrix().confirmed,
        show,
    )


def _open_cases(user: User) -> QuerySet[Case]:
    return Case.objects.filter(organisation=user.organisation_id, state=Case.State.OPEN)


def mismatches(user: User, most: int) -> Cut:
    """The most urgent cases that do not match whoever has them."""
    check(user, "see allocation")
    return _matched(user, most)[1]


def _matched(user: User, most: int, skip: int = 0) -> tuple[list[BandLine], Cut]:
    """Each band's line, and what does not match: worked out for each band and officer, not for each case."""
    version, on = matrix(), today()
    labels = dict(Referral.Band.choices)
    lines = {band: BandLine(band, labels[band]) for band in BANDS}
    wrong: dict[tuple[str, int], tuple[str, list[str]]] = {}
    grouped = list(_open_cases(user).order_by().values_list("band", "owner").annotate(cases=Count("pk")))
    held = trained(
        workers_of(user).filter(pk__in={owner for _, owner, _ in grouped}).values_list("pk", flat=True)
    )
    for band, has, cases in grouped:
        owner = has if has in held else None  # whoever has left, or works no case any more, has none
        passed = held[owner] if owner else {}
        _count(lines[band], owner, passed, cases)
        what = mismatch(band, passed, on, version) if owner else ""
        if owner and what:
            wrong[band, owner] = what, lacking(passed, band, on, version)
    pairs = Q(pk=None)
    for band in BANDS:
        pairs |= Q(band=band, owner__in=[owner for of, owner in wrong if of == band])
    page = cut(by_urgency(_open_cases(user).filter(pairs).select_related("owner")), most, skip)
    page.rows = [
        Mismatched(case, LABELS[what], lacks) for case in page.rows for what, lacks in [wrong[_pair(case)]]
    ]
    return list(lines.values()), page


def _pair(case: Case) -> tuple[str, int]:
    return case.band, case.owner_id or 0


def _count(line: BandLine, owner: int | None, passed: Mapping[str, date | None], cases: int) -> None:
    if owner is None:
        line.nobody += cases
    elif lacking(passed, line.band, today(), matrix()):  # type: ignore[arg-type]
        line.untrained += cases
    else:
        line.trained += cases
        line.specialist += cases * is_specialist(passed, today(), matrix())
