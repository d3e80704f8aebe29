"""What was sent to a force: a snapshot, with its fate."""

from django.db import models

from lapwing_web.casework.models.case import Case
from lapwing_web.casework.models.referral import Referral
from lapwing_web.staff.models import Organisation, User


class Package(models.Model):
    """A dissemination, a supplement to one, or a safeguarding package: what a force sees, never the referral.

    Only a dissemination moves its referral. Sent is always accepted + returned + waiting, whatever the kind.
    """

    class Kind(models.TextChoices):
        DISSEMINATION = "dissemination", "Dissemination"
        SUPPLEMENT = "supplement", "Supplement"
        SAFEGUARDING = "safeguarding", "Safeguarding package"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for an answer"
        ACCEPTED = "accepted", "Accepted"
        RETURNED = "returned", "Returned"

    MOVES = {
        State.WAITING: {State.ACCEPTED, State.RETURNED},
        State.ACCEPTED: {State.RETURNED},  # a force that took it on finds that it belongs elsewhere
        State.RETURNED: set(),
    }

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="packages")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    adds_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supplements"
    )  # of a supplement: the dissemination it adds to, whose answer answers it too
    to = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="packages", db_index=False)
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="packages", db_index=False
    )  # the case it is worked in, from its acceptance
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    why = models.TextField()
    risk_band = models.CharField(max_length=10, choices=Referral.Band.choices)
    title = models.CharField(max_length=200)
    content = models.TextField()  # canonical JSON, as sent
    sha256 = models.CharField(max_length=64)  # of content
    opened_at = models.DateTimeField(null=True, blank=True)  # the receipt: when the force first opened it
    opened_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer_reason = models.CharField(max_length=60, blank=True)
    answer_text = models.TextField(blank=True)
    # when a file in it was found on a known list; empty again once a supplement has told it
    news_at = models.DateTimeField(null=True, blank=True)
    # kept here as well as on the referral: this force's outcome, which another force must not read
    outcome = models.CharField(max_length=10, blank=True)  # Home Office code
    outcome_on = models.DateField(null=True, blank=True)
    outcome_reason = models.CharField(max_length=60, blank=True)  # why it went no further
    outcome_text = models.TextField(blank=True)

    disposed_at = models.DateTimeField(
        null=True, blank=True
    )  # the force disposed of its case: the package is the agency's alone (docs/adr/0029)

    class Meta:
        indexes = [
            # a force's lists and their counts are read from this alone, and the agency's from the next
            models.Index(
                fields=["to", "state", "id", "kind", "outcome", "disposed_at"], name="package_inbox"
            ),
            models.Index(fields=["state", "id", "kind", "outcome"], name="package_lists"),
            models.Index(fields=["to", "state", "risk_band", "sent_at"], name="package_urgency"),
            models.Index(fields=["to"], condition=~models.Q(news_at=None), name="package_news"),
            models.Index(fields=["case", "to", "disposed_at"], name="package_of_case"),
            models.Index(fields=["sent_by", "-outcome_on", "-id"], name="package_ended"),
            models.Index(fields=["sent_at"], condition=models.Q(state="waiting"), name="package_waiting"),
            models.Index(
                fields=["kind", "state", "answer_reason", "to", "referral"], name="package_attrition"
            ),
        ]

    def __str__(self) -> str:
        return f"Package {self.reference}"

    @property
    def reference(self) -> str:
        """How both sides name it."""
        return f"PK-{self.pk:07d}"


class PackageSelector(models.Model):
    """A selector in a package, so that a force can search what it was sent and nothing else."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="selectors")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=500)
    backwards = models.CharField(max_length=500)  # `value` from its end, so that an index finds an ending

    class Meta:
        # the operator class lets PostgreSQL look for a beginning; SQLite ignores it
        indexes = [
            models.Index(fields=["value"], opclasses=["varchar_pattern_ops"], name="package_selector_value"),
            models.Index(
                fields=["backwards"], opclasses=["varchar_pattern_ops"], name="package_selector_ending"
            ),
        ]

    @classmethod
    def of(cls, package: Package, kind: str, value: str) -> "PackageSelector":
        """One that is not saved yet."""
        return cls(package=package, kind=kind, value=value, backwards=value[::-1])


class Approval(models.Model):
    """A decision for a reason that needs two people: asked for by one, and done when another agrees."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="approvals")
    package = models.ForeignKey(
        Package, null=True, blank=True, on_delete=models.PROTECT, related_name="approvals"
    )  # of a force's outcome
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+"
    )  # whose two people
    decision = models.CharField(max_length=20)  # discard, outcome
    arguments = models.JSONField()  # as the action takes them
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agreed = models.BooleanField(null=True)
    answer_text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "organisation"],
                condition=models.Q(answered_at=None),
                name="one_approval_at_once",
            )
        ]
