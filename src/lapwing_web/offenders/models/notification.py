"""What a registered offender has to notify to the police, and what was notified."""

from django.db import models

from lapwing_web.offenders.models.offender import Offender
from lapwing_web.staff.models import User


class Requirement(models.Model):
    """Why, and how long, an offender has to notify. The last two days are worked out whenever something
    changes, and stored.
    """

    offender = models.OneToOneField(Offender, on_delete=models.PROTECT, related_name="requirement")
    relevant_on = models.DateField()  # of the conviction, finding, caution or order
    disposal = models.CharField(max_length=30)  # a period of notification.toml
    under_18 = models.BooleanField(null=True)  # on the relevant date; None: nobody has found out
    ordered_until = models.DateField(null=True, blank=True)  # where an order or a discharge sets the end
    no_fixed_address = models.BooleanField(default=False)
    first_on = models.DateField(null=True, blank=True)  # the first notification
    last_on = models.DateField(null=True, blank=True)  # the last from which the year, or the week, runs
    ends_on = models.DateField(null=True, blank=True)  # the last day; None: without end, or not known
    next_due_at = models.DateTimeField(null=True, blank=True)  # of all that is to be notified, the first
    policy = models.CharField(max_length=64)  # SHA-256 of what the days were worked out by

    class Meta:
        indexes = [models.Index(fields=["next_due_at"], name="requirement_next_due")]

    def __str__(self) -> str:
        return f"What {self.offender} has to notify"


class Absence(models.Model):
    """A time in custody, in hospital or abroad. Days to notify do not run in it; they do from `back_on`."""

    class Kind(models.TextChoices):
        CUSTODY = "custody", "In custody"
        HOSPITAL = "hospital", "Detained in a hospital"
        ABROAD = "abroad", "Outside the United Kingdom"

    offender = models.ForeignKey(Offender, on_delete=models.PROTECT, related_name="absences")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    begins = models.DateField()
    back_on = models.DateField(null=True, blank=True)  # released, or returned; None: it goes on
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"An absence of {self.offender}"

    @property
    def reference(self) -> str:
        """How people name it."""
        where = self.get_kind_display()
        return f"{self.offender.reference}, {where[:1].lower()}{where[1:]}"


class Notifiable(models.Model):
    """Something that an offender has to notify to the police, from when it is known until it is notified."""

    class Kind(models.TextChoices):
        CHANGE = "change", "Change of name, address or other detail"
        RELEASE = "release", "Release from custody or hospital"
        TRAVEL = "travel", "Travel abroad"
        RETURNED = "returned", "Return from abroad"
        STAY = "stay", "Stay at another address"

    class State(models.TextChoices):
        OPEN = "open", "To be notified"
        NOTIFIED = "notified", "Notified"
        WITHDRAWN = "withdrawn", "Recorded in error"

    MOVES = {
        State.OPEN: {State.NOTIFIED, State.WITHDRAWN},
        State.NOTIFIED: {State.WITHDRAWN},
        State.WITHDRAWN: set(),
    }

    offender = models.ForeignKey(Offender, on_delete=models.PROTECT, related_name="notifiables")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    began_at = models.DateTimeField()  # of travel: the start of the day of departure
    ended_at = models.DateTimeField(null=True, blank=True)  # of a stay; None: it goes on
    known_on = models.DateField(null=True, blank=True)  # from when travel was known; None: not found out
    child = models.BooleanField(null=True)  # in the household; None: nobody has found out
    text = models.TextField()  # what, or where
    notified_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["offender", "state"], name="notifiable_open")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.offender}"

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"{self.offender.reference}, {self.get_kind_display().lower()}"


class Notification(models.Model):
    """A notification that was made. Rows are only ever added."""

    offender = models.ForeignKey(Offender, on_delete=models.PROTECT, related_name="notifications")
    on = models.DateField()
    full = models.BooleanField()  # whether all details were confirmed, as once a year
    items = models.ManyToManyField(Notifiable, related_name="notifications")
    text = models.TextField(blank=True)
    late = models.BooleanField()  # whether any of it was overdue on that day
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"A notification by {self.offender}"
