"""What the benchmarks of pages share: a site of their own, the time of a page, and the table printed."""

import os
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from engines import on_postgres


class Page(NamedTuple):
    """A page to be measured: its name in the table, who asks, its address, and its limit in milliseconds."""

    name: str
    who: str
    address: str
    limit: float = 150.0


@contextmanager
def site(postgresql: str | None, keep: Path | None = None) -> Iterator[None]:
    """A home and an empty database that are gone afterwards.

    With `keep`, a folder, both stay: SQLite's file in it, or the very database that `postgresql` names.
    """
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        _set_up(keep.resolve(), postgresql)
        yield
        return
    with tempfile.TemporaryDirectory(prefix="lapwing-benchmark-") as home:
        if postgresql is None:
            _set_up(Path(home), None)
            yield
            return
        with on_postgres(postgresql) as url:
            _set_up(Path(home), url)
            yield


def _set_up(home: Path, url: str | None) -> None:
    import django
    from django.core.management import call_command

    os.environ.update(LAPWING_HOME=str(home), DJANGO_SETTINGS_MODULE="lapwing_web.settings")
    os.environ["DATABASE_URL"] = url or f"sqlite:///{home}/benchmark.sqlite3"
    django.setup()
    from lapwing_web.staff.actions import load_organisations

    call_command("migrate", verbosity=0)
    load_organisations()


def gather_statistics() -> None:
    """What PostgreSQL's autovacuum does by itself a while after a load, and a large ingest does on SQLite."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def signed_in(username: str) -> Any:
    """A browser in which this person has signed in."""
    from django.test import Client

    from lapwing_web.staff.models import User

    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def measured(client: Any, address: str, runs: int) -> tuple[list[float], float]:
    """Milliseconds of each of `runs` answers, after three that are not counted; and the median of this
    process's own work, which a busy machine lengthens less (SQLite's is in it, PostgreSQL's is not).
    """
    times, work = [], []
    for run in range(runs + 3):
        began, busy = time.perf_counter(), time.process_time()
        answer = client.get(address)
        if run >= 3:
            times.append((time.perf_counter() - began) * 1000)
            work.append((time.process_time() - busy) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
    return times, statistics.median(work)


def report(pages: Iterable[Page], runs: int) -> int:
    """Measure each page and print a line of it. Returns 1 when a median is over its limit, else 0."""
    print(
        f"{'page':<38}{'p50 ms':>8}{'p95 ms':>8}{'spread ms':>16}{'cpu ms':>8}{'limit':>7}"
        f"{'p50/limit':>11}{'p95/limit':>11}"
    )
    slow, clients = 0, {}
    for name, who, address, limit in pages:
        client = clients.setdefault(who, None) or signed_in(who)
        clients[who] = client
        times, cpu = measured(client, address, runs)
        middle, high = statistics.median(times), sorted(times)[int(len(times) * 0.95) - 1]
        slow += middle > limit
        spread = f"{min(times):.1f}–{max(times):.1f}"
        print(
            f"{name:<38}{middle:>8.1f}{high:>8.1f}{spread:>16}{cpu:>8.1f}{limit:>7.0f}"
            f"{middle / limit:>11.2f}{high / limit:>11.2f}",
            flush=True,
        )
    return 1 if slow else 0


def statements(pages: Iterable[Page], most: int = 4) -> None:
    """Print how many statements each page makes, and of those that read the slowest with their plans.

    Each is asked again by itself, to the last row: SQLite works while rows are fetched.
    """
    from django.db import connection

    for page in pages:
        client, made = signed_in(page.who), Made()
        client.get(page.address)
        with connection.execute_wrapper(made):
            client.get(page.address)
        each = [(_took(sql, given), sql, given) for sql, given in made.each if sql.startswith("SELECT")]
        each.sort(key=lambda one: -one[0])
        spent = sum(took for took, _, _ in each)
        print(f"\n== {page.name} {page.address}: {len(made.each)} statements, {spent:.1f} ms")
        for took, sql, given in each[:most]:
            print(f"-- {took:.1f} ms: {sql[:900]} {str(given)[:200]}\n{_plan(sql, given)}")


class Made:
    """The statements that a page makes, each with what was given to it."""

    def __init__(self) -> None:
        self.each: list[tuple[str, Any]] = []

    def __call__(self, execute: Any, sql: str, given: Any, many: bool, context: Any) -> Any:
        """Keep one, and go on."""
        self.each.append((sql, given))
        return execute(sql, given, many, context)


def _took(sql: str, given: Any) -> float:
    """Milliseconds of one statement, the least of three times."""
    from django.db import connection

    times = []
    for _ in range(3):
        with connection.cursor() as cursor:
            began = time.perf_counter()
            cursor.execute(sql, given)
            cursor.fetchall()
            times.append((time.perf_counter() - began) * 1000)
    return min(times)


def _plan(sql: str, given: Any) -> str:
    """As the engine plans it with what was given: a partial index is not chosen for every value."""
    from django.db import connection

    on_postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN (ANALYZE, BUFFERS) " if on_postgres else "EXPLAIN QUERY PLAN ") + sql, given)
        return "\n".join(f"   {row[0] if on_postgres else row[3]}" for row in cursor.fetchall())
