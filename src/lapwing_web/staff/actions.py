"""What is done about people and organisations: adding, changing, signing in, and looking at the audit."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from msgspec import Struct

from lapwing.policy import load
from lapwing.rules.allocation import expires
from lapwing.rules.exposure import counts, over, weight_of
from lapwing_web.audit.actions import Actor, Rule, audited, look, record, record_all
from lapwing_web.audit.actions import Entry as AuditRow
from lapwing_web.moment import UK, now, today
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import Exposure, OptOut, Organisation, Training, User
from lapwing_web.staff.models.viewing import budget, left_of
from lapwing_web.staff.permissions import check

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
CODE_DIGITS = 6  # of a phone's code; a recovery code has ten letters and digits
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
    password: str | None = None,
    must_change: bool = True,
) -> tuple[User, str]:
    """Add somebody who may sign in. Returns them and their password, which is kept nowhere else.

    Without `password` one is made, to be changed at the first sign-in. Raises Refused for a name in use.
    """
    _may_manage(by, organisation)
    _fits(role, organisation)
    user = User(username=User.normalize_username(username.strip()), role=role, organisation=organisation)
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
    person: User, *, role: str, organisation: Organisation, is_active: bool, why: str, by: Actor
) -> User:
    """Change somebody's role, organisation or whether they may sign in. Nobody may change themselves."""
    person = User.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=person.pk)
    _may_manage(by, person.organisation)
    _may_manage(by, organisation)
    if isinstance(by, User) and by.pk == person.pk:
        raise Refused("You cannot change your own role or shut yourself out: ask another administrator.")
    _fits(role, organisation)
    if not why.strip():
        raise Refused("Say why: the reason is kept in the audit.")
    old = _standing(person)
    person.role, person.organisation, person.is_active = role, organisation, is_active
    if old["organisation"] != organisation.pk:
        person.team = None  # it is the other organisation's
    if _standing(person) == old:
        raise Refused("That is how it stands already: nothing to change.")
    person.save(update_fields=["role", "organisation", "is_active", "team"])
    record("change person", person, by=by, why=why.strip(), old=old, new=_standing(person))
    return person


@audited
def reset_password(person: User, *, why: str, by: Actor) -> str:
    """Give somebody a new one-time password, and end their sessions. Returns it; it is kept nowhere else."""
    _may_manage(by, person.organisation)
    if not why.strip():
        raise Refused("Say why: the reason is kept in the audit.")
    given = one_time_password()
    person.set_password(given)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    record("reset password", person, by=by, why=why.strip())
    return given


@audited
def change_password(password: str, *, by: User) -> None:
    """Change one's own password. Raises Refused for one that is too weak, or the same."""
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
    """Forget somebody's phone and recovery codes, who has lost both. Not one's own: another must see why."""
    _may_manage(by, person.organisation)
    if isinstance(by, User) and by.pk == person.pk:
        raise Refused("You cannot reset your own second factor: ask another administrator.")
    if not why.strip():
        raise Refused("Say why: the reason is kept in the audit.")
    if not User.objects.filter(pk=person.pk).exclude(second_factor_at=None).exists():
        raise Refused(f"{person.username} has no second factor: nothing to reset.")
    _forget_second_factor(person)
    User.objects.filter(pk=person.pk).update(second_factor_at=None)
    record("reset second factor", person, by=by, why=why.strip())


def _forget_second_factor(person: User, but: Device | None = None) -> None:
    TOTPDevice.objects.filter(user=person).exclude(pk=but.pk if but else None).delete()
    StaticDevice.objects.filter(user=person).delete()


def _plain(code: str) -> str:
    """A code without the spaces, hyphens and capitals with which it may be typed."""
    return "".join(code.split()).replace("-", "").lower()


def look_at_audit(filters: dict[str, Any], *, why: str, by: User) -> None:
    """Record that somebody looked at the audit, for what, and why."""
    check(by, "see the audit")
    look("audit:search", by=by, why=why, new=filters)


def seen_home(*, by: User) -> None:
    """Note that somebody has seen their home page, so that it can say what is new next time."""
    User.objects.filter(pk=by.pk).update(last_seen_home_at=now())


def _may_manage(by: Actor, organisation: Organisation) -> None:
    """A person needs the permission, and at a force only over their own; a command needs the machine."""
    if not isinstance(by, User):
        return
    check(by, "manage people")
    if not by.in_agency and by.organisation_id != organisation.pk:
        raise Forbidden(f"You manage people of {by.organisation.name} only.")


def _fits(role: str, organisation: Organisation) -> None:
    if role not in ROLES_AT[organisation.kind]:
        label = dict(Role.choices).get(role, role).lower()
        raise Refused(f"{organisation.name} has no {label}s: choose a role that belongs there.")


