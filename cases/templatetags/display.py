"""How things look: moments, time left, money, bilingual texts, icons. No rule is decided here."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_location
from django import template
from django.conf import settings
from django.utils import formats, timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.views.submissions import FIELD

register = template.Library()

CURRENCY_SIGNS = {"CNY": "¥", "EUR": "€", "USD": "$", "GBP": "£", "HKD": "HK$", "JPY": "JP¥"}


@cache
def _icon_source(name: str) -> str:
    path = Path(settings.BASE_DIR) / "templates" / "icons" / f"{name}.svg"
    return path.read_text(encoding="utf-8").strip()


@register.simple_tag
def icon(name: str) -> SafeString:
    """The drawing templates/icons/NAME.svg, inline; it takes the colour of the text around it."""
    return mark_safe(_icon_source(name))  # noqa: S308 (our own file)


@register.simple_tag
def submission_key() -> SafeString:
    """A hidden field by which a form that is sent twice is known."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, secrets.token_urlsafe(12))


@register.filter
def text(value: Any) -> str:
    """A rules.text.Text, or its JSON form, in the language of the page."""
    language = get_language() or "en"
    if isinstance(value, Mapping):
        key = "zh-hans" if language.startswith("zh") else "en"
        return str(value.get(key) or value.get("zh-hans") or "")
    return value.in_language(language) if value else ""


@register.filter
def money(amount: Decimal | None, currency: str = "CNY") -> str:
    """¥1,299.00; unknown currencies by their code."""
    if amount is None:
        return ""
    number = formats.number_format(amount, decimal_pos=2, use_l10n=True, force_grouping=True)
    sign = CURRENCY_SIGNS.get(currency)
    return f"{sign}{number}" if sign else f"{currency} {number}"


@register.filter
def clock(value: datetime | None, zone: Any = None) -> str:
    """21:00, in the reader's zone or the one given."""
    return f"{timezone.localtime(value, zone):%H:%M}" if value else ""


def day_words(day: date, today: date) -> str:
    """Tue 1 Sep, with the year when it is not today's."""
    # Translators: a day of this year / of another year, in the date letters of Unicode (CLDR).
    pattern = _("EEE d MMM") if day.year == today.year else _("EEE d MMM y")
    return _written(day, pattern, _locale())


# A page names the same few days again and again, and to write one reads a whole pattern.
@lru_cache(maxsize=1024)
def _written(day: date, pattern: str, locale: str) -> str:
    return str(format_date(day, pattern, locale=locale))


def _locale() -> str:
    return "zh_Hans" if (get_language() or "").startswith("zh") else "en"


@register.filter
def day(value: datetime | None, zone: Any = None) -> SafeString | str:
    """Tue 1 Sep, with the year when it is not this one."""
    if value is None:
        return ""
    local = timezone.localtime(value, zone)
    words = day_words(local.date(), timezone.localtime(timezone=zone).date())
    return format_html('<time datetime="{}">{}</time>', f"{local:%Y-%m-%d}", words)


@register.filter
def moment(value: datetime | None, zone: Any = None) -> SafeString | str:
    """Tue 1 Sep 10:00, in the reader's zone or the one given."""
    if value is None:
        return ""
    local = timezone.localtime(value, zone)
    words = day_words(local.date(), timezone.localtime(timezone=zone).date())
    return format_html(
        '<time datetime="{}">{} {}</time>', local.isoformat(timespec="minutes"), words, f"{local:%H:%M}"
    )


@register.simple_tag
def until(one: Any) -> SafeString:
    """When a shown deadline is due, or its window: days on the clock that counts, moments on the reader's."""
    deadline = one.deadline
    zone = one.zone if deadline.in_days else None
    write = day if deadline.in_days else moment
    end = write(deadline.due_at, zone)
    if deadline.window_from is None:
        words = _("until the end of %(end)s") if deadline.in_days else _("until %(end)s")
        start = ""
    else:
        words, start = _("%(start)s to %(end)s"), write(deadline.window_from, zone)
        days = {timezone.localtime(at, zone).date() for at in (deadline.window_from, deadline.due_at)}
        if len(days) == 1:
            end = (
                _("the end of the day")
                if deadline.in_days or _is_day_end(deadline.due_at)
                else clock(deadline.due_at)
            )
    there = "" if deadline.in_days else other_zone(deadline.due_at, one.zone)
    shown = mark_safe(conditional_escape(words) % {"start": start, "end": end})  # noqa: S308 (escaped parts)
    if not there:
        return shown
    return format_html('{} <span class="soft small">{}</span>', shown, _("(%(there)s)") % {"there": there})


def _is_day_end(value: datetime) -> bool:
    return timezone.localtime(value).strftime("%H:%M:%S") == "23:59:59"


@register.filter
def moment_exact(value: datetime | None) -> SafeString | str:
    """2026-09-01 10:00:05 UTC+08:00: to the second and with the offset, for evidence."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    offset = f"{local:%z}"
    words = f"{local:%Y-%m-%d %H:%M:%S} UTC{offset[:3]}:{offset[3:5]}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), words)


@register.filter
def other_zone(value: datetime | None, zone: Any) -> str:
    """The same moment on the other side's clock, when that clock shows something else; else nothing:
    Tue 1 Sep 10:30, Beijing time.
    """
    if value is None or zone is None:
        return ""
    here, there = timezone.localtime(value), timezone.localtime(value, zone)
    if here.utcoffset() == there.utcoffset():
        return ""
    words = f"{day_words(there.date(), timezone.localtime(timezone=zone).date())} {there:%H:%M}"
    return _("%(moment)s, %(zone)s") % {"moment": words, "zone": _clock_of(zone)}


def _clock_of(zone: ZoneInfo) -> str:
    """Named by its city, but for China's, which is called after another."""
    if zone.key == "Asia/Shanghai":
        return _("Beijing time")
    city = get_timezone_location(zone, locale=_locale(), return_city=True)
    return _("%(city)s time") % {"city": city.rpartition("/")[2]}


@register.filter
def lookup(mapping: Mapping[Any, Any], key: Any) -> Any:
    return mapping.get(key)


@register.filter
def grouped(digest: str) -> str:
    """A hash in groups of eight, to be read aloud and compared by eye."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


@register.filter
def per_cent(value: Decimal | int, total: Decimal | int) -> int:
    """A share as a whole number from 0 to 100."""
    return max(0, min(100, round(100 * value / total))) if total else 0
