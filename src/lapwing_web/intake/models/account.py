"""Providers' accounts with the reporting API, their secrets, and whom to ask at the company."""

from django.db import models

from lapwing_web.intake.models.report import Provider


class Account(models.Model):
    """A provider's own account. `environment` says which kind of site it is for: reports of a test account
    are never taken at a live site.
    """

    class Environment(models.TextChoices):
        TEST = "test", "Test"
        LIVE = "live", "Live"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    MOVES = {State.OPEN: {State.CLOSED}, State.CLOSED: set()}

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="accounts")
    username = models.CharField(max_length=80, unique=True)
    environment = models.CharField(max_length=4, choices=Environment.choices)
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    requests_a_minute = models.IntegerField(null=True, blank=True)  # None: the policy's
    made_at = models.DateTimeField()

    # What the audit and a rule see of whoever acts.
    role = "provider"
    organisation_id = "NCA"

    def __str__(self) -> str:
        return f"Account {self.username}"


class Credential(models.Model):
    """A secret of an account: the password of HTTP Basic, or a key of the JSON API.

    Every secret is drawn here, of 256 random bits, and never chosen by a person: nobody can guess it from its
    digest, so one salted SHA-256 keeps it as safe as a slow hash would, and a request costs microseconds.
    """

    class Kind(models.TextChoices):
        PASSWORD = "password", "Password"
        KEY = "key", "Key"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credentials")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=16, unique=True)  # public: the first part of a key; finds the row
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)  # from then on refused: rotated or withdrawn
    used_at = models.DateTimeField(null=True, blank=True)  # to the hour

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"


class Contact(models.Model):
    """Whom to ask at a provider, and what about."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=200)  # a team or a role rather than a person, where there is one
    purpose = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.provider}"