def _standing(user: User) -> dict[str, Any]:
    return {
        "username": user.username,
        "role": str(user.role),
        "organisation": user.organisation_id,
        "active": user.is_active,
    }


@audited
def record_training(person: User, *, course: str, passed_on: date, by: Any) -> Training:
    """Record a course that somebody of one's own organisation passed. Policy says until when it holds."""
    check(by, "record training")
    if person.organisation_id != by.organisation_id:
        raise Forbidden("This person works elsewhere.")
    version = load("allocation", settings.JURISDICTION).on(passed_on)
    if course not in version.courses:
        raise Refused("Choose one of the courses.")
    if passed_on > today():
        raise Refused("A course is recorded when it has been passed.")
    last = expires(course, passed_on, version)
    made = Training.objects.create(
        user=person, course=course, passed_on=passed_on, expires_on=last, at=now(), by=by
    )
    new = {"course": course, "passed_on": passed_on, "expires_on": last}
    record("record training", person, by=by, new=new, policy=load("allocation", settings.JURISDICTION).sha256)
    return made


@audited
def opt_out(*, by: User) -> OptOut:
    """Be given no more for now: one's own word, always accepted, and asked no reason."""
    made, new = OptOut.objects.get_or_create(user=by, ended_at=None, defaults={"at": now()})
    if new:
        record("opt out", by, by=by)
    return made


@audited
def opt_in(*, by: User) -> None:
    """Be given cases again."""
    if OptOut.objects.filter(user=by, ended_at=None).update(ended_at=now()):
        record("opt in", by, by=by)


class Viewed(Struct, frozen=True):
    """One file that somebody viewed. `stack`: one name for all of its near copies, or its own SHA-256."""

    kind: str
    stack: str
    at: datetime
    known: bool = False  # its hash is on a list of known files: it is never counted


@audited
def count_views(person: User, viewed: Iterable[Viewed], *, source: str, by: Actor) -> int:
    """Count what somebody viewed, as a grader's import or a vault's log says. Returns how many counted.

    What was viewed is a fact, and counted though it goes over their budget. Told again, it counts no more.
    """
    User.objects.select_for_update().get(pk=person.pk)  # two imports of one person, one after the other
    rows = _new_views(person, viewed, source)
    Exposure.objects.bulk_create(rows, batch_size=500)
    if rows:
        new = {"views": len(rows), "weight": sum(row.weight for row in rows), "source": source}
        record("count views", person, by=by, new=new, policy=load("exposure", settings.JURISDICTION).sha256)
    return len(rows)


def _new_views(person: User, viewed: Iterable[Viewed], source: str) -> list[Exposure]:
    """The views that count, none of them written."""
    topic, stacks = load("exposure", settings.JURISDICTION), sorted(viewed, key=lambda one: one.at)
    seen: set[str] = set()
    for first in range(0, len(stacks), 500):
        some = [one.stack for one in stacks[first : first + 500]]
        seen.update(person.exposures.filter(stack__in=some).values_list("stack", flat=True))
    rows = []
    for one in stacks:
        if counts(one.stack, known=one.known, seen=seen):
            seen.add(one.stack)
            weight = weight_of(one.kind, topic.on(one.at.astimezone(UK).date()))
            rows.append(
                Exposure(user=person, at=one.at, kind=one.kind, stack=one.stack, weight=weight, source=source)
            )
    return rows


def against_viewing(person: User, viewed: Iterable[Viewed], *, source: str) -> list[str]:
    """Why somebody should not have viewed this: a sentence each. None where nothing of it would count."""
    weight = sum(row.weight for row in _new_views(person, viewed, source))
    if not weight:
        return []
    out = OptOut.objects.filter(user=person, ended_at=None).exists()
    found = over(weight, left_of([person.pk])[person.pk], budget())
    return [*(["they asked to be given no more for now"] if out else []), *found]


@audited
def begin_viewing(many: Mapping[str, int], *, by: User) -> None:
    """Ask to view so many of each kind. Refused when it would go over a budget, or while a rest is due."""
    check(by, "view material")
    topic = load("exposure", settings.JURISDICTION)
    version, remaining = topic.on(today()), left_of([by.pk])[by.pk]
    weight = sum(weight_of(kind, version) * count for kind, count in many.items() if count > 0)
    if not weight:
        raise Refused("Say how many you are about to view.")
    if remaining.rest_until:
        raise Refused(f"Rest until {remaining.rest_until.astimezone(UK):%H:%M}: an hour’s budget is used up.")
    if found := over(weight, remaining, version):
        raise Refused(f"This is over your budget: {'; '.join(found)}. Somebody else must view it.")
    record("begin viewing", by, by=by, new=dict(many), policy=topic.sha256)
