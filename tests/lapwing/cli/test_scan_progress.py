"""How a scan stands on a terminal, wide and narrow: the answer, the share and the time left are all there."""

import io
import os
import re

import pytest

from lapwing.cli.scan_progress import Progress
from lapwing.scanning.verdict import Listed, Verdict, Waits

LISTED = (Listed("agency", "vics", "2", 7, 5), Listed("industry", "industry", "A\x1b1", 3, 0))
WAITS = {"look": Waits(900, 90_000_000, 75.0), "video": Waits(40, 10**9, 3700.0)}


class Terminal(io.StringIO):
    """What a terminal of so many columns shows: cursor up, return and clear are all that is written to it."""

    def isatty(self) -> bool:
        return True

    def shown(self) -> list[str]:
        lines, row = [""], 0
        for times, act, text in re.findall(r"\x1b\[(\d*)([AJ])|([^\x1b]+)", self.getvalue()):
            if act == "A":
                row -= int(times)
            elif act == "J":
                lines = [*lines[:row], ""]
            for place, line in enumerate(text.replace("\r", "").split("\n")):
                row += place > 0
                lines += [""] * (row + 1 - len(lines))
                lines[row] += line
        return lines


def verdict(seconds: float, hashed: int, waits: dict[str, Waits] = WAITS, **more: object) -> Verdict:
    known: dict[str, object] = {"matched": 10, "matched_exactly": 5, "by_list": LISTED, **more}
    return Verdict(
        seen=2000, hashed=hashed, excluded=0, failed=0, waiting=2000 - hashed, phases=waits,
        bytes_seen=10**9, bytes_hashed=hashed * 1000, listed_whole=True, seconds=seconds, **known,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture(params=[40, 80, 200])
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((request.param, 24)))
    return int(request.param)


def test_all_is_shown_whatever_the_width_and_written_over(columns: int) -> None:
    terminal = Terminal()
    progress = Progress(terminal, again=False)
    for number in range(4):
        progress.show(verdict(float(number), 1000 + 100 * number))
    lines = terminal.shown()
    assert lines[0].startswith("First known match after 0.0 s: agency, industry")
    assert all(len(line) < columns for line in lines[1:])
    text = " ".join(" ".join(lines[1:]).split())
    assert text.count("Known material") == 1
    for said in (
        "Known material: yes. 5 files are on the lists",
        "5 on agency and 2 like what is on agency, vics category 2",
        "3 like what is on industry, industry category A?1",
        "[##########===.......] 1,060 of 2,000 files finished, 1,300 hashed",
        "1.3 MB of 1.0 GB, 100.0 kB/s",
        "looking at pictures 1:15",
        "1:01:40",
    ):
        assert said in text, said
    progress.clear()
    assert [line for line in terminal.shown() if line] == lines[:1]


def test_a_rate_is_of_late_and_of_what_moves() -> None:
    terminal = Terminal()
    progress = Progress(terminal, again=False)
    progress.show(verdict(0.0, 0, {"look": Waits(2000, 1)}))
    progress.show(verdict(100.0, 2000, {"look": Waits(2000, 1)}))
    progress.show(verdict(110.0, 2000, {"look": Waits(1000, 1)}))
    assert "2.0 MB of 1.0 GB, 100 files/s" in terminal.shown()


def test_what_an_earlier_run_found_is_not_found_after_no_time() -> None:
    stream = io.StringIO()
    progress = Progress(stream, again=True)
    progress.show(verdict(0.0, 10))
    assert stream.getvalue() == "Going on with the scan that is there.\n"


def test_many_categories_do_not_push_the_rest_away(columns: int) -> None:
    terminal = Terminal()
    many = tuple(Listed("agency", "industry", f"no. {number}", 1, 1) for number in range(500))
    Progress(terminal, again=True).show(verdict(0.0, 10, by_list=many))
    text = " ".join(" ".join(terminal.shown()).split())
    assert "; and 494 more" in text
    assert "looking at pictures" in text
