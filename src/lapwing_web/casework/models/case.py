"""What a force works: the case, its offers to other forces, and the crimes recorded of it."""

from django.db import models

from lapwing_web.casework.models.referral import Referral
from lapwing_web.staff.models import Organisation, User


class Case(models.Model):
    """The work of one force on what it accepted: one package, or several about one suspect.

    It has exactly one owner at every instant. It ends with an outcome, in another case, or at the agency.
    Years later two people dispose of its record, and the row is left without what it said of anybody.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"
        JOINED = "joined", "Joined to another case"
        RETURNED = "returned", "Returned to the agency"
        DISPOSED = "disposed", "Disposed of"

    MOVES = {
        State.OPEN: {State.CLOSED, State.JOINED, State.RETURNED},
        State.CLOSED: {State.OPEN, State.DISPOSED},
        State.JOINED: {State.OPEN, State.DISPOSED},
        State.RETURNED: {State.DISPOSED},
        State.DISPOSED: set(),
    }

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="cases", db_index=False
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    band = models.CharField(max_length=10, choices=Referral.Band.choices)
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )  # None: allocated to nobody yet
    allocated_at = models.DateTimeField(null=True, blank=True)
    protection = models.BooleanField(
        default=False
    )  # opened by a safeguarding package: the children are here, and the suspect is worked elsewhere
    suspect_is_child = models.BooleanField(null=True)  # None: nobody has found out
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    joined_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="joined"
    )

    class Meta:
        indexes = [
            # the lists of a force, their order and their counts are read from this alone
            models.Index(
                fields=["organisation", "state", "owner", "band", "opened_at", "id"], name="case_of_a_force"
            ),
            models.Index(fields=["owner"], condition=models.Q(state="open"), name="case_worked_by"),
        ]

    def __str__(self) -> str:
        return f"Case {self.reference}"

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"CS-{self.pk:07d}"


class Transfer(models.Model):
    """A case offered to another force. The sender owns it until the other accepts, and no longer."""

    class State(models.TextChoices):
        OFFERED = "offered", "Waiting for an answer"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    MOVES = {
        State.OFFERED: {State.ACCEPTED, State.REFUSED, State.WITHDRAWN},
        State.ACCEPTED: set(),
        State.REFUSED: set(),
        State.WITHDRAWN: set(),
    }

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="transfers")
    sender = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="offers")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    why = models.TextField()
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer_text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(state="offered"), name="one_offer_of_a_case_at_once"
            )
        ]
        indexes = [models.Index(fields=["to", "state"], name="transfer_offers")]

    def __str__(self) -> str:
        return f"The offer of {self.case.reference} to {self.to}"

    @property
    def reference(self) -> str:
        """How both forces name it: by the case."""
        return self.case.reference


class Crime(models.Model):
    """A crime as the force recorded it. One case can give many, and one crime can be of many cases."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="crimes")
    number = models.CharField(max_length=40)
    recorded_on = models.DateField()
    rule = models.CharField(max_length=40)  # the counting rule, as policy names it
    cases = models.ManyToManyField(Case, related_name="crimes")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="one_crime_of_a_number")
        ]

    def __str__(self) -> str:
        return f"Crime {self.number}"


class Allocation(models.Model):
    """A case given to an officer, or taken back. Rows are only added; an override keeps what it went
    against.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="allocations")
    to = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="allocations"
    )  # None: taken back
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    band = models.CharField(max_length=10, choices=Referral.Band.choices)
    why = models.TextField(blank=True)
    obstacles = models.JSONField(default=list)  # what an override went against; empty for one that fits
    policy = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="allocation_of_a_case")]

    def __str__(self) -> str:
        return f"An allocation of {self.case}"
