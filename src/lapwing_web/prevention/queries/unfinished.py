"""Reports that a company began through the reporting API and has not finished, or never did."""

from datetime import datetime

from django.db.models import Count, QuerySet
from msgspec import Struct

from lapwing_web.intake.models import Provider, Receipt, Submission, SubmittedFile
from lapwing_web.prevention.queries.period import Period

SHOWN = 20
State = Submission.State


class Unfinished(Struct):
    """One of them, by the number that the company was given."""

    number: int
    opened_at: datetime
    at: datetime  # when it lapses, or lapsed
    files: int
    escalated: bool
    receipt: Receipt | None = None  # of a lapsed one: what a person has to deal with

    @property
    def waits(self) -> bool:
        """Whether nobody has dealt with it yet."""
        return self.receipt is not None and self.receipt.state == Receipt.State.REJECTED


class Some(Struct):
    """How many there are, and the first few."""

    count: int
    shown: list[Unfinished]


def still_open(provider: Provider) -> Some:
    """Those that may still be finished, whenever they were begun, the first to lapse first."""
    found = _of(provider).filter(state=State.OPEN)
    return Some(found.count(), _shown(found.order_by("lapses_at", "id")))


def lapsed(provider: Provider, period: Period) -> Some:
    """Those begun in the period that lapsed, the latest first."""
    found = _of(provider).filter(period.within("opened_at"), state=State.LAPSED)
    return Some(found.count(), _shown(found.order_by("-opened_at", "-id")))


def _of(provider: Provider) -> QuerySet[Submission]:
    return Submission.objects.filter(account__in=list(provider.accounts.values_list("pk", flat=True)))


def _shown(found: QuerySet[Submission]) -> list[Unfinished]:
    some = list(found[:SHOWN])
    lapses = Receipt.objects.filter(submission__in=some, lapsed=True)
    receipts = {one.submission_id: one for one in lapses}
    files = SubmittedFile.objects.filter(submission__in=some).order_by().values_list("submission")
    held = dict(files.annotate(n=Count("*")))
    return [
        Unfinished(
            number=one.number,
            opened_at=one.opened_at,
            at=one.ended_at or one.lapses_at,
            files=held.get(one.pk, 0),
            escalated=one.escalated,
            receipt=receipts.get(one.pk),
        )
        for one in some
    ]
