"""`lapwing verify-audit`: the exit code and what it prints, without a database or Django."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.lapwing.rules.test_audit_file import rows

from lapwing.cli import main
from lapwing.rules.audit_chain import GENESIS
from lapwing.rules.audit_file import Row, written


def save(path: Path, made: list[Row]) -> Path:
    head = made[-1].hash if made else GENESIS
    path.write_bytes(
        b"".join(written(made, count=len(made), head=head, exported_at="2026-03-02T10:00:00+00:00"))
    )
    return path


def test_a_whole_file_is_0_a_changed_one_1_another_thing_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = save(tmp_path / "audit.jsonl", rows(5))
    assert main(["verify-audit", str(file)]) == 0
    assert "whole: 5 rows" in capsys.readouterr().out
    file.write_bytes(file.read_bytes().replace(b"referral:3", b"referral:4"))
    assert main(["verify-audit", str(file)]) == 1
    assert "position 3: this row was changed" in capsys.readouterr().out
    file.write_text("something else\n")
    assert main(["verify-audit", str(file)]) == 2
    assert main(["verify-audit", str(tmp_path / "absent")]) == 2


def test_an_earlier_export_and_a_noted_head_are_checked(tmp_path: Path) -> None:
    earlier, later = save(tmp_path / "earlier", rows(3)), save(tmp_path / "later", rows(6))
    other = save(tmp_path / "other", rows(6, by="officer-b"))
    assert main(["verify-audit", str(later), "--after", str(earlier)]) == 0
    assert main(["verify-audit", str(other), "--after", str(earlier)]) == 1
    assert main(["verify-audit", str(later), "--head", rows(3)[-1].hash.upper()]) == 0
    assert main(["verify-audit", str(other), "--head", rows(3)[-1].hash]) == 1


def test_it_needs_neither_django_nor_a_database(tmp_path: Path) -> None:
    file = save(tmp_path / "audit.jsonl", rows(5))
    code = (
        "import sys; sys.modules['django'] = None; from lapwing.cli.verify_audit import add_arguments, run\n"
        "import argparse; p = argparse.ArgumentParser(); add_arguments(p)\n"
        "sys.exit(run(p.parse_args(sys.argv[1:])))"
    )
    assert subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True).returncode == 0
