"""The agency's own list: files known by their hashes, each proposed, graded by two people, and published."""

from django.conf import settings
from django.db import models

from lapwing.policy import load
from lapwing.policy.topics.known_lists import OwnList
from lapwing_web.casework.models import Referral
from lapwing_web.intake.models import Report
from lapwing_web.moment import today
from lapwing_web.staff.models import User


def own_policy() -> OwnList:
    """How the own list is graded, by the policy in force today."""
    own: OwnList = load("known_lists", settings.JURISDICTION).on(today()).own
    return own


def label_of_category(code: str) -> str:
    """A category in words; one that policy no longer has as it is."""
    listed = own_policy().grades.get(code)
    return listed.label if listed else code


class OwnEntry(models.Model):
    """A file of a referral for the own list, by its hashes. Nobody looks at anything here."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waiting to be graded"
        DISPUTED = "disputed", "Graded differently by two"
        GRADED = "graded", "Graded, on its way to the list"
        PUBLISHED = "published", "On the own list"
        WITHDRAWN = "withdrawn", "Withdrawn"

    MOVES = {
        State.PROPOSED: {State.GRADED, State.DISPUTED, State.WITHDRAWN},
        State.DISPUTED: {State.GRADED, State.WITHDRAWN},
        State.GRADED: {State.PUBLISHED, State.WITHDRAWN},
        State.PUBLISHED: {State.WITHDRAWN},
        State.WITHDRAWN: set(),
    }
    TO_GRADE = (State.PROPOSED, State.DISPUTED)

    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    hashes = models.JSONField()  # kind -> value as text
    key = models.CharField(max_length=64)  # SHA-256 of all of them: the same file is not proposed twice
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="own_entries")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="own_entries")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    why = models.TextField()
    category = models.CharField(max_length=10, blank=True)  # once it is decided
    version = models.IntegerField(null=True, blank=True)  # of the own list, in which it was published
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.TextField(blank=True)
    gone_in = models.IntegerField(null=True, blank=True)  # the version since which the own list is without it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~models.Q(state="withdrawn"), name="own_entry_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["graded", "published"]) | ~models.Q(category=""),
                name="own_entry_graded_has_category",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="own_entry_state")]

    def __str__(self) -> str:
        return f"Own entry {self.reference}"

    @property
    def reference(self) -> str:
        """How people and the list name it."""
        return f"OWN-{self.pk:07d}"


class Grade(models.Model):
    """What one person graded an entry. Others see it once they cannot be led by it."""

    entry = models.ForeignKey(OwnEntry, on_delete=models.PROTECT, related_name="grades")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "by"], name="graded_once_by_each")]
