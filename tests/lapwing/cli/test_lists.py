"""`lapwing lists`: what comes in, what is refused by line, and each version that is kept."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.lapwing.matching.made_lists import change

from lapwing.cli import main
from lapwing.exchange.hash_sets import HASH_SETS
from lapwing.exchange.hash_sets.reading import SHOWN
from lapwing.matching import HashList
from lapwing.matching.disclosures import disclosures
from lapwing.matching.listed import ListedFile

GOOD = "1" * 32 + "\n" + "2" * 40 + "\n"


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAPWING_LISTS", str(tmp_path / "lists"))
    return tmp_path / "lists"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def written(tmp_path: Path, text: str) -> str:
    (tmp_path / "source.txt").write_text(text, encoding="utf-8")
    return str(tmp_path / "source.txt")


def test_a_list_comes_in_is_shown_compared_checked_and_gone_back_to(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lists", "import", written(tmp_path, "\ufeff" + GOOD), "--name", "agency"]) == 0
    [first] = lines(capsys)
    assert (first["number"], first["hashes"], first["source"]) == (1, {"md5": 1, "sha1": 1}, "source.txt")
    assert main(["lists", "import", written(tmp_path, "3" * 32), "--name", "agency"]) == 0
    assert main(["lists", "show"]) == 0
    assert [(one["name"], one["number"]) for one in lines(capsys)] == [("agency", 2)] * 2
    assert main(["lists", "diff", "agency"]) == 0
    assert [(one["change"], one.get("md5")) for one in lines(capsys)] == [
        ("gone", "1" * 32),
        ("gone", None),
        ("added", "3" * 32),
    ]
    assert main(["lists", "rollback", "agency", "--to", "1", "--reason", "a bad day"]) == 0
    assert main(["lists", "show", "agency"]) == 0
    assert [one["source"] for one in lines(capsys)][1:] == ["source.txt", "source.txt", "rollback: a bad day"]
    assert main(["lists", "merge", "agency"]) == 0
    capsys.readouterr()
    assert main(["lists", "verify"]) == 0
    assert capsys.readouterr().out == "agency: version 3 is whole, 2 entries\n"


def test_a_damaged_list_is_named_and_the_others_are_still_checked(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("agency", "partner"):
        main(["lists", "import", written(tmp_path, GOOD), "--name", name])
    [layer] = (lists / "agency").glob("*.layer")
    content = bytearray(layer.read_bytes())
    content[0] ^= 1
    layer.write_bytes(content)
    capsys.readouterr()
    assert main(["lists", "verify"]) == 1
    said = capsys.readouterr()
    assert "partner: version 1 is whole" in said.out
    assert f"agency/{layer.name}: its part" in said.err
    assert "was changed or damaged" in said.err


def test_a_bad_line_is_named_and_nothing_comes_in_until_told(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bring = ["lists", "import", written(tmp_path, GOOD + "nonsense\n" * 60), "--name", "agency"]
    assert main(bring) == 2
    said = capsys.readouterr().err
    assert "line 3: it is not an MD5" in said
    assert f"and {60 - SHOWN} more bad entries" in said
    assert not (lists / "agency").exists()
    assert main([*bring, "--skip-bad"]) == 2
    assert len(HashList.open(lists, "agency")) == 2


def test_what_cannot_be_done_is_said(tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = written(tmp_path, GOOD)
    for wrong in (
        ["lists", "import", source, "--name", "../up"],
        ["lists", "import", str(tmp_path / "no"), "--name", "a"],
        ["lists", "import", source, "--name", "a", "--column", "colour=1"],
        ["lists", "import", source, "--name", "a", "--keep", "0"],
        ["lists", "show"],
        ["lists", "show", "agency"],
        ["lists", "rollback", "agency", "--to", "1", "--reason", "none"],
    ):
        assert main(wrong) == 2, wrong
        assert capsys.readouterr().err.startswith("lapwing lists: "), wrong
    assert not lists.exists() or list(lists.iterdir()) == []


def test_a_published_list_is_known_by_its_first_bytes_and_one_cut_short_is_none(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "set.json"
    media = [{"MediaID": 1, "Category": 1, "MD5": "AB" * 16, "SHA1": "CD" * 20}]
    source.write_text("\ufeff" + json.dumps({"@odata.context": "ProjectVic 2.0", "value": media}))
    bring = ["lists", "import", str(source), "--name", "partner"]
    assert main(bring) == 0
    assert lines(capsys)[0]["hashes"] == {"md5": 1, "sha1": 1}
    source.write_bytes(source.read_bytes()[:-3])
    assert main(bring) == 2
    assert "breaks in the middle" in capsys.readouterr().err
    assert main([*bring, "--format", "threatexchange"]) == 2


def test_columns_are_declared_and_changes_say_what_is_withdrawn(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = ["--column", "identity=Ref", "--column", "md5=Hash", "--column", "category=Cat"]
    columns += ["--column", "withdrawn=Gone", "--dialect", "iwf", "--name", "iwf"]
    table = written(tmp_path, f"Ref,Hash,Cat,Gone\n1,{'A' * 32},A,no\n2,{'b' * 32},B,no\n")
    assert main(["lists", "import", table, *columns]) == 0
    table = written(tmp_path, f"Ref,Hash,Cat,Gone\n1,,,yes\n3,{'C' * 32},C,\n")
    assert main(["lists", "import", table, "--changes", *columns]) == 0
    assert [(one["added"], one["gone"]) for one in lines(capsys)] == [(2, 0), (1, 1)]
    known = HashList.open(lists, "iwf")
    assert known.find("md5", bytes.fromhex("a" * 32)) == []
    [entry] = known.find("md5", bytes.fromhex("c" * 32))
    assert (known.entry(entry).category, known.entry(entry).dialect) == ("C", "iwf")


def test_a_list_handed_on_is_on_the_record_first(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["lists", "import", written(tmp_path, GOOD), "--name", "own"])
    out = tmp_path / "out.json"
    hand_on = ["lists", "export", "own", "--out", str(out), "--to", "a grader's tool", "--purpose", "grading"]
    assert main(hand_on) == 0
    [said] = disclosures(lists)
    assert (said.list_name, said.version, said.entries, said.to) == ("own", 1, 2, "a grader's tool")
    assert {len(one) for one in json.loads(out.read_text())["value"]} == {3}
    assert main(hand_on) == 2, "it never writes over a file"
    assert "it is there already" in capsys.readouterr().err
    assert main([*hand_on[:4], str(tmp_path / "b"), "--to", "", "--purpose", "x"]) == 2
    assert not (tmp_path / "b").exists()
    assert len(disclosures(lists)) == 1


@pytest.mark.parametrize(
    ("more", "code", "entries", "left_out", "sentences", "reason"),
    [
        (
            [],
            2,
            3,
            3,
            ["2 of 5 entries have no hash that vics has", "1 of 5 entries are in the file without"],
            "VICS",
        ),
        (["--format", "plain"], 0, 3, 2, ["2 of 5 entries have no md5"], "one kind, asked for"),
        (["--format", "plain", "--type", "url"], 0, 2, 3, ["3 of 5 entries have no url"], "rules, asked for"),
        (["--format", "plain", "--type", "pdq"], 0, 1, 4, ["4 of 5 entries have no pdq"], "the near ones"),
    ],
)
def test_what_an_export_leaves_out_is_counted_and_said(
    tmp_path: Path,
    lists: Path,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    code: int,
    entries: int,
    left_out: int,
    sentences: list[str],
    reason: str,
) -> None:
    md5 = [{"md5": bytes([number]) * 16} for number in range(1, 4)]
    both = md5[2] | {"url": b"example.com/a"}
    hashes: list[dict[str, bytes]] = [
        md5[0],
        md5[1],
        both,
        {"url-prefix": b"example.com/b/*"},
        {"pdq": b"\x0f" * 32},
    ]
    change(lists, "own", [ListedFile(one, f"no. {at}") for at, one in enumerate(hashes)])
    out = tmp_path / "out"
    hand_on = ["lists", "export", "own", "--out", str(out), "--to", "a grader's tool", "--purpose", "grading"]
    assert main([*hand_on, *more]) == code, reason
    assert [(said.entries, said.left_out) for said in disclosures(lists)] == [(entries, left_out)]
    said = capsys.readouterr().err.splitlines()
    assert len(said) == len(sentences)
    assert all(sentence in line for sentence, line in zip(sentences, said, strict=True))
    assert out.exists()


def test_a_disclosure_from_before_what_is_left_out_was_counted_says_nothing_of_it(lists: Path) -> None:
    lists.mkdir()
    (lists / "disclosures.jsonl").write_text(
        '{"list_name":"own","version":1,"entries":2,"form":"vics","to":"a","purpose":"b","by":"c",'
        '"at":"2026-01-05T09:00:00+00:00","sha256":""}\n'
    )
    assert [said.left_out for said in disclosures(lists)] == [None]


def test_each_form_that_can_be_written_says_what_it_can_say() -> None:
    assert {name for name, form in HASH_SETS.items() if form.writes} == {
        name for name, form in HASH_SETS.items() if form.write
    }


@pytest.mark.durability
def test_killed_at_any_moment_a_list_is_what_it_was_or_what_it_becomes(tmp_path: Path, lists: Path) -> None:
    """The child says when it begins to write, and is killed a little later each time."""
    first = written(tmp_path, "\n".join(f"{number:032x}" for number in range(1, 3000)))
    assert main(["lists", "import", first, "--name", "made"]) == 0
    (tmp_path / "second.txt").write_text("\n".join(f"{number:032x}" for number in range(2000, 5000)))
    script = "import sys; from lapwing.cli import main; print('go', flush=True); main(sys.argv[1:])"
    seen = set()
    for moment in range(20):
        before = HashList.open(lists, "made").version.number
        wanted = [first, str(tmp_path / "second.txt")][(before + 1) % 2 == 0]
        child = subprocess.Popen(
            [sys.executable, "-c", script, "lists", "import", wanted, "--name", "made"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert child.stdout is not None
        child.stdout.readline()
        try:
            child.wait(0.015 * moment)
        except subprocess.TimeoutExpired:
            child.kill()
        child.wait()
        child.stdout.close()
        known = HashList.open(lists, "made")
        known.verify()
        assert known.version.number - before in (0, 1)
        assert len(known) == (2999, 3000)[known.version.number % 2 == 0]
        seen.add(known.version.number - before)
    (tmp_path / "third.txt").write_text("f" * 32)
    assert main(["lists", "import", str(tmp_path / "third.txt"), "--name", "made"]) == 0
    assert len(list((lists / "made").glob(".writing-*"))) == 0, "a new version clears away what a kill left"
    assert 0 in seen


@pytest.mark.parametrize(
    "given",
    [
        ["serve-match", "--list", "pictures"],  # it has --lists, a folder, and would serve nothing
        ["lists", "import", "x.txt", "--nam", "x"],
        ["scan", "device", "--out", "out", "--triag", "3"],
    ],
)
def test_half_an_option_is_no_option(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(given)
    assert ended.value.code == 2
    assert "usage: lapwing" in capsys.readouterr().err
