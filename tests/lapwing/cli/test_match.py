"""`lapwing match`: files and hashes are found on lists, with the list, its version and the distance."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.lapwing.hashing.pictures import made
from tests.lapwing.matching.made_lists import change

from lapwing.cli import main
from lapwing.matching.listed import ListedFile
from lapwing.matching.near_index import DISTANCE

NEAR = bytes(31) + b"\x0f"  # 4 bits from nothing


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAPWING_LISTS", str(tmp_path / "lists"))
    change(tmp_path / "lists", "agency", [ListedFile({"md5": b"\xab" * 16}, "no. 1", "A1", "industry")])
    change(tmp_path / "lists", "agency", [ListedFile({"pdq": NEAR}, "no. 2", "A2", "industry")], "changes")
    change(tmp_path / "lists", "partner", [ListedFile({"pdq": bytes(32)}, category="2", dialect="vics")])
    return tmp_path / "lists"


def found(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_match_names_its_list_version_and_distance(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hashes").write_text(f"{'AB' * 16}\n# a remark\n\n{'0' * 64}\n{'f' * 64}\n")
    assert main(["match", "--hashes", str(tmp_path / "hashes")]) == 0
    said = [
        (one["query"][:4], one["list"], one["version"], one["distance"], one["entry"][:5], one["category"])
        for one in found(capsys)
    ]
    assert said == [
        ("ABAB", "agency", 2, 0, "no. 1", "A1"),
        ("0000", "agency", 2, 4, "no. 2", "A2"),
        ("0000", "partner", 1, 0, "00000", "2"),
    ]
    assert main(["match", "--list", "agency", "--distance", "3", "--hashes", str(tmp_path / "hashes")]) == 0
    assert [one["entry"] for one in found(capsys)] == ["no. 1"]


def test_a_line_that_is_no_hash_is_said_and_the_others_are_looked_for(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"nonsense\n" + b"ab" * 16 + b"\n{}\n")))
    assert main(["match", "--hashes", "-"]) == 2
    said = capsys.readouterr()
    assert [json.loads(line)["entry"] for line in said.out.splitlines()] == ["no. 1"]
    assert "-: line 1: it is not an MD5, SHA-1, SHA-256 or PDQ" in said.err
    assert "-: line 3: " in said.err


def test_what_cannot_be_asked_is_never_no_match(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hashes").write_text("ab" * 16)
    (tmp_path / "lists" / "broken").mkdir()
    (tmp_path / "lists" / "broken" / "current.json").write_text("{}")
    for wrong, sentence in (
        (["match"], "give a PATH"),
        (["match", "--hashes", str(tmp_path / "hashes")], "broken/current.json"),
        (["match", "--list", "other", "--hashes", str(tmp_path / "hashes"), "--lists", "x"], "no list"),
    ):
        assert main(wrong) == 2
        said = capsys.readouterr()
        assert (said.out, sentence in said.err) == ("", True), said.err


def test_files_are_hashed_and_found_however_they_lie_and_not_twice_after_a_kill(
    tmp_path: Path, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    Image.fromarray(made(64, 96, 1)).save(folder / "a.png")
    (folder / "b.txt").write_bytes(b"dull")
    assert main(["hash", str(folder)]) == 0
    [picture] = [line for line in found(capsys) if line["pdq"]]
    change(lists, "seen", [ListedFile({"pdq": bytes.fromhex(picture["pdq"])}, "the scene")])
    Image.fromarray(made(64, 96, 1)).rotate(90, expand=True).save(folder / "turned.png")
    match = ["match", "--list", "seen", str(folder), "--turned", "--hashed", str(tmp_path / "hashed")]
    assert main(match) == 0
    first = found(capsys)
    by_name = {Path(one["query"]).name: one for one in first if one["distance"] <= DISTANCE}
    assert set(by_name) == {"a.png", "turned.png"}
    assert (by_name["a.png"]["distance"], "turned" in by_name["a.png"]) == (0, False)
    assert by_name["turned.png"]["turned"] > 0
    hashed = (tmp_path / "hashed").read_bytes()
    (tmp_path / "hashed").write_bytes(hashed[:-20])  # as a kill in the middle of the last line leaves it
    assert main(match) == 0
    said = capsys.readouterr()
    again = [json.loads(line) for line in said.out.splitlines()]
    assert sorted(map(json.dumps, again)) == sorted(map(json.dumps, first))
    assert "2 hashed before" in said.err
    assert (tmp_path / "hashed").read_bytes().count(b"\n") == 3
