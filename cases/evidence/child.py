"""Runs a program of its own over a stranger's file: what crashes, loops or floods is only that. No Django."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any


class ChildFailed(RuntimeError):
    """It crashed, took too long, or said nothing that can be read."""


def ask(program: str | None, *request: str, seconds: float) -> tuple[dict[str, Any], bytes]:
    """What the program file answers: an object, as one line of JSON, and the bytes behind it.

    Raises ChildFailed.
    """
    try:
        done = subprocess.run(
            _command(program, request),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=seconds,
            check=True,
        )
        return _parted(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise ChildFailed(type(error).__name__) from error


def ask_for_many(
    program: str | None, *request: str, seconds: float
) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Answer after answer, each a line of JSON that says in "bytes" how many follow. Raises ChildFailed."""
    process = subprocess.Popen(
        _command(program, request),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    watch = threading.Timer(seconds, process.kill)
    watch.start()
    try:
        if process.stdout is None:
            return
        while line := process.stdout.readline():
            answer = _object(line)
            data = process.stdout.read(int(answer.get("bytes", 0)))
            if len(data) != answer.get("bytes", 0):
                raise ChildFailed("It ended in the middle of an answer.")
            yield answer, data
        if process.wait(timeout=seconds):
            raise ChildFailed(f"It ended with {process.returncode}.")
    except (subprocess.SubprocessError, ValueError) as error:
        raise ChildFailed(type(error).__name__) from error
    finally:
        watch.cancel()
        process.kill()
        process.communicate()


def _command(program: str | None, request: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-I", str(program), *request]


def _parted(output: bytes) -> tuple[dict[str, Any], bytes]:
    line, _newline, data = output.partition(b"\n")
    return _object(line), data


def _object(line: bytes) -> dict[str, Any]:
    answer = json.loads(line)
    if not isinstance(answer, dict):
        raise ValueError("It answered with something else than an object.")
    return answer
