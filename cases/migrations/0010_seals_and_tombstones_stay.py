"""The database itself refuses to change or remove seals and tombstones, and lets custody entries go only
with a case that has a tombstone.

Rules in Python bind Python only; these triggers bind whoever holds a connection.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KEPT = {"cases_seal": "seals", "cases_sealedhead": "sealed chains", "cases_tombstone": "tombstones"}
HAS_NO_TOMBSTONE = "NOT EXISTS (SELECT 1 FROM cases_tombstone WHERE case_id = OLD.case_id)"

SQLITE = [
    "DROP TRIGGER custody_refuse_delete",
    f"""
    CREATE TRIGGER custody_refuse_delete BEFORE DELETE ON cases_custodyentry WHEN {HAS_NO_TOMBSTONE}
    BEGIN SELECT RAISE(ABORT, 'custody entries are append-only'); END
    """,
    *(
        f"""
        CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, '{words} stay as they are'); END
        """
        for table, words in KEPT.items()
        for verb in ("UPDATE", "DELETE")
    ),
]
POSTGRESQL = [
    "DROP TRIGGER custody_refuse_change ON cases_custodyentry",
    """
    CREATE TRIGGER custody_refuse_change BEFORE UPDATE OR TRUNCATE ON cases_custodyentry
    FOR EACH STATEMENT EXECUTE FUNCTION custody_refuse()
    """,
    f"""
    CREATE FUNCTION custody_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {HAS_NO_TOMBSTONE} THEN
            RAISE EXCEPTION 'custody entries are append-only' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END $$
    """,
    """
    CREATE TRIGGER custody_refuse_delete BEFORE DELETE ON cases_custodyentry
    FOR EACH ROW EXECUTE FUNCTION custody_refuse_delete()
    """,
    """
    CREATE FUNCTION cases_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% stay as they are', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    *(
        f"""
        CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION cases_refuse_change('{words}')
        """
        for table, words in KEPT.items()
    ),
]
BACK_ON_SQLITE = [
    *(f"DROP TRIGGER {table}_refuse_{verb}" for table in KEPT for verb in ("update", "delete")),
    "DROP TRIGGER custody_refuse_delete",
    """
    CREATE TRIGGER custody_refuse_delete BEFORE DELETE ON cases_custodyentry
    BEGIN SELECT RAISE(ABORT, 'custody entries are append-only'); END
    """,
]
BACK_ON_POSTGRESQL = [
    *(f"DROP TRIGGER {table}_refuse_change ON {table}" for table in KEPT),
    "DROP FUNCTION cases_refuse_change()",
    "DROP TRIGGER custody_refuse_delete ON cases_custodyentry",
    "DROP FUNCTION custody_refuse_delete()",
    "DROP TRIGGER custody_refuse_change ON cases_custodyentry",
    """
    CREATE TRIGGER custody_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON cases_custodyentry
    FOR EACH STATEMENT EXECUTE FUNCTION custody_refuse()
    """,
]


def add_triggers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def drop_triggers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    backwards = {"sqlite": BACK_ON_SQLITE, "postgresql": BACK_ON_POSTGRESQL}
    for statement in backwards[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_evidence_that_stands")]
    operations = [migrations.RunPython(add_triggers, drop_triggers)]
