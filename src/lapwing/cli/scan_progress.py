"""How a scan stands, on a terminal: a few lines that are written over; elsewhere, only the first match."""

import shutil
import textwrap
from collections import deque
from typing import NamedTuple, TextIO

from lapwing.scanning.answer import known_material, on_list
from lapwing.scanning.phases import SENTENCES, Phase
from lapwing.scanning.verdict import Verdict

BAR = 20  # characters of the whole bar
MOST_LISTED = 6  # lists and categories that are shown, those with most files
LATELY = 20.0  # seconds that a rate is of: in some phases bytes come, in others files are finished
_UNITS = ("B", "kB", "MB", "GB", "TB")


class _Then(NamedTuple):
    seconds: float
    size: int
    files: int


class Progress:
    """Give `show` each verdict. `again` is whether the scan goes on from an earlier run."""

    def __init__(self, stream: TextIO, *, again: bool) -> None:
        self._stream = stream
        self._drawn = stream.isatty()
        self._lines = 0  # that are on the terminal now
        self._lately: deque[_Then] = deque()
        self._found = False
        self._again = again
        if again:
            print("Going on with the scan that is there.", file=stream, flush=True)

    def show(self, verdict: Verdict) -> None:
        """Draw it, and say at once when something known is found for the first time."""
        earlier = self._again and not self._lately  # what an earlier run found is not found now
        self._remember(verdict)
        if verdict.matched and not self._found:
            self._found = True
            if not earlier:
                names = ", ".join(sorted({one.list for one in verdict.by_list}))
                self.clear()
                said = f"First known match after {verdict.seconds:.1f} s: {names}"
                print(said, file=self._stream, flush=True)
        if self._drawn:
            self._draw(verdict)

    def clear(self) -> None:
        """Take the lines away."""
        if self._drawn:
            up = f"\x1b[{self._lines - 1}A" if self._lines > 1 else ""
            self._stream.write(f"{up}\r\x1b[J")
            self._stream.flush()
            self._lines = 0

    def _draw(self, verdict: Verdict) -> None:
        self.clear()
        width, height = shutil.get_terminal_size()
        said = (_known(verdict), _share(verdict), self._rates(verdict), _left(verdict))
        wrapped = [line for one in said for line in textwrap.wrap(one, max(width - 1, 1))]
        lines = wrapped[: max(height - 1, 1)]
        self._stream.write("\n".join(lines))
        self._stream.flush()
        self._lines = len(lines)

    def _remember(self, verdict: Verdict) -> None:
        self._lately.append(_Then(verdict.seconds, verdict.bytes_hashed, _finished(verdict)))
        while self._lately[0].seconds < verdict.seconds - LATELY:
            self._lately.popleft()

    def _rates(self, verdict: Verdict) -> str:
        first, last = self._lately[0], self._lately[-1]
        said = [f"{amount(verdict.bytes_hashed)} of {amount(verdict.bytes_seen)}"]
        if (seconds := last.seconds - first.seconds) > 0:
            size, files = (last.size - first.size) / seconds, (last.files - first.files) / seconds
            said += [f"{amount(size)}/s"] * (size > 0) + [f"{files:,.0f} files/s"] * (files > 0)
        return ", ".join(said)


def _finished(verdict: Verdict) -> int:
    return verdict.seen - sum(waits.files for waits in verdict.phases.values())


def _known(verdict: Verdict) -> str:
    """Whether there is known material so far, and on which lists."""
    most = sorted(verdict.by_list, key=lambda one: (-(one.exactly or 0), -one.files))
    listed = [on_list(one) for one in most[:MOST_LISTED]]
    listed += [f"and {len(most) - MOST_LISTED:,} more"] if len(most) > MOST_LISTED else []
    return ": ".join([known_material(verdict), *(["; ".join(listed)] if listed else [])])


def _share(verdict: Verdict) -> str:
    """A bar: `#` for files that are finished, `=` for those that are hashed and wait to be looked at."""
    finished = _finished(verdict)
    read = verdict.hashed + verdict.excluded + verdict.failed
    full, half = (BAR * files // max(verdict.seen, 1) for files in (finished, read))
    bar = "#" * full + "=" * (half - full) + "." * (BAR - max(half, full))
    return f"[{bar}] {finished:,} of {verdict.seen:,} files finished, {verdict.hashed:,} hashed"


def _left(verdict: Verdict) -> str:
    """The phase that is being done, and how long each takes yet, as far as that is known."""
    if not verdict.listed_whole:
        return "still listing"
    left = [
        f"{SENTENCES[Phase[name.upper()]]} {duration(waits.seconds_left)}"
        for name, waits in verdict.phases.items()
    ]
    return "left: " + ", ".join(left) if left else ""


def amount(size: float) -> str:
    """Bytes as people read them."""
    for unit in _UNITS:
        if size < 1000 or unit == _UNITS[-1]:
            break
        size /= 1000
    return f"{size:.1f} {unit}" if unit != "B" else f"{size:.0f} B"


def duration(seconds: float | None) -> str:
    """Seconds as minutes and hours; unknown where no rate is known yet."""
    if seconds is None:
        return "(not known yet)"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"
