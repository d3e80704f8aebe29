"""`lapwing-web export-audit`: a whole file or none, itself recorded, that `lapwing verify-audit` passes."""

import json
from pathlib import Path

import pytest
from tests.cast import Cast

from lapwing.rules.audit_file import Checker
from lapwing_web.audit.actions import Entry, record_all, recorded
from lapwing_web.audit.models import AuditEntry
from lapwing_web.commands import export_audit, main


def record_some(cast: Cast, count: int) -> None:
    with recorded():
        record_all(
            Entry("triage", f"referral:{n}", cast.intake, "“why”\n", {"n": 1.5}, {"é": [None, True]})
            for n in range(count)
        )


def checked(path: Path, **given: object) -> list[str]:
    with path.open("rb") as lines:
        return [str(fault) for fault in Checker(lines, **given).faults()]  # type: ignore[arg-type]


def test_the_file_is_whole_and_ends_with_the_row_of_its_own_export(cast: Cast, tmp_path: Path) -> None:
    record_some(cast, 2500)
    file = tmp_path / "audit.jsonl"
    assert main(["export-audit", str(file), "--to", "the inspectorate", "--why", "yearly"]) == 0
    assert checked(file) == []
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert (lines[0]["count"], lines[0]["head"]) == (2501, lines[-2]["hash"])
    last = lines[-2]
    assert (last["action"], last["to"], last["why"]) == ("disclose", "the inspectorate", "yearly")
    assert file.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [file]


def test_a_later_export_begins_with_an_earlier_one(cast: Cast, tmp_path: Path) -> None:
    for name in ("first", "second"):
        record_some(cast, 10)
        assert main(["export-audit", str(tmp_path / name)]) == 0
    header = json.loads((tmp_path / "first").read_text().splitlines()[0])
    assert checked(tmp_path / "second", after=(header["count"], header["head"])) == []


def test_an_export_that_fails_leaves_what_was_there(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "audit.jsonl"
    file.write_text("an earlier export")

    def full(*given: object, **more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export_audit.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        main(["export-audit", str(file)])
    assert file.read_text() == "an earlier export"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_cannot_be_written_is_said_and_not_recorded(cast: Cast, tmp_path: Path) -> None:
    assert main(["export-audit", str(tmp_path / "no-such-folder" / "audit")]) == 2
    assert main(["export-audit", str(tmp_path)]) == 2
    assert not AuditEntry.objects.exists()
