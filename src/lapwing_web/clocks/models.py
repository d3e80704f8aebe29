"""The clock, and the address at which somebody's calendar reads their own."""

from django.db import models

from lapwing_web.naming import words_for
from lapwing_web.staff.models import Organisation, User


class Clock(models.Model):
    """A deadline. `due_at` is worked out once, from policy, and stored; nothing counts down."""

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        FIRED = "fired", "Overdue"
        SETTLED = "settled", "Settled"

    MOVES = {
        State.RUNNING: {State.PAUSED, State.FIRED, State.SETTLED},
        State.PAUSED: {State.RUNNING, State.SETTLED},
        State.FIRED: {State.SETTLED},
        State.SETTLED: set(),
    }

    kind = models.CharField(max_length=60)  # a key of clocks.toml
    about = models.CharField(max_length=80)  # `<noun>:<id>`, as in the audit
    event = models.CharField(max_length=120)  # what started it: with kind and about, never twice
    title = models.CharField(max_length=200)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, db_index=False
    )  # whose clock it is
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    warn_at = models.DateTimeField()  # from when it is about to breach
    warned_at = models.DateTimeField(null=True, blank=True)  # when its owner was told that it is near
    unit = models.CharField(max_length=15)  # of its period, so that a pause gives back what was left
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.TextField(blank=True)
    fired_at = models.DateTimeField(null=True, blank=True)
    escalated_to = models.CharField(max_length=30, blank=True, choices=User.Role.choices)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=120, blank=True)  # the event
    policy = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "about", "event"], name="clock_once")]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="running"), name="clock_running_due"),
            models.Index(fields=["due_at", "id"], condition=models.Q(state="fired"), name="clock_fired_due"),
            # of one organisation: what has run out (counted on every page), what runs, and each kind
            models.Index(
                fields=["organisation", "state", "due_at", "id", "kind", "acknowledged_at"],
                condition=models.Q(state="fired"),
                name="clock_fired_here",
            ),
            models.Index(
                fields=["organisation", "state", "warn_at", "id", "due_at"],
                condition=models.Q(state="running"),
                name="clock_running_here",
            ),
            models.Index(
                fields=["organisation", "kind", "due_at", "id", "warn_at", "state", "about"],
                condition=~models.Q(state="settled"),
                name="clock_of_a_kind",
            ),
            models.Index(
                fields=["kind", "state", "about"], condition=models.Q(state="fired"), name="clock_fired_kind"
            ),
            models.Index(fields=["about"], name="clock_about"),
            models.Index(
                fields=["warn_at"],
                condition=models.Q(state="running", warned_at=None, owner__isnull=False),
                name="clock_to_warn",
            ),
            models.Index(fields=["state", "warn_at", "id", "due_at"], name="clock_group"),
        ]

    def __str__(self) -> str:
        return f"The clock “{self.title}”"

    @property
    def subject(self) -> str:
        """What it is about, as people name it: `Referral LW-0000012`."""
        return words_for(self.about)


class CalendarAddress(models.Model):
    """The secret address of one person's own deadlines. Only a digest of its secret is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="calendar_addresses")
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of 256 random bits (docs/adr/0018)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    read_on = models.DateField(null=True, blank=True)  # the last day on which a calendar read it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(ended_at=None), name="one_calendar_address"
            )
        ]

    def __str__(self) -> str:
        return f"The calendar address of {self.user}"

    @property
    def answers(self) -> bool:
        """Whether nobody has ended it, nor since it was made the access of its person."""
        over = self.user.access_ended_at
        return self.ended_at is None and (over is None or self.made_at > over)
