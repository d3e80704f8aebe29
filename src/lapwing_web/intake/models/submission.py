"""Submissions: a report being handed over piece by piece, until its provider says that it is finished."""

from typing import Any

from django.db import models

from lapwing_web.intake.models.account import Account
from lapwing_web.intake.models.report import Document, Report
from lapwing_web.intake.models.sealed import SealedFile

FIRST_NUMBER = 1_000_000_000  # above any number another clearing house has given, and within 32 bits
MOST_FILES = 10_000  # of one submission


class Submission(models.Model):
    """One report of one account, opened, added to, and finished, retracted or lapsed: then unchangeable."""

    class State(models.TextChoices):
        OPEN = "open", "Not finished"
        FINISHED = "finished", "Finished"
        RETRACTED = "retracted", "Retracted"
        LAPSED = "lapsed", "Lapsed"

    MOVES = {
        State.OPEN: {State.FINISHED, State.RETRACTED, State.LAPSED},
        State.FINISHED: set(),
        State.RETRACTED: set(),
        State.LAPSED: set(),
    }

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="submissions")
    channel = models.CharField(max_length=10)  # ispws, json
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="submissions")
    sha256 = models.CharField(max_length=64)  # of the document
    reference = models.CharField(max_length=200, blank=True)  # the provider's own, where the document has one
    escalated = models.BooleanField(default=False)
    priority = models.CharField(max_length=2, blank=True)  # the provider's own P1, P2, P3
    key = models.CharField(max_length=255, null=True, blank=True)  # idempotency key, of the JSON API
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # finished, retracted or lapsed
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="submissions"
    )  # what it became, once it has been handed on
    repeats = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="repeated_by"
    )  # of a finished one: the earlier one of the same account with the same content

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="submission_key_once"),
        ]
        indexes = [
            models.Index(fields=["state", "lapses_at"], name="submission_lapses"),
            models.Index(fields=["account", "-opened_at"], name="submission_of_account"),
            models.Index(fields=["account", "sha256"], name="submission_content"),
            models.Index(fields=["account", "opened_at", "state"], name="submission_counted"),
            models.Index(
                fields=["account", "lapses_at"], condition=models.Q(state="open"), name="submission_open_of"
            ),
        ]

    def __str__(self) -> str:
        return f"Submission {self.number}"

    @property
    def number(self) -> int:
        """The report id that the provider is given."""
        return FIRST_NUMBER + self.pk

    @staticmethod
    def key_of(number: int) -> int:
        """The primary key of the submission with that report id."""
        return number - FIRST_NUMBER


class SubmittedFile(models.Model):
    """A file handed over with a submission: sealed, with its digests, and what the provider says of it."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="files")
    file_id = models.CharField(max_length=32, unique=True)  # lower-case hexadecimal, opaque
    sealed = models.ForeignKey(SealedFile, on_delete=models.PROTECT, related_name="submitted")
    name = models.CharField(max_length=255, blank=True)  # as sent: text, never a path
    media_type = models.CharField(max_length=100, blank=True)  # as sent
    known_lists: Any = models.JSONField(default=list)  # the lists that it was on when it arrived
    details = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="submitted_files"
    )  # fileDetails, once given
    received_at = models.DateTimeField()
    key = models.CharField(max_length=255, null=True, blank=True)  # idempotency key, of the JSON API
    stated_id = models.CharField(max_length=200, blank=True)  # which file of the document's own it is

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "key"], name="submitted_file_key_once"),
        ]

    def __str__(self) -> str:
        return f"File {self.file_id}"
