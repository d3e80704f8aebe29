"""Handing over a report piece by piece: opened, described, finished or retracted; or it lapses.

Each is one transaction, and told of only after its commit. A request repeated after a lost reply finds what
it did the first time, as far as the protocol lets it be known (docs/reporting-api.md has the table).
"""

import hashlib
import zlib
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.db import transaction

from lapwing import exchange
from lapwing.exchange import Unreadable
from lapwing.exchange.formats import HEAD
from lapwing.exchange.unreadable import Malformed
from lapwing.policy import load
from lapwing.report import Report
from lapwing_web.audit.actions import about, audited, move
from lapwing_web.clocks.actions import settle
from lapwing_web.intake.actions import answers
from lapwing_web.intake.actions.arrive import kept_reference
from lapwing_web.intake.models import Account, Document, Submission
from lapwing_web.jobs.actions import enqueue
from lapwing_web.jobs.models import Job
from lapwing_web.moment import UK, now

State = Submission.State
HAND_ON = "hand on a submission"  # the kind of the job that makes a finished submission a report
CLOCK = "unfinished_report"
URGENT = ("P1",)
PRIORITIES = ("P1", "P2", "P3")


def read_one(content: bytes, form: str) -> Report:
    """The one report of a document in the format called `form`. Raises an Answer that says what is wrong."""
    if not content.strip():
        raise answers.NotXml("There is nothing in it.")
    try:
        found = list(exchange.FORMATS[form].read(BytesIO(content)))
    except Malformed as error:
        raise answers.NotXml(str(error)) from error
    except (Unreadable, RecursionError) as error:
        raise answers.Invalid(str(error) or "It is nested too deeply.") from error
    if len(found) != 1:
        raise answers.Invalid(f"One report should stand here, and there are {len(found)}.")
    recognised = exchange.recognise(content[:HEAD])
    if recognised is None or recognised.name != form:
        # It would be kept, and then not be known for what it is when it is read again.
        raise answers.Invalid(f"It does not say in its first {HEAD:,} bytes that it is a {form}.")
    return found[0]


def open_submission(
    account: Account,
    content: bytes,
    *,
    form: str,
    channel: str,
    key: str | None = None,
    room: Callable[[], None] = lambda: None,
) -> Submission:
    """Open a report with its document. Raises an Answer, also what `room` raises of a report that can wait.

    The same document again, while the first is open and nothing has been added to it, is the same report:
    its reply was lost. So is the same `key`, whatever has happened since.
    """
    report = read_one(content, form)
    if not _urgent(report.escalated, report.priority):
        room()
    sha256, at = hashlib.sha256(content).hexdigest(), now()
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)  # two of one company's requests at once
        earlier = _opened_before(account, sha256, key)
        if earlier is not None:
            return earlier
        return Submission.objects.create(
            account=account,
            channel=channel,
            document=keep_document(content, sha256, at),
            sha256=sha256,
            reference=kept_reference(report.reference),
            escalated=report.escalated,
            priority=report.priority if report.priority in PRIORITIES else "",
            key=key,
            opened_at=at,
            changed_at=at,
            lapses_at=lapses_at(at, at),
        )


def _opened_before(account: Account, sha256: str, key: str | None) -> Submission | None:
    if key is not None:
        earlier = Submission.objects.filter(account=account, key=key).first()
        if earlier is not None and earlier.sha256 != sha256:
            raise answers.KeyReused("This idempotency key was used for another document.")
        return earlier
    standing = Submission.objects.filter(account=account, sha256=sha256, state=State.OPEN, key=None)
    return standing.filter(files=None, lapses_at__gt=now()).order_by("-id").first()


def keep_document(content: bytes, sha256: str, at: datetime) -> Document:
    """The bytes, kept once. Call inside a transaction."""
    made = {"size": len(content), "content": zlib.compress(content), "received_at": at}
    return Document.objects.defer("content").get_or_create(sha256=sha256, defaults=made)[0]


def lapses_at(opened_at: datetime, changed_at: datetime) -> datetime:
    """When an unfinished report lapses: so long after opening, or after its last change, whichever is later.

    Source: reporting.toml.
    """
    limits = load("reporting", settings.JURISDICTION).on(opened_at.astimezone(UK).date())
    return max(
        opened_at + limits.length("lapses_after_opening"), changed_at + limits.length("lapses_after_change")
    )


def standing(account: Account, number: int) -> Submission:
    """The account's own report of that number, locked. Call inside a transaction. Raises NoReport."""
    wanted = Submission.objects.select_for_update(of=("self",)).filter(
        pk=Submission.key_of(number), account=account
    )
    submission = wanted.select_related("account__provider").first()
    if submission is None or submission.state == State.LAPSED:
        raise answers.NoReport(f"There is no report {number} that this account has open.")
    return submission


def open_one(account: Account, number: int) -> Submission:
    """The same, still open. Raises NoReport, Retracted or Finished."""
    submission = standing(account, number)
    must_be_open(submission)
    return submission


def must_be_open(submission: Submission) -> None:
    """Raises Retracted or Finished, or NoReport for one whose time is over."""
    number = submission.number
    if submission.state == State.RETRACTED:
        raise answers.Retracted(f"Report {number} was retracted at {_when(submission)}.")
    if submission.state == State.FINISHED:
        raise answers.Finished(f"Report {number} was finished at {_when(submission)}.")
    if submission.lapses_at <= now():
        raise answers.NoReport(f"Report {number} lapsed: it was not finished in time.")


def touch(submission: Submission, at: datetime) -> None:
    """Something was added: the report has longer before it lapses. Call inside the same transaction."""
    submission.changed_at, submission.lapses_at = at, lapses_at(submission.opened_at, at)
    submission.save(update_fields=["changed_at", "lapses_at"])


@audited
def finish(account: Account, number: int) -> tuple[Submission, list[str]]:
    """The report is complete, and from now on unchangeable. Returns it, and its files' ids in order.

    The work that makes it a referral is put in its lane in the same transaction. Raises an Answer.
    """
    submission = open_one(account, number)
    move(submission, State.FINISHED, by=account, action="finish", ended_at=now())
    settle(CLOCK, about(submission), event="finished", by=account)
    files = list(submission.files.order_by("id").values_list("file_id", "known_lists"))
    urgent = _urgent(submission.escalated, submission.priority) or any(lists for _, lists in files)
    lane = Job.Lane.URGENT if urgent else Job.Lane.ORDINARY
    enqueue(HAND_ON, f"submission:{submission.pk}", {"submission": submission.pk}, lane=lane)
    return submission, [file_id for file_id, _ in files]


@audited
def retract(account: Account, number: int) -> Submission:
    """The company takes the report back before finishing it. What it had sent stays as a trace."""
    submission = open_one(account, number)
    move(submission, State.RETRACTED, by=account, action="retract", ended_at=now())
    settle(CLOCK, about(submission), event="retracted", by=account)
    return submission


def file_ids(submission: Submission) -> list[str]:
    """The ids of its files, in the order in which they came."""
    return list(submission.files.order_by("id").values_list("file_id", flat=True))


def _urgent(escalated: bool, priority: str) -> bool:
    return escalated or priority in URGENT


def _when(submission: Submission) -> str:
    assert submission.ended_at is not None
    return submission.ended_at.isoformat(timespec="seconds")
