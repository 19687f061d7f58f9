"""What is blacked out: boxes that were drawn, and boxes that were typed in percent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases.evidence.redacting import Box
from cases.services import redactions

SIDES = ("left", "top", "width", "height")
ROWS, MOST_ROWS = 3, redactions.MOST_BOXES
# Five hundred boxes as a browser writes them, and room to spare.
LONGEST = 100_000


@dataclass(slots=True)
class Row:
    """One typed box as it was typed: a page, and percent of the page for the rest."""

    number: int
    page: str = "1"
    left: str = ""
    top: str = ""
    width: str = ""
    height: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, side).strip() for side in SIDES)

    def box(self) -> Box:
        """Raises ValidationError that names the row."""
        try:
            left, top, width, height = (_percent(getattr(self, side)) for side in SIDES)
            page = int(self.page) if self.page.isdecimal() and len(self.page) < 6 else 0
        except (InvalidOperation, ValueError) as error:
            raise ValidationError(
                _("Row %(row)s: give left, top, width and height in percent, each a number from 0 to 100."),
                code="percent",
                params={"row": self.number},
            ) from error
        return Box(page=page, x=left, y=top, width=width, height=height)


class RedactForm(forms.Form):
    """After `is_valid`, `cleaned_data["all"]` is every box, drawn or typed; `rows` are the typed ones."""

    boxes = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.rows = _rows(data) if data is not None else []
        wanted = min(
            MOST_ROWS, max(ROWS, len(self.rows) + (ROWS if data is not None and "more" in data else 0))
        )
        self.rows += [Row(number) for number in range(len(self.rows) + 1, wanted + 1)]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        drawn = data.get("boxes") or "[]"
        if len(drawn) > LONGEST:
            raise redactions.too_many_boxes()
        try:
            raw = json.loads(drawn)
        except (ValueError, RecursionError):
            raw = None
        data["all"] = [*redactions.boxes_of(raw), *(row.box() for row in self.rows if not row.is_empty)]
        return data


def _percent(text: str) -> int:
    """Percent as it was typed, in ten-thousandths. Raises InvalidOperation and ValueError."""
    number = Decimal(text.replace("％", "").replace("%", "").replace(",", ".").strip())
    if not 0 <= number <= 100:
        raise ValueError(text)
    return int((number * 100).to_integral_value())


def _rows(data: Any) -> list[Row]:
    """As many as were sent, at most MOST_ROWS; what a browser left out is empty."""
    columns = [data.getlist(name)[:MOST_ROWS] for name in ("page", *SIDES)]
    count = max(map(len, columns))
    filled = [[*column, *[""] * (count - len(column))] for column in columns]
    return [Row(number, *cells) for number, cells in enumerate(zip(*filled, strict=True), start=1)]
