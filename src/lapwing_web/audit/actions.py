"""Recording: one row for every move, sensitive read and disclosure, in the transaction of what it records."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

from django.db import models, transaction
from msgspec import Struct

from lapwing.rules.audit_chain import GENESIS, canonical, chain_hash
from lapwing_web.audit.models import AuditEntry, ChainHead
from lapwing_web.moment import now
from lapwing_web.refusal import Refused

P = ParamSpec("P")
R = TypeVar("R")


class Actor(Protocol):
    """Whoever acts: a signed-in person, or a rule acting for the agency."""

    username: str
    role: str
    organisation_id: str


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


@contextmanager
def recorded() -> Iterator[None]:
    """A transaction that holds the chain's head from its first statement.

    Every writer takes this lock first, so that writers queue here and cannot deadlock later (docs/adr/0004).
    """
    with transaction.atomic():
        if not ChainHead.objects.select_for_update().filter(pk=1).exists():
            ChainHead.objects.get_or_create(pk=1, defaults={"hash": GENESIS})
            ChainHead.objects.select_for_update().get(pk=1)
        yield


def audited(action: Callable[P, R]) -> Callable[P, R]:
    """Decorate an action: it checks, changes and records in one transaction, or does nothing."""

    @wraps(action)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with recorded():
            return action(*args, **kwargs)

    return inside


def about(record: models.Model) -> str:
    """How the audit names a record: `referral:12`."""
    return f"{record._meta.model_name}:{record.pk}"


def record(
    action: str,
    subject: models.Model | str,
    *,
    by: Actor,
    why: str = "",
    old: Any = None,
    new: Any = None,
    policy: str = "",
) -> None:
    """Add one row. `subject` is a record or the name of one. Must be called inside `recorded()`."""
    name = subject if isinstance(subject, str) else about(subject)
    record_all([Entry(action, name, by, why, old, new, policy)])


def record_all(entries: Iterable[Entry]) -> None:
    """Add rows in the order given, chained, in one statement."""
    head = ChainHead.objects.get(pk=1)
    at = now().astimezone(UTC)
    rows = []
    for entry in entries:
        row = AuditEntry(
            position=head.position + 1,
            at=at,
            by=entry.by.username,
            role=entry.by.role,
            organisation=entry.by.organisation_id,
            action=entry.action,
            about=entry.about,
            why=entry.why,
            old="" if entry.old is None else canonical(entry.old),
            new="" if entry.new is None else canonical(entry.new),
            policy=entry.policy,
            previous=head.hash,
        )
        row.hash = chain_hash(as_chained(row))
        head.position, head.hash = row.position, row.hash
        rows.append(row)
    AuditEntry.objects.bulk_create(rows, batch_size=500)
    ChainHead.objects.filter(pk=1).update(position=head.position, hash=head.hash)


def as_chained(row: AuditEntry) -> dict[str, Any]:
    """The row as the chain and the export spell it."""
    names = (
        "position",
        "by",
        "role",
        "organisation",
        "action",
        "about",
        "why",
        "old",
        "new",
        "policy",
        "previous",
    )
    return {
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        **{n: getattr(row, n) for n in names},
    }


M = TypeVar("M", bound=models.Model)


def move(
    subject: M, to: str, *, by: Actor, action: str, why: str = "", policy: str = "", **changes: Any
) -> M:
    """Change state only along MOVES and only if nobody else has since changed it, and record it.

    Raises Refused with a sentence for the person when the move is not listed or was overtaken.
    """
    state: str = subject.state  # type: ignore[attr-defined]
    if to not in subject.MOVES[state]:  # type: ignore[attr-defined]
        raise Refused(f"{subject} is {state.replace('_', ' ')} and cannot become {to.replace('_', ' ')}.")
    manager = type(subject)._default_manager
    if not manager.filter(pk=subject.pk, state=state).update(state=to, **changes):
        raise Refused(f"{subject} has just been changed by someone else. Open it again to see how it stands.")
    old = {"state": state, **{name: getattr(subject, name) for name in changes}}
    for name, value in {"state": to, **changes}.items():
        setattr(subject, name, value)
    record(action, subject, by=by, why=why, old=old, new={"state": to, **changes}, policy=policy)
    return subject
