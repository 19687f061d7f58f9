"""What may go wrong with a store."""

from __future__ import annotations


class StoreTrouble(Exception):
    """The store could not do what was asked; the message says why."""


class Missing(StoreTrouble):
    """No file is stored under that key."""


class AlreadyStored(StoreTrouble):
    """Other bytes are stored under that key; they were left as they are."""
