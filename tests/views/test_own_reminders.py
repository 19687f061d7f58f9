"""Reminders of one's own on the screens: set, changed, put off, done, removed by whoever set them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cases.models import Case, OwnReminder, Reminder
from cases.services import cases as case_service
from cases.services import own_reminders, reminder_stops
from tests import factories
from tests.views.asking import HTMX, text_of
from tracker.accounts.models import User


def set_by(user: User, case: Case, *, text: str = "Ask the bank", days: int = 21) -> OwnReminder:
    now = timezone.now()
    return own_reminders.add(case=case, by=user, text=text, remind_at=now + timedelta(days=days), at=now)


def come_due(own: OwnReminder) -> OwnReminder:
    OwnReminder.objects.filter(pk=own.pk).update(remind_at=timezone.now() - timedelta(hours=1))
    own.refresh_from_db()
    return own


def list_of(case: Case) -> str:
    return f"/cases/{case.reference}/own-reminders/"


def page_of(own: OwnReminder) -> str:
    return f"{list_of(own.case)}{own.pk}/"


TYPED = {"text": "Ask the bank", "after": "weeks", "remind_at": ""}


def test_one_is_set_for_three_weeks_from_now_at_nine(case: Case, alice: User, alice_client: Client):
    response = alice_client.post(list_of(case), TYPED, follow=True)

    own = OwnReminder.objects.get()
    day = timezone.now().astimezone(alice.zone).date() + timedelta(days=21)
    assert (own.user, own.text) == (alice, "Ask the bank")
    assert own.remind_at.astimezone(alice.zone).isoformat().startswith(f"{day}T09:00:00")
    assert response.redirect_chain == [(f"/cases/{case.reference}/deadlines/#own-reminders", 302)]
    assert "You are reminded on" in text_of(response)
    assert "Ask the bank" in text_of(response)


def test_a_day_that_was_typed_counts_before_the_choice(case: Case, alice: User, alice_client: Client):
    day = timezone.now().astimezone(alice.zone).date() + timedelta(days=9)

    alice_client.post(list_of(case), {**TYPED, "remind_at": f"{day}T15:30"})

    own = OwnReminder.objects.get()
    assert own.remind_at.astimezone(alice.zone).isoformat().startswith(f"{day}T15:30:00")


def test_the_form_sent_twice_sets_one(case: Case, alice_client: Client):
    for _try in range(2):
        alice_client.post(list_of(case), {**TYPED, "submission": "a-key"})

    assert OwnReminder.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": ""}, "Write down what to remind you of."),
        ({"text": "x" * 201}, "at most 200 characters"),
        ({"text": "a\x00b"}, "Null characters are not allowed."),
        ({"remind_at": "2020-01-01T09:00"}, "This time has passed already."),
        ({"remind_at": "0001-01-01T00:00"}, "This time has passed already."),
        ({"remind_at": "9999-12-31T23:59"}, "more than ten years ahead"),
        ({"remind_at": "soon"}, "Enter a valid date/time."),
        ({"after": "never"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_told_and_nothing_typed_is_lost(
    case: Case, alice_client: Client, typed: dict[str, str], sentence: str
):
    response = alice_client.post(list_of(case), {**TYPED, **typed}, headers=HTMX)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert not OwnReminder.objects.exists()
    if "text" not in typed:
        assert 'value="Ask the bank"' in response.content.decode()


def test_htmx_gets_the_list_alone(case: Case, alice_client: Client):
    response = alice_client.post(list_of(case), TYPED, headers=HTMX)

    assert response.content.decode().strip().startswith('<section id="own-reminders"')
    assert "You are reminded on" in text_of(response)


def test_a_reader_sets_one_for_nobody_else_to_see(
    case: Case, bob: User, bob_client: Client, alice_client: Client
):
    bob_client.post(list_of(case), {**TYPED, "text": "Call Alice about it"})

    own = OwnReminder.objects.get()
    assert Reminder.objects.get(own_reminder=own).user == bob
    assert "Call Alice about it" in text_of(bob_client.get(f"/cases/{case.reference}/deadlines/"))
    for address in (f"/cases/{case.reference}/deadlines/", list_of(case), f"/cases/{case.reference}/", "/"):
        assert "Call Alice about it" not in text_of(alice_client.get(address))
    for method in ("get", "post", "put", "delete"):
        assert getattr(alice_client, method)(page_of(own), {"do": "done"}).status_code in {404, 405}
    own.refresh_from_db()
    assert own.done_at is None


def test_a_stranger_gets_404(case: Case, alice: User, mallory_client: Client):
    own = set_by(alice, case)

    assert mallory_client.post(list_of(case), TYPED).status_code == 404
    assert mallory_client.post(page_of(own), {"do": "remove"}).status_code == 404
    assert OwnReminder.objects.get() == own


def test_one_of_another_case_is_404(case: Case, alice: User, alice_client: Client):
    own = set_by(alice, factories.make_case(owner=alice, title="Another"))

    assert alice_client.get(f"{list_of(case)}{own.pk}/").status_code == 404


def test_a_closed_case_shows_them_and_takes_more(case: Case, alice: User, alice_client: Client):
    set_by(alice, case)
    case_service.close_case(case=case, by=alice, at=timezone.now(), outcome="given_up")

    response = alice_client.post(list_of(case), {**TYPED, "text": "Look again"}, follow=True)

    assert "Ask the bank" in text_of(response)
    assert "Look again" in text_of(response)


class TestOneThatIsThere:
    def test_it_is_changed(self, case: Case, alice: User, alice_client: Client):
        own = set_by(alice, case)
        day = timezone.now().astimezone(alice.zone).date() + timedelta(days=30)

        response = alice_client.post(
            page_of(own), {"do": "change", "text": "Ask twice", "remind_at": f"{day}T10:00"}, follow=True
        )

        own.refresh_from_db()
        assert (own.text, own.version) == ("Ask twice", 2)
        assert "Changed. It is set for" in text_of(response)

    def test_a_time_that_is_left_as_it_was_is_no_other_time(
        self, case: Case, alice: User, alice_client: Client
    ):
        own = set_by(alice, case)
        shown = own.remind_at.astimezone(alice.zone).strftime("%Y-%m-%dT%H:%M")

        alice_client.post(page_of(own), {"do": "change", "text": "Ask twice", "remind_at": shown})

        own.refresh_from_db()
        assert (own.text, own.version) == ("Ask twice", 1)

    def test_one_that_is_due_is_put_off_from_today(self, case: Case, alice: User, alice_client: Client):
        own = come_due(set_by(alice, case))
        assert "You wanted to be reminded" in text_of(alice_client.get("/"))

        response = alice_client.post(page_of(own), {"do": "tomorrow", "from": "today"}, follow=True)

        own.refresh_from_db()
        assert response.redirect_chain == [(f"/?undo=later-{own.pk}", 302)]
        assert own.version == 2
        assert "You wanted to be reminded" not in text_of(response)

    def test_done_is_done(self, case: Case, alice: User, alice_client: Client):
        own = set_by(alice, case)

        response = alice_client.post(page_of(own), {"do": "done"}, follow=True)

        own.refresh_from_db()
        assert own.done_at is not None
        assert "Done. Nothing more is said of it." in text_of(response)
        assert "Ask the bank" not in text_of(response)
        assert "Ask the bank" in text_of(alice_client.get(page_of(own)))

    def test_removed_is_gone(self, case: Case, alice: User, alice_client: Client):
        own = set_by(alice, case)

        alice_client.post(page_of(own), {"do": "remove"})

        assert not OwnReminder.objects.exists()
        assert alice_client.get(page_of(own)).status_code == 404

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({}, "Choose what to do with this reminder."),
            ({"do": "explode"}, "Choose what to do with this reminder."),
            ({"do": "change", "text": "", "remind_at": ""}, "Say on which day and at what time."),
            (
                {"do": "change", "text": "Ask", "remind_at": "2020-01-01T09:00"},
                "This time has passed already.",
            ),
        ],
    )
    def test_what_cannot_be_is_told(
        self, case: Case, alice: User, alice_client: Client, typed: dict[str, str], sentence: str
    ):
        response = alice_client.post(page_of(set_by(alice, case)), typed)

        assert response.status_code == 422
        assert sentence in text_of(response)

    def test_one_that_is_done_cannot_be_put_off(self, case: Case, alice: User, alice_client: Client):
        own = set_by(alice, case)
        own_reminders.mark_done(own=own, by=alice, at=timezone.now())

        response = alice_client.post(page_of(own), {"do": "tomorrow"})

        assert response.status_code == 422
        assert "done already" in text_of(response)

    def test_one_for_the_night_says_when_it_comes(self, case: Case, alice: User, alice_client: Client):
        night = (timezone.now().astimezone(alice.zone) + timedelta(days=2)).replace(hour=23, minute=30)
        own_reminders.add(case=case, by=alice, text="Ask", remind_at=night, at=timezone.now())

        text = text_of(alice_client.get(list_of(case)))

        assert "23:30" in text
        assert "08:00, when your quiet hours end" in text

    def test_today_has_something_to_do_then(self, case: Case, alice: User, alice_client: Client):
        come_due(set_by(alice, case))

        assert "What to do now" in text_of(alice_client.get("/"))

    def test_whoever_stopped_the_reminders_is_told(self, case: Case, alice: User, alice_client: Client):
        reminder_stops.stop_case(case, alice, at=timezone.now())

        for address in (list_of(case), f"/cases/{case.reference}/deadlines/"):
            assert "You get no reminders of this case since" in text_of(alice_client.get(address))

    def test_what_the_server_answered_is_shown(self, case: Case, alice: User, alice_client: Client):
        own = come_due(set_by(alice, case))
        Reminder.objects.update(failed_at=timezone.now(), failure="550 No such mailbox")

        text = text_of(alice_client.get(f"/cases/{case.reference}/deadlines/"))

        assert "not delivered" in text
        assert "The answer was: 550 No such mailbox" in text
        assert own.text in text
