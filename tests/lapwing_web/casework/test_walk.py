"""A long random walk of people doing what they may and may not. Whatever they do, some things hold."""

import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.worked import answer_all

from lapwing_web.audit.actions import recorded
from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.casework.actions import agree, decide, outcome, package, second_look
from lapwing_web.casework.models import Approval, Case, ContactAnswer, Enquiry, Package, Referral, SecondLook
from lapwing_web.casework.models.contact import questions_open
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import today
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import Organisation, User

pytestmark = pytest.mark.django_db

STEPS, REFERRALS = 140, 2
# how often each is tried, beside 4: what ends things is rare, so that the walk gets far
OFTEN = {
    "safeguard": 1,
    "supplement": 1,
    "discard": 1,
    "return": 1,
    "accept": 16,
    "outcome": 12,
    "answer for children": 8,
    "close": 12,
    "keep": 12,
}
AT_A_FORCE = {"accept", "answer for children", "return", "outcome", "take outcome back"}
State = Referral.State
WITH_A_FORCE = {State.ACCEPTED}


class World:
    """Everybody, everything, and the dice."""

    def __init__(self, seed: int, cast: Cast, made: Made) -> None:
        self.dice = random.Random(seed)
        self.people = list(cast.people().values())
        self.likely = {
            True: [cast.supervisor_a, cast.supervisor_b, cast.officer_a],
            False: [cast.supervisor, cast.intelligence],
        }
        self.forces = [cast.force_a, cast.force_b, cast.agency]
        self.referrals = [made(seed * REFERRALS + number).pk for number in range(1, REFERRALS + 1)]
        self.done: list[str] = []

    def step(self) -> None:
        """Somebody tries something. It is done, or refused with nothing changed."""
        name = self.dice.choices(sorted(TRIES), [OFTEN.get(one, 4) for one in sorted(TRIES)])[0]
        may = self.dice.random() < 0.8  # mostly somebody who could, now and then anybody at all
        by = self.dice.choice(self.likely[name in AT_A_FORCE] if may else self.people)
        before = snapshot()
        try:
            TRIES[name](self, by)
        except Refused:
            assert snapshot() == before, f"{name} was refused and changed something"
        else:
            self.done.append(name)

    def referral(self) -> Referral:
        return Referral.objects.get(pk=self.dice.choice(self.referrals))

    def package(self) -> Package:
        """Mostly one that something can still be done about."""
        live = Package.objects.filter(kind="dissemination").exclude(state="returned").order_by("-id").first()
        return live if live and self.dice.random() < 0.7 else self._any(Package)

    def _any(self, model: Any) -> Any:
        rows = list(model.objects.order_by("id"))
        if not rows:
            raise Refused("none yet")
        return self.dice.choice(rows)

    def outcome(self) -> dict[str, Any]:
        code = self.dice.choice(["1", "18", "99"])
        reason = self.dice.choice(["no_offence", "other", ""])
        return {
            "code": code,
            "on": today() - timedelta(days=self.dice.randrange(3)),
            "reason": reason,
            "text": "x",
        }


TRIES: dict[str, Callable[[World, User], Any]] = {
    "discard": lambda w, by: decide.discard(
        w.referral(), reason=w.dice.choice(["viral", "other", "?"]), text="x", by=by
    ),
    "reopen": lambda w, by: decide.reopen(w.referral(), reason="decided_in_error", text="x", by=by),
    "develop": lambda w, by: decide.develop(w.referral(), why="x", by=by),
    "take": lambda w, by: decide.take(w.referral(), by=by),
    "assign": lambda w, by: decide.assign(w.referral(), to=w.dice.choice(w.people), by=by),
    "ask": lambda w, by: decide.ask_company(w.referral(), missing=["billing"], by=by),
    "answer": lambda w, by: decide.record_answer(w._any(Enquiry), reason="nothing_held", by=by),
    "facts": lambda w, by: decide.set_facts(
        w.referral(), answers={"international": w.dice.choice([True, True, False, None])}, source="x", by=by
    ),
    "keep": lambda w, by: decide.keep(w.referral(), criteria=["international"], by=by),
    "close": lambda w, by: decide.close_kept(w.referral(), **w.outcome(), by=by),
    "reopen kept": lambda w, by: decide.reopen_kept(w.referral(), why="x", by=by),
    "send": lambda w, by: package.disseminate(
        w.referral(), to=w.dice.choice(w.forces), reason="best_evidence", by=by
    ),
    "supplement": lambda w, by: package.supplement(w.referral(), text="x", by=by),
    "safeguard": lambda w, by: package.send_safeguarding(
        w.referral(), to=w.dice.choice(w.forces), text="x", by=by
    ),
    "answer for children": lambda w, by: answer_some(w.package(), by),
    "accept": lambda w, by: package.accept(w.package(), by=by),
    "return": lambda w, by: package.return_(w.package(), reason="already_known", text="x", by=by),
    "outcome": lambda w, by: outcome.record_outcome(w.package(), **w.outcome(), by=by),
    "take outcome back": lambda w, by: outcome.reopen_outcome(w.package(), why="x", by=by),
    "agree": lambda w, by: agree.agree(w._any(Approval), by=by),
    "disagree": lambda w, by: agree.disagree(w._any(Approval), why="x", by=by),
    "look again": lambda w, by: second_look.look_again(
        w._any(SecondLook), verdict=w.dice.choice(["actionable", "informational"]), why="x", by=by
    ),
}


