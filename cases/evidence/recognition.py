"""Reads pictures and PDF pages by a program of its own; may be left out, and says whether it is there.

Nothing of the library is ever loaded here: `recognition_child.py` has its memory, its limits and its end.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from django.conf import settings

CHILD = Path(__file__).with_name("recognition_child.py")
LOCK = "recognition.lock"
PDF = "application/pdf"
MEDIA_TYPES = (
    "image/png", "image/jpeg", "image/webp", "image/heic", "image/heif", "image/avif", "image/gif", PDF,
)  # fmt: skip
MOST_PAGES = 60
# For one page, loading the models included; the child's own limit is 60 seconds of CPU.
TIMEOUT_SECONDS = 150
_ANSWER_BYTES = 16 * 1024 * 1024


class ReaderFailed(Exception):
    """The reader died, was killed at its limits or took too long: trying once more may help."""


class Unreadable(Exception):
    """The file cannot be read, now or later."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read on one page: rows for `Recognition.lines`, and by what."""

    lines: list[dict[str, Any]]
    engine: str


@cache
def is_installed() -> bool:
    """Are the packages of requirements-recognition.txt there? Loads none of them."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


@contextmanager
def only_one() -> Iterator[bool]:
    """True within when no other process of this machine reads; the lock goes with the process."""
    with (settings.DATA_DIR / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


class Reader:
    """One child, started with the first page and ended with the block."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    @property
    def process(self) -> int | None:
        """The process id of the child while it runs."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def read(self, path: Path, media_type: str, page: int = 1) -> Read:
        """The lines of that page, from the top down. Raises ReaderFailed, Unreadable."""
        said = self._ask({"path": str(path), "media_type": media_type, "page": page})
        if said.get("again"):
            raise ReaderFailed(str(said.get("error")))
        if "error" in said:
            raise Unreadable(str(said["error"]))
        lines = [
            {"page": page, "text": text, "score": score, "box": [x, y, width, height]}
            for text, score, x, y, width, height in said["lines"]
        ]
        return Read(lines, str(said["engine"])[:100])

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        child = self._running()
        try:
            asked = cast("IO[bytes]", child.stdin)
            asked.write(json.dumps(request).encode() + b"\n")
            asked.flush()
            said = json.loads(self._answer(child))
        except (OSError, ValueError) as error:
            self._end()
            raise ReaderFailed(str(error) or type(error).__name__) from error
        if not isinstance(said, dict):
            raise ReaderFailed("it answered with something else")
        return said

    def _answer(self, child: subprocess.Popen[bytes]) -> bytes:
        """One line. Raises OSError when it ends before, or takes too long or too much."""
        answers = cast("IO[bytes]", child.stdout)
        got, until = b"", time.monotonic() + TIMEOUT_SECONDS
        while not got.endswith(b"\n"):
            left = until - time.monotonic()
            if left <= 0 or not select.select([answers], [], [], left)[0]:
                raise OSError(f"it gave no answer within {TIMEOUT_SECONDS} seconds")
            part = os.read(answers.fileno(), 65536)
            if not part or len(got) > _ANSWER_BYTES:
                raise OSError("it ended before it answered")
            got += part
        return got

    def _running(self) -> subprocess.Popen[bytes]:
        """The child; another one where it ended by itself, having been idle or read enough."""
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._child = subprocess.Popen(
                [sys.executable, "-I", str(CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
