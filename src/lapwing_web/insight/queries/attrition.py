"""Attrition at the agency: from received to outcome, every referral in exactly one state, with why it left.

One statement counts by state and reason, another counts what came in. Nothing is estimated.
"""

from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from lapwing.policy import load
from lapwing.rules.statistics import Quantity
from lapwing_web.casework.models import Package, Referral
from lapwing_web.casework.queries.reconcile import informational_reasons
from lapwing_web.insight.queries.counting import Line, Stage, Told, Whole, lines, shared
from lapwing_web.insight.queries.narrowing import Narrowing
from lapwing_web.moment import today
from lapwing_web.refusal import Forbidden
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

State = Referral.State
LEFT, AGENCY, FORCE, OUTCOME = "left", "agency", "force", "outcome"
GROUPS = {
    LEFT: "Left before it reached a force",
    AGENCY: "With the agency",
    FORCE: "With a force",
    OUTCOME: "Came to an outcome",
}
WAY: list[tuple[str, str]] = [  # the order in which the way is shown
    (State.DISCARDED, LEFT),
    (State.MERGED, LEFT),
    (State.RECEIVED, AGENCY),
    (State.DEVELOPING, AGENCY),
    (State.AWAITING_PROVIDER, AGENCY),
    (State.KEPT, AGENCY),
    (State.DISSEMINATED, FORCE),
    (State.ACCEPTED, FORCE),
    (State.CLOSED, OUTCOME),
]
NO_REASON = "No reason recorded"
FEW = 20_000  # referrals


class Counted(NamedTuple):
    """How many referrals share a state, a reason, an outcome and an author."""

    state: str
    reason: str
    outcome: str
    decided_by: str
    number: int

    @property
    def by_rule(self) -> bool:
        """Whether a rule decided, and not a person."""
        return self.decided_by.startswith("rule:")


class Fate(NamedTuple):
    """How many packages share a kind, a state and a reason for return."""

    kind: str
    state: str
    reason: str
    number: int


class Attrition(NamedTuple):
    """The whole, the ratios drawn from it, and the packages sent in it."""

    whole: Whole
    ratios: list[Told]
    packages: Whole
    returned: list[Line]


def attrition(user: User, narrowing: Narrowing) -> Attrition:
    """Where every referral in the narrowing stands. For people of the agency."""
    check(user, "see attrition")
    if not user.in_agency:
        raise Forbidden("A force sees what became of the packages sent to it.")
    referrals = _referrals(narrowing)
    counted, total = _agreed(referrals)
    sent = _sent(narrowing, total)
    by_fate = [
        Fate(*row) for row in sent.values_list("kind", "state", "answer_reason").annotate(n=Count("*"))
    ]
    reached = _reached(by_fate, sent, narrowing.force)
    period = narrowing.period("received")
    whole = _whole(counted, Quantity(total, "referrals", period), narrowing)
    packages, returned = _packages(by_fate, period)
    return Attrition(whole, _ratios(whole, counted, packages, reached), packages, returned)


def _received(narrowing: Narrowing) -> Q:
    """The period, company and band as a condition on referrals."""
    wanted = narrowing.between("received_at")
    if narrowing.provider is not None:
        wanted &= Q(provider_id=narrowing.provider)
    return wanted & Q(risk_band=narrowing.band) if narrowing.band else wanted


def _referrals(narrowing: Narrowing) -> QuerySet[Referral]:
    wanted = _received(narrowing)
    if narrowing.force:
        wanted &= Q(pk__in=_disseminated_to(narrowing.force).values("referral"))
    return Referral.objects.filter(wanted).order_by()


def _disseminated_to(force: str) -> QuerySet[Package]:
    return Package.objects.filter(to=force, kind=Package.Kind.DISSEMINATION)


def _sent(narrowing: Narrowing, total: int) -> QuerySet[Package]:
    """The packages that the narrowing's referrals were sent in; with a force, those that went to it."""
    packages = Package.objects.order_by()
    if narrowing.force:
        packages = packages.filter(to=narrowing.force)
    if not (narrowing.first or narrowing.last or narrowing.provider is not None or narrowing.band):
        return packages
    received = Referral.objects.filter(_received(narrowing)).order_by()
    if total <= FEW:  # the way that is quick for few is slow for many, and the other way about
        return packages.filter(referral__in=received.values("pk"))
    return packages.filter(Exists(received.filter(pk=OuterRef("referral"))))


def _reached(by_fate: list[Fate], sent: QuerySet[Package], force: str) -> int:
    """How many referrals were ever sent (to `force`): those that stand, and those only ever returned.

    A referral stands with one force at most, so only what was returned has to be looked at one by one.
    """
    kind = Package.Kind.DISSEMINATION
    standing = sum(f.number for f in by_fate if f.kind == kind and f.state != Package.State.RETURNED)
    other = Package.objects.filter(kind=kind, referral=OuterRef("referral"))
    other = other.filter(to=force) if force else other
    returned = sent.filter(~Exists(other.exclude(state=Package.State.RETURNED)), kind=kind, state="returned")
    return standing + int(returned.aggregate(n=Count("referral", distinct=True))["n"])


def _agreed(referrals: QuerySet[Referral]) -> tuple[list[Counted], int]:
    """The counts and, counted apart, what came in. Asked again when a report came in between the two."""
    for _ in range(3):
        counted, total = _counted(referrals), referrals.count()
        if sum(row.number for row in counted) == total:
            break
    return counted, total


