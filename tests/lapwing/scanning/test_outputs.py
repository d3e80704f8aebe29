"""What a scan writes for others: a table and a page, of names that are as hostile as names can be."""

import csv
import hashlib
import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.lapwing.matching.made_lists import change
from tests.lapwing.scanning.made_sources import device, picture, put

from lapwing.cli import main
from lapwing.matching.listed import ListedFile
from lapwing.scanning.found import TIMES
from lapwing.scanning.item_table import TIME_COLUMNS

VOID = {"meta", "rect"}


class Page(HTMLParser):
    """The tags of a page, each closed in order, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in ("src", "href"), (name, value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def out(tmp_path: Path) -> Path:
    source = device(tmp_path / "device")
    put(source, "=cmd()/<script>alert(1)<.png", picture(0))
    known = ListedFile({"sha256": hashlib.sha256(picture(0)).digest()}, "no. 1", "A1", "industry")
    change(tmp_path / "lists", "agency", [known])
    given = ["--lists", str(tmp_path / "lists"), "--out", str(tmp_path / "out"), "--workers", "1"]
    assert main(["scan", str(source), *given]) == 0
    return tmp_path / "out"


def test_the_table_has_every_item_and_no_formula(out: Path) -> None:
    with (out / "items.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len((out / "items.jsonl").read_text().splitlines())
    by_path = {row["path"]: row for row in rows}
    known = by_path["'=cmd()/<script>alert(1)<.png"]
    assert (known["lists"], known["categories"], known["closest"]) == ("agency", "industry A1", "0")
    assert known["matched_by"] == "sha256"  # as close as that by its look would be another thing
    assert by_path["Pictures/pipe.png"]["excluded"] == "pipe"
    assert by_path["Pictures/broken.png"]["failure"] == "damaged"
    for line in (out / "items.jsonl").read_text().splitlines():
        item = json.loads(line)
        row = rows.pop(0)
        assert row["path_hex"] == item.get("path_hex", "")
        assert row["inode"] == str(item["inode"])
        for name, column in zip(TIMES, TIME_COLUMNS, strict=True):
            assert row[column] == item["times"].get(name, "")


def test_the_page_says_all_and_is_whole_and_runs_nothing(out: Path) -> None:
    page = Page((out / "report.html").read_text(encoding="utf-8"))
    assert page.open == []
    assert not page.tags & {"script", "img", "link", "iframe"}
    assert hashlib.sha256((out / "items.jsonl").read_bytes()).hexdigest() in page.text
    for said in ("The sum holds.", "<script>alert(1)<.png", "agency 1 by sha256, category A1",
                 "symbolic_link", "damaged", "Known material: yes", "DCIM: 1", "pillow"):  # fmt: skip
        assert said in page.text, said


def test_a_case_goes_to_graders_and_their_grades_come_back(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["scan", str(tmp_path / "device"), "--lists", str(tmp_path / "lists"), "--out", str(out)]
    assert main([*given, "--vics", "12/26"]) == 0
    case = json.loads((out / "case.vics.json").read_text())
    media = case["value"][0]["Media"]
    [known] = [one for one in media if one["MD5"] == hashlib.md5(picture(0)).hexdigest().upper()]
    assert {file["FileName"] for file in known["MediaFiles"]} == {
        "IMG_0000.png",
        "0a1b2c",
        "<script>alert(1)<.png",
    }
    assert {one["Category"] for one in media} == {0}  # an industry A1 is no VICS category
    known["Category"] = 2
    elsewhere = {"MediaID": 900, "Category": 1, "MD5": "ab" * 16}
    case["value"][0]["Media"] = [*media, elsewhere, {"MediaID": 901, "Category": 1}]
    (tmp_path / "graded.json").write_text(json.dumps(case))
    graded = ["--grades", str(tmp_path / "graded.json")]
    assert main([*given, *graded]) == 2
    assert "go together" in capsys.readouterr().err
    assert main([*given, *graded, "--graded-by", "grader 1"]) == 0
    said = f"1 taken, {len(media) - 1} not graded, 0 as a list had them already, 1 of no file here"
    assert f"{said}, 1 that cannot be read" in capsys.readouterr().out
    items = [json.loads(line) for line in (out / "items.jsonl").read_text().splitlines()]
    grades = [one["grades"] for one in items if one["grades"]]
    assert grades == [[{"category": "2", "dialect": "vics", "by": "grader 1"}]] * 3


def test_a_category_that_a_list_gave_is_nobodys_grade(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The case goes out with it, and comes back with it whether anybody has looked or not."""
    for number in range(3):
        put(tmp_path / "device", f"{number}.png", picture(number))
    known = [
        ListedFile({"md5": hashlib.md5(picture(number)).digest()}, category="1", dialect="vics")
        for number in range(2)
    ]
    change(tmp_path / "lists", "graded", known)
    out = tmp_path / "out"
    given = ["scan", str(tmp_path / "device"), "--lists", str(tmp_path / "lists"), "--out", str(out)]
    assert main([*given, "--vics", "12/26"]) == 0
    case = json.loads((out / "case.vics.json").read_text())
    media = case["value"][0]["Media"]
    assert sorted(one["Category"] for one in media) == [0, 1, 1]
    (tmp_path / "untouched.json").write_text(json.dumps(case))
    graded = [*given, "--graded-by", "grader 1", "--grades"]
    assert main([*graded, str(tmp_path / "untouched.json")]) == 0
    assert "0 taken, 1 not graded, 2 as a list had them already" in capsys.readouterr().out
    next(one for one in media if one["Category"] == 1)["Category"] = 3
    (tmp_path / "changed.json").write_text(json.dumps(case))
    assert main([*graded, str(tmp_path / "changed.json")]) == 0
    assert "1 taken, 1 not graded, 1 as a list had them already" in capsys.readouterr().out


def test_the_bundle_of_known_files_is_what_case_validate_accepts(tmp_path: Path, out: Path) -> None:
    given = ["scan", str(tmp_path / "device"), "--lists", str(tmp_path / "lists"), "--out", str(out)]
    assert main([*given, "--case", "--exhibit", "AB/1", "--examiner", "Examiner 1"]) == 0
    graph = json.loads((out / "case.jsonld").read_text())["@graph"]
    names = [node["@id"] for node in graph]
    assert len(set(names)) == len(names)
    files = [node for node in graph if node["@type"] == "uco-observable:File"]
    assert len(files) == 3
    assert {node["uco-core:description"] for node in files} == {"On agency 1 by sha256, category A1"}
    assert {node["uco-core:hasFacet"][0]["uco-observable:allocationStatus"] for node in files} == {
        "allocated"
    }
    validate = [str(Path(sys.executable).with_name("case_validate")), str(out / "case.jsonld")]
    done = subprocess.run(validate, capture_output=True, text=True, check=False)
    assert (done.returncode, "Conforms: True" in done.stdout) == (0, True), done.stdout + done.stderr
