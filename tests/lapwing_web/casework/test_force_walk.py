"""A random walk over all that a force does: exhibits, courts, joins undone, two people, disposals.

`LAPWING_WALK=50 pytest` walks fifty times as far, from other beginnings.
"""

import os
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework import force_moves, test_case_walk, test_suspect_walk
from tests.lapwing_web.casework.force_moves import OFTEN, TRIES
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.test_case_walk import World, snapshot
from tests.lapwing_web.casework.test_scan_results import Scanned, scanned

from lapwing.rules.continuity import faults
from lapwing_web.audit.actions import recorded
from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.casework.actions.owning import names_of
from lapwing_web.casework.models import (
    Approval,
    Case,
    Condition,
    CourtDate,
    Disposal,
    LegalHold,
    RecordDisposal,
    ScanResult,
)
from lapwing_web.casework.queries.exhibits import chain_of
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import at
from lapwing_web.notifications.models import WAITS, Notification
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import Exposure

__all__ = ["scanned"]
pytestmark = pytest.mark.django_db
TIMES = int(os.environ.get("LAPWING_WALK", "1"))
STEPS = 160


def step(w: World) -> None:
    """Somebody tries something. It is done, or refused with nothing changed."""
    name = w.dice.choices(sorted(TRIES), [OFTEN.get(one, 5) for one in sorted(TRIES)])[0]
    by = w.dice.choice(w.likely if w.dice.random() < 0.95 else w.people)
    before = snapshot() if w.dice.random() < 0.1 else None
    try:
        with recorded():
            TRIES[name](w, by)
    except Refused:
        assert before is None or name in ("attach", "grade") or snapshot() == before, (
            f"{name} changed something"
        )
        return
    w.done.append(name)


def running(kind: str, name: str) -> int:
    return Clock.objects.filter(kind=kind, about=name).exclude(state="settled").count()


def holds(cases: Iterable[Case]) -> None:
    """What is true at every moment of these cases."""
    for case in cases:
        about = names_of(case)
        clocks = Clock.objects.filter(about__in=about).exclude(state="settled").exclude(kind="transfer")
        assert {clock.organisation_id for clock in clocks} <= {case.organisation_id}
        told = Notification.objects.filter(WAITS, about__in=about, kind="gap_to_sign")
        assert {one.user.organisation_id for one in told.select_related("user")} <= {case.organisation_id}
        if case.owner_id:
            assert case.owner is not None
            assert case.owner.organisation_id == case.organisation_id
        if case.state != "open":
            assert not case.exhibits.filter(state__in=["queued", "examining"])
        _people(case)
    for hold in LegalHold.objects.filter(lifted_at=None).select_related("case"):
        assert hold.case.state != "disposed"
    for one in RecordDisposal.objects.filter(state="proposed").select_related("case"):
        assert one.case.state in ("closed", "returned")
        assert not LegalHold.objects.filter(case=one.case, lifted_at=None)
    for asked in Approval.objects.filter(answered_at=None).select_related("package__case"):
        assert asked.package is not None
        assert asked.package.case is not None
        assert asked.package.case.organisation_id == asked.organisation_id


def _people(case: Case) -> None:
    """What hangs on the suspects, and the numbers of suspects and children."""
    for exhibit in case.exhibits.select_related("case", "suspect"):
        wrong = faults(exhibit.chained_as, chain_of(exhibit))
        assert [one for one in wrong if "the seal found" not in one] == []  # that was found, and is told
        assert exhibit.examinations.filter(finished_at=None).count() <= 1
        assert exhibit.suspect is None or exhibit.suspect.case_id == case.pk
    for day in CourtDate.objects.filter(charge__suspect__case=case):
        assert running("court", f"courtdate:{day.pk}") == (day.result == "" and case.state == "open")
    for one in Condition.objects.filter(disposal__suspect__case=case).select_related("disposal"):
        assert running("condition", f"condition:{one.pk}") == (
            one.state == "running" and case.state == "open"
        )
        if one.state == "breached":
            assert one.disposal.state in (Disposal.State.BREACHED, Disposal.State.PROSECUTED)


def walked(cast: Cast, made: Made, first: int, moment: Any, steps: int = STEPS) -> World:
    with at(moment):
        world = World(first, cast, made)
    for number in range(steps):
        far = world.dice.choice([0] * 40 + [24 * 365 * 3] if number > steps / 2 else [0])
        moment += timedelta(hours=world.dice.choice([0, 0, 1, 5, 30]) + far)
        with at(moment):
            step(world)
            if number % 4 == 0:
                test_case_walk.holds()
                test_suspect_walk.holds({})
                holds(Case.objects.select_related("owner"))
    return world


@pytest.mark.parametrize("first", range(1, 1 + 9 * TIMES, 9))
def test_whatever_a_force_does_all_of_it_hangs_together(
    first: int, cast: Cast, made: Made, scanned: Scanned
) -> None:
    force_moves.SCANS[:] = [scanned("one", 0, 1, more=("--vics", "EX-1")), scanned("two", 2)]
    done = set(walked(cast, made, first, test_suspect_walk.START).done)
    assert not broken(AuditEntry.objects.order_by("position"))
    assert len(done) >= 12, f"the walk was too short: {sorted(done)}"
    assert ScanResult.objects.exists() or "attach" not in done
    assert Exposure.objects.filter(source="grader").exists() or "grade" not in done
