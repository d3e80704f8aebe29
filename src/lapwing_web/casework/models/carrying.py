"""What each officer carries, and who may be given a case: for the pages, and for the act itself."""

from collections import Counter

from django.conf import settings
from django.db.models import Q

from lapwing.policy import load
from lapwing.policy.topics.allocation import AllocationVersion
from lapwing.rules.allocation import Officer, Proposal, propose
from lapwing_web.casework.models.case import Case
from lapwing_web.moment import today
from lapwing_web.staff.models import Organisation, User
from lapwing_web.staff.permissions import PERMISSIONS, without_holder
from lapwing_web.staff.queries import opted_out, over_budget, trained


def matrix() -> AllocationVersion:
    """The policy on allocation in force today."""
    return load("allocation", settings.JURISDICTION).on(today())


def with_nobody(organisation: Organisation) -> Q:
    """Of a force's cases those that nobody has: also those of whoever has left, or may work none now."""
    return without_holder("owner", "work a case", organisation)


def carried(organisation: str) -> Counter[int]:
    """The weight of the open cases that each officer of a force has, by their id."""
    bands = matrix().bands
    rows = Case.objects.filter(organisation=organisation, state=Case.State.OPEN).exclude(owner=None)
    load_: Counter[int] = Counter()
    for owner, band in rows.values_list("owner", "band"):
        load_[owner] += bands[band].weight  # type: ignore[index]
    return load_


def officers_of(organisation: str, *, without: Case | None = None) -> dict[int, Officer]:
    """Everybody of a force who may work a case, with their training and load; `without` the case in hand."""
    roles = PERMISSIONS["work a case"].force
    people = list(User.objects.filter(organisation=organisation, is_active=True, role__in=roles))
    ids = [one.pk for one in people]
    held, out, spent = trained(ids), opted_out(ids), over_budget(ids)
    load_ = carried(organisation)
    if without is not None and without.owner_id:
        load_[without.owner_id] -= matrix().bands[without.band].weight  # type: ignore[index]
    return {
        pk: Officer(pk, str(one), held[pk], load_[pk], pk in out, pk in spent)
        for pk, one in zip(ids, people, strict=True)
    }


def proposals(case: Case) -> list[Proposal]:
    """Everybody of the force for this case, in the order they are proposed."""
    officers = officers_of(case.organisation_id, without=case)
    return propose(case.band, officers.values(), today(), matrix())  # type: ignore[arg-type]
