"""compose.yaml and Dockerfile: their commands, run here against real servers without an engine."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto.server import ThreadedMotoServer

from tests.mail_server import MailServer
from tests.programs import free_port, running
from tests.running import CHECKOUT, Site, clean_environment

COMPOSE = yaml.safe_load((CHECKOUT / "compose.yaml").read_text())
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text().replace("\\\n", "")
OURS = ("migrate", "web", "worker", "ticker", "beat")


def command_of(service: str) -> list[str]:
    """As arguments; the web service runs what the image runs by itself."""
    command = COMPOSE["services"][service].get("command")
    return list(command or json.loads(re.findall(r"^CMD (.*)", DOCKERFILE, re.MULTILINE)[0]))


def here(command: list[str], port: int) -> list[str]:
    """The same command with the programs of this Python, at a port of this test's."""
    changes = {"0.0.0.0": "127.0.0.1", "8000": str(port)}  # noqa: S104
    program, *arguments = [changes.get(part, part) for part in command]
    return [sys.executable, *([] if program == "python" else ["-m", program]), *arguments]


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """An S3 store, as STORAGE_URL takes it."""
    port = free_port()
    server = ThreadedMotoServer("127.0.0.1", port)
    server.start()
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="evidence")
    yield f"s3://key:secret@127.0.0.1:{port}/evidence?secure=false"
    server.stop()


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """What the Dockerfile copies into the image, and nothing else."""
    home = tmp_path / "site"
    home.mkdir()
    for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE):
        *sources, _ = line.split()
        for source in sources:
            if (CHECKOUT / source).is_dir():
                shutil.copytree(CHECKOUT / source, home / source)
            else:
                shutil.copy(CHECKOUT / source, home)
    return home


@pytest.fixture
def environment(
    tmp_path: Path, fresh_postgresql: str, redis_url: str, bucket: str, smtp_server: MailServer
) -> dict[str, str]:
    """The names that compose.yaml sets, with the private servers of this test behind them."""
    given = set(COMPOSE["x-site"]["environment"])
    values = {
        "SITE_URL": "http://localhost:8000",
        "DATABASE_URL": fresh_postgresql,
        "REDIS_URL": redis_url,
        "STORAGE_URL": bucket,
        "EMAIL_URL": smtp_server.url,
        "FROM_EMAIL": "reminders@localhost",
        "BEHIND_PROXY": "false",
        "TSA_URL": "",
    }
    assert given == set(values)
    places = {"DATA_DIR": str(tmp_path / "data"), "STATIC_ROOT": str(tmp_path / "static"), "PYTHONPATH": ""}
    return clean_environment(**values, **places, TICK_SECONDS="2")


def test_the_commands_of_compose_make_a_site_that_is_ready(
    image: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    port = free_port()
    for step in (["python", "-m", "tracker.messages", "compile"], ["python", "manage.py", "collectstatic",
                 "--no-input", "--verbosity=0"], command_of("migrate")):  # fmt: skip
        subprocess.run(here(step, port), cwd=image, env=environment, check=True)
    site = Site(f"http://127.0.0.1:{port}", tmp_path, environment, log=tmp_path / "web", process=None)  # type: ignore[arg-type]

    with ExitStack() as stack:
        for name in ("beat", "worker", "ticker", "web"):
            until = site.is_ready if name == "web" else lambda: True
            stack.enter_context(
                running(
                    here(command_of(name), port), until=until, log=tmp_path / name, cwd=image, env=environment
                )
            )

        assert site.get("/readyz") == (200, "database ok\nbroker ok\nstorage ok\nbeat ok\n")


def test_only_this_machine_reaches_the_pages_and_the_mails_and_nothing_else_is_reachable() -> None:
    ports = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}

    assert ports == {"web": ["127.0.0.1:8000:8000"], "mail": ["127.0.0.1:8025:8025"]}


def test_the_database_keeps_checksums_and_redis_keeps_nothing() -> None:
    services: dict[str, Any] = COMPOSE["services"]

    assert services["postgres"]["environment"]["POSTGRES_INITDB_ARGS"] == "--data-checksums"
    assert services["redis"]["command"] == ["redis-server", "--save", "", "--appendonly", "no"]


@pytest.mark.parametrize("service", OURS)
def test_our_processes_have_no_rights_they_do_not_need(service: str) -> None:
    settings = COMPOSE["services"][service]

    assert settings["read_only"] is True
    assert settings["cap_drop"] == ["ALL"]
    assert "USER site" in DOCKERFILE


def test_every_image_has_a_version() -> None:
    images = {service["image"] for name, service in COMPOSE["services"].items() if name not in OURS}
    images |= set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE))

    assert [image for image in images if ":" not in image or image.endswith(":latest")] == []


def test_the_builder_gets_no_data_and_no_secret() -> None:
    lines = (CHECKOUT / ".dockerignore").read_text().splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}
    copied = {
        part for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE) for part in line.split()[:-1]
    }

    assert "*" in lines
    assert allowed == copied
