"""Who has what: the mismatches that paragraph 90 counts, the overrides, and what is allocated to nobody."""

from django.db.models import QuerySet
from msgspec import Struct

from lapwing.policy.topics.risk import BANDS
from lapwing.rules.allocation import Officer, is_specialist, lacking, mismatch
from lapwing_web.casework.models import Allocation, Case, Referral
from lapwing_web.casework.models.carrying import matrix, officers_of
from lapwing_web.casework.queries.cases import by_urgency
from lapwing_web.moment import today
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import PERMISSIONS, check

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
    mismatches: list[Mismatched]
    overrides: list[Allocation]
    nobody: list[Case]
    confirmed: bool


def workers_of(user: User) -> QuerySet[User]:
    """Those of this person's own force who may work a case."""
    roles = PERMISSIONS["work a case"].force
    return User.objects.filter(organisation=user.organisation_id, is_active=True, role__in=roles)


def allocation_page(user: User) -> AllocationPage:
    """How the force's open cases and its people match today."""
    check(user, "see allocation")
    version, officers = matrix(), officers_of(user.organisation_id)
    labels = dict(Referral.Band.choices)
    lines = {band: BandLine(band, labels[band]) for band in BANDS}
    open_cases = Case.objects.filter(organisation=user.organisation_id, state=Case.State.OPEN)
    found: list[Mismatched] = []
    for case in by_urgency(open_cases.select_related("owner")):
        officer = officers.get(case.owner_id or 0) or _gone(case)
        _count(lines[case.band], officer)  # type: ignore[index]
        what = mismatch(case.band, officer.trained, today(), version) if officer else ""  # type: ignore[arg-type]
        if officer and what:
            lacks = lacking(officer.trained, case.band, today(), version)  # type: ignore[arg-type]
            found.append(Mismatched(case, LABELS[what], lacks))
    overrides = Allocation.objects.filter(case__organisation=user.organisation_id).exclude(obstacles=[])
    nobody = by_urgency(open_cases.filter(owner=None))
    return AllocationPage(
        list(lines.values()),
        found[:SHOWN],
        list(overrides.select_related("case", "to", "by").order_by("-at")[:SHOWN]),
        list(nobody[:SHOWN]),
        version.confirmed,
    )


def _gone(case: Case) -> Officer | None:
    """Somebody who has a case and no longer works here: nobody trained."""
    return Officer(case.owner_id, str(case.owner), {}, 0) if case.owner_id else None


def _count(line: BandLine, officer: Officer | None) -> None:
    version = matrix()
    if officer is None:
        line.nobody += 1
    elif lacking(officer.trained, line.band, today(), version):  # type: ignore[arg-type]
        line.untrained += 1
    else:
        line.trained += 1
        line.specialist += is_specialist(officer.trained, today(), version)
