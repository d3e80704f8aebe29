"""`lapwing read`: a line a report on the standard output, faults on the standard error, and an exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.lapwing.exchange.schema_walk import SAMPLES

from lapwing.cli import main

TYPICAL = SAMPLES / "ncmec-report" / "typical.xml"
SEVERAL = SAMPLES / "schedule-1" / "several.jsonl"
LAPWING = [sys.executable, "-c", "import sys; from lapwing.cli import main; sys.exit(main())", "read"]


def lapwing_read(*names: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*LAPWING, *names], input=given, capture_output=True, check=False)


def test_each_report_is_one_line_of_json(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["read", str(TYPICAL), str(SEVERAL)]) == 0
    lines = capfdbinary.readouterr().out.splitlines()
    reports = [json.loads(line) for line in lines]
    assert [report["format"] for report in reports] == ["ncmec-report", *["schedule-1"] * 3]
    assert reports[0]["provider"] == "example.org"


def test_what_cannot_be_read_is_said_and_the_rest_is_read(tmp_path: Path) -> None:
    bad, missing = tmp_path / "bad.xml", tmp_path / "missing.xml"
    bad.write_bytes(TYPICAL.read_bytes().replace(b"<port>40000", b"<port>abc"))
    done = lapwing_read(str(bad), str(missing), str(tmp_path), str(TYPICAL))
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 1
    first, second, third = done.stderr.decode().splitlines()
    assert first.startswith(f"{bad}: line ")
    assert first.endswith("/report/personOrUserReported/ipCaptureEvent[1]/port: “abc” is not a whole number.")
    assert second == f"{missing}: No such file or directory"
    assert third == f"{tmp_path}: Is a directory"


def test_a_dash_is_the_standard_input() -> None:
    done = lapwing_read("-", given=TYPICAL.read_bytes())
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["platform"] == "Example Chat"
    assert lapwing_read("-").stderr == b"-: byte 0: It is empty.\n"


def test_reports_before_a_fault_are_printed(tmp_path: Path) -> None:
    file = tmp_path / "two.jsonl"
    file.write_text('{"reportId": "1"}\n{"reportId": 1, "oops": }\n')
    done = lapwing_read(str(file))
    assert done.returncode == 2
    assert json.loads(done.stdout)["reference"] == "1"
    assert b"line 2, $" in done.stderr


def test_a_reader_that_stops_early_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    file.write_text('{"reportId": "1"}\n' * 20_000)
    with subprocess.Popen([*LAPWING, str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait() == 0
