"""Leave to open a referral's sealed files: for whom, by whom, and what stood in the way."""

from datetime import datetime, time

from django.db import models

from lapwing_web.casework.models.referral import Referral
from lapwing_web.moment import UK, today
from lapwing_web.staff.models import User


class OpeningLeave(models.Model):
    """The list of a referral's sealed files, as somebody was given it to open them. Rows are only added."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="opening_leaves")
    opener = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    objects_named = models.JSONField()  # the names of the sealed objects, sorted
    obstacles = models.JSONField(default=list)  # of the opener's budget, that a superior overrode
    why = models.TextField(blank=True)  # of an override

    class Meta:
        indexes = [
            models.Index(fields=["opener", "at"], name="opening_leave_lately"),
            models.Index(fields=["at"], condition=~models.Q(why=""), name="opening_over_a_budget"),
        ]

    def __str__(self) -> str:
        return f"Leave to open files of {self.referral}"


def given_today() -> models.QuerySet[OpeningLeave]:
    """The lists given today: each holds for its day, and its views count when the next is asked for."""
    return OpeningLeave.objects.filter(at__gte=datetime.combine(today(), time(), UK))
