"""What ties reports to referrals and referrals to each other."""

from django.db import models

from lapwing_web.casework.models.referral import Referral
from lapwing_web.intake.models import Report
from lapwing_web.staff.models import User


class Joining(models.Model):
    """One report in one referral, and why. An undone joining stays, so that rules do not make it again."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="joinings")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="joinings")
    subject = models.IntegerField(null=True, blank=True)  # the subject's place, when a batch was fanned out
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    because = models.JSONField(default=list)  # [[selector kind, value], …]; empty for its own first report
    drawn = models.JSONField(
        default=dict
    )  # what the rules drew from the report's content, to combine without reading again
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    undone_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            # NULLs differ in a unique index, so a whole report and a batch's subject need an index each.
            models.UniqueConstraint(
                fields=["report"],
                condition=models.Q(undone_at=None, subject=None),
                name="whole_report_in_one_referral",
            ),
            models.UniqueConstraint(
                fields=["report", "subject"],
                condition=models.Q(undone_at=None),
                name="subject_in_one_referral",
            ),
        ]


class Selector(models.Model):
    """Anything that identifies, in its one canonical spelling."""

    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="selector_once")]
        # the operator class lets PostgreSQL look for a beginning; SQLite ignores it
        indexes = [models.Index(fields=["value"], opclasses=["varchar_pattern_ops"], name="selector_value")]


class Sighting(models.Model):
    """A selector seen in a report, for a referral."""

    selector = models.ForeignKey(Selector, on_delete=models.PROTECT, related_name="sightings")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="sightings")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="sightings")
    role = models.CharField(max_length=12)  # subject, recipient, victim, reporter
    original = models.CharField(max_length=500)
    joins = models.BooleanField(default=False)  # whether, in this role, it ties reports to one referral

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["selector", "referral", "report", "role"], name="sighting_once"),
        ]
        indexes = [
            models.Index(fields=["original"], opclasses=["varchar_pattern_ops"], name="sighting_original")
        ]


class IpEvent(models.Model):
    """An IP event with its verdict: whether it can be resolved to a line, and until when."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="ip_events")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="ip_events")
    address = models.CharField(max_length=60)
    port = models.IntegerField(null=True, blank=True)
    event = models.CharField(max_length=60, blank=True)
    original_time = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=40)
    sentence = models.CharField(max_length=300)
    logs_lapse_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["address"], name="ip_event_address")]
