"""The ledger of reminders for whoever runs the site: how they are doing, each row without contents."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.admin.read_only import ReadOnlyAdmin
from cases.models import Reminder
from cases.models.reminder import MORNING_SUMMARY, OWN_STEP, WEEKLY_SUMMARY
from cases.rules.reminders import DAY_STEPS, MOMENT_STEPS
from cases.services import reminder_health, reminder_retries
from cases.services.reminder_plans import SNOOZED
from tracker.logs import mask

STATES: dict[str, Promise] = {
    "due": gettext_lazy("due"),
    "waiting": gettext_lazy("waits for another try"),
    "planned": gettext_lazy("planned"),
    "sent": gettext_lazy("sent"),
    "failed": gettext_lazy("given up"),
    "cancelled": gettext_lazy("not needed any more"),
}
STEPS = list(dict.fromkeys([*MOMENT_STEPS, *DAY_STEPS, OWN_STEP, MORNING_SUMMARY, WEEKLY_SUMMARY]))
# So many rows one press of a button frees.
MOST_AT_ONCE = 1_000


class BoundedPaginator(Paginator):
    """Counts no further than the figures do; who looks for a row further down filters."""

    @cached_property
    def count(self) -> int:
        return min(self.object_list.order_by()[: reminder_health.COUNTED].count(), reminder_health.COUNTED)


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        narrow = reminder_health.STATES.get(self.value() or "")
        return narrow(queryset) if narrow else queryset


class StepFilter(admin.SimpleListFilter):
    """By a list of our own: asking the ledger which steps it holds would read all of it."""

    title = gettext_lazy("step")
    parameter_name = "step"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*((step, step) for step in STEPS), (SNOOZED, gettext_lazy("put off by the user"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == SNOOZED:
            return queryset.filter(step__startswith=SNOOZED)
        return queryset.filter(step=self.value()) if self.value() in STEPS else queryset


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ["pk", "state", "step", "user_number", "due_at", "next_attempt_at", "attempts", "said"]
    list_display_links = ["pk"]
    list_filter = [StateFilter, StepFilter]
    search_fields = ["message_id"]
    search_help_text = gettext_lazy("A whole message id, as it stands in a mail.")
    sortable_by = ()
    list_per_page = 100
    list_max_show_all = 200
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator
    actions = ["try_again"]
    fields = [
        "state", "about", "user_number", "step", "version", "due_at", "next_attempt_at", "lease_until",
        "attempts", "sent_at", "failed_at", "cancelled_at", "cancel_reason", "said", "message_id",
    ]  # fmt: skip
    readonly_fields = ["state", "about", "user_number", "said"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reminder]:
        return super().get_queryset(request).annotate(now=Now())

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """The next one first among those that are still to come; else the newest row."""
        is_ahead = request.GET.get(StateFilter.parameter_name) in {"due", "waiting", "planned"}
        return ["due_at", "pk"] if is_ahead else ["-pk"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Reminder], search_term: str
    ) -> tuple[QuerySet[Reminder], bool]:
        term = search_term.strip().strip("<>")
        return (queryset.filter(message_id=f"<{term}>") if term else queryset), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"figures": _told(reminder_health.figures()), **(extra_context or {})}
        return super().changelist_view(request, context)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("cases.change_reminder")

    @admin.display(description=gettext_lazy("state"))
    def state(self, reminder: Any) -> Promise:
        return STATES[reminder_health.state_of(reminder, now=reminder.now)]

    @admin.display(description=gettext_lazy("user number"))
    def user_number(self, reminder: Reminder) -> int:
        return reminder.user_id

    @admin.display(description=gettext_lazy("about"))
    def about(self, reminder: Reminder) -> str:
        if reminder.deadline_id:
            return _("deadline number %d") % reminder.deadline_id
        if reminder.own_reminder_id:
            return _("own reminder number %d") % reminder.own_reminder_id
        return _("summary")

    @admin.display(description=gettext_lazy("what the mail server said"))
    def said(self, reminder: Reminder) -> str:
        """Without the addresses that servers like to repeat."""
        return mask(reminder.failure)

    @admin.action(description=gettext_lazy("Try again now"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Reminder]) -> None:
        keys = list(queryset.values_list("pk", flat=True)[:MOST_AT_ONCE])
        freed = reminder_retries.try_again(keys, by=request.user, at=timezone.now())
        if not freed:
            told = _("None of these waits for another try or was given up; nothing was changed.")
            self.message_user(request, told, messages.WARNING)
            return
        LogEntry.objects.log_actions(request.user.pk, freed, CHANGE, _("Tried again."))
        told = ngettext(
            "%d reminder goes out with the next tick.", "%d reminders go out with the next tick.", len(freed)
        )
        self.message_user(request, told % len(freed), messages.SUCCESS)


def _told(figures: reminder_health.Figures) -> list[dict[str, Any]]:
    """Term, value and whether it asks for a look, in the order in which one looks."""
    oldest = _since(figures.oldest_due_for) if figures.oldest_due_for is not None else _("nothing is due")
    ticked = _("%s ago") % _since(figures.last_tick_ago) if figures.last_tick_ago is not None else _("never")
    waiting = _number(figures.waiting)
    if figures.reason:
        waiting = _("%(count)s, most often: %(reason)s") % {"count": waiting, "reason": figures.reason}
    told: list[tuple[str, str, bool]] = [
        (_("Due now"), _number(figures.due_now), figures.is_late),
        (_("Oldest that is not sent, due for"), oldest, figures.is_late),
        (_("In the hands of a sender"), _number(figures.held), False),
        (_("Waiting for another try"), waiting, figures.is_late and figures.waiting > 0),
        (_("Given up in 7 days"), _number(figures.failed_lately), figures.failed_lately > 0),
        (_("Sent in 24 hours"), _number(figures.sent_lately), False),
        (_("Last tick"), ticked, figures.is_silent),
    ]
    return [{"term": term, "value": value, "is_bad": is_bad} for term, value, is_bad in told]


def _number(count: int) -> str:
    if count > reminder_health.COUNTED:
        return _("more than %d") % reminder_health.COUNTED
    return str(count)


def _since(span: timedelta) -> str:
    """In words; seconds where it is less than a minute."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return ngettext("%d second", "%d seconds", seconds) % seconds
    now = timezone.now()
    return timesince(now - span, now)
