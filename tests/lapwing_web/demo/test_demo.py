"""Loading the demonstration: by the real path, once, and never beside anything real."""

import json
import re
import stat
from pathlib import Path

import pytest
from django.core.management import call_command
from tests.cast import Cast
from tests.own_site import Site

from lapwing_web.casework.models import Package, Referral
from lapwing_web.commands import demo as command
from lapwing_web.demo import people
from lapwing_web.demo.load import Asked, load, loaded
from lapwing_web.intake.models import Document
from lapwing_web.refusal import Refused
from lapwing_web.staff.actions import load_organisations
from lapwing_web.staff.models import Organisation, User

ASKED = Asked(reports=40, seed=3, ending="2026-11-24")


def standing() -> list[tuple[object, ...]]:
    """How everything stands, without the numbers that the database gives."""
    referrals = Referral.objects.order_by("pk").values_list(
        "title", "state", "reason", "outcome", "risk_band", "received_at", "decided_by", "decided_at", "rank"
    )
    packages = Package.objects.order_by("pk").values_list(
        "to", "kind", "state", "answer_reason", "outcome", "sent_at"
    )
    return [*referrals, *packages]


@pytest.mark.django_db(transaction=True)
def test_the_same_seed_gives_the_same_states() -> None:
    found = []
    for _ in range(2):
        call_command("flush", interactive=False, verbosity=0)  # numbers begin at 1, as in a new database
        load_organisations()
        load(ASKED, password="words-for-a-test-only")
        found.append(standing())
    assert found[0] == found[1]


@pytest.mark.django_db
def test_it_is_not_loaded_beside_anything_real(cast: Cast) -> None:
    with pytest.raises(Refused, match="people that are not the demonstration’s"):
        loaded()
    with pytest.raises(Refused, match="Made-up data never go beside real data"):
        load(ASKED, password="words-for-a-test-only")
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_a_load_that_was_broken_off_is_not_taken_for_a_whole_one() -> None:
    from lapwing_web.audit.actions import record, recorded

    with recorded():
        record("load the demonstration", "demonstration:1", by=people.DEMO, new={"reports": 1, "seed": 1})
    with pytest.raises(Refused, match="broken off"):
        loaded()


@pytest.mark.django_db
def test_people_are_roles_at_the_agency_and_two_forces() -> None:
    load_organisations()
    people.hire("words-for-a-test-only")
    printed = people.sign_ins("words-for-a-test-only")
    assert "words-for-a-test-only" in printed.splitlines()[0]
    for username in ("intake", "intelligence", "supervisor", "auditor", "administrator"):
        assert re.search(rf"^  {username} .*National Crime Agency$", printed, re.M)
    for username in (
        "force-northumbria",
        "supervisor-northumbria",
        "force-kent",
        "supervisor-kent",
        "auditor-kent",
    ):
        assert re.search(rf"^  {username} ", printed, re.M)
    assert not User.objects.exclude(first_name="").exists()
    assert User.objects.get(username="force-kent").organisation == Organisation.objects.get(
        name="Kent Police"
    )


@pytest.mark.django_db
def test_a_lost_file_of_sign_ins_is_made_again_with_a_new_password(
    settings: pytest.FixtureRequest, tmp_path: Path
) -> None:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    load_organisations()
    people.hire("the first password")
    text = command._sign_ins()
    password = text.splitlines()[0].rpartition(" ")[2]
    assert User.objects.get(username="auditor-kent").check_password(password)
    assert command._sign_ins() == text
    assert stat.S_IMODE(people.kept().stat().st_mode) == 0o600


def test_the_command_twice_loads_once_and_prints_the_sign_ins_twice(own_site: Site, tmp_path: Path) -> None:
    files = tmp_path / "files"
    asked = ("demo", "--reports", 12, "--seed", 5, "--ending", "2026-11-24")  # what comes depends on the day
    first = own_site.run(*asked, "--keep-files", files)
    counted = "from lapwing_web.audit.models import AuditEntry; print(AuditEntry.objects.count())"
    entries = own_site.python(counted)
    second = own_site.run(*asked)
    other = own_site.run("demo", "--reports", 400, "--seed", 6)
    assert own_site.python(counted) == entries
    password = re.search(r"the password (\S+)", first.stdout)
    assert password
    for again in (second, other):
        assert password[1] in again.stdout
        assert "nothing was added" in again.stdout
    assert sum(1 for path in files.rglob("*") if path.is_file()) >= 12
    assert stat.S_IMODE((own_site.home / "demo-sign-ins.txt").stat().st_mode) == 0o600
    assert json.loads(own_site.run("reconcile").stdout)
    assert "example, version none to 1: done" in own_site.run("hunt").stdout
    assert own_site.count("casework_hit") >= 5


def test_the_command_refuses_a_database_with_somebody_in_it(own_site: Site) -> None:
    own_site.run("add-user", "somebody", "--role", "auditor", "--organisation", "NCA")
    refused = own_site.run("demo", "--reports", 5, check=False)
    assert refused.returncode == 2
    assert "people that are not the demonstration’s" in refused.stderr
    content = own_site.run("demo", "--reports", 5, "--if-empty")  # as `make run` asks, which then serves
    assert "people that are not the demonstration’s" in content.stderr
    assert "Sign in" not in content.stdout
