"""What people viewed, that a budget counts; and check-ins with them."""

from django.db import models

from lapwing_web.staff.models.people import User


class Exposure(models.Model):
    """One view that counts against somebody's budget. Rows are only added; a stack is there once."""

    class Source(models.TextChoices):
        GRADER = "grader", "A grading tool's results"
        VAULT = "vault", "A sealed file opened"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="exposures")
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)  # as policy names it
    stack = models.CharField(max_length=80)  # of near copies: the tool's name for it, or the file's SHA-256
    weight = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=10, choices=Source.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "stack"], name="a_stack_counts_once")]
        indexes = [models.Index(fields=["user", "at", "weight"], name="exposure_lately")]

    def __str__(self) -> str:
        return f"A view by {self.user}"


class AllowedViewing(models.Model):
    """Views that somebody is about to make, and may: in the sum until they are counted or given up.

    It stands for its day: the rows of earlier days are deleted.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="allowed_viewings")
    at = models.DateTimeField()
    weight = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["user", "at"], name="allowed_viewing_of")]

    def __str__(self) -> str:
        return f"Views that {self.user} may make"


class CheckIn(models.Model):
    """A talk with somebody about how they are: when it is due, and that it was held. Never what was said."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="check_ins")
    due_on = models.DateField()
    held_on = models.DateField(null=True, blank=True)  # None: it is still to come
    held_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(held_on=None), name="one_check_in_to_come"
            )
        ]
        indexes = [models.Index(fields=["due_on"], name="check_in_due", condition=models.Q(held_on=None))]

    def __str__(self) -> str:
        return f"A check-in with {self.user}"
