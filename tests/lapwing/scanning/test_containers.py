"""What holds files, in whole scans: found early, counted once, and the same however the scan went."""

import io
import json
import re
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.lapwing.matching.made_lists import change
from tests.lapwing.scanning.made_containers import FILES, put_containers
from tests.lapwing.scanning.made_sources import put
from tests.lapwing.scanning.test_archives import scanned
from tests.lapwing.scanning.test_mail import STORE
from tests.lapwing.scanning.test_pdfs import MADE as PDF
from tests.lapwing.scanning.test_pdfs import RGB

from lapwing.cli import main
from lapwing.hashing.failures import CannotHash
from lapwing.hashing.pdq import pdq_of
from lapwing.matching.listed import ListedFile
from lapwing.scanning import places
from lapwing.scanning.found import Found, Step
from lapwing.scanning.phases import Phase, first_phase
from lapwing.scanning.places import Place, recognise


@pytest.mark.parametrize("name", sorted({Path(name).name for name in FILES}))
def test_a_file_that_holds_others_is_looked_into_before_any_picture_is_decoded(name: str) -> None:
    found = Found(path=b"x/" + name.encode(), locator=(Step("folder", name.encode()),))
    assert first_phase(found) == Phase.WALK < Phase.LOOK


def test_the_names_of_every_kind_are_asked_for_in_lower_case() -> None:
    for kind in places.PLACES.values():
        letters = re.sub(rb"\\[A-Z]", b"", kind.named.pattern)
        assert letters == letters.lower(), f"{kind.name}: a name is compared in lower case"
    assert places.named_like(b"OLD.ZIP")
    assert not places.named_like(b"OLD.TXT")


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


@pytest.mark.parametrize(
    ("module", "name"),
    [("olefile", "Documents/letter.doc"), ("pypdf", "Documents/leaflet.pdf"), ("pypff", "a.pst")],
)
def test_what_is_not_installed_is_said(module: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    content = FILES.get(name, STORE)
    kind = recognise(name.encode(), content)
    assert kind is not None
    monkeypatch.setattr(places, "open_found", lambda locator: io.BytesIO(content))
    with pytest.raises(CannotHash, match=r"lapwing\[scanning\]"):
        list(kind.walk(Place((Step("folder", name.encode()),), b"x")))


def test_a_rewritten_picture_is_known_by_its_look_and_named_by_no_hash(tmp_path: Path) -> None:
    source = put(tmp_path / "device", "leaflet.pdf", PDF).parent
    change(tmp_path / "lists", "agency", [ListedFile({"pdq": pdq_of(RGB).value}, "no. 1")])
    out = tmp_path / "out"
    given = ["scan", str(source), "--list", "agency", "--lists", str(tmp_path / "lists"), "--out", str(out)]
    assert main([*given, "--case", "--exhibit", "AB/1", "--examiner", "the examiner", "--workers", "1"]) == 0
    items = [json.loads(line) for line in (out / "items.jsonl").read_text().splitlines()]
    known = {one["path"]: one for one in items if one["matches"]}
    assert set(known) == {"leaflet.pdf/object-6.bmp", "leaflet.pdf/object-7"}  # as pixels, and as a file
    made, file = known["leaflet.pdf/object-6.bmp"]["sha256"], known["leaflet.pdf/object-7"]["sha256"]
    for name in ("case.jsonld", "report.html"):
        written = (out / name).read_text().lower()
        assert file in written
        assert made not in written
    assert "rewritten to be looked at" in (out / "report.html").read_text()
