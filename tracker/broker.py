"""The embedded broker: messages are files under DATA_DIR/broker, whole or not there at all.

kombu's own filesystem transport writes a message in place, so that a reader can take half of it, and a
message that cannot be read ends the worker. Here a message appears by rename, and a damaged one is set
aside in the folder of processed messages while the rest flows.
"""

from __future__ import annotations

import logging
import os
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps

log = logging.getLogger(__name__)

KEEP_PROCESSED_SECONDS = 600


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        draft = folder / f"{name}.part"
        draft.write_text(dumps(payload), encoding="utf-8")
        os.replace(draft, folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The next whole message for `queue`. Raises queue.Empty when there is none."""
        while True:
            try:
                message = super()._get(queue)
            except (ValueError, RecursionError):
                message = None
            if isinstance(message, dict) and "properties" in message:
                return message
            log.warning("A message that could not be read was set aside; the tick will find its work")


class Transport(filesystem.Transport):
    Channel = Channel
    polling_interval = 0.25  # seconds; what a person waits for before a worker sees the work

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> None:
        """As its parent, in short turns, so that a worker that is asked to stop hears it."""
        super().drain_events(connection, timeout=min(timeout or 0.5, 0.5))


def prune(folder: Path, *, now: float, keep: float = KEEP_PROCESSED_SECONDS) -> int:
    """Delete the processed messages older than `keep` seconds at `now` (Unix time); how many went."""
    gone = 0
    for path in folder.glob("*.msg"):
        with suppress(FileNotFoundError):  # a message may be moved or deleted while we look
            if now - path.stat().st_mtime > keep:
                path.unlink()
                gone += 1
    return gone
