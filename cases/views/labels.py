"""Names for things in drop-down lists."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import get_language

from cases.models import ContactAttempt
from cases.rules.playbooks import Playbook


def contact_label(contact: ContactAttempt, playbook: Playbook | None) -> str:
    """2026-09-01 10:00 Shop private message: No answer."""
    channel = playbook.channels.get(contact.channel) if playbook else None
    name = channel.name.in_language(get_language() or "en") if channel else contact.channel
    return f"{timezone.localtime(contact.started_at):%Y-%m-%d %H:%M} {name} · {contact.get_outcome_display()}"


def label_contacts(field: forms.Field, playbook: Playbook | None) -> None:
    """Let the field of contacts name them as people know them."""
    field.label_from_instance = lambda contact: contact_label(contact, playbook)  # type: ignore[attr-defined]
