"""How long the server takes for the queue, home and attrition pages at 200,000 referrals.

    .venv/bin/python benchmarks/pages.py                                  # SQLite, in a temporary folder
    .venv/bin/python benchmarks/pages.py --postgres postgres://postgres@127.0.0.1:5432/postgres

Makes a database of its own, fills it with made-up referrals and packages, asks for each page as a signed-in
person would (middleware, session, queries, template; no network), and prints the median, the 95th percentile
and the spread in milliseconds, and their ratio to the limit. Below 1 is within it. The database is dropped.
"""

import argparse
import html
import json
import re
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from measuring import Page, gather_statistics, report, signed_in, site

LIMIT_QUEUE, LIMIT_ATTRITION = 100.0, 150.0  # milliseconds
STATES = {  # in per cent, as after a year: most is decided, an eighth is open
    "discarded": 68,
    "received": 9,
    "developing": 3,
    "awaiting_provider": 1,
    "kept": 1,
    "disseminated": 1,
    "accepted": 9,
    "closed": 5,
    "merged": 3,
}
BANDS = {"very_high": 3, "high": 12, "medium": 25, "low": 60}
PAGES = [
    ("queue, first page", "supervisor", "/queue", LIMIT_QUEUE),
    ("queue, a later page", "supervisor", None, LIMIT_QUEUE),
    ("queue, one band", "supervisor", "/queue?band=high", LIMIT_QUEUE),
    (
        "queue, three filters",
        "supervisor",
        "/queue?band=medium&contact=unknown&proposed=actionable",
        LIMIT_QUEUE,
    ),
    ("queue, a company nobody filters by", "supervisor", "/queue?provider=7&whose=me", LIMIT_QUEUE),
    ("queue, text in the account", "supervisor", "/queue?text=subject-0199", LIMIT_QUEUE),
    ("queue, all the discarded", "supervisor", "/queue?list=discarded", LIMIT_QUEUE),
    ("home, supervisor", "supervisor", "/", LIMIT_QUEUE),
    ("home, a force's officer", "officer", "/", LIMIT_QUEUE),
    ("attrition, everything", "supervisor", "/attrition", LIMIT_ATTRITION),
    (
        "attrition, a quarter and a band",
        "supervisor",
        "/attrition?first={quarter}&band=high",
        LIMIT_ATTRITION,
    ),
    ("attrition, one force", "supervisor", "/attrition?force=E23000010", LIMIT_ATTRITION),
    ("attrition, a force's own", "officer", "/attrition", LIMIT_ATTRITION),
]


