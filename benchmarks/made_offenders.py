"""Made-up registered offenders, registered by the action that a register comes in by, with the clocks and the
audit of each: a tenth in one force, a hundred to a manager in eight teams, the rest elsewhere.
"""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from made_cases import FORCE
from pages import BANDS


def fill_offenders(number: int) -> None:
    """Offenders of forty forces, a tenth of them in the measured one."""
    from lapwing_web.clocks.actions import fire_due
    from lapwing_web.offenders.actions.registering import register_all
    from lapwing_web.staff.models import Organisation

    random = Random(3)
    forces = list(Organisation.objects.filter(kind="force").order_by("code"))
    others = [place for place in forces if place.pk != FORCE]
    ours = next(place for place in forces if place.pk == FORCE)
    shares = [(ours, number // 10), *((place, number * 9 // 10 // len(others)) for place in others)]
    for place, count in shares:
        boss, officers = _people(place, max(1, count // 100))
        for start in range(0, count, 2000):
            news = [made(n, random, officers) for n in range(start, min(start + 2000, count))]
            known(register_all(news, by=boss), boss, random)
    fire_due()


def _people(place: Any, managers: int) -> tuple[Any, list[Any]]:
    """A supervisor and the managers of a force, in up to eight teams."""
    from lapwing_web.staff.models import Team, User

    name = "" if place.pk == FORCE else f"-{place.pk}"
    boss, _ = User.objects.get_or_create(
        username=f"supervisor-force{name}", role="supervisor", organisation=place
    )
    teams = [
        Team.objects.create(organisation=place, name=f"Team {n}", kind="offender_management")
        for n in range(min(8, managers))
    ]
    return boss, [
        User.objects.create(
            username=f"manager-{n}{name}",
            role="force_officer",
            organisation=place,
            team=teams[n % len(teams)],
        )
        for n in range(managers)
    ]


def made(number: int, random: Random, officers: list[Any]) -> Any:
    """An offender: one in eight is a month late, and one in twenty has no manager."""
    from lapwing_web.moment import today
    from lapwing_web.offenders.actions.registering import New

    level = random.choices(list(BANDS), list(BANDS.values()))[0]
    longest = {"very_high": 30, "high": 90, "medium": 180, "low": 365}[level]
    late = random.random() < 0.125
    return New(
        register_number=f"EX/{number}",
        name=f"Example offender {number}",
        level=level,
        since=today() - timedelta(days=1200),
        visited_on=today() - timedelta(days=longest + 30 if late else random.randrange(longest - 5)),
        assessed_on=today() - timedelta(days=random.randrange(380)),
        area=f"Area {number % 60}",
        manager=random.choice(officers) if random.random() < 0.95 else None,
    )


def known(offenders: list[Any], boss: Any, random: Random) -> None:
    """What each has to notify and is found by; and, in the measured force, a quarter briefed to a team."""
    from lapwing_web.moment import UK, now, today
    from lapwing_web.offenders.models import Briefing, OffenderSelector, Requirement
    from lapwing_web.staff.models import Team

    def due(day: date) -> datetime:
        return datetime.combine(day, time(), UK)

    Requirement.objects.bulk_create(
        Requirement(
            offender=one, relevant_on=one.since, disposal="other", first_on=one.since, last_on=one.since,
            next_due_at=due(today() + timedelta(days=random.randrange(-10, 350))), policy="0" * 64,
        )
        for one in offenders
    )  # fmt: skip
    OffenderSelector.objects.bulk_create(
        OffenderSelector(
            offender=one,
            kind="email",
            value=f"offender-{one.pk}@example.com",
            original="x",
            at=now(),
            by=boss,
        )
        for one in offenders
    )
    teams = list(Team.objects.filter(organisation=FORCE, kind="neighbourhood").order_by("pk"))
    Briefing.objects.bulk_create(
        Briefing(
            offender=one, team=random.choice(teams), lines=[["area", "Area", one.area]], issued_on=today(),
            last_on=today() + timedelta(days=random.randrange(1, 90)), acknowledge_by=today(),
            policy="0" * 64, at=now(), by=boss,
        )
        for one in offenders
        if one.organisation_id == FORCE and random.random() < 0.25
    )  # fmt: skip
