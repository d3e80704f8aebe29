"""The own list: proposed by hash, graded by two people, published, withdrawn, handed on."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.cast import Cast, make_cast
from tests.lapwing_web.casework.listed import PDQ, hunt_all, md5, referred

from lapwing.matching import BadList, HashList
from lapwing.matching.disclosures import disclosures
from lapwing_web.audit.actions import move, recorded
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.models import Referral
from lapwing_web.commands.work import Worker
from lapwing_web.prevention.actions import own_list
from lapwing_web.prevention.models import Grade, OwnEntry
from lapwing_web.prevention.queries.own_list import entry_page, page, to_grade
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
State = OwnEntry.State


@pytest.fixture(autouse=True)
def lists(settings: Any, tmp_path: Path) -> Path:
    """A folder of lists for this test alone."""
    settings.LISTS = tmp_path / "lists"
    settings.LISTS.mkdir()
    return tmp_path / "lists"


def third(cast: Cast) -> User:
    """Another intelligence officer."""
    person = User(username="third", role=User.Role.INTELLIGENCE_OFFICER, organisation=cast.agency)
    person.save()
    return person


def proposed(cast: Cast, number: int = 7) -> OwnEntry:
    referral = referred(number, cast.intake)
    report = referral.joinings.get().report_id
    return own_list.propose(referral, file=f"{report}:1", why="Seen again and again", by=cast.intake)


def graded(cast: Cast, number: int = 7) -> OwnEntry:
    entry = proposed(cast, number)
    for person in (cast.intelligence, cast.supervisor):
        own_list.grade(entry, category="1", by=person)
    return entry


def work() -> None:
    worker = Worker((own_list.KIND,), [own_list.LANE])
    while worker.batch():
        pass


def standing(lists: Path) -> dict[str, str]:
    return {one.identity: one.category for one in HashList.open(lists, "own").files()}


def test_two_people_alike_put_an_entry_on_the_list(cast: Cast, lists: Path) -> None:
    entry = graded(cast)
    work()
    entry.refresh_from_db()
    assert (entry.state, entry.category, entry.version) == (State.PUBLISHED, "1", 1)
    assert standing(lists) == {entry.reference: "1"}
    actions = AuditEntry.objects.filter(about=f"ownentry:{entry.pk}").order_by("position")
    assert [row.action for row in actions] == [
        "propose own entry", "grade own entry", "grade own entry", "decide own entry", "publish own entry",
    ]  # fmt: skip


def test_one_grade_alone_puts_nothing_on_the_list(cast: Cast, lists: Path) -> None:
    own_list.grade(proposed(cast), category="1", by=cast.intelligence)
    work()
    with pytest.raises(BadList):
        HashList.open(lists, "own")


def test_where_two_differ_a_third_decides(cast: Cast, lists: Path) -> None:
    entry = proposed(cast)
    own_list.grade(entry, category="1", by=cast.intelligence)
    own_list.grade(entry, category="2", by=cast.supervisor)
    assert entry.state == State.DISPUTED
    for person in (cast.intelligence, cast.supervisor):
        with pytest.raises(Refused, match="Somebody else"):
            own_list.grade(entry, category="2", by=person)
    own_list.grade(entry, category="3", by=third(cast))
    work()
    assert standing(lists) == {entry.reference: "3"}


def test_the_same_person_twice_is_refused(cast: Cast) -> None:
    entry = proposed(cast)
    own_list.grade(entry, category="1", by=cast.intelligence)
    with pytest.raises(Refused, match=r"graded .* already"):
        own_list.grade(entry, category="1", by=cast.intelligence)
    assert (entry.state, Grade.objects.count()) == (State.PROPOSED, 1)


@pytest.mark.parametrize("category", ["", "A", "A1", "4", "one"])
def test_a_category_that_policy_does_not_have_is_refused(cast: Cast, category: str) -> None:
    with pytest.raises(Refused, match="categories"):
        own_list.grade(proposed(cast), category=category, by=cast.intelligence)


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("to", State.values)
def test_only_the_moves_of_the_table_are_possible(cast: Cast, state: str, to: str) -> None:
    entry = proposed(cast)
    OwnEntry.objects.filter(pk=entry.pk).update(state=state, category="1")
    entry.refresh_from_db()
    if to in OwnEntry.MOVES[State(state)]:
        with recorded():
            move(entry, to, by=own_list.BY, action="a test")
        return
    with pytest.raises(Refused), recorded():
        move(entry, to, by=own_list.BY, action="a test")


@pytest.mark.parametrize("state", ["graded", "published", "withdrawn"])
def test_what_is_decided_is_not_graded_again(cast: Cast, state: str) -> None:
    entry = proposed(cast)
    OwnEntry.objects.filter(pk=entry.pk).update(state=state, category="1")
    entry.refresh_from_db()
    with pytest.raises(Refused, match="nothing to grade"):
        own_list.grade(entry, category="1", by=cast.intelligence)


def test_a_withdrawn_entry_comes_off_the_list_and_its_file_may_be_proposed_again(
    cast: Cast, lists: Path
) -> None:
    entry, other = graded(cast), graded(cast, 8)
    work()
    entry.refresh_from_db()
    with pytest.raises(Refused, match="Say why"):
        own_list.withdraw(entry, why=" ", by=cast.supervisor)
    own_list.withdraw(entry, why="Graded by mistake", by=cast.supervisor)
    work()
    entry.refresh_from_db()
    assert (entry.state, entry.gone_in, standing(lists)) == (State.WITHDRAWN, 2, {other.reference: "1"})
    with pytest.raises(Refused, match="cannot become withdrawn"):
        own_list.withdraw(entry, why="Again", by=cast.supervisor)
    graded(cast)
    work()
    assert len(standing(lists)) == 2


def test_what_is_withdrawn_while_it_is_published_comes_off_again(
    cast: Cast, lists: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = graded(cast)
    plain = own_list._write

    def meanwhile(new: list[OwnEntry], gone: list[OwnEntry]) -> int:
        number = plain(new, gone)
        if new:
            own_list.withdraw(OwnEntry.objects.get(pk=entry.pk), why="Just now", by=cast.supervisor)
        return number

    monkeypatch.setattr(own_list, "_write", meanwhile)
    work()
    entry.refresh_from_db()
    assert (entry.state, entry.gone_in, standing(lists)) == (State.WITHDRAWN, 2, {})


def test_publishing_again_after_a_kill_changes_nothing(cast: Cast, lists: Path) -> None:
    entry = graded(cast)
    own_list._write([entry], [])  # the list was written, and the worker killed before its rows were
    work()
    entry.refresh_from_db()
    assert (entry.state, entry.version) == (State.PUBLISHED, 1)


def test_a_file_is_proposed_once_and_only_with_a_hash_a_list_can_have(cast: Cast) -> None:
    entry = proposed(cast)
    with pytest.raises(Refused, match=entry.reference):
        own_list.propose(entry.referral, file=f"{entry.report_id}:1", why="Again", by=cast.intake)
    empty = referred(8, cast.intake, [{"md5": hashlib.md5(b"").hexdigest()}, {"md5": "no hash"}])
    report = empty.joinings.get().report_id
    for file, said in ((f"{report}:1", "empty file"), (f"{report}:2", "no hash"), (f"{report}:3", "Choose")):
        with pytest.raises(Refused, match=said):
            own_list.propose(empty, file=file, why="Because", by=cast.intake)
    with pytest.raises(Refused, match="Choose"):  # a file of another referral
        own_list.propose(empty, file=f"{entry.report_id}:1", why="Because", by=cast.intake)


def test_who_grades_next_does_not_see_what_others_graded(cast: Cast) -> None:
    entry = proposed(cast)
    own_list.grade(entry, category="1", by=cast.intelligence)
    for person in (cast.supervisor, cast.auditor, cast.intelligence):
        shown = entry_page(person, entry)
        assert (shown.graded, shown.grades) == (1, [])
    assert list(to_grade(cast.supervisor)) == [entry]
    assert not to_grade(cast.intelligence).exists()
    assert not to_grade(cast.auditor).exists()


DO: dict[str, Callable[[OwnEntry, User], object]] = {
    "propose": lambda entry, by: own_list.propose(entry.referral, file="1:1", why="x", by=by),
    "grade": lambda entry, by: own_list.grade(entry, category="1", by=by),
    "withdraw": lambda entry, by: own_list.withdraw(entry, why="x", by=by),
    "export": lambda entry, by: own_list.export(to="x", purpose="x", by=by),
    "see": lambda entry, by: page(by, "", ""),
}


@pytest.mark.parametrize(
    ("what", "who"),
    [
        *((what, who) for what in DO for who in ("officer_a", "supervisor_a", "auditor_a", "administrator")),
        *((what, "auditor") for what in DO if what != "see"),
        *((what, "intake") for what in DO if what != "propose"),
        ("export", "intelligence"),
    ],
)
def test_who_may_not_is_refused(cast: Cast, what: str, who: str) -> None:
    with pytest.raises(Forbidden):
        DO[what](proposed(cast), cast.people()[who])


def test_an_export_is_a_disclosure_in_the_audit_and_in_the_lists_log(
    cast: Cast, lists: Path, signed_in: Callable[[User], Client]
) -> None:
    entry = graded(cast)
    work()
    client = signed_in(cast.supervisor)
    assert client.post("/own-list/export", {"to": " ", "purpose": "x"}).status_code == 200
    assert disclosures(lists) == []
    said = client.post("/own-list/export", {"to": "Lancashire Constabulary", "purpose": "Their grading"})
    media = json.loads(said.content)["value"]
    assert [(one["Category"], one["MD5"]) for one in media] == [(1, md5(7).upper())]
    told = disclosures(lists)[0]
    assert (told.to, told.entries, told.version) == ("Lancashire Constabulary", 1, entry_version(entry))
    assert told.sha256 == hashlib.sha256(said.content).hexdigest()
    row = AuditEntry.objects.get(action="disclose")
    assert (row.about, row.to, row.why) == ("list:own", told.to, told.purpose)
    assert told.sha256 in row.new


def test_an_entry_that_vics_cannot_say_is_counted_where_the_export_is_recorded(
    cast: Cast, lists: Path
) -> None:
    graded(cast)
    referral = referred(8, cast.intake, [{"pdq": PDQ}])
    only = own_list.propose(referral, file=f"{referral.joinings.get().report_id}:1", why="x", by=cast.intake)
    for person in (cast.intelligence, cast.supervisor):
        own_list.grade(only, category="1", by=person)
    work()
    content = own_list.export(to="Lancashire Constabulary", purpose="Their grading", by=cast.supervisor)
    told = disclosures(lists)[0]
    assert (len(json.loads(content)["value"]), told.entries, told.left_out) == (1, 1, 1)
    assert json.loads(AuditEntry.objects.get(action="disclose").new)["left_out"] == 1


def entry_version(entry: OwnEntry) -> int | None:
    entry.refresh_from_db()
    return entry.version


def test_there_is_nothing_to_export_before_there_is_a_list(cast: Cast, lists: Path) -> None:
    with pytest.raises(Refused, match="cannot be exported"):
        own_list.export(to="x", purpose="x", by=cast.supervisor)
    assert disclosures(lists) == []


def test_what_is_published_is_hunted_for_like_any_list(cast: Cast, lists: Path) -> None:
    hunt_all()
    graded(cast)
    work()
    hunt_all()
    assert Referral.objects.get().known_match


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_decide_it_once() -> None:
    cast = make_cast()
    entry, barrier, said = proposed(cast), Barrier(2), []

    def one(person: User) -> None:
        barrier.wait()
        try:
            own_list.grade(OwnEntry.objects.get(pk=entry.pk), category="1", by=person)
        except Refused as refused:
            said.append(str(refused))
        finally:
            connection.close()

    people = (cast.intelligence, cast.supervisor)
    threads = [Thread(target=one, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entry.refresh_from_db()
    assert (said, entry.state, entry.grades.count()) == ([], State.GRADED, 2)
    assert AuditEntry.objects.filter(action="decide own entry").count() == 1
