"""A document of a list that is held: who may decide, once, in words, and a worker carries it out."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast
from tests.lapwing.sources.fetches import AT, Fetching, hashes
from tests.lapwing.sources.publisher import document, publishing

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions.held_lists import KIND, LANE, decide
from lapwing_web.commands.work import Worker
from lapwing_web.jobs.models import Job
from lapwing_web.moment import at
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
WHY = "Their duty officer said so on the telephone"


@pytest.fixture
def held(settings: Any, tmp_path: Path) -> Iterator[Fetching]:
    """The list `made`, of 100 entries, and a document of 20 that is held."""
    settings.LISTS = tmp_path
    with publishing() as publisher:
        fetching = Fetching(tmp_path, publisher)
        (tmp_path / "sources.toml").write_text(
            f"[made]\naddress = '{publisher.base}/list'\nformat = 'plain'\n"
        )
        fetching(document(hashes(100)))
        assert fetching(document(hashes(20))).outcome == "held"
        yield fetching


def sha256(held: Fetching) -> str:
    waits = held.known.held
    assert waits is not None
    return waits.sha256


def work() -> None:
    worker = Worker([KIND], [LANE])
    while worker.batch():
        pass


@pytest.mark.parametrize(("decision", "entries"), [("accept", 20), ("refuse", 100)])
def test_a_decision_is_recorded_and_then_carried_out(
    cast: Cast, held: Fetching, signed_in: Callable[[User], Client], decision: str, entries: int
) -> None:
    client = signed_in(cast.supervisor)
    assert "/lists/made/held" in client.get("/lists").content.decode()
    page = client.get("/lists/made/held").content.decode()
    assert "It would take away 80 of 100 entries" in page
    sent = {"sha256": sha256(held), "decision": decision, "why": WHY}
    assert client.post("/lists/made/held", sent).status_code == 302
    row = AuditEntry.objects.get(action=f"{decision} held list")
    assert (row.about, row.why, row.by) == ("list:made", WHY, cast.supervisor.username)
    assert held.entries() == 100, "the page waits for nothing"
    work()
    assert (held.entries(), held.known.held) == (entries, None)
    assert AuditEntry.objects.filter(action="carry out held list", about="list:made").count() == 1
    assert f'"by":"{cast.supervisor.username}"' in (held.lists / "made" / "decisions.jsonl").read_text()
    assert "Nothing is held of made" in client.get("/lists/made/held").content.decode()


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("intelligence", True),
        ("supervisor", True),
        ("administrator", True),
        ("intake", False),
        ("auditor", False),
    ],
)
def test_the_home_page_tells_whom_it_concerns(
    cast: Cast, held: Fetching, signed_in: Callable[[User], Client], who: str, told: bool
) -> None:
    client = signed_in(getattr(cast, who))
    with at(AT):
        page = client.get("/").content.decode()
    assert ("Lists of known files need somebody" in page) == told
    assert ("it would take away 80 of 100 entries" in page) == told
    with at(AT):
        decide("made", sha256(held), accepts=False, why=WHY, by=cast.supervisor)
        work()
        assert "Lists of known files need somebody" not in client.get("/").content.decode()


def test_it_needs_a_choice_and_a_reason(
    cast: Cast, held: Fetching, signed_in: Callable[[User], Client]
) -> None:
    said = signed_in(cast.supervisor).post("/lists/made/held", {"sha256": sha256(held)}).content.decode()
    assert "Choose what is to be done" in said
    assert "Enter a few words" in said
    with pytest.raises(Refused, match="Say why"):
        decide("made", sha256(held), accepts=True, why=" ", by=cast.supervisor)


def test_the_first_of_two_people_has_decided(cast: Cast, held: Fetching) -> None:
    decide("made", sha256(held), accepts=False, why=WHY, by=cast.supervisor)
    with pytest.raises(Refused, match="Somebody has just decided"):
        decide("made", sha256(held), accepts=True, why=WHY, by=cast.intelligence)
    work()
    assert held.entries() == 100
    with pytest.raises(Refused, match="held no longer"):
        decide("made", hashlib.sha256(hashes(20)).hexdigest(), accepts=True, why=WHY, by=cast.intelligence)
    assert Job.objects.filter(kind=KIND.name).count() == 1
    assert AuditEntry.objects.filter(action="accept held list").count() == 0


def test_a_later_document_is_not_decided_about_by_what_was_said_of_the_one_before(
    cast: Cast, held: Fetching
) -> None:
    decide("made", sha256(held), accepts=True, why=WHY, by=cast.supervisor)
    assert held(document(hashes(10)), hours=1).outcome == "held"
    work()
    assert held.entries() == 100
    assert held.known.held is not None, "another document is held now, and waits"
    assert AuditEntry.objects.filter(action="carry out held list").count() == 0


def test_carried_out_twice_it_is_done_once(cast: Cast, held: Fetching) -> None:
    decide("made", sha256(held), accepts=True, why=WHY, by=cast.supervisor)
    work()
    Job.objects.filter(kind=KIND.name).update(state="waiting", attempts=0)
    work()
    assert held.entries() == 20
    assert Job.objects.get(kind=KIND.name).state == "done"
    assert AuditEntry.objects.filter(action="carry out held list").count() == 1


@pytest.mark.parametrize("who", ["intake", "auditor", "administrator", "officer_a", "supervisor_a"])
def test_who_may_not_decide_is_refused_by_the_action_too(cast: Cast, held: Fetching, who: str) -> None:
    with pytest.raises(Forbidden):
        decide("made", sha256(held), accepts=True, why=WHY, by=getattr(cast, who))
