"""Deadlines with their reasons and reminders."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from cases.models import Case, Deadline
from cases.services import contacts, milestones
from cases.templatetags.display import other_zone
from tests import factories
from tests.services.when import shanghai
from tests.views.asking import HTMX, text_of
from tracker.accounts.models import User


def url(case: Case) -> str:
    return reverse("cases:deadlines", args=[case.reference])


@pytest.fixture
def silent_shop(case: Case, alice: User) -> Deadline:
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer")
    return case.deadlines.get(rule="douyin.shop_message.no_reply")


def test_each_step_of_the_arithmetic_is_shown_with_its_source(
    case: Case, alice_client: Client, silent_shop: Deadline
):
    text = text_of(alice_client.get(url(case)))

    for step in silent_shop.because["steps"]:
        assert step["text"]["en"] in text
    assert "10:30" in text
    assert "How to reach shop customer service on Douyin" in text
    assert "reported, not checked against an official text" in text
    assert "checked on 2026-11-22" in text
    assert "Rule douyin.shop_message.no_reply, playbook edition 2026-11-22" in text


class TestTheOtherSidesClock:
    """Ten in the morning in Shanghai, and half an hour later what the shop owes."""

    def test_stands_beside_the_readers_where_it_shows_something_else(
        self, case: Case, alice: User, alice_client: Client, silent_shop: Deadline
    ):
        alice.time_zone = "America/New_York"
        alice.save()

        text = text_of(alice_client.get(url(case)))

        assert "until Mon 31 Aug 22:30 (Tue 1 Sep 10:30, Beijing time)" in text

    def test_is_named_in_chinese_as_the_chinese_do(
        self, case: Case, alice: User, alice_client: Client, silent_shop: Deadline
    ):
        alice.time_zone, alice.language = "America/New_York", "zh-hans"
        alice.save()

        assert "（北京时间9月1日周二 10:30）" in text_of(alice_client.get(url(case)))

    def test_is_left_out_where_both_show_the_same(
        self, case: Case, alice: User, alice_client: Client, silent_shop: Deadline
    ):
        alice.time_zone = "Asia/Taipei"
        alice.save()

        text = text_of(alice_client.get(url(case)))

        assert "10:30" in text and "Beijing time" not in text

    @pytest.mark.parametrize(
        ("zone", "language", "words"),
        [
            ("Europe/London", "en", "Tue 1 Sep 03:30, London time"),
            ("Europe/London", "zh-hans", "伦敦时间9月1日周二 03:30"),
            ("America/Argentina/Buenos_Aires", "en", "Mon 31 Aug 23:30, Buenos Aires time"),
        ],
    )
    def test_is_called_after_its_city(self, zone: str, language: str, words: str):
        with translation.override(language), timezone.override("Asia/Shanghai"):
            assert other_zone(shanghai("2026-09-01 10:30"), ZoneInfo(zone)) == words


def test_the_reminders_planned_for_it_are_shown(case: Case, alice_client: Client, silent_shop: Deadline):
    text = text_of(alice_client.get(url(case)))

    assert "Tue 1 Sep 10:30 · planned" in text


def test_a_window_of_days_is_shown_as_days(case: Case, alice: User, alice_client: Client):
    milestones.log_milestone(
        case=case,
        by=alice,
        at=factories.NOON,
        kind="handed_to_partner",
        happened_at=factories.NOON,
        facts={"usual_workdays": 1},
    )

    text = text_of(alice_client.get(url(case)))

    assert "Fri 4 Sep to Mon 7 Sep" in text
    assert "opens in 3 days" in text


def test_a_year_without_a_published_calendar_is_called_provisional(
    case: Case, alice: User, alice_client: Client
):
    milestones.log_milestone(
        case=case,
        by=alice,
        at=shanghai("2026-12-31 10:00"),
        kind="handed_to_partner",
        happened_at=shanghai("2026-12-31 09:00"),
        facts={"usual_workdays": 1},
    )

    assert "The workday calendar of that year is not published yet." in text_of(alice_client.get(url(case)))


@pytest.mark.parametrize(("action", "state"), [("met", "done"), ("drop", "no longer matters")])
def test_one_tap_ends_a_deadline_and_its_reminders(
    case: Case, alice_client: Client, silent_shop: Deadline, action: str, state: str
):
    response = alice_client.post(url(case), {"deadline": silent_shop.pk, "action": action}, headers=HTMX)

    assert "Noted. No more reminders come for it." in text_of(response)
    assert state in text_of(response)
    silent_shop.refresh_from_db()
    assert not silent_shop.is_open
    assert not silent_shop.reminders.filter(cancelled_at__isnull=True).exists()


@pytest.mark.parametrize(
    ("place", "there"),
    [("today", "/?undo=deadline-{1}"), ("case", "/cases/{0}/"), ("", "/cases/{0}/deadlines/")],
)
def test_the_button_leads_back_to_where_it_was(
    case: Case, alice_client: Client, silent_shop: Deadline, place: str, there: str
):
    response = alice_client.post(url(case), {"deadline": silent_shop.pk, "action": "met", "from": place})

    assert response["Location"] == there.format(case.reference, silent_shop.pk)


@pytest.mark.parametrize("deadline", ["", "0", "x", "99999999999999999999", "9" * 5000])
def test_a_deadline_that_is_not_there_is_404(case: Case, alice_client: Client, deadline: str):
    assert alice_client.post(url(case), {"deadline": deadline, "action": "met"}).status_code == 404


def test_a_deadline_of_another_case_cannot_be_ended_through_ones_own(
    silent_shop: Deadline, mallory: User, mallory_client: Client
):
    own = factories.make_case(owner=mallory)

    assert mallory_client.post(url(own), {"deadline": silent_shop.pk, "action": "met"}).status_code == 404
    silent_shop.refresh_from_db()
    assert silent_shop.is_open


def test_an_action_that_is_none_is_told(case: Case, alice_client: Client, silent_shop: Deadline):
    response = alice_client.post(url(case), {"deadline": silent_shop.pk, "action": "explode"})

    assert response.status_code == 422
    assert "Choose what became of the deadline." in text_of(response)


def test_a_reader_reads_and_cannot_end_it(case: Case, bob_client: Client, silent_shop: Deadline):
    assert 'name="action"' not in bob_client.get(url(case)).content.decode()
    assert bob_client.post(url(case), {"deadline": silent_shop.pk, "action": "met"}).status_code == 403


def test_a_stranger_gets_404(case: Case, mallory_client: Client, silent_shop: Deadline):
    assert mallory_client.get(url(case)).status_code == 404
    assert mallory_client.post(url(case), {"deadline": silent_shop.pk, "action": "met"}).status_code == 404


class TestWhatIsSaidOfADeadline:
    def log(self, case: Case, kind: str, days_ago: int, channel: str = "cn_12315.complaint") -> None:
        milestones.log_milestone(
            case=case,
            by=case.owner,
            at=factories.NOON,
            kind=kind,
            channel=channel,
            happened_at=factories.NOON - timedelta(days=days_ago),
        )

    def test_whom_it_binds_and_what_follows(self, case: Case, alice_client: Client):
        self.log(case, "complaint_filed", 1)

        text = text_of(alice_client.get(f"/cases/{case.reference}/deadlines/"))

        assert "The authority" in text
        assert "What follows" in text

    def test_that_its_clock_stands_still(self, case: Case, alice_client: Client):
        self.log(case, "complaint_accepted", 5)
        self.log(case, "testing_started", 2, channel="")

        text = text_of(alice_client.get(f"/cases/{case.reference}/deadlines/"))

        assert "paused" in text
        assert "The clock stands still. The date moves on when it runs again" in text

    def test_how_to_meet_it_where_only_a_milestone_does(self, case: Case, alice_client: Client):
        self.log(case, "complaint_filed", 1)

        page = alice_client.get(f"/cases/{case.reference}/deadlines/").content.decode()

        assert "milestones/?kind=complaint_accepted&amp;channel=cn_12315.complaint" in page

    def test_that_a_countdown_is_to_be_looked_up(self, case: Case, alice_client: Client):
        self.log(case, "refund_requested", 0, channel="")

        page = alice_client.get(f"/cases/{case.reference}/deadlines/").content.decode()

        assert "milestones/?kind=countdown_seen&amp;channel=" in page
