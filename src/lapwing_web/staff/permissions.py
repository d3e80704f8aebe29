"""Who may do what: the one table. A page, an action and a query all ask here, and a test walks every row."""

from collections.abc import Set
from typing import Any

from django.db.models import Q, QuerySet
from msgspec import Struct

from lapwing_web.refusal import Forbidden
from lapwing_web.staff.models import Organisation, User

INTAKE, INTELLIGENCE, FORCE, SUPERVISOR, AUDITOR, ADMINISTRATOR = (
    User.Role.INTAKE_OFFICER,
    User.Role.INTELLIGENCE_OFFICER,
    User.Role.FORCE_OFFICER,
    User.Role.SUPERVISOR,
    User.Role.AUDITOR,
    User.Role.ADMINISTRATOR,
)


class Grant(Struct, frozen=True):
    """The roles that hold a permission, at the agency and at a force."""

    agency: frozenset[str] = frozenset()
    force: frozenset[str] = frozenset()


def _grant(agency: Set[str] = frozenset(), force: Set[str] = frozenset()) -> Grant:
    return Grant(frozenset(agency), frozenset(force))


_OFFICERS = {INTAKE, INTELLIGENCE, SUPERVISOR}
_READERS = _OFFICERS | {AUDITOR}
_FORCE_READERS = {FORCE, SUPERVISOR, AUDITOR}

