"""What an account may see: what it handed over itself, and what was received of that. Nothing else."""

from django.db.models import QuerySet

from lapwing_web.intake.models import Account, Receipt, Submission, SubmittedFile

FILES, RECEIPTS, REPORTS = 1000, 200, 100  # of one page


def submission_of(account: Account, number: int) -> Submission | None:
    """The account's own report of that number, whatever its state."""
    return Submission.objects.filter(pk=Submission.key_of(number), account=account).first()


def files_of(submission: Submission, first: int) -> list[SubmittedFile]:
    """A page of its files in the order they came, from the one numbered `first` (from 0)."""
    return list(submission.files.select_related("sealed").order_by("id")[first : first + FILES])


def receipt_of(submission: Submission) -> Receipt | None:
    """What the report itself became: the first that was received of it."""
    return submission.receipts.select_related("submission").order_by("id").first()


def receipts_of_account(account: Account, after: int, limit: int) -> list[Receipt]:
    """The receipts of what it handed over, numbered above `after`, at most `limit` and one more.

    The numbers grow in the order of their commits, because whoever writes receipts holds the audit's lock: an
    account that asks after the last it was told of misses none.
    """
    found = Receipt.objects.filter(submission__account=account, pk__gt=after)
    return list(found.select_related("submission").order_by("pk")[: limit + 1])


def submissions_called(account: Account, reference: str) -> QuerySet[Submission]:
    """The account's own reports kept under that reference, the latest first."""
    named = Submission.objects.filter(account=account, reference=reference)
    return named.exclude(reference="").select_related("report").order_by("-id")
