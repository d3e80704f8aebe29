"""The attrition page as one person sees it: the agency's, or one force's own."""

import csv
import io
from collections.abc import Iterator

from msgspec import Struct

from lapwing.rules.statistics import Quantity
from lapwing_web.casework.queries.reconcile import received_sum
from lapwing_web.insight.queries import attrition as agency
from lapwing_web.insight.queries import sent as force
from lapwing_web.insight.queries.counting import Line, Stage, Told, Whole, shared
from lapwing_web.insight.queries.narrowing import Narrowing
from lapwing_web.moment import now
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check


class Besides(Struct):
    """A smaller whole shown below the main one, with its own check."""

    title: str
    whole: Whole
    returned: list[Line] = []


class Page(Struct):
    """Everything the page shows."""

    title: str
    lead: str
    whole: Whole
    groups: dict[str, str]
    ratios: list[Told]
    besides: list[Besides]

    @property
    def grouped(self) -> list[tuple[str, list[Stage]]]:
        """The stages under the heading of their part of the way; a part without stages is left out."""
        parts = [
            (words, [s for s in self.whole.stages if s.group == code]) for code, words in self.groups.items()
        ]
        return [(words, stages) for words, stages in parts if stages]

    @property
    def agrees(self) -> bool:
        """Whether every sum on the page comes to what came in."""
        return all(whole.agrees for whole in [self.whole, *(one.whole for one in self.besides)])


def page(user: User, narrowing: Narrowing) -> Page:
    """The page for this person."""
    return _agency(user, narrowing) if user.in_agency else _force(user, narrowing)


PARTS = {  # of what came in, as `lapwing-web reconcile` names them
    "rejected": ("Could not be read, or are details still without their report", "left"),
    "referrals_reports": ("In referrals: to be worked, in work, or lost on the way with a reason", "agency"),
    "informational": (
        "Informational: only in referrals discarded with nothing to act on",
        "left",
    ),
}


def reports(user: User) -> Whole:
    """Received = rejected + referrals' reports + informational, by the query of `reconcile`."""
    check(user, "see reports")
    found = received_sum()
    period = Narrowing().period("received")
    stages = [Stage(code, *PARTS[code], count) for code, count in found["parts"].items()]
    return shared(Whole(Quantity(found["total"], "reports", period), stages))


def whole(user: User, narrowing: Narrowing) -> Whole:
    """Only what the picture draws."""
    return page(user, narrowing).whole


def _agency(user: User, narrowing: Narrowing) -> Page:
    found = agency.attrition(user, narrowing)
    packages = Besides("Packages sent to forces", found.packages, found.returned)
    return Page(
        "Attrition",
        "From received to outcome: where every referral stands, and why those that left did.",
        found.whole,
        agency.GROUPS,
        found.ratios,
        [packages],
    )


def _force(user: User, narrowing: Narrowing) -> Page:
    found = force.sent(user, narrowing)
    return Page(
        "What became of what we were sent",
        f"From sent to outcome: where every package disseminated to {user.organisation} stands.",
        found.whole,
        force.GROUPS,
        found.ratios,
        [Besides(label, whole) for label, whole in found.others if whole.total.value],
    )


COLUMNS = ("table", "stage", "reason", "count", "of", "unit", "period", "narrowed_to", "as_at")


def table(shown: Page, narrowing: Narrowing) -> str:
    """The page as CSV (RFC 4180). Every row carries what it was counted of, so that none can lose it."""
    narrowed = "; ".join(f"{name}: {value}" for name, value in narrowing.words()) or "nothing"
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    ending = (narrowed, now().isoformat(timespec="seconds"))
    for row in _rows(shown):
        writer.writerow([_plain(cell) for cell in (*row, *ending)])
    return stream.getvalue()


def _rows(shown: Page) -> Iterator[tuple[str | int, ...]]:
    yield from _of(shown.title, shown.whole)
    for one in shown.besides:
        yield from _of(one.title, one.whole)
        total = one.whole.total
        for line in one.returned:
            yield one.title, "Returned", line.label, line.count, total.value, total.unit, total.period
    for told in shown.ratios:
        above, below = told.ratio.numerator, told.ratio.denominator
        yield (
            "Ratios",
            told.label,
            told.above,
            above.value,
            below.value,
            f"{below.unit}, {told.below}",
            below.period,
        )


def _of(title: str, counted: Whole) -> Iterator[tuple[str | int, ...]]:
    total = counted.total
    yield title, "Came in", "", total.value, total.value, total.unit, total.period
    for stage in counted.stages:
        yield title, stage.label, "", stage.count, total.value, total.unit, total.period
        for line in stage.lines:
            yield title, stage.label, line.label, line.count, total.value, total.unit, total.period


def _plain(cell: str | int) -> str | int:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell
