"""Whether known lists are still what was written: every byte read again, once a day, beside the clocks.

A list with a changed byte might answer "not on it" of what is. From the moment that one is found, it is not
asked, and what arrives counts as unknown; once it is whole again, everything ever seen is compared with it.
"""

from datetime import timedelta

from django.conf import settings

from lapwing.matching import BadList, HashList
from lapwing.matching.versions import CURRENT
from lapwing_web.audit.actions import Rule, record, recorded
from lapwing_web.casework.models import KnownList
from lapwing_web.moment import now

BY = Rule("rule:lists")
AGAIN = timedelta(days=1)  # a list found whole is read again after so long; one that is damaged, each time


def verify_lists() -> list[KnownList]:
    """Read each list that is due, a new version at once. Returns those newly found damaged.

    One that cannot even be opened is left to the pages, which say so without being told.
    """
    return [held for held in KnownList.objects.order_by("verified_at", "name") if _verify(held)]


def _verify(held: KnownList) -> bool:
    """Read one, outside any transaction, and write down what was found. Whether it is a new fault."""
    try:
        known = HashList.open(settings.LISTS, held.name)
    except (BadList, OSError):
        return False
    number, began, fault = known.version.number, now(), ""
    fresh = held.verified_at is not None and began - held.verified_at < AGAIN
    if fresh and not held.fault and held.verified_version == number:
        return False
    try:
        known.verify()
    except BadList as bad:
        fault = str(bad)
    with recorded():
        row = KnownList.objects.filter(name=held.name).first()
        if row is None:  # forgotten while it was read
            return False
        old, row.fault = row.fault, fault
        row.verified_at, row.verified_version = began, number
        if fault != old:
            record("verify list", f"list:{row.name}", by=BY, old={"fault": old}, new={"fault": fault})
        if fault:
            row.version = 0  # what it said since it was last whole is not to be relied on: all is asked again
        row.save()
    if old and not fault:
        (settings.LISTS / row.name / CURRENT).touch()  # processes that hold the damaged bytes open it again
    return bool(fault and not old)
