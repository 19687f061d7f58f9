"""script/server, test and lint: what cannot work is said in one sentence, exit code 1, no traceback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs import free_port, wait_until
from tests.running import CHECKOUT, clean_environment

# Root may write everywhere; without this right it is refused as anybody is.
AS_ANYBODY = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]
NOWHERE = "http://127.0.0.1:9/simple"  # the discard port: nothing listens there
NO_REGISTRY = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": NOWHERE,
    "PIP_EXTRA_INDEX_URL": "",
    "PIP_FIND_LINKS": "",
    "PIP_NO_CACHE_DIR": "1",
    "PIP_RETRIES": "0",
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The part of a checkout that a first start needs, with no .venv."""
    shutil.copytree(CHECKOUT / "script", tmp_path / "copy" / "script")
    shutil.copy(CHECKOUT / "requirements.txt", tmp_path / "copy")
    return tmp_path / "copy"


def run(*command: object, cwd: Path = CHECKOUT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it with this Python as the one the scripts find."""
    names = clean_environment(**{"TRACKER_PYTHON": sys.executable, **environment})
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=names, capture_output=True, text=True, timeout=120
    )


def sentence_of(done: subprocess.CompletedProcess[str]) -> str:
    """What it said, after checking that it failed in the way a person can read."""
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr + done.stdout
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def supervisor(**environment: str) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "tracker.supervisor", **environment)


@pytest.mark.parametrize("script", ["server", "test", "lint", "recognition", "lighthouse"])
def test_a_python_that_is_too_old_is_named(tmp_path: Path, script: str) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.18" && exit\nexit 1\n')
    old.chmod(0o755)

    said = sentence_of(run(CHECKOUT / "script" / script, TRACKER_PYTHON=str(old)))

    assert said == (
        "Python 3.11 or later is needed, and this machine has: Python 3.9.18. Install a newer Python "
        f"(python.org, or apt install python3) and run {script} again."
    )


def test_a_machine_without_python_is_told_so() -> None:
    said = sentence_of(run(CHECKOUT / "script" / "server", TRACKER_PYTHON="no-such-python"))

    assert said.startswith("Python 3.11 or later is needed, and this machine has: none.")


def test_a_machine_without_npm_is_told_how_to_get_it(tmp_path: Path) -> None:
    said = sentence_of(run(sys.executable, "script/_lighthouse.py", PATH=str(tmp_path)))

    assert said == "npm is not installed (on Debian: apt install npm), and Lighthouse comes with it."


def test_no_registry_in_reach_is_told_with_what_to_do(copy: Path) -> None:
    said = sentence_of(run("script/server", cwd=copy, **NO_REGISTRY))

    assert said.startswith("No package registry is in reach, so the packages could not be installed. Connect")
    assert said.endswith(f"pip's own words are in {copy}/.venv/install.log.")
    assert "No matching distribution" in (copy / ".venv" / "install.log").read_text()


def test_a_python_without_its_venv_module_is_told_how_to_get_it(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['ensurepip'] = None\n")

    said = sentence_of(run("script/server", cwd=copy, PYTHONPATH=str(tmp_path)))

    assert said.endswith(
        "cannot make a virtual environment: its venv module is missing. "
        "Install it (on Debian and Ubuntu: apt install python3-venv) and start again."
    )


def test_a_checkout_that_cannot_be_written_to_is_told_what_to_do(copy: Path) -> None:
    copy.chmod(0o555)
    as_anybody = AS_ANYBODY if os.geteuid() == 0 else []

    said = sentence_of(run(*as_anybody, "script/server", cwd=copy, PYTHONDONTWRITEBYTECODE="1"))

    copy.chmod(0o755)
    assert said.startswith(f"{copy} cannot be written to, and the packages are kept in .venv there.")


def test_a_data_folder_that_cannot_be_written_to_is_told_what_to_do(tmp_path: Path) -> None:
    home = tmp_path / "var"
    home.mkdir(mode=0o500)
    as_anybody = AS_ANYBODY if os.geteuid() == 0 else []

    said = sentence_of(run(*as_anybody, sys.executable, "-m", "tracker.supervisor", DATA_DIR=str(home)))

    assert said == (
        f"The data folder {home} cannot be written to. Set DATA_DIR to a folder that this user may write to."
    )


def test_a_data_folder_that_cannot_be_made_is_told_what_to_do() -> None:
    said = sentence_of(supervisor(DATA_DIR="/dev/null/var"))

    assert said.startswith("The data folder /dev/null/var cannot be made: Not a directory.")


def test_a_port_in_use_is_named_with_a_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        said = sentence_of(supervisor(DATA_DIR=str(tmp_path / "var"), PORT=str(port)))

    assert said == (
        f"Port {port} is in use by another program, perhaps by another copy of this site. "
        "Stop that one, or choose another port, as in: PORT=8001 script/server"
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "eighty", "PORT is “eighty”; write a whole number from 1 to 65535."),
        ("DEBUG", "perhaps", "DEBUG is “perhaps”; write true or false."),
        ("SITE_URL", "cases.example.org", "SITE_URL is “cases.example.org”; write the address people type"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL names a database this project does not support;"),
        ("EMAIL_URL", "pigeon://coop", "EMAIL_URL is not understood;"),
        ("STORAGE_URL", "s3://host", "STORAGE_URL is not understood;"),
        ("SECRET_KEY_FILE", "/no/such/file", "SECRET_KEY_FILE names /no/such/file, which cannot be read"),
        ("DATABASE_URL", "postgres://x@127.0.0.1:9/y", "The database cannot be used: "),
    ],
)
def test_an_environment_value_that_cannot_be_used_is_told_in_one_sentence(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    done = supervisor(**{"DATA_DIR": str(tmp_path / "var"), "PORT": str(free_port()), name: value})

    assert sentence_of(done).startswith(said)


@pytest.fixture
def installed() -> None:
    """script/server itself installs for minutes where script/test has not made .venv yet."""
    if not (CHECKOUT / ".venv" / "installed.json").exists():
        pytest.skip("needs .venv as script/test makes it")


@pytest.fixture
def server(installed: None, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path, int]]:
    """script/server as typed, on data and a port of its own."""
    port = free_port()
    environment = clean_environment(DATA_DIR=str(tmp_path / "var"), PORT=str(port), TICK_SECONDS="2")
    log = tmp_path / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            ["script/server"], cwd=CHECKOUT, env=environment, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
    yield process, log, port
    if process.poll() is None:
        process.terminate()
        process.wait(timeout=40)


def test_script_server_says_where_the_site_is_once_it_is_ready_and_stops_at_a_signal(
    server: tuple[subprocess.Popen[str], Path, int],
) -> None:
    process, log, port = server

    wait_until(lambda: "The site is ready at" in log.read_text(), seconds=90, what="the address")
    assert f"The site is ready at http://localhost:{port}  (Ctrl-C stops it)\n" in log.read_text()

    process.terminate()
    assert process.wait(timeout=40) == 0
    assert log.read_text().endswith("Stopped.\n")
