"""Of a report told on the public form: how far it has come."""

from typing import Literal

from msgspec import Struct

from lapwing_web.casework.models import Joining, Referral
from lapwing_web.intake.models import Provider, Report

State = Literal["received", "looked_at", "closed"]
ENDED = {Referral.State.CLOSED, Referral.State.DISCARDED}


class Standing(Struct):
    """One of three words, and the id of the report."""

    report: int
    state: State


def standing_of(reference: str) -> Standing | None:
    """How far the report with this reference, as it was given out, has come."""
    told = Report.objects.filter(provider__kind=Provider.Kind.FORM, reference=reference).first()
    if told is None:
        return None
    joinings = Joining.objects.filter(report=told, undone_at=None)
    states = set(joinings.values_list("referral__state", flat=True))
    if states and states <= ENDED:
        return Standing(told.pk, "closed")
    waiting = not states - ENDED - {Referral.State.RECEIVED}
    return Standing(told.pk, "received" if waiting else "looked_at")
