"""What ties a registered offender to referrals: what identifies them, and each referral it was seen on."""

from django.db import models

from lapwing_web.casework.models import Referral
from lapwing_web.offenders.models.offender import Offender
from lapwing_web.staff.models import User

KINDS = {"email": "E-mail address", "phone": "Telephone number", "profile_url": "Page of a profile"}


class OffenderSelector(models.Model):
    """Something that identifies an offender, in the one canonical spelling that referrals have."""

    offender = models.ForeignKey(Offender, on_delete=models.PROTECT, related_name="selectors")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=500)
    original = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offender", "kind", "value"], name="offender_selector_once")
        ]
        indexes = [models.Index(fields=["value", "kind"], name="offender_selector_value")]

    def __str__(self) -> str:
        return f"A selector of {self.offender}"

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"{self.offender.reference}, {KINDS[self.kind].lower()}"


class OffenderLink(models.Model):
    """A referral that may be about a registered offender. It is a question, and no answer."""

    offender = models.ForeignKey(Offender, on_delete=models.PROTECT, related_name="links")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="offender_links")
    because = models.JSONField()  # kinds of what they share: ["email", "name"]
    found_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    came_to = models.TextField(blank=True)  # what whoever acknowledged it found

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offender", "referral"], name="offender_linked_once")]
        indexes = [
            models.Index(
                fields=["offender", "found_at"],
                condition=models.Q(acknowledged_at=None),
                name="offender_link_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"The link of {self.offender} to {self.referral}"

    @property
    def reference(self) -> str:
        """How people name it."""
        return f"{self.offender.reference} and {self.referral.reference}"

    @property
    def because_words(self) -> str:
        """What is shared: `e-mail address and name with date of birth`."""
        words = [KINDS.get(kind, "name with date of birth").lower() for kind in self.because]
        return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
