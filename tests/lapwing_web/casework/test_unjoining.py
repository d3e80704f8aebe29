"""Undoing a join of two cases: each has again what was its own, and nothing is counted twice or lost."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.lapwing_web.casework.test_at_once import at_once, chain_is_whole, shared
from tests.lapwing_web.casework.test_disposing import opened
from tests.lapwing_web.casework.worked import answer_all

from lapwing_web.casework.actions import arrests, bail, cases, children, exhibits, outcome, prosecution
from lapwing_web.casework.actions.unjoining import undo_join
from lapwing_web.casework.models import Case, CaseJoin, ContactAnswer, Crime, Gap, Package
from lapwing_web.casework.models.contact import standings
from lapwing_web.casework.models.hanging import tables
from lapwing_web.casework.queries.reconcile import reconcile
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import now, today
from lapwing_web.refusal import Forbidden, Refused

__all__ = ["bail", "shared"]
WRITTEN_ANEW = (ContactAnswer, CaseJoin, Gap)  # answers are only added; gaps are found by the rules


def worked(cast: Cast, number: int) -> Case:
    """A case with a child, an arrest, a charge, an exhibit, and a crime that both cases have."""
    case, by = opened(cast, number), cast.officer_a
    answer_all(case, by, "yes")
    children.add_child(case, by=by)
    arrests.add_suspect(case, label="Another", by=by)
    taken = arrests.arrest(case.suspects.get(number=1), at=now(), position_of_trust="no", by=by)
    arrests.release(taken, kind="investigation", at=now(), by=by, reason="x", plans={0: "x"})
    exhibits.seize(
        case, number=f"E/{number}", kind="phone", description="x", at=now(), place="x", by=by,
        suspect=case.suspects.get(number=1),
    )  # fmt: skip
    for crime in ("shared/26", f"{number}/26"):
        cases.record_crime(case, number=crime, on=today(), rule="per_suspect", by=by)
    return case


def hangs_on(case: Case) -> dict[str, Any]:
    """Every row that hangs on the case, by table, with its numbers, its packages and its crimes."""
    rows = {
        f"{model._meta.model_name} by {way}": sorted(
            model._default_manager.filter(**{way: case}).values_list("pk")
        )
        for model, way in tables()
        if model not in WRITTEN_ANEW
    }
    numbers = [sorted(getattr(case, name).values_list("pk", "number")) for name in ("children", "suspects")]
    packages = sorted(case.packages.values_list("pk"))
    return {**rows, "numbers": numbers, "packages": packages, "crimes": sorted(case.crimes.values_list("pk"))}


@pytest.mark.django_db
def test_a_join_undone_gives_each_case_back_what_was_its_own(cast: Cast) -> None:
    case, into = worked(cast, 1), worked(cast, 2)
    before = hangs_on(case), hangs_on(into)
    clocks = set(Clock.objects.exclude(state="settled").values_list("kind", "about"))
    cases.join_cases(case, into=into, why="One suspect", by=cast.officer_a)
    assert into.suspects.get(number=1).charges.count() == 2
    assert not case.exhibits.exists()
    join = CaseJoin.objects.get()
    with pytest.raises(Forbidden):
        undo_join(join, why="Two people", by=cast.officer_b)
    with pytest.raises(Refused, match="not one suspect"):
        undo_join(join, why=" ", by=cast.officer_a)
    undo_join(join, why="Two people", by=cast.officer_a)
    case.refresh_from_db()
    into.refresh_from_db()
    assert (case.state, case.joined_to, case.closed_at) == ("open", None, None)
    assert (hangs_on(case), hangs_on(into)) == before
    assert set(Clock.objects.exclude(state="settled").values_list("kind", "about")) == clocks
    assert Crime.objects.count() == 3
    assert not [one for one in standings(case) if one.open]
    assert case.suspects.get(number=1).gaps.exclude(state="closed").exists()
    with pytest.raises(Refused, match="undone already"):
        undo_join(join, why="Again", by=cast.officer_a)
    assert reconcile().holds
    assert chain_is_whole()
    cases.join_cases(case, into=into, why="One after all", by=cast.officer_a)
    undo_join(CaseJoin.objects.get(undone_at=None), why="No", by=cast.officer_a)
    case.refresh_from_db()
    assert (hangs_on(case), hangs_on(into)) == before


@pytest.mark.django_db
def test_what_was_recorded_since_goes_with_what_it_hangs_on(cast: Cast, client: Client) -> None:
    case, into = worked(cast, 1), worked(cast, 2)
    child, taken = case.children.get(), case.suspects.get(number=1).arrests.get()
    cases.join_cases(case, into=into, why="One suspect", by=cast.officer_a)
    join = CaseJoin.objects.get()
    for one in (child, taken):
        one.refresh_from_db()
    children.record_step(child, kind="contact_stopped", result="forbidden", by=cast.officer_a)
    children.write_about_child(child, text="Seen", by=cast.officer_a)
    later = arrests.restrict(
        taken.suspect, kind="risk_order", begins_at=now(), by=cast.officer_a, conditions="x"
    )
    prosecution.charge(taken.suspect, offence="Another", on=today(), by=cast.officer_a)
    client.force_login(cast.officer_a)
    address = reverse("case", args=[into.pk])
    client.post(address, {"reason": "working", "stands": "on"})
    assert reverse("case-unjoin", args=[join.pk]) in client.get(address).content.decode()
    assert client.post(reverse("case-unjoin", args=[join.pk]), {"why": "Two people"}).status_code == 302
    for row in (child, taken, later):
        row.refresh_from_db()
    assert (child.case, child.number, taken.suspect.case, later.suspect.case) == (case, 1, case, into)
    assert into.suspects.get(number=1).charges.count() == 2
    about = Clock.objects.filter(kind="protective_step", event__startswith=f"child:{child.pk} ")
    assert {clock.about for clock in about} <= {f"case:{case.pk}", f"case:{into.pk}"}


@pytest.mark.django_db
def test_a_case_that_has_ended_keeps_what_was_joined_to_it(cast: Cast) -> None:
    case, into = opened(cast, 1), opened(cast, 2)
    cases.join_cases(case, into=into, why="One suspect", by=cast.officer_a)
    answer_all(into, cast.officer_a)
    sent = Package.objects.filter(case=into).order_by("pk")[0]
    outcome.record_outcome(sent, code="1", on=today(), by=cast.officer_a)
    with pytest.raises(Refused, match="nothing of it can be changed"):
        undo_join(CaseJoin.objects.get(), why="Two people", by=cast.officer_a)


def test_of_two_who_undo_at_once_one_is_told(shared: Cast) -> None:
    case, into = opened(shared, 1), opened(shared, 2)
    cases.join_cases(case, into=into, why="One suspect", by=shared.officer_a)
    key = CaseJoin.objects.get().pk

    def undo(by: Any) -> None:
        undo_join(CaseJoin.objects.get(pk=key), why="Two people", by=by)

    told = at_once(lambda: undo(shared.officer_a), lambda: undo(shared.supervisor_a))
    assert sorted(map(bool, told)) == [False, True], told
    assert chain_is_whole()
