"""How long the server takes for a force's pages at 200,000 referrals and 50,000 cases.

    .venv/bin/python benchmarks/forces.py                                  # SQLite, in a temporary folder
    .venv/bin/python benchmarks/forces.py --postgres postgres://postgres@127.0.0.1:5432/postgres

Makes a database of its own, fills it with made-up referrals, packages, cases, suspects, answers, gaps and
clocks, a tenth of the cases in one force and a third of them open, asks for each page as `pages.py` does, and
prints the same columns. Below 1 is within the limit. The database is dropped.
"""

import argparse
import statistics
import sys
import time
from datetime import timedelta
from random import Random
from typing import Any

from pages import BANDS, fill, measured, site

LIMIT = 150.0  # milliseconds
FORCE = "E23000010"
PAGES = [
    ("supervision", "supervisor-force", "/supervision"),
    ("home, supervisor", "supervisor-force", "/"),
    ("home, officer", "officer", "/"),
    ("cases, supervisor", "supervisor-force", "/cases"),
    ("cases allocated to nobody", "supervisor-force", "/cases?show=nobody"),
    ("cases, a band", "supervisor-force", "/cases?band=high"),
    ("gaps", "supervisor-force", "/gaps"),
    ("allocation", "supervisor-force", "/allocation"),
    ("examinations", "supervisor-force", "/examinations"),
    ("packages", "supervisor-force", "/packages"),
    ("deadlines", "supervisor-force", "/clocks"),
    ("what became of it", "officer", "/became"),
    ("queue, the agency's", "supervisor", "/queue"),
    ("home, the agency's supervisor", "supervisor", "/"),
    ("supervision, the agency's", "supervisor", "/supervision"),
]


def main() -> int:
    """Fill, measure, print. Exits 1 when a median is over its limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--referrals", type=int, default=200_000)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--postgres", metavar="URL", help="a database in whose server one is made for this")
    arguments = parser.parse_args()
    with site(arguments.postgres):
        began = time.perf_counter()
        fill_cases(arguments.cases)
        fill(arguments.referrals)  # last: it has the database gather its statistics
        engine = "PostgreSQL" if arguments.postgres else "SQLite"
        spent = time.perf_counter() - began
        print(
            f"{engine}: {arguments.referrals:,} referrals, {arguments.cases:,} cases written in {spent:.0f} s"
        )
        return report(arguments.runs)


def fill_cases(number: int) -> None:
    """Cases of forty forces with what hangs on them, in bulk: the rows that the pages read."""
    from lapwing_web.staff.models import Organisation, User

    random = Random(2)
    forces = list(Organisation.objects.filter(kind="force").order_by("code").values_list("code", flat=True))
    forces.remove(FORCE)
    boss = User.objects.create(username="supervisor-force", role="supervisor", organisation_id=FORCE)
    officers = [
        User.objects.create(username=f"officer-{n}", role="force_officer", organisation_id=FORCE)
        for n in range(60)
    ]
    for start in range(0, number, 5000):
        count = range(start, min(start + 5000, number))
        write([made_case(n, number, random, forces, officers) for n in count], boss, random)


def made_case(number: int, of: int, random: Random, forces: list[str], officers: list[Any]) -> Any:
    """A case: a tenth are the measured force's, a third of all are open, most of those allocated."""
    from lapwing_web.casework.models import Case
    from lapwing_web.moment import now

    ours = random.random() < 0.1
    opened = now() - timedelta(days=730 * (1 - number / of), hours=1)
    still = random.random() < 0.33
    return Case(
        organisation_id=FORCE if ours else random.choice(forces),
        state="open" if still else random.choice(["closed", "closed", "joined", "returned"]),
        band=random.choices(list(BANDS), list(BANDS.values()))[0],
        title=f"subject-{number:06d}",
        owner=random.choice(officers) if ours and random.random() < 0.85 else None,
        allocated_at=opened,
        opened_at=opened,
        closed_at=None if still else opened + timedelta(days=60),
    )


def write(cases: list[Any], boss: Any, random: Random) -> None:
    """The cases, and their suspects, answers, gaps, exhibits, clocks and the history that is read."""
    from lapwing_web.audit.models import AuditEntry
    from lapwing_web.casework.models import Case, ContactAnswer, Exhibit, Gap, Suspect
    from lapwing_web.clocks.models import Clock

    Case.objects.bulk_create(cases)
    suspects = [
        Suspect(case=one, number=1, label=one.title, is_child=None, at=one.opened_at) for one in cases
    ]
    Suspect.objects.bulk_create(suspects)
    ContactAnswer.objects.bulk_create(answer for one in cases for answer in answers(one, boss, random))
    Exhibit.objects.bulk_create(exhibit for one in cases for exhibit in exhibits(one, random))
    Gap.objects.bulk_create(gap(one, random) for one in suspects if random.random() < 0.15)
    Clock.objects.bulk_create(clock for one in cases for clock in clocks(one, random))
    last = AuditEntry.objects.order_by("-position").values_list("position", flat=True).first() or 0
    AuditEntry.objects.bulk_create(
        entry(one, last + 1 + n, step)
        for n, (one, step) in enumerate((o, s) for o in cases for s in range(4))
    )


