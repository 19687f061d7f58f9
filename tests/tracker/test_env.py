"""tracker.env: what the environment may say, as settings."""

from __future__ import annotations

import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tracker import env


def test_a_database_at_a_unix_socket_is_its_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://app@%2Frun%2FPG/cases")

    config = env.database(tmp_path / "unused")

    assert (config["HOST"], config["NAME"], config["USER"]) == ("/run/PG", "cases", "app")


def test_without_a_database_url_it_is_sqlite_with_a_durable_journal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)

    config = env.database(tmp_path / "db.sqlite3")

    assert config["NAME"] == str(tmp_path / "db.sqlite3")
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in config["OPTIONS"]["init_command"]


def test_a_secret_may_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("redis://:secret@redis/0\n")
    monkeypatch.setenv("REDIS_URL_FILE", str(tmp_path / "url"))

    assert env.env_secret("REDIS_URL") == "redis://:secret@redis/0"


def test_a_kept_secret_is_made_once_whoever_comes_first_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "secret-key"
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(env.kept_secret(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(seen)) == 1
    assert len(seen[0]) >= 80
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


@pytest.mark.parametrize(
    ("url", "bucket", "endpoint"),
    [
        ("s3://key:a%2Fb@store.example.org/evidence", "evidence", "https://store.example.org"),
        ("s3://key:a%2Fb@127.0.0.1:9000/evidence?secure=false", "evidence", "http://127.0.0.1:9000"),
    ],
)
def test_an_object_store_is_named_by_one_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, bucket: str, endpoint: str
) -> None:
    monkeypatch.setenv("STORAGE_URL", url)

    options = env.storage(tmp_path)["OPTIONS"]

    assert (options["bucket_name"], options["endpoint_url"]) == (bucket, endpoint)
    assert options["secret_key"] == "a/b"


def test_mail_goes_to_a_mail_server_or_to_files_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EMAIL_URL", "consolemail://")

    with pytest.raises(ImproperlyConfigured, match="must name a mail server"):
        env.email(str(tmp_path))


@pytest.mark.parametrize(("value", "is_on"), [("true", True), ("ON", True), ("0", False), ("", False)])
def test_a_switch_is_on_or_off(monkeypatch: pytest.MonkeyPatch, value: str, is_on: bool) -> None:
    monkeypatch.setenv("DEBUG", value)

    assert env.env_bool("DEBUG") is is_on


def test_a_data_folder_that_is_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    env.data_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755

    env.data_folder(tmp_path, is_private=True)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_minutes_are_numbers_with_commas_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMINDER_RETRIES", "0.5, 15,120")

    assert env.env_minutes("REMINDER_RETRIES", "5,30,60") == (
        timedelta(seconds=30),
        timedelta(minutes=15),
        timedelta(hours=2),
    )


@pytest.mark.parametrize(
    "text", ["soon", "5,,60", "0", "0.001", "1e2", "nan", "1441", "5;30", "1,1,1,1,1,1,1,1,1,1,1"]
)
def test_what_is_no_list_of_minutes_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("REMINDER_RETRIES", text)

    with pytest.raises(ImproperlyConfigured, match=r"REMINDER_RETRIES is “.*”; write up to ten"):
        env.env_minutes("REMINDER_RETRIES", "5,30,60")


def test_pieces_of_pages_are_kept_in_each_process_and_the_rest_where_all_find_it() -> None:
    kept = env.caches("redis://127.0.0.1:1/0", is_debug=False)

    assert kept["default"]["BACKEND"].endswith("RedisCache")
    assert kept["default"]["LOCATION"] == "redis://127.0.0.1:1/0"
    assert kept["template_fragments"]["BACKEND"].endswith("LocMemCache")


def test_without_redis_what_is_shared_is_not_mixed_with_pieces_of_pages() -> None:
    kept = env.caches("", is_debug=False)

    assert kept["default"].get("LOCATION", "") != kept["template_fragments"]["LOCATION"]


def test_whoever_changes_templates_sees_the_change_at_once() -> None:
    assert env.caches("", is_debug=True)["template_fragments"]["BACKEND"].endswith("DummyCache")
