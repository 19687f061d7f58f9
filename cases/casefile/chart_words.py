"""The words in and under the picture of the timeline, in the language that is active."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def chart_words() -> dict[str, str]:
    return {
        "chart": _("The dispute at a glance"),
        "contacts": _("Contacts made"),
        "answers": _("Answers"),
        "events": _("Events"),
        "day_unit": pgettext("unit", "d"),
        "promise": _("Promise {number}"),
        "deadline": _("Deadline {number}"),
        "key_silent": _("no answer from a person"),
        "key_answered": _("answered"),
        "key_theirs": _("the other side must act"),
        "key_mine": _("the consumer must act"),
        "key_dropped": _("no longer matters"),
        "key_good": _("kept, met"),
        "key_bad": _("broken, missed"),
        "key_late": _("met too late"),
        "key_off": _("day off"),
        "key_now": _("state of this file"),
        "days_off": _("Public holidays drawn:"),
        "unplaced": _("{count} more marks found no room in the picture; the list has them all."),
        "alt": _("Picture of the timeline, from {first} to {last}, with days off shaded."),
        "alt_contacts": _("Contacts: {outcomes}."),
        "alt_promises": _("Promises: {results}."),
        "alt_deadlines": _("Deadlines: {states}."),
        "alt_next": _("The next deadline ends {at}."),
        "alt_list": _("All of it stands in the list after the picture."),
    }


def promise_results() -> dict[str, str]:
    """What became of a promise, by cases.casefile.promises."""
    return {
        "kept": pgettext("promise", "Kept"),
        "broken": pgettext("promise", "Broken"),
        "passed": pgettext("promise", "Time over, nothing heard"),
        "open": pgettext("promise", "Still open"),
    }
