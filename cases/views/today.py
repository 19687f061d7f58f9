"""Today: what to do now and until when, across all cases; what they owe me; then quiet."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.models import Case, Membership, Whose
from cases.rules.advice import Advice
from cases.services import advice, deadlines, own_reminders, reminder_health
from cases.views.fragments import render_page_or_fragment
from cases.views.shown import ShownDeadline, earliest_first, show
from tracker.accounts.models import User

# Each costs a look at the whole case; the rest waits in the list.
CASES_WITH_ADVICE = 5
# What ends later, such as the three years of a claim, stands on the page of its case alone.
IN_SIGHT = timedelta(days=90)


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    in_sight = deadlines.open_for(request.user).filter(due_at__lte=now + IN_SIGHT)
    shown = earliest_first(show(in_sight, at=now))
    # Where something is mine to do, or theirs and still running, that is the next step.
    busy = {one.deadline.case_id for one in shown if one.deadline.whose == Whose.MINE or one.tone != "late"}
    cases = _open_cases(request.user)
    writable = {case.pk for case in cases if case.may_write}
    for one in shown:
        one.deadline.case.may_write = one.deadline.case_id in writable  # type: ignore[attr-defined]
    quiet = [case for case in cases if case.pk not in busy]
    context = {
        "now": now,
        "mine": [one for one in shown if one.deadline.whose == Whose.MINE and not one.can_wait],
        "theirs": [one for one in shown if one.deadline.whose == Whose.THEIRS and not one.can_wait],
        "later": [one for one in shown if one.can_wait],
        "quiet": [(case, _best_step(case, shown, now)) for case in quiet[:CASES_WITH_ADVICE]],
        "own_due": own_reminders.open_for(request.user).filter(remind_at__lte=now),
        "quiet_more": max(0, len(quiet) - CASES_WITH_ADVICE),
        "standing": reminder_health.standing_of(request.user),
        "has_cases": bool(cases) or Case.objects.visible_to(request.user).exists(),
    }
    return render_page_or_fragment(request, "today", context)


def _open_cases(user: User) -> list[Case]:
    """The newest first, each with `may_write`."""
    memberships = Membership.objects.filter(user=user, case__in=Case.objects.open()).select_related("case")
    cases = []
    for membership in memberships.order_by("-case__created_at", "-case__pk"):
        membership.case.may_write = membership.may_write  # type: ignore[attr-defined]
        cases.append(membership.case)
    return cases


def _best_step(case: Case, shown: list[ShownDeadline], now: datetime) -> Advice | None:
    deadlines = [one.deadline for one in shown if one.deadline.case_id == case.pk]
    return next(iter(advice.advice_for(case, now, deadlines=deadlines)), None)
