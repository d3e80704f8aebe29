"""The two pictures of a scan's report: when matches were written, and where they lie. Never of an item."""

from collections.abc import Mapping
from html import escape

MOST_BARS = 60  # months; more are put together by year
NOT_KNOWN = "not known"
_WIDE, _HIGH = 900, 180


def timeline(months: Mapping[str, int]) -> str:
    """Bars, as SVG: one for each month, or for each year where there are many. A table stands beside it.

    A month in which nothing was written has its place as well, so that what looks near is near.
    """
    counts = _spaced(months)
    most = max(counts.values(), default=1)
    step = min(_WIDE / max(len(counts), 1), 75)
    bars = []
    for place, (name, number) in enumerate(counts.items()):
        high = _HIGH * number / most
        x, wide = place * step, max(step - 4, 2)
        colour = "#b1b4b6" if name == NOT_KNOWN else "#1d70b8"
        bars.append(
            f"<rect x='{x:.1f}' y='{_HIGH - high + 20:.1f}' width='{wide:.1f}' height='{high:.1f}'"
            f" fill='{colour}'>"
            f"<title>{escape(name)}: {number:,}</title></rect>"
        )
        if len(counts) <= 12 or (name != NOT_KNOWN and place % (len(counts) // 10 + 1) == 0):
            end = x > _WIDE - 60  # else the last would be cut off
            at = f"x='{_WIDE}' text-anchor='end'" if end else f"x='{x:.1f}'"
            bars.append(f"<text {at} y='{_HIGH + 38}' font-size='14'>{escape(name)}</text>")
    grey = "<p>The grey bar, last: not known.</p>" if NOT_KNOWN in counts else ""
    return (
        f"<svg viewBox='0 0 {_WIDE} {_HIGH + 48}' role='img' width='100%' aria-label='Files by when they were"
        f" last written; the table below has the numbers'>{''.join(bars)}</svg>{grey}"
    )


def _spaced(months: Mapping[str, int]) -> dict[str, int]:
    """The same in order, with what lies between; by year where that is more than can be shown."""
    known = {name: number for name, number in months.items() if name != NOT_KNOWN}
    spaced = _filled(
        known, [f"{n // 12:04}-{n % 12 + 1:02}" for n in _span([_month(name) for name in known])]
    )
    if len(spaced) > MOST_BARS:
        years: dict[str, int] = {}
        for name, number in sorted(known.items()):
            years[name[:4]] = years.get(name[:4], 0) + number
        between = [f"{year:04}" for year in _span([int(name) for name in years])]
        spaced = years if len(between) > 2 * MOST_BARS else _filled(years, between)
    return spaced | {name: months[name] for name in (NOT_KNOWN,) if name in months}


def _filled(counts: Mapping[str, int], names: list[str]) -> dict[str, int]:
    return {name: counts.get(name, 0) for name in names}


def _month(name: str) -> int:
    year, _, month = name.partition("-")
    return int(year) * 12 + int(month) - 1


def _span(numbers: list[int]) -> range:
    return range(min(numbers), max(numbers) + 1) if numbers else range(0)


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
