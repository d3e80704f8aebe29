"""The backlog to come as a picture: the middle of a thousand runs, and where nine of ten lie."""

from typing import Any

from lapwing_web.casework.queries.exhibits import ForecastPage
from lapwing_web.picture import WIDTHS, Picture

Point = tuple[str, int, int, int]  # month, low, middle, high
COLOURS = ("#1d70b8", "#17433d")


def points(page: ForecastPage) -> tuple[Point, ...]:
    """What is drawn."""
    return tuple((month.isoformat(), one.low, one.middle, one.high) for month, one in page.months)


def _chart(altair: Any, data: tuple[Point, ...], size: str) -> Any:
    rows = [{"month": month, "low": low, "middle": middle, "high": high} for month, low, middle, high in data]
    base = altair.Chart(altair.Data(values=rows), width=WIDTHS[size] - 90, height=260)
    axis = altair.Axis(
        labelFontSize=13, format="%b %Y", tickCount=4 if size == "narrow" else 8, labelColor="#0b0c0c"
    )
    month = altair.X("month:T", title=None, axis=axis)
    up = altair.Axis(labelFontSize=13, titleFontSize=13, labelColor="#0b0c0c", titleColor="#0b0c0c")
    band = base.mark_area(opacity=0.3, color=COLOURS[0]).encode(
        x=month, y=altair.Y("low:Q", title="Hours that wait", axis=up), y2="high:Q"
    )
    return altair.layer(band, base.mark_line(color=COLOURS[1], strokeWidth=3).encode(x=month, y="middle:Q"))


PICTURE: Picture[tuple[Point, ...]] = Picture(_chart, COLOURS)
