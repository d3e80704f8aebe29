"""What retention rests on: what was found out about a case, and the reviews that kept it or would not."""

from django.db import models

from lapwing_web.casework.models.case import Case
from lapwing_web.casework.models.suspect import Suspect
from lapwing_web.staff.models import User


class RetentionFact(models.Model):
    """Something found out that retention asks about. Rows are only added: the last one of a name stands."""

    class Name(models.TextChoices):
        SERIOUS = "serious", "The offence is of the most serious kind"
        MANAGED = "managed", "A suspect is or was managed as an offender"
        BORN = "born", "Birth date of a suspect"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="retention_facts")
    suspect = models.ForeignKey(
        Suspect, null=True, blank=True, on_delete=models.PROTECT, related_name="retention_facts"
    )  # of a birth date
    name = models.CharField(max_length=10, choices=Name.choices)
    answer = models.BooleanField(null=True)  # None: not known, or known no longer
    on = models.DateField(null=True, blank=True)  # the birth date; None: not known
    source = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["case", "name", "id"], name="retention_fact_latest")]

    def __str__(self) -> str:
        return f"What retention asks of {self.case}"


class RetentionReview(models.Model):
    """A review of a case that has ended: whether it is still needed. Rows are only added."""

    class Decision(models.TextChoices):
        KEEP = "keep", "Keep it"
        DISPOSE = "dispose", "Propose its disposal"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="retention_reviews")
    decision = models.CharField(max_length=10, choices=Decision.choices)
    why = models.TextField()
    group = models.CharField(max_length=1)  # the group it was in
    next_on = models.DateField(null=True, blank=True)  # the next review, by the rule; None: disposal proposed
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    policy = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["case", "decision", "id"], name="retention_review_latest")]

    def __str__(self) -> str:
        return f"A retention review of {self.case}"
