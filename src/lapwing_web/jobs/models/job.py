"""The job: one row from the moment it is asked for until it is swept."""

from django.db import models
from django.db.models.expressions import RawSQL


class Job(models.Model):
    """Work that must happen at least once. Its key stands for it: the same key is never a second job.

    `payload` and `key` name records and say nothing about people: whoever runs the site reads them.
    """

    class Lane(models.TextChoices):
        URGENT = "urgent", "Urgent"
        ORDINARY = "ordinary", "Ordinary"
        BACKGROUND = "background", "Background"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        LEASED = "leased", "Being done"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CLOSED = "closed", "Closed without being done"

    MOVES = {
        State.WAITING: {State.LEASED},
        State.LEASED: {State.DONE, State.WAITING, State.FAILED},
        State.DONE: set(),
        State.FAILED: {State.WAITING, State.CLOSED},
        State.CLOSED: set(),
    }

    lane = models.CharField(max_length=10, choices=Lane.choices)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()  # not before
    attempts = models.IntegerField(default=0)  # times it was taken since it last began afresh
    lease = models.CharField(max_length=32, blank=True)  # a random token: whoever has it, has the job
    leased_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    why_closed = models.TextField(blank=True)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)  # done or closed

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "leased", "done", "failed", "closed"]),
                name="job_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(lane__in=["urgent", "ordinary", "background"]), name="job_lane_known"
            ),
        ]
        # Partial: what is done is in none of the first three, so picking the next costs the same after years.
        indexes = [
            models.Index(
                fields=["lane", "kind", "due_at", "id"],
                condition=models.Q(state="waiting"),
                name="job_next",
            ),
            models.Index(fields=["leased_until"], condition=models.Q(state="leased"), name="job_leased"),
            models.Index(fields=["id"], condition=models.Q(state="failed"), name="job_failed"),
            models.Index(fields=["done_at"], condition=models.Q(done_at__isnull=False), name="job_done_at"),
        ]

    def __str__(self) -> str:
        return f"The job “{self.kind}” {self.key}"


def standing(state: str) -> models.QuerySet[Job]:
    """The jobs in one state, written so that both engines read that state's own index.

    SQLite uses a partial index only where its condition stands in the statement as a literal, and Django
    sends every value apart from the statement.
    """
    literal = f"jobs_job.state = '{Job.State(state).value}'"  # one of our own words: any other is an error
    return Job.objects.filter(RawSQL(literal, [], output_field=models.BooleanField()))  # noqa: S611


LANES = tuple(str(lane) for lane in Job.Lane.values)  # the first first
