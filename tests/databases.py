"""Migrated databases that a test has for itself, of the kind the test run uses: SQLite or PostgreSQL.

Ordinary tests run in a transaction that is rolled back. Threads and other processes see nothing of that,
and custody entries cannot be deleted afterwards, so such a test gets a database that is thrown away.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.running import CHECKOUT, clean_environment

_numbers = itertools.count(1)


def migrate(url: str, data_dir: Path) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0", "--skip-checks"],
        cwd=CHECKOUT, env=clean_environment(DATABASE_URL=url, DATA_DIR=str(data_dir)), check=True,
    )  # fmt: skip


class SqliteDatabases:
    """Copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.sqlite3"
        migrate(f"sqlite:///{self.template}", folder)

    @contextmanager
    def one(self) -> Iterator[str]:
        copy = self.folder / f"{next(_numbers)}.sqlite3"
        shutil.copy(self.template, copy)
        yield f"sqlite:///{copy}"


class PostgresqlDatabases:
    """Copies of one migrated database on the server of `url`."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.template = f"template_{os.getpid()}_{next(_numbers)}"
        self._run(f'CREATE DATABASE "{self.template}"')
        migrate(self._url_of(self.template), folder)

    @contextmanager
    def one(self) -> Iterator[str]:
        name = f"copy_{os.getpid()}_{next(_numbers)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"')
        try:
            yield self._url_of(name)
        finally:
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _url_of(self, name: str) -> str:
        return f"{self.url.rpartition('/')[0]}/{name}"

    def _run(self, statement: str) -> None:
        url = self.url.replace("postgres://", "postgresql://", 1)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)  # names of our own making
