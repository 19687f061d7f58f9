"""Of each summary that a user wants one row is ahead, at 8:00 on their clock or when the night ends."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cases.models import CancelReason, Reminder, ReminderPreferences
from cases.services import reminder_settings, summary_plans
from tests.services.when import shanghai
from tracker.accounts.models import User

# 2026-09-01 is a Tuesday.
TUESDAY = shanghai("2026-09-01 10:00")
WANTS = {
    "quiet_from": time(22, 0),
    "quiet_until": time(8, 0),
    "day_before": True,
    "hours_before": True,
    "when_due": True,
    "when_overdue": True,
    "morning_summary": False,
    "weekly_summary": False,
}


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))


def prefer(user: User, **fields: Any) -> ReminderPreferences:
    return ReminderPreferences.objects.create(user=user, **fields)


def save(user: User, at: datetime, **changes: Any) -> None:
    reminder_settings.save_preferences(user=user, at=at, **{**WANTS, **changes})


def pending(user: User) -> list[tuple[str, datetime]]:
    rows = Reminder.objects.pending().filter(user=user)
    return list(rows.order_by("due_at").values_list("step", "due_at"))


def tell(user: User, at: datetime) -> None:
    """What the sender writes down."""
    Reminder.objects.due(at).filter(user=user).update(sent_at=at, attempts=1)


class TestPlanningAhead:
    def test_the_next_morning_is_planned_at_eight_on_the_users_clock(self, alice: User):
        prefer(alice, morning_summary=True)

        summary_plans.plan_missing(TUESDAY)

        assert pending(alice) == [("morning_summary", shanghai("2026-09-02 08:00"))]

    def test_the_weekly_one_is_planned_for_monday(self, alice: User):
        prefer(alice, weekly_summary=True)

        summary_plans.plan_missing(TUESDAY)

        assert pending(alice) == [("weekly_summary", shanghai("2026-09-07 08:00"))]

    def test_it_waits_for_the_end_of_longer_quiet_hours(self, alice: User):
        prefer(alice, morning_summary=True, quiet_from=time(23, 0), quiet_until=time(9, 30))

        summary_plans.plan_missing(TUESDAY)

        assert pending(alice) == [("morning_summary", shanghai("2026-09-02 09:30"))]

    def test_on_a_monday_the_weekly_one_comes_alone(self, alice: User):
        prefer(alice, morning_summary=True, weekly_summary=True)

        summary_plans.plan_missing(shanghai("2026-09-06 10:00"))  # a Sunday

        assert pending(alice) == [
            ("weekly_summary", shanghai("2026-09-07 08:00")),
            ("morning_summary", shanghai("2026-09-08 08:00")),
        ]

    def test_who_wants_none_gets_none(self, alice: User, bob: User):
        prefer(bob)

        summary_plans.plan_missing(TUESDAY)

        assert not Reminder.objects.exists()

    def test_planning_twice_adds_nothing(self, alice: User):
        prefer(alice, morning_summary=True, weekly_summary=True)

        summary_plans.plan_missing(TUESDAY)
        summary_plans.plan_missing(shanghai("2026-09-01 10:00:30"))

        assert Reminder.objects.count() == 2

    def test_one_that_is_told_is_followed_by_the_next(self, alice: User):
        prefer(alice, morning_summary=True)
        summary_plans.plan_missing(TUESDAY)
        tell(alice, shanghai("2026-09-02 08:00:12"))

        summary_plans.plan_missing(shanghai("2026-09-02 08:00:30"))

        assert pending(alice) == [("morning_summary", shanghai("2026-09-03 08:00"))]

    def test_an_outage_of_five_days_makes_one_late_summary(self, alice: User):
        prefer(alice, morning_summary=True)
        summary_plans.plan_missing(TUESDAY)
        back = shanghai("2026-09-07 14:00")

        summary_plans.plan_missing(back)
        assert pending(alice) == [("morning_summary", shanghai("2026-09-02 08:00"))]
        tell(alice, back)
        summary_plans.plan_missing(shanghai("2026-09-07 14:00:30"))

        assert pending(alice) == [("morning_summary", shanghai("2026-09-08 08:00"))]
        assert Reminder.objects.count() == 2

    @pytest.mark.parametrize(
        ("at", "next_one"),
        [
            ("2026-03-28 10:00", "2026-03-29T08:00+02:00"),  # the clock jumps ahead in that night
            ("2026-10-24 10:00", "2026-10-25T08:00+01:00"),  # and back in that one
        ],
    )
    def test_it_stays_at_eight_when_the_clock_is_changed(self, alice: User, at: str, next_one: str):
        alice.time_zone = "Europe/Berlin"
        alice.save()
        prefer(alice, morning_summary=True)

        summary_plans.plan_missing(berlin(at))

        assert pending(alice) == [("morning_summary", datetime.fromisoformat(next_one))]

    def test_each_is_told_from_every_other_by_its_message_id(self, alice: User, bob: User):
        for user in (alice, bob):
            prefer(user, morning_summary=True, weekly_summary=True)

        summary_plans.plan_missing(TUESDAY)

        assert len(set(Reminder.objects.values_list("message_id", flat=True))) == 4

    def test_by_the_databases_clock_it_lies_ahead(self, alice: User):
        prefer(alice, morning_summary=True)

        summary_plans.plan_missing()

        ((_step, due_at),) = pending(alice)
        assert due_at.astimezone(ZoneInfo("Asia/Shanghai")).time() == time(8, 0)
        assert not Reminder.objects.due().exists()

    def test_where_nothing_lacks_it_costs_one_query(self, alice: User, django_assert_num_queries):
        prefer(alice, morning_summary=True, weekly_summary=True)
        summary_plans.plan_missing(TUESDAY)

        with django_assert_num_queries(1):
            summary_plans.plan_missing(TUESDAY)

    @pytest.mark.parametrize("gone", ["stopped", "inactive"])
    def test_nothing_is_planned_for_whom_nothing_is_sent(self, alice: User, gone: str):
        prefer(alice, morning_summary=True, stopped_at=TUESDAY if gone == "stopped" else None)
        User.objects.filter(pk=alice.pk).update(is_active=gone != "inactive")

        summary_plans.plan_missing(TUESDAY)

        assert pending(alice) == []


class TestChangingPreferences:
    def test_turning_it_on_plans_it_at_once(self, alice: User):
        save(alice, TUESDAY, morning_summary=True)

        assert pending(alice) == [("morning_summary", shanghai("2026-09-02 08:00"))]
        assert summary_plans.next_for(alice) == shanghai("2026-09-02 08:00")

    def test_turning_it_off_cancels_what_is_pending(self, alice: User):
        save(alice, TUESDAY, morning_summary=True)

        save(alice, TUESDAY)

        row = Reminder.objects.get()
        assert (row.cancelled_at, row.cancel_reason) == (TUESDAY, CancelReason.REPLANNED)
        assert summary_plans.next_for(alice) is None

    def test_turning_it_off_and_on_again_revives_it(self, alice: User):
        save(alice, TUESDAY, morning_summary=True)
        save(alice, TUESDAY)

        save(alice, TUESDAY, morning_summary=True)

        assert pending(alice) == [("morning_summary", shanghai("2026-09-02 08:00"))]
        assert Reminder.objects.count() == 1

    def test_later_quiet_hours_move_it(self, alice: User):
        save(alice, TUESDAY, morning_summary=True)

        save(alice, TUESDAY, morning_summary=True, quiet_until=time(10, 0))

        assert pending(alice) == [("morning_summary", shanghai("2026-09-02 10:00"))]

    def test_saving_without_a_change_touches_nothing(self, alice: User):
        save(alice, TUESDAY, morning_summary=True, weekly_summary=True)
        before = list(Reminder.objects.values())

        save(alice, shanghai("2026-09-01 11:00"), morning_summary=True, weekly_summary=True)

        assert list(Reminder.objects.values()) == before

    def test_a_weekly_one_on_top_takes_the_monday_from_the_morning_one(self, alice: User):
        sunday = shanghai("2026-09-06 10:00")
        save(alice, sunday, morning_summary=True)

        save(alice, sunday, morning_summary=True, weekly_summary=True)

        assert pending(alice) == [
            ("weekly_summary", shanghai("2026-09-07 08:00")),
            ("morning_summary", shanghai("2026-09-08 08:00")),
        ]

    def test_another_zone_moves_it_to_eight_over_there(self, alice: User):
        save(alice, TUESDAY, morning_summary=True)
        alice.time_zone = "Europe/Berlin"
        alice.save()

        reminder_settings.replan(alice, at=TUESDAY)

        # 10:00 in Shanghai is 4:00 in Berlin.
        assert pending(alice) == [("morning_summary", berlin("2026-09-01 08:00"))]

    def test_a_late_one_that_is_still_wanted_keeps_its_row(self, alice: User):
        save(alice, TUESDAY, morning_summary=True)

        save(alice, shanghai("2026-09-04 12:00"), morning_summary=True, quiet_until=time(9, 0))

        assert pending(alice) == [("morning_summary", shanghai("2026-09-02 08:00"))]
