"""Let the database itself refuse to change or remove a row of the audit, on both engines."""

from typing import Any

from django.db import migrations

ENTRY, HEAD = "audit_auditentry", "audit_chainhead"
REFUSAL = "the audit is append-only"

SQLITE = [
    f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON {ENTRY} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON {ENTRY} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    # INSERT OR REPLACE removes the old row without firing the delete trigger.
    f"CREATE TRIGGER audit_no_replace BEFORE INSERT ON {ENTRY} "
    f"WHEN EXISTS (SELECT 1 FROM {ENTRY} WHERE position = NEW.position) "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER audit_head_stays BEFORE DELETE ON {HEAD} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER audit_head_advances BEFORE UPDATE ON {HEAD} WHEN NEW.position < OLD.position "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
]
SQLITE_BACK = [
    f"DROP TRIGGER {name}"
    for name in (
        "audit_no_update",
        "audit_no_delete",
        "audit_no_replace",
        "audit_head_stays",
        "audit_head_advances",
    )
]

POSTGRESQL = [
    f"CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    f"CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {ENTRY} "
    "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    f"CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {ENTRY} "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    f"CREATE TRIGGER audit_head_stays BEFORE DELETE ON {HEAD} FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    f"CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON {HEAD} "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    f"CREATE TRIGGER audit_head_advances BEFORE UPDATE ON {HEAD} FOR EACH ROW "
    "WHEN (NEW.position < OLD.position) EXECUTE FUNCTION audit_refuse()",
]
POSTGRESQL_BACK = [
    f"DROP TRIGGER audit_no_change ON {ENTRY}",
    f"DROP TRIGGER audit_no_truncate ON {ENTRY}",
    f"DROP TRIGGER audit_head_stays ON {HEAD}",
    f"DROP TRIGGER audit_head_no_truncate ON {HEAD}",
    f"DROP TRIGGER audit_head_advances ON {HEAD}",
    "DROP FUNCTION audit_refuse()",
]


def refuse(apps: Any, schema_editor: Any) -> None:
    """Add the triggers. Another engine than these two is an error: the audit would be unprotected."""
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow(apps: Any, schema_editor: Any) -> None:
    """Remove them, so that the migration can be undone in development."""
    for statement in {"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_disclosed_to")]

    operations = [migrations.RunPython(refuse, allow)]
