"""Listens to a child process without waiting for it: who builds must hear of a cancellation meanwhile."""

from __future__ import annotations

import os
import selectors
from collections.abc import Iterator
from typing import IO

CHUNK = 65536
ALIVE = "alive"


def lines_of(pipe: IO[bytes] | None, *, every: float = 1.0) -> Iterator[str]:
    """Each line the child says, to its end, and ALIVE whenever it said nothing for `every` seconds."""
    if pipe is None:
        return
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if not selector.select(every):
                yield ALIVE
            elif chunk := os.read(pipe.fileno(), CHUNK):
                *lines, said = (said + chunk).split(b"\n")
                yield from (line.decode(errors="replace").strip() for line in lines)
            else:
                return
