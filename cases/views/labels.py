"""Names for things in drop-down lists."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils import timezone
from django.utils.translation import get_language

from cases.models import ContactAttempt
from cases.rules.channels import Channel


def contact_label(contact: ContactAttempt, channels: Mapping[str, Channel]) -> str:
    """2026-09-01 10:00 Shop private message: No answer."""
    channel = channels.get(contact.channel)
    name = channel.name.in_language(get_language() or "en") if channel else contact.channel
    return f"{timezone.localtime(contact.started_at):%Y-%m-%d %H:%M} {name} · {contact.get_outcome_display()}"


def label_contacts(field: forms.Field, channels: Mapping[str, Channel]) -> None:
    """Let the field of contacts name them as people know them."""
    field.label_from_instance = lambda contact: contact_label(contact, channels)  # type: ignore[attr-defined]
