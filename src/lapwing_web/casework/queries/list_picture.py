"""The picture of a list's versions: what each added and took away. A table beside it says the same."""

from typing import Any

from lapwing_web.casework.queries.known_lists import ListPage
from lapwing_web.picture import WIDTHS, Picture

Bar = tuple[str, int, int]  # the version in words, entries added, entries gone
COLOURS = {"added": "#00703c", "gone": "#b8541a"}  # each at least 4.5:1 on white
SHOWN = 10  # versions


def bars(page: ListPage) -> tuple[Bar, ...]:
    """The latest versions, the oldest of them first."""
    latest = reversed(page.versions[:SHOWN])
    return tuple((f"Version {one.version.number}", one.version.added, one.version.gone) for one in latest)


def _chart(altair: Any, drawn: tuple[Bar, ...], size: str) -> Any:
    rows: list[dict[str, Any]] = [
        {"version": label, "what": what, "count": count if what == "added" else -count, "said": said}
        for label, added, gone in drawn
        for what, count, said in (("added", added, f"+{added:,}"), ("gone", gone, f"−{gone:,}"))
        if count
    ]
    wide = WIDTHS[size]
    labels, room = (100, 90) if size == "wide" else (78, 56)
    most = max((abs(row["count"]) for row in rows), default=1)
    edge = most * (1 + 2 * room / (wide - labels))
    base = altair.Chart(altair.Data(values=rows), width=wide - labels, height=altair.Step(34))
    axis = altair.Axis(
        labelFontSize=15, labelColor="#0b0c0c", ticks=False, domain=False, offset=2,
        minExtent=labels - 10,  # a reader's font may be wider than the one it was measured with
    )  # fmt: skip
    place = altair.Y("version:N", sort=[label for label, *_ in drawn], title=None, axis=axis)
    across = altair.X("count:Q", axis=None, scale=altair.Scale(domain=[-edge, edge], nice=False))
    shade = altair.Color(
        "what:N", scale=altair.Scale(domain=list(COLOURS), range=list(COLOURS.values())), legend=None
    )
    written = {"baseline": "middle", "fontSize": 15, "color": "#0b0c0c"}
    more, less = base.transform_filter("datum.count > 0"), base.transform_filter("datum.count < 0")
    return altair.layer(
        base.mark_bar(height=20).encode(x=across, y=place, color=shade),
        more.mark_text(align="left", dx=5, **written).encode(x=across, y=place, text="said:N"),
        less.mark_text(align="right", dx=-5, **written).encode(x=across, y=place, text="said:N"),
    )


PICTURE: Picture[tuple[Bar, ...]] = Picture(_chart, COLOURS)
