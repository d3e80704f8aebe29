"""What people have passed, and their own word that they are to be given no more for now."""

from django.db import models

from lapwing_web.staff.models.people import User


class Training(models.Model):
    """A course or licence that somebody passed. Rows are only added: the last of a course stands."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="trainings")
    course = models.CharField(max_length=40)  # as policy names it
    passed_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)  # its last day; None: it holds for ever
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["user", "course", "id"], name="training_latest"),
            models.Index(fields=["expires_on"], name="training_expiry"),
        ]

    def __str__(self) -> str:
        return f"A course of {self.user}"


class OptOut(models.Model):
    """Somebody says that they are to be given no more for now. It is their own word, and asks for no
    reason.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="opt_outs")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(ended_at=None), name="one_opt_out_at_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} is to be given no more for now"
