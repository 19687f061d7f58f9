"""Gets what tests need, then runs lint and the tests, and lists at the end what was not run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from _environment import ROOT, CannotInstall, environment

sys.path.insert(0, str(ROOT))
from tests import corpora, programs

# Taken from the environment by the site; a test run starts from the defaults.
SETTINGS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "STORAGE_URL", "DATA_DIR", "PORT", "SITE_URL", "DEBUG")

# Each process has a site, servers and databases of its own, so the tests of one file stay together.
# They come in the order of tests/fixtures.py: what takes long is begun first. One more than there are cores:
# what takes long mostly waits for other processes.
PROCESSES = min(max(os.cpu_count() or 2, 2) + 1, 4)
AT_ONCE = (f"--numprocesses={PROCESSES}", "--dist=loadfile", "--no-loadscope-reorder")


def install_programs() -> None:
    """By apt where this is Debian and we are root; elsewhere the tests that need them are skipped."""
    absent = programs.missing()
    if not absent or os.geteuid() or not Path("/etc/debian_version").exists():
        return
    packages = sorted({programs.PACKAGES[name] for name in absent})
    print(f"Installing for the tests: {' '.join(packages)}", flush=True)
    # RUNLEVEL=1 asks Debian not to start the servers it installs; tests start their own.
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(["apt-get", *command], env=quiet, capture_output=True, text=True)
        if done.returncode:
            words = (done.stderr or done.stdout).strip().splitlines() or ["it gave no reason"]
            print(
                f"apt-get {command[0]} failed ({words[-1]}); the tests that need it are skipped.", flush=True
            )
            return


def run(title: str, command: list[str], env: dict[str, str]) -> bool:
    print(f"\n=== {title}", flush=True)
    return subprocess.run(command, cwd=ROOT, env=env).returncode == 0


def prove(python: str, arguments: list[str], env: dict[str, str]) -> list[str]:
    """Run lint and both rounds of tests, or only the tests asked for; what failed, by name."""
    pytest = [python, "-m", "pytest"]
    if arguments:
        return [] if run("tests", [*pytest, *arguments], env) else ["tests"]
    layer = [part for part in programs.DATA_LAYER if (ROOT / part).exists()]
    both = {**env, "EVERY_DATABASE": "1"}  # what needs PostgreSQL is left to the second round
    at_once = [*pytest, *AT_ONCE]
    rounds = {
        "lint": ([python, "script/_lint.py"], env),
        "tests on SQLite, files and the embedded broker": (at_once, both),
        "data layer on PostgreSQL and Redis": ([python, "-m", "tests.programs", *at_once, *layer], env),
    }
    return [title for title, (command, names) in rounds.items() if not run(title, command, names)]


def main(arguments: list[str]) -> int:
    env = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    if "--nothing-skipped" in arguments:
        arguments.remove("--nothing-skipped")
        env["NOTHING_SKIPPED"] = "1"
    try:
        python = str(environment("requirements.txt", "requirements-dev.txt"))
    except CannotInstall as error:
        print(error, file=sys.stderr)
        return 1
    install_programs()
    corpora.fetch(python)
    with tempfile.TemporaryDirectory(prefix="tracker-test-") as folder:
        listed = Path(folder) / "not-run"
        failed = prove(python, arguments, {**env, "NOT_RUN_FILE": str(listed)})
        not_run = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    print()
    if not_run:
        print(f"{len(not_run)} not run:", *dict.fromkeys(not_run), sep="\n  ")
    print(f"Failed: {', '.join(failed)}." if failed else "All that ran passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
