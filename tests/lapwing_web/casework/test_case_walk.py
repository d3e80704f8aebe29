"""A long random walk over cases of two forces: one owner, no open question at an end, and no row lost."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.worked import answer_all

from lapwing_web.audit.actions import recorded
from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.casework.actions import cases, children, contact, outcome, package, transfer
from lapwing_web.casework.models import Case, Child, Crime, Package, Referral, Transfer
from lapwing_web.casework.models.contact import owed, questions_open, standings, version
from lapwing_web.casework.queries.packages import inbox, packages_apart, packages_for
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import UK, now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
STEPS = 130
# beside 8
OFTEN = {"join": 5, "return": 3, "answer": 3, "band": 6, "crime": 3, "outcome": 12, "take outcome back": 10}
OFTEN |= {"offer": 16, "accept offer": 10, "refuse offer": 10, "withdraw offer": 4}


class World:
    """Two forces, their cases, and the dice."""

    def __init__(self, first: int, cast: Cast, made: Made) -> None:
        self.dice, self.cast = random.Random(first), cast
        self.people = list(cast.people().values())
        self.likely = [
            cast.officer_a,
            cast.supervisor_a,
            cast.supervisor_a,
            cast.supervisor_b,
            cast.officer_b,
        ]
        for number in range(first, first + 4):
            to = self.dice.choice([cast.force_a, cast.force_b])
            sent = package.disseminate(made(number), to=to, reason="best_evidence", by=cast.intelligence)
            package.accept(sent, by=cast.officer_a if to == cast.force_a else cast.officer_b)
        self.done: list[str] = []

    def step(self) -> None:
        """Somebody tries something. It is done, or refused with nothing changed."""
        name = self.dice.choices(sorted(TRIES), [OFTEN.get(one, 8) for one in sorted(TRIES)])[0]
        by = self.dice.choice(self.likely if self.dice.random() < 0.9 else self.people)
        before = snapshot()
        try:
            with recorded():
                TRIES[name](self, by)
        except Refused:
            assert snapshot() == before, f"{name} was refused and changed something"
        else:
            self.done.append(name)

    def one(self, model: Any) -> Any:
        rows = list(model.objects.order_by("id"))
        if not rows:
            raise Refused("none yet")
        return self.dice.choice(rows)

    def mostly(self, wanted: Any, model: Any) -> Any:
        rows = list(wanted.order_by("id"))
        return self.dice.choice(rows) if rows and self.dice.random() < 0.8 else self.one(model)

    def sent(self, by: User) -> Package:
        """Mostly one of a case of the person's own force."""
        return self.mostly(Package.objects.filter(case__organisation=by.organisation_id), Package)  # type: ignore[no-any-return]

    def offer(self, by: User) -> Transfer:
        """Mostly one that waits for the person's own force."""
        waiting = Transfer.objects.filter(to=by.organisation_id, state="offered")
        return self.mostly(waiting, Transfer)  # type: ignore[no-any-return]

    def mine(self, by: User) -> Case:
        """Mostly an open one of the person's own force."""
        own = Case.objects.filter(organisation=by.organisation_id, state="open")
        return self.mostly(own, Case)  # type: ignore[no-any-return]


def _step(w: World, by: User) -> None:
    kind = w.dice.choice(list(version().steps))
    result = w.dice.choice(list(version().steps[kind].results))
    children.record_step(w.one(Child), kind=kind, result=result, text="x", by=by)


