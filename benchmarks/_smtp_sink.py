"""A mail server in a process of its own that says yes to everything, with as little work as SMTP allows."""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Mails kept whole, so that what the floor sends is as large as what we send.
SAMPLES = 50
SPAWN = multiprocessing.get_context("spawn")


class Sink:
    """How to ask the sink; `port` is where it listens, on the loopback only."""

    def __init__(self, port: int, accepted: Any, pipe: Any) -> None:
        self.port = port
        self._accepted = accepted
        self._pipe = pipe

    @property
    def accepted(self) -> int:
        """Mails since the last `forget`."""
        return int(self._accepted.value)

    def forget(self) -> None:
        self._ask("forget")

    def times(self) -> list[float]:
        """Unix seconds of each yes, in the order given."""
        return list(self._ask("times"))

    def samples(self) -> list[bytes]:
        """The first mails since the last `forget`, as they came in."""
        return list(self._ask("samples"))

    def _ask(self, question: str) -> Any:
        self._pipe.send(question)
        return self._pipe.recv()


class _Server:
    def __init__(self, accepted: Any, pipe: Any) -> None:
        self.accepted = accepted
        self.pipe = pipe
        self.times: list[float] = []
        self.samples: list[bytes] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation; a client that goes away without a word ends it too."""
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                self.keep(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(b"250 kept\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 ok\r\n")
            await writer.drain()
        writer.close()

    def keep(self, mail: bytes) -> None:
        self.times.append(time.time())
        self.accepted.value += 1
        if len(self.samples) < SAMPLES:
            self.samples.append(mail.removesuffix(b".\r\n"))

    def answer(self) -> None:
        question = self.pipe.recv()
        if question == "forget":
            self.times, self.samples = [], []
            self.accepted.value = 0
            self.pipe.send(None)
        else:
            self.pipe.send(getattr(self, question))

    async def serve(self, listener: socket.socket) -> None:
        asyncio.get_running_loop().add_reader(self.pipe.fileno(), self.answer)
        server = await asyncio.start_server(self.talk, sock=listener, limit=1 << 20, backlog=1000)
        await server.serve_forever()


def _run(listener: socket.socket, accepted: Any, pipe: Any) -> None:
    asyncio.run(_Server(accepted, pipe).serve(listener))


@contextmanager
def sink() -> Iterator[Sink]:
    """Runs while the block does, and ends with this process."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1000)
    accepted = SPAWN.Value("q", 0, lock=False)
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=_run, args=(listener, accepted, theirs), daemon=True)
    process.start()
    try:
        yield Sink(listener.getsockname()[1], accepted, ours)
    finally:
        process.terminate()
        process.join()
