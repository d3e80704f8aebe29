"""What a neighbourhood team is told of a registered offender, and who has read it."""

from datetime import date

from django.db import models

from lapwing_web.offenders.models.offender import Offender
from lapwing_web.staff.models import Team, User


class Briefing(models.Model):
    """A need-to-know extract for one team. What it tells was taken when it was issued, and stays so."""

    class State(models.TextChoices):
        ISSUED = "issued", "Issued"
        REPLACED = "replaced", "Issued anew"
        EXPIRED = "expired", "Expired"
        WITHDRAWN = "withdrawn", "Withdrawn"

    MOVES = {
        State.ISSUED: {State.REPLACED, State.EXPIRED, State.WITHDRAWN},
        State.REPLACED: set(),
        State.EXPIRED: {State.WITHDRAWN},  # it is not to be issued anew
        State.WITHDRAWN: set(),
    }

    offender = models.ForeignKey(Offender, on_delete=models.PROTECT, related_name="briefings")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="briefings")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ISSUED)
    lines = models.JSONField()  # [[code, label, value], …]
    issued_on = models.DateField()
    last_on = models.DateField()  # the last day on which the team may read it
    acknowledge_by = models.DateField()
    policy = models.CharField(max_length=64)  # SHA-256
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offender", "team"],
                condition=models.Q(state="issued"),
                name="one_briefing_of_a_team_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["state", "last_on"], name="briefing_expires")]

    def __str__(self) -> str:
        return f"Briefing {self.reference}"

    def holds_on(self, day: date) -> bool:
        """Whether it may be told on `day`. After its last one it may not, ended by then or not."""
        return self.state == self.State.ISSUED and self.issued_on <= day <= self.last_on

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"BR-{self.pk:07d}"


class Acknowledgement(models.Model):
    """Somebody of the team has read a briefing, by name."""

    briefing = models.ForeignKey(Briefing, on_delete=models.PROTECT, related_name="acknowledgements")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["briefing", "by"], name="acknowledged_once")]

    def __str__(self) -> str:
        return f"{self.by} has read {self.briefing}"
