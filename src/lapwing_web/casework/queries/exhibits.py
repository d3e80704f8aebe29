"""Exhibits for the pages: one with its chain, the case's, the force's queue, and what the backlog will be."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.db.models import QuerySet
from msgspec import Struct

from lapwing.rules import examination as rules
from lapwing.rules.bail import months_from
from lapwing.rules.continuity import FORMAT, LABELS, STEPS, VERSION, Export, Step, faults, seal_after
from lapwing_web.casework.models import Case, Continuity, Exhibit, Laboratory, Restriction
from lapwing_web.casework.models.contact import contact_of_each
from lapwing_web.casework.models.exhibit import ENDS, RESULTS
from lapwing_web.casework.models.governing import examination_policy
from lapwing_web.casework.queries.scan_results import found_on_each, scans_part
from lapwing_web.moment import now, today
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may

MONTHS = 36
PAGE = 100
State = Exhibit.State


def exhibits_for(user: User) -> QuerySet[Exhibit]:
    """Exhibits of this person's force's cases."""
    rows = Exhibit.objects.select_related("case__organisation", "case__owner", "suspect")
    if not may(user, "see cases"):
        return rows.none()
    return rows.filter(case__organisation=user.organisation_id)


def laboratories_for(user: User) -> QuerySet[Laboratory]:
    """Laboratories of this person's own force."""
    rows = Laboratory.objects.filter(organisation=user.organisation_id).order_by("name")
    return rows if may(user, "see cases") else rows.none()


def chain_of(exhibit: Exhibit) -> list[Step]:
    """The exhibit's continuity as the rules know it."""
    names = ("position", "step", "at", "by", "place", "seal", "text", "previous", "hash")
    return [Step(*row) for row in exhibit.continuity.order_by("position").values_list(*names)]


class Whereabouts(Struct):
    """What was last done with an exhibit, where that left it, and the seal that is on it ("" for none)."""

    label: str
    at: datetime
    place: str
    seal: str


def whereabouts(steps: list[Step]) -> Whereabouts | None:
    """Where a chain's last step left the exhibit. None for one without a step."""
    seal = ""
    for one in steps:
        seal = seal_after(one.step, seal, one.seal)
    if not steps:
        return None
    last = steps[-1]
    return Whereabouts(LABELS.get(last.step, last.step), last.at, last.place, seal)


def export_of(exhibit: Exhibit) -> bytes:
    """The chain as `lapwing verify-exhibit` reads it."""
    steps = chain_of(exhibit)
    head = steps[-1].hash if steps else ""
    return msgspec.json.encode(Export(FORMAT, VERSION, exhibit.chained_as, steps, head))


def exhibit_page(user: User, exhibit: Exhibit) -> dict[str, Any]:
    """What the page of one exhibit shows to this person."""
    steps = chain_of(exhibit)
    works = exhibit.case.state == Case.State.OPEN and may(user, "work a case")
    last = steps[-1].step if steps else ""
    return {
        "exhibit": exhibit,
        "kind": examination_policy().kinds[exhibit.kind].label
        if exhibit.kind in examination_policy().kinds
        else exhibit.kind,
        "needs": examination_policy().accreditations[exhibit.needs].label if exhibit.needs else "",
        "scans": scans_part(user, exhibit),
        "steps": [(step, LABELS.get(step.step, step.step)) for step in steps],
        "faults": list(faults(exhibit.chained_as, steps)),
        "last": whereabouts(steps),
        "examinations": [
            (one, RESULTS.get(one.result, one.result))
            for one in exhibit.examinations.select_related("laboratory", "begun_by").order_by("-id")
        ],
        "works": works,
        "may_step": works and bool(STEPS.get(last)),
        "may_queue": works and State.QUEUED in Exhibit.MOVES[exhibit.state],  # type: ignore[index]
    }


def exhibits_part(user: User, case: Case) -> dict[str, Any]:
    """What the case's page shows of its exhibits."""
    kinds = examination_policy().kinds
    rows = case.exhibits.select_related("suspect").order_by("number")
    works = case.state == Case.State.OPEN and may(user, "work a case")
    ended = Continuity.objects.filter(exhibit__case=case, exhibit__state=State.ENDED, step__in=ENDS)
    ends = {exhibit: LABELS[step] for exhibit, step in ended.values_list("exhibit_id", "step")}
    found = found_on_each(case)
    labelled = [
        (row, kinds[row.kind].label if row.kind in kinds else row.kind, ends.get(row.pk), found.get(row.pk))
        for row in rows
    ]
    return {"exhibits": labelled, "works": works, "case": case}


