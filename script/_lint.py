"""Runs every check that needs no test, in .venv, and says at the end which failed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from _environment import ROOT, CannotInstall, environment

# As on a public site: https, so that every warning of `check --deploy` counts.
PUBLIC = {"SITE_URL": "https://cases.example.org", "EMAIL_URL": "smtp+tls://mail.example.org:587"}
CHECKS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy", "."],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
    "check --deploy": ["manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    "playbooks": ["manage.py", "check_playbooks"],
    "translations": ["tracker.messages", "check"],
}


def main() -> int:
    try:
        python = str(environment("requirements.txt", "requirements-dev.txt"))
    except CannotInstall as error:
        print(error, file=sys.stderr)
        return 1
    failed = []
    with tempfile.TemporaryDirectory(prefix="tracker-lint-") as folder:
        env = {**os.environ, **PUBLIC, "DATA_DIR": folder}
        for title, (program, *arguments) in CHECKS.items():
            start = [python, program] if program.endswith(".py") else [python, "-m", program]
            done = subprocess.run([*start, *arguments], cwd=ROOT, env=env, capture_output=True, text=True)
            print(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {title}", flush=True)
            if done.returncode:
                failed.append(title)
                print(done.stdout + done.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
