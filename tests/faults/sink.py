"""A mail server in a process of its own that fails as it is told, and keeps on disk what it accepted.

Run as: python -m tests.faults.sink PORT LOG ORDERS. Each accepted mail is a line of JSON in LOG: the
reminders it tells, found by their links, its Message-ID, its addresses, when it was kept, and whether the
yes was given.
ORDERS is a file with a fault in each line, done one after the other, as in "drop_after 3 17" for three mails;
the last number counts the lines. What was ordered before it started is left out.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from pathlib import Path

ANSWERS = {"busy": b"451 try later\r\n", "closing": b"421 closing\r\n", "full": b"452 mailbox full\r\n"}
LATE_SECONDS = 25.0
LINK = re.compile(rb"/reminders/([0-9A-Za-z]+)(?::|%3A)")
MESSAGE_ID = re.compile(rb"^Message-ID: *(<[^>]+>)", re.MULTILINE | re.IGNORECASE)


class Sink:
    def __init__(self, log: Path, orders: Path) -> None:
        self.log = log.open("a", buffering=1)
        self.orders = orders
        self.fault, self.left = "", 0
        self.done = 0
        self.done = max((number for *_order, number in self.ordered()), default=0)

    def ordered(self) -> list[tuple[str, int, int]]:
        """Fault, mails and number of what is to be done yet."""
        lines = self.orders.read_text().splitlines() if self.orders.exists() else []
        orders = ((fault, int(count), int(number)) for fault, count, number in map(str.split, lines))
        return [order for order in orders if order[2] > self.done]

    def order(self) -> str:
        """The fault for the mail at hand; "" for none."""
        if self.left < 1 and (ordered := self.ordered()):
            self.fault, self.left, self.done = ordered[0]
        if self.left < 1:
            return ""
        self.left -= 1
        return self.fault

    def keep(self, mail: bytes, to: list[str], *, is_answered: bool) -> None:
        found = MESSAGE_ID.search(mail)
        told = sorted({key.decode() for key in LINK.findall(mail)})
        line = {
            "id": found[1].decode() if found else "",
            "told": told,
            "to": to,
            "at": time.time(),
            "yes": is_answered,
        }
        self.log.write(json.dumps(line) + "\n")

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation; a client that goes away without a word ends it too."""
        to: list[str] = []  # of the mail at hand
        try:
            writer.write(b"220 sink\r\n")
            while line := await reader.readline():
                if not await self.answer(line, to, reader, writer):
                    break
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def answer(
        self, line: bytes, to: list[str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """False where the conversation ends."""
        verb = line[:4].upper()
        if verb == b"EHLO":
            writer.write(b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
        elif verb == b"RCPT" and b"refused-" in line:
            writer.write(b"550 no such user\r\n")
        elif verb == b"DATA":
            writer.write(b"354 go on\r\n")
            await writer.drain()
            return await self.take(await reader.readuntil(b"\r\n.\r\n"), to, writer)
        elif verb == b"QUIT":
            writer.write(b"221 bye\r\n")
            await writer.drain()
            return False
        else:
            if verb in {b"MAIL", b"RSET"}:
                to.clear()
            elif verb == b"RCPT":
                to.append(line[line.index(b"<") + 1 : line.rindex(b">")].decode())
            writer.write(b"250 ok\r\n")
        return True

    async def take(self, mail: bytes, to: list[str], writer: asyncio.StreamWriter) -> bool:
        fault = self.order()
        if fault in ANSWERS:
            writer.write(ANSWERS[fault])
            return fault != "closing"
        if fault == "drop_before":
            writer.transport.abort()
            return False
        self.keep(mail, to, is_answered=not fault)
        if fault == "drop_after":
            writer.transport.abort()
            return False
        if fault == "late":
            await asyncio.sleep(LATE_SECONDS)
        writer.write(b"250 kept\r\n")
        return True


async def serve(port: int, log: Path, orders: Path) -> None:
    sink = Sink(log, orders)
    server = await asyncio.start_server(sink.talk, "127.0.0.1", port, limit=1 << 20, backlog=100)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])))
