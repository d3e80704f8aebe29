"""Drawing decisions for the blind second look, by the share that policy sets."""

from typing import Any

from django.conf import settings

from lapwing.policy import load
from lapwing.rules.second_look import chosen
from lapwing_web.audit.actions import Actor, about, record
from lapwing_web.casework.models import Referral, SecondLook
from lapwing_web.clocks.actions import start
from lapwing_web.moment import now, today


def sample(
    referral: Referral, *, of: str, first: dict[str, Any], by: Actor, share: str = ""
) -> SecondLook | None:
    """Draw this decision, or not. `of` is discard or low_band; `share` is policy's name where that differs.

    Whoever decides cannot choose which are drawn: it follows from the referral's number and how often it has
    been drawn. Must be called inside `@audited`.
    """
    topic = load("second_look", settings.JURISDICTION)
    turn = referral.second_looks.count()
    if not chosen(f"{of}:{referral.pk}:{turn}", topic.on(today()).shares[share or of].share):
        return None
    look = SecondLook.objects.create(
        referral=referral, sampled_at=now(), of=of, first_by=by.username, first_decision=first
    )
    record(
        "draw for a second look", look, by=by, new={"referral": referral.pk, "of": of}, policy=topic.sha256
    )
    start(
        "second_look",
        about(look),
        event="drawn",
        organisation=referral.organisation,
        by=by,
        at=look.sampled_at,
        title=f"Second look at {referral.reference}",
    )
    return look
