"""Offenders for tests: a team of each force, with its officer, and an offender registered by them."""

from datetime import date, timedelta
from typing import Any

from tests.cast import Cast

from lapwing_web.audit.actions import recorded
from lapwing_web.casework.models import Referral
from lapwing_web.moment import now, today
from lapwing_web.offenders.actions import briefing, linking, notifying
from lapwing_web.offenders.actions.registering import New, register
from lapwing_web.offenders.models import Offender, OffenderLink
from lapwing_web.staff.models import Team, User


def in_a_team(cast: Cast) -> dict[str, Team]:
    """The officers of both forces work in an offender management team of theirs."""
    made = {}
    for letter in ("a", "b"):
        force, officer = getattr(cast, f"force_{letter}"), getattr(cast, f"officer_{letter}")
        made[letter] = Team.objects.create(
            organisation=force, name="Offender management", kind="offender_management"
        )
        officer.team = made[letter]
        User.objects.filter(pk=officer.pk).update(team=made[letter])
    return made


def registered(by: User, number: str = "1", **more: Any) -> Offender:
    """An offender of the force of `by`: high risk since the first of January 2026, unless told otherwise."""
    given: dict[str, Any] = {"level": "high", "since": date(2026, 1, 1), "manager": by, **more}
    return register(New(number, given.pop("name", f"Example offender {number}"), **given), by=by)


def again(offender: Offender) -> Offender:
    """As somebody reads it now."""
    return Offender.objects.get(pk=offender.pk)


def worked(offender: Offender, by: User, referral: Referral, mark: str) -> dict[str, Any]:
    """Everything that hangs on an offender: a stay, an absence, a selector, a link and a briefing."""
    Offender.objects.filter(pk=offender.pk).update(lives_at=mark, area="PR1")
    notifying.require(offender, relevant_on=today(), disposal="imprisonment_long", by=by)
    began_at = now() - timedelta(hours=3)
    stay = notifying.record_notifiable(offender, kind="stay", began_at=began_at, text=mark, by=by)
    absence = notifying.record_absence(offender, kind="custody", begins=today(), by=by)
    selector = linking.add_selector(offender, kind="email", value=f"{mark}@example.com".lower(), by=by)
    with recorded():
        linking.link({(offender, referral): {"email"}}, by=by)
    link = OffenderLink.objects.get(offender=offender)
    kind = Team.Kind.NEIGHBOURHOOD
    team = Team.objects.create(organisation=offender.organisation, name="Example North", kind=kind)
    briefed = briefing.issue(offender, team=team, look_for=mark, by=by)
    made = {"stay": stay, "absence": absence, "offender_selector": selector, "offender_link": link}
    return {**made, "briefing": briefed}
