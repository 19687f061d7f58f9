"""Lists every test that was skipped, and why, at the end; with NOTHING_SKIPPED set that is a failure."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_not_run: list[tuple[str, str]] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        _not_run.append((report.nodeid, _reason(report)))


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        _not_run.append((report.nodeid, _reason(report)))


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    said = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return said.removeprefix("Skipped: ")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _not_run:
        return
    terminalreporter.section("not run", sep="=")
    lines = [f"{name}: {reason}" for name, reason in _not_run]
    for line in lines:
        terminalreporter.write_line(line)
    if listed := os.environ.get("NOT_RUN_FILE"):
        with Path(listed).open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _not_run and os.environ.get("NOTHING_SKIPPED") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
