"""What is done about people and organisations: adding, changing, signing in, and looking at the audit."""

import secrets
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from lapwing.policy import load
from lapwing_web.audit.actions import Actor, Rule, audited, look, record, record_all
from lapwing_web.audit.actions import Entry as AuditRow
from lapwing_web.moment import now, today
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.actions.teams import fits_in
from lapwing_web.staff.models import Organisation, Team, User
from lapwing_web.staff.permissions import check, may

Role = User.Role
ROLES_AT: dict[str, tuple[str, ...]] = {
    Organisation.Kind.AGENCY: (
        Role.INTAKE_OFFICER,
        Role.INTELLIGENCE_OFFICER,
        Role.SUPERVISOR,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
    ),
    Organisation.Kind.FORCE: (Role.FORCE_OFFICER, Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR),
}
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken for something else when read aloud


@audited
def load_organisations(*, by: Actor | None = None) -> int:
    """Write the organisations of policy (forces.toml) as they stand today. Returns how many changed."""
    by = by or Rule("rule:setup")
    topic = load("forces", settings.JURISDICTION)
    held = {place.pk: place for place in Organisation.objects.all()}
    changed: list[AuditRow] = []
    for force in topic.on(today()).forces:
        new = {"name": force.name, "kind": str(force.kind), "region": force.region}
        place = held.get(force.code)
        old = None if place is None else {name: getattr(place, name) for name in new}
        if old == new:
            continue
        Organisation.objects.update_or_create(code=force.code, defaults=new)
        changed.append(
            AuditRow("load organisation", f"organisation:{force.code}", by, "", old, new, topic.sha256)
        )
    record_all(changed)
    return len(changed)


def one_time_password() -> str:
    """Twenty letters and digits in fours: about 99 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(5))


@audited
def add_person(
    username: str,
    *,
    role: str,
    organisation: Organisation,
    by: Actor,
    team: Team | None = None,
    password: str | None = None,
    must_change: bool = True,
) -> tuple[User, str]:
    """Add somebody who may sign in. Returns them and their password, which is kept nowhere else.

    Without `password` one is made, to be changed at the first sign-in. Raises Refused for a name in use, and
    for a team that they cannot be in.
    """
    may_manage(by, organisation)
    _fits(role, organisation)
    user = User(username=User.normalize_username(username.strip()), role=role, organisation=organisation)
    _place(user, team, by)
    user.must_change_password = must_change
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    if User.objects.filter(username__iexact=user.username).exists():
        raise Refused(f"There is already somebody called {user.username}.")
    given = password or one_time_password()
    user.set_password(given)
    user.save()
    record("add person", user, by=by, new=_standing(user))
    return user, given


@audited
def change_person(
    person: User,
    *,
    role: str,
    organisation: Organisation,
    is_active: bool,
    why: str,
    by: Actor,
    team: Team | Literal["kept"] | None = "kept",
    seen: str = "",
) -> User:
    """Change somebody's role, organisation, team or whether they may sign in. Nobody may change themselves.

    `team`: "kept" for the one they are in. Who can no longer be in any leaves it. `seen`: how they stood when
    the change was decided (`User.stands`), "" for no matter how. Raises Refused if that is no longer so.
    """
    person = User.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=person.pk)
    may_manage(by, person.organisation)
    may_manage(by, organisation)
    if isinstance(by, User) and by.pk == person.pk:
        raise Refused("You cannot change your own role or shut yourself out: ask another administrator.")
    if seen and seen != person.stands:
        raise Refused(f"{person} has just been changed by someone else. Open it again to see how it stands.")
    _fits(role, organisation)
    if not why.strip():
        raise Refused("Say why: the reason is kept in the audit.")
    old = _standing(person)
    person.role, person.organisation, person.is_active = role, organisation, is_active
    if not may(person, "work in a team") or (team == "kept" and old["organisation"] != organisation.pk):
        person.team = None
    elif team != "kept":
        _place(person, team, by)
    if _standing(person) == old:
        raise Refused("That is how it stands already: nothing to change.")
    person.save(update_fields=["role", "organisation", "is_active", "team"])
    if old["active"] and not is_active:
        end_access(person)
    record("change person", person, by=by, why=why.strip(), old=old, new=_standing(person))
    return person


@audited
def reset_password(person: User, *, why: str, by: Actor) -> str:
    """Give somebody a new one-time password, and end their access. Returns it; it is kept nowhere else."""
    may_manage(by, person.organisation)
    if not why.strip():
        raise Refused("Say why: the reason is kept in the audit.")
    given = one_time_password()
    person.set_password(given)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    end_access(person)
    record("reset password", person, by=by, why=why.strip())
    return given


@audited
def change_password(password: str, *, by: User) -> None:
    """Change one's own password, which ends one's other sessions. Refused: it is too weak, or the same."""
    if by.check_password(password):
        raise Refused("That is the password you have now: choose another.")
    try:
        validate_password(password, by)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    by.set_password(password)
    by.must_change_password = False
    by.save(update_fields=["password", "must_change_password"])
    record("change password", by, by=by)


@audited
def record_sign_in(*, by: User, address: str) -> None:
    """Record that somebody signed in, and from where."""
    record("sign in", by, by=by, new={"address": address})


@audited
def record_sign_out(*, by: User) -> None:
    """Record that somebody signed out."""
    record("sign out", by, by=by)


@audited
def record_failed_sign_in(username: str, *, address: str, locked: bool = False) -> None:
    """Record a failed sign-in. A name nobody has is not kept: it may be a password typed in the wrong box."""
    person = User.objects.filter(username__iexact=username).first()
    by = Rule("rule:sign-in", organisation_id=person.organisation_id if person else "NCA")
    action = "locked out" if locked else "failed sign in"
    record(action, person or "user:unknown", by=by, new={"address": address})


def look_at_audit(filters: dict[str, Any], *, why: str, by: User) -> None:
    """Record that somebody looked at the audit, for what, and why."""
    check(by, "see the audit")
    look("audit:search", by=by, why=why, new=filters)


def seen_home(*, by: User) -> None:
    """Note that somebody has seen their home page, so that it can say what is new next time."""
    User.objects.filter(pk=by.pk).update(last_seen_home_at=now())


def may_manage(by: Actor, organisation: Organisation) -> None:
    """A person needs the permission, and at a force only over their own; a command needs the machine."""
    if not isinstance(by, User):
        return
    check(by, "manage people")
    if not by.in_agency and by.organisation_id != organisation.pk:
        raise Forbidden(f"You manage people of {by.organisation.name} only.")


def end_access(person: User) -> None:
    """For good: none of their sessions goes on, nor their calendar's address, even if they may come back."""
    person.access_ended_at = now()
    person.save(update_fields=["access_ended_at"])


def _fits(role: str, organisation: Organisation) -> None:
    if role not in ROLES_AT[organisation.kind]:
        label = dict(Role.choices).get(role, role).lower()
        raise Refused(f"{organisation.name} has no {label}s: choose a role that belongs there.")


def _place(person: User, team: Team | None, by: Actor) -> None:
    """Put somebody who is being added or changed into a team. The agency leaves that to their force."""
    if team is not None:
        if isinstance(by, User):
            check(by, "manage teams")
        team.refresh_from_db()  # it may have ended since the form was read
    person.team = None if team is None else fits_in(team, person)


def _standing(user: User) -> dict[str, Any]:
    return {
        "username": user.username,
        "role": str(user.role),
        "organisation": user.organisation_id,
        "active": user.is_active,
        "team": user.team_id,
    }
