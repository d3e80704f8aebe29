"""A force's case: opened by acceptance, one owner, joined, transferred, its crimes counted once each way."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.access.test_every_route import reason_to_look
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.worked import answer_all, case_of

from lapwing_web.audit.actions import record, recorded
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import cases, children, contact, outcome, package, transfer
from lapwing_web.casework.models import Case, Crime, Package, Referral
from lapwing_web.casework.models.contact import contact_of, questions_open
from lapwing_web.casework.queries.cases import cases_for, offers_for
from lapwing_web.casework.queries.packages import packages_for, packages_to
from lapwing_web.casework.queries.timeline import timeline_of_case
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import at, now, today
from lapwing_web.refusal import Forbidden, Refused

pytestmark = pytest.mark.django_db
HERE = {"reason": "best_evidence"}


@pytest.fixture
def case(cast: Cast, made: Made) -> Case:
    return opened(cast, made, 1)


def opened(cast: Cast, made: Made, number: int) -> Case:
    sent = package.disseminate(made(number), to=cast.force_a, **HERE, by=cast.intelligence)
    package.accept(sent, by=cast.officer_a)
    return case_of(sent)


def running(case: Case) -> set[str]:
    return set(
        Clock.objects.filter(about=f"case:{case.pk}").exclude(state="settled").values_list("kind", flat=True)
    )


def test_an_acceptance_opens_a_case_with_its_clocks(cast: Cast, case: Case) -> None:
    assert (case.state, case.organisation, case.owner) == ("open", cast.force_a, None)
    assert running(case) == {"allocation", "contact_questions"}
    assert list(cases_for(cast.officer_a)) == [case]
    assert not cases_for(cast.officer_b)
    assert not cases_for(cast.supervisor)  # the agency sees packages, and no force's casework


def test_nothing_ends_while_a_question_is_open(cast: Cast, case: Case) -> None:
    sent = case.packages.get()
    with pytest.raises(Refused, match="Contact with children is not answered: household"):
        outcome.record_outcome(sent, code="1", on=today(), by=cast.officer_a)
    answer_all(case, cast.officer_a)
    contact.answer_contact(case, question="work", answer="unknown", source="asked", by=cast.officer_a)
    with pytest.raises(Refused, match="not answered: work"):
        outcome.record_outcome(sent, code="1", on=today(), by=cast.officer_a)
    contact.answer_contact(case, question="work", answer="no", source="employer", by=cast.officer_a)
    outcome.record_outcome(sent, code="1", on=today(), by=cast.officer_a)
    case.refresh_from_db()
    assert case.state == "closed"
    assert running(case) == {"retention_review"}


def test_an_expired_answer_is_not_an_answer(cast: Cast, case: Case) -> None:
    answer_all(case, cast.officer_a)
    assert "contact_questions" not in running(case)
    with at(now() + timedelta(days=29)):
        assert len(questions_open(case)) == 6
        with pytest.raises(Refused, match="expired"):
            outcome.record_outcome(case.packages.get(), code="1", on=today(), by=cast.officer_a)


def test_the_band_never_drops_while_a_question_is_open_and_may_always_rise(cast: Cast, case: Case) -> None:
    cases.set_band(case, band="very_high", why="new fact", by=cast.officer_a)
    with pytest.raises(Refused, match="cannot drop"):
        cases.set_band(case, band="low", why="busy", by=cast.officer_a)
    answer_all(case, cast.officer_a)
    cases.set_band(case, band="low", why="assessed again", by=cast.officer_a)
    assert Case.objects.get().band == "low"


def test_a_transfer_has_one_owner_at_every_instant(cast: Cast, case: Case) -> None:
    child = children.add_child(case, name="x", by=cast.officer_a)
    with pytest.raises(Forbidden):
        transfer.offer(case, to=cast.force_b, why="moved", by=cast.officer_a)  # not a supervisor
    offered = transfer.offer(case, to=cast.force_b, why="moved", by=cast.supervisor_a)
    assert Case.objects.get().organisation == cast.force_a
    assert packages_for(cast.officer_b).count() == 1  # it may read what it is offered
    assert not packages_to(cast.officer_b)
    with pytest.raises(Refused, match="Withdraw the offer first"):
        outcome.record_outcome(case.packages.get(), code="1", on=today(), by=cast.officer_a)
    transfer.accept_offer(offered, by=cast.supervisor_b)
    case.refresh_from_db()
    assert (case.organisation, Referral.objects.get().organisation) == (cast.force_b, cast.force_b)
    clocks = Clock.objects.filter(about=f"case:{case.pk}").exclude(state="settled")
    assert {clock.organisation_id for clock in clocks} == {cast.force_b.pk}
    assert clocks.filter(event=f"child:{child.pk} known", kind="protective_step").exists()
    with pytest.raises(Forbidden):
        contact.answer_contact(case, question="work", answer="no", source="x", by=cast.officer_a)
    assert not cases_for(cast.officer_a)
    assert (
        packages_for(cast.officer_a).count() == 1
    )  # what it was sent stays readable, and not what became of it
    assert not packages_to(cast.officer_a)
    answer_all(case, cast.officer_b)
    outcome.record_outcome(case.packages.get(), code="1", on=today(), by=cast.officer_b)
    assert Referral.objects.get().state == "closed"


def test_an_offer_is_refused_or_withdrawn_once(cast: Cast, case: Case) -> None:
    first = transfer.offer(case, to=cast.force_b, why="moved", by=cast.supervisor_a)
    with pytest.raises(Refused, match="already"):
        transfer.offer(case, to=cast.force_b, why="moved", by=cast.supervisor_a)
    with pytest.raises(Forbidden):
        transfer.withdraw_offer(first, by=cast.supervisor_b)
    transfer.withdraw_offer(first, by=cast.supervisor_a)
    with pytest.raises(Refused):
        transfer.accept_offer(first, by=cast.supervisor_b)
    again = transfer.offer(case, to=cast.force_b, why="moved", by=cast.supervisor_a)
    transfer.refuse_offer(again, why="not here", by=cast.supervisor_b)
    assert Case.objects.get().organisation == cast.force_a
    assert offers_for(cast.supervisor_b).count() == 2
    assert not Clock.objects.filter(kind="transfer").exclude(state="settled")


def test_two_answer_an_offer_at_once_and_one_is_told(cast: Cast, case: Case) -> None:
    offered = transfer.offer(case, to=cast.force_b, why="moved", by=cast.supervisor_a)
    seen = type(offered).objects.get(pk=offered.pk)
    transfer.refuse_offer(offered, why="not here", by=cast.supervisor_b)
    with pytest.raises(Refused, match="changed by someone else"):
        transfer.accept_offer(seen, by=cast.supervisor_b)


def test_joined_cases_are_one_and_the_more_careful_answer_stands(cast: Cast, made: Made, case: Case) -> None:
    other = opened(cast, made, 2)
    answer_all(case, cast.officer_a, "no")
    contact.answer_contact(other, question="work", answer="yes", source="employer", by=cast.officer_a)
    children.add_child(case, name="first", by=cast.officer_a)
    moved = children.add_child(other, contact="work", name="second", by=cast.officer_a)
    cases.record_crime(other, number="ex/1/26", on=today(), rule="per_suspect", by=cast.officer_a)
    cases.join_cases(other, into=case, why="one account", by=cast.officer_a)
    other.refresh_from_db()
    case.refresh_from_db()
    assert (other.state, other.joined_to) == ("joined", case)
    assert contact_of(case) == "yes"
    assert sorted(questions_open(case)) == [
        "Area",
        "Family and friends",
        "Household",
        "Position of trust",
        "Volunteering",
    ]
    moved.refresh_from_db()
    assert (moved.case, moved.number) == (case, 2)
    assert "protective_step" in running(case)
    assert running(other) == set()
    assert case.packages.count() == 2
    assert [crime.number for crime in case.crimes.all()] == ["EX/1/26"]
    answer_all(case, cast.officer_a, "no")
    outcome.record_outcome(case.packages.first(), code="1", on=today(), by=cast.officer_a)  # type: ignore[arg-type]
    assert set(Referral.objects.values_list("state", flat=True)) == {"closed"}
    assert set(Package.objects.values_list("outcome", flat=True)) == {"1"}
    outcome.reopen_outcome(Package.objects.all()[0], why="wrong day", by=cast.officer_a)
    assert set(Referral.objects.values_list("state", flat=True)) == {"accepted"}
    case.refresh_from_db()
    assert (case.state, "allocation" in running(case)) == ("open", True)


def test_a_crime_is_counted_once_whatever_cases_it_is_of(cast: Cast, made: Made, case: Case) -> None:
    other = opened(cast, made, 2)
    given = {"number": "EX/9/26", "on": today(), "rule": "per_victim", "by": cast.officer_a}
    cases.record_crime(case, **given)
    cases.record_crime(other, **given)
    cases.record_crime(case, **{**given, "number": "EX/10/26"})
    assert (Crime.objects.count(), case.crimes.count(), other.crimes.count()) == (2, 2, 1)
    with pytest.raises(Refused, match="already"):
        cases.record_crime(case, **given)
    with pytest.raises(Refused, match="another rule"):
        cases.record_crime(other, **{**given, "number": "EX/10/26", "rule": "per_suspect"})
    with pytest.raises(Refused, match="future"):
        cases.record_crime(case, **{**given, "number": "EX/11/26", "on": today() + timedelta(days=1)})


def test_a_return_leaves_no_child_to_nobody(cast: Cast, case: Case) -> None:
    child = children.add_child(case, by=cast.officer_a)
    sent = case.packages.get()
    with pytest.raises(Refused, match="leave them to nobody"):
        package.return_(sent, reason="already_known", text="x", by=cast.officer_a)
    children.record_step(child, kind="contact_stopped", result="suspect_left", by=cast.officer_a)
    package.return_(sent, reason="already_known", text="x", by=cast.officer_a)
    case.refresh_from_db()
    assert (case.state, running(case)) == ("returned", {"retention_review"})


def test_packages_accepted_before_cases_were_kept_get_one(cast: Cast, case: Case) -> None:
    Package.objects.update(case=None)
    assert cases.open_missing_cases(by=cast.administrator) == 1
    assert cases.open_missing_cases(by=cast.administrator) == 0
    assert Package.objects.get().case.state == "open"  # type: ignore[union-attr]
    assert AuditEntry.objects.filter(action="open a case").count() == 2


def test_the_history_calls_a_force_by_its_name_and_writes_a_day_as_pages_do(cast: Cast, case: Case) -> None:
    made = timeline_of_case(case)[-1]
    assert f"force: nothing → {cast.force_a.name}" in made.changes
    with recorded():
        record("plan", case, by=cast.officer_a, new={"visit_due_on": "2026-11-01"})
    assert timeline_of_case(case)[0].changes == ["next visit due: nothing → 1 Nov 2026"]


def test_the_history_says_which_question_was_answered_and_how(cast: Cast, case: Case) -> None:
    contact.answer_contact(case, question="family", answer="unknown", source="A call", by=cast.officer_a)
    assert timeline_of_case(case)[0].changes == ["family and friends: not known"]
    contact.answer_contact(case, question="household", answer="yes", source="A visit", by=cast.officer_a)
    household = ["household: yes", "contact with children: not known → yes"]
    assert timeline_of_case(case)[0].changes == household
    children.add_child(case, contact="role", by=cast.officer_a)
    answered, added = timeline_of_case(case)[:2]
    assert (answered.changes, added.changes) == (["position of trust: yes"], ["contact: position of trust"])


def test_a_loss_of_a_case_nobody_was_given_says_before_that_the_reason_is_capacity(
    cast: Cast, case: Case, client: Client
) -> None:
    client.force_login(cast.supervisor_a)
    client.post(f"/cases/{case.pk}", {"reason": reason_to_look(), "stands": "on"})
    address = f"/packages/{case.packages.get().pk}/outcome"
    assert "lack of capacity" in client.get(address).content.decode()
    answer_all(case, cast.officer_a)  # who is given it
    assert "lack of capacity" not in client.get(address).content.decode()
    ends = {"code": "1", "on_0": str(today().day), "on_1": str(today().month), "on_2": str(today().year)}
    assert client.post(address, ends).status_code == 302
    client.post(f"/cases/{case.pk}", {"reason": reason_to_look()})
    client.post(f"/packages/{case.packages.get().pk}", {"reason": reason_to_look()})
    assert "is open again" in client.get(f"{address}/undo").content.decode()
    client.post(f"{address}/undo", {"why": "New evidence"})
    assert "is open, and its clocks run on" in client.get(f"/cases/{case.pk}").content.decode()
