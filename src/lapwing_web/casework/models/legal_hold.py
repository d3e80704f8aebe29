"""Legal holds: what keeps a case from disposal, whatever its review says."""

from django.db import models

from lapwing_web.casework.models.case import Case
from lapwing_web.staff.models import User


class LegalHold(models.Model):
    """A legal hold on a case, until another person lifts it. It stays on record when it is lifted."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="legal_holds")
    why = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lifted_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(lifted_at=None), name="one_legal_hold_at_once"
            )
        ]

    def __str__(self) -> str:
        return f"A legal hold on {self.case}"
