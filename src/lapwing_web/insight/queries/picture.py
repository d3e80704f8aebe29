"""The picture of a whole: each stage a bar that begins where the last one ended, and so they add up.

The table beside it says the same: nothing is only in the picture, and no meaning is only in a colour.
"""

from typing import Any

from lapwing_web.insight.queries.counting import Whole
from lapwing_web.picture import WIDTHS, Picture

Bar = tuple[str, str, int, str]  # label, group, count, share
COLOURS = {  # each at least 4.5:1 on white, and apart for every common kind of colour vision
    "all": "#17433d",
    "left": "#6f777b",
    "agency": "#1d70b8",
    "force": "#54319f",
    "outcome": "#00703c",
}


def bars(whole: Whole) -> tuple[Bar, ...]:
    """What is drawn: what came in, then every stage that holds anything."""
    first: Bar = ("Came in", "all", whole.total.value, "")
    return (first, *((s.label, s.group, s.count, s.share) for s in whole.stages if s.count))


def _chart(altair: Any, drawn: tuple[Bar, ...], size: str) -> Any:
    return _wide(altair, _rows(drawn)) if size == "wide" else _narrow(altair, _rows(drawn))


def _rows(drawn: tuple[Bar, ...]) -> list[dict[str, Any]]:
    rows, start = [], 0
    for place, (label, group, count, share) in enumerate(drawn):
        begin = 0 if group == "all" else start
        said = f"{count:,}" + (f" ({share})" if share else "")
        row = {"place": place, "label": label, "begin": begin, "end": begin + count, "said": said}
        rows.append({**row, "colour": COLOURS[group]})
        start = 0 if group == "all" else begin + count
    return rows


def _wide(altair: Any, rows: list[dict[str, Any]]) -> Any:
    """Names at the left, and each count beside its bar, on the side that has room."""
    most = max(row["end"] for row in rows) or 1
    base = altair.Chart(altair.Data(values=rows), width=WIDTHS["wide"] - 230, height=altair.Step(30))
    place = altair.Y(
        "label:N",
        sort=None,
        title=None,
        axis=altair.Axis(labelFontSize=15, labelLimit=220, labelColor="#0b0c0c", ticks=False, domain=False),
    )
    across = altair.X("begin:Q", axis=None, scale=altair.Scale(domain=[0, most], nice=False))
    bar = base.mark_bar(height=20).encode(
        x=across, x2="end:Q", y=place, color=altair.Color("colour:N", scale=None, legend=None)
    )
    written = {"baseline": "middle", "fontSize": 15, "color": "#0b0c0c"}
    right = base.transform_filter(f"datum.end <= {most * 0.8}")
    left = base.transform_filter(f"datum.end > {most * 0.8} && datum.begin > {most * 0.2}")
    inside = base.transform_filter(f"datum.end > {most * 0.8} && datum.begin <= {most * 0.2}")
    return altair.layer(
        bar,
        right.mark_text(align="left", dx=6, **written).encode(x="end:Q", y=place, text="said:N"),
        left.mark_text(align="right", dx=-6, **written).encode(x="begin:Q", y=place, text="said:N"),
        inside.mark_text(align="right", dx=-6, **{**written, "color": "white"}).encode(
            x="end:Q", y=place, text="said:N"
        ),
    )


def _narrow(altair: Any, rows: list[dict[str, Any]]) -> Any:
    """The words on a line of their own above each bar, which then has the whole width."""
    most = max(row["end"] for row in rows) or 1
    rows = [{**row, "words": f"{row['label']}: {row['said']}"} for row in rows]
    base = altair.Chart(altair.Data(values=rows), width=WIDTHS["narrow"] - 8, height=altair.Step(46))
    place = altair.Y("place:O", axis=None)
    across = altair.X("begin:Q", axis=None, scale=altair.Scale(domain=[0, most], nice=False))
    bar = base.mark_bar(height=14, yOffset=10).encode(
        x=across, x2="end:Q", y=place, color=altair.Color("colour:N", scale=None, legend=None)
    )
    words = base.mark_text(align="left", baseline="middle", dy=-9, fontSize=15, color="#0b0c0c")
    return altair.layer(bar, words.encode(x=altair.value(0), y=place, text="words:N"))


PICTURE: Picture[tuple[Bar, ...]] = Picture(_chart, COLOURS)
