"""The referral: what is worked. And what people add to it."""

from django.db import models

from lapwing_web.intake.models import Provider
from lapwing_web.staff.models import Organisation, User


class Referral(models.Model):
    """One suspected person or account to be worked, made from one report or several."""

    class State(models.TextChoices):
        RECEIVED = "received", "Waiting for triage"
        DEVELOPING = "developing", "Being developed"
        AWAITING_PROVIDER = "awaiting_provider", "Waiting for the company"
        KEPT = "kept", "Kept by the agency"
        DISSEMINATED = "disseminated", "Sent to a force"
        ACCEPTED = "accepted", "Accepted by a force"
        CLOSED = "closed", "Closed with an outcome"
        DISCARDED = "discarded", "Discarded"
        MERGED = "merged", "Merged into another"

    MOVES = {
        State.RECEIVED: {
            State.DEVELOPING,
            State.AWAITING_PROVIDER,
            State.KEPT,
            State.DISSEMINATED,
            State.DISCARDED,
            State.MERGED,
        },
        State.DEVELOPING: {
            State.AWAITING_PROVIDER,
            State.KEPT,
            State.DISSEMINATED,
            State.DISCARDED,
            State.MERGED,
        },
        State.AWAITING_PROVIDER: {
            State.DEVELOPING,
            State.KEPT,
            State.DISSEMINATED,
            State.DISCARDED,
            State.MERGED,
        },
        State.KEPT: {State.DEVELOPING, State.DISSEMINATED, State.CLOSED},
        State.DISSEMINATED: {State.ACCEPTED, State.DEVELOPING},
        State.ACCEPTED: {State.CLOSED, State.DEVELOPING},
        State.CLOSED: {State.ACCEPTED, State.KEPT},
        State.DISCARDED: {State.RECEIVED, State.MERGED},
        State.MERGED: {State.RECEIVED},
    }
    OPEN = (State.RECEIVED, State.DEVELOPING, State.AWAITING_PROVIDER)  # what the queue holds

    class Band(models.TextChoices):
        VERY_HIGH = "very_high", "Very high"
        HIGH = "high", "High"
        MEDIUM = "medium", "Medium"
        LOW = "low", "Low"

    state = models.CharField(max_length=20, choices=State.choices, default=State.RECEIVED)
    received_at = models.DateTimeField()  # of its first report
    last_report_at = models.DateTimeField()
    report_count = models.IntegerField(default=1)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT)  # of its first report
    title = models.CharField(max_length=200)  # who or what is reported, as an identifier

    # what the rules proposed, and by which policy
    proposed_class = models.CharField(max_length=40)  # actionable, informational
    proposed_rule = models.CharField(max_length=60)
    proposed_reason = models.TextField(blank=True)
    protected = models.JSONField(default=list)  # why no rule may discard it without a person
    risk_band = models.CharField(max_length=10, choices=Band.choices)
    risk_points = models.IntegerField(default=0)
    risk_present = models.JSONField(default=list)
    risk_unknown = models.JSONField(default=list)
    kirat = models.JSONField(null=True, blank=True)  # {level, version, assessor, on, complete}
    completeness = models.IntegerField(default=0)  # per cent
    policies = models.JSONField(default=dict)  # topic -> SHA-256
    rank = models.BigIntegerField(default=0)  # higher first
    why_here = models.CharField(max_length=300)  # the rank in one line
    escalated = models.BooleanField(default=False)
    known_match = models.BooleanField(default=False)
    contact_with_children = models.BooleanField(null=True)  # None: nobody has found out
    logs_lapse_on = models.DateField(null=True, blank=True)  # the first provider log to lapse

    # who has it
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+"
    )  # exactly one owner
    assigned_to = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals", db_index=False
    )
    proposed_force = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    routing = models.JSONField(default=dict)  # evidence and conflict
    primacy = models.JSONField(default=dict)  # criteria met, unknown

    # how it left
    reason = models.CharField(max_length=60, blank=True)  # a key of reasons.toml
    reason_text = models.TextField(blank=True)
    decided_by = models.CharField(max_length=150, blank=True)  # a username, or `rule:<name>`
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True)  # Home Office code
    outcome_on = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )

    class Meta:
        indexes = [
            # queries/queue.py reads a page, its filters and its counts from this alone
            models.Index(
                fields=[
                    "state",
                    "-rank",
                    "id",
                    "risk_band",
                    "proposed_class",
                    "escalated",
                    "known_match",
                    "contact_with_children",
                    "assigned_to",
                    "provider",
                    "title",
                ],
                name="referral_queue",
            ),
            models.Index(fields=["state", "risk_band"], name="referral_bands"),  # the counts of a whole list
            # insight counts every referral from this alone, in the order in which it groups them
            models.Index(
                fields=["state", "reason", "outcome", "decided_by", "risk_band", "provider", "received_at"],
                name="referral_attrition",
            ),
            models.Index(fields=["received_at", "risk_band", "provider"], name="referral_received"),
            # what nobody has is no short list, and is never to be looked for here
            models.Index(
                fields=["assigned_to", "state"],
                condition=models.Q(assigned_to__isnull=False),
                name="referral_assigned",
            ),
            models.Index(fields=["last_report_at"], name="referral_last_report"),
        ]

    def __str__(self) -> str:
        return f"Referral {self.reference}"

    @property
    def reference(self) -> str:
        """How people name it, in speech and on paper."""
        return f"LW-{self.pk:07d}"


class Fact(models.Model):
    """Something found out about a referral, with its source. The latest of a name holds; None: unknown."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="facts")
    name = models.CharField(max_length=60)  # a key of rules.risk.FACTORS or rules.primacy.CRITERIA
    value = models.BooleanField(null=True)
    source = models.TextField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT)
    set_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["referral", "name", "-id"], name="fact_latest")]


class Enquiry(models.Model):
    """What a company was asked for, and whether it answered."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="enquiries")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT)
    asked_at = models.DateTimeField()
    missing = models.JSONField()  # names of Schedule-1 items
    text = models.TextField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_reason = models.CharField(max_length=60, blank=True)  # a key of reasons.toml's `answer`
    answer = models.TextField(blank=True)


class SecondLook(models.Model):
    """A sampled discard or low band, decided again by somebody who cannot see the first decision."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="second_looks")
    sampled_at = models.DateTimeField()
    of = models.CharField(max_length=20)  # discard, low_band
    first_by = models.CharField(max_length=150)  # who may not take it
    first_decision = models.JSONField()
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    verdict = models.CharField(max_length=20, blank=True)  # actionable, informational
    why = models.TextField(blank=True)
    agrees = models.BooleanField(null=True)
