"""The database itself refuses to change the audit, whoever asks and in whatever way."""

import pytest
from django.db import DatabaseError, connection, transaction
from tests.cast import Cast

from lapwing_web.audit.actions import Entry, Rule, audited, record, record_all, recorded
from lapwing_web.audit.models import AuditEntry, ChainHead


def statements() -> list[str]:
    engine = [
        "UPDATE audit_auditentry SET why = 'other'",
        "UPDATE audit_auditentry SET hash = hash",
        "DELETE FROM audit_auditentry",
        "DELETE FROM audit_auditentry WHERE position = 2",
        "DELETE FROM audit_chainhead",
        "UPDATE audit_chainhead SET position = 1",
        "UPDATE audit_chainhead SET hash = 'other'",
        "UPDATE audit_chainhead SET position = position, hash = 'other'",
    ]
    if connection.vendor == "postgresql":
        return [
            *engine,
            "TRUNCATE audit_auditentry",
            "TRUNCATE audit_chainhead",
            "INSERT INTO audit_auditentry SELECT * FROM audit_auditentry WHERE position = 1 "
            "ON CONFLICT (position) DO UPDATE SET why = 'other'",
        ]
    return [
        *engine,
        "REPLACE INTO audit_auditentry SELECT * FROM audit_auditentry WHERE position = 1",
        "UPDATE OR IGNORE audit_auditentry SET why = 'other'",
    ]


def test_no_statement_changes_or_removes_a_row(cast: Cast) -> None:
    with recorded():
        record_all(Entry("triage", f"referral:{n}", cast.intake, "because") for n in range(1, 4))
    before = list(AuditEntry.objects.order_by("position").values())
    assert len(before) == 3
    for statement in statements():
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert list(AuditEntry.objects.order_by("position").values()) == before
    assert ChainHead.objects.get().position == 3


def test_the_orm_is_refused_as_well(cast: Cast) -> None:
    with recorded():
        record("triage", "referral:1", by=cast.intake)
    for change in (lambda: AuditEntry.objects.update(why="x"), lambda: AuditEntry.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_a_row_is_written_only_with_what_it_records() -> None:
    """A transaction that fails leaves neither the row nor a hole in the chain."""

    @audited
    def fails() -> None:
        record("triage", "referral:1", by=Rule("rule:test"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with recorded():
        record("triage", "referral:2", by=Rule("rule:test"))
    assert [row.position for row in AuditEntry.objects.all()] == [1]
