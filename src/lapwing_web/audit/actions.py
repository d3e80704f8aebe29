"""Recording: one row for every move, sensitive read and disclosure, in the transaction of what it records."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

from django.db import connection, models, transaction
from msgspec import Struct

from lapwing.rules.audit_chain import FIELDS, GENESIS, canonical, chain_hash, instant
from lapwing_web.audit.models import AuditEntry, ChainHead
from lapwing_web.moment import now
from lapwing_web.refusal import Refused

P = ParamSpec("P")
R = TypeVar("R")
TABLE = AuditEntry._meta.db_table
_COLUMNS = (*FIELDS, "hash")
_NAMED = ", ".join(f'"{name}"' for name in _COLUMNS)
_HELD = "lapwing_holds_the_chain"  # of a connection: it holds the head's lock
_ACTING = "lapwing_is_in_an_action"  # of a connection
_HEAD = ChainHead._meta.db_table
READ_HEAD = f"SELECT position, hash FROM {_HEAD} WHERE id = 1"  # noqa: S608
MOVE_HEAD = f"UPDATE {_HEAD} SET position = %s, hash = %s WHERE id = 1"  # noqa: S608
INSERT_ONE = f"INSERT INTO {TABLE} ({_NAMED}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"  # noqa: S608
INSERT_JSON = f"INSERT INTO {TABLE} SELECT * FROM json_populate_recordset(NULL::{TABLE}, %s)"  # noqa: S608


class Actor(Protocol):
    """Whoever acts: a signed-in person, or a rule acting for the agency."""

    @property
    def username(self) -> str: ...

    @property
    def role(self) -> str: ...

    @property
    def organisation_id(self) -> str: ...


class Rule(Struct, frozen=True):
    """A named rule or command acting without a person."""

    username: str
    role: str = "rule"
    organisation_id: str = "NCA"


class Entry(Struct):
    """One row to be recorded."""

    action: str
    about: str
    by: Any  # Actor
    why: str = ""
    old: Any = None
    new: Any = None
    policy: str = ""
    to: str = ""  # of a disclosure: an organisation's code, or who


@contextmanager
def recorded() -> Iterator[None]:
    """A transaction that holds the chain's head from its first statement.

    Every writer takes this lock first, so that writers queue here and cannot deadlock later (docs/adr/0004).
    Inside of another, it is a part of that one: the head is held until the outermost ends.
    """
    if getattr(connection, _HELD, False):
        with transaction.atomic():
            yield
        return
    with transaction.atomic():
        if _hold_head() is None:
            ChainHead.objects.get_or_create(pk=1, defaults={"hash": GENESIS})
            _hold_head()
        setattr(connection, _HELD, True)
        try:
            yield
        finally:
            setattr(connection, _HELD, False)


def _hold_head() -> tuple[int, str] | None:
    """Lock the chain's head, and read it. In plain SQL: every action does this several times over."""
    locking = " FOR UPDATE" if connection.vendor == "postgresql" else ""  # IMMEDIATE has it locked on SQLite
    with connection.cursor() as cursor:
        cursor.execute(READ_HEAD + locking)
        found: tuple[int, str] | None = cursor.fetchone()
    return found


def audited(action: Callable[P, R]) -> Callable[P, R]:
    """Decorate an action: it checks, changes and records in one transaction, or does nothing.

    What another action calls is a part of that one, without a savepoint: it is done with it or not at all. An
    action that catches what such a part raises cannot go on, and is told so by Django.
    """

    @wraps(action)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        if getattr(connection, _ACTING, False):
            with transaction.atomic(savepoint=False):
                return action(*args, **kwargs)
        with recorded():
            setattr(connection, _ACTING, True)
            try:
                return action(*args, **kwargs)
            finally:
                setattr(connection, _ACTING, False)

    return inside


def about(record: models.Model) -> str:
    """How the audit names a record: `referral:12`."""
    return f"{record._meta.model_name}:{record.pk}"


def _name(subject: models.Model | str) -> str:
    return subject if isinstance(subject, str) else about(subject)


def record(
    action: str,
    subject: models.Model | str,
    *,
    by: Actor,
    why: str = "",
    old: Any = None,
    new: Any = None,
    policy: str = "",
    to: str = "",
) -> None:
    """Add one row. `subject` is a record or the name of one. Must be called inside `recorded()`."""
    record_all([Entry(action, _name(subject), by, why, old, new, policy, to)])


