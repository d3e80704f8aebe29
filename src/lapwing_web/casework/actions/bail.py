"""Bail before charge: who may give and extend it, until when, and what the prosecutor's time does to it."""

from datetime import date, datetime

from django.conf import settings

from lapwing.policy import load
from lapwing.policy.topics.bail import BailVersion
from lapwing.rules.bail import WithProsecutor, authoriser, midnight_after, resumed
from lapwing_web.audit.actions import Actor, about, audited, record
from lapwing_web.casework.actions.gaps import find_gaps
from lapwing_web.casework.actions.holding import policy_hash
from lapwing_web.casework.actions.owning import own
from lapwing_web.casework.models import Arrest, BailStop, Case, Restriction
from lapwing_web.casework.models.governing import stages_of
from lapwing_web.clocks.actions import settle, start
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import UK, now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

RANKS = {
    "custody_officer": "a custody officer",
    "inspector": "an inspector",
    "superintendent": "a superintendent",
    "assistant_chief_constable": "an assistant chief constable or commander",
}
ORDER = list(RANKS)
COURT = "court"


def bail_of(arrest: Arrest) -> Restriction | None:
    """The bail that runs now for this arrest, if any."""
    given = arrest.restrictions.filter(kind__startswith="bail").order_by("-begins_at").first()
    if given is None or (given.ends_at is not None and given.ends_at <= now()):
        return None
    return given


def check_bail(arrest: Arrest, returns_on: date | None, rank: str) -> datetime:
    """The instant at which bail until `returns_on` ends. Refuses a rank that may not give it for so long."""
    if returns_on is None or returns_on < today():
        raise Refused("Give the day on which the suspect returns: today or later.")
    found = stages_of(arrest)
    needed = authoriser(returns_on, found)
    if rank == COURT:
        if found and needed is not None:
            raise Refused(
                f"A court is asked after the last stage; until then {RANKS[needed]} authorises bail."
            )
        return midnight_after(returns_on)
    if needed is None:
        last = found[-1].last_on
        raise Refused(f"Only a court can give bail beyond {last:%-d %B %Y}, the end of the last stage.")
    if rank not in ORDER or ORDER.index(rank) < ORDER.index(needed):
        raise Refused(f"Bail until {returns_on:%-d %B %Y} has to be authorised by {RANKS[needed]}.")
    return midnight_after(returns_on)


def start_bail_clock(bail: Restriction, case: Case, *, by: Actor) -> None:
    """Start the clock on the end of bail."""
    start(
        "bail",
        about(bail),
        event=f"until {bail.returns_on}, {Clock.objects.filter(kind='bail', about=about(bail)).count() + 1}",
        organisation=case.organisation,
        owner=case.owner,
        by=by,
        due_at=bail.ends_at,
        title=f"Bail ends, {bail.suspect.reference}",
    )


def check_running(arrest: Arrest, bail: Restriction) -> None:
    """Refuse what cannot be done while bail's period stands still, or a court has been asked."""
    if arrest.applications.filter(answer="").exists():
        raise Refused("A court has been asked: bail goes on until it answers. Record its answer.")
    if bail.ends_at is None:
        raise Refused(
            "The file is with the prosecutor: bail does not run, and cannot be extended until it is back."
        )


def running(arrest: Arrest, by: User) -> tuple[Case, Restriction]:
    case = own(
        Case.objects.select_related("organisation", "owner").get(pk=arrest.suspect.case_id), "work a case", by
    )
    bail = bail_of(arrest)
    if bail is None:
        raise Refused(f"{arrest.suspect} is not on bail for this arrest, or bail has ended.")
    return case, bail


@audited
def extend_bail(arrest: Arrest, *, returns_on: date, rank: str, by: User) -> Restriction:
    """Extend bail before it ends, on the word of the rank that the law asks for."""
    case, bail = running(arrest, by)
    check_running(arrest, bail)
    if bail.returns_on is not None and returns_on <= bail.returns_on:
        raise Refused(f"The suspect returns on {bail.returns_on:%-d %B %Y} already. Give a later day.")
    until(bail, returns_on, check_bail(arrest, returns_on, rank), case, "extend bail", by=by, rank=rank)
    return bail


def until(
    bail: Restriction,
    returns_on: date,
    ends: datetime | None,
    case: Case,
    action: str,
    *,
    by: User,
    rank: str = "",
) -> None:
    """Bail has another end from now on (None: nothing ends it yet), with its clock and its gaps."""
    old = {"returns_on": bail.returns_on, "ends_at": bail.ends_at, "authorised_by": bail.authorised_by}
    bail.returns_on, bail.ends_at = returns_on, ends
    bail.authorised_by = rank or bail.authorised_by
    columns = {"returns_on": returns_on, "ends_at": ends, "authorised_by": bail.authorised_by}
    Restriction.objects.filter(pk=bail.pk).update(**columns)
    record(action, case, by=by, old=old, new=columns, policy=policy_hash("bail"))
    settle("bail", about(bail), event=action, by=by)
    if ends is not None and ends > now():
        start_bail_clock(bail, case, by=by)
    find_gaps(case)


@audited
def send_to_prosecutor(arrest: Arrest, *, on: date, by: User) -> BailStop:
    """The file goes to the prosecutor: from that day bail's period does not run, where the regime says so."""
    case, bail = running(arrest, by)
    if arrest.applications.filter(answer="").exists():
        raise Refused("A court has been asked about bail: record its answer before the file goes out.")
    if arrest.stops.filter(back_on=None).exists():
        raise Refused("The file is with the prosecutor already.")
    if not bail.begins_at.astimezone(UK).date() <= on <= today():
        raise Refused("The file cannot have been sent before bail was given, or in the future.")
    last = arrest.stops.order_by("-back_on").first()
    if last and last.back_on and on < last.back_on:
        raise Refused(
            f"The file came back on {last.back_on:%-d %B %Y}: it cannot have been sent again before."
        )
    stop = BailStop.objects.create(arrest=arrest, sent_on=on)
    record("send to the prosecutor", case, by=by, new={"sent_on": on})
    if law_of(arrest).stops_with_prosecutor and bail.returns_on is not None:
        until(bail, bail.returns_on, None, case, "stop bail's period", by=by)
    return stop


def law_of(arrest: Arrest) -> BailVersion:
    """The regime of the day of the arrest."""
    return load("bail", settings.JURISDICTION).on(arrest.at.astimezone(UK).date())


@audited
def back_from_prosecutor(arrest: Arrest, *, on: date, by: User) -> BailStop:
    """The file comes back: bail runs on, with as many days as it was away, and never fewer than the law's."""
    case, bail = running(arrest, by)
    stop = arrest.stops.filter(back_on=None).first()
    if stop is None:
        raise Refused("The file is not with the prosecutor.")
    if not stop.sent_on <= on <= today():
        raise Refused("The file cannot have come back before it was sent, or in the future.")
    stop.back_on = on
    stop.save(update_fields=["back_on"])
    record("back from the prosecutor", case, by=by, old={"sent_on": stop.sent_on}, new={"back_on": on})
    law = law_of(arrest)
    if law.stops_with_prosecutor and bail.returns_on is not None:
        returns = resumed(bail.returns_on, WithProsecutor(stop.sent_on, on), law)
        if returns is not None:
            until(bail, returns, midnight_after(returns), case, "bail runs on", by=by)
    return stop
