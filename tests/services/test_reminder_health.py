"""How the reminders are doing, as the database's clock sees it."""

from __future__ import annotations

import math
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models.functions import Now

from cases.models import Case, Deadline, Reminder
from cases.services import contacts, reminder_health
from tests import factories
from tracker.accounts.models import User
from tracker.health.models import Heartbeat, record_heartbeat


@pytest.fixture
def deadline(case: Case) -> Deadline:
    """One without reminders."""
    contact = contacts.log_contact(
        case=case, by=case.owner, at=factories.NOON, channel="shop_message", outcome="no_answer"
    )
    Reminder.objects.all().delete()
    return contact.deadlines.get()


def row(deadline: Deadline, step: str = "due", *, ago: timedelta, **fields: Any) -> Reminder:
    """A row that was due so long ago."""
    owner = deadline.case.owner
    return Reminder.objects.create(
        user=owner, deadline=deadline, step=step, due_at=Now() - ago, message_id=f"<{step}@x>", **fields
    )


MINUTE = timedelta(minutes=1)


class TestFigures:
    def test_of_an_empty_ledger_that_never_ticked(self, db: None):
        figures = reminder_health.figures()

        assert (figures.due_now, figures.oldest_due_at, figures.waiting, figures.reason) == (0, None, 0, "")
        assert (figures.failed_lately, figures.sent_lately, figures.held) == (0, 0, 0)
        assert figures.last_tick_at is None
        assert figures.is_silent
        assert not figures.is_late

    def test_what_is_due_and_since_when(self, deadline: Deadline):
        row(deadline, "due", ago=3 * MINUTE)
        row(deadline, "overdue_1", ago=11 * MINUTE)
        row(deadline, "overdue_2", ago=-MINUTE)

        figures = reminder_health.figures()

        assert figures.due_now == 2
        assert timedelta(minutes=11) <= figures.oldest_due_for < timedelta(minutes=12)
        assert figures.is_late

    def test_the_reason_most_often_given_for_waiting_names_no_address(self, deadline: Deadline):
        later = Now() + MINUTE
        for number, reason in enumerate(("421 busy", "450 <a@example.org> full", "450 <b@example.org> full")):
            row(deadline, f"snoozed_{number}", ago=MINUTE, attempts=1, next_attempt_at=later, failure=reason)

        figures = reminder_health.figures()

        assert (figures.due_now, figures.waiting, figures.reason) == (0, 3, "450 <[email]> full")

    def test_one_that_was_refused_for_an_hour_is_late(self, deadline: Deadline):
        row(deadline, ago=60 * MINUTE, attempts=3, next_attempt_at=Now() + MINUTE, failure="451 not now")

        figures = reminder_health.figures()

        assert timedelta(minutes=60) <= figures.oldest_due_for < timedelta(minutes=61)
        assert figures.is_late

    def test_one_that_is_held_back_for_the_night_is_not_late(self, deadline: Deadline):
        row(deadline, ago=60 * MINUTE, next_attempt_at=Now() + MINUTE)

        assert not reminder_health.figures().is_late

    def test_what_was_sent_and_given_up_lately(self, deadline: Deadline):
        hour, day = timedelta(hours=1), timedelta(days=1)
        row(deadline, "a", ago=hour, sent_at=Now() - 23 * hour)
        row(deadline, "b", ago=hour, sent_at=Now() - 25 * hour)
        row(deadline, "c", ago=hour, failed_at=Now() - 6 * day)
        row(deadline, "d", ago=hour, failed_at=Now() - 8 * day)

        figures = reminder_health.figures()

        assert (figures.sent_lately, figures.failed_lately) == (1, 1)

    def test_what_a_sender_holds_right_now(self, deadline: Deadline):
        row(deadline, "a", ago=MINUTE, lease_until=Now() + MINUTE)
        row(deadline, "b", ago=MINUTE, lease_until=Now() - MINUTE)

        assert reminder_health.figures().held == 1


