"""Saving how one wants to be reminded, and what is planned moving along."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from cases.models import CancelReason, Case, Deadline, Reminder, ReminderPreferences
from cases.services import contacts, reminder_settings
from cases.services.reminder_preferences import preferences_of
from tests.services.when import shanghai
from tracker.accounts.models import User

NOW = shanghai("2026-09-01 10:00")
WANTED = {
    "quiet_from": time(22, 0),
    "quiet_until": time(8, 0),
    "day_before": True,
    "hours_before": True,
    "when_due": True,
    "when_overdue": True,
    "morning_summary": False,
    "weekly_summary": False,
}

pytestmark = pytest.mark.usefixtures("platform_alone")


def save(user: User, at: datetime = NOW, **changes: Any) -> ReminderPreferences:
    return reminder_settings.save_preferences(user=user, at=at, **{**WANTED, **changes})


def promised(case: Case, until: datetime, at: datetime = NOW) -> Deadline:
    """Something the shop promised by that moment."""
    contact = contacts.log_contact(
        case=case, by=case.owner, at=at, channel="hotline", outcome="promised", promised_by=until
    )
    return contact.deadlines.get(due_at=until)


def planned(deadline: Deadline) -> dict[str, datetime]:
    return dict(Reminder.objects.pending().filter(deadline=deadline).values_list("step", "due_at"))


class TestWhatIsStored:
    def test_who_never_said_has_the_defaults(self, alice: User):
        preferences = preferences_of(alice)

        assert preferences.pk is None
        assert (preferences.quiet_from, preferences.quiet_until) == (time(22, 0), time(8, 0))

    def test_what_is_saved_is_read_again(self, alice: User):
        save(alice, quiet_from=time(23, 30), quiet_until=time(7, 15), hours_before=False, weekly_summary=True)

        found = preferences_of(alice)
        assert (found.quiet_from, found.quiet_until) == (time(23, 30), time(7, 15))
        assert (found.day_before, found.hours_before, found.weekly_summary) == (True, False, True)

    @pytest.mark.parametrize(("start", "end"), [(None, None), (time(22, 0), time(22, 0))])
    def test_no_time_or_the_same_twice_is_none(self, alice: User, start: time | None, end: time | None):
        save(alice, quiet_from=start, quiet_until=end)

        found = preferences_of(alice)
        assert (found.quiet_from, found.quiet_until) == (None, None)

    @pytest.mark.parametrize(
        ("start", "end", "field", "sentence"),
        [
            (None, time(8, 0), "quiet_from", "Say when the quiet hours begin, such as 22:00."),
            (time(22, 0), None, "quiet_until", "Say when the quiet hours end, such as 8:00."),
            (
                time(8, 0),
                time(4, 1),
                "quiet_until",
                "This leaves less than four hours of the day for reminders. Make the quiet hours shorter,"
                " or stop all reminders.",
            ),
        ],
    )
    def test_nonsense_is_refused_and_nothing_is_stored(
        self, alice: User, start: time | None, end: time | None, field: str, sentence: str
    ):
        with pytest.raises(ValidationError) as refused:
            save(alice, quiet_from=start, quiet_until=end)

        assert refused.value.message_dict == {field: [sentence]}
        assert not ReminderPreferences.objects.exists()

    @pytest.mark.parametrize(("start", "end"), [(time(8, 0), time(4, 0)), (time(1, 0), time(21, 0))])
    def test_four_hours_of_the_day_are_enough(self, alice: User, start: time, end: time):
        save(alice, quiet_from=start, quiet_until=end)

        assert preferences_of(alice).quiet_until == end

    def test_saving_does_not_let_stopped_reminders_come_again(self, alice: User):
        ReminderPreferences.objects.create(user=alice, stopped_at=NOW)

        save(alice)

        assert preferences_of(alice).stopped_at == NOW


class TestWhatMovesAlong:
    def test_earlier_quiet_hours_move_what_falls_into_them(self, case: Case, alice: User):
        deadline = promised(case, shanghai("2026-09-04 21:00"))
        assert planned(deadline)["due"] == shanghai("2026-09-04 21:00")

        save(alice, quiet_from=time(20, 0))

        # A promise is the shop's: that it was not kept is soon enough in the morning.
        assert planned(deadline)["due"] == shanghai("2026-09-05 08:00")

    def test_without_quiet_hours_everything_comes_at_its_own_time(self, case: Case, alice: User):
        deadline = promised(case, shanghai("2026-09-04 23:30"))
        assert planned(deadline)["due"] == shanghai("2026-09-05 08:00")

        save(alice, quiet_from=None, quiet_until=None)

        assert planned(deadline)["due"] == shanghai("2026-09-04 23:30")

    def test_a_step_that_is_not_wanted_is_cancelled_and_comes_back(self, case: Case, alice: User):
        deadline = promised(case, shanghai("2026-09-04 18:00"))

        save(alice, day_before=False)
        assert set(planned(deadline)) == {"hours_before", "due", "overdue_1", "overdue_2", "overdue_3"}
        row = deadline.reminders.get(step="day_before")
        assert row.cancel_reason == CancelReason.REPLANNED

        save(alice)
        assert planned(deadline)["day_before"] == shanghai("2026-09-03 18:00")

    def test_only_the_owners_preferences_count(self, case: Case, bob: User):
        deadline = promised(case, shanghai("2026-09-04 21:00"))

        save(bob, quiet_from=time(20, 0), when_due=False)

        assert planned(deadline)["due"] == shanghai("2026-09-04 21:00")

    @pytest.mark.parametrize(
        ("at", "due_at", "comes_at"),
        [
            # 2026-03-29: 2:00 becomes 3:00; 3:00 in Berlin is 9:00 in Shanghai.
            ("2026-03-26 10:00", "2026-03-29T03:00+02:00", "2026-03-29T08:00+02:00"),
            # 2026-10-25: 3:00 becomes 2:00.
            ("2026-10-22 10:00", "2026-10-25T02:30+01:00", "2026-10-25T08:00+01:00"),
        ],
    )
    def test_another_zone_takes_its_quiet_hours_along(
        self, case: Case, alice: User, at: str, due_at: str, comes_at: str
    ):
        save(alice, at=shanghai(at), hours_before=False)
        deadline = promised(case, datetime.fromisoformat(due_at), at=shanghai(at))
        assert planned(deadline)["due"] == datetime.fromisoformat(due_at)  # by day in Shanghai

        alice.time_zone = "Europe/Berlin"
        alice.save()
        reminder_settings.replan(alice, at=shanghai(at))

        assert planned(deadline)["due"] == datetime.fromisoformat(comes_at)
        assert planned(deadline)["due"].astimezone(ZoneInfo("Europe/Berlin")).time() == time(8, 0)
