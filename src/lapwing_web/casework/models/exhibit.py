"""Exhibits: what was seized, its continuity, and its examination in a laboratory."""

from django.db import models

from lapwing_web.casework.models.case import Case
from lapwing_web.casework.models.suspect import Suspect
from lapwing_web.staff.models import Organisation, User

ENDS = ("returned", "destroyed")  # the steps of continuity after which an exhibit is nobody's to keep
RESULTS = {
    "found": "Material found",
    "nothing": "Nothing found",
    "unreadable": "Could not be read: encrypted, damaged or not supported",
}  # of an examination


class Exhibit(models.Model):
    """A device or another thing that was seized. Where it is, its continuity says."""

    class State(models.TextChoices):
        HELD = "held", "Held"
        QUEUED = "queued", "Waits to be examined"
        EXAMINING = "examining", "Being examined"
        EXAMINED = "examined", "Examined"
        ENDED = "ended", "Returned, or destroyed"

    MOVES = {
        State.HELD: {State.QUEUED, State.ENDED},
        State.QUEUED: {State.HELD, State.EXAMINING},
        State.EXAMINING: {State.EXAMINED, State.QUEUED},
        State.EXAMINED: {State.QUEUED, State.ENDED},
        State.ENDED: set(),
    }

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exhibits")
    suspect = models.ForeignKey(
        Suspect, null=True, blank=True, on_delete=models.PROTECT, related_name="exhibits"
    )
    number = models.CharField(max_length=40)  # the exhibit number: the finder's initials and a count
    chained_as = models.CharField(max_length=80)  # its name in the chain, whatever case it comes to
    kind = models.CharField(max_length=30)  # as policy names it
    description = models.CharField(max_length=300)
    gigabytes = models.PositiveIntegerField(null=True, blank=True)
    needs = models.CharField(max_length=30, blank=True)  # the accreditation that its examination asks for
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    queued_on = models.DateField(null=True, blank=True)  # since when it waits

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_exhibit_of_a_number")]
        indexes = [models.Index(fields=["state", "queued_on"], name="exhibit_queue")]

    def __str__(self) -> str:
        return f"Exhibit {self.number}"

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"{self.case.reference}, exhibit {self.number}"


class Continuity(models.Model):
    """A step in an exhibit's continuity. Rows are only added, and chained by hash
    (lapwing.rules.continuity).
    """

    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="continuity")
    position = models.PositiveIntegerField()
    step = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)  # the username, as the chain's hash covers it
    place = models.CharField(max_length=200, blank=True)
    seal = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=500, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exhibit", "position"], name="one_step_at_a_position")]
        verbose_name_plural = "continuity"

    def __str__(self) -> str:
        return f"A step in the continuity of {self.exhibit}"


class Laboratory(models.Model):
    """Where a force's exhibits are examined: its hours in a week, and what it is accredited for."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="laboratories")
    name = models.CharField(max_length=80)
    hours_a_week = models.PositiveIntegerField()
    accredited = models.JSONField(default=list)  # as policy names them

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="one_laboratory_of_a_name")
        ]
        verbose_name_plural = "laboratories"

    def __str__(self) -> str:
        return self.name


class Examination(models.Model):
    """One examination of an exhibit, begun in a laboratory."""

    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="examinations")
    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="examinations")
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=20, blank=True)  # found, nothing, unreadable
    text = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"An examination of {self.exhibit}"
