"""A safeguarding package opens a case that has the children and no suspect, and each child's steps a home."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.test_at_once import chain_is_whole
from tests.lapwing_web.casework.test_disposing import opened

from lapwing_web.casework.actions import arrests, cases, children, contact, exhibits, package, protecting
from lapwing_web.casework.actions.unjoining import undo_join
from lapwing_web.casework.models import Case, CaseJoin, Package, Referral
from lapwing_web.casework.models.contact import contact_of
from lapwing_web.casework.queries.reconcile import reconcile
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import now
from lapwing_web.refusal import Forbidden, Refused

pytestmark = pytest.mark.django_db


def protection(cast: Cast, made: Made, number: int = 1, by: str = "officer_b") -> Case:
    """A case of protection, of the force of `by`."""
    officer = getattr(cast, by)
    sent = package.send_safeguarding(
        made(number), to=officer.organisation, text="A child lives here", by=cast.intelligence
    )
    package.accept(sent, by=officer)
    return Case.objects.select_related("organisation").get(packages=sent)


def test_acceptance_opens_a_case_with_the_children_and_moves_no_referral(cast: Cast, made: Made) -> None:
    case = protection(cast, made)
    sent = case.packages.get()
    assert Referral.objects.get(pk=sent.referral_id).state == "received"
    assert (case.state, case.protection, case.organisation) == ("open", True, cast.force_b)
    assert not case.suspects.exists()
    child = case.children.get()
    assert (child.known_at, child.name) == (sent.sent_at, "")
    clocks = Clock.objects.filter(about=f"case:{case.pk}").exclude(state="settled")
    assert {clock.kind for clock in clocks} == {"allocation", "protective_step", "strategy_discussion"}
    assert contact_of(case) == "unknown"
    for act in (
        lambda: contact.answer_contact(case, question="work", answer="no", source="x", by=cast.officer_b),
        lambda: arrests.add_suspect(case, label="x", by=cast.officer_b),
        lambda: exhibits.seize(
            case, number="1", kind="phone", description="", at=now(), place="x", by=cast.officer_b
        ),
        lambda: children.add_child(case, contact="work", by=cast.officer_b),
    ):
        with pytest.raises(Refused):
            act()
    assert reconcile().holds
    assert chain_is_whole()


def test_it_ends_when_each_child_has_its_steps_and_can_be_taken_up_again(cast: Cast, made: Made) -> None:
    case, by = protection(cast, made), cast.officer_b
    child = case.children.get()
    with pytest.raises(Refused, match="no step recorded that protects"):
        protecting.end_protection(case, why="Safe", by=by)
    children.record_step(child, kind="contact_stopped", result="child_elsewhere", by=by)
    with pytest.raises(Refused, match="strategy discussion"):
        protecting.end_protection(case, why="Safe", by=by)
    children.record_step(child, kind="strategy_discussion", result="no_enquiry", text="Seen", by=by)
    with pytest.raises(Refused, match="Not recorded for child 1: school told, health told"):
        protecting.end_protection(case, why="Safe", by=by)
    children.record_step(child, kind="school", result="told", by=by)
    children.record_step(child, kind="health", result="not_needed", text="Seen by their doctor", by=by)
    with pytest.raises(Forbidden):
        protecting.end_protection(case, why="Safe", by=cast.officer_a)
    protecting.end_protection(case, why="Safe", by=by)
    running = Clock.objects.filter(about=f"case:{case.pk}").exclude(state="settled")
    assert (case.state, [clock.kind for clock in running]) == ("closed", ["retention_review"])
    protecting.resume_protection(case, why="A new address", by=by)
    assert (case.state, running.filter(kind="retention_review").exists()) == ("open", False)
    with pytest.raises(Refused, match="ends with an outcome"):
        protecting.end_protection(opened(cast, 5), why="x", by=cast.officer_a)


def test_it_joins_the_investigation_of_its_force_and_not_the_other_way(cast: Cast, made: Made) -> None:
    case, into = protection(cast, made, by="officer_a"), opened(cast, 2)
    with pytest.raises(Refused, match="only protects children"):
        cases.join_cases(into, into=case, why="One family", by=cast.officer_a)
    cases.join_cases(case, into=into, why="One family", by=cast.officer_a)
    assert into.children.count() == 1
    undo_join(CaseJoin.objects.get(), why="Not one", by=cast.officer_a)
    assert (into.children.count(), case.children.count(), case.packages.count()) == (0, 1, 1)


def test_those_accepted_before_get_their_case_and_a_return_leaves_nobody(cast: Cast, made: Made) -> None:
    case = protection(cast, made)
    sent = case.packages.get()
    with pytest.raises(Refused, match="leave them to nobody"):
        package.return_(sent, reason="wrong_force", text="moved", by=cast.officer_b)
    Package.objects.update(case=None)
    assert cases.open_missing_cases(by=cast.administrator) == 1
    assert cases.open_missing_cases(by=cast.administrator) == 0
    assert Package.objects.get().case_id not in (None, case.pk)


def test_its_page_shows_the_children_and_no_suspect(cast: Cast, made: Made, client: Client) -> None:
    case = protection(cast, made)
    client.force_login(cast.officer_b)
    address = reverse("case", args=[case.pk])
    client.post(address, {"reason": "working", "stands": "on"})
    shown = client.get(address).content.decode()
    assert "To protect children" in shown
    assert "Child 1" in shown
    assert 'id="suspects"' not in shown
    assert reverse("protection-end", args=[case.pk]) in shown
    assert reverse("case-contact", args=[case.pk]) not in shown
