"""Random walks: files of every kind come in while people decide, and after every step the books are right."""

import random
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.mixture import document, mixture, report

from lapwing_web.audit.actions import Rule
from lapwing_web.casework.actions import decide
from lapwing_web.casework.actions.assess import reassess
from lapwing_web.casework.actions.join import join, undo_join
from lapwing_web.casework.actions.receive import BATCH, Item, receive
from lapwing_web.casework.models import Joining, Referral, Sighting
from lapwing_web.casework.queries.reconcile import reconcile
from lapwing_web.intake.actions.receipts import clear
from lapwing_web.intake.models import Receipt, Report, ReportVersion
from lapwing_web.refusal import Refused

pytestmark = pytest.mark.django_db
BY = Rule("command:test")
Step = Callable[[random.Random, Cast], object]


def some_referral(chance: random.Random) -> Referral:
    found = list(Referral.objects.order_by("id"))
    if not found:
        raise Refused("There is none yet.")
    return chance.choice(found)


def some_joining(chance: random.Random) -> Joining:
    shared = Referral.objects.filter(report_count__gt=1).values("pk")
    found = list(Joining.objects.filter(undone_at=None, referral__in=shared).order_by("id"))
    if not found:
        raise Refused("There is none yet.")
    return chance.choice(found)


STEPS: list[Step] = [
    lambda chance, cast: decide.discard(some_referral(chance), reason="adult", by=cast.intake),
    lambda chance, cast: decide.reopen(some_referral(chance), reason="linked_report", by=cast.intake),
    lambda chance, cast: decide.take(some_referral(chance), by=cast.intelligence),
    lambda chance, cast: decide.develop(some_referral(chance), by=cast.intelligence),
    lambda chance, cast: decide.set_facts(
        some_referral(chance), answers={"contact_with_children": True}, source="a call", by=cast.intake
    ),
    lambda chance, cast: undo_join(some_joining(chance), why="two people", by=cast.intake),
    lambda chance, cast: undo_join(some_joining(chance), why="two people", by=cast.intake),
    lambda chance, cast: join(some_referral(chance), some_referral(chance), why="one person", by=cast.intake),
    lambda chance, cast: clear(
        chance.choice(list(Receipt.objects.order_by("id"))), why="asked again", by=cast.intake
    ),
]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_comes_in_and_whatever_people_decide_the_books_are_right(seed: int, cast: Cast) -> None:
    chance = random.Random(seed)
    files = [Item(name.rpartition("/")[2], content) for name, content in mixture(110, seed)]
    done = refused = 0
    while files:
        batch = [files.pop(0) for _ in range(min(len(files), chance.randrange(1, 25)))]
        receive(batch, channel="command", by=BY)
        for _ in range(3):
            try:
                chance.choice(STEPS)(chance, cast)
                done += 1
            except Refused:
                refused += 1
        proof = reconcile()
        assert proof.holds, proof.failures or proof.sums
    assert done
    assert Report.objects.count() == Receipt.objects.filter(state="new").count()
    for referral in Referral.objects.exclude(state="merged"):
        before = {name: getattr(referral, name) for name in ("rank", "risk_band", "completeness", "routing")}
        reassess(referral, by=BY)
        referral.refresh_from_db()
        assert {name: getattr(referral, name) for name in before} == before


@pytest.mark.parametrize("seed", range(2))
def test_what_came_in_any_order_comes_again_in_another_as_duplicates_alone(seed: int, cast: Cast) -> None:
    files = [Item(name, content) for name, content in mixture(90, seed + 50)]
    random.Random(seed).shuffle(files)
    receive(files[:40], channel="command", by=BY)
    receive(files[40:], channel="command", by=BY)
    assert reconcile().holds
    first = _together()
    again = receive(sorted(files, key=lambda item: item.name), channel="command", by=BY)
    assert again.received == again.duplicates
    assert _together() == first
    for sighting in Sighting.objects.select_related("referral")[:200]:
        assert sighting.referral.state != "merged"


def _together() -> set[frozenset[str]]:
    found: dict[int, set[str]] = {}
    for joining in Joining.objects.filter(undone_at=None).select_related("report"):
        found.setdefault(joining.referral_id, set()).add(f"{joining.report.reference}/{joining.subject}")
    return {frozenset(one) for one in found.values()}


def test_many_reports_take_hardly_more_statements_than_a_few(cast: Cast) -> None:
    def statements(numbers: range) -> int:
        items = [Item("f", document(report(n))) for n in numbers]
        with CaptureQueriesContext(connection) as captured:
            receive(items, channel="command", by=BY)
        return len(captured)

    few, many = statements(range(10)), statements(range(100, 100 + BATCH))  # each one transaction
    assert many < 3 * few, (few, many)
    assert ReportVersion.objects.count() == 10 + BATCH
