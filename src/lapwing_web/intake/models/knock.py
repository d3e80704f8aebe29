"""Knocks at the public door, counted so that nobody can flood it; forgotten after an hour."""

from django.db import models


class Knock(models.Model):
    """Something done from an address without signing in. Of the address only a keyed hash is kept."""

    class What(models.TextChoices):
        BEGUN = "begun", "A form begun"
        SENT = "sent", "A report sent"
        ASKED = "asked", "A reference looked up"

    what = models.CharField(max_length=10, choices=What.choices)
    place = models.CharField(max_length=64)  # HMAC-SHA-256 of the address (IPv6: of its /64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["place", "what", "at"], name="knock_place"),
            models.Index(fields=["at"], name="knock_at"),
        ]
