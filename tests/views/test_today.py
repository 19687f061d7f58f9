"""Today: what to do now, what they owe me, then quiet."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from cases.models import Case, Deadline
from cases.services import (
    advice,
    case_drafts,
    cases,
    contacts,
    exhibits,
    milestones,
    next_steps,
    orders,
    own_reminders,
    playbooks,
    reminder_stops,
)
from tests import factories, pictures
from tests.views.asking import text_of
from tracker.accounts.models import User


def test_it_asks_strangers_to_log_in(db: None, client: Client):
    assert client.get("/")["Location"] == "/accounts/login/?next=/"


def test_without_a_case_it_leads_to_the_first_one(alice_client: Client):
    response = alice_client.get("/")

    assert "Did an order go wrong?" in text_of(response)
    assert 'href="/cases/new/"' in response.content.decode()


def test_a_silent_shop_stands_among_what_they_owe_with_its_time_left(
    case: Case, alice: User, alice_client: Client
):
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer")

    text = text_of(alice_client.get("/"))

    assert "What they owe you" in text
    assert "30 min left" in text
    assert "until Tue 1 Sep 10:30" in text


def test_a_deadline_that_passed_comes_first_and_says_how_late_it_is(
    case: Case, alice: User, alice_client: Client
):
    early = factories.NOON - timedelta(hours=3)
    other = factories.make_case(owner=alice, title="The other one")
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer")
    contacts.log_contact(case=other, by=alice, at=early, channel="shop_message", outcome="no_answer")

    text = text_of(alice_client.get("/"))

    assert "2 h 30 min late" in text
    assert text.index("The other one") < text.index("Parcel never arrived")


def test_a_case_without_a_deadline_shows_its_next_step(case: Case, alice_client: Client):
    text = text_of(alice_client.get("/"))

    assert "What to do now" in text
    assert "Next step: Order-card service" in text


def test_a_reader_sees_the_deadline_without_buttons(
    case: Case, alice: User, alice_client: Client, bob_client: Client
):
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer")

    assert 'name="action"' in alice_client.get("/").content.decode()
    assert "30 min left" in text_of(bob_client.get("/"))
    assert 'name="action"' not in bob_client.get("/").content.decode()


def test_it_shows_nothing_of_other_people(case: Case, alice: User, mallory_client: Client):
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer")

    assert "Parcel never arrived" not in text_of(mallory_client.get("/"))


def test_reminders_steps_and_deadlines_stand_in_one_order_of_time_left(alice: User, alice_client: Client):
    """It is 10:00: an own reminder came at 9:30, a countdown runs out in two days, and the step of the third
    case can be taken at any time.
    """
    asked, stepped = (factories.make_case(owner=alice, title=title) for title in ("Asked", "Stepped"))
    early = factories.NOON - timedelta(hours=1)
    own_reminders.add(
        case=asked, by=alice, text="Ask the bank", remind_at=early + timedelta(minutes=30), at=early
    )
    dated = factories.make_case(owner=alice, title="Dated")
    milestones.log_milestone(
        case=dated,
        by=alice,
        at=factories.NOON,
        kind="countdown_seen",
        happened_at=factories.NOON,
        facts={"step": "evidence", "countdown": "2 days"},
    )

    text = text_of(alice_client.get("/"))

    assert text.index("Ask the bank") < text.index(dated.title) < text.index(stepped.title)


def test_many_deadlines_stay_light_and_none_is_hidden(alice: User, alice_client: Client):
    """Eight are whole cards; what is less near is a line that leads to where it is done."""
    made = [factories.make_case(owner=alice, title=f"Parcel {number:02}") for number in range(40)]
    for minutes, case in enumerate(made):
        at = factories.NOON - timedelta(minutes=minutes)
        contacts.log_contact(case=case, by=alice, at=at, channel="shop_message", outcome="no_answer")

    page = alice_client.get("/").content.decode()

    assert len(page) < 100_000
    assert page.count("data-deadline=") == 40
    assert page.count('value="met">Done') == 8
    assert page.count('id="left-deadline-') == 40
    assert all(case.title in page for case in made)
    oldest, newest = (case.deadlines.get(rule="douyin.shop_message.no_reply") for case in (made[-1], made[0]))
    assert f"/deadlines/#deadline-{newest.pk}" in page
    assert f"/deadlines/#deadline-{oldest.pk}" not in page


def test_a_number_can_be_called_while_it_is_open_and_else_says_when_it_opens():
    shipped = playbooks.all_playbooks()
    by_day = shipped["douyin"].channels["hotline"].hours
    hotline = replace(shipped["cn_bank"].channels["cn_bank.hotline_12378"], hours=by_day)
    monday, night = datetime(2026, 8, 31, 2, 0, tzinfo=UTC), datetime(2026, 8, 31, 18, 0, tzinfo=UTC)

    def card(at: datetime) -> str:
        return render_to_string("cases/_call.html", {"channel": hotline, "now": at})

    assert 'href="tel:12378"' in card(monday)
    assert "tel:" not in card(night)
    assert "opens" in card(night)


def test_logging_opens_the_quick_form_with_the_channel_chosen(case: Case, alice_client: Client):
    address = f"/cases/{case.reference}/?channel=order_card"

    assert f'href="{address}#log"' in alice_client.get("/").content.decode()
    assert 'value="order_card" required checked' in alice_client.get(address).content.decode()


class TestDoneAndBack:
    @pytest.fixture
    def silent_shop(self, case: Case, alice: User) -> Deadline:
        contact = contacts.log_contact(
            case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer"
        )
        return contact.deadlines.get()

    def post(self, client: Client, row: Deadline, action: str, **headers: str) -> HttpResponse:
        data = {"deadline": row.pk, "action": action, "from": "today"}
        return client.post(f"/cases/{row.case.reference}/deadlines/", data, headers=headers, follow=True)

    def test_a_tap_answers_with_today_its_words_and_the_way_back(
        self, alice_client: Client, silent_shop: Deadline
    ):
        html = self.post(alice_client, silent_shop, "met", **{"HX-Request": "true"}).content.decode()

        assert html.strip().startswith('<div id="today"')
        assert '<div id="messages" data-hx-swap-oob="innerHTML">' in html
        assert "Noted. No more reminders come for it." in html
        assert 'value="undo" autofocus>Undo' in html

    def test_without_javascript_the_way_back_is_there_too(self, alice_client: Client, silent_shop: Deadline):
        page = self.post(alice_client, silent_shop, "met")

        assert page.redirect_chain == [(f"/?undo=deadline-{silent_shop.pk}", 302)]
        assert 'value="undo">Undo' in page.content.decode()

    def test_undo_opens_it_again_and_it_reminds_anew(self, alice_client: Client, silent_shop: Deadline):
        self.post(alice_client, silent_shop, "met")
        assert "It is open again." in text_of(self.post(alice_client, silent_shop, "undo"))

        silent_shop.refresh_from_db()
        assert (silent_shop.met_at, silent_shop.version) == (None, 2)
        assert silent_shop.reminders.filter(version=2, cancelled_at=None).exists()

    def test_a_second_tap_changes_nothing(self, alice_client: Client, silent_shop: Deadline):
        for action in ("met", "met", "undo", "undo"):
            assert self.post(alice_client, silent_shop, action).status_code == 200

        silent_shop.refresh_from_db()
        assert (silent_shop.met_at, silent_shop.version) == (None, 2)

    def test_what_was_met_by_a_contact_is_not_taken_back(
        self, alice: User, alice_client: Client, silent_shop: Deadline
    ):
        contacts.log_contact(
            case=silent_shop.case, by=alice, at=factories.NOON, channel="shop_message", outcome="answered"
        )
        silent_shop.refresh_from_db()
        was = silent_shop.met_at

        self.post(alice_client, silent_shop, "undo")

        silent_shop.refresh_from_db()
        assert silent_shop.met_at == was

    @pytest.mark.parametrize(
        "asked", ["deadline-{}", "own-{}", "deadline-x", "deadline-" + "9" * 40, "-", ""]
    )
    def test_nobody_is_offered_the_way_back_of_another(
        self,
        alice_client: Client,
        bob_client: Client,
        mallory_client: Client,
        silent_shop: Deadline,
        asked: str,
    ):
        self.post(alice_client, silent_shop, "met")

        for client in (bob_client, mallory_client):
            assert "Undo" not in text_of(client.get("/?undo=" + asked.format(silent_shop.pk)))

    def test_an_own_reminder_is_taken_back_as_well(self, case: Case, alice: User, alice_client: Client):
        early = factories.NOON - timedelta(hours=1)
        at = early + timedelta(minutes=1)
        own = own_reminders.add(case=case, by=alice, text="Ask the bank", remind_at=at, at=early)
        address = f"/cases/{case.reference}/own-reminders/{own.pk}/"

        done = alice_client.post(address, {"do": "done", "from": "today"}, headers={"HX-Request": "true"})
        assert "Ask the bank" not in text_of(done)
        assert f'action="{address}"' in done.content.decode()

        for _tap in (1, 2):
            text = text_of(alice_client.post(address, {"do": "undo", "from": "today"}, follow=True))
            assert "Ask the bank" in text
        own.refresh_from_db()
        assert (own.done_at, own.version) == (None, 2)
        # Its time has come already: no second mail is sent for it.
        assert not own.reminders.filter(version=2).exists()


class TestTomorrowAndBack:
    @pytest.fixture
    def silent_shop(self, case: Case, alice: User) -> Deadline:
        contact = contacts.log_contact(
            case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer"
        )
        return contact.deadlines.get()

    def post(self, client: Client, row: Deadline, headers: dict[str, str] | None = None, **sent: str):
        data = {"deadline": row.pk, "from": "today", **sent}
        return client.post(f"/cases/{row.case.reference}/deadlines/", data, headers=headers, follow=True)

    def steps_to_come(self, row: Deadline) -> list[str]:
        return [reminder.step for reminder in row.reminders.pending().order_by("due_at")]

    def test_a_tap_on_tomorrow_offers_the_way_back(self, alice_client: Client, silent_shop: Deadline):
        planned = self.steps_to_come(silent_shop)

        page = self.post(alice_client, silent_shop, {"HX-Request": "true"}, action="snooze", until="tomorrow")

        assert "You are reminded on Wed 2 Sep 09:00." in text_of(page)
        assert 'name="action" value="unsnooze" autofocus>Undo' in page.content.decode()
        assert "snoozed_1" in self.steps_to_come(silent_shop)
        back = self.post(alice_client, silent_shop, {"HX-Request": "true"}, action="unsnooze")
        assert "Taken back. Its reminders come as before." in text_of(back)
        assert self.steps_to_come(silent_shop) == planned

    def test_without_javascript_the_way_back_is_there_while_it_stands(
        self, alice_client: Client, mallory_client: Client, bob_client: Client, silent_shop: Deadline
    ):
        page = self.post(alice_client, silent_shop, action="snooze", until="tomorrow")

        address = f"/?undo=snooze-{silent_shop.pk}"
        assert page.redirect_chain == [(address, 302)]
        assert 'value="unsnooze">Undo' in page.content.decode()
        for client in (bob_client, mallory_client):
            assert "Undo" not in text_of(client.get(address))
        self.post(alice_client, silent_shop, action="unsnooze")
        assert "Undo" not in text_of(alice_client.get(address))

    def test_a_helper_is_offered_the_way_back_of_their_own_snooze_alone(
        self, alice_client: Client, helga: User, silent_shop: Deadline
    ):
        helper = Client()
        helper.force_login(helga)
        self.post(alice_client, silent_shop, action="snooze", until="tomorrow")

        assert "Undo" not in text_of(helper.get(f"/?undo=snooze-{silent_shop.pk}"))

    def test_what_was_stopped_meanwhile_is_said_on_today(
        self, case: Case, alice: User, alice_client: Client, silent_shop: Deadline
    ):
        self.post(alice_client, silent_shop, action="snooze", until="tomorrow")
        reminder_stops.stop_case(case, alice, at=factories.NOON)

        page = self.post(alice_client, silent_shop, {"HX-Request": "true"}, action="unsnooze")

        assert page.status_code == 422
        assert "You stopped these reminders." in text_of(page)

    def test_an_own_reminder_that_was_put_off_is_due_again(
        self, case: Case, alice: User, alice_client: Client, mallory_client: Client
    ):
        early = factories.NOON - timedelta(hours=1)
        own = own_reminders.add(
            case=case, by=alice, text="Ask the bank", remind_at=early + timedelta(minutes=1), at=early
        )
        address = f"/cases/{case.reference}/own-reminders/{own.pk}/"

        later = alice_client.post(address, {"do": "tomorrow", "from": "today"}, follow=True)
        assert later.redirect_chain == [(f"/?undo=later-{own.pk}", 302)]
        assert "Ask the bank" not in text_of(later)
        assert 'name="do" value="unsnooze">Undo' in later.content.decode()
        assert "Undo" not in text_of(mallory_client.get(f"/?undo=later-{own.pk}"))

        for _tap in (1, 2):
            sent = {"do": "unsnooze", "from": "today"}
            assert "Ask the bank" in text_of(alice_client.post(address, sent, headers={"HX-Request": "true"}))
        own.refresh_from_db()
        assert (own.remind_at, own.version) == (early + timedelta(minutes=1), 3)
        assert not own.reminders.pending().exists()
        assert "Undo" not in text_of(alice_client.get(f"/?undo=later-{own.pk}"))


class TestAPromise:
    """It was to be kept an hour ago."""

    @pytest.fixture
    def promise(self, case: Case, alice: User) -> Deadline:
        contact = contacts.log_contact(
            case=case,
            by=alice,
            at=factories.NOON - timedelta(days=1),
            channel="hotline",
            outcome="promised",
            promised_by=factories.NOON - timedelta(hours=1),
        )
        return contact.deadlines.get(rule="douyin.promise.kept")

    def settle(self, client: Client, row: Deadline, kind: str, **headers: str) -> HttpResponse:
        sent = {"kind": kind, "contact": row.contact_id, "from": "today"}
        return client.post(f"/cases/{row.case.reference}/milestones/", sent, headers=headers, follow=True)

    def test_its_card_sends_one_tap_and_stays_on_the_page(self, alice_client: Client, promise: Deadline):
        html = alice_client.get("/").content.decode()

        address = f"/cases/{promise.case.reference}/milestones/"
        assert f'action="{address}" class="actions" data-hx-post="{address}" data-hx-target="#today"' in html

    @pytest.mark.parametrize(
        ("kind", "sentence"),
        [
            ("promise_kept", "Noted as kept. No more reminders come for it."),
            ("promise_broken", "Noted as broken. What follows from it stands in the case."),
        ],
    )
    def test_a_tap_answers_with_today_without_it(
        self, alice_client: Client, promise: Deadline, kind: str, sentence: str
    ):
        page = self.settle(alice_client, promise, kind, **{"HX-Request": "true"})

        assert page.content.decode().strip().startswith('<div id="today"')
        assert sentence in text_of(page)
        # The button is gone and the sentence stands on top: that is where one goes on.
        assert '<h1 tabindex="-1" autofocus>' in page.content.decode()
        assert 'value="promise_kept"' not in page.content.decode()
        assert promise.case.milestones.get().contact_id == promise.contact_id
        promise.refresh_from_db()
        assert promise.met_at == factories.NOON

    def test_without_javascript_it_goes_back_to_today(self, alice_client: Client, promise: Deadline):
        page = self.settle(alice_client, promise, "promise_broken")

        assert page.redirect_chain == [("/", 302)]
        assert "Noted as broken." in text_of(page)

    def test_what_cannot_be_is_said_on_today(self, alice: User, alice_client: Client, promise: Deadline):
        cases.close_case(case=promise.case, by=alice, at=factories.NOON, outcome="solved")

        page = self.settle(alice_client, promise, "promise_kept", **{"HX-Request": "true"})

        assert page.status_code == 422
        assert "This case is closed; reopen it to log more." in text_of(page)

    def test_a_reader_has_no_such_button(self, bob_client: Client, promise: Deadline):
        assert 'value="promise_kept"' not in bob_client.get("/").content.decode()
        assert self.settle(bob_client, promise, "promise_kept").status_code == 403


class TestCountdown:
    def poll(self, client: Client, page: HttpResponse) -> HttpResponse:
        seen = re.search(r'data-hx-get="/\?seen=([0-9a-f.]+)"', page.content.decode())
        assert seen
        return client.get("/", {"seen": seen[1]}, headers={"HX-Request": "true"})

    @pytest.fixture(autouse=True)
    def silent_shop(self, case: Case, alice: User) -> None:
        contacts.log_contact(
            case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer"
        )

    def test_nothing_is_sent_while_it_says_the_same(self, alice_client: Client):
        assert self.poll(alice_client, alice_client.get("/")).status_code == 204

    def test_a_minute_later_the_badge_alone_is_sent_and_no_live_region(
        self, alice_client: Client, monkeypatch: pytest.MonkeyPatch
    ):
        page = alice_client.get("/")
        monkeypatch.setattr(timezone, "now", lambda: factories.NOON + timedelta(minutes=1))

        answer = self.poll(alice_client, page)

        assert "29 min left" in text_of(answer)
        assert 'id="messages"' not in answer.content.decode()
        assert "Parcel never arrived" not in text_of(answer)
        assert "Something changed here." not in text_of(answer)
        assert self.poll(alice_client, answer).status_code == 204

    def test_another_order_is_offered_and_not_forced(self, alice: User, alice_client: Client):
        page = alice_client.get("/")
        other = factories.make_case(owner=alice, title="The other one")
        contacts.log_contact(
            case=other, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer"
        )

        assert "Something changed here. Show it" in text_of(self.poll(alice_client, page))


def test_the_one_query_for_steps_sees_what_the_page_of_the_case_sees(case: Case, alice: User):
    at = factories.NOON
    orders.add_order(case=case, by=alice, at=at, platform="Douyin", item="Cup", numbers=[("order", "123456")])
    contact = contacts.log_contact(
        case=case,
        by=alice,
        at=at,
        channel="order_card",
        outcome="promised",
        promised_by=at + timedelta(days=1),
    )
    exhibits.add_exhibit(
        case=case, by=alice, at=at, upload=pictures.upload(pictures.picture(), "a.png"), contact=contact
    )
    facts = {"usual_workdays": 1}
    milestones.log_milestone(
        case=case, by=alice, at=at, kind="handed_to_partner", happened_at=at, facts=facts, contact=contact
    )
    later = at + timedelta(days=9)
    fresh = Case.objects.get(pk=case.pk)

    steps = next_steps.next_steps([fresh], at=later, deadlines={fresh.pk: list(fresh.deadlines.open())})

    assert steps[case.pk] == advice.advice_for(Case.objects.get(pk=case.pk), later)[0]


def test_today_costs_six_queries_whatever_there_is(
    alice: User, alice_client: Client, django_assert_num_queries
):
    def with_cases(count: int) -> None:
        for number in range(count):
            factories.make_case(owner=alice, title=f"Quiet {number}")
            case = factories.make_case(owner=alice, title=f"Case {number}")
            contacts.log_contact(
                case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer"
            )

    with django_assert_num_queries(6):
        alice_client.get("/")  # nothing yet
    case_drafts.keep(by=alice, at=factories.NOON, fields={"title": ["Half a"]})
    with django_assert_num_queries(6):
        alice_client.get("/")
    with_cases(1)
    with django_assert_num_queries(6):
        alice_client.get("/")
    with_cases(6)
    with django_assert_num_queries(6):
        alice_client.get("/")