def record_all(entries: Iterable[Entry]) -> None:
    """Add rows in the order given, chained, in one statement or few. Must be called inside `recorded()`.

    Written without model objects: intake records thousands of rows a transaction, and building them was
    most of the cost.
    """
    entries = list(entries)
    if not entries:
        return
    head = _hold_head()
    if head is None:
        raise RuntimeError("Nothing can be recorded outside of recorded().")
    position, previous = head
    at = instant(now())
    rows = []
    for position, entry in enumerate(entries, position + 1):  # noqa: B020 (ends as the last row's)
        row = {
            "position": position,
            "at": at,
            "by": entry.by.username,
            "role": str(entry.by.role),
            "organisation": entry.by.organisation_id,
            "action": entry.action,
            "about": entry.about,
            "to": entry.to,
            "why": entry.why,
            "old": "" if entry.old is None else canonical(entry.old),
            "new": "" if entry.new is None else canonical(entry.new),
            "policy": entry.policy,
            "previous": previous,
        }
        row["hash"] = previous = chain_hash(row)
        rows.append(row)
    _insert(rows)
    with connection.cursor() as cursor:
        cursor.execute(MOVE_HEAD, [position, previous])


def _insert(rows: list[dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # one value to bind, whatever the number of rows
            cursor.execute(INSERT_JSON, [canonical(rows)])
            return
        at = connection.ops.adapt_datetimefield_value(datetime.fromisoformat(rows[0]["at"]))
        cursor.executemany(INSERT_ONE, [[{**row, "at": at}[name] for name in _COLUMNS] for row in rows])


def look(subject: models.Model | str, *, by: Actor, why: str, new: Any = None) -> None:
    """Record that `by` consulted `subject`, and why (Data Protection Act 2018 s.62)."""
    if not why.strip():
        raise Refused("Say why you need to see this: the reason is kept with the record of your looking.")
    with recorded():
        record("consult", subject, by=by, why=why.strip(), new=new)


def disclose(
    subject: models.Model | str, *, by: Actor, to: models.Model | str, why: str, new: Any = None
) -> None:
    """Record that `subject` was handed to `to` (an organisation, or a name), and why (s.62, the same)."""
    recipient = to if isinstance(to, str) else str(to.pk)
    if not why.strip() or not recipient:
        raise Refused("Say to whom this is disclosed, and why.")
    with recorded():
        record("disclose", subject, by=by, to=recipient, why=why.strip(), new=new)


M = TypeVar("M", bound=models.Model)


def move_all(
    subjects: Sequence[M],
    to: str,
    *,
    by: Actor | Callable[[M], Actor],
    action: str,
    why: str | Callable[[M], str] = "",
    **changes: Any,
) -> None:
    """`move()` for many records of one model that all change alike: an update for each state, one record.

    `by` and `why` may differ: then they are asked of each.

    Raises Refused when the move is not listed for one, or one was overtaken. Some may have been changed by
    then: call it inside `recorded()`, and let that through, so that nothing is done.
    """
    entries = []
    for state in sorted({one.state for one in subjects}):  # type: ignore[attr-defined]
        some = [one for one in subjects if one.state == state]  # type: ignore[attr-defined]
        _listed(some[0], to)
        rows = type(some[0])._default_manager.filter(pk__in=[one.pk for one in some], state=state)
        if rows.update(state=to, **changes) != len(some):
            raise Refused("One of these has just been changed by someone else. Open it again to see.")
    for one in subjects:
        old, new = _changed(one, to, changes)
        actor, reason = by(one) if callable(by) else by, why(one) if callable(why) else why
        entries.append(Entry(action, about(one), actor, reason, old, new))
    record_all(entries)


def _listed(subject: models.Model, to: str) -> None:
    state: str = subject.state  # type: ignore[attr-defined]
    if to not in subject.MOVES[state]:  # type: ignore[attr-defined]
        raise Refused(f"{subject} is {state.replace('_', ' ')} and cannot become {to.replace('_', ' ')}.")


def _changed(subject: models.Model, to: str, changes: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Set the new values on `subject`; what they were and what they are."""
    new = {"state": to, **changes}
    old = {name: getattr(subject, name) for name in new}
    for name, value in new.items():
        setattr(subject, name, value)
    return old, new


def move(
    subject: M, to: str, *, by: Actor, action: str, why: str = "", policy: str = "", **changes: Any
) -> M:
    """Change state only along MOVES and only if nobody else has since changed it, and record it.

    Raises Refused with a sentence for the person when the move is not listed or was overtaken.
    """
    _listed(subject, to)
    rows = type(subject)._default_manager.filter(pk=subject.pk, state=subject.state)  # type: ignore[attr-defined]
    if not rows.update(state=to, **changes):
        raise Refused(f"{subject} has just been changed by someone else. Open it again to see how it stands.")
    old, new = _changed(subject, to, changes)
    record(action, subject, by=by, why=why, old=old, new=new, policy=policy)
    return subject
