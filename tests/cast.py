"""The named cast: one person of every role, at the agency and at two forces. Tests say who does what."""

from dataclasses import dataclass, fields

from django.db import models

from lapwing_web.staff.models import Organisation, User

AGENCY = ("NCA", "National Crime Agency", Organisation.Kind.AGENCY)
FORCE_A = ("E23000003", "Lancashire Constabulary", Organisation.Kind.FORCE)
FORCE_B = ("E23000010", "West Yorkshire Police", Organisation.Kind.FORCE)


@dataclass(frozen=True)
class Cast:
    """Everybody, by name, and their organisations. Nobody has a password: use the `signed_in` fixture."""

    agency: Organisation
    force_a: Organisation
    force_b: Organisation
    intake: User
    intelligence: User
    supervisor: User
    auditor: User
    administrator: User
    officer_a: User
    supervisor_a: User
    auditor_a: User
    administrator_a: User
    officer_b: User
    supervisor_b: User
    auditor_b: User
    administrator_b: User

    def people(self) -> dict[str, User]:
        """Everybody by the name the tests use."""
        return {f.name: p for f in fields(self) if isinstance(p := getattr(self, f.name), User)}


ROLES = {
    "intake": User.Role.INTAKE_OFFICER,
    "intelligence": User.Role.INTELLIGENCE_OFFICER,
    "officer": User.Role.FORCE_OFFICER,
    "supervisor": User.Role.SUPERVISOR,
    "auditor": User.Role.AUDITOR,
    "administrator": User.Role.ADMINISTRATOR,
}


def make_cast() -> Cast:
    """Write the cast to the database. Usernames are the names with hyphens: `officer-a`."""
    places = {"": AGENCY, "_a": FORCE_A, "_b": FORCE_B}
    made: dict[str, models.Model] = {}
    for suffix, (code, name, kind) in places.items():
        place = Organisation.objects.update_or_create(code=code, defaults={"name": name, "kind": kind})[0]
        made[f"force{suffix}" if suffix else "agency"] = place
    for person in (f.name for f in fields(Cast)):
        if person in made:
            continue
        role, _, letter = person.partition("_")
        made[person] = _person(person, ROLES[role], made[f"force_{letter}" if letter else "agency"])
    return Cast(**made)  # type: ignore[arg-type]


def _person(name: str, role: str, organisation: models.Model) -> User:
    user = User(username=name.replace("_", "-"), role=role, organisation=organisation)
    user.set_unusable_password()
    user.save()
    return user
