"""Known lists as the site follows them: each with the version up to which the past was hunted."""

from django.db import models


class KnownList(models.Model):
    """A list that this site has seen. Its entries lie in LAPWING_LISTS, and never here."""

    name = models.CharField(max_length=64, primary_key=True)
    version = models.IntegerField()  # the last that a hunt was asked for
    seen_at = models.DateTimeField()  # when that was
    verified_at = models.DateTimeField(null=True, blank=True)  # when every byte of it was last read
    verified_version = models.IntegerField(default=0)  # which version that was
    fault = models.TextField(blank=True, default="")  # what was wrong then: it is not asked until it is whole

    def __str__(self) -> str:
        return f"List {self.name}"


class Hunt(models.Model):
    """Everything ever seen compared with what is new on a list between two versions, batch after batch."""

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"

    MOVES = {State.RUNNING: {State.DONE}, State.DONE: set()}

    class Scope(models.TextChoices):
        ALL = "all", "Everything ever seen"
        UNASKED = "unasked", "What could not be compared on arrival"

    list_name = models.CharField(max_length=64)
    from_version = models.IntegerField()  # 0: every entry is new
    to_version = models.IntegerField()
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.ALL)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    through = models.BigIntegerField(default=0)  # the last hash that was looked at
    last = models.BigIntegerField(default=0)  # the last there was when it began: what there is to do
    looked = models.BigIntegerField(default=0)  # hashes looked at
    hits = models.IntegerField(default=0)  # new ones
    gone_through = models.BigIntegerField(default=0)  # the last hit asked about again
    gone = models.IntegerField(default=0)  # hits that the list is now without
    began_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["list_name", "scope"],
                condition=models.Q(state="running", scope="unasked"),
                name="one_catching_up_at_once",
            ),
        ]
        indexes = [models.Index(fields=["list_name", "-id"], name="hunt_of_list")]

    def __str__(self) -> str:
        return f"Hunt {self.pk} of list {self.list_name}"

    @property
    def percent(self) -> int:
        """How much of the past has been looked at, by the hashes' numbers: 100 only when it is done."""
        if self.state == self.State.DONE:
            return 100
        return min(99, 100 * self.through // self.last) if self.last else 0
