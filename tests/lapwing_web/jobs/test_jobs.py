"""Jobs: asked for once, done with their effect by whoever has the lease, tried again, cleared by a person."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError
from tests.cast import Cast

from lapwing_web.audit.actions import recorded
from lapwing_web.audit.models import AuditEntry
from lapwing_web.jobs.actions import (
    Kind,
    Leased,
    LeaseLost,
    NewJob,
    close,
    do,
    done,
    enqueue,
    enqueue_many,
    failed,
    first_waiting,
    lease,
    next_size,
    renew,
    retry,
    take_back,
    wake,
)
from lapwing_web.jobs.models import Job
from lapwing_web.moment import at
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import Organisation

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
URGENT, ORDINARY, BACKGROUND = "urgent", "ordinary", "background"
State = Job.State


def mark(leased: Sequence[Leased]) -> None:
    """An effect that can be counted: an organisation a job. A job whose payload says `bad` fails."""
    with recorded():
        for one in leased:
            if one.payload.get("bad"):
                raise ValueError("the payload is bad")
            Organisation.objects.create(code=one.key, name=one.key, kind="force")
        done(leased)


def kind(name: str = "mark", **given: object) -> Kind:
    return Kind(**{"name": name, "handle": mark, "lane": ORDINARY, "at_once": 10, **given})  # type: ignore[arg-type]


MARK = kind()


def ask(key: str, lane: str = ORDINARY, name: str = "mark", **payload: object) -> Job:
    return enqueue(name, key, payload, lane=lane)


def again(job: Job) -> Job:
    job.refresh_from_db()
    return job


def marks() -> list[str]:
    return sorted(Organisation.objects.values_list("code", flat=True))


def spend(job: Job, of: Kind = MARK) -> Job:
    """Fail it until it has failed."""
    moment = MONDAY
    while again(job).state != State.FAILED:
        moment += timedelta(days=1)
        with at(moment):
            assert do(of, lease([of], 1, job.lane)) == 0
    return job


@pytest.mark.django_db
def test_a_key_is_one_job_however_often_it_is_asked_for() -> None:
    first, second = ask("a"), ask("a", lane=URGENT)
    assert first == second
    assert second.lane == ORDINARY
    several = enqueue_many([NewJob("mark", key, {}, ORDINARY) for key in ("b", "a", "b", "c")])
    assert [job.key for job in several] == ["b", "a", "b", "c"]
    assert Job.objects.count() == 3


@pytest.mark.django_db
def test_a_key_of_a_done_job_asks_for_nothing_more() -> None:
    ask("a")
    assert do(MARK, lease([MARK], 1, ORDINARY)) == 1
    assert ask("a").state == State.DONE
    assert lease([MARK], 1, ORDINARY) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("new", "why"),
    [
        (NewJob("mark", "", {}, ORDINARY), "a key"),
        (NewJob("mark", "k" * 201, {}, ORDINARY), "a key"),
        (NewJob("mark", "k", {}, "soon"), "no lane"),
        (NewJob("other", "held", {}, ORDINARY), "held by a job of the kind 'mark'"),
    ],
)
def test_what_cannot_be_asked_for_is_an_error(new: NewJob, why: str) -> None:
    ask("held")
    with pytest.raises(ValueError, match=why):
        enqueue_many([new])
    assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_job_is_asked_for_in_the_transaction_of_what_it_follows_from() -> None:
    with transaction.atomic():
        ask("a")
        transaction.set_rollback(True)
    assert Job.objects.count() == 0


@pytest.mark.django_db
def test_urgent_is_first_and_within_a_lane_the_oldest() -> None:
    other = kind("other")
    with at(MONDAY):
        ask("b1", BACKGROUND)
        ask("o1", name="other")
    with at(MONDAY + SECOND):
        ask("o2")
        ask("u1", URGENT)
    with at(MONDAY + 2 * SECOND):
        order = []
        while found := first_waiting([MARK, other]):
            lane, which = found
            order += [job.key for job in lease([which], 1, lane)]
    assert order == ["u1", "o1", "o2", "b1"]


@pytest.mark.django_db
def test_a_job_is_not_taken_before_its_moment_nor_a_kind_nobody_here_does() -> None:
    with at(MONDAY):
        enqueue("mark", "later", {}, lane=ORDINARY, due_at=MONDAY + 5 * SECOND)
        ask("foreign", name="foreign")
        assert first_waiting([MARK]) is None
        assert first_waiting([]) is None
        assert lease([MARK], 5, ORDINARY) == []
    with at(MONDAY + 5 * SECOND):
        assert [job.key for job in lease([MARK], 5, ORDINARY)] == ["later"]


@pytest.mark.django_db
def test_a_lease_takes_one_kind_and_no_more_than_it_does_at_once() -> None:
    for n in range(5):
        ask(f"a{n}")
        ask(f"b{n}", name="other")
    three, other = kind(at_once=3), kind("other")
    first = lease([three, other], 9, ORDINARY)
    assert [job.key for job in first] == ["a0", "a1", "a2"]
    assert {job.token for job in first} == {first[0].token}
    assert [job.key for job in lease([three, other], 9, ORDINARY)] == [f"b{n}" for n in range(5)]


@pytest.mark.django_db
def test_done_belongs_to_the_transaction_of_the_effect(transactional_db: None) -> None:
    ask("a")
    leased = lease([MARK], 1, ORDINARY)
    with pytest.raises(TransactionManagementError):
        done(leased)


@pytest.mark.django_db
def test_an_effect_whose_lease_was_lost_is_undone() -> None:
    with at(MONDAY):
        ask("a")
        slow = lease([MARK], 1, ORDINARY)
    with at(MONDAY + timedelta(hours=1)):
        assert take_back() == 1
        quick = lease([MARK], 1, ORDINARY)
        with pytest.raises(LeaseLost), transaction.atomic():
            mark(slow)
        assert marks() == []
        assert not failed(slow[0], "late")
        assert renew(slow) == 0
        assert do(MARK, quick) == 1
        assert do(MARK, slow) == 0
    assert marks() == ["a"]
    assert Job.objects.get().state == State.DONE


@pytest.mark.django_db
def test_a_renewed_lease_is_not_taken_back() -> None:
    with at(MONDAY):
        ask("a", URGENT)
        leased = lease([MARK], 1, URGENT)
    with at(MONDAY + 9 * SECOND):
        assert take_back() == 0
        assert renew(leased) == 1
    with at(MONDAY + 18 * SECOND):
        assert take_back() == 0
    with at(MONDAY + 19 * SECOND):
        assert take_back() == 1


@pytest.mark.django_db
def test_one_bad_job_holds_up_none_beside_it() -> None:
    for n in range(5):
        ask(f"a{n}", bad=n == 2)
    assert do(MARK, lease([MARK], 5, ORDINARY)) == 4
    assert marks() == ["a0", "a1", "a3", "a4"]
    bad = Job.objects.get(key="a2")
    assert (bad.state, bad.attempts, bad.last_error) == (State.WAITING, 1, "the payload is bad (ValueError)")


@pytest.mark.django_db
def test_what_was_taken_before_and_not_done_is_taken_alone() -> None:
    with at(MONDAY):
        for n in range(3):
            ask(f"a{n}")
        lease([MARK], 2, ORDINARY)  # and its worker is killed
    with at(MONDAY + timedelta(hours=1)):
        ask("a3")
        assert take_back() == 2
        taken = [[job.key for job in lease([MARK], 10, ORDINARY)] for _ in range(4)]
    assert taken == [["a2"], ["a0"], ["a1"], ["a3"]]


@pytest.mark.django_db
def test_a_job_that_ends_its_workers_fails_after_its_last_attempt() -> None:
    twice = kind(attempts=2)
    with at(MONDAY):
        job = ask("a")
    for day in range(2):
        with at(MONDAY + timedelta(days=day)):
            assert len(lease([twice], 1, ORDINARY)) == 1
        with at(MONDAY + timedelta(days=day, hours=1)):
            assert take_back([twice]) == 1
    assert again(job).state == State.FAILED
    assert "stopped answering" in job.last_error


@pytest.mark.django_db
def test_failures_wait_longer_each_time_and_end_for_a_person_with_a_row_in_the_audit() -> None:
    waits, moment = [], MONDAY
    with at(moment):
        job = ask("a", bad=True)
    for _ in range(5):
        with at(moment):
            do(MARK, lease([MARK], 1, ORDINARY))
        assert again(job).state == State.WAITING
        waits.append((job.due_at - moment).total_seconds())
        moment = job.due_at
    assert [1.5 * 4**n <= wait <= 2.5 * 4**n for n, wait in enumerate(waits)] == [True] * 5
    with at(moment):
        do(MARK, lease([MARK], 1, ORDINARY))
    assert again(job).state == State.FAILED
    row = AuditEntry.objects.get(action="fail job")
    assert (row.about, row.by, row.why) == (f"job:{job.pk}", "rule:jobs", "the payload is bad (ValueError)")


@pytest.mark.django_db
def test_a_handler_that_forgets_to_say_done_is_found_out() -> None:
    forgetful = kind(handle=lambda leased: None)
    job = ask("a")
    assert do(forgetful, lease([forgetful], 1, ORDINARY)) == 0
    assert again(job).state == State.WAITING
    assert "without saying" in job.last_error


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Refused("The report was retracted."), "The report was retracted."),
        (OSError(28, "No space left on device"), "No space left on device (OSError)"),
        (KeyError("report"), "'report' (KeyError)"),
        (ValueError(), "ValueError"),
    ],
)
def test_the_reason_is_kept_in_words(error: Exception, told: str) -> None:
    job = ask("a")
    failed(lease([MARK], 1, ORDINARY)[0], error)
    assert again(job).last_error == told


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["a NUL \0", "half a pair \ud800", "long " * 10_000, ""])
def test_any_error_can_be_kept(text: str) -> None:
    job = ask("a")
    assert failed(lease([MARK], 1, ORDINARY)[0], text)
    assert 0 < len(again(job).last_error) <= 2000
    assert "\0" not in job.last_error


def test_a_person_lets_a_failed_job_be_tried_again_or_closes_it_with_a_reason(cast: Cast) -> None:
    with at(MONDAY):
        one, two = ask("one", bad=True), ask("two", bad=True)
    spend(one)
    spend(two)
    for who in (cast.intake, cast.auditor, cast.supervisor_a):
        with pytest.raises(Forbidden):
            retry(one, who)
        with pytest.raises(Forbidden):
            close(one, who, "Not needed")
    retry(one, cast.administrator)
    assert (again(one).state, one.attempts) == (State.WAITING, 0)
    with pytest.raises(Refused, match="Say why"):
        close(two, cast.supervisor, "  ")
    close(two, cast.supervisor, "Entered by hand")
    assert (again(two).state, two.why_closed) == (State.CLOSED, "Entered by hand")
    with pytest.raises(Refused, match="has not failed"):
        retry(two, cast.supervisor)
    said = AuditEntry.objects.filter(action__in=["retry job", "close job"]).order_by("position")
    assert [(row.action, row.by, row.why) for row in said] == [
        ("retry job", "administrator", ""),
        ("close job", "supervisor", "Entered by hand"),
    ]


def test_what_comes_round_is_one_job_that_waits_for_its_next_turn(cast: Cast) -> None:
    beats: list[str] = []

    def beat(leased: Sequence[Leased]) -> None:
        beats.append(leased[0].key)
        if len(beats) == 2:
            raise ValueError("out of beat")
        with transaction.atomic():
            done(leased)

    hourly = kind("beat", handle=beat, every=timedelta(hours=1), attempts=1)
    for _ in range(2):
        with at(MONDAY):
            wake([hourly, MARK])
    with at(MONDAY):
        assert do(hourly, lease([hourly], 9, ORDINARY)) == 1
        assert lease([hourly], 9, ORDINARY) == []
    with at(MONDAY + timedelta(hours=1)):
        assert do(hourly, lease([hourly], 9, ORDINARY)) == 0
        wake([hourly])
        job = Job.objects.get()
        assert job.state == State.FAILED
        with pytest.raises(Refused, match="comes round by itself"):
            close(job, cast.supervisor, "No")
    with at(MONDAY + timedelta(hours=2)):
        wake([hourly])
        assert do(hourly, lease([hourly], 9, ORDINARY)) == 1
    assert again(job).due_at == MONDAY + timedelta(hours=3)
    assert beats == ["every:beat"] * 3


@pytest.mark.parametrize(
    ("size", "seconds", "most", "following", "why"),
    [
        (1, 0.01, 100, 2, "quick: it doubles at most"),
        (64, 0.01, 100, 100, "never past what the kind allows"),
        (40, 0.6, 100, 20, "twice too long: half as many"),
        (1, 30.0, 100, 1, "never below one"),
        (10, 0.3, 100, 10, "as it should be"),
        (8, 0.0, 100, 16, "a clock that did not move"),
    ],
)
def test_a_batch_is_as_large_as_its_time_allows(
    size: int, seconds: float, most: int, following: int, why: str
) -> None:
    assert next_size(size, seconds, most) == following, why
