"""What holds files, in whole scans: found early, counted once, and the same however the scan went."""

from collections import Counter
from pathlib import Path

import pytest
from tests.lapwing.scanning.made_containers import FILES, put_containers
from tests.lapwing.scanning.test_archives import scanned

from lapwing.cli import main
from lapwing.scanning.found import Found, Step
from lapwing.scanning.phases import Phase, first_phase


@pytest.mark.parametrize("name", sorted({Path(name).name for name in FILES}))
def test_a_file_that_holds_others_is_looked_into_before_any_picture_is_decoded(name: str) -> None:
    found = Found(path=b"x/" + name.encode(), locator=(Step("folder", name.encode()),))
    assert first_phase(found) == Phase.WALK < Phase.LOOK


def test_everything_in_containers_is_counted_once_and_two_runs_are_the_same(tmp_path: Path) -> None:
    source = put_containers(tmp_path / "device")
    found = scanned(source, tmp_path / "one")  # which checks that the counts add up
    kinds = Counter(str(one["parent"]).split("/")[-1] for one in found.values() if one["parent"])
    assert {Path(name).name for name in FILES} - set(kinds) == {
        "cut.doc", "cut.db", "deep.eml", "locked.doc", "locked.docx", "locked.ppt", "locked.xls",
    }  # fmt: skip
    assert all(found[name]["sha256"] for name in FILES)
    given = ["scan", str(source), "--no-lists", "--out", str(tmp_path / "two"), "--workers", "1"]
    assert main(given) == 0
    assert (tmp_path / "one" / "items.jsonl").read_bytes() == (tmp_path / "two" / "items.jsonl").read_bytes()
