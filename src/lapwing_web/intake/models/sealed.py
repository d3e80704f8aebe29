"""Sealed files, and what the holders of the private key say they opened. No plain byte is ever here."""

from django.db import models

from lapwing_web.staff.models import User

AT_FAULT = ~models.Q(fault="") & models.Q(fault_cleared_at=None)


class SealedFile(models.Model):
    """A file in the vault, stored once for each set of keys. Hashes are lower-case hex."""

    class Fault(models.TextChoices):
        NONE = "", "Whole"
        MISSING = "missing", "Missing"
        CHANGED = "changed", "Changed"

    sha256 = models.CharField(max_length=64)  # of the plain bytes, as the two after it
    sha1 = models.CharField(max_length=40)
    md5 = models.CharField(max_length=32)
    size = models.BigIntegerField()  # bytes
    sealed_sha256 = models.CharField(max_length=64)
    sealed_size = models.BigIntegerField()
    object_name = models.CharField(max_length=140, unique=True)
    recipients = models.JSONField()  # the fingerprints of the keys, sorted
    recipients_key = models.CharField(max_length=64)  # SHA-256 of them: which set of keys
    known_lists = models.JSONField(default=list)  # names of the lists it was on when it came, sorted
    kept_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)  # last found whole
    checked_at = models.DateTimeField()  # last read, whatever was found; until then, when it was kept
    fault = models.CharField(max_length=8, blank=True, choices=Fault.choices, default=Fault.NONE)
    fault_at = models.DateTimeField(null=True, blank=True)
    fault_cleared_at = models.DateTimeField(null=True, blank=True)
    fault_cleared_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    fault_cleared_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sha256", "recipients_key"], name="sealed_once"),
        ]
        indexes = [
            models.Index(fields=["md5"], name="sealed_md5"),
            models.Index(fields=["sha1"], name="sealed_sha1"),
            models.Index(fields=["checked_at", "id"], name="sealed_next"),
            models.Index(fields=["fault_at"], condition=~models.Q(fault=""), name="sealed_fault"),
        ]

    def __str__(self) -> str:
        return f"Sealed file {self.pk}"


class OpeningLog(models.Model):
    """A log of openings, known by its key and its first line, and how far it has been taken in."""

    public_key = models.CharField(max_length=64)  # hex
    first_hash = models.CharField(max_length=64)
    position = models.IntegerField()  # of the last line taken in
    head = models.CharField(max_length=64)  # its hash
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["public_key", "first_hash"], name="opening_log_once"),
        ]


class Opening(models.Model):
    """One line of a log: an object that somebody opened, or tried to, with the private key."""

    log = models.ForeignKey(OpeningLog, on_delete=models.PROTECT, related_name="openings")
    position = models.IntegerField()
    line_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    purpose = models.TextField()
    object_name = models.CharField(max_length=200)  # or what the list had in place of one
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField()
    result = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "position"], name="opening_once")]
        indexes = [models.Index(fields=["-at", "-id"], name="opening_at")]

    @property
    def opened(self) -> bool:
        """Whether the file was opened."""
        return self.result == "opened"
