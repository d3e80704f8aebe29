"""People: added with a password used once, changed by the right administrator, and all of it recorded."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from tests.cast import Cast

from lapwing_web.audit.actions import Rule
from lapwing_web.audit.models import AuditEntry
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.actions import (
    ALPHABET,
    add_person,
    change_password,
    change_person,
    load_organisations,
    reset_password,
)
from lapwing_web.staff.models import Organisation, User

SignedIn = Callable[[User], Client]
GIVEN = "words of the day before"
OWN = "three plain words together"


def recorded() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("position").values_list("action", "by"))


def test_the_forces_of_policy_are_loaded_once(db: None) -> None:
    assert load_organisations() == Organisation.objects.count() > 43
    assert load_organisations() == 0
    assert Organisation.objects.get(kind=Organisation.Kind.AGENCY).pk == "NCA"
    Organisation.objects.filter(pk="E23000003").update(name="An old name")
    assert load_organisations() == 1
    assert AuditEntry.objects.order_by("-position")[0].about == "organisation:E23000003"


def test_an_agency_administrator_adds_anywhere_and_a_forces_only_at_home(cast: Cast) -> None:
    add_person("new-1", role="force_officer", organisation=cast.force_b, by=cast.administrator)
    add_person("new-2", role="force_officer", organisation=cast.force_a, by=cast.administrator_a)
    with pytest.raises(Forbidden):
        add_person("new-3", role="force_officer", organisation=cast.force_b, by=cast.administrator_a)
    with pytest.raises(Forbidden):
        add_person("new-4", role="auditor", organisation=cast.agency, by=cast.supervisor)
    assert recorded() == [("add person", "administrator"), ("add person", "administrator-a")]


@pytest.mark.parametrize("name", ["Officer-A", "officer-a", "", "has a space", "x" * 151])
def test_a_name_is_one_persons_and_can_be_typed(name: str, cast: Cast) -> None:
    with pytest.raises(Refused):
        add_person(name, role="force_officer", organisation=cast.force_a, by=cast.administrator)


def test_a_role_belongs_to_its_kind_of_organisation(cast: Cast) -> None:
    for role, place in (("intake_officer", cast.force_a), ("force_officer", cast.agency)):
        with pytest.raises(Refused, match="has no"):
            add_person("new", role=role, organisation=place, by=cast.administrator)


def test_nobody_raises_themselves_or_touches_another_force(cast: Cast) -> None:
    change = {"role": "auditor", "is_active": True, "why": "moved"}
    with pytest.raises(Refused, match="your own role"):
        change_person(cast.administrator, organisation=cast.agency, by=cast.administrator, **change)
    with pytest.raises(Forbidden):
        change_person(cast.officer_b, organisation=cast.force_b, by=cast.administrator_a, **change)
    with pytest.raises(Forbidden):  # nor send somebody of theirs elsewhere
        change_person(cast.officer_a, organisation=cast.force_b, by=cast.administrator_a, **change)
    with pytest.raises(Forbidden):
        reset_password(cast.officer_b, why="forgotten", by=cast.administrator_a)
    assert recorded() == []


def test_a_change_keeps_old_and_new_and_why(cast: Cast) -> None:
    change_person(
        cast.officer_a,
        role="supervisor",
        organisation=cast.force_a,
        is_active=False,
        why="left the unit",
        by=cast.administrator_a,
    )
    row = AuditEntry.objects.get()
    assert (row.action, row.why) == ("change person", "left the unit")
    assert '"role":"force_officer"' in row.old
    assert '"role":"supervisor"' in row.new
    assert '"active":false' in row.new


def test_a_deactivated_person_is_out_at_once(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.officer_a)
    assert client.get("/password").status_code == 200
    change_person(
        cast.officer_a, role="force_officer", organisation=cast.force_a, is_active=False, why="left",
        by=cast.administrator,
    )  # fmt: skip
    assert client.get("/password").url.startswith("/sign-in")
    change_person(
        cast.officer_a, role="force_officer", organisation=cast.force_a, is_active=True, why="back",
        by=cast.administrator,
    )  # fmt: skip
    assert client.get("/password").url.startswith("/sign-in")  # what was theirs before lets nobody in
    assert signed_in(User.objects.get(pk=cast.officer_a.pk)).get("/password").status_code == 200


def test_a_change_of_place_ends_nothing(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.officer_a)
    change_person(
        cast.officer_a, role="supervisor", organisation=cast.force_a, is_active=True, why="promoted",
        by=cast.administrator,
    )  # fmt: skip
    assert client.get("/password").status_code == 200


def test_a_password_is_changed_for_one_that_is_strong_and_other(cast: Cast) -> None:
    person, given = add_person("new", role="auditor", organisation=cast.agency, by=Rule("command:test"))
    assert person.must_change_password
    for weak in ("short", "password1234", given):
        with pytest.raises(Refused):
            change_password(weak, by=person)
    change_password(OWN, by=person)
    person.refresh_from_db()
    assert person.check_password(OWN)
    assert not person.must_change_password
    assert OWN not in "".join(AuditEntry.objects.values_list("new", flat=True))
    assert given not in "".join(AuditEntry.objects.values_list("new", flat=True))


def test_a_one_time_password_leads_to_choosing_ones_own(cast: Cast, signed_in: SignedIn) -> None:
    shown = signed_in(cast.administrator_a).post(
        "/people/add",
        {"username": "new-officer", "organisation": cast.force_a.pk, "role": "force_officer"},
    )
    given = re.search(rf"(?:[{ALPHABET}]{{4}}-){{4}}[{ALPHABET}]{{4}}", shown.content.decode())
    assert given
    client = Client(REMOTE_ADDR="192.0.2.1")
    assert client.post("/sign-in", {"username": "new-officer", "password": given[0]}).status_code == 302
    for page in ("/", "/clocks", "/glossary"):
        assert client.get(page).url == "/password"
    wrong = {"present": given[0], "new": OWN, "again": OWN + "x"}
    assert b"The two new passwords differ" in client.post("/password", wrong).content
    assert client.post("/password", {"present": given[0], "new": OWN, "again": OWN}).status_code == 302
    assert client.get("/clocks").status_code == 200
    assert [action for action, _ in recorded()] == ["add person", "sign in", "change password"]


def test_a_new_password_ends_the_sessions_of_the_old(cast: Cast, signed_in: SignedIn) -> None:
    client, administrator = signed_in(cast.officer_a), signed_in(cast.administrator_a)
    page = f"/people/{cast.officer_a.pk}/password"
    assert b"signs them out everywhere" in administrator.get(page).content
    assert administrator.post(page, {"why": "lost"}).status_code == 200
    assert client.get("/clocks").url.startswith("/sign-in")


def test_ones_own_new_password_ends_the_other_sessions_and_not_this_one(
    cast: Cast, signed_in: SignedIn
) -> None:
    cast.officer_a.set_password(GIVEN)
    cast.officer_a.save()
    here, elsewhere = signed_in(cast.officer_a), signed_in(cast.officer_a)
    assert here.post("/password", {"present": GIVEN, "new": OWN, "again": OWN}).status_code == 302
    assert here.get("/clocks").status_code == 200
    assert elsewhere.get("/clocks").url.startswith("/sign-in")


def test_a_force_administrators_list_and_choices_are_their_own(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.administrator_a)
    listed = client.get("/people").content.decode()
    assert "officer-a" in listed
    assert "officer-b" not in listed
    assert "intake" not in listed
    form = client.get("/people/add").content.decode()
    assert cast.force_b.name not in form
    assert "Intake officer" not in form
    tried = {"username": "x", "organisation": cast.force_b.pk, "role": "force_officer"}
    assert b"Select a valid choice" in client.post("/people/add", tried).content
    assert not User.objects.filter(username="x").exists()


def test_people_are_found_and_paged(cast: Cast, signed_in: SignedIn) -> None:
    User.objects.bulk_create(
        User(username=f"many-{n:03d}", role="force_officer", organisation=cast.force_b) for n in range(120)
    )
    client = signed_in(cast.administrator)
    pages = [client.get("/people", {"q": "many", "page": n}).content.decode() for n in (1, 2, 3)]
    names = [name for page in pages for name in re.findall(r">(many-\d+)<", page)]
    assert names == [f"many-{n:03d}" for n in range(120)]
