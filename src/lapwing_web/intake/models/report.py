"""Providers, the bytes they sent, and the reports those bytes are versions of."""

from django.db import models


class Provider(models.Model):
    """Who reports: a company, or the people who tell on the public form, who are not counted as one.

    A company is found by its name as the report gives it, folded to one spelling in `key`. The key of the
    form's own providers holds a capital, which nothing folded does: no company can report in their name.
    """

    class Kind(models.TextChoices):
        COMPANY = "company", "Company"
        FORM = "form", "The public form"

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.COMPANY)
    key = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """Bytes exactly as received, compressed, found by their SHA-256. Never changed and never shown as a
    picture.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()  # bytes as received
    content = models.BinaryField()  # zlib
    received_at = models.DateTimeField()


class Report(models.Model):
    """One report of one provider, whatever number of times and versions it was sent in."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="reports")
    reference = models.CharField(
        max_length=200
    )  # the sender's; `sha256:…` of the content where it gives none
    version = models.IntegerField(default=1)
    received_at = models.DateTimeField()  # first received
    escalated = models.BooleanField(default=False)
    format = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "reference"], name="report_once")]
        indexes = [
            models.Index(fields=["received_at"], name="report_received"),
            # the operator class lets PostgreSQL look for a beginning; SQLite ignores it
            models.Index(fields=["reference"], opclasses=["varchar_pattern_ops"], name="report_reference"),
        ]

    def __str__(self) -> str:
        return f"Report {self.reference}"


class ReportVersion(models.Model):
    """One content of a report. A resubmission with other content is the next version; the same content is
    not.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    content_sha256 = models.CharField(max_length=64)  # of the normalised report
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    position = models.IntegerField(default=0)  # of the report in a document that holds several
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["report", "content_sha256"], name="version_content_once"),
        ]
        indexes = [models.Index(fields=["content_sha256"], name="version_content")]


class Fragment(models.Model):
    """Details of a report's files that came in a document of their own, naming the report they belong to.

    Attached when `report` is set; until then it waits, and its receipt says so.
    """

    provider = models.ForeignKey(Provider, null=True, blank=True, on_delete=models.PROTECT)  # None: any
    reference = models.CharField(max_length=200)  # of the report
    content_sha256 = models.CharField(max_length=64)  # of the normalised fragment
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="fragments")
    position = models.IntegerField(default=0)
    received_at = models.DateTimeField()
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="fragments"
    )

    class Meta:
        constraints = [
            # NULLs differ in a unique index, so a fragment of any provider needs an index of its own.
            models.UniqueConstraint(
                fields=["reference", "content_sha256"],
                condition=models.Q(provider=None),
                name="fragment_of_any_provider_once",
            ),
            models.UniqueConstraint(fields=["provider", "reference", "content_sha256"], name="fragment_once"),
        ]

    def __str__(self) -> str:
        return f"Details of report {self.reference}"
