"""Dated facts that start and stop clocks."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import pytest
from django.test import Client
from django.urls import reverse

from cases.forms.milestones import GROUPS
from cases.models import Case, Milestone, MilestoneKind
from cases.services import cases, contacts, milestones
from tests import factories
from tests.views.asking import HTMX, text_of
from tracker.accounts.models import User


def url(case: Case) -> str:
    return reverse("cases:milestones", args=[case.reference])


def test_a_hand_over_opens_a_window_of_two_to_three_workdays_more(case: Case, alice_client: Client):
    alice_client.post(
        url(case), {"kind": "handed_to_partner", "happened_at": "2026-09-01T09:00", "usual_workdays": "1"}
    )

    deadline = case.deadlines.get(rule="douyin.partner_platform.extra_time")
    assert deadline.window_from.isoformat() == "2026-09-04T15:59:59+00:00"
    assert deadline.due_at.isoformat() == "2026-09-07T15:59:59+00:00"


def test_a_hand_over_without_the_usual_time_asks_for_it(case: Case, alice_client: Client):
    response = alice_client.post(url(case), {"kind": "handed_to_partner"})

    assert response.status_code == 422
    assert "How many workdays does the partner usually take?" in text_of(response)
    assert case.milestones.count() == 0


def test_workdays_typed_for_another_kind_are_not_meant(case: Case, alice_client: Client):
    alice_client.post(url(case), {"kind": "goods_received", "usual_workdays": "5"})

    assert case.milestones.get().facts == {}


def test_no_time_means_just_now(case: Case, alice_client: Client):
    alice_client.post(url(case), {"kind": "stream_ended"})

    assert case.milestones.get().happened_at == factories.NOON


def test_one_tap_says_that_a_promise_was_broken(case: Case, alice: User, alice_client: Client):
    contact = contacts.log_contact(
        case=case,
        by=alice,
        at=factories.NOON - timedelta(days=1),
        channel="hotline",
        outcome="promised",
        promised_by=factories.NOON - timedelta(hours=1),
    )
    assert (
        'name="kind" value="promise_broken"'
        in alice_client.get(f"/cases/{case.reference}/deadlines/").content.decode()
    )

    alice_client.post(url(case), {"kind": "promise_broken", "contact": contact.pk})

    assert case.milestones.get().contact == contact
    assert case.deadlines.get(rule="douyin.promise.kept").met_at == factories.NOON


def test_htmx_is_told_that_it_is_logged(case: Case, alice_client: Client):
    response = alice_client.post(url(case), {"kind": "goods_received"}, headers=HTMX)

    assert "Logged. What follows from it is among the deadlines." in text_of(response)


def test_a_contact_of_another_case_is_not_taken(case: Case, mallory: User, alice_client: Client):
    theirs = factories.make_case(owner=mallory)
    contact = contacts.log_contact(
        case=theirs, by=mallory, at=factories.NOON, channel="hotline", outcome="answered"
    )

    response = alice_client.post(url(case), {"kind": "promise_kept", "contact": contact.pk})

    assert response.status_code == 422
    assert case.milestones.count() == 0


def test_a_reader_cannot_log(case: Case, bob_client: Client):
    assert bob_client.get(url(case)).status_code == 200
    assert bob_client.post(url(case), {"kind": "goods_received"}).status_code == 403


def test_a_stranger_gets_404(case: Case, mallory_client: Client):
    assert mallory_client.get(url(case)).status_code == 404
    assert mallory_client.post(url(case), {"kind": "goods_received"}).status_code == 404


class TestWhatTheRulesAsk:
    def test_each_question_stands_in_the_rules_words_with_the_kinds_it_is_asked_for(
        self, case: Case, alice_client: Client
    ):
        page = alice_client.get(url(case)).content.decode()

        assert 'data-kinds="handed_to_partner"' in page
        assert "How many workdays does the partner usually take?" in page
        assert "By when has the carrier to answer?" in page

    def test_the_kinds_are_in_groups_and_each_is_there_once(self):
        grouped = [kind for _group, kinds in GROUPS for kind in kinds]

        assert sorted(grouped) == sorted(MilestoneKind)

    def test_a_complaint_needs_to_be_with_somebody(self, case: Case, alice_client: Client):
        response = alice_client.post(url(case), {"kind": "complaint_filed"})

        assert response.status_code == 422
        assert "Choose with whom: the rules of this case tell it apart." in text_of(response)
        assert case.milestones.count() == 0

    def test_a_complaint_with_the_market_regulator_starts_its_seven_workdays(
        self, case: Case, alice_client: Client
    ):
        alice_client.post(url(case), {"kind": "complaint_filed", "channel": "cn_12315.complaint"})

        # Filed on Tuesday 1 September: seven workdays later is Thursday the 10th.
        deadline = case.deadlines.get(rule="cn_12315.acceptance")
        assert deadline.due_at.isoformat() == "2026-09-10T15:59:59+00:00"

    def test_a_moment_is_read_in_the_readers_zone(self, case: Case, alice_client: Client):
        answered_by = {"answer_by": "2026-09-08T18:00"}
        alice_client.post(
            url(case), {"kind": "complaint_filed", "channel": "cn_12305.carrier", **answered_by}
        )

        assert case.milestones.get().facts == {"answer_by": "2026-09-08T10:00:00+00:00"}
        deadline = case.deadlines.get(rule="cn_12305.carrier_answer")
        assert deadline.due_at.isoformat() == "2026-09-08T10:00:00+00:00"

    def test_what_is_asked_about_another_channel_is_not_meant(self, case: Case, alice_client: Client):
        answered_by = {"answer_by": "2026-09-08T18:00"}
        alice_client.post(
            url(case), {"kind": "complaint_filed", "channel": "cn_12315.complaint", **answered_by}
        )

        assert case.milestones.get().facts == {}

    def test_a_channel_of_no_playbook_of_the_case_is_refused(self, case: Case, alice_client: Client):
        response = alice_client.post(url(case), {"kind": "complaint_filed", "channel": "paypal.dispute"})

        assert response.status_code == 422
        assert case.milestones.count() == 0


class TestACountdown:
    SEEN: ClassVar = {"kind": "countdown_seen", "step": "seller_answers", "countdown": "1 day 4 hours"}

    @pytest.mark.parametrize("said", ["1 day 4 hours", "1天4小时", "28:00:00"])
    def test_runs_from_the_moment_it_was_seen(self, case: Case, alice_client: Client, said: str):
        alice_client.post(url(case), {**self.SEEN, "countdown": said, "happened_at": "2026-09-01T09:00"})

        assert case.milestones.get().facts == {"step": "seller_answers", "countdown": said}
        deadline = case.deadlines.get(rule="douyin.after_sale.seller_answer")
        # Seen on 1 September at 9:00 in Shanghai: 28 hours later it is 13:00 on the 2nd.
        assert deadline.due_at.isoformat() == "2026-09-02T05:00:00+00:00"

    def test_of_something_else_is_noted_without_a_deadline(self, case: Case, alice_client: Client):
        alice_client.post(url(case), {**self.SEEN, "step": "other"})

        assert not case.milestones.get().deadlines.exists()

    @pytest.mark.parametrize(
        ("left_out", "sentence"),
        [
            ("step", "Choose what the countdown runs towards."),
            ("countdown", "Write down what the app says, as in 1 day 4 hours."),
        ],
    )
    def test_needs_both_halves(self, case: Case, alice_client: Client, left_out: str, sentence: str):
        response = alice_client.post(url(case), {**self.SEEN, left_out: ""})

        assert response.status_code == 422
        assert sentence in text_of(response)

    def test_that_cannot_be_read_is_refused_next_to_its_field(self, case: Case, alice_client: Client):
        response = alice_client.post(url(case), {**self.SEEN, "countdown": "soon"})

        assert response.status_code == 422
        assert "write it as the app shows it" in text_of(response)
        assert case.milestones.count() == 0

    def test_is_shown_in_words(self, case: Case, alice_client: Client):
        alice_client.post(url(case), self.SEEN)

        text = text_of(alice_client.get(url(case)))

        assert "The seller has to answer: “1 day 4 hours” left, as the app said" in text


class TestCorrecting:
    @pytest.fixture
    def filed(self, case: Case, alice: User) -> Milestone:
        return milestones.log_milestone(
            case=case,
            by=alice,
            at=factories.NOON,
            kind="complaint_filed",
            channel="cn_12315.complaint",
            happened_at=factories.NOON - timedelta(days=1),
        )

    @pytest.fixture
    def page(self, case: Case, filed: Milestone) -> str:
        return reverse("cases:milestone", args=[case.reference, filed.pk])

    def test_the_page_shows_what_counts_from_it(self, page: str, alice_client: Client):
        text = text_of(alice_client.get(page))

        assert "Complaint filed" in text
        assert "What counts from it" in text

    def test_the_timeline_names_with_whom_and_leads_to_it(self, case: Case, page: str, alice_client: Client):
        response = alice_client.get(case.get_absolute_url())

        assert "Complaint filed · 12315 complaint" in text_of(response)
        assert f'href="{page}"' in response.content.decode()

    def test_another_day_moves_the_deadline(self, case: Case, page: str, alice_client: Client):
        typed = {"happened_at": "2026-08-28T10:00", "channel": "cn_12315.complaint", "note": "by post"}

        response = alice_client.post(page, typed)

        assert response["Location"] == url(case)
        # Filed on Friday 28 August: seven workdays later is Tuesday 8 September.
        deadline = case.deadlines.get(rule="cn_12315.acceptance")
        assert deadline.due_at.isoformat() == "2026-09-08T15:59:59+00:00"
        assert case.milestones.get().note == "by post"

    def test_a_time_that_was_not_touched_keeps_its_seconds(
        self, case: Case, page: str, filed: Milestone, alice_client: Client
    ):
        exact = filed.happened_at + timedelta(seconds=35)
        Milestone.objects.filter(pk=filed.pk).update(happened_at=exact)

        alice_client.post(
            page, {"happened_at": "2026-08-31T10:00", "channel": "cn_12315.complaint", "note": "online"}
        )

        assert case.milestones.get().happened_at == exact
        changed = case.custody_entries.get(action="milestone_corrected").details["changed"]
        assert changed == {"note": ["", "online"]}

    def test_what_cannot_be_is_told_and_changes_nothing(
        self, case: Case, page: str, filed: Milestone, alice_client: Client
    ):
        typed = {"happened_at": "2026-09-05T10:00", "channel": "cn_12315.complaint"}

        response = alice_client.post(page, typed)

        assert response.status_code == 422
        assert "This lies in the future" in text_of(response)
        assert case.milestones.get().happened_at == filed.happened_at

    def test_a_reader_sees_it_and_cannot_correct(self, page: str, bob_client: Client):
        assert "Correct it" not in text_of(bob_client.get(page))
        assert bob_client.post(page, {"happened_at": "2026-08-28T10:00"}).status_code == 403

    def test_one_of_another_case_is_not_there(self, filed: Milestone, alice: User, alice_client: Client):
        other = factories.make_case(owner=alice)

        page = reverse("cases:milestone", args=[other.reference, filed.pk])

        assert alice_client.get(page).status_code == 404

    def test_a_closed_case_takes_no_correction(
        self, case: Case, page: str, alice: User, alice_client: Client
    ):
        cases.close_case(case=case, by=alice, at=factories.NOON, outcome="given_up")

        response = alice_client.post(
            page, {"happened_at": "2026-08-28T10:00", "channel": "cn_12315.complaint"}
        )

        assert response.status_code == 422
        assert "This case is closed" in text_of(response)


def test_a_rule_about_one_kind_of_contract_is_offered_by_its_title(case: Case, alice_client: Client):
    assert "Is it one of these?" in text_of(alice_client.get(url(case)))
    signed = {"kind": "contract_concluded", "happened_at": "2026-08-31T10:00", "paid_on": "2026-08-31T10:00"}

    alice_client.post(url(case), {**signed, "kind_": "prepaid"})

    # Paid on 31 August: the seventh day after it is 7 September.
    deadline = case.deadlines.get(rule="cn_consumer_law.prepaid_refund")
    assert deadline.due_at.isoformat() == "2026-09-07T15:59:59+00:00"
