"""What officers decide: who may, what is recorded, what is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made

from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import timeline
from lapwing_web.casework.actions import agree, decide
from lapwing_web.casework.actions.holding import UNDECIDED
from lapwing_web.casework.actions.package import disseminate
from lapwing_web.casework.models import Approval, Enquiry, Referral, SecondLook
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import today
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import Organisation, User

pytestmark = pytest.mark.django_db

OFFICERS, SENIOR = {"intake", "intelligence", "supervisor"}, {"intelligence", "supervisor"}
ACTIONS: list[tuple[str, Callable[[Referral, User], Any], set[str]]] = [
    # what, how, who may (everybody else is refused, and nothing changes)
    ("discard", lambda r, by: decide.discard(r, reason="viral", by=by), OFFICERS),
    ("take", lambda r, by: decide.take(r, by=by), OFFICERS),
    ("develop", lambda r, by: decide.develop(r, by=by), OFFICERS),
    ("ask", lambda r, by: decide.ask_company(r, missing=["phone"], text="x", by=by), OFFICERS),
    ("facts", lambda r, by: decide.set_facts(r, answers={"uk_link": False}, source="x", by=by), OFFICERS),
    ("assign", lambda r, by: decide.assign(r, to=None, by=by), {"supervisor"}),
    ("keep", lambda r, by: decide.keep(r, criteria=["keep_other"], text="x", by=by), SENIOR),
    ("send", lambda r, by: disseminate(r, to=_force(), reason="suspect_lives_here", by=by), SENIOR),
]


def _force() -> Organisation:
    return Organisation.objects.get(name="Lancashire Constabulary")


@pytest.mark.parametrize(("what", "act", "allowed"), ACTIONS, ids=[action[0] for action in ACTIONS])
def test_each_decision_is_for_some_roles_only(
    what: str, act: Callable[[Referral, User], Any], allowed: set[str], cast: Cast, made: Made
) -> None:
    referral = made(1)
    before = Referral.objects.values().get(pk=referral.pk)
    for name, person in cast.people().items():
        if name not in allowed:
            with pytest.raises(Forbidden):
                act(Referral.objects.get(pk=referral.pk), person)
    assert Referral.objects.values().get(pk=referral.pk) == before
    for number, name in enumerate(sorted(allowed), 2):
        act(made(number), cast.people()[name])


def test_a_discard_keeps_its_reason_its_author_and_the_policy(cast: Cast, made: Made) -> None:
    referral = decide.discard(made(1), reason="attribution_conflict", text="two accounts", by=cast.intake)
    referral.refresh_from_db()
    assert (referral.state, referral.reason, referral.decided_by) == (
        "discarded",
        "attribution_conflict",
        "intake",
    )
    entry = timeline(f"referral:{referral.pk}").get(action="discard")
    assert "two accounts" in entry.why
    assert len(entry.policy) == 64
    assert not Clock.objects.filter(about=f"referral:{referral.pk}").exclude(state="settled").exists()


@pytest.mark.parametrize(
    ("reason", "text", "why"),
    [
        ("", "", "no reason"),
        ("because", "", "not in the policy"),
        ("evidential_difficulties", "", "a reason for an outcome, not for a discard"),
        ("attribution_conflict", "  ", "needs words"),
    ],
)
def test_a_discard_without_a_proper_reason_is_refused(
    reason: str, text: str, why: str, cast: Cast, made: Made
) -> None:
    referral = made(1)
    entries = AuditEntry.objects.count()
    with pytest.raises(Refused):
        decide.discard(referral, reason=reason, text=text, by=cast.intake)
    assert AuditEntry.objects.count() == entries


def test_a_reopened_referral_is_undecided_with_a_new_clock(cast: Cast, made: Made) -> None:
    referral = decide.discard(made(1), reason="viral", by=cast.intake)
    decide.reopen(referral, reason="decided_in_error", text="wrong one", by=cast.intelligence)
    referral.refresh_from_db()
    assert (referral.state, referral.reason, referral.decided_by, referral.decided_at) == (
        "received",
        "",
        "",
        None,
    )
    running = Clock.objects.filter(about=f"referral:{referral.pk}", state="running")
    assert {clock.kind for clock in running} >= {"triage"}
    with pytest.raises(Refused):
        decide.reopen(referral, reason="decided_in_error", text="again", by=cast.intelligence)


def test_a_reason_that_needs_two_people_waits_for_the_second(cast: Cast, made: Made) -> None:
    referral = decide.discard(made(1), reason="other", text="something else", by=cast.intake)
    assert Referral.objects.get(pk=referral.pk).state == "received"
    approval = Approval.objects.get()
    with pytest.raises(Forbidden):
        agree.agree(approval, by=cast.intake)
    with pytest.raises(Forbidden):
        agree.agree(approval, by=cast.auditor)
    with pytest.raises(Refused):
        decide.discard(referral, reason="other", text="twice", by=cast.supervisor)
    agree.agree(approval, by=cast.supervisor)
    referral.refresh_from_db()
    assert (referral.state, referral.decided_by) == ("discarded", "intake")
    assert timeline(f"referral:{referral.pk}").get(action="discard").by == "supervisor"


def test_a_second_person_who_disagrees_drops_the_decision(cast: Cast, made: Made) -> None:
    referral = decide.discard(made(1), reason="other", text="something else", by=cast.intake)
    with pytest.raises(Refused):
        agree.disagree(Approval.objects.get(), why=" ", by=cast.supervisor)
    agree.disagree(Approval.objects.get(), why="work it", by=cast.supervisor)
    assert Referral.objects.get(pk=referral.pk).state == "received"
    decide.discard(referral, reason="viral", by=cast.intake)  # nothing waits any more


def test_a_stale_approval_does_not_undo_what_was_decided_meanwhile(cast: Cast, made: Made) -> None:
    referral = decide.discard(made(1), reason="other", text="something else", by=cast.intake)
    disseminate(
        Referral.objects.get(pk=referral.pk), to=cast.force_a, reason="best_evidence", by=cast.intelligence
    )
    with pytest.raises(Refused):
        agree.agree(Approval.objects.get(), by=cast.supervisor)
    assert Referral.objects.get(pk=referral.pk).state == "disseminated"
    assert Approval.objects.get().answered_at is None


def test_only_one_person_can_take_a_referral(cast: Cast, made: Made) -> None:
    referral = made(1)
    decide.take(Referral.objects.get(pk=referral.pk), by=cast.intake)
    with pytest.raises(Refused, match="intake"):
        decide.take(referral, by=cast.intelligence)
    decide.assign(referral, to=cast.intelligence, by=cast.supervisor)
    assert Referral.objects.get(pk=referral.pk).assigned_to == cast.intelligence
    with pytest.raises(Refused):
        decide.assign(referral, to=cast.officer_a, by=cast.supervisor)


def test_asking_the_company_starts_a_clock_and_its_answer_settles_it(cast: Cast, made: Made) -> None:
    referral = made(1)
    enquiry = decide.ask_company(
        referral, missing=["billing", "nonsense"], text="and since when?", by=cast.intake
    )
    assert enquiry.missing == ["billing"]
    assert "since when" in enquiry.text
    clock = Clock.objects.get(about=f"referral:{referral.pk}", kind="provider_answer")
    assert clock.state == "running"
    with pytest.raises(Refused):
        decide.ask_company(referral, missing=["billing"], by=cast.intake)
    decide.record_answer(enquiry, reason="nothing_held", by=cast.intake)
    clock.refresh_from_db()
    referral.refresh_from_db()
    assert (clock.state, referral.state) == ("settled", "developing")
    with pytest.raises(Refused):
        decide.record_answer(Enquiry.objects.get(), reason="nothing_held", by=cast.intake)


def test_a_fact_moves_the_band_and_is_kept_with_its_source(cast: Cast, made: Made) -> None:
    referral = made(1)
    points = referral.risk_points
    decide.set_facts(
        referral,
        answers={"lives_with_child": True, "position_of_trust": None},
        source="a call",
        by=cast.intake,
    )
    referral.refresh_from_db()
    assert referral.risk_points > points
    assert "lives_with_child" in referral.risk_present
    assert "position_of_trust" in referral.risk_unknown
    entry = timeline(f"referral:{referral.pk}").get(action="set facts")
    assert (entry.why, entry.by) == ("a call", "intake")


@pytest.mark.parametrize(
    ("answers", "source", "why"),
    [
        ({}, "a call", "nothing said"),
        ({"lives_with_child": True}, " ", "no source"),
        ({"escalated": False}, "a call", "what the report states cannot be unsaid"),
        ({"lives_with_dragon": True}, "a call", "not a fact"),
    ],
)
def test_a_fact_that_cannot_stand_is_refused(
    answers: dict[str, bool | None], source: str, why: str, cast: Cast, made: Made
) -> None:
    with pytest.raises(Refused):
        decide.set_facts(made(1), answers=answers, source=source, by=cast.intake)


def test_the_agency_keeps_only_by_criteria_that_are_known_to_be_met(cast: Cast, made: Made) -> None:
    referral = made(1)
    with pytest.raises(Refused, match="Record the fact"):
        decide.keep(referral, criteria=["organised_network"], by=cast.intelligence)
    with pytest.raises(Refused):
        decide.keep(referral, criteria=[], by=cast.intelligence)
    decide.set_facts(
        referral, answers={"organised_network": True}, source="shared group", by=cast.intelligence
    )
    decide.keep(referral, criteria=["organised_network"], by=cast.intelligence)
    assert (referral.state, referral.organisation) == ("kept", cast.agency)


def test_a_kept_case_ends_with_an_outcome_that_can_be_taken_back(cast: Cast, made: Made) -> None:
    referral = made(1)
    decide.set_facts(referral, answers={"international": True}, source="liaison", by=cast.intelligence)
    decide.keep(referral, criteria=["international"], text="two countries", by=cast.intelligence)
    kept = {name: getattr(referral, name) for name in UNDECIDED}
    with pytest.raises(Refused):
        decide.close_kept(referral, code="18", on=today(), by=cast.intelligence)  # a loss without its reason
    with pytest.raises(Refused):
        decide.close_kept(referral, code="1", on=today() + timedelta(days=1), by=cast.intelligence)
    decide.close_kept(referral, code="18", on=today(), reason="no_suspect_traceable", by=cast.intelligence)
    referral.refresh_from_db()
    assert (referral.state, referral.outcome, referral.reason) == ("closed", "18", "no_suspect_traceable")
    with pytest.raises(Refused):
        decide.keep(referral, criteria=["international"], by=cast.intelligence)  # it is closed, not undecided
    decide.reopen_kept(referral, why="new evidence", by=cast.supervisor)
    referral.refresh_from_db()
    assert (referral.state, referral.outcome, referral.reason) == ("kept", "", "international")
    assert {name: getattr(referral, name) for name in UNDECIDED} == kept


def test_kirat_is_kept_beside_the_band_and_never_mixed_into_it(cast: Cast, made: Made) -> None:
    referral = made(1)
    band, points = referral.risk_band, referral.risk_points
    given = {"version": "2", "assessor": "A1234", "on": today(), "complete": True}
    decide.record_kirat(referral, level="very_high", **given, by=cast.intelligence)  # type: ignore[arg-type]
    referral.refresh_from_db()
    assert referral.kirat == {**given, "level": "very_high", "on": today().isoformat()}
    assert (referral.risk_band, referral.risk_points) == (band, points)
    for wrong in ({"level": "enormous"}, {"assessor": " "}, {"on": today() + timedelta(days=1)}):
        with pytest.raises(Refused):
            decide.record_kirat(referral, **{"level": "low", **given, **wrong}, by=cast.intelligence)  # type: ignore[arg-type]


def test_a_sampled_discard_is_drawn_with_a_clock(cast: Cast, made: Made) -> None:
    looks, discarded = SecondLook.objects.filter(of="discard"), 0
    # one in twenty is drawn, by what the referral is: of 400, hardly ever none
    while not (looks.exists() and discarded > looks.count()) and discarded < 400:
        discarded += 1
        decide.discard(made(discarded), reason="viral", by=cast.intake)
    assert 0 < looks.count() < discarded
    for look in looks:
        clock = Clock.objects.get(about=f"secondlook:{look.pk}", kind="second_look")
        assert (look.first_by, clock.state) == ("intake", "running")
        decide.reopen(look.referral, reason="decided_in_error", text="x", by=cast.intake)
        look.refresh_from_db()
        clock.refresh_from_db()
        assert (look.agrees, clock.state) == (None, "settled")  # it counts neither as agreed nor as not
