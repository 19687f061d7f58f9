"""How stored bytes leave the house: never cached, never sniffed, never run."""

from __future__ import annotations

import unicodedata
from typing import TypeVar

from django.http.response import HttpResponseBase

Response = TypeVar("Response", bound=HttpResponseBase)


def hand_out(response: Response) -> Response:
    """Headers for every file that came from a user or holds what came from one."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def safe_name(name: str, fallback: str) -> str:
    """The file's name without folders and without signs that steer a terminal or turn the text around."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip(" .")
    return kept[:150] or fallback
