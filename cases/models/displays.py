"""What a stored choice is called, for models whose lists ask often."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Choices, Model


def display_of(field: str, choices: type[Choices]) -> Callable[[Model], str]:
    """The method get_FIELD_display of a model: the label in the language of the page, else the value itself.

    Django's own translates all labels of the field each time, which was a twelfth of a page of thirty cases.
    """
    labels = dict(choices.choices)

    def display(row: Model) -> str:
        value = getattr(row, field)
        return str(labels.get(value, value))

    return display
