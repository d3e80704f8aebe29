"""Children of a case: kept apart, and the time from first knowledge to a step that protects."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.worked import answer_all, case_of, protect_child

from lapwing.policy import load
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import children, outcome, package
from lapwing_web.casework.actions.children import add_child, record_step
from lapwing_web.casework.models import Case, Child
from lapwing_web.casework.models.contact import owed
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import now, today
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def case(cast: Cast, made: Made) -> Case:
    sent = package.disseminate(made(1), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    package.accept(sent, by=cast.officer_a)
    return case_of(sent)


def open_clocks(child: Child) -> set[str]:
    clocks = Clock.objects.filter(about=f"case:{child.case_id}", event__startswith=f"child:{child.pk} ")
    return set(clocks.exclude(state="settled").values_list("kind", flat=True))


def test_the_wait_is_counted_from_first_knowledge(cast: Cast, case: Case) -> None:
    known = now() - timedelta(hours=5)
    child = add_child(case, contact="household", known_at=known, by=cast.officer_a)
    assert open_clocks(child) == {"protective_step", "strategy_discussion"}
    assert Clock.objects.get(kind="protective_step").started_at == known
    record_step(child, kind="strategy_discussion", result="enquiry", by=cast.officer_a)
    assert open_clocks(child) == {"protective_step", "section_47"}
    record_step(child, kind="section_47", result="protected", text="Moved", by=cast.officer_a)
    child.refresh_from_db()
    assert open_clocks(child) == set()
    assert child.protected_at is not None
    assert child.protected_at > known


def test_a_second_discussion_that_needs_no_enquiry_ends_the_wait_for_a_decision(
    cast: Cast, case: Case
) -> None:
    child = add_child(case, contact="household", by=cast.officer_a)
    record_step(child, kind="strategy_discussion", result="enquiry", by=cast.officer_a)
    assert "section_47" in open_clocks(child)
    record_step(child, kind="strategy_discussion", result="no_enquiry", text="Seen", by=cast.officer_a)
    assert open_clocks(child) == {"protective_step"}
    assert list(owed(child)) == ["school", "health"]


def test_a_child_of_a_position_of_trust_needs_the_designated_officer(cast: Cast, case: Case) -> None:
    child = add_child(case, contact="work", by=cast.officer_a)
    assert "designated_officer" in open_clocks(child)
    record_step(child, kind="designated_officer", result="told", by=cast.officer_a)
    assert "designated_officer" not in open_clocks(child)
    at_home = add_child(case, contact="household", by=cast.officer_a)
    assert (child.number, at_home.number) == (1, 2)
    with pytest.raises(Refused, match="Choose one of the steps"):
        record_step(at_home, kind="designated_officer", result="told", by=cast.officer_a)


def test_no_case_ends_while_a_child_has_no_step_that_protects(cast: Cast, case: Case) -> None:
    answer_all(case, cast.officer_a)
    child = add_child(case, by=cast.officer_a)
    sent = case.packages.get()
    with pytest.raises(Refused, match="no step recorded that protects"):
        outcome.record_outcome(sent, code="1", on=today(), by=cast.officer_a)
    record_step(
        child, kind="school", result="told", by=cast.officer_a
    )  # it tells somebody, and protects nobody
    with pytest.raises(Refused, match="no step recorded that protects"):
        outcome.record_outcome(sent, code="1", on=today(), by=cast.officer_a)
    record_step(child, kind="police_protection", result="police", by=cast.officer_a)
    owed_still = "child 1: strategy discussion, section 47 decision, health told"
    with pytest.raises(Refused, match=owed_still):  # the child is safe, and who must know does not
        outcome.record_outcome(sent, code="1", on=today(), by=cast.officer_a)
    protect_child(child, cast.officer_a)
    outcome.record_outcome(sent, code="1", on=today(), by=cast.officer_a)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "section_47", "result": "no_risk"}, "needs a few words"),
        ({"kind": "section_47", "result": "told"}, "Choose one of the steps"),
        ({"kind": "none such", "result": "told"}, "Choose one of the steps"),
        ({"kind": "school", "result": "told", "done_at": "later"}, "not before"),
    ],
)
def test_a_step_says_what_is_wrong_with_it(
    cast: Cast, case: Case, given: dict[str, object], said: str
) -> None:
    child = add_child(case, by=cast.officer_a)
    if "done_at" in given:
        given["done_at"] = now() + timedelta(hours=1)
    with pytest.raises(Refused, match=said):
        record_step(child, **given, by=cast.officer_a)  # type: ignore[arg-type]


def test_who_a_child_is_stands_on_no_page_of_the_case(cast: Cast, case: Case, signed_in: SignedIn) -> None:
    child = add_child(case, name="A name kept apart", lives_at="A place kept apart", by=cast.officer_a)
    children.write_about_child(child, text="Words kept apart", by=cast.officer_a)
    client = signed_in(cast.officer_a)
    reason = next(iter(load("justifications").on(today()).justifications))
    client.post(reverse("case", args=[case.pk]), {"reason": reason, "stands": "on", "text": "x"})
    shown = client.get(reverse("case", args=[case.pk])).content.decode()
    assert "Child 1" in shown
    assert "kept apart" not in shown.replace("is kept apart", "")
    for page in ("cases", "home", "clocks"):
        assert "A name kept apart" not in client.get(reverse(page)).content.decode()
    about = AuditEntry.objects.filter(about=f"case:{case.pk}")
    assert not about.filter(new__contains="kept apart")
    asked = client.get(reverse("child", args=[child.pk])).content.decode()
    assert "Why do you need to see it?" in asked  # the standing reason does not open it
    client.post(reverse("child", args=[child.pk]), {"reason": reason, "text": "x"})
    assert "A name kept apart" in client.get(reverse("child", args=[child.pk])).content.decode()
    assert AuditEntry.objects.filter(about=f"child:{child.pk}", action="consult").exists()


def test_another_force_and_an_auditor_write_nothing_about_a_child(cast: Cast, case: Case) -> None:
    child = add_child(case, by=cast.officer_a)
    for person in (cast.officer_b, cast.auditor_a, cast.supervisor):
        with pytest.raises(Forbidden):
            children.write_about_child(child, text="x", by=person)
        with pytest.raises(Forbidden):
            record_step(child, kind="school", result="told", by=person)
