"""People and organisations, as a given person may see them, and how they stand at the door."""

from base64 import b32encode

import segno
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString, mark_safe
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from msgspec import Struct

from lapwing.policy import load
from lapwing_web.moment import today
from lapwing_web.staff.models import Organisation, User
from lapwing_web.staff.permissions import check

PAGE = 50


def people_for(user: User) -> QuerySet[User]:
    """Everybody an administrator looks after: all at the agency, their own at a force."""
    check(user, "manage people")
    people = User.objects.select_related("organisation").order_by("organisation__name", "username")
    return people if user.in_agency else people.filter(organisation=user.organisation_id)


def found(people: QuerySet[User], words: str) -> QuerySet[User]:
    """Those whose name or organisation has `words`."""
    words = words.strip()
    return (
        people.filter(Q(username__icontains=words) | Q(organisation__name__icontains=words))
        if words
        else people
    )


def page_of(people: QuerySet[User], number: int) -> tuple[list[User], bool]:
    """One page of people from 1, and whether there are more."""
    start = (max(number, 1) - 1) * PAGE
    rows = list(people[start : start + PAGE + 1])
    return rows[:PAGE], len(rows) > PAGE


def organisations_for(user: User) -> QuerySet[Organisation]:
    """The organisations in which this administrator may place people."""
    check(user, "manage people")
    places = Organisation.objects.order_by("kind", "name")
    return places if user.in_agency else places.filter(pk=user.organisation_id)


def forces() -> QuerySet[Organisation]:
    """Every police force, by name."""
    return Organisation.objects.filter(kind=Organisation.Kind.FORCE).order_by("name")


def agency() -> Organisation:
    """The agency that receives reports."""
    return Organisation.objects.get(kind=Organisation.Kind.AGENCY)


class Offer(Struct):
    """A second factor to be set up: the secret as a QR code (SVG) and as text to type, in fours."""

    picture: SafeString
    spelt: str


def second_factor_required(user: User) -> bool:
    """Whether policy lets this person do nothing here before they have a second factor."""
    if settings.ENVIRONMENT != "live":
        return False
    return user.role in load("sign_in", settings.JURISDICTION).on(today()).second_factor_roles


def second_factor_offer(user: User, secret: str) -> Offer:
    """How a phone takes `secret` (hex) in: an authenticator app reads the picture."""
    address = TOTPDevice(user=user, key=secret).config_url
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff")
    spelt = b32encode(bytes.fromhex(secret)).decode()
    fours = " ".join(spelt[at : at + 4] for at in range(0, len(spelt), 4))
    return Offer(mark_safe(drawn), fours)  # noqa: S308 - segno's own drawing, which holds none of the text


def recovery_codes_left(user: User) -> int:
    """How many of their recovery codes they have not used."""
    return int(StaticToken.objects.filter(device__user=user).count())
