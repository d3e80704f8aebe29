"""The blind second look: a sampled decision, taken again by somebody who cannot see the first."""

from lapwing_web.audit.actions import about, audited, record
from lapwing_web.casework.actions.decide import put_back
from lapwing_web.casework.actions.holding import said, start_triage_clock
from lapwing_web.casework.models import Referral, SecondLook
from lapwing_web.clocks.actions import settle
from lapwing_web.moment import now
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

VERDICTS = {
    "discard": {
        "informational": "Informational: nothing here for the police to act on",
        "actionable": "Actionable: somebody should work on it",
    },
    "low_band": dict(Referral.Band.choices),
}
AGREEING = {"discard": "informational", "low_band": "low"}


@audited
def look_again(second_look: SecondLook, *, verdict: str, why: str, by: User) -> SecondLook:
    """Record a second verdict. Where it differs from the first, the referral goes back to be decided.

    A band is not the reviewer's to set: it is questioned until somebody records the facts (`questions`).
    """
    check(by, "take a second look")
    second_look.refresh_from_db()
    if second_look.first_by == by.username:
        raise Forbidden("This was your own decision. Somebody else looks a second time.")
    if second_look.looked_at:
        raise Refused("Somebody else has just given the second verdict on this one.")
    if verdict not in VERDICTS[second_look.of]:
        raise Refused("Choose one of the verdicts in the list.")
    why = said(why, "Say what your verdict rests on.")
    agrees = verdict == AGREEING[second_look.of]
    changes = {"looked_at": now(), "looked_by": by, "verdict": verdict, "why": why, "agrees": agrees}
    SecondLook.objects.filter(pk=second_look.pk).update(**changes)
    second_look.refresh_from_db()
    record("look a second time", second_look, by=by, why=why, new={"verdict": verdict, "agrees": agrees})
    settle("second_look", about(second_look), event="looked at", by=by)
    if not agrees:
        _act_on(second_look, by=by)
    return second_look


def _act_on(second_look: SecondLook, *, by: User) -> None:
    """A discard is reopened; a band thought too low is questioned, with a clock while the agency decides."""
    referral = Referral.objects.get(pk=second_look.referral_id)
    if referral.state == Referral.State.DISCARDED:
        put_back(referral, why="A second look, blind to the first, did not agree with the discard.", by=by)
        return
    record("question the band", referral, by=by, why="A second look put it higher than its band.")
    if referral.state in (*Referral.OPEN, Referral.State.KEPT):
        title = f"Second look found {referral.reference} higher than its band"
        start_triage_clock(referral, event=f"second look {second_look.pk}", by=by, title=title)
