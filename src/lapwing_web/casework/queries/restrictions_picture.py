"""A suspect's time as a picture: what restricts them, as bars over time, and the gaps. The table says the
same.
"""

from typing import Any

from django.conf import settings

from lapwing.policy import load
from lapwing_web.casework.models import Gap, Suspect
from lapwing_web.moment import UK, now, today
from lapwing_web.picture import WIDTHS, Picture

COLOURS = {"enforceable": "#00703c", "other": "#6f777b", "gap": "#d4351c"}
Bar = tuple[str, str, str, str]  # label, group, from, until (as ISO local times)
Drawn = tuple[str, tuple[Bar, ...]]  # now, and what is drawn


def drawn(suspect: Suspect) -> Drawn:
    """What is drawn: every restriction and gap, those that nothing ends up to a month from now or the last
    end.
    """
    kinds = load("restrictions", settings.JURISDICTION).on(today()).kinds
    rows = [
        (
            kinds[row.kind].label,
            "enforceable" if kinds[row.kind].enforceable else "other",
            row.begins_at,
            row.ends_at,
        )
        for row in suspect.restrictions.order_by("begins_at", "id")
    ]
    gaps = suspect.gaps.exclude(state=Gap.State.CLOSED).order_by("begins_at")
    rows += [("Gap", "gap", gap.begins_at, gap.ends_at) for gap in gaps]
    known = [at for _, _, begins, ends in rows for at in (begins, ends) if at]
    first, last = min([*known, now()]), max([*known, now()])
    horizon = last + (last - first) / 6
    return _local(now()), tuple(
        (label, group, _local(a), _local(b or horizon)) for label, group, a, b in rows
    )


def _local(moment: Any) -> str:
    return str(moment.astimezone(UK).replace(tzinfo=None).isoformat(timespec="minutes"))


def _chart(altair: Any, data: Drawn, size: str) -> Any:
    moment, bars = data
    rows = [{"label": a, "colour": COLOURS[g], "begin": b, "end": e} for a, g, b, e in bars]
    narrow = size != "wide"
    axis = altair.Axis(
        labelFontSize=14 if narrow else 15,
        labelLimit=135 if narrow else 290,
        minExtent=170 if narrow else 350,  # a browser's font may be wider than the one measured here
        labelColor="#0b0c0c",
        ticks=False,
        domain=False,
    )
    width = WIDTHS[size] - (185 if narrow else 370)
    base = altair.Chart(altair.Data(values=rows), width=width, height=altair.Step(28))
    across = altair.X(
        "begin:T",
        title=None,
        axis=altair.Axis(
            labelFontSize=13, format="%-d %b %y", tickCount=3 if narrow else 6, labelColor="#0b0c0c"
        ),
    )
    bar = base.mark_bar(height=18).encode(
        x=across,
        x2="end:T",
        y=altair.Y("label:N", sort=None, title=None, axis=axis),
        color=altair.Color("colour:N", scale=None, legend=None),
    )
    line = altair.Chart(altair.Data(values=[{"at": moment}])).mark_rule(color="#0b0c0c", strokeDash=[4, 3])
    return altair.layer(bar, line.encode(x="at:T"))


PICTURE: Picture[Drawn] = Picture(_chart, (COLOURS,))
