"""What registered offenders have beside visits: duties to notify, briefings, a referral; and a legal hold."""

from datetime import timedelta

from lapwing_web.casework.actions.legal_hold import place_hold
from lapwing_web.casework.models import Case, Referral, Sighting
from lapwing_web.casework.models.recognising import NOT_OURS
from lapwing_web.demo.people import MANAGER, WHOLE, Cast, short
from lapwing_web.moment import now, today
from lapwing_web.offenders.actions.briefing import acknowledge, issue
from lapwing_web.offenders.actions.linking import add_selector
from lapwing_web.offenders.actions.notifying import (
    record_absence,
    record_notifiable,
    record_notification,
    require,
)
from lapwing_web.offenders.models import Offender
from lapwing_web.offenders.models.linked import KINDS
from lapwing_web.staff.models import User

SENTENCED = timedelta(days=500)  # ago
WITH_FORCES = (Referral.State.DISSEMINATED, Referral.State.ACCEPTED)


def last_days(cast: Cast) -> None:
    """One who notified, one who is late, one in custody; two briefings, one of them read; a link; a hold."""
    for code in WHOLE:
        place = short(cast.forces[code].name)
        manager = cast.people[f"{MANAGER}-{place}"]
        offenders = Offender.objects.filter(organisation=code, state=Offender.State.REGISTERED).order_by("pk")
        _duties(list(offenders[:3]), by=manager)
        _brief(list(offenders[3:5]), cast.people[f"new-officer-{place}"], by=manager)
        _link(offenders[5], by=manager)
        ended = Case.objects.filter(organisation=code, state=Case.State.CLOSED).order_by("pk").last()
        if ended is not None:
            place_hold(
                ended, why="Asked by the prosecutor: an appeal.", by=cast.people[f"supervisor-{place}"]
            )


def _duties(offenders: list[Offender], *, by: User) -> None:
    relevant = today() - SENTENCED
    for one in offenders:
        require(one, relevant_on=relevant, disposal="imprisonment_short", by=by)
        record_notification(one, on=relevant + timedelta(days=2), full=True, by=by)
    notified, late, away = offenders
    record_notification(notified, on=today() - timedelta(days=140), full=True, by=by)
    record_notifiable(
        late, kind="change", began_at=now() - timedelta(days=6), text="The address is another.", by=by
    )
    record_absence(away, kind="custody", begins=today() - timedelta(days=90), by=by)


def _brief(offenders: list[Offender], reader: User, *, by: User) -> None:
    issued = [
        issue(one, team=reader.team, look_for="Visits to parks at school times.", by=by)  # type: ignore[arg-type]
        for one in offenders
    ]
    acknowledge(issued[0], by=reader)


def _link(offender: Offender, *, by: User) -> None:
    """Something that identifies the offender turns out to be in a referral that is with a force."""
    seen = Sighting.objects.filter(referral__state__in=WITH_FORCES, selector__kind__in=KINDS)
    newest = seen.exclude(role__in=NOT_OURS).select_related("selector").order_by("-pk").first()
    if newest is not None:
        add_selector(offender, kind=newest.selector.kind, value=newest.original, by=by)
