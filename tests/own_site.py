"""A whole site apart: its own home and database on the engine under test, driven through real processes."""

import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Composed, Identifier

ROOT = Path(__file__).resolve().parents[1]


class Site:
    """`run("ingest", folder)` runs a verb of `lapwing-web` to its end; `start(…)` leaves it running."""

    def __init__(self, home: Path, database_url: str) -> None:
        self.home = home
        self.database_url = database_url
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("LAPWING_", "DJANGO_"))},
            "LAPWING_HOME": str(home),
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "lapwing_web.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "PYTHONUNBUFFERED": "1",
        }
        self.said = ""  # when it was set up
        self.started: list[subprocess.Popen[str]] = []

    def command(self, verb: str, *arguments: object) -> list[str]:
        """The command line of a verb of `lapwing-web`."""
        run = "import sys; from lapwing_web.commands import main; sys.exit(main(sys.argv[1:]))"
        return [sys.executable, "-c", run, verb, *map(str, arguments)]

    def run(self, verb: str, *arguments: object, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a verb to its end, with its output; a failure raises unless check=False."""
        return self._finished(self.command(verb, *arguments), check)

    def start(self, verb: str, *arguments: object) -> subprocess.Popen[str]:
        """Start a verb in a process group of its own and leave it running; ended with the test."""
        return self._started(self.command(verb, *arguments))

    def start_python(self, module: str, *arguments: object) -> subprocess.Popen[str]:
        """Start a module of the tests in the site, in the same way."""
        return self._started([sys.executable, "-m", module, *map(str, arguments)])

    def _started(self, command: list[str]) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def python(self, code: str) -> str:
        """Run code in the site, with Django set up, and return what it printed."""
        start = "import django\nfrom lapwing.cli import importing\nwith importing():\n    django.setup()\n"
        return self._finished([sys.executable, "-c", start + code], True).stdout

    def count(self, table: str) -> int:
        """The rows of a table that are committed now, asked of the database itself."""
        counting = f"SELECT COUNT(*) FROM {table}"
        if self.database_url.startswith("postgres"):
            with psycopg.connect(self.database_url) as postgres:
                return int(postgres.execute(counting.encode()).fetchone()[0])  # type: ignore[index]
        with closing(sqlite3.connect(urlsplit(self.database_url).path)) as sqlite:
            return int(sqlite.execute(counting).fetchone()[0])

    def _finished(self, command: list[str], check: bool) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=300)
        if check and done.returncode:
            raise AssertionError(f"{command[3:]} gave {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def end(self) -> None:
        """Kill what is still running."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()


@contextmanager
def make_template(folder: Path) -> Iterator[Site]:
    """A site that is set up (migrated, organisations loaded) for others to be copied from."""
    home = folder / "template"
    home.mkdir(parents=True)
    with _database(home) as url:
        site = Site(home, url)
        site.said = site.run("setup").stdout
        yield site


@contextmanager
def make_site(folder: Path, template: Site) -> Iterator[Site]:
    """A copy of `template` under `folder`; what still runs in it is killed and its database dropped."""
    home = folder / "home"
    shutil.copytree(template.home, home)
    with _database(home, template.database_url) as url:
        site = Site(home, url)
        try:
            yield site
        finally:
            site.end()


@contextmanager
def _database(home: Path, template: str = "") -> Iterator[str]:
    """The address of a new database on the engine under test: on SQLite a file of `home`, copied with it."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield f"sqlite:///{home / 'lapwing.sqlite3'}"
        return
    url = postgresql_copy(
        template or urlunsplit(urlsplit(given)._replace(path="/template1")),
        f"lapwing_own_{uuid.uuid4().hex[:12]}",
    )
    try:
        yield url
    finally:
        _drop(url)


def postgresql_copy(template: str, name: str) -> str:
    """Copy the database at the address `template`, in place of one that is called `name`; its address."""
    url = urlunsplit(urlsplit(template)._replace(path=f"/{name}"))
    _drop(url)
    like = urlsplit(template).path.lstrip("/")
    _of_the_server(url, SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(like)))
    return url


def _drop(url: str) -> None:
    name = Identifier(urlsplit(url).path.lstrip("/"))
    _of_the_server(url, SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def _of_the_server(url: str, statement: Composed) -> None:
    with psycopg.connect(urlunsplit(urlsplit(url)._replace(path="/postgres")), autocommit=True) as link:
        link.execute(statement)
