"""Offenders for tests: a team of each force, with its officer, and an offender registered by them."""

from datetime import date
from typing import Any

from tests.cast import Cast

from lapwing_web.offenders.actions.registering import New, register
from lapwing_web.offenders.models import Offender
from lapwing_web.staff.models import Team, User


def in_a_team(cast: Cast) -> dict[str, Team]:
    """The officers of both forces work in an offender management team of theirs."""
    made = {}
    for letter in ("a", "b"):
        force, officer = getattr(cast, f"force_{letter}"), getattr(cast, f"officer_{letter}")
        made[letter] = Team.objects.create(
            organisation=force, name="Offender management", kind="offender_management"
        )
        officer.team = made[letter]
        User.objects.filter(pk=officer.pk).update(team=made[letter])
    return made


def registered(by: User, number: str = "1", **more: Any) -> Offender:
    """An offender of the force of `by`: high risk since the first of January 2026, unless told otherwise."""
    given: dict[str, Any] = {"level": "high", "since": date(2026, 1, 1), "manager": by, **more}
    return register(New(number, given.pop("name", f"Example offender {number}"), **given), by=by)


def again(offender: Offender) -> Offender:
    """As somebody reads it now."""
    return Offender.objects.get(pk=offender.pk)
