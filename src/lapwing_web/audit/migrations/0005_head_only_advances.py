"""Let the head of the chain change only together with its position, which only grows, on both engines."""

from typing import Any

from django.db import migrations

HEAD = "audit_chainhead"


def _statements(vendor: str, backward: str) -> list[str]:
    """The trigger anew, refusing a new position that is `backward` (`<` or `<=`) of the old one."""
    before = f"CREATE TRIGGER audit_head_advances BEFORE UPDATE ON {HEAD} "
    when = f"NEW.position {backward} OLD.position"
    return {
        "sqlite": [
            "DROP TRIGGER audit_head_advances",
            f"{before} WHEN {when} BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
        ],
        "postgresql": [
            f"DROP TRIGGER audit_head_advances ON {HEAD}",
            f"{before} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION audit_refuse()",
        ],
    }[vendor]


def only_advance(apps: Any, schema_editor: Any) -> None:
    """Refuse a change that leaves the position where it is."""
    for statement in _statements(schema_editor.connection.vendor, "<="):
        schema_editor.execute(statement)


def may_stay(apps: Any, schema_editor: Any) -> None:
    """As it was, so that the migration can be undone in development."""
    for statement in _statements(schema_editor.connection.vendor, "<"):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_at_index")]

    operations = [migrations.RunPython(only_advance, may_stay)]
