"""The report of a scan, as a court reads it: of what, by whom, what is the same and what looks alike."""

import io
import json
import re
import sqlite3
from pathlib import Path

import pytest
from PIL import Image
from tests.lapwing.matching.made_lists import change
from tests.lapwing.scanning.made_sources import picture, put

from lapwing.cli import main
from lapwing.matching.listed import ListedFile
from lapwing.scanning.report_pictures import NOT_KNOWN, timeline


def scan(tmp_path: Path, *more: str) -> str:
    """The text of the report, with a bar between the cells of a table."""
    given = ["scan", str(tmp_path / "device"), "--out", str(tmp_path / "out"), "--workers", "1", *more]
    assert main(given) == 0
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    return re.sub(r"<[^>]+>", "", page.replace("</td><td", "</td>|<td"))


@pytest.fixture
def lists(tmp_path: Path) -> str:
    """One list with a picture by its bytes and, in the same category, another only by its look."""
    put(tmp_path / "device", "alike.png", picture(2))
    put(tmp_path / "device", "same.png", picture(1))
    given = ["--no-lists", "--out", str(tmp_path / "hashed"), "--workers", "1"]
    assert main(["scan", str(tmp_path / "device"), *given]) == 0
    lines = (tmp_path / "hashed" / "items.jsonl").read_text().splitlines()
    alike, same = (json.loads(line) for line in lines)
    known = [
        ListedFile({"sha256": bytes.fromhex(same["sha256"])}, "no. 1", "A1", "industry"),
        ListedFile({"pdq": bytes.fromhex(alike["pdq"])}, "no. 2", "A1", "industry"),
    ]
    change(tmp_path / "lists", "agency", known)
    return str(tmp_path / "lists")


