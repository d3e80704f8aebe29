"""What is recorded of managing a registered offender. Rows are only ever added."""

from django.db import models

from lapwing_web.offenders.models.offender import Offender
from lapwing_web.staff.models import User


class LevelSet(models.Model):
    """A risk level that was set: by whom, when and why."""

    offender = models.ForeignKey(Offender, on_delete=models.PROTECT, related_name="levels")
    level = models.CharField(max_length=10, choices=Offender.Level.choices)
    why = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"A level of {self.offender}"


class Plan(models.Model):
    """An officer's own date for the next visit, no later than policy lets it be on the day it was made."""

    offender = models.ForeignKey(Offender, on_delete=models.PROTECT, related_name="plans")
    visit_on = models.DateField()
    latest_on = models.DateField(null=True, blank=True)  # what the level allowed then
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"A plan for {self.offender}"


class Visit(models.Model):
    """A visit: the offender was seen, or nobody answered. Only the first counts as a visit done."""

    class Result(models.TextChoices):
        SEEN = "seen", "Seen"
        NO_ANSWER = "no_answer", "No answer"

    offender = models.ForeignKey(Offender, on_delete=models.PROTECT, related_name="visits")
    on = models.DateField()
    result = models.CharField(max_length=10, choices=Result.choices)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"A visit to {self.offender}"


class Assessment(models.Model):
    """An assessment of the risk, and the level it came to."""

    offender = models.ForeignKey(Offender, on_delete=models.PROTECT, related_name="assessments")
    on = models.DateField()
    level = models.CharField(max_length=10, choices=Offender.Level.choices)
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"An assessment of {self.offender}"