PERMISSIONS: dict[str, Grant] = {
    "see home": _grant(_READERS | {ADMINISTRATOR}, _FORCE_READERS | {ADMINISTRATOR}),
    "search": _grant(_READERS, _FORCE_READERS),
    "see reports": _grant(_READERS),
    "receive reports": _grant({INTAKE, SUPERVISOR}),
    "see receipts": _grant(_READERS),
    "clear a receipt": _grant({INTAKE, SUPERVISOR}),
    "see the vault": _grant(_READERS),
    "clear a vault fault": _grant({SUPERVISOR}),
    "see lists": _grant({INTELLIGENCE, SUPERVISOR, AUDITOR, ADMINISTRATOR}),
    "decide a held list": _grant({INTELLIGENCE, SUPERVISOR}),
    "see the own list": _grant({INTELLIGENCE, SUPERVISOR, AUDITOR}),
    "propose an own entry": _grant(_OFFICERS),
    "grade an own entry": _grant({INTELLIGENCE, SUPERVISOR}),
    "withdraw an own entry": _grant({INTELLIGENCE, SUPERVISOR}),
    "export the own list": _grant({SUPERVISOR}),
    "see referrals": _grant(_READERS),
    "triage a referral": _grant(_OFFICERS),
    "discard a referral": _grant(_OFFICERS),
    "reopen a referral": _grant(_OFFICERS),
    "ask the company": _grant(_OFFICERS),
    "set facts": _grant(_OFFICERS),
    "take a referral": _grant(_OFFICERS),
    "assign a referral": _grant({SUPERVISOR}),
    "join referrals": _grant(_OFFICERS),
    "take a second look": _grant(_OFFICERS),
    "keep a referral": _grant({INTELLIGENCE, SUPERVISOR}),
    "disseminate a referral": _grant({INTELLIGENCE, SUPERVISOR}),
    "see packages": _grant(_READERS, _FORCE_READERS),
    "answer a package": _grant(force={FORCE, SUPERVISOR}),
    "record an outcome": _grant({INTELLIGENCE, SUPERVISOR}, {FORCE, SUPERVISOR}),
    "see cases": _grant(force=_FORCE_READERS),
    "work a case": _grant(force={FORCE, SUPERVISOR}),
    "allocate a case": _grant(force={SUPERVISOR}),
    "see allocation": _grant(force={SUPERVISOR, AUDITOR}),
    "manage laboratories": _grant(force={SUPERVISOR}),
    "see supervision": _grant({SUPERVISOR, AUDITOR}, {SUPERVISOR, AUDITOR}),
    "hold a case": _grant(force={SUPERVISOR}),
    "see retention": _grant(force=_FORCE_READERS),
    "review a record": _grant(force={FORCE, SUPERVISOR}),
    "dispose of a record": _grant(force={SUPERVISOR}),
    "sign a gap": _grant(force={SUPERVISOR}),
    "make a document": _grant(force={FORCE, SUPERVISOR}),
    "transfer a case": _grant(force={SUPERVISOR}),
    "see a child": _grant(force={FORCE, SUPERVISOR}),
    "protect a child": _grant(force={FORCE, SUPERVISOR}),
    "see offenders": _grant(force=_FORCE_READERS),
    "register an offender": _grant(force={FORCE, SUPERVISOR}),
    "manage an offender": _grant(force={FORCE, SUPERVISOR}),
    "assign an offender": _grant(force={SUPERVISOR}),
    "end a registration": _grant(force={SUPERVISOR}),
    "brief a team": _grant(force={FORCE, SUPERVISOR}),
    "read briefings": _grant(force=_FORCE_READERS),
    "acknowledge a briefing": _grant(force={FORCE, SUPERVISOR}),
    "see caseload": _grant(force={SUPERVISOR, AUDITOR}),
    "see notifications": _grant(_READERS | {ADMINISTRATOR}, _FORCE_READERS | {ADMINISTRATOR}),
    "see clocks": _grant(_READERS, _FORCE_READERS),
    "pause a clock": _grant({SUPERVISOR}, {SUPERVISOR}),
    "acknowledge a clock": _grant(_OFFICERS, {FORCE, SUPERVISOR}),
    "see jobs": _grant({SUPERVISOR, AUDITOR, ADMINISTRATOR}),
    "clear a job": _grant({SUPERVISOR, ADMINISTRATOR}),
    "see attrition": _grant(_READERS, _FORCE_READERS),
    "see the audit": _grant({AUDITOR}, {AUDITOR}),
    "see providers": _grant(_READERS | {ADMINISTRATOR}),
    "manage providers": _grant({ADMINISTRATOR, SUPERVISOR}),
    "see training": _grant({SUPERVISOR, AUDITOR}, {SUPERVISOR, AUDITOR}),
    "record training": _grant({SUPERVISOR}, {SUPERVISOR}),
    "see what became of it": _grant(_OFFICERS, {FORCE, SUPERVISOR}),
    "view material": _grant(_OFFICERS, {FORCE, SUPERVISOR}),
    "see welfare": _grant({SUPERVISOR}, {SUPERVISOR}),
    "hold a check-in": _grant({SUPERVISOR}, {SUPERVISOR}),
    "override a budget": _grant({SUPERVISOR}, {SUPERVISOR}),
    "opt out": _grant(_OFFICERS, {FORCE, SUPERVISOR}),
    "manage people": _grant({ADMINISTRATOR}, {ADMINISTRATOR}),
    # A team decides what its officers may know of. Neither of the two who manage teams learns anything by it:
    # a supervisor knows of all that the force has, and an administrator reads no record. The agency has none.
    "see teams": _grant(force={SUPERVISOR, AUDITOR, ADMINISTRATOR}),
    "manage teams": _grant(force={SUPERVISOR, ADMINISTRATOR}),
    "work in a team": _grant(force={FORCE, SUPERVISOR}),
}


def may(by: User, permission: str) -> bool:
    """Whether this person's role, where they work, holds `permission`. KeyError for an unknown one."""
    grant = PERMISSIONS[permission]
    return by.is_active and by.role in (grant.agency if by.in_agency else grant.force)


def holders(permission: str, organisation: Organisation) -> QuerySet[User]:
    """The people of an organisation who may sign in and hold `permission`."""
    grant = PERMISSIONS[permission]
    roles = grant.agency if organisation.kind == Organisation.Kind.AGENCY else grant.force
    return User.objects.filter(organisation=organisation, is_active=True, role__in=roles)


def without_holder(field: str, permission: str, organisation: Organisation) -> Q:
    """What nobody of an organisation has in `field` who holds the permission: also what somebody has who has
    left, or may do it no more.
    """
    return Q(**{field: None}) | ~Q(**{f"{field}__in": holders(permission, organisation)})


def check(by: Any, permission: str) -> None:
    """Raise Forbidden, with a sentence, unless `by` holds `permission`."""
    if not may(by, permission):
        raise Forbidden(
            f"Your role ({by.get_role_display().lower()}, {by.organisation.name}) cannot {permission}."
        )
