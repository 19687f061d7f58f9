"""Makes .venv and installs what a requirements file pins; a second call finds it made and returns at once.

Only the standard library: this runs before anything is installed.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
LOG = VENV / "install.log"

UNREACHABLE = (
    "NewConnectionError",
    "Failed to establish",
    "Max retries exceeded",
    "name resolution",
    "ProxyError",
    "SSLError",
    "timed out",
    "No matching distribution",
    "Could not find a version",
)


class CannotInstall(Exception):
    """One sentence for the person at the terminal: what happened, why, and what to do."""


def environment(*files: str) -> Path:
    """The Python of .venv with those requirements files installed. Raises CannotInstall."""
    wanted = {name: _fingerprint(ROOT / name) for name in files}
    if _is_installed(wanted):
        return PYTHON
    if not os.access(VENV if VENV.exists() else ROOT, os.W_OK):
        raise CannotInstall(
            f"{ROOT} cannot be written to, and the packages are kept in {VENV.name} there. "
            "Copy the project to a folder of your own, or make this one writable, and start again."
        )
    with _alone():
        if not _is_installed(wanted):  # another start may have installed it while we waited
            print(
                "Installing the packages this project needs, once; this takes a minute or two ...", flush=True
            )
            _make_venv()
            _install(files)
            STAMP.write_text(json.dumps({**_installed(), **wanted}))
    return PYTHON


def _fingerprint(path: Path) -> str:
    """Changes with the file and with the Python that would run."""
    about = f"{sys.version}\n{sys.base_prefix}\n".encode()
    return hashlib.sha256(about + path.read_bytes()).hexdigest()


def _installed() -> dict[str, str]:
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}


def _is_installed(wanted: dict[str, str]) -> bool:
    return PYTHON.exists() and wanted.items() <= _installed().items()


@contextmanager
def _alone() -> Iterator[None]:
    """Two first starts at once take turns; the lock goes with the process."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _make_venv() -> None:
    """A new .venv, unless there is one made by this very Python."""
    about = f"{sys.version}\n{sys.base_prefix}"
    made_by = VENV / "made-by"
    if PYTHON.exists() and made_by.exists() and made_by.read_text() == about:
        return
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        raise CannotInstall(
            f"This Python ({sys.executable}) cannot make a virtual environment: its venv module is missing. "
            "Install it (on Debian and Ubuntu: apt install python3-venv) and start again."
        )
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True)
    if made.returncode:
        words = (made.stderr or made.stdout).strip().splitlines() or ["it gave no reason"]
        raise CannotInstall(f"Python could not make {VENV}: {words[-1]}")
    made_by.write_text(about)


def _install(files: tuple[str, ...]) -> None:
    listed = [part for name in files for part in ("-r", str(ROOT / name))]
    command = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--quiet",
        "--progress-bar=off",
        *listed,
    ]
    with LOG.open("w") as log:
        code = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, cwd=ROOT).returncode
    if code:
        raise CannotInstall(_why(LOG.read_text(errors="replace")))


def _why(said: str) -> str:
    """pip's failure in one sentence; its own words stay in .venv/install.log."""
    if "DO NOT MATCH THE HASHES" in said:
        return (
            "A package is not the one that was pinned (its hash differs), so nothing was installed. "
            f"Try again later or ask the registry's keeper; pip's own words are in {LOG}."
        )
    if "No space left" in said:
        return "The disk is full, so the packages could not be installed. Free 1 GB and start again."
    if any(sign in said for sign in UNREACHABLE):
        return (
            "No package registry is in reach, so the packages could not be installed. Connect this machine "
            f"to the internet, or name your registry in pip's configuration; pip's own words are in {LOG}."
        )
    errors = [line for line in said.splitlines() if line.startswith("ERROR")] or ["it gave no reason"]
    return f"pip could not install the packages ({errors[-1]}); all it said is in {LOG}."
