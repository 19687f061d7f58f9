"""The faults: what each does to the world, and what a repeat may be laid at its door."""

from __future__ import annotations

import random
import signal
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress

from tests.faults.world import Program, World
from tests.programs import find

# Longer than a lease lasts.
FREEZE_SECONDS = 32.0
CLOCKS = ("+1d", "-1d", "+1h", "-1h", "+70s", "-70s")

Later = Callable[[], None]
Kind = Callable[[World, random.Random], "tuple[float, Later] | None"]
"""Does its harm; returns what ends it and after how many seconds, where it has to be ended."""


def kill_ticker(world: World, chance: random.Random) -> None:
    chance.choice(world.tickers).kill()


def kill_pool_child(world: World, chance: random.Random) -> None:
    """Only the process that sends: its parent finds out and makes another."""
    ticker = chance.choice(world.tickers)
    if ticker.process is not None:
        subprocess.run(["pkill", "-KILL", "-P", str(ticker.process.pid)], check=False)


def freeze_ticker(world: World, chance: random.Random) -> tuple[float, Later]:
    ticker = chance.choice(world.tickers)
    ticker.send(signal.SIGSTOP)
    return FREEZE_SECONDS, lambda: ticker.send(signal.SIGCONT)


def wrong_clock(world: World, chance: random.Random) -> tuple[float, Later]:
    ticker = chance.choice(world.tickers)
    ticker.kill()
    library = str(find("libfaketime.so.1"))
    ticker.start(LD_PRELOAD=library, FAKETIME=chance.choice(CLOCKS), FAKETIME_DONT_FAKE_MONOTONIC="1")
    return 12.0, ticker.kill


def kill_beat(world: World, chance: random.Random) -> None:
    world.beat.kill()


def two_beats(world: World, chance: random.Random) -> tuple[float, Later]:
    if not world.second_beat.is_running:
        world.second_beat.start()
    return 10.0, world.second_beat.kill


def flush_redis(world: World, chance: random.Random) -> None:
    """Everything in it is gone; where it is down just now, everything is gone anyway."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", world.redis_port), timeout=5) as redis:
        redis.sendall(b"FLUSHALL\r\n")
        redis.recv(100)


def kill_redis(world: World, chance: random.Random) -> tuple[float, Later]:
    redis = _there(world.redis)
    redis.kill()
    return chance.uniform(0.2, 3.0), redis.start


def restart_postgresql(world: World, chance: random.Random) -> None:
    """A fast or an immediate shutdown, in which every connection breaks."""
    postgresql = _there(world.postgresql)
    postgresql.send_to_first(chance.choice((signal.SIGINT, signal.SIGQUIT)))
    postgresql.wait()
    postgresql.start()


def cut_connections(world: World, chance: random.Random) -> None:
    """PostgreSQL ends every connection, and lives on."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


def _mail_fault(name: str, most: int) -> Kind:
    def fail(world: World, chance: random.Random) -> None:
        world.order(name, chance.randint(1, most))

    fail.__name__ = f"mail_{name}"
    return fail


def mail_server_away(world: World, chance: random.Random) -> tuple[float, Later]:
    world.sink.kill()
    return chance.uniform(0.5, 4.0), world.sink.start


def mail_server_frozen(world: World, chance: random.Random) -> tuple[float, Later]:
    world.sink.send(signal.SIGSTOP)
    return chance.uniform(1.0, 14.0), lambda: world.sink.send(signal.SIGCONT)


EVERYWHERE: tuple[Kind, ...] = (
    kill_ticker,
    kill_ticker,
    kill_pool_child,
    freeze_ticker,
    wrong_clock,
    kill_beat,
    two_beats,
    _mail_fault("busy", 8),
    _mail_fault("full", 8),
    _mail_fault("closing", 2),
    _mail_fault("drop_before", 3),
    _mail_fault("drop_after", 3),
    _mail_fault("late", 1),
    mail_server_away,
    mail_server_frozen,
)
WITH_SERVERS: tuple[Kind, ...] = (flush_redis, kill_redis, restart_postgresql, cut_connections)

# What may take a sender away, or the answer it waits for, between the mail server's yes and the commit.
DEADLY = frozenset(
    {
        "kill_ticker",
        "kill_pool_child",
        "freeze_ticker",
        "wrong_clock",
        "restart_postgresql",
        "cut_connections",
        "mail_server_away",
        "mail_server_frozen",
    }
)
# What keeps a mail that is under way from the mail server, or the mail server from it.
SLOW = frozenset({"freeze_ticker", "mail_server_frozen", "mail_server_away"})


def _there(program: Program | None) -> Program:
    if program is None:
        raise ValueError("This fault needs PostgreSQL and Redis.")
    return program
