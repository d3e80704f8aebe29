"""Counting what is done from an address without signing in. Not in the audit: a stranger's knocking says
nothing about a report, and must not be able to hold the audit's lock.
"""

import hashlib
import hmac
import ipaddress
from datetime import timedelta

from django.conf import settings

from lapwing_web.intake.models import Knock
from lapwing_web.moment import now

HOUR = timedelta(hours=1)


def knock(what: str, address: str, *, most: int) -> bool:
    """Whether this may be done once more from there within the hour; if so it is counted.

    Two at the same moment may both be the last: a bound on a flood, not a ration.
    """
    at, place = now(), place_of(address)
    if Knock.objects.filter(place=place, what=what, at__gt=at - HOUR).count() >= most:
        return False
    Knock.objects.filter(at__lte=at - HOUR).delete()
    Knock.objects.create(what=what, place=place, at=at)
    return True


def place_of(address: str) -> str:
    """A keyed hash of an address, of an IPv6 one's /64, so that the address is kept nowhere."""
    try:
        parsed = ipaddress.ip_address(address)
        network = ipaddress.ip_network(f"{parsed}/{64 if parsed.version == 6 else 32}", strict=False)
        named = str(network)
    except ValueError:
        named = address
    return hmac.new(settings.SECRET_KEY.encode(), named.encode(), hashlib.sha256).hexdigest()
