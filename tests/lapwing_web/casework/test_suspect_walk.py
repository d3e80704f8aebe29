"""A long random walk over arrests, releases and restrictions, in time: no gap that is not flagged, ever."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework import test_case_walk as walk
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.test_case_walk import World

from lapwing_web.audit.actions import recorded
from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.casework.actions import arrests, bail, bail_court, gaps, warrants
from lapwing_web.casework.actions.passing import pass_time
from lapwing_web.casework.models import (
    Arrest,
    BailStop,
    Case,
    Duty,
    Gap,
    Restriction,
    SafetyPlan,
    Suspect,
    Warrant,
)
from lapwing_web.casework.models.governing import stages_of
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import UK, at, now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 12, tzinfo=UK)
STEPS = 140
OF_SUSPECTS = (Suspect, Arrest, Restriction, BailStop, Duty, Gap, SafetyPlan, Warrant)
OFTEN = {"arrest": 14, "release": 30, "sign": 24, "duty": 20, "restrict": 12, "stop": 22, "back": 26}
OFTEN |= {
    "extend": 14,
    "ask the court": 16,
    "the court answers": 20,
    "end": 18,
    "end warrant": 8,
    "child": 6,
    "answer all": 14,
    "outcome": 14,
    "step": 8,
    "tidy": 16,
}
OFTEN |= {"return": 1, "join": 2, "take outcome back": 8, "answer warrant": 8, "offer": 8, "accept offer": 8}


def anybody(w: World, by: User, rows: Any, path: str) -> Any:
    """Mostly one of the person's own force, as far as there is any."""
    own = rows.filter(**{f"{path}organisation": by.organisation_id})
    return w.mostly(own, rows.model)


def suspect(w: World, by: User) -> Suspect:
    return anybody(w, by, Suspect.objects.filter(case__state="open"), "case__")  # type: ignore[no-any-return]


def arrest_of(w: World, by: User, **which: Any) -> Arrest:
    return anybody(w, by, Arrest.objects.filter(**which), "suspect__case__")  # type: ignore[no-any-return]


def on_bail(w: World, by: User) -> Arrest:
    given = Restriction.objects.filter(kind="bail", arrest__isnull=False)
    running = given.filter(ends_at__gt=now()) | given.filter(ends_at=None)
    return anybody(w, by, running, "suspect__case__").arrest or w.one(Arrest)  # type: ignore[no-any-return]


def at_its_last_stage(w: World, by: User) -> Arrest:
    """Somebody on bail, which is mostly first extended as far as a superintendent can."""
    one = on_bail(w, by)
    last = stages_of(one)[-1].last_on
    if last and w.dice.random() < 0.8 and getattr(bail.bail_of(one), "returns_on", last) != last:
        bail.extend_bail(one, returns_on=last, rank="superintendent", by=by)
    return one


def plans_for(w: World, case: Case) -> dict[int, str]:
    """A plan for each child; sometimes one is forgotten."""
    children = list(case.children.values_list("pk", flat=True)) or [0]
    return {key: "x" for key in children if w.dice.random() < 0.95}


def _release(w: World, by: User) -> None:
    one = arrest_of(w, by, released_at=None)
    arrests.release(
        one, kind=w.dice.choice(["bail", "bail", *arrests.RELEASES]),
        at=now() - timedelta(minutes=w.dice.choice([0, 0, 90])),
        returns_on=today() + timedelta(days=w.dice.choice([0, 20, 60, 130])),
        rank=w.dice.choice(["custody_officer", "superintendent", "superintendent", "court"]),
        conditions=w.dice.choice(["x", "x", "x", "x", ""]), reason="x", plans=plans_for(w, one.case), by=by,
    )  # fmt: skip


def _restrict(w: World, by: User) -> None:
    begins = now() + timedelta(days=w.dice.choice([-3, 0, 1, 30]))
    ends = w.dice.choice([None, begins + timedelta(days=w.dice.choice([1, 40]))])
    kind = w.dice.choice(["interim_order", "risk_order", "licence", "notification", "agreement", "custody"])
    arrests.restrict(suspect(w, by), kind=kind, begins_at=begins, ends_at=ends, conditions="x", by=by)


def _end(w: World, by: User) -> None:
    some = Restriction.objects.exclude(kind="custody").filter(suspect__case__state="open")
    running = some.filter(ends_at=None) | some.filter(ends_at__gt=now())
    one = anybody(w, by, running, "suspect__case__")
    moment = now() + timedelta(days=w.dice.choice([0, 0, 10]))
    arrests.end_restriction(one, at=moment, why="x", by=by)


def _extend(w: World, by: User) -> None:
    until = today() + timedelta(days=w.dice.choice([10, 100, 250, 400]))
    rank = w.dice.choice(["custody_officer", "inspector", "superintendent", "court"])
    bail.extend_bail(on_bail(w, by), returns_on=until, rank=rank, by=by)


