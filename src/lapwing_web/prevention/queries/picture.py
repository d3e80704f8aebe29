"""The picture of completeness: each month's median as a point, and the middle half of its reports as a bar.

The table beside it says the same. A month of which nothing is known has no point and ends the line.
"""

from typing import Any

from lapwing_web.picture import WIDTHS, Picture
from lapwing_web.prevention.queries.counting import Whole

Point = tuple[str, float | None, int | None, int | None, int]  # month, middle, low, high, how many reports
INK, BAR, QUIET = "#17433d", "#8fb5ad", "#484949"
HEIGHTS = {"wide": 260, "narrow": 220}


def points(whole: Whole) -> tuple[Point, ...]:
    """What is drawn, month by month."""
    found: list[Point] = []
    for row in whole.rows:
        name, one = f"{row.month.first:%Y-%m}", row.spread
        found.append(
            (name, one.middle, one.low, one.high, one.number) if one else (name, None, None, None, 0)
        )
    return tuple(found)


def _chart(altair: Any, drawn: tuple[Point, ...], size: str) -> Any:
    rows, run = [], 0
    for month, middle, low, high, number in drawn:
        run += middle is None  # the line is drawn only between months that follow each other
        rows.append({"month": month, "middle": middle, "low": low, "high": high, "n": number, "run": run})
    base = altair.Chart(
        altair.Data(values=rows), width=WIDTHS[size] - 60, height=HEIGHTS[size] - 70
    ).transform_filter("datum.n > 0 || datum.middle === null")
    labels = {"labelFontSize": 14, "labelColor": "#0b0c0c", "titleFontSize": 14, "titleColor": "#0b0c0c"}
    spoken = altair.Axis(
        title=None,
        labelAngle=-45,
        labelExpr=_named(size, len(rows)),
        ticks=False,
        domainColor=QUIET,
        **labels,
    )
    across = altair.X("month:N", sort=None, axis=spoken)
    up = altair.Axis(title="Per cent held", values=[0, 25, 50, 75, 100], gridColor="#dddddd", **labels)
    height = altair.Y("middle:Q", scale=altair.Scale(domain=[0, 100]), axis=up)
    known = base.transform_filter("datum.middle !== null")
    bar = known.transform_filter("datum.low !== null").mark_bar(color=BAR, width={"band": 0.5})
    line = known.mark_line(color=INK, strokeWidth=2).encode(x=across, y=height, detail="run:N")
    dot = known.mark_point(color=INK, fill=INK, size=70, opacity=1).encode(x=across, y=height)
    empty = base.mark_point(opacity=0).encode(x=across)  # keeps the place of a month without reports
    return altair.layer(empty, bar.encode(x=across, y=altair.Y("low:Q"), y2="high:Q"), line, dot)


def _named(size: str, months: int) -> str:
    """How a month is written under the picture: `Jan 26`; where there are many, only some of them."""
    room = 24 if size == "wide" else 8
    step = -(-months // room)
    words = "timeFormat(toDate(datum.value + '-15'), '%b %y')"
    return words if step == 1 else f"datum.index * {months - 1} % {step} < 0.5 ? {words} : ''"


PICTURE: Picture[tuple[Point, ...]] = Picture(_chart, (HEIGHTS, INK, BAR))
