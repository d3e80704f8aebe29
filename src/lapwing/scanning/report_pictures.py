"""The two pictures of a scan's report: when matches were written, and where they lie. Never of an item."""

from collections.abc import Mapping
from html import escape

MOST_BARS = 60  # months; more are put together by year
_WIDE, _HIGH = 900, 180


def timeline(months: Mapping[str, int]) -> str:
    """Bars, as SVG: one for each month, or for each year where there are many. A table stands beside it."""
    counts = dict(sorted(months.items()))
    if len(counts) > MOST_BARS:
        years: dict[str, int] = {}
        for month, number in counts.items():
            years[month[:4]] = years.get(month[:4], 0) + number
        counts = years
    most = max(counts.values(), default=1)
    step = min(_WIDE / max(len(counts), 1), 75)
    bars = []
    for place, (name, number) in enumerate(counts.items()):
        high = _HIGH * number / most
        x, wide = place * step, max(step - 4, 2)
        bars.append(
            f"<rect x='{x:.1f}' y='{_HIGH - high + 20:.1f}' width='{wide:.1f}' height='{high:.1f}'"
            " fill='#1d70b8'>"
            f"<title>{escape(name)}: {number:,}</title></rect>"
        )
        if len(counts) <= 14 or place % (len(counts) // 12 + 1) == 0:
            bars.append(f"<text x='{x:.1f}' y='{_HIGH + 38}' font-size='14'>{escape(name)}</text>")
    return (
        f"<svg viewBox='0 0 {_WIDE} {_HIGH + 48}' role='img' width='100%' aria-label='Files by when they were"
        f" last written; the table below has the numbers'>{''.join(bars)}</svg>"
    )


def tree(folders: Mapping[str, int]) -> str:
    """Nested folders, each with how many known files it and what is in it have."""
    root: dict[str, object] = {}
    totals: dict[str, int] = {}
    for folder, number in sorted(folders.items()):
        at, path = root, ""
        totals[""] = totals.get("", 0) + number
        for part in folder.split("/") if folder else ():
            path = f"{path}/{part}"
            totals[path] = totals.get(path, 0) + number
            at = at.setdefault(part, {})  # type: ignore[assignment]
    whole = f"The source: {totals.get('', 0):,}{_branch(root, '', totals, 0)}"
    return f"<div class='tree'><ul><li>{whole}</li></ul></div>"


def _branch(node: Mapping[str, object], path: str, totals: Mapping[str, int], depth: int) -> str:
    if not node or depth > 100:
        return ""
    leaves = (
        f"<li>{escape(_shown(name))}: {totals[f'{path}/{name}']:,}"
        f"{_branch(below, f'{path}/{name}', totals, depth + 1)}</li>"  # type: ignore[arg-type]
        for name, below in node.items()
    )
    return f"<ul>{''.join(leaves)}</ul>"


def _shown(name: str) -> str:
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in name)