def main() -> int:
    """Fill, measure, print. Exits 1 when a median is over its limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--referrals", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--postgres", metavar="URL", help="a database in whose server one is made for this")
    arguments = parser.parse_args()
    with site(arguments.postgres):
        began = time.perf_counter()
        fill(arguments.referrals)
        gather_statistics()
        engine = "PostgreSQL" if arguments.postgres else "SQLite"
        print(f"{engine}: {arguments.referrals:,} referrals written in {time.perf_counter() - began:.0f} s")
        return report(pages(), arguments.runs)


def fill(number: int) -> None:
    """Referrals, packages, clocks and two people, in bulk: the rows that the pages read."""
    from lapwing_web.casework.models import Package, Referral, SecondLook
    from lapwing_web.clocks.models import Clock
    from lapwing_web.intake.models import Provider
    from lapwing_web.staff.models import User

    random = Random(1)
    people = {
        name: User.objects.create(username=name, role=role, organisation_id=place)
        for name, role, place in [
            ("supervisor", "supervisor", "NCA"),
            ("officer", "force_officer", "E23000010"),
        ]
    }
    providers = [Provider.objects.create(key=f"example {n}", name=f"Example {n}") for n in range(40)]
    for start in range(0, number, 5000):
        count = range(start, min(start + 5000, number))
        made = [referral(n, number, random, providers, people["supervisor"]) for n in count]
        Referral.objects.bulk_create(made)
        sent = [package(one, random, people["supervisor"]) for one in made if one.sent]
        Package.objects.bulk_create(sent)
        Clock.objects.bulk_create(silence(one, random) for one in sent if one.state == "waiting")
        SecondLook.objects.bulk_create(second_look(one, random) for one in made if random.random() < 0.04)
        Clock.objects.bulk_create(clock(one, random) for one in made if one.state in Referral.OPEN)


def referral(number: int, of: int, random: Random, providers: list[Any], somebody: Any) -> Any:
    """One referral with columns as long as real ones."""
    from lapwing.policy import load
    from lapwing.rules.ranking import rank
    from lapwing_web.casework.models import Referral
    from lapwing_web.moment import now

    at = now() - timedelta(days=365 * (1 - number / of))
    state = random.choices(list(STATES), list(STATES.values()))[0]
    band = random.choices(list(BANDS), list(BANDS.values()))[0]
    contact = random.choices([True, False, None], [3, 17, 80])[0]
    escalated, known = random.random() < 0.02, random.random() < 0.1
    lapse = (at + timedelta(days=random.randrange(30, 365))).date() if random.random() < 0.7 else None
    version = load("ranking").on(at.date())
    place = rank(band, escalated, known, lapse, at.date(), contact, version)
    made = Referral(
        state=state,
        received_at=at,
        last_report_at=at,
        provider=random.choice(providers),
        title=f"subject-{number:06d}",
        proposed_class=random.choice(["actionable", "actionable", "informational"]),
        proposed_rule="actionable",
        risk_band=band,
        risk_points=random.randrange(120),
        risk_present=["seeks_contact", "sextortion"],
        risk_unknown=[f"factor_{n}" for n in range(12)],
        completeness=random.randrange(30, 100),
        policies=dict.fromkeys(("triage", "risk", "primacy", "routing", "ranking", "joining"), "0" * 64),
        rank=place.value,
        why_here=place.why[:300],
        escalated=escalated,
        known_match=known,
        contact_with_children=contact,
        logs_lapse_on=lapse,
        organisation_id="NCA",
        assigned_to=somebody if random.random() < 0.05 else None,
        routing={"evidence": [{"kind": "phone_area", "value": "0113", "note": "x" * 120}] * 3},
        primacy={"met": [], "unknown": ["severe_and_complex", "niche_capability"], "sentence": "x" * 120},
    )
    if state == "discarded":
        made.reason = random.choice(["viral", "adult", "clothed", "no_offence", "ip_not_resolvable"])
        made.decided_by = random.choice([f"rule:{made.reason}", "supervisor"])
    if state == "closed":
        made.outcome, made.reason = random.choice([("1", ""), ("15", "evidential_difficulties")])
    made.sent = state in ("disseminated", "accepted", "closed")
    return made


def package(sent: Any, random: Random, by: Any) -> Any:
    """The package a referral was sent in, to one of ten forces."""
    from lapwing_web.casework.models import Package

    return Package(
        referral=sent,
        kind="dissemination",
        to_id=f"E230000{random.randrange(10, 20)}",
        state="waiting" if sent.state == "disseminated" else "accepted",
        sent_at=sent.received_at,
        sent_by=by,
        risk_band=sent.risk_band,
        title=sent.title,
        content=json.dumps({"x": "y" * 1500}),
        outcome=sent.outcome,
    )


def silence(package: Any, random: Random) -> Any:
    """The clock on a force's answer: half of those that wait were told off for it."""
    due, title = timedelta(days=random.randrange(-5, 5)), f"Answer to {package.reference}"
    return made_clock("silence", f"package:{package.pk}", "sent", title, package.to_id, package.sent_at, due)


def second_look(at: Any, random: Random) -> Any:
    """A sampled decision, nearly always looked at and agreed with."""
    from lapwing_web.casework.models import SecondLook

    of = "discard" if at.state == "discarded" else "low_band"
    looked, agrees = random.random() < 0.98, random.random() < 0.95
    verdict = {"discard": ("actionable", "informational"), "low_band": ("medium", "low")}[of][agrees]
    return SecondLook(
        referral=at,
        sampled_at=at.received_at,
        of=of,
        first_by="rule:viral",
        first_decision={"decision": "discard"},
        looked_at=at.received_at + timedelta(days=2) if looked else None,
        verdict=verdict if looked else "",
        agrees=agrees if looked else None,
    )


def clock(about: Any, random: Random) -> Any:
    """The clock on an open referral's next decision, some of them overdue."""
    due, title = timedelta(hours=random.randrange(-48, 200)), f"Decide {about.reference}"
    return made_clock("triage", f"referral:{about.pk}", "received", title, "NCA", about.received_at, due)


def made_clock(
    kind: str, about: str, event: str, title: str, place: str, started: datetime, left: timedelta,
    warned: timedelta = timedelta(hours=2),
) -> Any:  # fmt: skip
    """A clock that runs, or has run out where nothing is `left`."""
    from lapwing_web.clocks.models import Clock
    from lapwing_web.moment import now

    due = now() + left
    return Clock(
        kind=kind,
        about=about,
        event=event,
        title=title,
        organisation_id=place,
        started_at=started,
        due_at=due,
        warn_at=due - warned,
        state="fired" if due < now() else "running",
        escalated_to="supervisor" if due < now() else "",
    )


def pages() -> Iterator[Page]:
    """The pages with their addresses of today."""
    from lapwing_web.moment import today

    quarter = today() - timedelta(days=91)
    for name, who, path, limit in PAGES:
        yield Page(name, who, (path or later_page(signed_in(who))).format(quarter=quarter), limit)


def later_page(client: Any) -> str:
    """The address of the fourth page, reached as a person would."""
    address = "/queue"
    for _ in range(3):
        found = re.search(r'href="(\?[^"]*after=[^"]*)"', client.get(address).content.decode())
        if found is None:
            raise SystemExit(f"{address} leads no further: ask for more referrals")
        address = "/queue" + html.unescape(found[1])
    return address


if __name__ == "__main__":
    sys.exit(main())
