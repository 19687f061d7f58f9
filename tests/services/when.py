"""Moments as a person writes them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def shanghai(text: str) -> datetime:
    """The moment “2026-09-24 10:00” in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
