"""The second factor: set up, given at the door, and forgotten for who has lost it."""

import secrets

from django.conf import settings
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from msgspec import Struct

from lapwing.policy import load
from lapwing_web.audit.actions import Actor, Rule, audited, record
from lapwing_web.moment import now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.actions.people import ALPHABET, end_access, may_manage
from lapwing_web.staff.models import User

CODE_DIGITS = 6  # of a phone's code; a recovery code has ten letters and digits


class SecondFactor(Struct):
    """A second factor just set up: its device, for the session, and the recovery codes to be written down."""

    device: Device
    codes: list[str]


def new_secret() -> str:
    """160 bits in hex, to be shared with a phone."""
    return secrets.token_hex(20)


@audited
def set_up_second_factor(secret: str, code: str, *, by: User) -> SecondFactor | None:
    """Take the phone that holds `secret` (hex) as one's second factor, in place of any other, once its code
    shows that it does. None when the code is not the one.
    """
    phone = TOTPDevice(user=by, name="phone", key=secret)
    if not phone.verify_token(_plain(code)):
        phone.delete()  # a wrong code saved it, to count its failures
        return None
    _forget_second_factor(by, but=phone)
    paper = StaticDevice.objects.create(user=by, name="paper")
    wanted = load("sign_in", settings.JURISDICTION).on(today()).recovery_codes
    codes = [
        "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(wanted)
    ]
    StaticToken.objects.bulk_create(StaticToken(device=paper, token=_plain(one)) for one in codes)
    User.objects.filter(pk=by.pk).update(second_factor_at=now())
    record("set up second factor", by, by=by, new={"recovery_codes": wanted})
    return SecondFactor(phone, codes)


@audited
def give_second_factor(code: str, *, by: User, address: str) -> Device | None:
    """Whether `code` is the phone's of this moment or an unused recovery code; recorded either way.

    Each wrong one doubles the seconds in which no other is looked at. None when it is wrong or too soon.
    """
    given = _plain(code)
    kind = TOTPDevice if len(given) == CODE_DIGITS and given.isdecimal() else StaticDevice
    device = kind.objects.select_for_update().filter(user=by, confirmed=True).first()
    if device is not None and device.verify_token(given):
        record("give second factor", by, by=by, new={"address": address, "with": device.name})
        return device
    rule = Rule("rule:sign-in", organisation_id=by.organisation_id)
    record("failed second factor", by, by=rule, new={"address": address})
    return None


@audited
def reset_second_factor(person: User, *, why: str, by: Actor) -> None:
    """Forget somebody's phone and recovery codes, who has lost both, and end their access: whoever has the
    phone may have a session on it too, and would be asked to set up the next. Not one's own: another must
    see why.
    """
    may_manage(by, person.organisation)
    if isinstance(by, User) and by.pk == person.pk:
        raise Refused("You cannot reset your own second factor: ask another administrator.")
    if not why.strip():
        raise Refused("Say why: the reason is kept in the audit.")
    if not User.objects.filter(pk=person.pk).exclude(second_factor_at=None).exists():
        raise Refused(f"{person.username} has no second factor: nothing to reset.")
    _forget_second_factor(person)
    end_access(person)
    User.objects.filter(pk=person.pk).update(second_factor_at=None)
    record("reset second factor", person, by=by, why=why.strip())


def _forget_second_factor(person: User, but: Device | None = None) -> None:
    TOTPDevice.objects.filter(user=person).exclude(pk=but.pk if but else None).delete()
    StaticDevice.objects.filter(user=person).delete()


def _plain(code: str) -> str:
    """A code without the spaces, hyphens and capitals with which it may be typed."""
    return "".join(code.split()).replace("-", "").lower()