def _counted(referrals: QuerySet[Referral]) -> list[Counted]:
    rows = referrals.values_list("state", "reason", "outcome", "decided_by").annotate(n=Count("*"))
    return [Counted(*row) for row in rows]


def _whole(counted: list[Counted], total: Quantity, narrowing: Narrowing) -> Whole:
    known = {state for state, _ in WAY}
    stages = [
        Stage(
            code=state,
            label=str(State(state).label),
            group=group,
            count=sum(row.number for row in counted if row.state == state),
            lines=_lines(state, [row for row in counted if row.state == state]),
            url=_listed(state, narrowing),
        )
        for state, group in WAY
    ]
    unplaced = sum(row.number for row in counted if row.state not in known)
    return shared(Whole(total, stages, unplaced, _unexplained(counted)))


def labelled(topic: str) -> dict[str, str]:
    """Today's label of every reason or outcome by its code."""
    entries = getattr(load(topic).on(today()), topic)
    return {code: entry.label for code, entry in entries.items()}


def _lines(state: str, rows: list[Counted]) -> list[Line]:
    """The reasons at an exit. A state that is not one has none."""
    labels = labelled("reasons")
    if state == State.DISCARDED:
        return lines(
            (f"{labels.get(row.reason, row.reason) or NO_REASON}, {_author(row)}", row.number) for row in rows
        )
    if state == State.CLOSED:
        return lines((_ending(row, labels), row.number) for row in rows)
    if state == State.KEPT:
        return lines((labels.get(row.reason, row.reason) or NO_REASON, row.number) for row in rows)
    return []


def _author(row: Counted) -> str:
    return "by a rule" if row.by_rule else "by a person"


def _ending(row: Counted, labels: dict[str, str]) -> str:
    return ended(row.outcome, labels.get(row.reason, row.reason))


def ended(outcome: str, reason: str) -> str:
    """How an outcome and the reason beside it are written."""
    named = labelled("outcomes").get(outcome)
    parts = [f"{outcome}: {named}" if named else outcome, reason]
    return "; ".join(part for part in parts if part) or NO_REASON


def _unexplained(counted: list[Counted]) -> list[str]:
    """Exits without what an exit needs, each as a sentence. There should never be one."""
    silent = sum(row.number for row in counted if row.state == State.DISCARDED and not row.reason)
    ended = sum(
        row.number for row in counted if row.state == State.CLOSED and not row.outcome and not row.reason
    )
    found = []
    if silent:
        found.append(f"{silent:,} discarded with no reason recorded.")
    if ended:
        found.append(f"{ended:,} closed with neither an outcome nor a reason recorded.")
    return found


def _listed(state: str, narrowing: Narrowing) -> str:
    """The queue's list of the same referrals; "" where the queue cannot narrow as this page does."""
    if narrowing.first or narrowing.last or narrowing.force:
        return ""
    asked = {"list": state, "band": narrowing.band, "provider": narrowing.provider}
    try:
        return f"{reverse('queue')}?{urlencode({name: value for name, value in asked.items() if value})}"
    except NoReverseMatch:
        return ""


def _packages(by_fate: list[Fate], period: str) -> tuple[Whole, list[Line]]:
    """Sent = accepted + returned + waiting, and why what came back came back."""
    stages = [
        Stage(
            state, str(Package.State(state).label), FORCE, sum(f.number for f in by_fate if f.state == state)
        )
        for state in Package.State.values
    ]
    total = Quantity(sum(f.number for f in by_fate), "packages", f"of referrals {period}")
    labels = labelled("reasons")
    back = [
        (labels.get(f.reason, f.reason) or NO_REASON, f.number)
        for f in by_fate
        if f.state == Package.State.RETURNED
    ]
    return shared(Whole(total, stages)), lines(back)


def _ratios(whole: Whole, counted: list[Counted], packages: Whole, reached: int) -> list[Told]:
    """The ratios of chapter 4, paras 99 to 107, of these referrals."""
    nothing_to_act_on = informational_reasons()
    informational = sum(
        row.number for row in counted if row.state == State.DISCARDED and row.reason in nothing_to_act_on
    )
    discarded, closed = whole.count(State.DISCARDED), whole.count(State.CLOSED)
    silent = sum(row.number for row in counted if row.state == State.DISCARDED and not row.reason)
    outcomes = load("outcomes").on(today()).outcomes
    charged = sum(
        row.number for row in counted if row.outcome in outcomes and outcomes[row.outcome].bucket == "charge"
    )
    got = packages.count("accepted")
    all_sent = packages.total.value
    told = [
        ("Sent to a force", reached, None, "sent to at least one force", "received"),
        ("Discarded", discarded, None, "discarded", "received"),
        ("Discarded as informational", informational, discarded, "informational", "discarded"),
        ("Discarded without a reason", silent, discarded, "without a reason", "discarded"),
        ("Brought to an outcome", closed, None, "closed", "received"),
        ("Charged or summonsed", charged, reached, "charged or summonsed", "sent to at least one force"),
    ]
    of_referrals = [Told(label, whole.ratio(n, of), above, below) for label, n, of, above, below in told]
    accepted = Told("Packages accepted", packages.ratio(got, all_sent), "accepted", "sent")
    return [*of_referrals, accepted]
