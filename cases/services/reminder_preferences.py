"""How each user wants to be reminded: quiet hours, and which of the steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cases.models import Case, Membership, ReminderPreferences, Role
from cases.rules import reminders as rules
from cases.rules.quiet_hours import QuietHours
from tracker.accounts.models import User


@dataclass(frozen=True, slots=True)
class Manners:
    """What planning knows of the user whom a case's deadlines tell: its owner."""

    user_id: int
    zone: ZoneInfo
    quiet: QuietHours | None
    steps: frozenset[str]


def preferences_of(user: User) -> ReminderPreferences:
    """The user's own, or the defaults, unsaved, for one who never said."""
    found = ReminderPreferences.objects.filter(user=user).first()
    return found or ReminderPreferences(user=user)


def quiet_hours_of(preferences: ReminderPreferences, zone: ZoneInfo) -> QuietHours | None:
    """None where the user wants none; the same time twice is none too."""
    start, end = preferences.quiet_from, preferences.quiet_until
    return QuietHours(start, end, zone) if start is not None and end is not None and start != end else None


def steps_of(preferences: ReminderPreferences) -> frozenset[str]:
    """The steps that the user wants of those in rules.reminders.STEPS_OF_CHOICE."""
    wanted = (steps for choice, steps in rules.STEPS_OF_CHOICE.items() if getattr(preferences, choice))
    return frozenset[str]().union(*wanted)


def manners_of(cases: Iterable[Case]) -> Mapping[int, Manners]:
    """For each case that has an owner, by its key; one query for all that were not asked about before."""
    known: dict[int, Manners] = {}
    unknown: dict[int, list[Case]] = {}
    for case in cases:
        if (manners := getattr(case, "_manners", None)) is not None:
            known[case.pk] = manners
        else:
            unknown.setdefault(case.pk, []).append(case)
    if unknown:
        owners = Membership.objects.filter(case__in=unknown, role=Role.OWNER)
        for membership in owners.select_related("user__reminder_preferences"):
            manners = _manners(membership.user)
            known[membership.case_id] = manners
            for case in unknown[membership.case_id]:
                case._manners = manners  # type: ignore[attr-defined]
    return known


def _manners(user: User) -> Manners:
    preferences = getattr(user, "reminder_preferences", None) or ReminderPreferences(user=user)
    return Manners(user.pk, user.zone, quiet_hours_of(preferences, user.zone), steps_of(preferences))
