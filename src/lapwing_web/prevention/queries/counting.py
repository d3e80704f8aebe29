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
    """Three questions a month, each answered from one index.

    One question for all months would have to put every row in order; of a month there are few kinds.
    """
    accounts = list(provider.accounts.values_list("pk", flat=True))
    rows = []
    for month in period.months:
        held, complete = _held(provider, month)
        rows.append(Row(month, _arrivals(provider, month), _begun(accounts, month), held, complete, few))
    return Whole(rows, few)


def added(several: Iterable[dict[int, int]]) -> dict[int, int]:
    """Counts by value, added up."""
    sums: dict[int, int] = {}
    for counts in several:
        for value, many in counts.items():
            sums[value] = sums.get(value, 0) + many
    return sums


def _arrivals(provider: Provider, month: Month) -> Arrivals:
    """What lapsed never arrived: its receipt is for a person to deal with, and it is counted as begun."""
    received = Receipt.objects.filter(month.within("received_at"), provider=provider, lapsed=False).order_by()
    told = received.annotate(is_detail=Q(fragment__isnull=False), is_again=Q(repeats__isnull=False))
    by = told.values_list("state", "is_detail", "is_again")
    found = Arrivals()
    for state, detail, again, number in by.annotate(n=Count("*")):
        found += Arrivals(**{_kind(state, detail=detail, again=again): number})
    return found


def _kind(state: str, *, detail: bool, again: bool) -> str:
    """Where an arrival is counted. A rejection that somebody has dealt with was one all the same."""
    if detail or state in (State.ATTACHED, State.HELD):
        return "details"
    if again or state in (State.REJECTED, State.CLEARED):
        return "rejected"
    return {State.NEW: "new", State.NEW_VERSION: "versions", State.DUPLICATE: "duplicates"}[State(state)]


def _begun(accounts: list[int], month: Month) -> Begun:
    begun = Submission.objects.filter(month.within("opened_at"), account__in=accounts).order_by()
    return Begun(**{str(state): n for state, n in begun.values_list("state").annotate(n=Count("*"))})


def _held(provider: Provider, month: Month) -> tuple[Held, dict[int, int]]:
    """What the new reports hold, and how many there are by their completeness."""
    measured = Measure.objects.filter(month.within("received_at"), provider=provider).order_by()
    sums: dict[str, Any] = {
        "n": Count("*"),
        "escalations": Count("escalated", filter=Q(escalated=True)),
        "matches": Count("known_match", filter=Q(known_match=True)),
        "counted_files": Sum("files", default=0),
        "uncounted": Count("completeness", filter=Q(files=None)),
    }
    held, complete = Held(), {}
    for percent, number, *others in measured.values_list("completeness").annotate(**sums):
        held += Held(number, *others)
        complete[percent] = number
    return held, complete
