"""Reports that their company never finished: watched by a clock, and lapsed by the protocol's rule.

A lapsed report is not simply gone: it becomes a rejected receipt, which stays on its page until a person has
dealt with it.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from lapwing.policy import load
from lapwing_web.audit.actions import Rule, about, move, record, recorded
from lapwing_web.clocks.actions import Start, settle, start_many
from lapwing_web.clocks.models import Clock
from lapwing_web.intake.actions.arrive import storable
from lapwing_web.intake.actions.keep import AGENCY
from lapwing_web.intake.actions.submissions import CLOCK
from lapwing_web.intake.models import Receipt, Submission
from lapwing_web.jobs.actions import Kind, Leased, done
from lapwing_web.moment import now, today

State = Submission.State
LAPSE = Rule("rule:lapse")
AT_ONCE = 100  # in one transaction


def lapse_due() -> int:
    """Lapse what is due. Returns how many reports lapsed. Safe to run in several processes at once."""
    lapsed = 0
    while True:
        with recorded():
            due = Submission.objects.select_for_update(of=("self",)).filter(
                state=State.OPEN, lapses_at__lte=now()
            )
            some = list(due.select_related("account__provider", "document").order_by("lapses_at")[:AT_ONCE])
            for submission in some:
                _lapse(submission)
        lapsed += len(some)
        if len(some) < AT_ONCE:
            return lapsed


def watch_unfinished() -> int:
    """Start a clock on each report left alone for some time, or move the one it has to its new deadline.

    Returns how many clocks were started.
    """
    quiet = load("reporting", settings.JURISDICTION).on(today()).length("watched_after")
    started = 0
    left = Submission.objects.filter(state=State.OPEN, changed_at__lte=now() - quiet)
    for first in range(0, left.count(), AT_ONCE):
        with recorded():
            some = list(left.select_related("account__provider").order_by("id")[first : first + AT_ONCE])
            standing = set(
                Clock.objects.filter(kind=CLOCK, about__in=[about(one) for one in some])
                .exclude(state=Clock.State.SETTLED)
                .values_list("about", "event")
            )
            for one in some:
                if any(subject == about(one) for subject, _ in standing):
                    if (about(one), _event(one)) in standing:
                        continue
                    settle(CLOCK, about(one), event="something was added", by=LAPSE)
                start_many([_clock(one)], by=LAPSE)
                started += 1
    return started


def _event(submission: Submission) -> str:
    return f"changed {submission.changed_at.isoformat()}"


def _clock(submission: Submission) -> Start:
    title = storable(f"{submission.account.provider.name} has not finished {submission}", 200)
    return Start(
        CLOCK,
        about(submission),
        _event(submission),
        AGENCY,
        at=submission.changed_at,
        title=title,
        due_at=submission.lapses_at,
    )


def _lapse(submission: Submission) -> None:
    why = "The company opened this report and never finished it, so it lapsed by the protocol’s rule."
    if submission.escalated:
        why += " It says that a child is at risk now: ask the company for it."
    move(submission, State.LAPSED, by=LAPSE, action="lapse", why=why, ended_at=now())
    settle(CLOCK, about(submission), event="lapsed", by=LAPSE)
    receipt = Receipt.objects.create(
        state=Receipt.State.REJECTED,
        received_at=submission.opened_at,
        name=storable(f"{submission} of {submission.account.provider.name}", 255),
        channel=submission.channel,
        provider=submission.account.provider,
        lapsed=True,
        document=submission.document,
        sha256=submission.sha256,
        size=submission.document.size,
        reason=why,
        submission=submission,
    )
    record("receive", receipt, by=LAPSE, why=why, new={"state": receipt.state, "sha256": receipt.sha256})
    title = storable(f"{receipt} lapsed: {receipt.name}", 200)
    start_many([Start("rejected_receipt", about(receipt), "lapsed", AGENCY, title=title)], by=LAPSE)


def _come_round(leased: Sequence[Leased]) -> None:
    lapse_due()
    watch_unfinished()
    with transaction.atomic():
        done(leased)


KIND = Kind("intake.lapse", _come_round, "background", every=timedelta(seconds=30))
