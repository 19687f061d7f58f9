"""Exhibits for the rest of the house: taken in, described, handed out; their copies are in exhibit_copies."""

from __future__ import annotations

from datetime import datetime, tzinfo
from enum import Enum
from typing import BinaryIO

from cases.evidence import pictures, store
from cases.evidence.names import safe_download_name
from cases.evidence.refused import Refused
from cases.models import Exhibit
from cases.services.exhibit_copies import (
    is_drawable,
    make_missing_working_copies,
    make_working_copies,
    open_working_copy,
    preview_of,
    thumbnail_of,
)
from cases.services.exhibit_descriptions import describe_exhibit, link_contact
from cases.services.exhibit_intake import Said, TakenIn, add_exhibit, take_in

__all__ = [
    "OriginalState",
    "Refused",
    "Said",
    "TakenIn",
    "add_exhibit",
    "describe_exhibit",
    "is_drawable",
    "link_contact",
    "make_missing_working_copies",
    "make_working_copies",
    "open_original",
    "open_working_copy",
    "preview_of",
    "safe_download_name",
    "suggest_claimed_at",
    "take_in",
    "thumbnail_of",
    "verify_original",
]


class OriginalState(Enum):
    """What re-reading an original showed."""

    WHOLE = "whole"
    ALTERED = "altered"
    MISSING = "missing"


def open_original(exhibit: Exhibit) -> BinaryIO:
    """The bytes as received, seekable, to be read in pieces. Raises store.Missing, store.StoreTrouble."""
    return store.open(exhibit.storage_key)


def verify_original(exhibit: Exhibit) -> OriginalState:
    """Read the original to its last byte and compare it with what was received."""
    try:
        is_whole = store.digest(exhibit.storage_key) == exhibit.sha256
    except store.Missing:
        return OriginalState.MISSING
    return OriginalState.WHOLE if is_whole else OriginalState.ALTERED


def suggest_claimed_at(exhibit: Exhibit, zone: tzinfo) -> datetime | None:
    """When the picture's own metadata says it was taken, to offer in a form; never stored by itself."""
    if not exhibit.is_picture:
        return None
    with open_original(exhibit) as file:
        return pictures.taken_at(file, exhibit.media_type, zone)
