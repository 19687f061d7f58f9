"""Stores many rows at once, where the compiler of the models costs more than the database does.

A statement is built once, and for each row only its values are made. Rows stored so send no signals, and
new ones do not learn their keys; fields that make their own values on saving, such as auto_now, do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, JSONField, Model

# So many values are one statement on PostgreSQL, where a longer one costs less than another one.
VALUES = 8_000
# Values that every driver takes; of a JSON field, they are JSON first.
AS_THEY_ARE = frozenset({bool, int, str, type(None)})


def insert(rows: Sequence[Model], *, ignore_conflicts: bool = False) -> None:
    """Insert rows of one model that have no key yet; with `ignore_conflicts` those that are there stay."""
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(_column(field) for field in fields)
    into = f"INSERT INTO {connection.ops.quote_name(meta.db_table)} ({columns}) VALUES "  # noqa: S608
    one = f"({', '.join(['%s'] * len(fields))})"
    ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(into + one + ending, list(_values(rows, fields)))
            return
        size = VALUES // len(fields)
        for start in range(0, len(rows), size):
            chosen = rows[start : start + size]
            values = [value for row in _values(chosen, fields) for value in row]
            cursor.execute(into + ", ".join([one] * len(chosen)) + ending, values)


def update(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Store these fields of rows of one model; a row that is no longer there stays away."""
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if field.name in names]
    changes = ", ".join(f"{_column(field)} = %s" for field in fields)
    table = connection.ops.quote_name(meta.db_table)
    statement = f"UPDATE {table} SET {changes} WHERE {_column(meta.pk)} = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(_values(rows, [*fields, meta.pk])))


def _values(rows: Sequence[Model], fields: Sequence[Field[Any, Any]]) -> Iterator[tuple[Any, ...]]:
    # Not by way of the proxy `connection`, which would be asked for each value what it stands for.
    target = connections[DEFAULT_DB_ALIAS]
    columns = [
        (field.attname, field.get_db_prep_save, frozenset() if isinstance(field, JSONField) else AS_THEY_ARE)
        for field in fields
    ]
    for row in rows:
        yield tuple(
            value if type(value := getattr(row, name)) in as_they_are else prepared(value, target)
            for name, prepared, as_they_are in columns
        )


def _column(field: Field[Any, Any]) -> str:
    return connection.ops.quote_name(str(field.column))
