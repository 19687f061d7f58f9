"""What whoever runs the site knows of workday calendars beyond what is shipped."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarCode(models.TextChoices):
    """The calendars a playbook may count by; "weekdays" knows no holidays and needs no corrections."""

    CN = "CN", _("Mainland China")
    US = "US", _("United States")
    GB = "GB", _("United Kingdom")


class CalendarDay(models.Model):
    """One day that is off or worked otherwise than the shipped calendar says."""

    calendar = models.CharField(_("calendar"), max_length=10, choices=CalendarCode.choices)
    day = models.DateField(_("day"))
    works = models.BooleanField(
        _("is a workday"), help_text=_("Ticked: offices work on this day. Not ticked: it is a day off.")
    )
    name_zh = models.CharField(_("name in Chinese"), max_length=60, blank=True)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    source = models.CharField(
        _("source"), max_length=300, help_text=_("Where it is announced: title, number or address.")
    )
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["calendar", "day"]
        constraints = [models.UniqueConstraint(name="calendar_day_once", fields=["calendar", "day"])]

    def __str__(self) -> str:
        return f"{self.calendar} {self.day}"


class CalendarYear(models.Model):
    """A year whose days off are announced, and entered here day by day where they differ."""

    calendar = models.CharField(_("calendar"), max_length=10, choices=CalendarCode.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    source = models.CharField(
        _("source"), max_length=300, help_text=_("The announcement: title, number or address.")
    )
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("published year")
        verbose_name_plural = _("published years")
        ordering = ["calendar", "-year"]
        constraints = [models.UniqueConstraint(name="calendar_year_once", fields=["calendar", "year"])]

    def __str__(self) -> str:
        return f"{self.calendar} {self.year}"


class Recount(models.Model):
    """One time that every open deadline was counted anew, and with which knowledge."""

    knowledge = models.CharField(
        _("knowledge"), max_length=64, help_text=_("SHA-256 over all playbooks and calendars.")
    )
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    counted = models.PositiveIntegerField(_("deadlines counted"), default=0)
    moved = models.PositiveIntegerField(_("deadlines moved"), default=0)

    class Meta:
        verbose_name = _("recount")
        verbose_name_plural = _("recounts")
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
