"""Stores many rows at once, where the compiler of the models costs more than the database does.

A statement is built once, and for each row only its values are made. Rows stored so send no signals, and
new ones do not learn their keys; fields that make their own values on saving, such as auto_now, do not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, JSONField, Model

# Values that every driver takes; of a JSON field, they are JSON first.
AS_THEY_ARE = frozenset({bool, int, str, type(None)})


def insert(rows: Sequence[Model], *, ignore_conflicts: bool = False) -> None:
    """Insert rows of one model that have no key yet; with `ignore_conflicts` those that are there stay."""
    if not rows:
        return
    fields = [field for field in rows[0]._meta.concrete_fields if not field.primary_key]
    into = f"INSERT INTO {_table(rows)} ({_columns(fields)})"
    ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    if connection.vendor == "sqlite":
        gaps = ", ".join(["%s"] * len(fields))
        return _row_by_row(f"{into} VALUES ({gaps}){ending}", rows, fields)
    _all_in_one(f"{into} SELECT * FROM {_given(fields)}{ending}", rows, fields)  # noqa: S608


def update(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Store these fields of rows of one model; a row that is no longer there stays away."""
    if not rows:
        return
    meta, table = rows[0]._meta, _table(rows)
    fields = [field for field in meta.concrete_fields if field.name in names]
    keyed, key = [*fields, meta.pk], _column(meta.pk)
    if connection.vendor == "sqlite":
        changes = ", ".join(f"{_column(field)} = %s" for field in fields)
        return _row_by_row(f"UPDATE {table} SET {changes} WHERE {key} = %s", rows, keyed)  # noqa: S608
    changes = ", ".join(f"{_column(field)} = new.{_column(field)}" for field in fields)
    statement = f"UPDATE {table} SET {changes} FROM {_given(keyed)} WHERE {table}.{key} = new.{key}"  # noqa: S608
    _all_in_one(statement, rows, keyed)


def _row_by_row(statement: str, rows: Sequence[Model], fields: Sequence[Field[Any, Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(_values(rows, fields)))


def _all_in_one(statement: str, rows: Sequence[Model], fields: Sequence[Field[Any, Any]]) -> None:
    """Every row within one JSON value: PostgreSQL's driver needs more time for a place than for the rest."""
    names = [(str(field.column), field.attname) for field in fields]
    given = [{column: getattr(row, name) for column, name in names} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(given, ensure_ascii=False, default=datetime.isoformat)])


def _given(fields: Sequence[Field[Any, Any]]) -> str:
    columns = ", ".join(f"{_column(field)} {field.rel_db_type(connection)}" for field in fields)
    return f"json_to_recordset(%s::json) AS new({columns})"


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


def _table(rows: Sequence[Model]) -> str:
    return connection.ops.quote_name(rows[0]._meta.db_table)


def _columns(fields: Sequence[Field[Any, Any]]) -> str:
    return ", ".join(_column(field) for field in fields)


def _column(field: Field[Any, Any]) -> str:
    return connection.ops.quote_name(str(field.column))
