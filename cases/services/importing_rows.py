"""Checks what a case file holds before it becomes a row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

from cases.models import Case, ContactAttempt, Deadline, Exhibit, Milestone, Order, OrderNumber

Row = TypeVar("Row", Case, Order, OrderNumber, Exhibit, ContactAttempt, Milestone, Deadline)

# A choice that a case file of an earlier edition does not know.
NO_CODE = {"code": "", "label": ""}
_WEB = ("https://", "http://")


def saved(row: Row) -> Row:
    """The row, checked like one that was typed in, and stored."""
    # Whoever logged it is an account of another installation.
    row.full_clean(exclude=["added_by", "logged_by"])
    row.save()
    return row


def check_link(because: dict[str, Any]) -> None:
    """A page shows the source as a link: nothing but an address of the web may be behind it."""
    url = because.get("source", {}).get("url", "")
    if url and not url.startswith(_WEB):
        raise ValueError("The link to a source begins with https:// or http://.")


def amount_of(amount: str) -> Decimal | None:
    return Decimal(amount) if amount else None
