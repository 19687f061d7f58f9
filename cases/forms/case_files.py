"""What is chosen for a case file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cases.casefile.profiles import FULL, all_profiles
from cases.models import Case, DocumentLanguage, Redaction
from cases.services import redactions
from cases.services.case_file_plans import MadeFor

ORIGINAL = "0"


class CaseFileForm(forms.Form):
    """For whom, in which language, without which exhibits, and which copy goes out of each redacted one."""

    profile = forms.ChoiceField(label=gettext_lazy("Who gets it"), widget=forms.RadioSelect, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the case file"),
        choices=DocumentLanguage.choices,
        widget=forms.RadioSelect,
    )
    left_out = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Leave out"), coerce=int, widget=forms.CheckboxSelectMultiple, required=False
    )
    small_pictures = forms.BooleanField(
        label=gettext_lazy("Draw the pictures smaller"),
        required=False,
        help_text=gettext_lazy("About half the size; the originals in the ZIP stay as they are."),
    )
    most_pages = forms.IntegerField(
        label=gettext_lazy("Pages at most"), min_value=1, max_value=100_000, required=False
    )
    most_megabytes = forms.DecimalField(
        label=gettext_lazy("Megabytes at most"), min_value=Decimal("0.1"), max_value=100_000, required=False
    )

    def __init__(self, *arguments: Any, case: Case, **more: Any) -> None:
        super().__init__(*arguments, **more)
        language = get_language() or "en"
        self.fields["profile"].choices = [
            (profile.key, profile.name.in_language(language)) for profile in all_profiles().values()
        ]
        self.fields["left_out"].choices = [
            (exhibit.number, f"{exhibit.label} {exhibit.shows or exhibit.original_name}".strip())
            for exhibit in case.exhibits.order_by("number")
        ]
        self.redacted = redactions.made_of_case(case)
        for number, made in self.redacted.items():
            self.fields[_name(number)] = forms.ChoiceField(
                label=f"E{number}", choices=_choices(made), initial=str(made[0].number)
            )

    @property
    def made_for(self) -> MadeFor:
        """After `is_valid`; everything for everybody before."""
        data = getattr(self, "cleaned_data", {})
        return MadeFor(
            profile=data.get("profile") or FULL,
            left_out=frozenset(data.get("left_out") or ()),
            small_pictures=bool(data.get("small_pictures")),
        )

    @property
    def document_language(self) -> str:
        """Of the case file; after `is_valid`, that of the page before."""
        chosen = getattr(self, "cleaned_data", {}).get("language")
        return str(chosen or self.initial.get("language") or DocumentLanguage.ZH_HANS)

    @property
    def limits(self) -> dict[str, Any]:
        """What the user knows better than the profile; after `is_valid`."""
        data = getattr(self, "cleaned_data", {})
        megabytes = data.get("most_megabytes")
        return {
            "most_pages": data.get("most_pages"),
            "most_megabytes": float(megabytes) if megabytes is not None else None,
        }

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
