"""Views that a budget, or the viewer’s own word, does not allow: refused until a superior answers."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from lapwing_web.audit.actions import about, record
from lapwing_web.casework.actions.holding import policy_hash, said
from lapwing_web.notifications.actions import tell
from lapwing_web.refusal import Forbidden
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, holders, may

OVERRIDE = "override a budget"


def answered_for(viewer: User, why: str, by: User) -> str:
    """The reason with which a superior other than the viewer answers for the views."""
    check(by, OVERRIDE)
    if viewer.pk == by.pk:
        raise Forbidden("These are your own views. Another supervisor must answer for them.")
    return said(why, "Say why they are taken: it stands beside your name where supervisors look.")


def refuse_views(
    subject: Model, viewer: User, against: Sequence[str], *, action: str, told: str, event: str,
    new: dict[str, Any], by: User,
) -> str:  # fmt: skip
    """Record that views were refused, tell who may answer for them, and say what stands in the way.

    Why is told to the viewer and to those who look after people: how much somebody viewed is not for all.
    """
    record(action, subject, by=by, new={**new, "obstacles": list(against)}, policy=policy_hash("exposure"))
    asked = {one.pk for one in holders(OVERRIDE, by.organisation)} - {viewer.pk, by.pk}
    tell(told, about(subject), event=event, to=asked)
    if viewer.pk == by.pk or may(by, "see welfare"):
        return f"that is more than {viewer} may view now: {'; '.join(against)}"
    return f"that is more than {viewer} may view now"
