"""The secret address at which a calendar reads one's own deadlines: made anew, ended, read.

That it was read is recorded once a day: a calendar asks every hour, and what matters is that the address is
still in use.
"""

import secrets
from hashlib import sha256

from django.db.models import Q

from lapwing_web.audit.actions import audited, record
from lapwing_web.clocks.models import CalendarAddress
from lapwing_web.moment import now, today
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check


@audited
def renew_calendar(*, by: User) -> str:
    """Make an address, end the one before it, and return its secret, which is kept nowhere."""
    check(by, "see clocks")
    _end(by)
    secret = secrets.token_urlsafe(32)
    digest = sha256(secret.encode()).hexdigest()
    made = CalendarAddress.objects.create(user=by, digest=digest, made_at=now())
    record("make a calendar address", made, by=by)
    return secret


@audited
def end_calendar(*, by: User) -> None:
    """From now on nothing answers at one's address."""
    _end(by)


def _end(by: User) -> None:
    for address in CalendarAddress.objects.filter(user=by, ended_at=None):
        CalendarAddress.objects.filter(pk=address.pk).update(ended_at=now())
        record("end a calendar address", address, by=by)


def note_reading(address: CalendarAddress) -> None:
    """Record that a calendar reads it: the first time in a day."""
    if address.read_on != today():
        _note(address)


@audited
def _note(address: CalendarAddress) -> None:
    earlier = CalendarAddress.objects.filter(~Q(read_on=today()) | Q(read_on=None), pk=address.pk)
    if earlier.update(read_on=today()):
        record("read a calendar", address, by=address.user)
