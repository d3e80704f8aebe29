"""One referral becoming part of another: its reports, what was seen in them and what was found out go with
it.
"""

from datetime import datetime

from django.db.models import Q

from lapwing_web.audit.actions import Actor, about, move
from lapwing_web.casework.actions.linking import Link
from lapwing_web.casework.models import Enquiry, Fact, IpEvent, Joining, Referral, SecondLook, Sighting
from lapwing_web.clocks.actions import Start, settle, start_many
from lapwing_web.clocks.queries import open_for
from lapwing_web.moment import now


def absorb(
    referral: Referral,
    into: Referral,
    *,
    because: list[Link],
    why: str,
    by: Actor,
    policy: str = "",
    at: datetime | None = None,
) -> None:
    """Merge `referral` into `into`, by the selectors in `because`. Call inside `recorded()`; weigh `into`
    afterwards.
    """
    move(
        referral, Referral.State.MERGED, by=by, action="merge", why=why, policy=policy, merged_into_id=into.pk
    )
    for joining in Joining.objects.filter(referral=referral):
        joining.referral, joining.because = into, joining.because or [list(link) for link in because]
        joining.save(update_fields=["referral", "because"])
    _move_sightings(referral, into)
    for model in (IpEvent, Fact, Enquiry):
        model.objects.filter(referral=referral).update(referral=into)
    close_second_looks(referral, by=by)
    carry_clocks(referral, into, by)
    settle(None, about(referral), event=f"merged into {into.reference}", by=by)


def carry_clocks(referral: Referral, into: Referral, by: Actor, *, report: int | None = None) -> None:
    """A clock on a sender's priority, or on a hit, goes where its report (None: each) goes, with its time."""
    if into.state not in Referral.OPEN:
        return
    running = open_for(about(referral)).filter(Q(kind__startswith="priority_") | Q(kind="list_hit"))
    if report is not None:
        running = running.filter(event=f"report {report}")
    start_many(
        [
            Start(
                clock.kind, about(into), clock.event, clock.organisation_id, at=clock.started_at,
                title=clock.title, due_at=clock.due_at,
            )
            for clock in running
        ],
        by=by,
    )  # fmt: skip


def _move_sightings(referral: Referral, into: Referral) -> None:
    """A batch's subjects may have one selector in both: then the one already there stands for both."""
    names = ("selector_id", "report_id", "role")
    here = Sighting.objects.filter(referral=referral)
    there = set(Sighting.objects.filter(referral=into, report__in=here.values("report")).values_list(*names))
    if there:
        twice = [pk for pk, *seen in here.values_list("id", *names) if tuple(seen) in there]
        Sighting.objects.filter(pk__in=twice).delete()
    here.update(referral=into)


def close_second_looks(
    referral: Referral, *, by: Actor, why: str = "A later report reopened it before anybody looked."
) -> None:
    """A decision that no longer stands needs no second look: those nobody has taken are closed without a
    verdict.
    """
    for look in SecondLook.objects.filter(referral=referral, looked_at=None):
        SecondLook.objects.filter(pk=look.pk).update(looked_at=now(), why=why)
        settle("second_look", about(look), event="the decision no longer stands", by=by)
