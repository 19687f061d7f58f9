"""Today: what to do now in order of time left, across all cases; what they owe me; then quiet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Exists, F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.models import Case, Deadline, Membership, Whose
from cases.services import case_drafts, deadlines, next_steps, own_reminders, reminder_health
from cases.services.case_drafts import Unfinished
from cases.services.reminder_health import Standing
from cases.views import today_items, today_undo
from cases.views.fragments import render_page_or_fragment, wants_fragment
from cases.views.shown import earliest_first, show
from tracker.accounts.models import User

# So many are advised; the others are quiet, and wait in the list.
CASES_WITH_ADVICE = 5
QUIET_CASES = 5
# What ends later, such as the three years of a claim, stands on the page of its case alone.
IN_SIGHT = timedelta(days=90)


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    if wants_fragment(request) and "seen" in request.GET:
        return _what_changed(request, request.GET["seen"])
    return today_page(request, undo=today_undo.asked_for(request))


def today_page(
    request: HttpRequest, *, said: str = "", refused: str = "", undo: today_undo.Undo | None = None
) -> HttpResponse:
    """The page or its fragment; `said` is announced, `refused` as an error, `undo` offers the way back."""
    context = {**_everything(request.user), "said": said, "refused_why": refused, "undo": undo}
    return render_page_or_fragment(request, "today", context, status=422 if refused else 200)


def _what_changed(request: HttpRequest, seen: str) -> HttpResponse:
    """The countdowns alone, so that nothing that is open or typed is lost; 204 where they say the same."""
    context = _everything(request.user)
    if context["seen"] == seen:
        return HttpResponse(status=204)
    context["has_other_items"] = today_items.order_of(context["seen"]) != today_items.order_of(seen)
    return render(request, "cases/_today_left.html", context)


def _everything(user: User) -> dict[str, Any]:
    """Six queries at most, however many cases there are, but for one where mails are in trouble."""
    now = timezone.now()
    cases, standing, unfinished = _open_cases(user)
    has_cases = bool(cases)
    if not cases:
        has_cases, unfinished = _whoever_has_no_open_case(user)
    by_key = {case.pk: case for case in cases}
    rows = list(deadlines.open_for(user).filter(due_at__lte=now + IN_SIGHT)) if cases else []
    for row in rows:
        row.case = by_key.get(row.case_id, row.case)
    shown = earliest_first(show(rows, at=now))
    # Where something is mine to do, or theirs and still running, that is the next step.
    busy = {one.deadline.case_id for one in shown if one.deadline.whose == Whose.MINE or one.tone != "late"}
    idle = [case for case in cases if case.pk not in busy]
    steps = next_steps.next_steps(idle[:CASES_WITH_ADVICE], at=now, deadlines=_by_case(rows))
    quiet = [case for case in idle if case.pk not in steps]
    own_due = own_reminders.open_for(user).filter(remind_at__lte=now)
    acting = [one for one in shown if not one.can_wait]
    context = {
        "now": now,
        "doing": today_items.in_order(
            [one for one in acting if one.deadline.whose == Whose.MINE],
            list(own_due),
            [(by_key[key], best) for key, best in steps.items()],
            at=now,
        ),
        "has_deadline": any(one.deadline.whose == Whose.MINE for one in acting),
        "theirs": today_items.of_deadlines(one for one in acting if one.deadline.whose == Whose.THEIRS),
        "later": today_items.of_deadlines(one for one in shown if one.can_wait),
        "quiet": quiet[:QUIET_CASES],
        "quiet_more": max(0, len(quiet) - QUIET_CASES),
        "standing": standing,
        "has_examples": any(case.is_example for case in cases),
        "has_cases": has_cases,
        "unfinished": unfinished,
    }
    context["items"] = [*context["doing"], *context["theirs"], *context["later"]]
    context["whole"] = today_items.whole(context["items"])
    context["seen"] = today_items.seen(context["items"])
    return context


def _open_cases(user: User) -> tuple[list[Case], Standing, Unfinished | None]:
    """The newest first, each with `may_write`; how reminders reach the user comes with them, and the case
    they began and did not open.
    """
    memberships = Membership.objects.filter(user=user, case__in=Case.objects.open()).select_related("case")
    rows = memberships.annotate(
        **reminder_health.standing_columns(user),
        **case_drafts.unfinished_columns(user),
        stopped_since=F("user__reminder_preferences__stopped_at"),
    )
    cases, known, unfinished = [], None, None
    for row in rows.order_by("-case__created_at", "-case__pk"):
        row.case.may_write = row.may_write  # type: ignore[attr-defined]
        cases.append(row.case)
        known = (row.is_confirmed, row.stopped_since, row.in_trouble)
        unfinished = case_drafts.unfinished(row.draft_title, row.draft_kept_at)
    return cases, reminder_health.standing_of(user, known), unfinished


def _whoever_has_no_open_case(user: User) -> tuple[bool, Unfinished | None]:
    """Whether they have any case, and the one they began and did not open; one query."""
    asked = User.objects.filter(pk=user.pk).annotate(
        has_cases=Exists(Case.objects.visible_to(user)), **case_drafts.unfinished_columns(user)
    )
    has_cases, title, kept_at = asked.values_list("has_cases", "draft_title", "draft_kept_at").get()
    return has_cases, case_drafts.unfinished(title, kept_at)


def _by_case(rows: list[Deadline]) -> dict[int, list[Deadline]]:
    found: dict[int, list[Deadline]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found
