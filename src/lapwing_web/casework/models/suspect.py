"""Suspects: warrants, arrests, what restricts each, and the gaps in it."""

from django.db import models

from lapwing_web.casework.models.case import Case
from lapwing_web.casework.models.child import Child
from lapwing_web.staff.models import User

POLICE_BAIL = ("bail", "bail_unconditional")  # kinds of restriction: bail before a charge


class Suspect(models.Model):
    """A suspect of a case. Who it is stands in the packages; here is only what has to be told apart."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="suspects")
    number = models.PositiveSmallIntegerField()  # within its case
    label = models.CharField(max_length=200)
    is_child = models.BooleanField(null=True)  # None: nobody has found out
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_suspect_of_a_number")]

    def __str__(self) -> str:
        return f"Suspect {self.number} of {self.case}"

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"{self.case.reference}, suspect {self.number}"


class Warrant(models.Model):
    """A warrant to enter and search: applied for, granted or refused, and executed before it expires."""

    class State(models.TextChoices):
        APPLIED = "applied", "Applied for"
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"
        EXECUTED = "executed", "Executed"
        EXPIRED = "expired", "Expired"
        WITHDRAWN = "withdrawn", "Withdrawn"

    MOVES = {
        State.APPLIED: {State.GRANTED, State.REFUSED, State.WITHDRAWN},
        State.GRANTED: {State.EXECUTED, State.EXPIRED, State.WITHDRAWN},
        State.REFUSED: set(),
        State.EXECUTED: set(),
        State.EXPIRED: set(),
        State.WITHDRAWN: set(),
    }

    suspect = models.ForeignKey(Suspect, on_delete=models.PROTECT, related_name="warrants")
    state = models.CharField(max_length=10, choices=State.choices, default=State.APPLIED)
    grounds = models.TextField()
    applied_at = models.DateTimeField()
    granted_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)  # its last day
    ended_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"A warrant for {self.suspect}"

    @property
    def case(self) -> Case:
        """The case it is for."""
        return self.suspect.case

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"{self.suspect.reference}, warrant"


class Arrest(models.Model):
    """An arrest, from which bail is counted and to which duties belong."""

    class Trust(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        UNKNOWN = "unknown", "Not known"

    suspect = models.ForeignKey(Suspect, on_delete=models.PROTECT, related_name="arrests")
    at = models.DateTimeField()
    position_of_trust = models.CharField(max_length=10, choices=Trust.choices)
    released_at = models.DateTimeField(null=True, blank=True)
    designated_on = models.DateField(
        null=True, blank=True
    )  # the prosecutor designated the case as exceptionally complex
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"The arrest of {self.suspect}"

    @property
    def case(self) -> Case:
        """The case it is in."""
        return self.suspect.case

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"{self.suspect.reference}, arrest"


class Duty(models.Model):
    """Something that must be done because of an arrest: the rehabilitation offer, barring, the employer."""

    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="duties")
    kind = models.CharField(max_length=40)  # as policy names it
    result = models.CharField(max_length=40, blank=True)  # "" while it is still to be done
    text = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["arrest", "kind"], name="one_duty_of_a_kind")]
        verbose_name_plural = "duties"

    def __str__(self) -> str:
        return f"A duty after {self.arrest}"

    @property
    def case(self) -> Case:
        """The case it is in."""
        return self.arrest.suspect.case

    @property
    def reference(self) -> str:
        """How people name it."""
        return self.arrest.reference


class Restriction(models.Model):
    """What the suspect is held by, or under, from an instant until another: custody, bail, an order."""

    suspect = models.ForeignKey(Suspect, on_delete=models.PROTECT, related_name="restrictions")
    arrest = models.ForeignKey(
        Arrest, null=True, blank=True, on_delete=models.PROTECT, related_name="restrictions"
    )  # of custody, bail and release under investigation
    kind = models.CharField(max_length=30)  # as policy names it
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)  # None: nothing ends it yet
    returns_on = models.DateField(null=True, blank=True)  # of bail: its last day unless it is extended
    authorised_by = models.CharField(max_length=30, blank=True)  # of bail: the rank
    conditions = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["suspect", "begins_at"], name="restriction_of_a_suspect")]

    def __str__(self) -> str:
        return f"A restriction on {self.suspect}"

    @property
    def case(self) -> Case:
        """The case it is in."""
        return self.suspect.case

    @property
    def reference(self) -> str:
        """How people name it."""
        return self.suspect.reference


class BailStop(models.Model):
    """The file was with the prosecutor: bail's period does not run from the one day until the other."""

    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="stops")
    sent_on = models.DateField()
    back_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"The file of {self.arrest} with the prosecutor"


class BailApplication(models.Model):
    """A court was asked for longer bail before it ended: until it answers, bail goes on (PACE s.47ZJ)."""

    class Answer(models.TextChoices):
        WAITING = "", "Not answered yet"
        EXTENDED = "extended", "Extended"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn: bail ended otherwise"

    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="applications")
    made_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["arrest"], condition=models.Q(answer=""), name="one_bail_application_waits"
            )
        ]

    def __str__(self) -> str:
        return f"An application to the court about {self.arrest}"

    @property
    def case(self) -> Case:
        """The case it is in."""
        return self.arrest.suspect.case

    @property
    def reference(self) -> str:
        """How people name it."""
        return self.arrest.reference


class Gap(models.Model):
    """The suspect is at liberty, nothing enforceable restricts them, and contact with children is not no.

    Found by the rules and never entered: it is shown before it begins, and somebody signs for it or ends it.
    """

    class State(models.TextChoices):
        OPEN = "open", "Nobody has signed for it"
        SIGNED = "signed", "Signed for"
        CLOSED = "closed", "No gap any more"

    MOVES = {
        State.OPEN: {State.SIGNED, State.CLOSED},
        State.SIGNED: {State.OPEN, State.CLOSED},
        State.CLOSED: {State.OPEN},
    }

    suspect = models.ForeignKey(Suspect, on_delete=models.PROTECT, related_name="gaps")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)  # None: nothing ends it yet
    found_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_until = models.DateTimeField(null=True, blank=True)  # the end that was signed for
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["suspect", "begins_at"], name="one_gap_from_an_instant")
        ]
        indexes = [models.Index(fields=["begins_at"], condition=models.Q(state="open"), name="gap_unsigned")]

    def __str__(self) -> str:
        return f"The gap of {self.suspect}"

    @property
    def case(self) -> Case:
        """The case it is in."""
        return self.suspect.case

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"{self.suspect.reference}, gap"


class SafetyPlan(models.Model):
    """What keeps one child safe while a gap lasts, or after a release before the questions are answered."""

    suspect = models.ForeignKey(Suspect, on_delete=models.PROTECT, related_name="plans")
    gap = models.ForeignKey(Gap, null=True, blank=True, on_delete=models.PROTECT, related_name="plans")
    child = models.ForeignKey(Child, null=True, blank=True, on_delete=models.PROTECT, related_name="plans")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"A safety plan of {self.suspect}"
