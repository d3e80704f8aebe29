"""Organisations and the people who sign in."""

from datetime import UTC

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac


class Organisation(models.Model):
    """The agency, a police force, or another body a referral can be sent to."""

    class Kind(models.TextChoices):
        AGENCY = "agency", "Agency"
        FORCE = "force", "Police force"

    code = models.CharField(
        max_length=40, primary_key=True
    )  # ONS code where there is one; NCA, BTP, PSNI, PS otherwise
    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    region = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """People of one organisation who do one kind of work, and who carry its load between them.

    One that has ended is kept, with its name: what was done by it, and told to it, stays readable. `turn`
    counts the changes: a change is made to the team as somebody saw it, or not at all.
    """

    class State(models.TextChoices):
        STANDING = "standing", "Standing"
        ENDED = "ended", "Ended"

    MOVES = {State.STANDING: {State.ENDED}, State.ENDED: {State.STANDING}}

    class Kind(models.TextChoices):
        ONLINE_INVESTIGATION = "online_investigation", "Online investigation"  # POLIT
        CHILD_PROTECTION = "child_protection", "Child protection"
        DIGITAL_FORENSICS = "digital_forensics", "Digital forensics"  # DFU
        OFFENDER_MANAGEMENT = "offender_management", "Offender management"  # MOSOVO
        NEIGHBOURHOOD = "neighbourhood", "Neighbourhood policing"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=30, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STANDING)
    ended_at = models.DateTimeField(null=True, blank=True)
    turn = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="one_team_of_a_name")]

    def __str__(self) -> str:
        return self.name if self.state == self.State.STANDING else f"{self.name} (ended)"


class User(AbstractUser):
    """A person who signs in, in one role in one organisation."""

    class Role(models.TextChoices):
        INTAKE_OFFICER = "intake_officer", "Intake officer"
        INTELLIGENCE_OFFICER = "intelligence_officer", "Intelligence officer"
        FORCE_OFFICER = "force_officer", "Force officer"
        SUPERVISOR = "supervisor", "Supervisor"
        AUDITOR = "auditor", "Auditor"
        ADMINISTRATOR = "administrator", "Administrator"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    role = models.CharField(max_length=30, choices=Role.choices)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    must_change_password = models.BooleanField(default=False)  # it was given, not chosen
    second_factor_at = models.DateTimeField(null=True, blank=True)  # when they set up the one they have
    last_seen_home_at = models.DateTimeField(null=True, blank=True)
    access_ended_at = models.DateTimeField(
        null=True, blank=True
    )  # what was given to them until then lets nobody in: sessions, a calendar's address

    REQUIRED_FIELDS = ["organisation_id", "role"]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must hold to go on: it is another after another password, and once access ended."""
        told = str(super()._get_session_auth_hash(secret))  # type: ignore[misc]
        if self.access_ended_at is None:
            return told
        ended = self.access_ended_at.astimezone(UTC).isoformat()
        return salted_hmac(
            "lapwing.access-ended", told + ended, secret=secret, algorithm="sha256"
        ).hexdigest()

    @property
    def stands(self) -> str:
        """How this person is placed, for a page to remember: `force_officer E23000003 12 True`."""
        return f"{self.role} {self.organisation_id} {self.team_id} {self.is_active}"

    @property
    def in_agency(self) -> bool:
        """Whether this person works at the agency that receives reports."""
        return self.organisation.kind == Organisation.Kind.AGENCY


def standing_teams(organisation: str, kind: str = "") -> models.QuerySet[Team]:
    """The teams of an organisation that have not ended, by name; `kind`: of one kind alone."""
    found = Team.objects.filter(organisation=organisation, state=Team.State.STANDING).order_by("name")
    return found.filter(kind=kind) if kind else found
