"""The list of cases as a table for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo
from typing import Any

from django.utils.translation import gettext as _

from cases.casefile.assemble import defused
from cases.models import Case


class _Line:
    """A file that keeps nothing: what is written comes back."""

    def write(self, text: str) -> str:
        return text


def lines(cases: Iterable[Case], *, platform: Callable[[str], str], zone: tzinfo) -> Iterator[str]:
    """CSV with a BOM, in the language of the moment: every cell quoted, no cell a formula. Times are those
    of the zone. Each case has `next_due`.
    """
    writer = csv.writer(_Line(), quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    titles = (
        _("Reference"),
        _("Title"),
        _("Platform"),
        _("Kind of problem"),
        _("Shop"),
        _("Status"),
        _("Outcome"),
        _("Amount in dispute"),
        _("Amount recovered"),
        _("Currency"),
        _("Opened at"),
        _("Next deadline"),
        _("Closed at"),
    )
    yield "\ufeff" + writer.writerow(titles)
    for case in cases:
        yield writer.writerow([defused(cell) for cell in _cells(case, platform, zone)])


def _cells(case: Any, platform: Callable[[str], str], zone: tzinfo) -> list[str]:
    times = (case.created_at, case.next_due, case.closed_at)
    return [
        case.reference,
        case.title,
        platform(case.playbook),
        case.get_problem_kind_display(),
        case.merchant,
        case.get_status_display(),
        str(case.get_outcome_display()) if case.outcome else "",
        *("" if amount is None else f"{amount:.2f}" for amount in (case.amount, case.recovered_amount)),
        case.currency,
        *(f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else "" for moment in times),
    ]
