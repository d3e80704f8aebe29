"""The database of a run of the tests: a copy of a site that `lapwing-web setup` made, emptied of its rows.

One set-up serves the tests and every site apart: to make the tables is the work of several seconds.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import setup_databases, teardown_databases
from tests.own_site import Site, postgresql_copy


@contextmanager
def own_database(template: Site) -> Iterator[None]:
    """Copy the database of `template`, and let every test use the copy."""
    name = connection.settings_dict["TEST"]["NAME"] or f"test_{connection.settings_dict['NAME']}"
    if connection.vendor == "postgresql":
        postgresql_copy(template.database_url, name)
    else:
        _sqlite_copy(urlsplit(template.database_url).path, name)
    kept = setup_databases(verbosity=0, interactive=False, keepdb=True, serialized_aliases=[])
    with pytest.MonkeyPatch.context() as patch:
        _let_tables_be_emptied(patch)
        call_command("flush", interactive=False, verbosity=0)  # numbers begin at 1
        yield
    teardown_databases(kept, verbosity=0)


def _sqlite_copy(template: str, name: str) -> None:
    """Through SQLite: a part of what is committed is in the log beside the file, and not in the file."""
    with closing(sqlite3.connect(template)) as whole, closing(sqlite3.connect(name)) as copy:
        whole.backup(copy)


def _let_tables_be_emptied(patch: pytest.MonkeyPatch) -> None:
    """Past the triggers that refuse it; and fast, as every transactional test ends with it."""
    operations: Any = type(connection.ops)
    execute, flush = operations.execute_sql_flush, operations.sql_flush

    def execute_without_triggers(operations: Any, statements: list[str]) -> None:
        with without_triggers(operations.connection):
            execute(operations, statements)

    def delete(operations: Any, style: Any, tables: list[str], **asked: bool) -> list[str]:
        """PostgreSQL makes a new file for each of a hundred tables it truncates, and for each index."""
        if asked.get("reset_sequences"):
            return list(flush(operations, style, tables, **asked))
        return [f"DELETE FROM {operations.quote_name(table)}" for table in _with_rows(tables)]

    patch.setattr(operations, "execute_sql_flush", execute_without_triggers)
    if connection.vendor == "postgresql":
        patch.setattr(operations, "sql_flush", delete)


def _with_rows(tables: list[str]) -> list[str]:
    asked = " UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT FROM {one})" for one in tables)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [table for (table,) in cursor.fetchall()]


@contextmanager
def without_triggers(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let a test damage the audit, as the database's owner could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
            tables = [table for (table,) in cursor.fetchall()]
            off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
            on = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            off, on = [f"DROP TRIGGER {name}" for name, _ in triggers], [sql for _, sql in triggers]
        for statement in off:
            cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for statement in on:
                cursor.execute(statement)
