"""`lapwing match-url`: which rule of which list matches, and what could not be asked."""

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.lapwing.matching.made_lists import change

from lapwing.cli import main
from lapwing.matching import KnownLists
from lapwing.matching.listed import ListedFile
from lapwing.matching.url_rules import rule_of


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "lists"
    monkeypatch.setenv("LAPWING_LISTS", str(folder))
    (tmp_path / "table.csv").write_text("1,http://example.com/a,page,A\n2,example.org,domain,B\n")
    declared = [
        "--column",
        "identity=1",
        "--column",
        "url=2",
        "--column",
        "match=3",
        "--column",
        "category=4",
    ]
    meant = ["--match-word", "page=exact", "--match-word", "domain=host", "--any-scheme", "--dialect", "made"]
    table = str(tmp_path / "table.csv")
    assert main(["lists", "import", table, "--name", "published", *declared, *meant]) == 0
    (tmp_path / "lines.txt").write_text("https://example.org/b/*\n")
    assert main(["lists", "import", str(tmp_path / "lines.txt"), "--name", "own", "--type", "url"]) == 0
    return folder


def lines(capsys: pytest.CaptureFixture[str]) -> tuple[list[dict[str, Any]], str]:
    said = capsys.readouterr()
    return [json.loads(line) for line in said.out.splitlines()], said.err


def test_a_url_is_told_by_list_version_and_rule(lists: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    url = "HTTPS://a@example.ORG:443/b/c?d#e"
    assert main(["match-url", url]) == 0
    own, published = lines(capsys)[0]
    assert own == {
        "query": url,
        "url": "https://example.org/b/c?d",
        "kind": "url-prefix",
        "rule": "https://example.org/b/*",
        "entry": "https://example.org/b/*",
        "list": "own",
        "version": 1,
        "distance": 0,
        "category": "",
        "dialect": "",
    }
    assert published | {"query": "", "url": ""} == {
        "query": "",
        "url": "",
        "kind": "url-prefix",
        "rule": "*.example.org",
        "entry": "2",
        "list": "published",
        "version": 1,
        "distance": 0,
        "category": "B",
        "dialect": "made",
    }
    assert main(["match-url", "--list", "own", url]) == 0
    assert [line["list"] for line in lines(capsys)[0]] == ["own"]
    assert main(["match-url", "https://example.com/b"]) == 0
    assert lines(capsys) == ([], "")


def test_what_is_no_url_is_named_and_the_rest_is_asked(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    capsys.readouterr()
    asked = (
        b"\xef\xbb\xbfhttp://example.com/a\r\n# a remark\n\nnonsense\nhttp://example.com/\xff\nhttp://"
        + b"a" * 300_000
    )
    asked += b"\nhttps://example.com/a"
    file = tmp_path / "urls.txt"
    file.write_bytes(asked)
    assert main(["match-url", "example.com/a", "--urls", str(file)]) == 2
    found, said = lines(capsys)
    assert [line["query"] for line in found] == ["http://example.com/a", "https://example.com/a"]
    assert said.splitlines() == [
        "URL no. 1: it has no scheme: is it http:// or https://?",
        f"{file}: line 4: it has no scheme: is it http:// or https://?",
        f"{file}: line 5: it has bytes that are no UTF-8",
        f"{file}: line 6: it has more than 65,536 characters",
    ]
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(asked)))
    assert main(["match-url", "--urls", "-"]) == 2
    assert len(lines(capsys)[0]) == 2


def test_what_cannot_be_asked_is_said(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hashes.txt").write_text("1" * 32)
    assert main(["lists", "import", str(tmp_path / "hashes.txt"), "--name", "hashes"]) == 0
    capsys.readouterr()
    for wrong in ([], ["--list", "no", "http://example.com/"], ["--urls", str(tmp_path / "no")]):
        assert main(["match-url", *wrong]) == 2, wrong
        assert capsys.readouterr().err.startswith("lapwing match-url: "), wrong
    assert main(["match-url", "--list", "hashes", "http://example.com/"]) == 2
    assert "none of the lists has rules" in capsys.readouterr().err
    monkeypatch.setenv("LAPWING_LISTS", str(tmp_path / "none"))
    assert main(["match-url", "http://example.com/"]) == 2
    assert "there is no list" in capsys.readouterr().err


def test_a_list_is_handed_on_as_it_was(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.txt"
    hand_on = [
        "--format",
        "plain",
        "--type",
        "url",
        "--out",
        str(out),
        "--to",
        "a partner",
        "--purpose",
        "a test",
    ]
    assert main(["lists", "export", "published", *hand_on]) == 0
    assert out.read_text() == "example.com/a\n*.example.org\n"
    assert main(["lists", "import", str(out), "--name", "published", "--type", "url"]) == 0
    capsys.readouterr()
    assert main(["lists", "diff", "published"]) == 0
    assert [(line["change"], line["identity"], line.get("url")) for line in lines(capsys)[0]] == [
        ("gone", "1", "example.com/a"),
        ("gone", "2", None),
        ("added", "", "example.com/a"),
        ("added", "", None),
    ]


def test_a_rule_for_a_public_suffix_does_not_come_in_and_can_go(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = rule_of("*.co.uk", withdrawn=True)  # as a list from before they were refused has it
    change(lists, "old", [ListedFile({rule.kind: rule.text.encode()}), ListedFile({"md5": b"\x01" * 16})])
    (tmp_path / "wide.txt").write_text("example.com/a\n*.co.uk\n")
    capsys.readouterr()
    assert main(["lists", "import", str(tmp_path / "wide.txt"), "--name", "wide", "--type", "url"]) == 2
    said = capsys.readouterr().err
    assert "line 2: its host is a public suffix" in said
    assert "nothing was brought in" in said
    assert KnownLists.open(lists).chosen(["old"]).lists, "the others are there"
    (tmp_path / "gone.csv").write_text("*.co.uk,yes\n")
    columns = ["--column", "url=1", "--column", "withdrawn=2"]
    assert main(["match-url", "--list", "old", "http://a.example.co.uk/"]) == 0
    assert [line["rule"] for line in lines(capsys)[0]] == ["*.co.uk"]
    assert main(["lists", "import", str(tmp_path / "gone.csv"), "--name", "old", "--changes", *columns]) == 0
    assert list(KnownLists.open(lists).chosen(["old"]).match_url("http://a.example.co.uk/")) == []
