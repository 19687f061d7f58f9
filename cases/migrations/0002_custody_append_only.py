"""The database itself refuses to change or remove a custody entry.

Rules in Python bind Python only; these triggers bind whoever holds a connection.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = [
    f"""
    CREATE TRIGGER custody_refuse_{verb.lower()} BEFORE {verb} ON cases_custodyentry
    BEGIN SELECT RAISE(ABORT, 'custody entries are append-only'); END
    """
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    """
    CREATE FUNCTION custody_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'custody entries are append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    """
    CREATE TRIGGER custody_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON cases_custodyentry
    FOR EACH STATEMENT EXECUTE FUNCTION custody_refuse()
    """,
]


def add_triggers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_triggers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER custody_refuse_update")
        schema_editor.execute("DROP TRIGGER custody_refuse_delete")
    else:
        schema_editor.execute("DROP TRIGGER custody_refuse_change ON cases_custodyentry")
        schema_editor.execute("DROP FUNCTION custody_refuse()")


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunPython(add_triggers, drop_triggers)]
