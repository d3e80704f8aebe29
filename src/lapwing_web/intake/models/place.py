"""Which police force an area belongs to, from the directory a site has loaded."""

from django.db import models


class PostcodeArea(models.Model):
    """A postcode outward code, sector or whole postcode, and the force that polices all or most of it.

    Loaded from the ONS Postcode Directory by `lapwing-web load-postcodes`; empty until then, and routing
    falls back on the approximate table that comes with the policy.
    """

    code = models.CharField(max_length=8, primary_key=True)  # `OX14`, upper case
    force = models.CharField(max_length=40)  # ONS code of the force with the most postcodes there
    share = models.FloatField()  # of the area's postcodes that are that force's, 0 to 1
    postcodes = models.IntegerField()

    def __str__(self) -> str:
        return self.code
