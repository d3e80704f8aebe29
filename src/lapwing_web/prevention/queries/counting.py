"""What one company sent, month by month: arrivals, reports begun, and what the new reports hold."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, Sum
from msgspec import Struct

from lapwing.rules.scorecards import Arrivals, Begun, Held, Spread, spread
from lapwing_web.casework.models import Measure
from lapwing_web.intake.models import Provider, Receipt, Submission
from lapwing_web.prevention.queries.period import Month, Period

State = Receipt.State


class Row(Struct):
    """One month. `complete` counts its new reports by their completeness, in per cent."""

    month: Month
    arrivals: Arrivals = Arrivals()
    begun: Begun = Begun()
    held: Held = Held()
    complete: dict[int, int] = {}
    few: int = 0

    @property
    def spread(self) -> Spread | None:
        """The middle of the completeness of its new reports; None when nothing is known."""
        return spread(self.complete, self.few)


class Whole(Struct):
    """The months together."""

    rows: list[Row]
    few: int

    @property
    def arrivals(self) -> Arrivals:
        """Everything that arrived."""
        return sum((row.arrivals for row in self.rows), Arrivals())

    @property
    def begun(self) -> Begun:
        """Everything begun."""
        return sum((row.begun for row in self.rows), Begun())

    @property
    def held(self) -> Held:
        """What all the new reports hold."""
        return sum((row.held for row in self.rows), Held())

    @property
    def spread(self) -> Spread | None:
        """The middle of the completeness of all of them."""
        return spread(added(row.complete for row in self.rows), self.few)

    @property
    def unmeasured(self) -> int:
        """New reports of which it is not known what they hold."""
        return max(0, self.arrivals.new - self.held.reports)


def counted(provider: Provider, period: Period, few: int) -> Whole:
    """Three questions, whatever the number of reports, each answered from one index."""
    rows = [Row(month, few=few) for month in period.months]
    _arrivals(rows, provider, period)
    _begun(rows, provider, period)
    _held(rows, provider, period)
    return Whole(rows, few)


def added(several: Iterable[dict[int, int]]) -> dict[int, int]:
    """Counts by value, added up."""
    sums: dict[int, int] = {}
    for counts in several:
        for value, many in counts.items():
            sums[value] = sums.get(value, 0) + many
    return sums


def _arrivals(rows: list[Row], provider: Provider, period: Period) -> None:
    """What lapsed never arrived: its receipt is for a person to deal with, and it is counted as begun."""
    received = Receipt.objects.filter(
        period.within("received_at"), provider=provider, lapsed=False
    ).order_by()
    told = received.annotate(
        month=period.month_of("received_at"),
        is_detail=Q(fragment__isnull=False),
        is_again=Q(repeats__isnull=False),
    )
    by = told.values_list("month", "state", "is_detail", "is_again")
    for month, state, detail, again, number in by.annotate(n=Count("*")):
        rows[month].arrivals += Arrivals(**{_kind(state, detail=detail, again=again): number})


def _kind(state: str, *, detail: bool, again: bool) -> str:
    """Where an arrival is counted. A rejection that somebody has dealt with was one all the same."""
    if detail or state in (State.ATTACHED, State.HELD):
        return "details"
    if again or state in (State.REJECTED, State.CLEARED):
        return "rejected"
    return {State.NEW: "new", State.NEW_VERSION: "versions", State.DUPLICATE: "duplicates"}[State(state)]


def _begun(rows: list[Row], provider: Provider, period: Period) -> None:
    begun = Submission.objects.filter(
        period.within("opened_at"), account__in=list(provider.accounts.values_list("pk", flat=True))
    )
    by = begun.order_by().annotate(month=period.month_of("opened_at")).values_list("month", "state")
    for month, state, number in by.annotate(n=Count("*")):
        rows[month].begun += Begun(**{str(state): number})


def _held(rows: list[Row], provider: Provider, period: Period) -> None:
    measured = Measure.objects.filter(period.within("received_at"), provider=provider).order_by()
    by = measured.annotate(month=period.month_of("received_at")).values_list("month", "completeness")
    sums: dict[str, Any] = {
        "n": Count("*"),
        "escalations": Count("escalated", filter=Q(escalated=True)),
        "matches": Count("known_match", filter=Q(known_match=True)),
        "counted_files": Sum("files", default=0),
        "uncounted": Count("completeness", filter=Q(files=None)),
    }
    for month, complete, number, *others in by.annotate(**sums):
        row = rows[month]
        row.held += Held(number, *others)
        row.complete = added([row.complete, {complete: number}])