def answer_some(sent: Package, by: User) -> None:
    """Every question of the package's case, or nothing."""
    if sent.case_id is None:
        raise Refused("no case yet")
    with recorded():
        answer_all(sent, by)


def snapshot() -> list[Any]:
    """Everything that a refused step must leave alone."""
    models = (Referral, Package, Case, ContactAnswer, Clock, Enquiry, Approval, SecondLook)
    return [list(model.objects.order_by("pk").values()) for model in models] + [AuditEntry.objects.count()]


def holds() -> None:
    """What is true at every moment."""
    for referral in Referral.objects.all():
        standing = list(
            referral.packages.filter(kind="dissemination")
            .exclude(state="returned")
            .values_list("state", "to_id")
        )
        owner = referral.organisation
        if referral.state == State.DISSEMINATED:
            assert [state for state, _ in standing] == ["waiting"]
            assert owner.kind == Organisation.Kind.AGENCY
        elif referral.state == State.ACCEPTED or (referral.state == State.CLOSED and owner.kind == "force"):
            assert standing == [("accepted", owner.pk)]
        else:
            assert standing == []
            assert owner.kind == Organisation.Kind.AGENCY
        assert bool(referral.outcome) == (referral.state == State.CLOSED)
        decided = referral.state in (State.DISCARDED, State.KEPT, State.DISSEMINATED, State.CLOSED)
        assert bool(referral.decided_by) >= decided
        case = Case.objects.filter(packages__in=referral.packages.filter(kind="dissemination")).last()
        if referral.state == State.ACCEPTED:
            assert case
            assert (case.state, case.organisation_id) == ("open", owner.pk)
        elif case and referral.outcome and owner.kind == "force":
            assert case.state == "closed"
            assert not questions_open(case)
    by_state = {state: Package.objects.filter(state=state).count() for state in Package.State.values}
    assert sum(by_state.values()) == Package.objects.count()
    sent = AuditEntry.objects.filter(action="send a package").count()
    assert sent == by_state["accepted"] + by_state["returned"] + by_state["waiting"]
    silent = Clock.objects.filter(kind="silence").exclude(state="settled").count()
    assert silent == by_state["waiting"]


def test_whatever_people_do_the_books_balance(cast: Cast, made: Made) -> None:
    done: set[str] = set()
    for seed in range(3):
        world = World(seed, cast, made)
        for _ in range(STEPS):
            world.step()
            holds()
        done |= set(world.done)
    assert len(done) > len(TRIES) - 8, f"the walks were too short: {done}"
    assert not broken(AuditEntry.objects.order_by("position"))
    for subject, model in (("referral", Referral), ("package", Package)):
        for record in model.objects.all():
            assert last_state(f"{subject}:{record.pk}", record) == record.state


def last_state(about: str, record: Any) -> str:
    """The state that the audit alone would tell, and on the way that every move was a legal one."""
    state = ""
    for entry in AuditEntry.objects.filter(about=about).order_by("position"):
        new = json.loads(entry.new) if entry.new else {}
        if entry.old and "state" in new:
            old = json.loads(entry.old)["state"]
            assert state in ("", old)
            assert new["state"] in record.MOVES[old]
            state = new["state"]
    return state or record.state
