"""Whether reminders come late just now, asked by the frame of every page for a user."""

from __future__ import annotations

from django import template

from cases.services import reminder_health

register = template.Library()


@register.simple_tag
def reminders_are_late() -> bool:
    return reminder_health.is_stalled()
