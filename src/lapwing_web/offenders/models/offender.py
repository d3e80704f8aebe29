"""The registered offender."""

from django.db import models

from lapwing_web.staff.models import Organisation, Team, User


class Offender(models.Model):
    """A registered offender whom one force manages.

    The days that are due are worked out by `governing.due_columns` whenever something changes, and stored.
    `turn` counts the changes: a change is made to the record as somebody saw it, or not at all.
    """

    class State(models.TextChoices):
        REGISTERED = "registered", "Registered"
        ENDED = "ended", "No longer registered"

    class Level(models.TextChoices):
        VERY_HIGH = "very_high", "Very high"
        HIGH = "high", "High"
        MEDIUM = "medium", "Medium"
        LOW = "low", "Low"

    MOVES = {State.REGISTERED: {State.ENDED}, State.ENDED: {State.REGISTERED}}

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="offenders")
    register_number = models.CharField(max_length=40)  # on the force's register
    name = models.CharField(max_length=200)
    born_on = models.DateField(null=True, blank=True)
    lives_at = models.TextField(blank=True)
    area = models.CharField(max_length=80, blank=True)  # by which visits are planned
    state = models.CharField(max_length=10, choices=State.choices, default=State.REGISTERED)
    level = models.CharField(max_length=10, choices=Level.choices)
    since = models.DateField()  # the day management began
    clear_since = models.DateField(null=True, blank=True)  # nothing of concern since; None: not found out
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="offenders")
    neighbourhood = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # whose officers patrol there
    manager = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="offenders"
    )
    visited_on = models.DateField(null=True, blank=True)  # the last visit at which they were seen
    assessed_on = models.DateField(null=True, blank=True)
    planned_on = models.DateField(null=True, blank=True)  # by the last plan
    visit_latest_on = models.DateField(null=True, blank=True)  # the last day the level allows
    visit_due_on = models.DateField(null=True, blank=True)  # None: reactive
    assessment_due_on = models.DateField()
    next_due_on = models.DateField()  # the first of the two
    policy = models.CharField(max_length=64)  # SHA-256 of what the days were worked out by
    turn = models.PositiveIntegerField(default=1)
    registered_at = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "register_number"], name="one_offender_of_a_register_number"
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "next_due_on", "id"], name="offender_next"),
            models.Index(fields=["organisation", "state", "visit_due_on", "id"], name="offender_visit"),
            models.Index(
                fields=["organisation", "state", "assessment_due_on", "id"], name="offender_assessment"
            ),
            models.Index(fields=["manager", "state", "next_due_on", "id"], name="offender_of_a_manager"),
            models.Index(fields=["born_on"], name="offender_born"),
            models.Index(
                fields=["organisation", "state", "team", "manager", "visit_due_on", "assessment_due_on"],
                name="offender_caseload",
            ),
        ]

    def __str__(self) -> str:
        return f"Registered offender {self.reference}"

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"RO-{self.pk:07d}"
