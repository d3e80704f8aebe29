"""What is asked of many jobs: the index each question reads, the backlog, the page, the sweeping."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import Cast

from lapwing_web.audit.models import AuditEntry
from lapwing_web.jobs.actions import SWEEP, Kind, NewJob, do, enqueue, enqueue_many, failed, lease, take_back
from lapwing_web.jobs.models import Job
from lapwing_web.jobs.queries import backlog, page
from lapwing_web.moment import at
from lapwing_web.staff.models import User

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
KIND = Kind("mark", lambda leased: None, "ordinary", at_once=50, attempts=1)
SignedIn = Callable[[User], Client]


def many(count: int, lane: str = "ordinary", name: str = "mark") -> None:
    enqueue_many([NewJob(name, f"{lane}:{name}:{n}", {}, lane) for n in range(count)])


def plans(asking: Callable[[], object]) -> str:
    """How the database answers every SELECT that `asking` makes of the jobs."""
    with CaptureQueriesContext(connection) as asked:
        asking()
    said = []
    words = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows would be read whole, rightly
        for query in asked.captured_queries:
            sql = query["sql"].strip()
            if sql.startswith("SELECT") and "jobs_job" in sql:
                cursor.execute(f"{words} {sql}")
                said += [str(row) for row in cursor.fetchall()]
    assert said
    return "\n".join(said)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asking", "index"),
    [
        (lambda: lease([KIND], 20, "ordinary"), "job_next"),
        (lambda: take_back(), "job_leased"),
        (lambda: backlog(at_most_old=0), "job_next"),
        (lambda: Job.objects.filter(done_at__lt=MONDAY).order_by("done_at")[:9].exists(), "job_done_at"),
    ],
)
def test_each_question_reads_its_index_and_never_every_job(asking: Callable[[], object], index: str) -> None:
    many(3000)
    Job.objects.filter(pk__in=list(Job.objects.values_list("pk", flat=True)[:2950])).update(
        state="done", done_at=MONDAY
    )
    plan = plans(asking)
    assert index in plan, plan
    assert "SCAN jobs_job'" not in plan, plan  # SQLite's words for reading every row
    assert "Seq Scan on jobs_job" not in plan, plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan, plan


@pytest.mark.django_db
def test_the_backlog_is_what_is_due_or_being_done_in_each_lane() -> None:
    with at(MONDAY):
        many(3)
        enqueue("mark", "urgent", {}, lane="urgent")
        enqueue("mark", "tomorrow", {}, lane="background", due_at=MONDAY + timedelta(days=1))
        lease([KIND], 1, "ordinary")
    with at(MONDAY + timedelta(seconds=90)):
        found = backlog(at_most_old=0)
        assert (found.urgent, found.ordinary, found.background, found.total) == (1, 3, 0, 4)
        assert found.oldest_waiting_seconds == {"urgent": 90.0, "ordinary": 90.0, "background": 0.0}


@pytest.mark.django_db
def test_the_backlog_is_not_counted_at_every_request() -> None:
    before = backlog(at_most_old=0)
    many(3)
    with CaptureQueriesContext(connection) as asked:
        assert backlog(at_most_old=3600) == before
    assert not asked.captured_queries
    assert backlog(at_most_old=0).ordinary == 3


@pytest.mark.django_db
def test_what_was_done_long_ago_is_swept_and_nothing_else() -> None:
    with at(MONDAY):
        many(4)
        jobs = dict(zip(("done", "closed", "failed", "waiting"), Job.objects.order_by("id"), strict=True))
    for state, changes in (
        ("done", {"done_at": MONDAY}),
        ("closed", {"done_at": MONDAY, "why_closed": "Not needed"}),
        ("failed", {"last_error": "No"}),
    ):
        Job.objects.filter(pk=jobs[state].pk).update(state=state, **changes)

    def sweep(days: int) -> None:
        with at(MONDAY + timedelta(days=days)):
            enqueue(SWEEP.name, f"sweep:{days}", {}, lane="background")
            assert do(SWEEP, lease([SWEEP], 1, "background")) == 1

    sweep(30)
    assert Job.objects.filter(pk__in=[job.pk for job in jobs.values()]).count() == 4
    sweep(31)
    left = Job.objects.filter(pk__in=[job.pk for job in jobs.values()]).values_list("state", flat=True)
    assert sorted(left) == ["failed", "waiting"]
    row = AuditEntry.objects.get(action="sweep jobs")
    assert '"swept":2' in row.new.replace(" ", "")


def fail_some(count: int) -> None:
    many(count)
    for _ in range(count):
        failed(lease([KIND], 1, "ordinary")[0], "<b>The disk is full</b>")


def test_the_page_shows_lanes_and_what_failed_a_page_at_a_time(cast: Cast, signed_in: SignedIn) -> None:
    fail_some(60)
    with at(MONDAY):
        enqueue("mark", "old", {}, lane="urgent")
    client = signed_in(cast.supervisor)
    first = client.get("/jobs")
    text = first.content.decode()
    assert "60 failed" in text
    assert "&lt;b&gt;The disk is full" in text
    assert "nobody is doing it" in text
    found = page(cast.supervisor)
    assert len(found.failed) == 50
    assert [lane.due for lane in found.lanes] == [1, 0, 0]
    assert f"?before={found.next}" in text
    rest = page(cast.supervisor, before=found.next)
    assert (len(rest.failed), rest.next) == (10, None)
    assert 'class="lw-count">60<' in text


def test_the_page_warns_of_nothing_while_somebody_works(cast: Cast) -> None:
    with at(MONDAY):
        many(2)
    assert page(cast.supervisor).stalled
    lease([KIND], 1, "ordinary")
    assert not page(cast.supervisor).stalled


def test_a_supervisor_clears_failed_jobs_on_the_page(cast: Cast, signed_in: SignedIn) -> None:
    fail_some(2)
    one, two = Job.objects.order_by("id")
    client = signed_in(cast.supervisor)
    client.post(reverse("job-retry", args=[one.pk]))
    refused = client.post(reverse("job-retry", args=[one.pk]))
    assert refused.status_code == 409
    assert b"has not failed" in refused.content
    assert client.post(reverse("job-close", args=[two.pk]), {"why": ""}).status_code == 200
    client.post(reverse("job-close", args=[two.pk]), {"why": "Entered by hand"})
    assert sorted(Job.objects.values_list("state", "why_closed")) == [
        ("closed", "Entered by hand"),
        ("waiting", ""),
    ]


def test_an_auditor_sees_them_and_clears_none(cast: Cast, signed_in: SignedIn) -> None:
    fail_some(1)
    text = signed_in(cast.auditor).get("/jobs").content.decode()
    assert "1 failed" in text
    assert "Try again" not in text
    assert "for a supervisor or an administrator" in text


def test_whoever_runs_the_site_is_told_at_home(cast: Cast, signed_in: SignedIn) -> None:
    for who in (cast.supervisor, cast.administrator):
        assert "Jobs that failed" not in signed_in(who).get("/").content.decode()
    fail_some(1)
    for who in (cast.supervisor, cast.administrator):
        assert "Jobs that failed" in signed_in(who).get("/").content.decode()
    assert "Jobs that failed" not in signed_in(cast.administrator_a).get("/").content.decode()
