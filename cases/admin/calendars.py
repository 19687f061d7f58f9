"""Where whoever runs the site corrects the workday calendars: single days, and whole announced years."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.forms.calendars import CalendarDayForm, CalendarYearForm
from cases.models import CalendarDay, CalendarYear
from cases.rules.calendars import work_calendar
from cases.services import calendars, recounts


class CorrectionAdmin(admin.ModelAdmin):
    """Whatever is changed here, every open deadline is counted anew after the commit."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.changed_by = request.user
        super().save_model(request, obj, form, change)
        self._recount(request)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        self._recount(request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        self._recount(request)

    def _recount(self, request: HttpRequest) -> None:
        recounts.wake()
        self.message_user(request, _("Every open deadline is now counted anew; one that moves reminds anew."))


@admin.register(CalendarDay)
class CalendarDayAdmin(CorrectionAdmin):
    form = CalendarDayForm
    fields = ["calendar", "day", "works", "name_zh", "name_en", "source"]
    list_display = ["day", "calendar", "works", "name_zh", "name_en", "source", "changed_at", "changed_by"]
    list_filter = ["calendar", "works"]
    list_select_related = ["changed_by"]
    date_hierarchy = "day"
    search_fields = ["name_zh", "name_en", "source"]

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if calendars.is_as_shipped(obj):
            told = _("The shipped calendar says the same of %(day)s: whether it counts does not change.")
            self.message_user(request, told % {"day": obj.day}, messages.WARNING)


@admin.register(CalendarYear)
class CalendarYearAdmin(CorrectionAdmin):
    form = CalendarYearForm
    fields = ["calendar", "year", "source", "days_off", "workdays"]
    list_display = ["year", "calendar", "source", "changed_at", "changed_by"]
    list_filter = ["calendar"]
    list_select_related = ["changed_by"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and _may_write_days(request)

    def has_change_permission(self, request: HttpRequest, obj: CalendarYear | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_write_days(request)

    def get_readonly_fields(self, request: HttpRequest, obj: CalendarYear | None = None) -> tuple[str, ...]:
        # The days belong to it: another year is another row.
        return ("calendar", "year") if obj else ()

    def save_model(self, request: HttpRequest, obj: CalendarYear, form: Any, change: bool) -> None:
        """The year and its days, in the transaction of the request."""
        super().save_model(request, obj, form, change)
        kept = {} if change else calendars.stored_year(obj.calendar, obj.year)
        days = {**kept, **form.cleaned_data["days"]}
        count = calendars.replace_year(
            code=obj.calendar, year=obj.year, days=days, source=obj.source, by=request.user
        )
        told = ngettext("%(count)s day was changed.", "%(count)s days were changed.", count)
        self.message_user(request, told % {"count": count})
        self._hint(request, obj)

    def delete_model(self, request: HttpRequest, obj: CalendarYear) -> None:
        super().delete_model(request, obj)
        told = _("The days of %(year)s that were entered are still there, under “Calendar days”.")
        self.message_user(request, told % {"year": obj.year}, messages.WARNING)

    def _hint(self, request: HttpRequest, obj: CalendarYear) -> None:
        """What is allowed, and still looks like a mistake."""
        if work_calendar(obj.calendar).is_published(obj.year):
            told = _("The shipped calendar knows %(year)s already; only days that differ need to be here.")
            self.message_user(request, told % {"year": obj.year}, messages.WARNING)
        missing = calendars.not_named_in(obj.calendar, obj.year)
        if missing:
            told = _(
                "The announcement as entered does not speak of these days, which were estimated to be off: "
                "%(days)s. They stay days off; list them as workdays if they are worked."
            )
            days = ", ".join(str(day) for day in missing)
            self.message_user(request, told % {"days": days}, messages.WARNING)


def _may_write_days(request: HttpRequest) -> bool:
    """A year is entered with its days: whoever may not write these may not write it either."""
    return request.user.has_perms([f"cases.{act}_calendarday" for act in ("add", "change", "delete")])
