"""A short campaign on each of the two ways to run the site; the long one is `python -m tests.faults`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.programs import NotInstalled, find
from tests.running import CHECKOUT, clean_environment

SHORT = ("--reminders", "400", "--seconds", "15")
CAMPAIGNS = {
    "PostgreSQL and Redis": ("--faults", "24", "--seed", "11"),
    "SQLite": ("--faults", "8", "--seed", "12", "--sqlite"),
}
NEEDED = {
    "PostgreSQL and Redis": ("libfaketime.so.1", "postgres", "redis-server"),
    "SQLite": ("libfaketime.so.1",),
}


def lacking(where: str) -> str:
    """The sentence about a program that is not installed; "" where all are."""
    for program in NEEDED[where]:
        try:
            find(program)
        except NotInstalled as error:
            return str(error)
    return ""


@pytest.fixture(scope="module")
def campaigns() -> Iterator[dict[str, subprocess.Popen[str]]]:
    """Those that can run here, side by side: most of their time they wait."""
    started = {
        where: subprocess.Popen(
            [sys.executable, "-m", "tests.faults", *SHORT, *arguments],
            cwd=CHECKOUT, env=clean_environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for where, arguments in CAMPAIGNS.items() if not lacking(where)
    }  # fmt: skip
    yield started
    for process in started.values():
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=60)


@pytest.mark.parametrize("where", CAMPAIGNS)
def test_whatever_breaks_no_reminder_is_lost_early_or_told_twice_without_need(
    campaigns: dict[str, subprocess.Popen[str]], where: str
):
    if missing := lacking(where):
        pytest.skip(missing)
    out, err = campaigns[where].communicate(timeout=400)
    assert campaigns[where].returncode in {0, 1}, err
    figures: dict[str, Any] = json.loads(out.splitlines()[-1])

    counted = figures["counted"]
    assert figures["broken"] == []
    assert [counted[name] for name in ("lost", "early", "differing", "said_too_late")] == [0, 0, 0, 0]
    assert min(counted[name] for name in ("refused", "cancelled", "merged")) > 0
    assert counted["mails"] > 150
    assert counted["refused"] + counted["cancelled"] < 100
    assert figures["backlog_seconds"] <= 60
