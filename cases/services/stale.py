"""Drops what was begun and never brought to its end: uploads, shares, unfinished cases."""

from __future__ import annotations

from cases.services import case_drafts, incoming_shares, uploads


def clear() -> None:
    """Each by its own age."""
    uploads.clear_stale()
    incoming_shares.clear_stale()
    case_drafts.clear_stale()
