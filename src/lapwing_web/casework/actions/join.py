"""Joining two referrals by hand, and taking a report out of one it does not belong in."""

from typing import Any

from lapwing_web.audit.actions import about, audited, record, record_all
from lapwing_web.casework.actions import assess, draw
from lapwing_web.casework.actions.absorb import absorb, carry_clocks
from lapwing_web.casework.actions.linking import Link
from lapwing_web.casework.actions.opening import AGENCY, logs_clock, triage_clock
from lapwing_web.casework.models import IpEvent, Joining, Referral, Selector, Sighting
from lapwing_web.clocks.actions import settle, start_many
from lapwing_web.intake.models import Report
from lapwing_web.intake.queries.places import Directory
from lapwing_web.intake.queries.reports import current_report
from lapwing_web.moment import UK, now
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

State = Referral.State
MAY_JOIN = (State.RECEIVED, State.DEVELOPING, State.DISCARDED)


@audited
def join(referral: Referral, into: Referral, *, why: str, by: User) -> Referral:
    """Make `referral` part of `into`, which is worked on. What was found out about either holds for both."""
    check(by, "join referrals")
    referral.refresh_from_db()
    into.refresh_from_db()
    if referral.pk == into.pk:
        raise Refused("A referral cannot be joined to itself.")
    if not why.strip():
        raise Refused("Say why they belong together: the reason is kept with the join.")
    if into.state not in Referral.OPEN:
        raise Refused(
            f"{into} is {into.get_state_display().lower()}, so nothing can be joined to it. Reopen it first."
        )
    if referral.state not in MAY_JOIN:
        raise Refused(
            f"{referral} is {referral.get_state_display().lower()} and cannot become part of another. "
            "Join the other way about, or settle what it waits for first."
        )
    absorb(referral, into, because=shared_links(referral, into), why=why.strip(), by=by)
    _weigh(into, by)
    return into


@audited
def undo_join(joining: Joining, *, why: str, by: User) -> Referral:
    """Take a report out of its referral into one of its own, where no rule will join it again. Returns the
    new one.
    """
    check(by, "join referrals")
    joining.refresh_from_db()
    old = Referral.objects.get(pk=joining.referral_id)
    if not why.strip():
        raise Refused("Say why it does not belong: the reason is kept with the report.")
    if joining.undone_at is not None:
        raise Refused("Somebody has just taken this report out already.")
    others = old.joinings.filter(undone_at=None).exclude(pk=joining.pk)
    if not others.exists():
        raise Refused(f"It is the only report in {old}, so there is nothing to take it out of.")
    new = _open_for(joining)
    Joining.objects.filter(pk=joining.pk).update(undone_at=now(), undone_by=by, undone_why=why.strip())
    own = Joining.objects.create(
        report_id=joining.report_id,
        referral=new,
        subject=joining.subject,
        at=now(),
        by=by.username,
        drawn=joining.drawn,
    )
    _take_along(joining, new, stays=others.filter(report_id=joining.report_id).exists())
    record(
        "undo join", old, by=by, why=why.strip(), old={"report": joining.report_id}, new={"moved_to": new.pk}
    )
    record(
        "open", new, by=by, why=why.strip(), new={"state": new.state, "report": own.report_id, "from": old.pk}
    )
    start_many([triage_clock(new, "received"), *logs_clock(new)], by=by)
    carry_clocks(old, new, by, report=joining.report_id)
    settle(
        None, about(old), event=f"moved to {new.reference}", by=by, started_by=f"report {joining.report_id}"
    )
    _weigh(old, by)
    return new


def shared_links(referral: Referral, other: Referral) -> list[Link]:
    """The joining selectors that both were seen with."""
    names = ("selector__kind", "selector__value")
    seen = [set(one.sightings.filter(joins=True).values_list(*names)) for one in (referral, other)]
    return sorted(seen[0] & seen[1])


def _open_for(joining: Joining) -> Referral:
    """A referral of its own for the report, weighed by what it alone says."""
    report = Report.objects.select_related("provider").get(pk=joining.report_id)
    drawn = draw.restored(joining.drawn)
    day = report.received_at.astimezone(UK).date()
    weighed = assess.weigh([drawn], {}, day, assess.forces())
    columns: dict[str, Any] = weighed.columns
    return Referral.objects.create(
        state=State.RECEIVED,
        received_at=report.received_at,
        last_report_at=report.received_at,
        provider=report.provider,
        title=drawn.title,
        organisation_id=AGENCY,
        **columns,
    )


def _take_along(joining: Joining, new: Referral, *, stays: bool) -> None:
    """Move what was seen in the report; where another subject of the same batch stays behind, leave that
    behind too.
    """
    seen = Sighting.objects.filter(referral_id=joining.referral_id, report_id=joining.report_id)
    events = IpEvent.objects.filter(referral_id=joining.referral_id, report_id=joining.report_id)
    if not stays:
        seen.update(referral=new)
        events.update(referral=new)
        return
    report = Report.objects.select_related("provider").get(pk=joining.report_id)
    reading = draw.read(current_report(report), report.received_at.astimezone(UK).date(), Directory())
    own = {(f.kind, f.value) for f in reading.found if f.subject is None or f.subject == joining.subject}
    for selector in Selector.objects.filter(pk__in=seen.values("selector")):
        if (selector.kind, selector.value) in own:
            for sighting in seen.filter(selector=selector):
                sighting.pk, sighting.referral = None, new
                Sighting.objects.bulk_create([sighting])


def _weigh(referral: Referral, by: User) -> None:
    """Weigh a referral again after its reports changed, counting them again."""
    joinings = referral.joinings.filter(undone_at=None).select_related("report")
    reports = {joining.report for joining in joinings}
    if not reports:
        return
    received_at = min(report.received_at for report in reports)
    referral.received_at = received_at
    for weighed in assess.weigh_stored([referral]).values():
        more = {"report_count": len(reports), "last_report_at": max(report.received_at for report in reports)}
        Referral.objects.filter(pk=referral.pk).update(received_at=received_at)
        record_all(assess.store(referral, weighed, by=by, **more))
    start_many(logs_clock(referral), by=by)


__all__ = ["join", "shared_links", "undo_join"]
