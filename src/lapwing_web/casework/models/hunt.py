"""Known lists as the site follows them: each with the version up to which the past was hunted."""

from django.db import models


class KnownList(models.Model):
    """A list that this site has seen. Its entries lie in LAPWING_LISTS, and never here."""

    name = models.CharField(max_length=64, primary_key=True)
    version = models.IntegerField()  # the last that a hunt was asked for
    seen_at = models.DateTimeField()  # when that was

    def __str__(self) -> str:
        return f"List {self.name}"
