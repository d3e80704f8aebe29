"""`lapwing lists`: what is built, what is refused by line, and what is shown."""

import json
from pathlib import Path

import pytest

from lapwing.cli import main

GOOD = "1" * 32 + "\n" + "2" * 40 + "\n"


def test_a_list_is_built_for_each_kind_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "source.txt"
    source.write_text("\ufeff" + GOOD, encoding="utf-8")
    out = tmp_path / "lists"
    assert main(["lists", "build", str(source), "--name", "agency", "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["agency.md5.hashes", "agency.sha1.hashes"]
    capsys.readouterr()
    assert main(["lists", "show", str(out)]) == 0
    assert [line.split("\t")[:3] for line in capsys.readouterr().out.splitlines()] == [
        ["agency", "md5", "1"],
        ["agency", "sha1", "1"],
    ]


def test_a_bad_line_is_named_and_nothing_is_built_until_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "source.txt", tmp_path / "lists"
    source.write_text(GOOD + "nonsense\n")
    build = ["lists", "build", str(source), "--name", "agency", "--out", str(out)]
    assert main(build) == 1
    assert "line 3: it is not an MD5" in capsys.readouterr().err
    assert not out.exists()
    assert main([*build, "--skip-bad"]) == 1
    assert len(list(out.iterdir())) == 2


def test_what_cannot_be_done_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "source.txt"
    source.write_text(GOOD)
    assert main(["lists", "build", str(source), "--name", "../up", "--out", str(tmp_path)]) == 2
    assert main(["lists", "build", str(tmp_path / "no"), "--name", "a", "--out", str(tmp_path)]) == 2
    assert main(["lists", "show", str(tmp_path / "no")]) == 2
    (tmp_path / "broken.md5.hashes").write_text("{}")
    assert main(["lists", "show", str(tmp_path)]) == 2
    assert "broken.md5.hashes: it is not a list of hashes" in capsys.readouterr().err


def test_a_published_list_is_known_by_its_first_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "set.json", tmp_path / "lists"
    media = [{"MediaID": 1, "Category": 1, "MD5": "AB" * 16, "SHA1": "CD" * 20}]
    source.write_text("\ufeff" + json.dumps({"@odata.context": "ProjectVic 2.0", "value": media}))
    build = ["lists", "build", str(source), "--name", "partner", "--out", str(out)]
    assert main(build) == 0
    assert sorted(path.name for path in out.iterdir()) == ["partner.md5.hashes", "partner.sha1.hashes"]
    source.write_bytes(source.read_bytes()[:-3])
    assert main(build) == 2
    assert "breaks in the middle" in capsys.readouterr().err
    assert main([*build, "--format", "threatexchange"]) == 2
