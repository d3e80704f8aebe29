"""Allocation: a case is given to an officer whose training and load allow it, or by an override with a
name.
"""

from typing import Any

from lapwing.rules.allocation import lacking
from lapwing_web.audit.actions import about, audited, record
from lapwing_web.casework.actions.holding import policy_hash, said
from lapwing_web.casework.actions.owning import names_of, own
from lapwing_web.casework.models import Allocation, Case
from lapwing_web.casework.models.carrying import matrix, proposals
from lapwing_web.clocks.actions import give_to, settle, start
from lapwing_web.moment import now, today
from lapwing_web.notifications.actions import over, tell
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.queries import trained


@audited
def allocate(case: Case, *, to: User, why: str = "", override: bool = False, by: User) -> Allocation:
    """Give the case to an officer. What stands in the way is weighed now, and not when the page was opened.

    An override needs a reason, and a supervisor who holds the training that the band asks for.
    """
    seen = case.owner_id
    own(case, "allocate a case", by)
    if case.owner_id != seen:
        holder = case.owner or "nobody"
        raise Refused(f"Somebody else has just allocated {case}: it is with {holder} now. Nothing was done.")
    if to.pk == case.owner_id:
        raise Refused(f"{case} is with {to} already.")
    found = next((one for one in proposals(case) if one.officer.key == to.pk), None)
    if found is None:
        raise Refused("Choose somebody of your own force who works cases.")
    if found.obstacles:
        why = _overridden(case, to, found.obstacles, why, override, by)
    return _give(case, to, why.strip(), found.obstacles, by=by)


def _overridden(case: Case, to: User, obstacles: list[str], why: str, override: bool, by: User) -> str:
    told = f"{to} cannot be given {case}: {'; '.join(obstacles)}."
    if not override:
        raise Refused(f"{told} Choose somebody else, or override it with a reason.")
    if lacking(trained([by.pk])[by.pk], case.band, today(), matrix()):  # type: ignore[arg-type]
        raise Refused(f"{told} Only a supervisor who holds the training for this band can override it.")
    return said(why, "Say why it is overridden: it stands on the list of overrides beside your name.")


def _give(case: Case, to: User | None, why: str, obstacles: list[str], *, by: User) -> Allocation:
    policy = policy_hash("allocation")
    made = Allocation.objects.create(
        case=case, to=to, at=now(), by=by, band=case.band, why=why, obstacles=obstacles, policy=policy
    )
    old = {"owner": case.owner.username if case.owner else None}
    columns: dict[str, Any] = {"owner": to, "allocated_at": now() if to else None}
    case.owner, case.allocated_at = columns["owner"], columns["allocated_at"]
    Case.objects.filter(pk=case.pk).update(**columns)
    new = {"owner": to.username if to else None, "overrides": obstacles}
    action = "override an allocation" if obstacles else "allocate a case" if to else "take a case back"
    record(action, case, by=by, why=why, old=old, new=new, policy=policy)
    give_to(names_of(case), to, by=by)
    over([about(case)], kinds=["case_allocated"])
    if to:
        settle("allocation", about(case), event="allocated", by=by)
        if to.pk != by.pk:
            tell("case_allocated", about(case), event=f"allocation {made.pk}", to=[to.pk])
    return made


@audited
def take_back(case: Case, *, why: str, by: User) -> Allocation:
    """Take the case from whoever has it. The clock on its allocation runs again."""
    own(case, "allocate a case", by)
    if case.owner_id is None:
        raise Refused(f"{case} is with nobody.")
    made = _give(case, None, said(why, "Say why it is taken back."), [], by=by)
    start(
        "allocation", about(case), event=f"taken back {made.pk}", organisation=case.organisation, by=by,
        band=case.band, title=f"Allocate {case.reference}",
    )  # fmt: skip
    return made