class TestStalled:
    """A word to users on every page."""

    @pytest.fixture(autouse=True)
    def forgetful(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reminder_health, "_known", (-math.inf, False))

    @pytest.mark.parametrize(("seconds", "is_stalled"), [(175, False), (185, True)])
    def test_without_a_tick_for_three_minutes(self, db: None, seconds: int, is_stalled: bool):
        Heartbeat.objects.create(name="tick", at=Now() - timedelta(seconds=seconds))

        assert reminder_health.is_stalled() == is_stalled

    @pytest.mark.parametrize(("minutes", "is_stalled"), [(9, False), (11, True)])
    def test_with_something_due_for_ten_minutes(self, deadline: Deadline, minutes: int, is_stalled: bool):
        record_heartbeat("tick")
        row(deadline, ago=minutes * MINUTE)

        assert reminder_health.is_stalled() == is_stalled

    def test_not_while_a_sender_holds_it(self, deadline: Deadline):
        row(deadline, ago=11 * MINUTE, lease_until=Now() + MINUTE)

        assert not reminder_health.is_stalled()

    def test_not_while_it_waits_for_another_try(self, deadline: Deadline):
        row(deadline, ago=60 * MINUTE, attempts=1, next_attempt_at=Now() + MINUTE)

        assert not reminder_health.is_stalled()

    def test_not_for_the_next_try_that_came_just_now(self, deadline: Deadline):
        row(deadline, ago=60 * MINUTE, attempts=1, next_attempt_at=Now() - MINUTE)

        assert not reminder_health.is_stalled()

    def test_not_where_nothing_ever_ticked_and_nothing_is_due(self, db: None):
        assert not reminder_health.is_stalled()

    def test_it_is_asked_once_in_half_a_minute(
        self, deadline: Deadline, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
    ):
        clock = iter([100.0, 129.9, 130.1])
        monkeypatch.setattr(reminder_health, "time", SimpleNamespace(monotonic=lambda: next(clock)))
        row(deadline, ago=11 * MINUTE)

        with django_assert_num_queries(1):
            assert reminder_health.is_stalled()
        Reminder.objects.all().delete()
        with django_assert_num_queries(0):
            assert reminder_health.is_stalled()
        assert not reminder_health.is_stalled()

    def test_a_database_that_does_not_answer_changes_nothing(self, monkeypatch: pytest.MonkeyPatch):
        def broken() -> bool:
            raise OperationalError("gone")

        monkeypatch.setattr(reminder_health, "_is_stalled", broken)

        assert not reminder_health.is_stalled()
        monkeypatch.setattr(reminder_health, "_known", (-math.inf, True))
        assert reminder_health.is_stalled()


class TestTrouble:
    def test_none_where_all_is_well(self, deadline: Deadline, alice: User, bob: User):
        row(deadline, "a", ago=MINUTE, sent_at=Now())

        assert reminder_health.trouble_of(alice) is None

    def test_the_newest_that_was_given_up(self, deadline: Deadline, alice: User, bob: User):
        row(deadline, "a", ago=MINUTE, failed_at=Now() - 5 * MINUTE)
        newest = row(deadline, "b", ago=MINUTE, failed_at=Now() - 2 * MINUTE)

        assert reminder_health.trouble_of(alice) == newest
        assert reminder_health.trouble_of(bob) is None

    def test_a_later_one_that_was_sent_makes_it_good(self, deadline: Deadline, alice: User):
        row(deadline, "a", ago=MINUTE, failed_at=Now() - 5 * MINUTE)
        sent = row(deadline, "b", ago=MINUTE, sent_at=Now() - 6 * MINUTE)
        assert reminder_health.trouble_of(alice) is not None

        Reminder.objects.filter(pk=sent.pk).update(sent_at=Now() - 4 * MINUTE)

        assert reminder_health.trouble_of(alice) is None

    def test_of_one_case_alone(self, deadline: Deadline, alice: User):
        row(deadline, "a", ago=MINUTE, failed_at=Now())
        other = factories.make_case(owner=alice)

        assert reminder_health.trouble_of(alice, case=other) is None
        assert reminder_health.trouble_of(alice, case=deadline.case) is not None

    def test_where_a_user_stands_costs_one_query(
        self, deadline: Deadline, alice: User, django_assert_num_queries: Any
    ):
        with django_assert_num_queries(1):
            assert reminder_health.standing_of(alice) == reminder_health.Standing(True, None, None)

    def test_an_address_that_was_never_confirmed(self, db: None):
        user = factories.make_user("new@example.org", is_confirmed=False)

        assert not reminder_health.standing_of(user).is_confirmed
        user.emailaddress_set.update(verified=True)
        assert reminder_health.standing_of(user).is_confirmed
        user.emailaddress_set.update(email="former@example.org")
        assert not reminder_health.standing_of(user).is_confirmed

    def test_trouble_is_part_of_where_a_user_stands(self, deadline: Deadline, alice: User):
        failed = row(deadline, "a", ago=MINUTE, failed_at=Now())

        assert reminder_health.standing_of(alice).trouble == failed
