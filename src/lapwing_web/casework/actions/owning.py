"""A case is worked by the force that owns it, and by nobody else. Every action on a case begins here."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db import connection

from lapwing_web.audit.actions import about
from lapwing_web.casework.actions.holding import hold
from lapwing_web.casework.models import Case, Package, ScanResult
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

WITHOUT_CLOCKS = (ScanResult,)  # a device has very many files, and no clock is about one


def own(case: Case, permission: str, by: User, *, ended: bool = False) -> Case:
    """Hold `case` as the person saw it. Refuses one of another force, and one that has ended unless `ended`.

    Must be called inside `@audited`.
    """
    check(by, permission)
    hold(case)
    if case.organisation_id != by.organisation_id:
        raise Forbidden("This case belongs to another force.")
    gone = case.state == Case.State.DISPOSED
    if case.state != Case.State.OPEN and (gone or not ended):
        raise Refused(f"{case} is {case.get_state_display().lower()}, so nothing of it can be changed.")
    return case


def names_of(case: Case) -> list[str]:
    """The names of the case and of all that hangs on it but its packages, as clocks are about them."""
    statement, times = _names_on()
    with connection.cursor() as cursor:
        cursor.execute(statement, [case.pk] * times)
        return [about(case), *(f"{kind}:{key}" for kind, key in cursor.fetchall())]


@cache
def _names_on() -> tuple[str, int]:
    """One statement for every table that hangs on a case, and how often it asks for the case's key.

    In plain SQL: asked table by table it was fifteen statements, at every allocation and every ending.
    """
    parts: list[str] = []
    for relation in Case._meta.related_objects:
        if relation.one_to_many and relation.related_model not in (Case, Package):
            parts += _hanging(relation, "%s", deeper=2)
    return " UNION ALL ".join(parts), len(parts)


def _hanging(relation: Any, keys: str, *, deeper: int) -> Iterator[str]:
    """A statement for the rows behind `relation`, and one for each relation of theirs."""
    options, column = relation.related_model._meta, relation.field.column
    rows = f"FROM {options.db_table} WHERE {column} IN ({keys})"
    yield f"SELECT '{options.model_name}', id {rows}"
    for further in options.related_objects if deeper else ():
        if further.one_to_many and further.related_model not in (options.model, *WITHOUT_CLOCKS):
            yield from _hanging(further, f"SELECT id {rows}", deeper=deeper - 1)
