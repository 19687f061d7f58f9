"""How far a case file is, in words and as a bar, for the page that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import BuildState, CaseFile
from cases.services.case_file_progress import BY_EXHIBIT, minutes_of, share_of
from cases.services.case_file_requests import waits_behind_others

UNFINISHED = frozenset({BuildState.QUEUED, BuildState.BUILDING})


@dataclass(frozen=True, slots=True)
class Progress:
    """`percent` of the work that is done, None while it waits; `stage` and `left` in words, or empty."""

    state: str
    percent: int | None
    stage: str
    left: str

    @property
    def seen(self) -> str:
        """The same as long as there is nothing new to show."""
        return f"{self.state}~{self.percent}~{self.stage}~{self.left}"


def progress_of(case_file: CaseFile, *, at: datetime | None = None) -> Progress | None:
    """None for one that is over. One query for one that waits, none otherwise."""
    if case_file.state not in UNFINISHED:
        return None
    if case_file.state == BuildState.QUEUED:
        return Progress(case_file.state, None, _waiting(case_file), "")
    done, total = case_file.exhibits_done, case_file.exhibits_total
    return Progress(
        case_file.state,
        percent=int(100 * share_of(case_file.stage, done, total)),
        stage=_stage(case_file),
        left=_left(case_file.expected_at, at or timezone.now()),
    )


def _waiting(case_file: CaseFile) -> str:
    if case_file.attempts:
        return _("An attempt did not succeed; it is tried again in a moment.")
    if waits_behind_others(case_file):
        return _("It waits its turn: others are made first. You may leave this page.")
    return _("It starts in a moment. You may leave this page.")


def _stage(case_file: CaseFile) -> str:
    told: str = case_file.get_stage_display()
    if case_file.stage not in BY_EXHIBIT or not case_file.exhibits_total:
        return told
    counts = {"stage": told, "done": case_file.exhibits_done, "total": case_file.exhibits_total}
    return _("%(stage)s: %(done)s of %(total)s") % counts


def _left(expected_at: datetime | None, at: datetime) -> str:
    seconds = (expected_at - at).total_seconds() if expected_at else 0.0
    if seconds <= 0:
        return ""
    minutes = minutes_of(seconds)
    if not minutes:
        return _("less than a minute left")
    return ngettext("about %(count)d minute left", "about %(count)d minutes left", minutes) % {
        "count": minutes
    }
