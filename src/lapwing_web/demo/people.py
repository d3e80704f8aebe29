"""The demonstration's people: roles, not persons, with one password made for this installation."""

import os
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from msgspec import Struct

from lapwing_web.audit.actions import Rule, audited, record
from lapwing_web.demo.values import PLACES
from lapwing_web.moment import today
from lapwing_web.staff.actions import one_time_password, record_training
from lapwing_web.staff.models import Organisation, Team, User

Role = User.Role
DEMO = Rule("command:demo")
WHOLE = ("E23000007", "E23000032")  # forces with somebody in every role; the others have an officer
AGENCY = {
    "intake": Role.INTAKE_OFFICER,
    "intelligence": Role.INTELLIGENCE_OFFICER,
    "supervisor": Role.SUPERVISOR,
    "auditor": Role.AUDITOR,
    "administrator": Role.ADMINISTRATOR,
}
FORCE = {
    "force": Role.FORCE_OFFICER,
    "specialist": Role.FORCE_OFFICER,
    "new-officer": Role.FORCE_OFFICER,
    "supervisor": Role.SUPERVISOR,
    "auditor": Role.AUDITOR,
    "administrator": Role.ADMINISTRATOR,
}
MANAGING = ("E23000004", "E23000007", "E23000032")  # forces with a manager of registered offenders
MANAGER = "offender-manager"
PLAIN = {"police", "constabulary", "service", "the", "of"}


class Cast(Struct):
    """Everybody, by username; and the officer of each force by the force's code."""

    people: dict[str, User]
    officers: dict[str, User]
    forces: dict[str, Organisation]


def short(name: str) -> str:
    """A force's name as it stands in a username: `greater-manchester`."""
    words = [word for word in name.lower().replace("-", " ").split() if word not in PLAIN]
    return "-".join(words)


@audited
def hire(password: str) -> Cast:
    """Write the demonstration's people. Their password is hashed once: hashing is slow on purpose."""
    encoded = make_password(password)
    cast = Cast({}, {}, {})
    agency = Organisation.objects.get(code="NCA")
    for username, role in AGENCY.items():
        _add(cast, username, role, agency, encoded)
    for code in dict.fromkeys(place.force for place in PLACES):
        force = Organisation.objects.get(code=code)
        cast.forces[code] = force
        for prefix, role in FORCE.items():
            if code in WHOLE or prefix in ("force", "supervisor"):
                beat = beat_of(force) if prefix == "new-officer" else None
                _add(cast, f"{prefix}-{short(force.name)}", role, force, encoded, beat)
        if code in MANAGING:
            _add(cast, f"{MANAGER}-{short(force.name)}", Role.FORCE_OFFICER, force, encoded, team_of(code))
        cast.officers[code] = cast.people[f"force-{short(force.name)}"]
        train(cast, short(force.name))
    return cast


def beat_of(force: Organisation) -> Team:
    """A neighbourhood team of a force, which is told of the offenders on its beat."""
    return Team.objects.create(organisation=force, name="Area 1", kind=Team.Kind.NEIGHBOURHOOD)


def team_of(force: str) -> Team:
    """The team that manages registered offenders in a force."""
    return Team.objects.create(
        organisation_id=force, name="Offender management", kind=Team.Kind.OFFENDER_MANAGEMENT
    )


def _add(
    cast: Cast, username: str, role: str, organisation: Organisation, encoded: str, team: Team | None = None
) -> None:
    person = User.objects.create(
        username=username, role=role, organisation=organisation, password=encoded, team=team
    )
    cast.people[username] = person
    record("add person", person, by=DEMO, new={"username": username, "role": str(role)})


@audited
def renew(password: str) -> int:
    """Give everybody of the demonstration who is still there a new password. Returns how many."""
    hired = User.objects.filter(username__in=_usernames())
    for person in hired:
        record("reset password", person, by=DEMO, why="The file with the demonstration's sign-ins was lost.")
    return hired.update(password=make_password(password))


def _usernames() -> list[str]:
    names = Organisation.objects.filter(code__in=[place.force for place in PLACES]).values_list(
        "name", flat=True
    )
    return [*AGENCY, *(f"{prefix}-{short(name)}" for name in names for prefix in (*FORCE, MANAGER))]


def kept() -> Path:
    """Where the sign-ins are kept."""
    return Path(settings.HOME) / "demo-sign-ins.txt"


def keep(password: str) -> str:
    """Write the sign-ins for their owner only, and return them as they are printed."""
    text = sign_ins(password)
    draft = kept().with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(kept())
    return text


def sign_ins(password: str) -> str:
    """One sign-in a role for the agency and two forces, in columns, with the password they share."""
    hired = User.objects.filter(username__in=_usernames()).select_related("organisation")
    crowded = ("offender-manager-merseyside", "supervisor-merseyside")  # a hundred offenders to one
    whole = [one for one in hired if one.organisation_id in ("NCA", *WHOLE) or one.username in crowded]
    whole.sort(key=lambda p: (not p.in_agency, p.organisation.name, list(Role.values).index(p.role)))
    rows = [f"  {p.username:<32}{p.get_role_display()}, {p.organisation.name}" for p in whole]
    heading = f"Sign in with any of these names and the password {password}"
    return "\n".join([heading, *rows, ""])


def password() -> str:
    """A password nobody has had before."""
    return one_time_password()


# days ago on which each course was passed: the officer's will soon end, the new officer has none
COURSES = {
    "force": {"investigator": 900, "online_child_abuse": 1070},
    "specialist": {"investigator": 1500, "online_child_abuse": 950, "child_protection": 1000, "grading": 340},
    "supervisor": {"investigator": 2000, "online_child_abuse": 800, "child_protection": 820},
}


def train(cast: Cast, place: str) -> None:
    """What the people of a force have passed: as the chapter found, not all of them what they need."""
    for prefix, courses in COURSES.items():
        if f"{prefix}-{place}" not in cast.people:
            continue
        for course, days in courses.items():
            passed = today() - timedelta(days=days)
            by = cast.people[f"supervisor-{place}"]
            record_training(cast.people[f"{prefix}-{place}"], course=course, passed_on=passed, by=by)
