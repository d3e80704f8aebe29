"""What became of the packages sent to one force: all that its own people are told."""

from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.urls import NoReverseMatch, reverse

from lapwing.policy import load
from lapwing.rules.statistics import Quantity
from lapwing_web.casework.models import Package
from lapwing_web.casework.queries.packages import gone_from
from lapwing_web.insight.queries.attrition import FORCE, LEFT, NO_REASON, OUTCOME, ended, labelled
from lapwing_web.insight.queries.counting import Stage, Told, Whole, lines, shared
from lapwing_web.insight.queries.narrowing import Narrowing
from lapwing_web.moment import today
from lapwing_web.refusal import Forbidden
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

State, Kind = Package.State, Package.Kind
GROUPS = {
    LEFT: "Returned to the agency, or with another force",
    FORCE: "With this force",
    OUTCOME: "Came to an outcome",
}
GONE = "gone"  # in place of a state: the case is another force's now, and so is what becomes of it

STATES: dict[str, str] = {**{str(state): str(state.label) for state in State}, GONE: "With another force now"}


class Row(NamedTuple):
    """How many packages share a kind, a state, whether opened, a reason for return and an outcome."""

    kind: str
    state: str
    unopened: bool
    reason: str
    outcome: str
    outcome_reason: str
    number: int


class Sent(NamedTuple):
    """The disseminations in their stages, their ratios, and the other kinds of package."""

    whole: Whole
    ratios: list[Told]
    others: list[tuple[str, Whole]]


def sent(user: User, narrowing: Narrowing) -> Sent:
    """Where every package sent to this person's force stands. The narrowing's own force is not asked."""
    check(user, "see attrition")
    if user.in_agency:
        raise Forbidden("The agency sees every force on its own page.")
    packages = _packages(user, narrowing)
    rows, totals = _agreed(packages, gone_from(user))
    period = narrowing.period("sent")
    whole = _whole(rows, Quantity(totals.get(Kind.DISSEMINATION, 0), "packages", period))
    kinds = [kind for kind in Kind.values if kind != Kind.DISSEMINATION]
    others = [(str(Kind(kind).label), _plain(rows, kind, totals.get(kind, 0), period)) for kind in kinds]
    return Sent(whole, _ratios(whole, rows), others)


def _packages(user: User, narrowing: Narrowing) -> QuerySet[Package]:
    packages = Package.objects.filter(narrowing.between("sent_at"), to=user.organisation_id).order_by()
    return packages.filter(risk_band=narrowing.band) if narrowing.band else packages


def _agreed(packages: QuerySet[Package], gone: list[int]) -> tuple[list[Row], dict[str, int]]:
    """The counts and, counted apart, what was sent. Asked again when one was sent between the two."""
    for _ in range(3):
        rows, totals = _rows(packages, gone), dict(packages.values_list("kind").annotate(n=Count("*")))
        if sum(row.number for row in rows) == sum(totals.values()):
            break
    return rows, totals


def _rows(packages: QuerySet[Package], gone: list[int]) -> list[Row]:
    left = packages.filter(pk__in=gone).values_list("kind").annotate(n=Count("*")) if gone else ()
    found = (
        (packages.exclude(pk__in=gone) if gone else packages)
        .annotate(unopened=Q(opened_at=None))
        .values_list("kind", "state", "unopened", "answer_reason", "outcome", "outcome_reason")
        .annotate(n=Count("*"))
    )
    return [Row(*row) for row in found] + [Row(kind, GONE, False, "", "", "", n) for kind, n in left]


def _whole(rows: list[Row], total: Quantity) -> Whole:
    labels = labelled("reasons")
    mine = [row for row in rows if row.kind == Kind.DISSEMINATION]
    waiting = [row for row in mine if row.state == State.WAITING]
    accepted = [row for row in mine if row.state == State.ACCEPTED]
    closed = [row for row in accepted if row.outcome]
    returned = [row for row in mine if row.state == State.RETURNED]
    gone = [row for row in mine if row.state == GONE]
    stages = [
        _stage("returned", "Returned", LEFT, returned),
        _stage(GONE, "Accepted, and gone to another force with its case", LEFT, gone),
        _stage("unopened", "Waiting, not yet opened", FORCE, [row for row in waiting if row.unopened]),
        _stage(
            "waiting", "Waiting for an answer, opened", FORCE, [row for row in waiting if not row.unopened]
        ),
        _stage("accepted", "Accepted, no outcome yet", FORCE, [row for row in accepted if not row.outcome]),
        _stage("closed", "Accepted, with an outcome", OUTCOME, closed),
    ]
    stages[0].lines = lines((labels.get(row.reason, row.reason) or NO_REASON, row.number) for row in returned)
    stages[-1].lines = lines(
        (ended(row.outcome, labels.get(row.outcome_reason, row.outcome_reason)), row.number) for row in closed
    )
    silent = sum(row.number for row in returned if not row.reason)
    unexplained = [f"{silent:,} returned with no reason recorded."] if silent else []
    return shared(Whole(total, stages, sum(r.number for r in mine if r.state not in STATES), unexplained))


def _stage(code: str, label: str, group: str, rows: list[Row]) -> Stage:
    return Stage(code, label, group, sum(row.number for row in rows), url=_listed())


def _listed() -> str:
    try:
        return reverse("packages")
    except NoReverseMatch:
        return ""


def _plain(rows: list[Row], kind: str, total: int, period: str) -> Whole:
    """A kind of package that has no outcome of its own: sent = waiting + accepted + returned."""
    stages = [
        _stage(
            state, label, LEFT if state == GONE else FORCE,
            [r for r in rows if r.kind == kind and r.state == state],
        )
        for state, label in STATES.items()
    ]  # fmt: skip
    return shared(Whole(Quantity(total, "packages", period), stages))


def _ratios(whole: Whole, rows: list[Row]) -> list[Told]:
    outcomes = load("outcomes").on(today()).outcomes
    accepted, closed = whole.count("accepted", "closed"), whole.count("closed")
    charged = sum(
        row.number for row in rows if row.outcome in outcomes and outcomes[row.outcome].bucket == "charge"
    )
    told = [
        ("Accepted", accepted + whole.count(GONE), whole.total.value, "accepted", "sent"),
        ("Returned", whole.count("returned"), whole.total.value, "returned", "sent"),
        ("Brought to an outcome", closed, accepted, "with an outcome", "accepted"),
        ("Charged or summonsed", charged, accepted, "charged or summonsed", "accepted"),
    ]
    return [Told(label, whole.ratio(n, of), above, below) for label, n, of, above, below in told]
