"""What a scan of an exhibit found: its counts, and the hashes of its pictures and videos. Never a file."""

from django.db import models

from lapwing_web.casework.models.case import Case
from lapwing_web.casework.models.exhibit import Exhibit
from lapwing_web.staff.models import User


class ScanResult(models.Model):
    """The result of `lapwing scan` on an exhibit, as it was brought. All are kept, and one stands."""

    class State(models.TextChoices):
        READING = "reading", "Being read"
        ATTACHED = "attached", "Attached"
        WITHDRAWN = "withdrawn", "Withdrawn"

    MOVES = {
        State.READING: {State.ATTACHED},
        State.ATTACHED: {State.WITHDRAWN},
        State.WITHDRAWN: set(),  # the same files attached again are another result
    }

    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="scans")
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of the files brought, together
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    source = models.TextField()
    done = models.BooleanField()  # False: something was not looked at
    seen = models.BigIntegerField()
    hashed = models.BigIntegerField()
    excluded = models.BigIntegerField()
    failed = models.BigIntegerField()
    waiting = models.BigIntegerField()
    matched = models.BigIntegerField()
    matched_exactly = models.BigIntegerField()
    summary = models.JSONField()  # all of summary.json
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["exhibit", "fingerprint"],
                condition=~models.Q(state="withdrawn"),
                name="one_scan_of_a_fingerprint",
            )
        ]

    def __str__(self) -> str:
        return f"The scan of {self.exhibit}"

    @property
    def case(self) -> Case:
        """The case it is in."""
        return self.exhibit.case

    @property
    def reference(self) -> str:
        """How people name it: by the exhibit."""
        return self.exhibit.reference

    @property
    def found(self) -> str:
        """What it found, in a line. What was compared with no list, or not looked at, is never none found."""
        alike = self.matched - self.matched_exactly
        on = f"{self.matched_exactly:,} on lists" + (f" and {alike:,} only like what is" if alike else "")
        on = on if self.summary["lists"] else "compared with no list"
        return f"{self.seen:,} files seen, {on}" + ("" if self.done else "; not everything was looked at")


def standing_scans() -> models.QuerySet[ScanResult]:
    """The result that counts of each exhibit: the newest that is complete, or the newest where none is."""
    attached = ScanResult.objects.filter(state=ScanResult.State.ATTACHED)
    further = models.Q(done__gt=models.OuterRef("done"))
    newer = models.Q(done=models.OuterRef("done"), pk__gt=models.OuterRef("pk"))
    before = attached.filter(further | newer, exhibit=models.OuterRef("exhibit"))
    return attached.filter(~models.Exists(before))


class ScanFile(models.Model):
    """One content that a scan found: a picture, a video, or something on a list."""

    result = models.ForeignKey(ScanResult, on_delete=models.CASCADE, related_name="files")
    sha256 = models.CharField(max_length=64)
    md5 = models.CharField(max_length=32)
    kind = models.CharField(max_length=10)  # picture, video, other
    size = models.BigIntegerField(null=True, blank=True)  # bytes; None: not told
    stack = models.BigIntegerField(null=True, blank=True)  # of what is looked at once; None: not told
    known = models.BooleanField(default=False)  # on a list by a hash of its bytes: nobody has to look
    list_name = models.CharField(max_length=64, blank=True)  # "" for what is on no list
    dialect = models.CharField(max_length=100, blank=True)
    category = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["result", "sha256"], name="one_content_of_a_scan")]
        indexes = [
            models.Index(fields=["sha256"], name="scan_file_sha256"),
            models.Index(fields=["md5"], name="scan_file_seen"),  # a report often gives no other hash
            models.Index(fields=["result", "md5"], name="scan_file_md5"),
        ]

    def __str__(self) -> str:
        return f"A file of {self.result}"


class Grading(models.Model):
    """Grades of a scan's files, as a grader's own tool gave them. Rows are only added."""

    result = models.ForeignKey(ScanResult, on_delete=models.PROTECT, related_name="gradings")
    fingerprint = models.CharField(max_length=64)
    grader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    categories = models.JSONField()  # how many contents in each category
    graded = models.PositiveIntegerField()
    elsewhere = models.PositiveIntegerField()  # of no file of this scan
    bad = models.PositiveIntegerField()  # that could not be read
    views = models.PositiveIntegerField()  # that counted for the grader
    obstacles = models.JSONField(default=list)  # of the grader's budget, that a superior overrode
    why = models.TextField(blank=True)  # of an override

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["result", "fingerprint", "grader"], name="one_grading_of_a_file")
        ]
        indexes = [models.Index(fields=["at"], condition=~models.Q(why=""), name="grading_over_a_budget")]

    def __str__(self) -> str:
        return f"Grades of {self.result}"
