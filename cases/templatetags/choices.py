"""One of the choices of a form's field, to be tapped as a whole."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# By hand and kept, since a page may offer forty and Django renders three templates for each radio button.
BUTTON = '<input type="radio" name="{}" value="{}"{}>'
NAME = '<label class="choice">{}<span><strong>{}</strong></span></label>'
NAME_AND_LINE = '<label class="choice">{}<span><strong>{}</strong><small>{}</small></span></label>'


@register.simple_tag
def choice(field: BoundField, value: str, name: str, line: str = "") -> SafeString:
    """A label with its radio button, pressed where the form has this value; `line` stands below the name."""
    states = {
        " required": field.field.required,
        " checked": field.value() == value,
        ' aria-invalid="true"': field.errors,
    }
    said = "".join(state for state, holds in states.items() if holds)
    return _label(field.html_name, value, said, str(name), str(line))


# Typed, so that a safe name and a plain one of the same text are kept apart: the plain one is escaped.
@lru_cache(maxsize=2048, typed=True)
def _label(field: str, value: str, said: str, name: str, line: str) -> SafeString:
    button = format_html(BUTTON, field, value, SafeString(said))
    return format_html(NAME_AND_LINE, button, name, line) if line else format_html(NAME, button, name)
