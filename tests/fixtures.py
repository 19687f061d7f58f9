"""Fixtures that start real programs. A program that is not installed skips the test, and the end says so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from tests import programs
from tests.databases import PostgresqlDatabases, SqliteDatabases
from tests.mail_server import MailServer, mail_server
from tests.running import Site, run_site


def pytest_configure(config: pytest.Config) -> None:
    from tracker.prepare import compile_messages

    compile_messages()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test marked postgresql or redis needs the whole run to be on it.

    script/test runs the data layer twice and sets EVERY_DATABASE in the first round, which leaves such a
    test to the second; elsewhere it is skipped, and so it is named at the end.
    """
    absent = {"postgresql": not _on_postgresql(), "redis": not os.environ.get("REDIS_URL")}
    for item in list(items):
        lacking = [name for name, is_absent in absent.items() if is_absent and item.get_closest_marker(name)]
        if lacking and os.environ.get("EVERY_DATABASE") and item.nodeid.startswith(programs.DATA_LAYER):
            items.remove(item)
            config.hook.pytest_deselected(items=[item])
        elif lacking:
            item.add_marker(pytest.mark.skip(reason=f"needs {' and '.join(lacking)}; script/test has it"))
    items.sort(key=lambda item: not item.nodeid.startswith(programs.LONGEST))


@contextmanager
def _or_skip() -> Iterator[None]:
    try:
        yield
    except programs.NotInstalled as error:
        pytest.skip(str(error))


def _on_postgresql() -> bool:
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A private PostgreSQL, as DATABASE_URL takes it; the one of the whole run where it has one."""
    if _on_postgresql():
        yield os.environ["DATABASE_URL"]
        return
    with _or_skip(), programs.postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A private Redis, as REDIS_URL takes it; the one of the whole run where it has one."""
    if os.environ.get("REDIS_URL"):
        yield os.environ["REDIS_URL"]
        return
    with _or_skip(), programs.redis() as url:
        yield url


@pytest.fixture(scope="session")
def _mail_server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def smtp_server(_mail_server: MailServer) -> MailServer:
    """A real SMTP server with an empty letter box; tests.mail_server tells what it can be told to answer."""
    _mail_server.forget()
    return _mail_server


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """Chromium, together with a font for Chinese."""
    with _or_skip():
        programs.find("NotoSansCJK-Regular.ttc")
        return programs.find("chromium")


@pytest.fixture(scope="session")
def running_site() -> Iterator[Site]:
    """The three real processes on SQLite, files and the embedded broker, for all tests that look at one."""
    with run_site() as site:
        yield site


@pytest.fixture(scope="session")
def _databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> SqliteDatabases | PostgresqlDatabases:
    if _on_postgresql():
        return cast(PostgresqlDatabases, request.getfixturevalue("_postgresql_databases"))
    return SqliteDatabases(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def _postgresql_databases(
    postgresql_url: str, tmp_path_factory: pytest.TempPathFactory
) -> PostgresqlDatabases:
    return PostgresqlDatabases(postgresql_url, tmp_path_factory.mktemp("databases"))


@pytest.fixture
def fresh_postgresql(_postgresql_databases: PostgresqlDatabases) -> Iterator[str]:
    """As fresh_database, on PostgreSQL whatever the run itself uses."""
    with _postgresql_databases.one() as url:
        yield url


@pytest.fixture
def fresh_database(_databases: SqliteDatabases | PostgresqlDatabases) -> Iterator[str]:
    """The DATABASE_URL of a migrated, empty database for this test alone: give it to a process."""
    with _databases.one() as url:
        yield url


@pytest.fixture
def committed_db(fresh_database: str, django_db_blocker: Any) -> Iterator[str]:
    """This process, all its threads included, works in a database of its own: commits are real.

    Instead of `db`. A thread of a test closes its connection itself (django.db.connections.close_all).
    """
    import environ
    from django.db import connections

    settings, before = connections.settings["default"], connections["default"]
    kept = settings["NAME"]
    settings["NAME"] = environ.Env.db_url_config(fresh_database)["NAME"]
    connections["default"] = connections.create_connection("default")
    try:
        with django_db_blocker.unblock():
            yield fresh_database
    finally:
        connections["default"].close()
        settings["NAME"] = kept
        connections["default"] = before
