"""Forms of the workday calendars: one day, and a year as it was announced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import CalendarDay, CalendarYear
from cases.rules.calendars import FIRST_DAY, LAST_DAY, DayCorrection
from cases.rules.text import Text
from cases.services import calendars

# One day or a first and a last one, then its name: “2027-02-05 - 2027-02-11 春节 / Spring Festival”.
DAY = r"(\d{4}-\d{2}-\d{2})"
LINE = re.compile(rf"{DAY}(?:\s*(?:-|–|—|~|至|to)\s*{DAY})?(?:\s+(.*))?")
LONGEST_NAME = 60
LONGEST_STRETCH = timedelta(days=31)
ONE_DAY = timedelta(days=1)
NEEDS_SOURCE = gettext_lazy("Say where this is announced: its title, its number or its address.")


class CalendarDayForm(forms.ModelForm):
    class Meta:
        model = CalendarDay
        fields = ["calendar", "day", "works", "name_zh", "name_en", "source"]
        error_messages = {"source": {"required": NEEDS_SOURCE}}

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not calendars.is_covered(day):
            raise ValidationError(_outside(), code="outside")
        return day


class CalendarYearForm(forms.ModelForm):
    """A year with all its days; `cleaned_data["days"]` holds what the two lists say, by day."""

    days_off = forms.CharField(
        label=gettext_lazy("Days off"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12, "cols": 60}),
        help_text=gettext_lazy(
            "One a line, or a stretch of days: 2027-01-01 元旦 / New Year's Day, "
            "2027-02-05 - 2027-02-11 春节 / Spring Festival. Include weekends within a stretch."
        ),
    )
    workdays = forms.CharField(
        label=gettext_lazy("Workdays"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 60}),
        help_text=gettext_lazy("One a line: Saturdays and Sundays that are worked, such as 2027-02-20."),
    )

    class Meta:
        model = CalendarYear
        fields = ["calendar", "year", "source"]
        error_messages = {"source": {"required": NEEDS_SOURCE}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            stored = calendars.stored_year(self.instance.calendar, self.instance.year)
            for field, works in (("days_off", False), ("workdays", True)):
                rows = (_written(day, one) for day, one in stored.items() if one.works is works)
                self.initial[field] = "\n".join(rows)

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if not FIRST_DAY.year <= year <= LAST_DAY.year:
            raise ValidationError(_outside(), code="outside")
        return year

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        year = cleaned.get("year", self.instance.year)
        days: dict[date, DayCorrection] = {}
        for field, works in (("days_off", False), ("workdays", True)):
            wrong = list(_read(cleaned.get(field, ""), works, year, days))
            if wrong:
                self.add_error(field, wrong)
        cleaned["days"] = days
        return cleaned


def _read(text: str, works: bool, year: int | None, days: dict[date, DayCorrection]) -> Iterator[str]:
    """Put what the lines say into `days`; yields a sentence for each line that makes no sense."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            for day, correction in _read_line(line.strip(), works):
                if day.year != year:
                    raise ValueError(_("it does not lie in the year of this announcement"))
                if day in days:
                    raise ValueError(_("%(day)s is listed twice") % {"day": day})
                days[day] = correction
        except ValueError as error:
            yield _("Line %(number)s, “%(line)s”: %(reason)s.") % {
                "number": number,
                "line": line.strip()[:80],
                "reason": error,
            }


def _read_line(line: str, works: bool) -> Iterator[tuple[date, DayCorrection]]:
    found = LINE.fullmatch(line)
    if found is None:
        raise ValueError(_("write the day as 2027-01-01, a space, and its name"))
    try:
        first = date.fromisoformat(found[1])
        last = date.fromisoformat(found[2] or found[1])
    except ValueError as error:
        raise ValueError(_("there is no such day")) from error
    if not first <= last <= first + LONGEST_STRETCH:
        raise ValueError(_("a stretch begins with its first day and lasts a month at most"))
    correction = DayCorrection(works, _name(found[3] or ""))
    for offset in range((last - first).days + 1):
        yield first + offset * ONE_DAY, correction


def _name(written: str) -> Text | None:
    zh_hans, _slash, en = (part.strip() for part in written.partition("/"))
    if max(len(zh_hans), len(en)) > LONGEST_NAME:
        raise ValueError(_("the name is longer than %(most)s characters") % {"most": LONGEST_NAME})
    if not zh_hans and not en:
        return None
    return Text(zh_hans or en, en or zh_hans)


def _written(day: date, correction: DayCorrection) -> str:
    """The line that `_read_line` understands."""
    name = correction.name
    if name is None:
        return f"{day}"
    return f"{day} {name.zh_hans}" if name.en == name.zh_hans else f"{day} {name.zh_hans} / {name.en}"


def _outside() -> str:
    return _("The calendars cover the years %(first)s to %(last)s; choose a day in them.") % {
        "first": FIRST_DAY.year,
        "last": LAST_DAY.year,
    }
