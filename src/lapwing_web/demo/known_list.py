"""A known list for the demonstration: once the site runs, its worker finds what was received before on it."""

import hashlib

from django.conf import settings

from lapwing.matching.changing import Origin, bring_in
from lapwing.matching.listed import ListedFile
from lapwing_web.intake.models import SeenHash
from lapwing_web.moment import now

NAME = "example"
KNOWN, OTHERS = 5, 200  # entries that are files of the demonstration's reports, and entries that are of none


def publish_example() -> None:
    """Write the list, of hashes of numbers only, unless there is one of that name."""
    if (settings.LISTS / NAME).exists():
        return
    received = SeenHash.objects.filter(kind="md5").order_by("id").values_list("value", flat=True)
    some = list(received)
    known = [bytes.fromhex(value) for value in some[:: max(1, len(some) // KNOWN)][:KNOWN]]
    others = [hashlib.md5(f"entry {n}".encode(), usedforsecurity=False).digest() for n in range(OTHERS)]
    entries = [
        ListedFile({"md5": value}, identity=f"EX-{number:04d}", category="1", dialect="vics")
        for number, value in enumerate([*known, *others], 1)
    ]
    origin = Origin("the demonstration", "demonstration", now().isoformat())
    bring_in(settings.LISTS, NAME, entries, origin=origin, how="whole")
