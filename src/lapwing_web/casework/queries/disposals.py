"""Disposals of records: proposed, and done. What is left of a record says nothing of anybody."""

from typing import Any

from django.db.models import QuerySet

from lapwing_web.casework.models import RecordDisposal
from lapwing_web.casework.models.keeping import in_the_way
from lapwing_web.casework.queries.packages import outcome_label
from lapwing_web.listing import Cut, cut
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may

PAGE = 50
State = RecordDisposal.State


def disposals_for(user: User) -> QuerySet[RecordDisposal]:
    """Every disposal of a record of this person's force, whatever became of it."""
    rows = RecordDisposal.objects.select_related("case__organisation", "proposed_by", "answered_by")
    if not may(user, "see retention"):
        return rows.none()
    return rows.filter(case__organisation=user.organisation_id)


def disposals_proposed(user: User) -> QuerySet[RecordDisposal]:
    """Those that wait for a second person."""
    return disposals_for(user).filter(state=State.PROPOSED)


def disposals_of(user: User) -> QuerySet[RecordDisposal]:
    """Those that wait and that this person proposed."""
    return disposals_proposed(user).filter(proposed_by=user)


def disposals_done(user: User) -> QuerySet[RecordDisposal]:
    """Those that were carried out."""
    return disposals_for(user).filter(state=State.DONE)


def disposal_of(user: User, case: int) -> RecordDisposal | None:
    """The disposal by which the record of a case of the force went. None while there is a record."""
    return disposals_done(user).filter(case=case).first()


def disposal_with(user: User, package: int) -> RecordDisposal | None:
    """The disposal with which a package went that the force was sent. None while it can be read."""
    return disposals_done(user).filter(case__packages=package).first()


def waiting(user: User, skip: int = 0) -> Cut:
    """A page of those that wait for a second person, the oldest first, from the `skip`th on."""
    return cut(disposals_proposed(user).order_by("proposed_at", "pk"), PAGE, skip)


def disposed(user: User, skip: int = 0) -> Cut:
    """A page of what the force disposed of, the latest first, from the `skip`th on."""
    check(user, "see retention")
    return cut(disposals_done(user).order_by("-answered_at", "-pk"), PAGE, skip)


def disposal_page(user: User, disposal: RecordDisposal) -> dict[str, Any]:
    """What the page of one disposal shows to this person."""
    proposed, own = disposal.state == State.PROPOSED, disposal.proposed_by_id == user.pk
    return {
        "disposal": disposal,
        "outcome": outcome_label(disposal.outcome),
        "keeps": in_the_way(disposal.case) if proposed else [],
        "may_answer": proposed and not own and may(user, "dispose of a record"),
        "may_withdraw": proposed and own,
        "may_certify": disposal.state == State.DONE and may(user, "make a document"),
        "case_is_there": disposal.case.state != "disposed",
    }
