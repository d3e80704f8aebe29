"""A random walk over allocation: none against the matrix but by a trained supervisor, with a reason."""

import random
from datetime import date, timedelta

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made

from lapwing.policy import load
from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.casework.actions import package
from lapwing_web.casework.actions.allocate import allocate, take_back
from lapwing_web.casework.models import Allocation, Case
from lapwing_web.moment import at, now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.actions import opt_in, opt_out, record_training
from lapwing_web.staff.models import OptOut, Training, User

pytestmark = pytest.mark.django_db
STEPS, BANDS = 700, ("very_high", "high", "medium", "low")


def holds_all(person: User, band: str, on: date) -> bool:
    """By the rows themselves, and not by what the action asks."""
    for course in load("allocation").on(on).bands[band].courses:  # type: ignore[index]
        last = Training.objects.filter(user=person, course=course).order_by("-id").first()
        if last is None or (last.expires_on and last.expires_on < on):
            return False
    return True


def step(dice: random.Random, cast: Cast) -> None:
    people = [cast.officer_a, cast.supervisor_a, cast.officer_b, cast.supervisor_b, cast.auditor_a]
    person, by = dice.choice(people[:4]), dice.choice([*people, cast.supervisor_a, cast.supervisor_a])
    case = dice.choice(list(Case.objects.order_by("id")))
    what = dice.choice(["allocate"] * 6 + ["back", *["train"] * 4, "out", "in", "band"])
    if what == "allocate":
        allocate(case, to=person, override=dice.random() < 0.5, why=dice.choice(["", "x"]), by=by)
    elif what == "back":
        take_back(case, why="x", by=by)
    elif what == "train":
        course = dice.choice(list(load("allocation").on(today()).courses))
        record_training(person, course=course, passed_on=today() - timedelta(dice.randrange(900)), by=by)
    elif what == "out":
        opt_out(by=person)
    elif what == "in":
        opt_in(by=person)
    else:
        Case.objects.filter(pk=case.pk).update(band=dice.choice(BANDS))


def check(made: Allocation) -> str:
    """Which of the ways it was made in; an assertion where it is none of them."""
    assert made.by.role == "supervisor"
    if made.to is None:
        return "back"
    assert made.to.organisation == made.by.organisation == made.case.organisation
    version, on = load("allocation").on(today()), today()
    carried = sum(
        version.bands[case.band].weight  # type: ignore[index]
        for case in Case.objects.filter(owner=made.to, state="open")
    )
    out = OptOut.objects.filter(user=made.to, ended_at=None).exists()
    if holds_all(made.to, made.band, on) and carried <= version.carries and not out:
        assert not made.obstacles
        return "fits"
    assert made.obstacles
    assert made.why.strip()
    assert holds_all(made.by, made.band, on)
    return "override"


@pytest.mark.parametrize("seed", [1, 2])
def test_no_allocation_is_against_the_matrix_without_an_override_by_a_trained_supervisor(
    seed: int, cast: Cast, made: Made
) -> None:
    dice, found = random.Random(seed), set()
    for number in range(seed * 10, seed * 10 + 4):
        to = dice.choice([cast.force_a, cast.force_a, cast.force_b])
        sent = package.disseminate(made(number), to=to, reason="best_evidence", by=cast.intelligence)
        package.accept(sent, by=cast.officer_a if to == cast.force_a else cast.officer_b)
    moment = now()
    for _ in range(STEPS):
        moment += timedelta(hours=dice.randrange(72))  # licences expire as it goes
        before = Allocation.objects.count()
        with at(moment):
            try:
                step(dice, cast)
            except Refused:
                assert Allocation.objects.count() == before
                found.add("refused")
            else:
                for row in Allocation.objects.order_by("id")[before:]:
                    found.add(check(row))
    assert found >= {"refused", "fits", "override", "back"}, found
    assert not broken(AuditEntry.objects.all())