def test_a_file_that_only_looks_alike_is_never_counted_as_one_that_is_on_a_list(
    tmp_path: Path, lists: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = scan(tmp_path, "--lists", lists)
    assert "agency|industry|A1|1|1" in text
    assert "  1 on agency and 1 like what is on agency, industry category A1\n" in capsys.readouterr().out
    [counted] = json.loads((tmp_path / "out" / "summary.json").read_text())["by_list"]
    assert (counted["files"], counted["exactly"]) == (2, 1)
    assert "alike.png|" in text
    assert "looks like what is on agency 1 by pdq, 0 bits apart, category A1" in text
    assert "looks like what is on agency 1 by sha256" not in text
    scan(tmp_path, "--lists", lists, "--case")
    graph = json.loads((tmp_path / "out" / "case.jsonld").read_text())["@graph"]
    assert [node["uco-core:description"] for node in graph if node["@type"] == "uco-observable:File"] == [
        "Looks like what is on agency 1 by pdq, 0 bits apart, category A1",
        "On agency 1 by sha256, category A1",
    ]


def test_it_says_of_what_and_by_whom_also_after_a_run_that_did_not(tmp_path: Path, lists: str) -> None:
    scan(tmp_path, "--lists", lists, "--exhibit", "AB/<1>", "--examiner", "Examiner 1")
    text = scan(tmp_path, "--lists", lists, "--examiner", "Examiner 2")
    assert "exhibit|AB/&lt;1&gt;" in text
    assert "examined by|Examiner 1, Examiner 2" in text


def test_what_was_compared_with_no_list_is_never_none_found(
    tmp_path: Path, lists: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = scan(tmp_path, "--no-lists")
    assert "Known material: not known, nothing was compared with a list" in text
    assert "does not say that there is no known material" in text
    assert "none found" not in text + capsys.readouterr().out
    assert "Known material: yes. 1 file is on the lists" in scan(tmp_path, "--lists", lists)


def test_each_failure_is_named_with_its_reason_and_not_everything_was_looked_at(tmp_path: Path) -> None:
    put(tmp_path / "device", "broken.png", picture(1)[:200])
    put(tmp_path / "device", "a.png", picture(1))
    text = scan(tmp_path, "--no-lists")
    assert "broken.png|200|damaged|" in text
    assert "2 of 2 files accounted for, 1 of them with a failure" in text


def test_it_has_the_camera_of_a_known_file_and_the_grades_that_people_gave(
    tmp_path: Path, lists: str
) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Acme", "Phone <9>"
    exif.get_ifd(0x8769)[0x9003] = "2026:03:04 05:06:07"
    exif.get_ifd(0x8825).update({1: "S", 2: (33.0, 30.0, 0.0), 3: "W", 4: (70.0, 15.0, 0.0)})
    taken = io.BytesIO()
    Image.open(io.BytesIO(picture(2))).save(taken, "PNG", exif=exif)
    put(tmp_path / "device", "alike.png", taken.getvalue())
    text = scan(tmp_path, "--lists", lists, "--vics", "7")
    assert "|no|Acme Phone &lt;9&gt;; taken 2026:03:04 05:06:07; at -33.5, -70.25" in text
    assert "Grades that people gave" not in text
    case = json.loads((tmp_path / "out" / "case.vics.json").read_text())
    for media in case["value"][0]["Media"]:
        media["Category"] = 3
    put(tmp_path, "graded.json", json.dumps(case).encode())
    graded = ["--grades", str(tmp_path / "graded.json"), "--graded-by", "Grader <1>"]
    text = scan(tmp_path, "--lists", lists, *graded)
    assert "Grader &lt;1&gt;|vics|3|2|2" in text


def bars(drawn: str) -> list[str]:
    return re.findall(r"<title>([^<]*)</title>", drawn)


@pytest.mark.parametrize(
    ("months", "drawn", "why"),
    [
        ({}, [], "nothing"),
        ({NOT_KNOWN: 2}, ["not known: 2"], "no time at all"),
        ({"2025-11": 1, "2026-02": 3},
         ["2025-11: 1", "2025-12: 0", "2026-01: 0", "2026-02: 3"], "an empty month has its place"),
        ({"2010-01": 1, "2016-12": 2, NOT_KNOWN: 4},
         ["2010: 1", *(f"{year}: 0" for year in range(2011, 2016)), "2016: 2", "not known: 4"],
         "years, and what is not known is no year"),
        ({"0001-01": 1, "9999-12": 1}, ["0001: 1", "9999: 1"], "too far apart for all between"),
    ],
)  # fmt: skip
def test_a_timeline_leaves_out_no_time_between(months: dict[str, int], drawn: list[str], why: str) -> None:
    assert bars(timeline(months)) == drawn, why


def test_a_time_that_is_no_date_does_not_stop_the_report(tmp_path: Path, lists: str) -> None:
    scan(tmp_path, "--lists", lists)
    state = sqlite3.connect(tmp_path / "out" / "state.sqlite")
    with state:
        said = json.dumps({"modified": "253402300800.000000007 s after 1970-01-01T00:00:00Z"})
        state.execute("update item set times = ?", (said,))
    state.close()
    assert "not known|2" in scan(tmp_path, "--lists", lists)


def test_a_picture_of_no_bytes_is_nobodys_to_look_at_or_to_grade(tmp_path: Path) -> None:
    put(tmp_path / "device", "empty.jpg", b"")
    put(tmp_path / "device", "a.png", picture(1))
    text = scan(tmp_path, "--no-lists", "--vics", "12/26")
    assert "1 pictures and videos" in text
    assert len((tmp_path / "out" / "stacks.jsonl").read_text().splitlines()) == 1
    [case] = json.loads((tmp_path / "out" / "case.vics.json").read_text())["value"]
    assert [media["MediaSize"] for media in case["Media"]] == [len(picture(1))]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"From: a@example.org\r\nTo: b@example.org\r\nSubject: dull\r\n\r\nDull.\r\n", "message/rfc822"),
        (b"From a@example.org Thu Jan  1 00:00:00 2026\nFrom: a@example.org\n\nDull.\n", "application/mbox"),
    ],
)
def test_mail_is_what_it_is_whatever_its_name(tmp_path: Path, content: bytes, said: str) -> None:
    put(tmp_path / "device", "no-name", content)
    scan(tmp_path, "--no-lists")
    first = json.loads((tmp_path / "out" / "items.jsonl").read_text().splitlines()[0])
    assert (first["path"], first["type"]) == ("no-name", said)
