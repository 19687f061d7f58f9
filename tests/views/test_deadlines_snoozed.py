"""Putting the reminders of a deadline off: what is offered, what is said, what is refused."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from cases.models import Case, Deadline
from cases.services import contacts
from cases.services import deadlines as deadline_service
from cases.views.shown import ShownDeadline
from tests.views.asking import text_of
from tracker.accounts.models import User


def url(case: Case) -> str:
    return f"/cases/{case.reference}/deadlines/"


class TestRemindMeLater:
    """Today's date does not matter: the deadline lies a few days ahead of it."""

    @pytest.fixture
    def promise(self, case: Case, alice: User, platform_alone: None) -> Deadline:
        now = timezone.now()
        contact = contacts.log_contact(
            case=case,
            by=alice,
            at=now,
            channel="order_card",
            outcome="promised",
            promised_by=now + timedelta(days=5),
        )
        return contact.deadlines.get()

    def snooze(self, client: Client, deadline: Deadline, **typed: str) -> HttpResponse:
        asked = {"deadline": deadline.pk, "action": "snooze", **typed}
        return client.post(url(deadline.case), asked, follow=True)

    def test_tomorrow_at_nine(self, alice: User, alice_client: Client, promise: Deadline):
        response = self.snooze(alice_client, promise, until="tomorrow")

        row = promise.reminders.get(step="snoozed_1")
        tomorrow = timezone.now().astimezone(alice.zone).date() + timedelta(days=1)
        assert row.due_at.astimezone(alice.zone).isoformat() == f"{tomorrow}T09:00:00+08:00"
        assert "You are reminded on" in text_of(response)
        assert "09:00." in text_of(response)

    def test_in_three_days(self, alice: User, alice_client: Client, promise: Deadline):
        self.snooze(alice_client, promise, until="days")

        row = promise.reminders.get(step="snoozed_1")
        day = timezone.now().astimezone(alice.zone).date() + timedelta(days=3)
        assert row.due_at.astimezone(alice.zone).isoformat() == f"{day}T09:00:00+08:00"

    def test_in_three_hours_or_when_the_quiet_hours_end(self, alice_client: Client, promise: Deadline):
        self.snooze(alice_client, promise, until="hours")

        row = promise.reminders.get(step="snoozed_1")
        assert timedelta(hours=2, minutes=59) < row.due_at - timezone.now() < timedelta(hours=13, minutes=1)

    def test_at_a_time_of_ones_own(self, alice: User, alice_client: Client, promise: Deadline):
        day = timezone.now().astimezone(alice.zone).date() + timedelta(days=2)

        self.snooze(alice_client, promise, **{f"snooze-{promise.pk}-remind_at": f"{day}T15:30"})

        row = promise.reminders.get(step="snoozed_1")
        assert row.due_at.astimezone(alice.zone).isoformat() == f"{day}T15:30:00+08:00"

    def test_at_night_it_says_when_the_quiet_hours_end(
        self, alice: User, alice_client: Client, promise: Deadline
    ):
        day = timezone.now().astimezone(alice.zone).date() + timedelta(days=2)

        response = self.snooze(alice_client, promise, **{f"snooze-{promise.pk}-remind_at": f"{day}T23:30"})

        assert "08:00, when your quiet hours end." in text_of(response)

    def test_too_late_for_ones_own_it_says_when_it_comes_instead(
        self, alice: User, alice_client: Client, promise: Deadline
    ):
        Deadline.objects.update(whose="mine")
        day = timezone.now().astimezone(alice.zone).date() + timedelta(days=9)

        response = self.snooze(alice_client, promise, **{f"snooze-{promise.pk}-remind_at": f"{day}T12:00"})

        assert "already: later would be too late for this deadline." in text_of(response)

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ("", "Say on which day and at what time."),
            ("soon", "Enter a valid date/time."),
            ("2020-01-01T09:00", "This time has passed already."),
            ("0001-01-01T00:00", "This time has passed already."),
            ("9999-12-31T23:59", "This lies more than a year ahead."),
        ],
    )
    def test_what_cannot_be_is_told_beside_the_field(
        self, alice_client: Client, promise: Deadline, typed: str, sentence: str
    ):
        response = self.snooze(alice_client, promise, **{f"snooze-{promise.pk}-remind_at": typed})

        assert response.status_code == 422
        assert sentence in text_of(response)
        assert f'value="{typed}"' in response.content.decode() or not typed
        assert not promise.reminders.filter(step="snoozed_1").exists()

    def test_one_that_is_done_is_told(self, alice: User, alice_client: Client, promise: Deadline):
        deadline_service.mark_met(deadline=promise, by=alice, at=timezone.now())

        response = self.snooze(alice_client, promise, until="tomorrow")

        assert response.status_code == 422
        assert "no longer open" in text_of(response)

    @pytest.mark.parametrize("place", ["/", "/cases/{}/", "/cases/{}/deadlines/"])
    def test_it_is_offered_wherever_the_deadline_stands(
        self, alice_client: Client, promise: Deadline, place: str
    ):
        text = text_of(alice_client.get(place.format(promise.case.reference)))

        for words in ("Remind me tomorrow", "Remind me later", "In 3 hours", "In 3 days", "Remind me then"):
            assert words in text

    @pytest.mark.parametrize(
        ("whose", "in_days", "tone", "offered"),
        [
            ("theirs", False, "soon", {"hours", "tomorrow", "days"}),
            ("theirs", True, "late", {"hours", "tomorrow", "days"}),
            ("mine", False, "late", {"hours", "tomorrow", "days"}),
            ("mine", False, "calm", {"hours", "tomorrow", "days"}),
            ("mine", False, "waiting", {"tomorrow", "days"}),
            ("mine", False, "near", {"hours"}),
            ("mine", True, "near", {"tomorrow"}),
            ("mine", False, "soon", set()),
            ("mine", True, "soon", set()),
            ("theirs", False, "paused", set()),
            ("mine", False, "met", set()),
        ],
    )
    def test_nothing_is_offered_that_would_come_too_late(
        self, whose: str, in_days: bool, tone: str, offered: set[str]
    ):
        shown = ShownDeadline(Deadline(whose=whose, in_days=in_days), ZoneInfo("Asia/Shanghai"), tone, "")

        assert shown.snoozes == offered

    def test_a_reader_cannot(self, bob_client: Client, promise: Deadline):
        assert "Remind me tomorrow" not in text_of(bob_client.get(url(promise.case)))
        assert self.snooze(bob_client, promise, until="tomorrow").status_code == 403
