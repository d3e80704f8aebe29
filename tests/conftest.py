"""Fixtures every test may use: the cast, signed-in clients, and a site apart for tests that kill."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from tests.cast import Cast, make_cast
from tests.own_site import Site, make_site, make_template

from lapwing.vault import Identities
from lapwing_web.staff.models import User


@pytest.fixture
def cast(db: None) -> Cast:
    """One person of every role, at the agency and at two forces."""
    return make_cast()


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """`signed_in(cast.officer_a)` is a browser in which that person has signed in."""

    def inside(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return inside


@pytest.fixture
def vault(settings: Any, tmp_path: Path) -> Identities:
    """An open vault of this test's own: the private key is given, and the public one is in the settings."""
    identities = Identities.generate()
    settings.VAULT, settings.LISTS = tmp_path / "vault", tmp_path / "lists"
    settings.VAULT_KEYS, settings.VAULT_ROOM = tmp_path / "recipients.txt", 0
    settings.VAULT_KEYS.write_text(identities.recipients.keys[0])
    return identities


@pytest.fixture(scope="session")
def site_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """What every `own_site` is a copy of."""
    with make_template(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def own_site(tmp_path: Path, site_template: Site) -> Iterator[Site]:
    """A site with its own LAPWING_HOME and its own database on the engine under test, for real processes."""
    with make_site(tmp_path, site_template) as site:
        yield site


@pytest.fixture
def triggers_off() -> Callable[[], AbstractContextManager[None]]:
    """`with triggers_off():` lets a test damage the audit, as the database's owner could."""
    return lambda: _without_triggers(connection)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Let the emptying of tables after a transactional test past the triggers that refuse it."""
    patch = pytest.MonkeyPatch()
    plain = type(connection.ops).execute_sql_flush

    def flush(operations: Any, statements: list[str]) -> None:
        with _without_triggers(operations.connection):
            plain(operations, statements)

    patch.setattr(type(connection.ops), "execute_sql_flush", flush)
    yield
    patch.undo()


class _without_triggers(AbstractContextManager[None]):
    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    def __enter__(self) -> None:
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
                )
                self.tables = [row[0] for row in cursor.fetchall()]
                for table in self.tables:
                    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            else:
                cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
                self.triggers = cursor.fetchall()
                for name, _ in self.triggers:
                    cursor.execute(f"DROP TRIGGER {name}")

    def __exit__(self, *error: object) -> None:
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql":
                for table in self.tables:
                    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            else:
                for _, sql in self.triggers:
                    cursor.execute(sql)
