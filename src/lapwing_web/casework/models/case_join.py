"""A join of two cases about one suspect, with what went over, so that a mistake can be undone."""

from django.db import models

from lapwing_web.casework.models.case import Case
from lapwing_web.staff.models import User


class CaseJoin(models.Model):
    """What a join took from one case into another, by key. It stays on record when it is undone."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="joins")
    into = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="joins_of")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField()  # as `actions.joined_rows` writes it: keys and numbers, and nothing else
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(undone_at=None), name="one_join_of_a_case_at_once"
            )
        ]

    def __str__(self) -> str:
        return f"The join of {self.case} into {self.into}"

    @property
    def reference(self) -> str:
        """How people name it: by the case that was joined."""
        return self.case.reference
