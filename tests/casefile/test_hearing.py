"""Listening to a child process that may say nothing for long."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice

from cases.casefile.hearing import lines_of


def child(program: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_every_line_is_heard_to_the_end():
    with child("print('drawn'); print('drawn', flush=True); print('set')") as process:
        assert list(lines_of(process.stdout, every=60)) == ["drawn", "drawn", "set"]


def test_while_a_child_says_nothing_its_listener_can_do_other_things():
    with child("import sys; sys.stdin.read(); print('drawn')") as process:
        heard = lines_of(process.stdout, every=0.01)
        assert list(islice(heard, 3)) == ["alive", "alive", "alive"]

        process.stdin.close()  # type: ignore[union-attr]

        assert [line for line in heard if line != "alive"] == ["drawn"]


def test_a_line_that_comes_in_two_halves_is_one():
    program = "import sys; print('dra', end='', flush=True); sys.stdin.read(); print('wn')"
    with child(program) as process:
        heard = lines_of(process.stdout, every=0.01)
        assert next(heard) == "alive"
        process.stdin.close()  # type: ignore[union-attr]

        assert [line for line in heard if line != "alive"] == ["drawn"]


def test_no_pipe_says_nothing():
    assert list(lines_of(None)) == []
