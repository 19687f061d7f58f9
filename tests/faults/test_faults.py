"""A short campaign on each of the two ways to run the site; the long one is `python -m tests.faults`."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.programs import NotInstalled, find
from tests.running import CHECKOUT, clean_environment


def campaign(*arguments: str) -> dict[str, Any]:
    """Its figures. Skips where a program is not installed."""
    for program in ("libfaketime.so.1", *(() if "--sqlite" in arguments else ("postgres", "redis-server"))):
        try:
            find(program)
        except NotInstalled as error:
            pytest.skip(str(error))
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", *arguments],
        cwd=CHECKOUT, env=clean_environment(), capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    assert done.returncode in {0, 1}, done.stderr
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--faults", "24", "--seed", "11"), id="PostgreSQL and Redis"),
        pytest.param(("--faults", "8", "--seed", "12", "--sqlite"), id="SQLite"),
    ],
)
def test_whatever_breaks_no_reminder_is_lost_early_or_told_twice_without_need(arguments: tuple[str, ...]):
    figures = campaign("--reminders", "400", "--seconds", "15", *arguments)

    counted = figures["counted"]
    assert figures["broken"] == []
    assert [counted[name] for name in ("lost", "early", "differing", "said_too_late")] == [0, 0, 0, 0]
    assert min(counted[name] for name in ("refused", "cancelled", "merged")) > 0
    assert counted["mails"] > 150
    assert counted["refused"] + counted["cancelled"] < 100
    assert figures["backlog_seconds"] <= 60
