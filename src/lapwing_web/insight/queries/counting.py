"""Counts that must come to a whole: things, each in exactly one stage, with the reasons they are there."""

from collections.abc import Iterable

from msgspec import Struct

from lapwing.rules.statistics import Quantity, Ratio, percent


class Line(Struct):
    """One reason within a stage, and how many stand there for it."""

    label: str
    count: int


class Stage(Struct):
    """Where things stand. `group` is the part of the way: left, agency, force or outcome."""

    code: str
    label: str
    group: str
    count: int
    lines: list[Line] = []
    url: str = ""  # the same things, listed
    share: str = ""  # of what came in


class Whole(Struct):
    """What came in, and where all of it stands. `total` is counted apart, not added up from the stages."""

    total: Quantity
    stages: list[Stage]
    unplaced: int = 0  # in no state that anybody knows
    unexplained: list[str] = []  # stages whose exits lack the reason they need, in sentences

    @property
    def placed(self) -> int:
        """The sum of the stages."""
        return sum(stage.count for stage in self.stages)

    @property
    def agrees(self) -> bool:
        """Whether everything that came in is in exactly one stage."""
        return self.placed == self.total.value and not self.unplaced

    @property
    def sum(self) -> str:
        """The check, written out: `2,000 = 800 + 1,200`."""
        sign = "=" if self.agrees else "≠"
        parts = " + ".join(f"{stage.count:,}" for stage in self.stages if stage.count) or "0"
        return f"{self.total.value:,} {sign} {parts}"

    def count(self, *codes: str) -> int:
        """How many stand in those stages together."""
        return sum(stage.count for stage in self.stages if stage.code in codes)

    def ratio(self, value: int, of: int | None = None, unit: str = "") -> Ratio:
        """Some of what came in over all of it, or over `of` of it, in the same period."""
        unit = unit or self.total.unit
        below = self.total.value if of is None else of
        return Ratio(Quantity(value, unit, self.total.period), Quantity(below, unit, self.total.period))


class Told(Struct):
    """A ratio with its words: what it is, and of what."""

    label: str
    ratio: Ratio
    above: str  # what the numerator counts
    below: str  # what the denominator counts


def shared(whole: Whole) -> Whole:
    """The same with each stage's share of what came in filled in."""
    for stage in whole.stages:
        stage.share = percent(stage.count / whole.total.value) if whole.total.value else "–"
    return whole


def lines(counted: Iterable[tuple[str, int]]) -> list[Line]:
    """Reasons with their counts added up, the most frequent first and equals by name."""
    sums: dict[str, int] = {}
    for label, count in counted:
        sums[label] = sums.get(label, 0) + count
    return [Line(label, count) for label, count in sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))]
