"""The disposal of a case's record: proposed after a review, done by a second person, and what is left."""

from django.db import models

from lapwing_web.casework.models.case import Case
from lapwing_web.staff.models import User


class RecordDisposal(models.Model):
    """A proposal to dispose of a record. Once it is done, this row is what the force still has of the case.

    Nothing in it is about a person: what was written of anybody goes with the record (docs/adr/0028).
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        DONE = "done", "Disposed of"
        REFUSED = "refused", "Not agreed to"
        WITHDRAWN = "withdrawn", "Withdrawn"

    MOVES = {
        State.PROPOSED: {State.DONE, State.REFUSED, State.WITHDRAWN},
        State.DONE: set(),
        State.REFUSED: set(),
        State.WITHDRAWN: set(),
    }

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="record_disposals")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    why = models.TextField()
    group = models.CharField(max_length=1)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer_text = models.TextField(blank=True)
    authority = models.CharField(max_length=300, blank=True)  # as the policy named it
    policy_sha256 = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=10, blank=True)  # Home Office code
    outcome_on = models.DateField(null=True, blank=True)
    removed = models.JSONField(default=dict)  # how many of each kind
    sent = models.JSONField(default=list)  # the reference and the SHA-256 of each package it was worked from

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(state="proposed"), name="one_disposal_proposed_at_once"
            )
        ]
        indexes = [models.Index(fields=["state", "-answered_at"], name="record_disposal_state")]

    def __str__(self) -> str:
        return f"The disposal of the record of {self.case}"

    @property
    def reference(self) -> str:
        """How people name it: by the case."""
        return self.case.reference
