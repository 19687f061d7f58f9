"""What somebody with the database can do: the guards taken away, rows changed by SQL, within one test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

Run = Callable[[str, Sequence[Any]], None]


@contextmanager
def without_triggers(*tables: str) -> Iterator[Run]:
    """Run SQL without the guards of these tables; the test's own transaction brings them back at its end."""
    with connection.cursor() as cursor:
        for table in tables:
            for name in _triggers(cursor, table):
                where = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER {name}{where}")

        def run(statement: str, values: Sequence[Any] = ()) -> None:
            cursor.execute(statement, list(values))

        try:
            yield run
        finally:
            if connection.vendor == "sqlite":
                # No transaction brings this back, and other tests rely on the checks.
                cursor.execute("PRAGMA ignore_check_constraints = OFF")


def _triggers(cursor: Any, table: str) -> list[str]:
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    cursor.execute(query, [table])
    return [name for (name,) in cursor.fetchall()]
