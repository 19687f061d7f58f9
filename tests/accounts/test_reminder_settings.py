"""The page on which users say how and when they are reminded."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.test import Client

from cases.models import Case, Reminder, ReminderPreferences
from cases.services import reminder_stops
from tests import factories
from tests.services.when import shanghai
from tests.views.asking import text_of
from tracker.accounts.models import User

PAGE = "/settings/reminders/"
STEPS = {"day_before": "on", "hours_before": "on", "when_due": "on", "when_overdue": "on"}
FORM = {"keep_quiet": "on", "quiet_from": "22:00", "quiet_until": "08:00", **STEPS}


def without(*names: str, **more: str) -> dict[str, str]:
    return {name: value for name, value in {**FORM, **more}.items() if name not in names}


def test_it_asks_for_a_log_in(db: None, client: Client):
    assert client.get(PAGE)["Location"] == f"/accounts/login/?next={PAGE}"


def test_at_first_it_says_what_the_defaults_do(alice_client: Client):
    page = alice_client.get(PAGE)

    assert (
        "From 22:00 to 8:00 nothing is sent. What falls into that time comes at 8:00;"
        " what would come too late then comes at 21:45." in text_of(page)
    )
    assert not ReminderPreferences.objects.exists()


def test_what_is_saved_is_told_again(alice: User, alice_client: Client):
    response = alice_client.post(
        PAGE,
        without("hours_before", quiet_from="00:10", quiet_until="06:30", morning_summary="on"),
        follow=True,
    )

    saved = ReminderPreferences.objects.get(user=alice)
    assert (saved.quiet_from, saved.quiet_until) == (time(0, 10), time(6, 30))
    assert (saved.day_before, saved.hours_before, saved.when_due, saved.when_overdue) == (
        True,
        False,
        True,
        True,
    )
    assert (saved.morning_summary, saved.weekly_summary) == (True, False)
    assert "Saved. What was planned already moves along." in text_of(response)
    # A quarter of an hour before ten past midnight.
    assert "From 0:10 to 6:30 nothing is sent." in text_of(response)
    assert "comes at 23:55." in text_of(response)
    assert "The next one comes on" in text_of(response)


def test_quiet_hours_are_switched_off_by_their_tick(alice: User, alice_client: Client):
    response = alice_client.post(PAGE, without("keep_quiet"), follow=True)

    assert ReminderPreferences.objects.get(user=alice).quiet_from is None
    assert "There are no quiet hours: reminders come at any time of the day." in text_of(response)


def test_what_stands_in_fields_that_do_not_count_is_no_mistake(alice: User, alice_client: Client):
    assert alice_client.post(PAGE, without("keep_quiet", quiet_from="night")).status_code == 302


def test_the_same_time_twice_is_none_and_is_said(alice: User, alice_client: Client):
    response = alice_client.post(PAGE, {**FORM, "quiet_until": "22:00"}, follow=True)

    assert ReminderPreferences.objects.get(user=alice).quiet_from is None
    assert "From a time to the same time is no time: there are no quiet hours." in text_of(response)


def test_a_chinese_colon_is_read(alice: User, alice_client: Client):
    alice_client.post(PAGE, {**FORM, "quiet_from": "23：15"})

    assert ReminderPreferences.objects.get(user=alice).quiet_from == time(23, 15)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"quiet_from": "25:00"}, "This is no time of day. Write it like 22:00."),
        ({"quiet_until": "\x00'; --"}, "This is no time of day. Write it like 22:00."),
        ({"quiet_from": ""}, "Say when the quiet hours begin, such as 22:00."),
        ({"quiet_until": ""}, "Say when the quiet hours end, such as 8:00."),
        ({"quiet_from": "", "quiet_until": ""}, "Say from when until when, or take the tick away."),
        ({"quiet_from": "08:00", "quiet_until": "07:59"}, "This leaves less than four hours of the day"),
    ],
)
def test_nonsense_is_told_and_changes_nothing(alice_client: Client, typed: dict[str, Any], sentence: str):
    response = alice_client.post(PAGE, {**FORM, **typed})

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert not ReminderPreferences.objects.exists()


def test_without_any_step_it_warns(alice_client: Client):
    response = alice_client.post(PAGE, without(*STEPS), follow=True)

    assert "No reminder of a deadline is ticked: deadlines pass without a mail." in text_of(response)


def test_all_are_stopped_and_turned_on_again(alice: User, alice_client: Client):
    page = alice_client.post("/settings/reminders/all/", {"do": "stop"}, follow=True)
    assert ReminderPreferences.objects.get(user=alice).stopped_at
    assert "no reminder and no summary is sent to you" in text_of(page)
    assert "All your reminders are stopped" in text_of(alice_client.get("/settings/"))

    page = alice_client.post("/settings/reminders/all/", {"do": "resume"}, follow=True)
    assert ReminderPreferences.objects.get(user=alice).stopped_at is None
    assert "You are reminded again of what is ahead." in text_of(page)
    assert "All your reminders are stopped" not in text_of(alice_client.get("/settings/"))


@pytest.mark.parametrize("posted", [{}, {"do": "explode"}])
def test_an_unknown_wish_changes_nothing(alice_client: Client, posted: dict[str, str]):
    assert alice_client.post("/settings/reminders/all/", posted).status_code == 302
    assert not ReminderPreferences.objects.exists()


def test_nothing_is_stopped_by_looking(alice_client: Client):
    assert alice_client.get("/settings/reminders/all/").status_code == 405


def test_stopped_cases_are_listed_with_the_way_back(alice: User, alice_client: Client):
    case = factories.make_case(owner=alice, title="The blue kettle")
    reminder_stops.stop_case(case, alice, at=factories.NOON)

    assert "The blue kettle since Tue 1 Sep" in text_of(alice_client.get(PAGE))
    page = alice_client.post(
        f"/settings/reminders/{case.reference}/", {"do": "resume", "back": "settings"}, follow=True
    )

    assert page.redirect_chain == [(PAGE, 302)]
    assert "The blue kettle" not in text_of(page)


def test_the_settings_tell_it_in_a_sentence(alice_client: Client):
    assert "From 22:00 to 8:00 nothing is sent." in text_of(alice_client.get("/settings/"))


def test_another_time_zone_moves_what_is_planned(case: Case, alice: User, alice_client: Client):
    alice_client.post(PAGE, {**FORM, "morning_summary": "on"})
    (before,) = Reminder.objects.pending().filter(deadline=None)

    alice_client.post("/settings/", {"name": "", "language": "en", "time_zone": "Europe/Berlin"})

    (after,) = Reminder.objects.pending().filter(deadline=None)
    assert before.due_at.astimezone(shanghai("2026-09-01 10:00").tzinfo).time() == time(8, 0)
    alice.refresh_from_db()
    assert after.due_at.astimezone(alice.zone).time() == time(8, 0)
    assert after.due_at != before.due_at
