"""How long the server takes for the companies' pages at 200,000 reports, most of them of one company.

    .venv/bin/python benchmarks/companies.py                                  # SQLite, in a temporary folder
    .venv/bin/python benchmarks/companies.py --postgres postgres://postgres@127.0.0.1:5432/postgres

Makes a database of its own, fills it with made-up reports, receipts, submissions and requests, asks for each
page as `pages.py` does, and prints the same columns. Below 1 is within the limit. The database is dropped.
"""

import argparse
import sys
import time
from datetime import timedelta
from random import Random
from typing import Any

from measuring import Page, gather_statistics, report, site

COMPANIES = 2_000
LIMIT_LIST, LIMIT_COMPANY = 150.0, 400.0  # milliseconds
PAGES = [
    ("companies, what needs attention", "/providers", LIMIT_LIST),
    ("companies, least complete", "/providers?order=complete", LIMIT_LIST),
    ("companies, a part of a name", "/providers?q=Example+19", LIMIT_LIST),
    ("companies, the last page", "/providers?page=40", LIMIT_LIST),
    ("company of most reports, 12 months", "/providers/{big}", LIMIT_COMPANY),
    ("company of most reports, 60 months", "/providers/{big}?first=2015-01-01", LIMIT_COMPANY),
    ("company of most reports, one month", "/providers/{big}?first={month}", LIMIT_COMPANY),
    ("company of few reports", "/providers/{small}", LIMIT_COMPANY),
    ("receipts of the company of most", "/receipts?show=new&provider={big}", LIMIT_COMPANY),
]


def main() -> int:
    """Fill, measure, print. Exits 1 when a median is over its limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reports", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--postgres", metavar="URL", help="a database in whose server one is made for this")
    arguments = parser.parse_args()
    with site(arguments.postgres):
        began = time.perf_counter()
        big, small = fill(arguments.reports)
        engine = "PostgreSQL" if arguments.postgres else "SQLite"
        print(f"{engine}: {arguments.reports:,} reports written in {time.perf_counter() - began:.0f} s")
        return report(pages(big, small), arguments.runs)


def fill(number: int) -> tuple[int, int]:
    """Everything that the pages read. Returns the keys of the company of most reports and of one of few."""
    from lapwing_web.intake.models import Account, Document, Provider
    from lapwing_web.moment import now
    from lapwing_web.staff.models import User

    random = Random(1)
    somebody = User.objects.create(username="supervisor", role="supervisor", organisation_id="NCA")
    companies = [Provider(key=f"example {n}", name=f"Example {n}") for n in range(COMPANIES)]
    companies = Provider.objects.bulk_create(companies)
    accounts = Account.objects.bulk_create(
        Account(provider=one, username=f"account-{one.pk}", environment="test", made_at=now())
        for one in companies
    )
    document = Document.objects.create(sha256="0" * 64, size=1, content=b"x", received_at=now())
    for start in range(0, number, 5000):
        some(range(start, min(start + 5000, number)), number, random, accounts, document, somebody)
    gather_statistics()
    return companies[0].pk, companies[-1].pk


def some(count: range, of: int, random: Random, accounts: list[Any], document: Any, by: Any) -> None:
    """Some reports, each with its receipt, referral, measure and submission."""
    from lapwing_web.intake.models import Report
    from lapwing_web.moment import now

    ats = [now() - timedelta(days=365 * (1 - n / of)) for n in count]
    whose = [accounts[0] if random.random() < 0.6 else random.choice(accounts) for _ in count]
    reports = Report.objects.bulk_create(
        Report(provider=one.provider, reference=f"R-{n}", received_at=at, format="ncmec-report")
        for n, at, one in zip(count, ats, whose, strict=True)
    )
    measures(reports, random)
    arrived(reports, whose, random, document)
    asked(reports, random, by)


def measures(reports: list[Any], random: Random) -> None:
    """What each holds. A company's software leaves out the same things again: forty habits of each."""
    from lapwing.policy import load
    from lapwing_web.casework.models import Measure
    from lapwing_web.moment import UK

    def lacks(one: Any) -> str:
        items = load("completeness").on(one.received_at.astimezone(UK).date()).items
        habit = Random(f"{one.provider_id} {random.randrange(40)}")
        return " ".join(name for name in items if habit.random() < 0.3)

    Measure.objects.bulk_create(
        Measure(
            report=one,
            provider=one.provider,
            received_at=one.received_at,
            completeness=random.randrange(20, 100),
            missing=lacks(one),
            escalated=random.random() < 0.02,
            known_match=random.random() < 0.2,
            files=random.randrange(5),
        )
        for one in reports
    )


def arrived(reports: list[Any], accounts: list[Any], random: Random, document: Any) -> None:
    """A receipt and a submission of each."""
    from lapwing_web.intake.models import Receipt, Submission

    states = ["new"] * 850 + ["new_version"] * 50 + ["duplicate"] * 50 + ["cleared"] * 48 + ["rejected"] * 2
    Receipt.objects.bulk_create(
        Receipt(
            state=random.choice(states),
            received_at=one.received_at,
            provider=one.provider,
            channel="ispws",
            document=document,
            sha256="0" * 64,
            report=one,
        )
        for one in reports
    )
    ends = ["finished"] * 960 + ["retracted"] * 20 + ["lapsed"] * 18 + ["open"] * 2
    Submission.objects.bulk_create(
        Submission(
            account=account,
            channel="ispws",
            state=random.choice(ends),
            document=document,
            sha256=f"{one.pk:064x}",
            opened_at=one.received_at,
            changed_at=one.received_at,
            lapses_at=one.received_at + timedelta(days=1),
        )
        for account, one in zip(accounts, reports, strict=True)
    )


def asked(reports: list[Any], random: Random, by: Any) -> None:
    """A referral of each, and requests for more about some, with their clocks."""
    from lapwing_web.casework.models import Enquiry, Referral
    from lapwing_web.clocks.models import Clock

    referrals = Referral.objects.bulk_create(
        Referral(
            state="received",
            received_at=one.received_at,
            last_report_at=one.received_at,
            provider=one.provider,
            title="subject",
            risk_band="low",
            organisation_id="NCA",
        )
        for one in reports
    )
    enquiries = Enquiry.objects.bulk_create(
        Enquiry(
            referral=one,
            asked_by=by,
            asked_at=one.received_at,
            missing=["ip_port"],
            text="x",
            answered_at=one.received_at + timedelta(days=3) if random.random() < 0.7 else None,
        )
        for one in referrals
        if random.random() < 0.03
    )
    Clock.objects.bulk_create(
        Clock(
            kind="provider_answer",
            about=f"referral:{one.referral_id}",
            event=f"enquiry {one.pk}",
            title="x",
            organisation_id="NCA",
            state="settled" if one.answered_at or random.random() < 0.8 else "fired",
            started_at=one.asked_at,
            due_at=one.asked_at + timedelta(days=14),
            warn_at=one.asked_at,
        )
        for one in enquiries
    )


def pages(big: int, small: int) -> list[Page]:
    """The pages with their addresses of today."""
    from lapwing_web.moment import today

    where = {"big": big, "small": small, "month": today().replace(day=1)}
    return [Page(name, "supervisor", path.format(**where), limit) for name, path, limit in PAGES]


if __name__ == "__main__":
    sys.exit(main())
