"""Asks pages of the site and of the floor in one process, by WSGI, and says how long each answer took."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import override_settings

# What `startproject` writes: the floor stands behind no more than this.
OF_A_NEW_PROJECT = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "SET CONSTRAINTS")
CSRF = "c" * 32
HTMX = {"HX-Request": "true"}


@dataclass(frozen=True, slots=True)
class Answer:
    milliseconds: float
    status: str
    size: int
    queries: int


class Site:
    """One who is logged in. Writing a request is not counted; what answers it is, to the last byte."""

    def __init__(self, user: Any, *, is_floor: bool = False) -> None:
        client = Client()
        client.force_login(user)
        self._write = RequestFactory(headers={"X-CSRFToken": CSRF})
        self._write.cookies = client.cookies
        self._write.cookies[settings.CSRF_COOKIE_NAME] = CSRF
        with override_settings(MIDDLEWARE=OF_A_NEW_PROJECT if is_floor else settings.MIDDLEWARE):
            self._application: Any = WSGIHandler()

    def get(self, path: str, data: dict[str, str] | None = None, *, is_htmx: bool = False) -> Answer:
        return self._ask(self._write.get(path, data, headers=HTMX if is_htmx else None).environ)

    def post(self, path: str, data: dict[str, Any], *, is_htmx: bool = False) -> Answer:
        return self._ask(self._write.post(path, data, headers=HTMX if is_htmx else None).environ)

    def _ask(self, environ: dict[str, Any]) -> Answer:
        started: list[str] = []
        queries = 0

        def count(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
            nonlocal queries
            queries += not sql.startswith(CONTROL)
            return execute(sql, *arguments)

        with connection.execute_wrapper(count):
            begin = time.perf_counter()
            response = self._application(environ, lambda status, headers: started.append(status))
            size = sum(len(part) for part in response)
            response.close()
            took = time.perf_counter() - begin
        return Answer(took * 1000, started[0], size, queries)


def other_bytes(picture: bytes, number: int) -> bytes:
    """The same PNG with a number in a chunk of text, so that it is another file."""
    kind_and_text = b"tEXtComment\x00" + str(number).encode()
    chunk = struct.pack(">I", len(kind_and_text) - 4) + kind_and_text
    chunk += struct.pack(">I", zlib.crc32(kind_and_text))
    end_of_head = 8 + 25
    return picture[:end_of_head] + chunk + picture[end_of_head:]
