"""How long the server takes for the pages of registered offenders at 80,000 of them.

    .venv/bin/python benchmarks/offenders.py                                  # SQLite, in a temporary folder
    .venv/bin/python benchmarks/offenders.py --postgres postgres://postgres@127.0.0.1:5432/postgres

Makes a database of its own and registers made-up offenders by the action that a register comes in by, with
the clocks and the audit of each: a tenth in one force, 200 to a manager in eight teams, the rest elsewhere.
Then it asks for each page as `pages.py` does, and prints the same columns. Below 1 is within the limit. The
database is dropped.
"""

import argparse
import sys
import time
from datetime import timedelta
from random import Random
from typing import Any

from forces import FORCE, report
from pages import BANDS, site

PAGES = [
    ("offenders, all", "supervisor-force", "/offenders?show=all"),
    ("offenders, a later page", "supervisor-force", "/offenders?show=all&skip=4000"),
    ("offenders, visit overdue", "supervisor-force", "/offenders?show=visits"),
    ("offenders, a level", "supervisor-force", "/offenders?show=all&level=high"),
    ("offenders, mine", "officer-0", "/offenders"),
    ("caseload", "supervisor-force", "/caseload"),
    ("missing from notification", "supervisor-force", "/offenders/notification"),
    ("a round of visits", "officer-0", "/offenders/round"),
    ("home, supervisor", "supervisor-force", "/"),
    ("home, officer", "officer-0", "/"),
    ("supervision", "supervisor-force", "/supervision"),
    ("deadlines", "supervisor-force", "/clocks"),
]


def main() -> int:
    """Fill, measure, print. Exits 1 when a median is over its limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--offenders", type=int, default=80_000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--postgres", metavar="URL", help="a database in whose server one is made for this")
    arguments = parser.parse_args()
    with site(arguments.postgres):
        began = time.perf_counter()
        fill(arguments.offenders)
        engine = "PostgreSQL" if arguments.postgres else "SQLite"
        print(
            f"{engine}: {arguments.offenders:,} offenders registered in {time.perf_counter() - began:.0f} s"
        )
        return report(arguments.runs, PAGES)


def fill(number: int) -> None:
    """Offenders of forty forces, a tenth of them in the measured one."""
    from django.db import connection

    from lapwing_web.clocks.actions import fire_due
    from lapwing_web.offenders.actions.registering import register_all
    from lapwing_web.staff.models import Organisation

    random = Random(3)
    forces = list(Organisation.objects.filter(kind="force").order_by("code"))
    others = [place for place in forces if place.pk != FORCE]
    ours = next(place for place in forces if place.pk == FORCE)
    shares = [(ours, number // 10), *((place, number * 9 // 10 // len(others)) for place in others)]
    for place, count in shares:
        boss, officers = _people(place, max(1, count // 200))
        for start in range(0, count, 2000):
            news = [made(n, random, officers) for n in range(start, min(start + 2000, count))]
            register_all(news, by=boss)
    fire_due()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _people(place: Any, managers: int) -> tuple[Any, list[Any]]:
    """A supervisor and the managers of a force, in up to eight teams."""
    from lapwing_web.staff.models import Team, User

    name = "" if place.pk == FORCE else f"-{place.pk}"
    boss = User.objects.create(username=f"supervisor-force{name}", role="supervisor", organisation=place)
    teams = [
        Team.objects.create(organisation=place, name=f"Team {n}", kind="offender_management")
        for n in range(min(8, managers))
    ]
    return boss, [
        User.objects.create(
            username=f"officer-{n}{name}",
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


if __name__ == "__main__":
    sys.exit(main())