def answers(case: Any, boss: Any, random: Random) -> list[Any]:
    """What is known of contact with children: most of the questions, mostly no."""
    from lapwing_web.casework.models import ContactAnswer
    from lapwing_web.casework.models.contact import version

    return [
        ContactAnswer(
            case=case, question=question, answer=random.choices(["no", "yes", "unknown"], [8, 1, 1])[0],
            source="Children's services", on=case.opened_at.date(), at=case.opened_at, by=boss,
            expires_on=case.opened_at.date() + timedelta(days=90),
        )
        for question in version().questions if random.random() < 0.8
    ]  # fmt: skip


def exhibits(case: Any, random: Random) -> list[Any]:
    """Up to three devices, some of which wait for examination."""
    from lapwing_web.casework.models import Exhibit

    made = []
    for number in range(1, random.randrange(1, 4)):
        queued = case.state == "open" and random.random() < 0.4
        made.append(
            Exhibit(
                case=case, number=f"EX/{number}", kind="phone", description="A telephone", gigabytes=128,
                state="queued" if queued else "held", queued_on=case.opened_at.date() if queued else None,
            )
        )  # fmt: skip
    return made


def gap(suspect: Any, random: Random) -> Any:
    """A gap: open or signed where the case is open."""
    from lapwing_web.casework.models import Gap

    state = (
        random.choice(["open", "signed", "signed", "signed"]) if suspect.case.state == "open" else "closed"
    )
    begins = suspect.case.opened_at + timedelta(days=random.randrange(1, 90))
    return Gap(suspect=suspect, state=state, begins_at=begins, found_at=suspect.case.opened_at)


def clocks(case: Any, random: Random) -> list[Any]:
    """The clocks of a case: settled where it is closed, a few of them fired where it is open."""
    from lapwing_web.clocks.models import Clock
    from lapwing_web.moment import now

    made = []
    for kind in ("allocation", "contact_questions", "contact_expiry", "bail"):
        due = case.opened_at + timedelta(days=random.randrange(20, 400))
        running = case.state == "open" and random.random() < 0.4
        state = ("fired" if due < now() and random.random() < 0.2 else "running") if running else "settled"
        due = due if due > now() or state != "running" else now() + timedelta(days=random.randrange(1, 60))
        made.append(
            Clock(
                kind=kind, about=f"case:{case.pk}", event="opened", title=f"{kind} of {case.reference}",
                organisation_id=case.organisation_id, owner=case.owner, started_at=case.opened_at, due_at=due,
                warn_at=due - timedelta(days=2), state=state, escalated_to="supervisor",
            )
        )  # fmt: skip
    return made


def entry(case: Any, position: int, step: int) -> Any:
    """A row of the history. It is read, and not verified: its hash says nothing."""
    from lapwing_web.audit.models import AuditEntry

    return AuditEntry(
        position=position, at=case.opened_at + timedelta(days=step * 5), by="officer-1", role="force_officer",
        organisation=case.organisation_id, action="work", about=f"case:{case.pk}", to="", why="", old="",
        new='{"x":"' + "y" * 120 + '"}', policy="", previous="0" * 64, hash=f"{position:064d}",
    )  # fmt: skip


def report(runs: int, pages: list[tuple[str, str, str]] = PAGES) -> int:
    """Measure each of `pages` and print one line each."""
    from django.test import Client

    from lapwing_web.staff.models import User

    print(
        f"{'page':<34}{'p50 ms':>8}{'p95 ms':>8}{'spread ms':>16}{'cpu ms':>8}"
        f"{'p50/limit':>11}{'p95/limit':>11}"
    )
    slow = 0
    for name, who, address in pages:
        client = Client()
        client.force_login(User.objects.get(username=who))
        times, cpu = measured(client, address, runs)
        middle, high = statistics.median(times), sorted(times)[int(len(times) * 0.95) - 1]
        slow += middle > LIMIT
        spread = f"{min(times):.1f}–{max(times):.1f}"
        print(
            f"{name:<34}{middle:>8.1f}{high:>8.1f}{spread:>16}{cpu:>8.1f}"
            f"{middle / LIMIT:>11.2f}{high / LIMIT:>11.2f}"
        )
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
