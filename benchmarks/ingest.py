"""Reports a second through the whole path: read, keep, draw, link, weigh, record, commit. One process.

Beside it, in the same run, its limits: how fast the same files are only read and hashed, and how fast the
rows that the path wrote are inserted by the plain driver into bare tables. A ratio of 1 would mean that the
rules, joining, the audit's chain, indexes and proof cost nothing. Uses a database of its own: an SQLite file
in a temporary folder, and with --postgres URL a database made there and dropped again.

    python -m benchmarks.ingest --reports 2000 --runs 3 --postgres postgres://postgres@127.0.0.1:5432/postgres
"""

import argparse
import json
import os
import statistics
import time
from contextlib import redirect_stdout
from datetime import timedelta
from typing import Any

from benchmarks.engines import on_each_engine

CHUNK = 64


def files(count: int, run: int) -> list[bytes]:
    """`count` reports as documents: three files and six IP events each, one in five of a known account."""
    from tests.mixture import BEGIN, document, instant, ncmec, picture, report, subject

    from lapwing.report import IpEvent

    documents = []
    for n in range(count):
        number = run * 10_000_000 + n
        account = number - 7 if n % 5 == 4 else number
        begun = BEGIN + timedelta(minutes=n % 200_000)
        events = [
            IpEvent(f"203.0.113.{(n + k) % 250}", "login", instant(begun + timedelta(minutes=k)), 40000 + k)
            for k in range(6)
        ]
        person = subject(account, ip_events=events)
        pictures = [picture(number * 3 + k) for k in range(3)]
        if n % 2:
            documents.append(document(report(number, people=[person], files=pictures)))
        else:
            documents.append(document(ncmec(number, people=[person])))
    return documents


def measure(count: int, runs: int) -> list[dict[str, float]]:
    """The rates of each run, in reports a second, in this process and on the database it is set up for."""
    import django

    django.setup()
    from django.core.management import call_command

    from lapwing_web.audit.actions import Rule
    from lapwing_web.casework.actions.receive import Item, receive
    from lapwing_web.commands import setup

    call_command("migrate", verbosity=0)
    parser = argparse.ArgumentParser()
    setup.add_arguments(parser)
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        setup.run(parser.parse_args([]))
    receive([Item("warm", one) for one in files(64, 0)], channel="command", by=Rule("command:benchmark"))
    return [_one_run(files(count, run)) for run in range(1, runs + 1)]


def _one_run(documents: list[bytes]) -> dict[str, float]:
    from lapwing_web.audit.actions import Rule
    from lapwing_web.casework.actions.receive import Item, receive

    count, before = len(documents), _rows()
    reading = _seconds(lambda: _read(documents))
    path = _seconds(
        lambda: receive(
            [Item("f", one) for one in documents], channel="command", by=Rule("command:benchmark")
        )
    )
    inserting = _seconds(lambda: _insert_again(before, count))
    return {"path": count / path, "read_only": count / reading, "insert_only": count / inserting}


def _seconds(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _read(documents: list[bytes]) -> None:
    from io import BytesIO

    from lapwing import exchange

    for one in documents:
        for report in exchange.read(BytesIO(one)):
            exchange.content_sha256(report)


TABLES = (
    "intake_document",
    "intake_report",
    "intake_reportversion",
    "intake_receipt",
    "casework_referral",
    "casework_joining",
    "casework_selector",
    "casework_sighting",
    "casework_ipevent",
    "clocks_clock",
    "audit_auditentry",
)


def _key(table: str) -> str:
    return "position" if table == "audit_auditentry" else "id"


def _rows() -> dict[str, int]:
    """The last key of each table."""
    from django.db import connection

    with connection.cursor() as cursor:
        last = {}
        for table in TABLES:
            cursor.execute(f"SELECT COALESCE(MAX({_key(table)}), 0) FROM {table}")
            last[table] = cursor.fetchone()[0]
    return last


def _insert_again(before: dict[str, int], count: int) -> None:
    """Insert the rows that a run added into bare copies of their tables, in as many commits; then drop."""
    from django.db import connection, transaction

    copied: dict[str, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        for table, last in before.items():
            cursor.execute(f"SELECT * FROM {table} WHERE {_key(table)} > %s", [last])
            copied[table] = cursor.fetchall()
            cursor.execute(f"CREATE TABLE bare_{table} AS SELECT * FROM {table} LIMIT 0")
        batches = -(-count // CHUNK)
        for batch in range(batches):
            with transaction.atomic():
                for table, rows in copied.items():
                    share = rows[len(rows) * batch // batches : len(rows) * (batch + 1) // batches]
                    if share:
                        marks = ", ".join(["%s"] * len(share[0]))
                        _insert(cursor, f"INSERT INTO bare_{table} VALUES ({marks})", share)
        for table in before:
            cursor.execute(f"DROP TABLE bare_{table}")


def _insert(cursor: Any, sql: str, rows: list[tuple[Any, ...]]) -> None:
    """JSON columns come back from PostgreSQL as text or values: hand them on as text."""
    cursor.executemany(
        sql, [[json.dumps(v) if isinstance(v, dict | list) else v for v in row] for row in rows]
    )


def show(engine: str, rates: list[dict[str, float]]) -> None:
    """The median of each rate with its spread, and the path's ratio to its limits in the same run."""
    for name, words in (
        ("path", "the whole path"),
        ("read_only", "only read and hash"),
        ("insert_only", "only insert the same rows"),
    ):
        some = [rate[name] for rate in rates]
        middle, spread = statistics.median(some), f"{min(some):,.0f} to {max(some):,.0f}"
        print(f"{engine:10} {words:26} {middle:8,.0f} a second ({spread})")
    bound = [1 / (1 / rate["read_only"] + 1 / rate["insert_only"]) for rate in rates]
    ratios = [rate["path"] / limit for rate, limit in zip(rates, bound, strict=True)]
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    print(f"{engine:10} {'ratio to read and insert':26} {statistics.median(ratios):8.2f} ({spread})")


def main() -> None:
    """Measure on SQLite, and on PostgreSQL where one is given."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reports", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--postgres", metavar="URL", help="a server where a database may be made and dropped")
    given = parser.parse_args()
    on_each_engine("ingest", given.postgres, given.reports, given.runs, show)


if __name__ == "__main__":
    main()
