"""Made-up people: those whose pages are measured, and their colleagues with training, views and check-ins."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from made_cases import FORCE, POLIT

AGENCY = "NCA"
# whose pages are measured: besides the agency's supervisor and a force's officer, whom `pages.fill` makes
NAMED = [
    ("intake", "intake_officer", AGENCY),
    ("intelligence", "intelligence_officer", AGENCY),
    ("auditor", "auditor", AGENCY),
    ("administrator", "administrator", AGENCY),
    ("supervisor-force", "supervisor", FORCE),
    ("auditor-force", "auditor", FORCE),
    ("administrator-force", "administrator", FORCE),
]


def fill_people() -> None:
    """Those named; the force's sixty investigators and ten neighbourhood teams; 120 of the agency."""
    from lapwing_web.staff.models import Team, User

    for name, role, place in NAMED:
        User.objects.create(username=name, role=role, organisation_id=place)
    polit = Team.objects.create(organisation_id=FORCE, name="Online investigation", kind=POLIT)
    beats = [
        Team.objects.create(organisation_id=FORCE, name=f"Neighbourhood {n}", kind="neighbourhood")
        for n in range(10)
    ]
    User.objects.filter(username="officer").update(team=polit)
    force = [User(username=f"officer-{n}", team=polit) for n in range(60)]
    force += [User(username=f"neighbour-{n}", team=beats[n % 10]) for n in range(80)]
    for one in force:
        one.role, one.organisation_id = "force_officer", FORCE
    roles = ("intake_officer", "intelligence_officer")
    agency = [User(username=f"agency-{n}", role=roles[n % 2], organisation_id=AGENCY) for n in range(120)]
    User.objects.bulk_create([*force, *agency])


def fill_work() -> None:
    """What everybody of the force and the agency passed, viewed and was told; and the head of the audit."""
    from lapwing_web.audit.models import AuditEntry, ChainHead
    from lapwing_web.notifications.models import Notification
    from lapwing_web.staff.models import CheckIn, Exposure, Training, User

    random = Random(4)
    people = list(User.objects.filter(organisation__in=[FORCE, AGENCY]).select_related("team"))
    Training.objects.bulk_create(one for person in people for one in passed(person, random))
    # who grades: the agency's people and the force's investigators
    graders = [
        one for one in people if one.organisation_id == AGENCY or (one.team and one.team.kind == POLIT)
    ]
    Exposure.objects.bulk_create(one for person in graders for one in viewed(person, random))
    CheckIn.objects.bulk_create(checked_in(person, random) for person in people)
    Notification.objects.bulk_create(one for person in people for one in told(person, random))
    share_out()
    last = AuditEntry.objects.order_by("-position").first()
    if last is not None:
        ChainHead.objects.update(position=last.position, hash=last.hash)


def share_out() -> None:
    """What `pages.fill` gave to one person at the agency is everybody's: a turn each."""
    from django.db.models import F

    from lapwing_web.casework.models import Package, Referral
    from lapwing_web.staff.models import User

    officers = User.objects.filter(organisation=AGENCY, username__startswith="agency-").order_by("pk")
    keys = list(officers.values_list("pk", flat=True))
    supervisor = User.objects.get(username="supervisor")
    held, sent = Referral.objects.filter(assigned_to=supervisor), Package.objects.filter(sent_by=supervisor)
    for turn, key in enumerate(keys):
        of = {"turn": F("pk") % (len(keys) + 1)}  # the last turn's stay the supervisor's own
        held.alias(**of).filter(turn=turn).update(assigned_to=key)
        sent.alias(**of).filter(turn=turn).update(sent_by=key)


def passed(person: Any, random: Random) -> Iterator[Any]:
    """Their courses: most of them, and some of those over or soon over."""
    from lapwing_web.moment import now, today
    from lapwing_web.staff.models import Training

    for course in ("online_child_abuse", "child_protection", "grading", "investigator"):
        if random.random() < 0.7:
            ends = today() + timedelta(days=random.randrange(-30, 700))
            on = today() - timedelta(days=100)
            yield Training(user=person, course=course, passed_on=on, expires_on=ends, at=now(), by=person)


def viewed(person: Any, random: Random) -> Iterator[Any]:
    """A month's views."""
    from lapwing_web.moment import now
    from lapwing_web.staff.models import Exposure

    for n in range(random.randrange(400)):
        at = now() - timedelta(minutes=random.randrange(60 * 24 * 32))
        yield Exposure(user=person, at=at, kind="image", stack=f"{n:064d}", weight=1, source="grader")


def checked_in(person: Any, random: Random) -> Any:
    """Their next check-in: one in ten is overdue."""
    from lapwing_web.moment import today
    from lapwing_web.staff.models import CheckIn

    return CheckIn(user=person, due_on=today() + timedelta(days=random.randrange(-9, 81)))


def told(person: Any, random: Random) -> Iterator[Any]:
    """What they were told of: one in five is not read yet."""
    from lapwing_web.moment import now
    from lapwing_web.notifications.models import Notification

    for n in range(random.randrange(500, 1500)):
        at = now() - timedelta(hours=2000 - n)
        yield Notification(
            user=person, kind="clock_near", about=f"case:{n}", event=f"clock {n}", clock="bail", at=at,
            read_at=None if random.random() < 0.2 else at,
        )  # fmt: skip