def _sign(w: World, by: User) -> None:
    one = anybody(w, by, Gap.objects.filter(state="open"), "suspect__case__")
    gaps.sign_gap(one, reason="x", plans=plans_for(w, one.case), by=by)


def _duty(w: World, by: User) -> None:
    one = anybody(w, by, Duty.objects.filter(result=""), "arrest__suspect__case__")
    results = list(arrests.arrests_policy().duties[one.kind].results)
    arrests.record_duty(one, result=w.dice.choice(results), text=w.dice.choice(["x", "x", ""]), by=by)


def _answer_warrant(w: World, by: User) -> None:
    one = anybody(w, by, Warrant.objects.filter(state="applied"), "suspect__case__")
    warrants.answer_warrant(one, granted=w.dice.random() < 0.7, on=today(), by=by)


def _end_warrant(w: World, by: User) -> None:
    one = anybody(w, by, Warrant.objects.all(), "suspect__case__")
    how = w.dice.choice(["executed", "withdrawn", "expired", "granted"])
    warrants.end_warrant(one, how=how, on=today(), by=by)


def _tidy(w: World, by: User) -> None:
    """Everything that must be done before a case may end."""
    case = w.mine(by)
    walk.answer_all(case, by, "no")
    for duty in Duty.objects.filter(arrest__suspect__case=case, result=""):
        result = "declined" if duty.kind == "rehabilitation" else "no" if duty.kind == "trust" else "done"
        arrests.record_duty(duty, result=result, text="x", by=by)
    for gap in Gap.objects.filter(suspect__case=case, state="open"):
        gaps.sign_gap(gap, reason="x", plans=dict.fromkeys(plans_for(w, case), "x"), by=by)


TRIES: dict[str, Callable[[World, User], Any]] = {
    **walk.TRIES,
    "add suspect": lambda w, by: arrests.add_suspect(w.mine(by), label="x", by=by),
    "arrest": lambda w, by: arrests.arrest(
        suspect(w, by), at=now() - timedelta(hours=w.dice.choice([0, 0, 3])), by=by,
        position_of_trust=w.dice.choice(["yes", "no", "unknown"]),
    ),
    "release": _release,
    "restrict": _restrict,
    "end": _end,
    "extend": _extend,
    "stop": lambda w, by: bail.send_to_prosecutor(on_bail(w, by), on=today(), by=by),
    "back": lambda w, by: bail.back_from_prosecutor(
        arrest_of(w, by, stops__back_on=None, stops__isnull=False), on=today(), by=by
    ),
    "designate": lambda w, by: bail_court.designate(at_its_last_stage(w, by), on=today(), by=by),
    "ask the court": lambda w, by: bail_court.apply_to_court(at_its_last_stage(w, by), by=by),
    "the court answers": lambda w, by: bail_court.record_answer(
        arrest_of(w, by, applications__answer=""),
        returns_on=w.dice.choice([None, today() + timedelta(days=500)]), by=by,
    ),
    "sign": _sign,
    "duty": _duty,
    "apply": lambda w, by: warrants.apply_for_warrant(suspect(w, by), grounds="x", by=by),
    "answer warrant": _answer_warrant,
    "end warrant": _end_warrant,
    "tidy": _tidy,
    "time": lambda w, by: pass_time(),
}  # fmt: skip


def step(w: World) -> None:
    """Somebody tries something. It is done, or refused with nothing changed."""
    name = w.dice.choices(sorted(TRIES), [OFTEN.get(one, 4) for one in sorted(TRIES)])[0]
    by = w.dice.choice(w.likely if w.dice.random() < 0.95 else w.people)
    try:
        with recorded():
            TRIES[name](w, by)
    except Refused:
        return
    w.done.append(name)


def bail_without_charge_when(case: Case) -> bool:
    """Whether police bail ran on past the end of the case for somebody who was not charged."""
    given = Restriction.objects.filter(suspect__case=case, kind__startswith="bail", suspect__charges=None)
    return given.filter(ends_at__gt=case.closed_at).exists()


def running(kind: str, name: str) -> int:
    return Clock.objects.filter(kind=kind, about=name).exclude(state="settled").count()


def holds(rows: dict[Any, int]) -> None:
    """What is true at every moment."""
    for case in Case.objects.all():
        _flagged(case)
        if case.state == "closed":
            assert not Gap.objects.filter(suspect__case=case, state="open")
            assert not Duty.objects.filter(arrest__suspect__case=case, result="")
            assert not Restriction.objects.filter(suspect__case=case, kind="custody", ends_at=None)
            assert not bail_without_charge_when(case)
    for gap in Gap.objects.select_related("suspect__case"):
        clocks = Clock.objects.filter(kind="gap", about=f"gap:{gap.pk}").exclude(state="settled")
        assert len(clocks) == (gap.state == "open")
        assert {one.organisation_id for one in clocks} <= {gap.case.organisation_id}
    for one in Duty.objects.select_related("arrest__suspect__case"):
        assert running("duty", f"duty:{one.pk}") == (one.result == "" and one.case.state == "open")
    for row in Restriction.objects.filter(
        returns_on__isnull=False, ends_at__gt=now(), suspect__case__state="open"
    ):
        assert running("bail", f"restriction:{row.pk}") == 1
    for model, count in rows.items():
        assert model.objects.count() >= count, f"a row of {model.__name__} was lost"
        rows[model] = model.objects.count()