class Line(Struct):
    """One exhibit of the queue."""

    exhibit: Exhibit
    placed: rules.Placed


class QueuePage(Struct):
    """The force's queue in its order, and what its laboratories can do."""

    lines: list[Line]  # from the first that was asked for on
    number: int  # of all that wait
    next: int | None  # where the following ones begin
    laboratories: list[Laboratory]
    lifted_after: int
    confirmed: bool


def queue_page(user: User, skip: int = 0) -> QueuePage:
    """The exhibits that wait, in the order in which they are to be examined, from the `skip`th on."""
    check(user, "see cases")
    queued = exhibits_for(user).filter(state=State.QUEUED)
    light = queued.select_related(None).values_list(
        "pk", "case_id", "case__band", "kind", "needs", "queued_on"
    )
    waiting = list(light)
    labs = list(laboratories_for(user))
    known = [rules.Laboratory(one.name, one.hours_a_week, frozenset(one.accredited)) for one in labs]
    cases = {case for _, case, *_ in waiting}
    contact, bail = contact_of_each(cases), _bail_by_case(cases)
    told = [_waiting(*one, contact[one[1]], bail.get(one[1])) for one in waiting]
    stands = examination_policy()
    placed = rules.placed(told, known, today(), stands)
    shown = placed[max(0, skip) : max(0, skip) + PAGE]
    following = max(0, skip) + PAGE if len(placed) > max(0, skip) + PAGE else None
    whole = queued.in_bulk([one.waiting.key for one in shown])
    lines = [Line(whole[one.waiting.key], one) for one in shown if one.waiting.key in whole]
    return QueuePage(lines, len(placed), following, labs, stands.lifted_after, stands.confirmed)


def _bail_by_case(cases: set[int]) -> dict[int, date]:
    """The soonest day on which bail ends, of each case where some runs."""
    rows = Restriction.objects.filter(
        suspect__case__in=cases, kind__startswith="bail", begins_at__lte=now(), ends_at__gt=now()
    )
    found: dict[int, date] = {}
    for case, day in rows.values_list("suspect__case", "returns_on"):
        if day is not None:
            found[case] = min(day, found.get(case, day))
    return found


def _waiting(
    key: int,
    case: int,
    band: str,
    kind: str,
    needs: str,
    queued_on: date | None,
    contact: str,
    bail_on: date | None,
) -> rules.Waiting:
    kinds = examination_policy().kinds
    hours = kinds[kind].hours if kind in kinds else 8
    since = queued_on or today()
    return rules.Waiting(key, band, contact, since, bail_on, hours, needs)  # type: ignore[arg-type]


class ForecastPage(Struct):
    """What the backlog will be, if things go on as they did, and what that rests on."""

    months: list[tuple[date, rules.Forecast]]
    growth: rules.Growth
    doubles_in: int

    @property
    def shown(self) -> list[tuple[date, rules.Forecast]]:
        """From the first month to the last that may have a backlog; none when no month may."""
        busy = [place for place, (_, one) in enumerate(self.months) if one.high]
        return self.months[busy[0] : busy[-1] + 1] if busy else []


def forecast_page(user: User) -> ForecastPage:
    """The backlog month by month, from what waits now, what arrived in the last year, and what is done in
    a month.
    """
    check(user, "see cases")
    stands = examination_policy()
    queued = exhibits_for(user).filter(state=State.QUEUED).values_list("kind", flat=True)
    hours = [stands.kinds[kind].hours if kind in stands.kinds else 8 for kind in queued]
    year_ago = today() - timedelta(days=365)
    arrived = exhibits_for(user).filter(queued_on__gte=year_ago).count()
    each = (
        sum(hours) / len(hours) if hours else sum(k.hours for k in stands.kinds.values()) / len(stands.kinds)
    )
    a_month = sum(lab.hours_a_week for lab in laboratories_for(user)) * 52 / 12
    growth = rules.Growth(sum(hours), arrived / 12, each, a_month)
    found = rules.forecast(growth, MONTHS, stands)
    first = today().replace(day=1)
    return ForecastPage(
        [(months_from(first, one.month), one) for one in found], growth, stands.data_doubles_in
    )
