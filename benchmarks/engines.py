"""The databases that benchmarks measure on: each made for one run, and gone afterwards."""

import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[1]
Found = list[dict[str, Any]]


def on_each_engine(
    module: str, postgresql: str | None, count: int, runs: int, show: Callable[[str, Found], None]
) -> None:
    """Show what `benchmarks.<module>.measure(count, runs)` finds on SQLite and, where a server is given, on
    PostgreSQL: each in a process of its own. SystemExit when one fails.
    """
    with tempfile.TemporaryDirectory(prefix="lapwing-benchmark-") as folder:
        home = Path(folder)
        show("SQLite", _measured(module, f"sqlite:///{home / 'lapwing.sqlite3'}", home, count, runs))
        if postgresql:
            with on_postgres(postgresql) as url:
                show("PostgreSQL", _measured(module, url, home, count, runs))


@contextmanager
def on_postgres(server: str) -> Iterator[str]:
    """The address of a database made on that server, and dropped afterwards."""
    name = f"lapwing_benchmark_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            link.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _measured(module: str, url: str, home: Path, count: int, runs: int) -> Found:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "LAPWING_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "lapwing_web.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    code = f"import json; from benchmarks.{module} import measure as m; print(json.dumps(m({count}, {runs})))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.returncode)
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found