def _flagged(case: Case) -> None:
    """Every gap that the rules find now has its row, which nobody has closed; and no row says of a gap that
    is not there.
    """
    for one in case.suspects.all():
        found = {(gap.begins, gap.ends) for gap in gaps.gaps_of(one, case)}
        stored = one.gaps.exclude(state="closed")
        assert {(gap.begins_at, gap.ends_at) for gap in stored} == found
        for gap in stored.filter(state="signed"):
            assert gap.signed_by is not None
            assert gap.signed_by.role == "supervisor"
            assert gap.plans.exists()
            if gap.ends_at is None or gap.ends_at > now():
                planned = set(gap.plans.values_list("child", flat=True))
                assert set(case.children.values_list("pk", flat=True)) <= planned


def test_whatever_forces_do_to_suspects_no_gap_is_silent(cast: Cast, made: Made) -> None:
    done: set[str] = set()
    moment, rows = START, dict.fromkeys(OF_SUSPECTS, 0)
    for first in (1, 9):
        with at(moment):
            world = World(first, cast, made)
        for number in range(STEPS):
            moment += timedelta(hours=world.dice.choice([0, 0, 1, 5, 30, 90]))
            with at(moment):
                step(world)
                if number % 5 == 0:
                    walk.holds()
                holds(rows)
        done |= set(world.done)
    assert len(done) >= 20, f"the walks were too short: {set(TRIES) - done}"
    assert {"arrest", "release", "restrict", "end", "tidy", "outcome"} <= done
    assert Gap.objects.filter(state="signed").exists()
    assert not broken(AuditEntry.objects.order_by("position"))


def test_a_gap_signed_for_is_open_again_when_another_child_is_known(cast: Cast, made: Made) -> None:
    from lapwing_web.casework.actions.children import add_child

    with at(START):
        world = World(1, cast, made)
        case = Case.objects.first()
        assert case is not None
        officer = cast.officer_a if case.organisation_id == cast.force_a.pk else cast.officer_b
        boss = cast.supervisor_a if officer == cast.officer_a else cast.supervisor_b
        held = arrests.arrest(case.suspects.get(), at=now(), position_of_trust="no", by=officer)
        arrests.release(held, kind="investigation", at=now(), reason="x", plans={0: "x"}, by=boss)
        gap = Gap.objects.get()
        gaps.sign_gap(gap, reason="x", plans={0: "x"}, by=boss)
        child = add_child(case, contact="work", by=officer)
        gap.refresh_from_db()
        assert gap.state == "open"
        with pytest.raises(Refused, match="Write a plan for child 1"):
            gaps.sign_gap(gap, reason="x", plans={0: "x"}, by=boss)
        gaps.sign_gap(gap, reason="x", plans={child.pk: "x"}, by=boss)
    assert world


def test_a_gap_that_no_action_made_is_found_by_the_passing_of_time(cast: Cast, made: Made) -> None:
    with at(START):
        World(1, cast, made)
        one = Suspect.objects.select_related("case").first()
        assert one is not None
        by = cast.officer_a if one.case.organisation_id == cast.force_a.pk else cast.officer_b
        held = arrests.arrest(one, at=now(), position_of_trust="no", by=by)
        walk.answer_all(one.case, by, "yes")
        arrests.release(held, kind="investigation", at=now(), by=by)
        Gap.objects.update(state="closed")  # as a new policy on what can be enforced would leave it
        Clock.objects.filter(kind="gap").update(state="settled")
        assert pass_time().cases == 1
        assert Gap.objects.get().state == "open"
        assert running("gap", f"gap:{Gap.objects.get().pk}") == 1
        assert pass_time().cases == 0


@pytest.mark.parametrize("days", [92, 93])
def test_a_warrant_expires_with_nobody_acting(cast: Cast, made: Made, days: int) -> None:
    with at(START):
        World(1, cast, made)
        one = Suspect.objects.select_related("case").first()
        assert one is not None
        by = cast.officer_a if one.case.organisation_id == cast.force_a.pk else cast.officer_b
        warrant = warrants.apply_for_warrant(one, grounds="x", by=by)
        warrants.answer_warrant(warrant, granted=True, on=date(2026, 3, 2), by=by)
    with at(START + timedelta(days=days)):
        pass_time()
    warrant.refresh_from_db()
    assert warrant.state == ("granted" if days == 92 else "expired")
