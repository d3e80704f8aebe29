"""What lists of known files said of a report's files: which were asked, and every hit."""

from django.db import models

from lapwing_web.intake.models import Report, SeenHash
from lapwing_web.staff.models import User


class Checking(models.Model):
    """Which lists a report's files were last compared with on arrival, and at which version."""

    report = models.OneToOneField(Report, primary_key=True, on_delete=models.PROTECT, related_name="checking")
    at = models.DateTimeField()
    lists = models.JSONField(default=dict)  # name -> version
    unreadable = models.IntegerField(default=0)  # hashes that are none, and so were compared with nothing


class Unasked(models.Model):
    """A list that a report's files could not be compared with: until they are, nobody knows."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="unasked")
    list_name = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list_name", "report"], name="unasked_once")]


class Hit(models.Model):
    """A hash of a report is on a list, or near an entry of one: one row for each hash and entry.

    A list that withdraws the entry does not take the row away: `gone_in` says since which version.
    """

    seen = models.ForeignKey(SeenHash, on_delete=models.PROTECT, related_name="hits")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="hits")
    list_name = models.CharField(max_length=64)
    version = models.IntegerField()  # in which it was first found
    distance = models.IntegerField(default=0)
    identity = models.CharField(max_length=300, blank=True)  # the publisher's own name for the entry
    category = models.CharField(max_length=100, blank=True)
    dialect = models.CharField(max_length=100, blank=True)
    entry = models.CharField(max_length=64)  # SHA-256 of all that the list says of the entry
    found_at = models.DateTimeField()
    hunted = models.BooleanField(default=False)  # found after its report had arrived
    gone_in = models.IntegerField(null=True, blank=True)  # the version since which the list is without it
    to_look = models.BooleanField(default=False)  # it waits for a person to look at it
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seen", "list_name", "entry"], name="hit_once")]
        indexes = [
            models.Index(fields=["list_name", "id"], name="hit_of_list"),
            models.Index(fields=["report"], condition=models.Q(to_look=True), name="hit_to_look"),
        ]

    def __str__(self) -> str:
        return f"Hit {self.pk}"

    @property
    def said_of_entry(self) -> str:
        """What the list says of the entry, as the end of a sentence. A category never without its dialect."""
        words = [f"entry {self.identity}"] if self.identity else []
        if self.category:
            words.append(f"category {self.category} ({self.dialect or 'of no dialect that it names'})")
        words += [f"distance {self.distance}"] if self.distance else []
        return "".join(f", {word}" for word in words)
