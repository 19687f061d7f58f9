"""What is chosen for a case file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, Redaction
from cases.services import redactions
from tracker.accounts.models import Language

ORIGINAL = "0"


class CaseFileForm(forms.Form):
    """Its language, and for each exhibit that was redacted which copy of it goes out."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language of the case file"), choices=Language.choices, widget=forms.RadioSelect
    )

    def __init__(self, *arguments: Any, case: Case, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.redacted = redactions.made_of_case(case)
        for number, made in self.redacted.items():
            self.fields[_name(number)] = forms.ChoiceField(
                label=f"E{number}", choices=_choices(made), initial=str(made[0].number)
            )

    @property
    def chosen(self) -> dict[int, int]:
        """What goes out redacted, {number of the exhibit: number of its redaction}; after `is_valid`."""
        wanted = {number: int(self.cleaned_data[_name(number)]) for number in self.redacted}
        return {number: redaction for number, redaction in wanted.items() if redaction}

    def copies(self) -> list[forms.BoundField]:
        return [self[_name(number)] for number in self.redacted]


def _name(number: int) -> str:
    return f"redaction_{number}"


def _choices(made: list[Redaction]) -> list[tuple[str, str]]:
    copies = [(str(row.number), _called(row)) for row in made]
    return [*copies, (ORIGINAL, _("The original, with everything on it"))]


def _called(row: Redaction) -> str:
    """With the pages that have a box, where there are others that go out whole."""
    count, named = row.exhibit.page_count, {"number": row.number}
    if len(row.pages) == count:
        return _("Redacted copy %(number)s") % named
    told = {**named, "pages": ", ".join(str(page) for page in row.pages), "count": count}
    return _("Redacted copy %(number)s (boxes on page %(pages)s of %(count)s)") % told
