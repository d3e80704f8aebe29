"""What a report holds, kept beside it so that a company's reports are counted without being read again."""

from django.db import models

from lapwing_web.intake.models import Provider, Report


class Measure(models.Model):
    """One report as it now reads: written when it arrives, and again with every version and every detail."""

    report = models.OneToOneField(Report, primary_key=True, on_delete=models.PROTECT, related_name="measure")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+", db_index=False)
    received_at = models.DateTimeField()  # of the report: the first time
    completeness = models.SmallIntegerField()  # per cent, by the policy of the day it was received
    missing = models.CharField(max_length=800, blank=True)  # items of that policy, with spaces, in its order
    escalated = models.BooleanField()
    known_match = models.BooleanField()
    files = models.IntegerField(null=True)  # None: received before files were counted

    class Meta:
        indexes = [
            # prevention counts a company's months from this alone
            models.Index(
                fields=["provider", "received_at", "completeness", "escalated", "known_match", "files"],
                name="measure_of_company",
            ),
            models.Index(fields=["received_at", "provider", "completeness"], name="measure_received"),
        ]

    def __str__(self) -> str:
        return f"What report {self.report_id} holds"
