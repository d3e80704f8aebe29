"""The proof must fail when the books are wrong: each row spoilt here by hand is found and named."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from tests.cast import Cast
from tests.mixture import details, document, report, viral

from lapwing_web.audit.actions import Rule
from lapwing_web.casework.actions.receive import Item, receive
from lapwing_web.casework.models import Joining, Referral
from lapwing_web.casework.queries.reconcile import reconcile
from lapwing_web.intake.models import Document, Receipt, Report, ReportVersion
from lapwing_web.jobs.actions import enqueue
from lapwing_web.jobs.models import Job
from lapwing_web.moment import now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def books(cast: Cast) -> None:
    files = [
        document(report(1)),
        document(report(1, notes="more")),
        document(report(2)),
        document(viral(3, 3)),
    ]
    files += [
        document(details(1, "REF-000001")),
        document(details(1, "NOT-HERE")),
        b"nonsense",
        document(report(1)),
    ]
    receive([Item("f", file) for file in files], channel="command", by=Rule("command:test"))
    enqueue("test", "test:1", {}, lane="ordinary")
    assert reconcile().holds


def first(model: Any, **having: object) -> Any:
    return model.objects.filter(**having).order_by("id")[0]


def change(model: Any, having: dict[str, object], **to: object) -> None:
    model.objects.filter(pk=first(model, **having).pk).update(**to)


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


SPOILT: dict[str, tuple[str, Callable[[], object]]] = {
    "a receipt thrown away": (
        "reports not received exactly once as new",
        lambda: Receipt.objects.filter(pk=first(Receipt, state="new").pk).delete(),
    ),
    "a receipt counted twice": (
        "reports not received exactly once as new",
        lambda: change(Receipt, {"state": "duplicate"}, state="new"),
    ),
    "a report in no referral": (
        "reports in no referral",
        lambda: change(Joining, {"subject": None}, undone_at=now()),
    ),
    "a subject in no referral": (
        "batches that miss a subject",
        lambda: Joining.objects.filter(subject=2).update(undone_at=now()),
    ),
    "a subject in the middle in no referral": (
        "batches with a subject in no referral",
        lambda: Joining.objects.filter(subject=1).update(undone_at=now()),
    ),
    "a report in a merged referral": (
        "reports in a merged referral",
        lambda: change(Referral, {"state": "received"}, state="merged", merged_into=first(Referral)),
    ),
    "a merger into nothing": (
        "merged referrals that do not say into what, or say it and are not merged",
        lambda: change(Referral, {"state": "received"}, state="merged"),
    ),
    "a miscounted referral": (
        "referrals that miscount their reports",
        lambda: change(Referral, {}, report_count=7),
    ),
    "a discard nobody made": (
        "discarded referrals without a reason or an author",
        lambda: change(Referral, {"state": "discarded"}, decided_by=""),
    ),
    "a referral sent without a package": (
        "referrals in a force's hands with no package",
        lambda: change(Referral, {"state": "received"}, state="disseminated"),
    ),
    "a version that is not there": (
        "reports whose versions are not 1, 2, 3 …",
        lambda: ReportVersion.objects.filter(number=2).delete(),
    ),
    "a version nobody sent": (
        "reports without one receipt a version",
        lambda: change(Report, {"version": 2}, version=3),
    ),
    "bytes that were changed": (
        "bytes that are not what arrived",
        lambda: change(Document, {}, content=b"x\x9c\x03\x00\x00\x00\x00\x01"),
    ),
    "bytes of another receipt": (
        "receipts whose SHA-256 is not that of their bytes",
        lambda: change(Receipt, {"state": "new"}, sha256="0" * 64),
    ),
    "a rejection without a reason": (
        "rejected receipts without a reason",
        lambda: change(Receipt, {"state": "rejected"}, reason=""),
    ),
    "a clearing by nobody": (
        "cleared receipts without who, when and why",
        lambda: change(Receipt, {"state": "rejected"}, state="cleared"),
    ),
    "a job in two hands or none": (
        "jobs that are leased without a lease, or have one and are not",
        lambda: change(Job, {}, lease="0" * 32),
    ),
    "a job done at no time": (
        "jobs that are done or closed without when, or say when and are not",
        lambda: change(Job, {}, state="done"),
    ),
    "a job failed in silence": (
        "jobs that failed or were closed without a reason",
        lambda: change(Job, {}, state="failed"),
    ),
    "details that nobody is told wait": (
        "details attached without a receipt, or waiting although attached",
        lambda: run("DELETE FROM intake_receipt WHERE state = 'held'"),
    ),
}


@pytest.mark.parametrize("what", SPOILT)
def test_spoilt_books_do_not_pass(what: str) -> None:
    failure, spoil = SPOILT[what]
    spoil()
    found = reconcile()
    assert not found.holds
    assert found.failures[failure]


def test_a_state_there_is_not_breaks_the_sum() -> None:
    change(Referral, {"state": "received"}, state="lost")
    found = reconcile()
    assert not found.holds
    assert not found.sums["referrals = the sum of their states"]["holds"]


def test_the_sums_are_what_came_in() -> None:
    found = reconcile()
    assert found.received == found.rejected + found.referrals_reports + found.informational
    assert (found.received, found.rejected, found.waiting) == (5, 2, 1)
    assert (found.referrals_reports, found.informational) == (2, 1)


def test_a_report_lost_on_the_way_is_not_called_informational() -> None:
    before = reconcile()
    change(Referral, {"state": "discarded"}, reason="no_suspect_traceable")
    after = reconcile()
    assert after.informational == before.informational - 1
    assert after.referrals_reports == before.referrals_reports + 1
    assert after.holds
