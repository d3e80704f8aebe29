"""The postcode directory: loaded whole or not at all, and used before the approximate table."""

from pathlib import Path

import pytest
from tests.cast import Cast
from tests.mixture import archive, document, report, subject

from lapwing.report import PostalAddress
from lapwing_web.audit.actions import Rule
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions.receive import Item, receive
from lapwing_web.casework.models import Referral
from lapwing_web.intake.actions.places import load_directory
from lapwing_web.intake.models import PostcodeArea
from lapwing_web.intake.queries.places import Directory
from lapwing_web.refusal import Refused

pytestmark = pytest.mark.django_db
BY = Rule("command:load-postcodes")
HEADER = "pcd7,pcd8,pcds,dointr,doterm,pfa23cd\n"
ROWS = (
    "ZZ1 1AA,ZZ1  1AA,ZZ1 1AA,199601,,E23000003\n"
    "ZZ1 1AB,ZZ1  1AB,ZZ1 1AB,199601,,E23000003\n"
    "ZZ1 2AA,ZZ1  2AA,ZZ1 2AA,199601,,E23000010\n"
    "ZZ2 1AA,ZZ2  1AA,ZZ2 1AA,199601,,S23000009\n"
    "ZZ3 1AA,ZZ3  1AA,ZZ3 1AA,199601,,\n"
)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    path = tmp_path / "directory.csv"
    path.write_text(HEADER + ROWS, encoding="utf-8-sig")
    return path


def test_an_area_has_the_force_of_most_of_its_postcodes_and_the_others_are_kept_apart(
    directory: Path,
) -> None:
    loaded = load_directory(directory, by=BY)
    assert (loaded.postcodes, loaded.areas, loaded.exceptions) == (4, 2, 1)
    ask = Directory()
    assert ask("ZZ1") == ask("ZZ1 1AA") == "E23000003"
    assert ask("ZZ1 2AA") == "E23000010"
    assert ask("ZZ2 1AA") == "PS"
    assert ask("ZZ3 1AA") is None
    assert AuditEntry.objects.get(action="load postcodes").new


def test_the_directory_can_be_loaded_from_its_zip_and_again(directory: Path) -> None:
    zipped = directory.with_suffix(".zip")
    zipped.write_bytes(
        archive({"Data/directory.csv": directory.read_bytes(), "notes.txt": b"", "small.csv": b"a\n"})
    )
    load_directory(directory, by=BY)
    assert load_directory(zipped, by=BY).areas == 2
    assert PostcodeArea.objects.count() == 3


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", HEADER.encode(), b"pcds,pfa\n\xff\xfe\n", b"PK\x03\x04 not a zip"]
)
def test_a_file_that_is_not_the_directory_changes_nothing(directory: Path, content: bytes) -> None:
    load_directory(directory, by=BY)
    bad = directory.with_name("bad")
    bad.write_bytes(content)
    with pytest.raises(Refused):
        load_directory(bad, by=BY)
    assert PostcodeArea.objects.count() == 3


def test_routing_uses_what_was_loaded(directory: Path, cast: Cast) -> None:
    load_directory(directory, by=BY)
    living = subject(1, addresses=[PostalAddress(postcode="ZZ1 2AA")])
    receive([Item("a", document(report(1, people=[living])))], channel="command", by=BY)
    referral = Referral.objects.get()
    assert referral.proposed_force == cast.force_b
    assert "ZZ1 2AA" in referral.routing["sentence"]
