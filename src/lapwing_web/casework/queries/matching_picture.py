"""How open cases and training match, as a picture: a bar for each band. The table has the same figures."""

from typing import Any

from lapwing_web.casework.queries.allocation import AllocationPage
from lapwing_web.picture import WIDTHS, Picture

Bar = tuple[str, int, int, int]  # the band in words, with somebody trained, untrained, nobody
COLOURS = {"Trained for it": "#00703c", "Not trained for it": "#d4351c", "With nobody": "#505a5f"}


def bars(page: AllocationPage) -> tuple[Bar, ...]:
    """What is drawn."""
    return tuple((line.label, line.trained, line.untrained, line.nobody) for line in page.bands)


def _chart(altair: Any, drawn: tuple[Bar, ...], size: str) -> Any:
    rows = [
        {"band": label, "what": what, "count": count, "place": place}
        for label, *counts in drawn
        for place, (what, count) in enumerate(zip(COLOURS, counts, strict=True))
    ]
    axis = altair.Axis(labelFontSize=15, labelColor="#0b0c0c", ticks=False, domain=False, minExtent=80)
    across = altair.Axis(labelFontSize=13, labelColor="#0b0c0c", tickMinStep=1, format="d")
    legend = altair.Legend(
        orient="top", title=None, labelFontSize=14, labelLimit=200, direction="vertical", labelColor="#0b0c0c"
    )
    return (
        altair.Chart(altair.Data(values=rows), width=WIDTHS[size] - 110, height=altair.Step(36))
        .mark_bar(height=22, stroke="white")
        .encode(
            x=altair.X("count:Q", title=None, axis=across),
            y=altair.Y("band:N", sort=[bar[0] for bar in drawn], title=None, axis=axis),
            color=altair.Color(
                "what:N",
                scale=altair.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
                legend=legend,
            ),
            order="place:Q",
        )
    )


PICTURE: Picture[tuple[Bar, ...]] = Picture(_chart, COLOURS)
