"""How a case is brought to its end: charges and courts, and disposals out of court with their conditions."""

from django.db import models

from lapwing_web.casework.models.case import Case
from lapwing_web.casework.models.suspect import Suspect
from lapwing_web.staff.models import User


class Charge(models.Model):
    """A charge or summons against a suspect."""

    suspect = models.ForeignKey(Suspect, on_delete=models.PROTECT, related_name="charges")
    offence = models.CharField(max_length=200)
    on = models.DateField()
    by_post = models.BooleanField(default=False)  # or a summons: it follows no arrest
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"A charge of {self.suspect}"

    @property
    def case(self) -> Case:
        """The case it is in."""
        return self.suspect.case

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"{self.suspect.reference}, charge"


class CourtDate(models.Model):
    """A day in court, and what came of it."""

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="court_dates")
    on = models.DateField()
    court = models.CharField(max_length=120)
    result = models.CharField(max_length=30, blank=True)  # "" while it is to come; as `RESULTS` names them
    text = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"A day in court for {self.charge}"

    @property
    def case(self) -> Case:
        """The case it is in."""
        return self.charge.suspect.case

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"{self.charge.suspect.reference}, court"


class Sentence(models.Model):
    """A court's sentence. `months` is of custody or of an order's length; None for a life sentence or
    none.
    """

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="sentences")
    on = models.DateField()
    kind = models.CharField(max_length=30)  # as `SENTENCES` names them
    months = models.PositiveIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"A sentence of {self.charge.suspect}"


class Disposal(models.Model):
    """A disposal out of court: it is complied with, or breached and back for prosecution, and never both."""

    class State(models.TextChoices):
        RUNNING = "running", "Conditions run"
        COMPLIED = "complied", "Complied with"
        BREACHED = "breached", "Breached: back for prosecution"
        PROSECUTED = "prosecuted", "Prosecuted after a breach"

    MOVES = {
        State.RUNNING: {State.COMPLIED, State.BREACHED},
        State.COMPLIED: set(),
        State.BREACHED: {State.PROSECUTED},
        State.PROSECUTED: set(),
    }

    suspect = models.ForeignKey(Suspect, on_delete=models.PROTECT, related_name="disposals")
    kind = models.CharField(max_length=30)  # caution, community_resolution, diversion
    state = models.CharField(max_length=12, choices=State.choices, default=State.RUNNING)
    given_on = models.DateField()
    text = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"A disposal of {self.suspect}"

    @property
    def case(self) -> Case:
        """The case it is in."""
        return self.suspect.case

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"{self.suspect.reference}, disposal"


class Condition(models.Model):
    """A condition of a disposal, met by its day or breached."""

    class State(models.TextChoices):
        RUNNING = "running", "Runs"
        MET = "met", "Met"
        BREACHED = "breached", "Breached"

    MOVES = {State.RUNNING: {State.MET, State.BREACHED}, State.MET: set(), State.BREACHED: set()}

    disposal = models.ForeignKey(Disposal, on_delete=models.PROTECT, related_name="conditions")
    text = models.CharField(max_length=300)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    ended_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"A condition of {self.disposal.suspect}"

    @property
    def case(self) -> Case:
        """The case it is in."""
        return self.disposal.suspect.case

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"{self.disposal.suspect.reference}, condition"
