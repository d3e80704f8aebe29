"""How a scan stands, on a terminal: one line that is written over; elsewhere, only the first match."""

import shutil
from typing import TextIO

from lapwing.scanning.phases import SENTENCES, Phase
from lapwing.scanning.verdict import Verdict

BAR = 20  # characters of the whole bar
_UNITS = ("B", "kB", "MB", "GB", "TB")


class Progress:
    """Give `show` each verdict. `again` is whether the scan goes on from an earlier run."""

    def __init__(self, stream: TextIO, *, again: bool) -> None:
        self._stream = stream
        self._drawn = stream.isatty()
        self._begun: Verdict | None = None  # the first of this run, for rates
        self._found = False
        if again:
            print("Going on with the scan that is there.", file=stream, flush=True)

    def show(self, verdict: Verdict) -> None:
        """Draw it, and say at once when something known is found for the first time."""
        self._begun = self._begun or verdict
        if verdict.matched and not self._found:
            self._found = True
            names = ", ".join(sorted({one.list for one in verdict.by_list}))
            self.clear()
            print(f"First known match after {verdict.seconds:.1f} s: {names}", file=self._stream, flush=True)
        if self._drawn:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(f"\r{self._line(verdict)[:width]}\x1b[K")
            self._stream.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _line(self, verdict: Verdict) -> str:
        finished = verdict.seen - sum(waits.files for waits in verdict.phases.values())
        full = BAR * finished // max(verdict.seen, 1)
        parts = [
            f"[{'#' * full}{'.' * (BAR - full)}] {finished:,} of {verdict.seen:,} files",
            f"{amount(verdict.bytes_hashed)} of {amount(verdict.bytes_seen)}",
            f"{verdict.matched:,} matches",
            self._rate(verdict),
            _left(verdict),
        ]
        return ", ".join(part for part in parts if part)

    def _rate(self, verdict: Verdict) -> str:
        begun = self._begun or verdict
        seconds = verdict.seconds - begun.seconds
        if seconds <= 0:
            return ""
        return f"{amount((verdict.bytes_hashed - begun.bytes_hashed) / seconds)}/s"


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
