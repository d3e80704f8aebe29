"""Offenders to one manager, team by team, as a picture: a bar for each, and a line at what is reasonable."""

from typing import Any

from lapwing_web.offenders.queries.caseload import CaseloadPage
from lapwing_web.picture import WIDTHS, Picture

Bar = tuple[str, float, str]  # the team, offenders to one manager, how it stands
Drawn = tuple[tuple[Bar, ...], int, int]  # the bars, what is reasonable, the alarm
COLOURS = {"Reasonable": "#00703c", "Over what is reasonable": "#f47738", "Alarm": "#d4351c"}


def bars(page: CaseloadPage) -> Drawn:
    """What is drawn: teams that have a manager."""
    found = [(one.all.name, one.all.ratio, one.all.words) for one in page.teams]
    shown = [(name, round(ratio, 1), words) for name, ratio, words in found if ratio is not None]
    return tuple(shown), page.reasonable, page.alarm


def _chart(altair: Any, drawn: Drawn, size: str) -> Any:
    teams, reasonable, alarm = drawn
    rows = [{"team": name, "ratio": ratio, "stands": words} for name, ratio, words in teams]
    lines = {"labelExpr": "split(datum.label, ' ')"} if size == "narrow" else {}  # a word a line
    axis = altair.Axis(
        labelFontSize=14, labelColor="#0b0c0c", ticks=False, domain=False, labelLimit=WIDTHS[size] // 3,
        **lines,
    )  # fmt: skip
    across = altair.Axis(labelFontSize=13, titleFontSize=13, labelColor="#0b0c0c", titleColor="#0b0c0c")
    most = max([alarm, *(ratio for _, ratio, _ in teams)])
    scale = altair.Scale(domain=[0, most * 1.05], nice=False)
    legend = altair.Legend(
        orient="top", title=None, labelFontSize=14, labelLimit=240, direction="vertical", labelColor="#0b0c0c"
    )
    x = altair.X("ratio:Q", title="Offenders to one manager", axis=across, scale=scale)
    width = WIDTHS[size] - WIDTHS[size] // 3 - 40
    base = altair.Chart(altair.Data(values=rows), width=width, height=altair.Step(48))
    colours = altair.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
    drawn_bars = base.mark_bar(height=24).encode(
        x=x,
        y=altair.Y("team:N", sort=[name for name, _, _ in teams], title=None, axis=axis),
        color=altair.Color("stands:N", scale=colours, legend=legend),
    )
    line = altair.Chart(altair.Data(values=[{"at": reasonable}])).mark_rule(color="#0b0c0c", strokeWidth=2)
    return altair.layer(drawn_bars, line.encode(x=altair.X("at:Q", scale=scale)))


PICTURE: Picture[Drawn] = Picture(_chart, (COLOURS, 48))