TRIES: dict[str, Callable[[World, User], Any]] = {
    "answer": lambda w, by: contact.answer_contact(
        w.mine(by), question=w.dice.choice(list(version().questions)), source="x", by=by,
        answer=w.dice.choice(["yes", "no", "unknown"]),
    ),
    "answer all": lambda w, by: answer_all(w.mine(by), by, w.dice.choice(["no", "no", "yes", "unknown"])),
    "child": lambda w, by: children.add_child(w.mine(by), contact=w.dice.choice(["", "work"]), by=by),
    "step": _step,
    "band": lambda w, by: cases.set_band(
        w.mine(by), band=w.dice.choice(["very_high", "high", "medium", "low"]), why="x", by=by
    ),
    "crime": lambda w, by: cases.record_crime(
        w.mine(by), number=str(w.dice.randrange(4)), on=today(), rule="per_suspect", by=by
    ),
    "join": lambda w, by: cases.join_cases(w.mine(by), into=w.mine(by), why="x", by=by),
    "offer": lambda w, by: transfer.offer(
        w.mine(by), to=w.dice.choice([w.cast.force_a, w.cast.force_b]), why="x", by=by
    ),
    "accept offer": lambda w, by: transfer.accept_offer(w.offer(by), by=by),
    "refuse offer": lambda w, by: transfer.refuse_offer(w.offer(by), why="x", by=by),
    "withdraw offer": lambda w, by: transfer.withdraw_offer(w.offer(by), by=by),
    "outcome": lambda w, by: outcome.record_outcome(w.sent(by), code="1", on=today(), by=by),
    "take outcome back": lambda w, by: outcome.reopen_outcome(w.sent(by), why="x", by=by),
    "return": lambda w, by: package.return_(w.sent(by), reason="already_known", text="x", by=by),
}  # fmt: skip


def snapshot() -> list[Any]:
    models = (Case, Transfer, Package, Referral, Child, Clock)
    counts = [AuditEntry.objects.count(), Crime.cases.through.objects.count()]
    return [list(model.objects.order_by("pk").values()) for model in models] + counts


def holds() -> None:
    """What is true at every moment."""
    for case in Case.objects.prefetch_related("packages__referral"):
        held = [one for one in case.packages.all() if (one.state, one.kind) == ("accepted", "dissemination")]
        if case.state in ("open", "closed"):
            assert held or case.protection, "a case that nothing is worked in"
            assert {one.referral.organisation_id for one in held} <= {case.organisation_id}
            assert {bool(one.outcome) for one in held} <= {case.state == "closed"}
        if case.state == "closed":
            assert not [one for one in standings(case, case.closed_at.astimezone(UK).date()) if one.open]
            assert not [c for c in case.children.all() if c.protected_at is None or owed(c)]
        clocks = Clock.objects.filter(about=f"case:{case.pk}").exclude(state="settled")
        if case.state != "open":
            ended = [] if case.state in ("joined", "disposed") else ["retention_review"]
            assert [clock.kind for clock in clocks] == ended
        else:
            assert {clock.organisation_id for clock in clocks} <= {case.organisation_id}
            waiting = case.children.filter(protected_at=None).count()
            assert clocks.filter(kind="protective_step").count() == waiting
            expired = clocks.filter(kind="contact_expiry", due_at__lte=now()).exists()  # it has fired instead
            assert bool(questions_open(case)) == (clocks.filter(kind="contact_questions").exists() or expired)
    for referral in Referral.objects.filter(state__in=["accepted", "closed"]):
        sent = {"packages__referral": referral, "packages__kind": "dissemination"}
        assert Case.objects.filter(**sent, state__in=["open", "closed", "disposed"]).count() == 1


def every_package_is_in_one_list(cast: Cast) -> None:
    """What somebody may open is what their page lists and counts, each once, whoever it was sent to."""
    for person in (cast.supervisor_a, cast.supervisor_b):
        apart = [one.pk for part in packages_apart(person) for one in part]
        assert sorted(apart) == sorted(packages_for(person).values_list("pk", flat=True))
        page = inbox(person, "sent")
        assert [one.pk for one in page.packages] == sorted(apart, reverse=True)
        assert {name: count for name, _, count in page.counts}["sent"] == len(apart)


def test_whatever_forces_do_a_case_has_one_owner_and_no_open_question_at_its_end(
    cast: Cast, made: Made
) -> None:
    done: set[str] = set()
    for first in (1, 5):
        world = World(first, cast, made)
        for number in range(STEPS):
            world.step()
            holds()
            if number % 10 == 9:
                every_package_is_in_one_list(cast)
        done |= set(world.done)
    assert len(done) >= len(TRIES) - 2, f"the walks were too short: {set(TRIES) - done}"
    assert not broken(AuditEntry.objects.order_by("position"))
