"""Inserting many rows whose keys nobody needs, without making an object of each.

Most of what receiving costs is the ORM turning objects into parameters. For the two tables with the most rows
(IP events, sightings) this costs a quarter of that. Values are checked by columns and constraints alone.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import DateField, DateTimeField, JSONField, Model

Adapt = Callable[[Any], Any]


def insert_rows(
    model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, unless_there: bool = False
) -> None:
    """Insert rows of plain values in the order of `columns` (the columns' own names: `report_id`).

    `unless_there`: a row that a unique constraint refuses is left out.
    """
    fields = [model._meta.get_field(name.removesuffix("_id")) for name in columns]
    adapt = [_adapter(field) for field in fields]
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    marks = ", ".join("%s" for _ in columns)
    # The names come from our own models, and every value is a parameter.
    sql = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608
    if unless_there:
        sql += " ON CONFLICT DO NOTHING"
    given = [[change(value) for change, value in zip(adapt, row, strict=True)] for row in rows]
    if given:
        with connection.cursor() as cursor:
            cursor.executemany(sql, given)


def _adapter(field: Any) -> Adapt:
    """How a value of this column is handed to the driver."""
    if isinstance(field, DateTimeField):
        return lru_cache(maxsize=256)(connection.ops.adapt_datetimefield_value)
    if isinstance(field, DateField):
        return lru_cache(maxsize=256)(connection.ops.adapt_datefield_value)
    if isinstance(field, JSONField):
        return lambda value: field.get_db_prep_save(value, connection)
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
