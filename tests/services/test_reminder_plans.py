"""What is planned when preferences change: unwanted steps go, times move, and no word is lost."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import pytest

from cases.models import CancelReason, Case, Deadline, Reminder, ReminderPreferences
from cases.services import cases, contacts, deadlines, reminder_plans
from tests.services.when import shanghai
from tracker.accounts.models import User

pytestmark = pytest.mark.usefixtures("platform_alone")

PROMISED_BY = shanghai("2026-09-04 23:30")
LOGGED = shanghai("2026-09-01 20:45")


@pytest.fixture
def promise(case: Case) -> Deadline:
    """A promise for Friday 23:30: what they owe, so the night moves it to the morning."""
    contact = contacts.log_contact(
        case=case,
        by=case.owner,
        at=LOGGED,
        channel="shop_message",
        outcome="promised",
        promise="Refund",
        promised_by=PROMISED_BY,
    )
    return contact.deadlines.get(due_at=PROMISED_BY)


def prefer(user: User, at: datetime, **wishes: Any) -> None:
    ReminderPreferences.objects.update_or_create(user=user, defaults=wishes)
    reminder_plans.replan(user, at=at)


def planned(deadline: Deadline) -> dict[str, datetime]:
    rows = Reminder.objects.pending().filter(deadline=deadline, version=deadline.version)
    return dict(rows.order_by("due_at").values_list("step", "due_at"))


def test_the_owner_is_told_outside_the_default_quiet_hours(promise: Deadline, alice: User):
    assert planned(promise) == {
        "day_before": shanghai("2026-09-04 08:00"),
        "hours_before": shanghai("2026-09-04 21:30"),
        "due": shanghai("2026-09-05 08:00"),
        "overdue_1": shanghai("2026-09-06 08:00"),
        "overdue_2": shanghai("2026-09-07 08:00"),
        "overdue_3": shanghai("2026-09-08 08:00"),
    }
    assert set(promise.reminders.values_list("user", flat=True)) == {alice.pk}


def test_without_quiet_hours_each_word_comes_at_its_own_time(promise: Deadline, alice: User):
    prefer(alice, shanghai("2026-09-02 10:00"), quiet_from=None, quiet_until=None)

    assert planned(promise) == {
        "day_before": shanghai("2026-09-03 23:30"),
        "hours_before": shanghai("2026-09-04 21:30"),
        "due": shanghai("2026-09-04 23:30"),
        "overdue_1": shanghai("2026-09-05 23:30"),
        "overdue_2": shanghai("2026-09-06 23:30"),
        "overdue_3": shanghai("2026-09-07 23:30"),
    }
    assert promise.reminders.count() == 6


def test_a_step_that_is_not_wanted_goes_and_comes_back(promise: Deadline, alice: User):
    prefer(alice, shanghai("2026-09-02 10:00"), when_overdue=False, hours_before=False)

    assert set(planned(promise)) == {"day_before", "due"}
    assert promise.reminders.get(step="overdue_1").cancel_reason == CancelReason.REPLANNED

    prefer(alice, shanghai("2026-09-02 11:00"), when_overdue=True)

    assert set(planned(promise)) == {"day_before", "due", "overdue_1", "overdue_2", "overdue_3"}


def test_another_time_zone_moves_the_night(promise: Deadline, alice: User):
    alice.time_zone = "Europe/Berlin"  # 23:30 in Shanghai is 17:30 there
    alice.save()
    reminder_plans.replan(alice, at=shanghai("2026-09-02 10:00"))

    assert planned(promise)["due"] == PROMISED_BY


def test_another_zone_leaves_no_step_in_the_night(case: Case, alice: User):
    """Half past two of the night on which Berlin's clock goes back is 9:30 in Shanghai."""
    ends = datetime.fromisoformat("2026-10-25T02:30+01:00")
    contact = contacts.log_contact(
        case=case,
        by=alice,
        at=shanghai("2026-10-22 10:00"),
        channel="shop_message",
        outcome="promised",
        promise="Refund",
        promised_by=ends,
    )
    deadline = contact.deadlines.get(due_at=ends)
    assert planned(deadline)["due"] == ends

    alice.time_zone = "Europe/Berlin"
    alice.save()
    reminder_plans.replan(alice, at=shanghai("2026-10-22 11:00"))

    morning = datetime.fromisoformat("2026-10-25T08:00+01:00")
    assert planned(deadline)["due"] == morning
    assert not [at for at in planned(deadline).values() if not 8 <= at.astimezone(alice.zone).hour < 22]


def test_what_is_due_and_not_sent_yet_is_never_taken_away(promise: Deadline, alice: User):
    prefer(alice, shanghai("2026-09-05 08:00"), quiet_from=time(20, 0), quiet_until=time(9, 0))

    assert planned(promise)["due"] == shanghai("2026-09-05 08:00")
    assert planned(promise)["overdue_1"] == shanghai("2026-09-06 09:00")


def test_what_was_tried_keeps_its_time(promise: Deadline, alice: User):
    promise.reminders.filter(step="overdue_1").update(attempts=1)

    prefer(alice, shanghai("2026-09-02 10:00"), quiet_from=None, quiet_until=None)

    assert planned(promise)["overdue_1"] == shanghai("2026-09-06 08:00")


def test_what_was_cancelled_for_another_reason_stays_silent(promise: Deadline, alice: User):
    deadlines.mark_met(deadline=promise, by=alice, at=shanghai("2026-09-02 09:00"))

    prefer(alice, shanghai("2026-09-02 10:00"), quiet_from=None, quiet_until=None)

    assert planned(promise) == {}
    assert set(promise.reminders.values_list("cancel_reason", flat=True)) == {CancelReason.NOT_NEEDED}


def test_nothing_new_is_said_at_once_because_preferences_changed(promise: Deadline, alice: User):
    prefer(alice, LOGGED, when_due=False)
    Reminder.objects.filter(step__in=["due", "on_the_day"]).delete()

    prefer(alice, shanghai("2026-09-05 09:00"), when_due=True)

    assert not promise.reminders.filter(due_at__lte=shanghai("2026-09-05 09:00"), step="due").exists()


def test_cases_of_others_and_closed_ones_are_left_alone(
    promise: Deadline, case: Case, alice: User, helga: User
):
    before = planned(promise)
    prefer(helga, shanghai("2026-09-02 10:00"), quiet_from=None, quiet_until=None)
    assert planned(promise) == before

    cases.close_case(case=case, by=alice, at=shanghai("2026-09-02 10:00"), outcome="solved")
    prefer(alice, shanghai("2026-09-02 11:00"), quiet_from=None, quiet_until=None)
    assert planned(promise) == {}
