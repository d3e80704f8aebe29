"""How long the server takes for every page that a force or the agency opens daily, all of it in one database.

    .venv/bin/python benchmarks/daily.py                                  # SQLite, in a temporary folder
    .venv/bin/python benchmarks/daily.py --postgres postgres://postgres@127.0.0.1:5432/postgres

Fills a database of its own with 200,000 made-up referrals, 50,000 cases and 80,000 registered offenders, a
tenth of the cases and the offenders in the force that is measured, asks for each page as a signed-in person
would (middleware, session, queries, template; no network), and prints the median, the 95th percentile and the
spread in milliseconds, this process's own work, and the ratio to the limit. Below 1 is within it.

The database is dropped, unless `--keep FOLDER` says where it stays to be measured again: with `--postgres`
it is the very database that the URL names, which must be empty the first time. `--pages TEXT` takes the pages
whose name or address has that text; `--statements` shows their slowest statements, with the plans, and
measures nothing.
"""

import argparse
import sys
import time
from pathlib import Path

from made_cases import fill_cases
from made_offenders import fill_offenders
from made_people import fill_people, fill_work
from made_reports import fill_reports
from measuring import Page, gather_statistics, report, site, statements
from pages import fill

PAGES = [
    Page("supervision", "supervisor-force", "/supervision"),
    Page("supervision, the auditor's", "auditor-force", "/supervision"),
    Page("supervision, the agency's", "supervisor", "/supervision"),
    Page("home, supervisor", "supervisor-force", "/"),
    Page("home, officer", "officer-0", "/"),
    Page("home, offender manager", "manager-0", "/"),
    Page("home, neighbourhood officer", "neighbour-0", "/"),
    Page("home, auditor", "auditor-force", "/"),
    Page("home, administrator", "administrator-force", "/"),
    Page("home, the agency's supervisor", "supervisor", "/"),
    Page("home, the agency's intake", "intake", "/"),
    Page("home, the agency's intelligence", "intelligence", "/"),
    Page("home, the agency's auditor", "auditor", "/"),
    Page("home, the agency's administrator", "administrator", "/"),
    Page("queue", "supervisor", "/queue"),
    Page("queue, three filters", "supervisor", "/queue?band=medium&contact=unknown&proposed=actionable"),
    Page("queue, all the discarded", "supervisor", "/queue?list=discarded"),
    Page("packages", "supervisor-force", "/packages"),
    Page("packages, accepted", "supervisor-force", "/packages?show=accepted"),
    Page("packages, the agency's", "supervisor", "/packages"),
    Page("cases", "supervisor-force", "/cases"),
    Page("cases allocated to nobody", "supervisor-force", "/cases?show=nobody"),
    Page("cases, closed", "supervisor-force", "/cases?show=closed"),
    Page("gaps", "supervisor-force", "/gaps"),
    Page("examinations", "supervisor-force", "/examinations"),
    Page("allocation", "supervisor-force", "/allocation"),
    Page("reviews of records", "supervisor-force", "/reviews"),
    Page("disposals", "supervisor-force", "/disposals"),
    Page("offenders, all", "supervisor-force", "/offenders?show=all"),
    Page("offenders, a later page", "supervisor-force", "/offenders?show=all&skip=4000"),
    Page("offenders, visit overdue", "supervisor-force", "/offenders?show=visits"),
    Page("offenders, a level", "supervisor-force", "/offenders?show=all&level=high"),
    Page("offenders, mine", "manager-0", "/offenders"),
    Page("offenders recognised", "supervisor-force", "/offenders/referrals"),
    Page("missing from notification", "supervisor-force", "/offenders/notification"),
    Page("a round of visits", "manager-0", "/offenders/round"),
    Page("caseload", "supervisor-force", "/caseload"),
    Page("briefings", "supervisor-force", "/briefings"),
    Page("briefings, a neighbourhood officer's", "neighbour-0", "/briefings"),
    Page("notifications", "supervisor-force", "/notifications"),
    Page("notifications, all", "supervisor-force", "/notifications?show=all"),
    Page("deadlines", "supervisor-force", "/clocks"),
    Page("deadlines, the agency's", "supervisor", "/clocks"),
    Page("training", "supervisor-force", "/training"),
    Page("welfare", "supervisor-force", "/welfare"),
    Page("what became of it", "officer-0", "/became"),
    Page("what became of it, the agency's", "supervisor", "/became"),
    Page("second looks", "intake", "/second-looks"),
    Page("receipts", "intake", "/receipts"),
    Page("search, a case's reference", "officer-0", "/search?q=CS-0000123"),
    Page("search, a name", "officer-0", "/search?q=Example+subject-0499"),
    Page("search, a selector", "officer-0", "/search?q=subject-049999%40example.com"),
    Page("search, the agency's, a selector", "supervisor", "/search?q=subject-049999%40example.com"),
    Page("search, the agency's, a beginning", "supervisor", "/search?q=subject-04"),
]


def main() -> int:
    """Fill, measure, print. Exits 1 when a median is over its limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--referrals", type=int, default=200_000)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--offenders", type=int, default=80_000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--postgres", metavar="URL", help="a database in whose server one is made for this")
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help="where the database stays")
    parser.add_argument("--pages", metavar="TEXT", default="", help="only pages with this in name or address")
    parser.add_argument("--statements", action="store_true", help="show the slowest statements of each page")
    asked = parser.parse_args()
    engine = "PostgreSQL" if asked.postgres else "SQLite"
    with site(asked.postgres, asked.keep):
        filled = asked.keep / f"filled-{engine}" if asked.keep else None
        if filled is None or not filled.exists():
            print(f"{engine}: {fill_all(asked.referrals, asked.cases, asked.offenders)}", flush=True)
            if filled:
                filled.touch()
        pages = [page for page in PAGES if asked.pages in page.name or asked.pages in page.address]
        if asked.statements:
            statements(pages)
            return 0
        return report(pages, asked.runs)


def fill_all(referrals: int, cases: int, offenders: int) -> str:
    """Everything that the pages read, in bulk. Returns what was written and in how long, in words."""
    began = time.perf_counter()
    fill(referrals)
    fill_people()
    fill_offenders(offenders)  # by the action, which chains the audit: before rows whose hashes say nothing
    fill_cases(cases)
    fill_reports()
    fill_work()
    gather_statistics()
    spent = time.perf_counter() - began
    return f"{referrals:,} referrals, {cases:,} cases, {offenders:,} offenders written in {spent:.0f} s"


if __name__ == "__main__":
    sys.exit(main())
