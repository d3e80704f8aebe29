"""How far a report has come, in the few words that its company may know.

Never what was decided, by whom, or about whom. That a rule discarded it is not told either: a company could
learn from the minute it took what the rules look for, and a person may yet look again.
"""

from collections.abc import Iterable
from typing import Literal

from lapwing_web.casework.models import Joining, Referral
from lapwing_web.intake.models import Submission

Progress = Literal["open", "finished", "received", "being_worked", "decided", "retracted", "lapsed"]
State = Referral.State
WORKED = {State.DEVELOPING, State.AWAITING_PROVIDER, State.KEPT, State.DISSEMINATED, State.ACCEPTED}


def progress_of(submissions: Iterable[Submission]) -> dict[int, Progress]:
    """The progress of each, by the submission's key. Needs their reports."""
    held = list(submissions)
    referrals: dict[int, list[Referral]] = {}
    joined = Joining.objects.filter(
        report_id__in={one.report_id for one in held if one.report_id}, undone_at=None
    )
    for joining in joined.select_related("referral__merged_into"):
        referrals.setdefault(joining.report_id, []).append(joining.referral)
    return {one.pk: _progress(one, referrals) for one in held}


def _progress(submission: Submission, referrals: dict[int, list[Referral]]) -> Progress:
    if submission.report_id is None:
        states: dict[str, Progress] = {"open": "open", "retracted": "retracted", "lapsed": "lapsed"}
        return states.get(submission.state, "finished")
    told = {_told(one) for one in referrals.get(submission.report_id, [])}
    if told == {"decided"}:
        return "decided"
    return "received" if told <= {"received"} else "being_worked"


def _told(referral: Referral) -> Progress:
    if referral.state == State.MERGED and referral.merged_into is not None:
        referral = referral.merged_into
    if referral.state in WORKED:
        return "being_worked"
    by_a_person = not referral.decided_by.startswith("rule:")
    decided = referral.state == State.CLOSED or (referral.state == State.DISCARDED and by_a_person)
    return "decided" if decided else "received"
