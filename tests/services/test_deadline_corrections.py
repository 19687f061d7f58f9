"""What follows when something turns out otherwise: a milestone, or which playbooks apply."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cases.models import Case, Deadline, Milestone
from cases.services import cases, contacts, custody, deadlines, milestones, orders, own_documents
from tests import factories
from tests.services.when import shanghai
from tracker.accounts.models import User

AT = shanghai("2026-09-24 12:00")
COMPLAINT = "cn_12315.complaint"


def note(case: Case, kind: str, happened_at: str, at: datetime = AT, **fields: Any) -> Milestone:
    return milestones.log_milestone(
        case=case, by=case.owner, at=at, kind=kind, happened_at=shanghai(happened_at), **fields
    )


def correct(milestone: Milestone, **fields: Any) -> Milestone:
    told = {
        "happened_at": milestone.happened_at,
        "facts": milestone.facts,
        "channel": milestone.channel,
        "note": milestone.note,
    }
    return milestones.correct_milestone(
        milestone=milestone, by=milestone.case.owner, at=AT, **{**told, **fields}
    )


def the(case: Case, rule: str) -> Deadline:
    return case.deadlines.get(rule=rule)


def actions(case: Case) -> list[str]:
    return list(case.custody_entries.values_list("action", flat=True))


class TestAMilestoneIsCorrected:
    def test_another_day_moves_what_counts_from_it_and_reminds_anew(self, case: Case):
        filed = note(case, "complaint_filed", "2026-09-24 10:00", channel=COMPLAINT)
        # Seven workdays after 24 September, over the holidays: 12 October.
        assert the(case, "cn_12315.acceptance").due_at == shanghai("2026-10-12 23:59:59")

        correct(filed, happened_at=shanghai("2026-09-01 10:00"))

        deadline = the(case, "cn_12315.acceptance")
        assert deadline.triggered_at == shanghai("2026-09-01 10:00")
        assert (deadline.due_at, deadline.version) == (shanghai("2026-09-10 23:59:59"), 2)
        assert set(deadline.reminders.pending().values_list("version", flat=True)) <= {2}

    def test_what_was_written_before_stays_in_the_chain(self, case: Case):
        filed = note(case, "complaint_filed", "2026-09-24 10:00", channel=COMPLAINT, note="online")

        correct(filed, happened_at=shanghai("2026-09-23 10:00"), note="by post")

        entry = case.custody_entries.get(action="milestone_corrected")
        assert entry.details == {
            "milestone": filed.pk,
            "changed": {
                "happened_at": ["2026-09-24T02:00:00+00:00", "2026-09-23T02:00:00+00:00"],
                "note": ["online", "by post"],
            },
        }
        assert custody.verify(case) == []

    def test_nothing_is_written_when_nothing_changes(self, case: Case):
        filed = note(case, "complaint_filed", "2026-09-24 10:00", channel=COMPLAINT)
        before = actions(case)

        correct(filed)

        assert actions(case) == before

    def test_another_fact_moves_the_deadline(self, case: Case):
        handed = note(case, "handed_to_partner", "2026-09-24 10:00", facts={"usual_workdays": 1})

        correct(handed, facts={"usual_workdays": 0})

        deadline = the(case, "douyin.partner_platform.extra_time")
        # Two to three workdays after 24 September: the 29th (25 to 27 are days off) and the 30th.
        assert deadline.window_from == shanghai("2026-09-29 23:59:59")
        assert deadline.due_at == shanghai("2026-09-30 23:59:59")
        assert deadline.facts == {"usual_workdays": 0}

    def test_a_fact_that_a_running_clock_needs_cannot_be_taken_away(self, case: Case):
        handed = note(case, "handed_to_partner", "2026-09-24 10:00", facts={"usual_workdays": 1})

        with pytest.raises(ValidationError, match="How many workdays"):
            correct(handed, facts={})

        handed.refresh_from_db()
        assert handed.facts == {"usual_workdays": 1}

    def test_with_somebody_else_it_starts_other_clocks(self, case: Case):
        filed = note(case, "complaint_filed", "2026-09-24 10:00", channel="cn_12315.odr")
        assert the(case, "cn_12315.odr_negotiation").is_open

        correct(filed, channel=COMPLAINT)

        assert the(case, "cn_12315.odr_negotiation").drop_reason == "no_longer_applies"
        assert the(case, "cn_12315.acceptance").is_open

    def test_and_back_again_takes_up_what_was_dropped(self, case: Case):
        filed = note(case, "complaint_filed", "2026-09-24 10:00", channel="cn_12315.odr")

        correct(correct(filed, channel=COMPLAINT), channel="cn_12315.odr")

        assert the(case, "cn_12315.odr_negotiation").is_open
        assert not the(case, "cn_12315.acceptance").is_open

    def test_a_day_before_the_new_order_is_counted_by_the_old_one(self, case: Case):
        accepted = note(case, "complaint_accepted", "2026-08-02 10:00", channel=COMPLAINT)
        # Sixty days end on 1 October, a holiday: 8 October.
        assert the(case, "cn_12315.mediation").due_at == shanghai("2026-10-08 23:59:59")

        correct(accepted, happened_at=shanghai("2026-04-10 10:00"))

        # By the old order 45 workdays, over Labour Day with its make-up Saturday.
        deadline = the(case, "cn_12315.mediation_order_20")
        assert deadline.due_at == shanghai("2026-06-16 23:59:59")
        assert not case.deadlines.filter(rule="cn_12315.mediation").exists()

    def test_what_it_met_is_open_again_when_it_was_with_somebody_else(self, case: Case):
        note(case, "complaint_filed", "2026-09-22 10:00", channel=COMPLAINT)
        accepted = note(case, "complaint_accepted", "2026-09-23 10:00", channel=COMPLAINT)
        assert the(case, "cn_12315.acceptance").met_at == shanghai("2026-09-23 10:00")

        correct(accepted, channel="cn_12315.odr")

        deadline = the(case, "cn_12315.acceptance")
        assert deadline.is_open
        assert deadline.reminders.pending().exists()

    def test_what_it_met_was_met_at_the_corrected_time(self, case: Case):
        note(case, "complaint_filed", "2026-09-22 10:00", channel=COMPLAINT)
        accepted = note(case, "complaint_accepted", "2026-09-23 10:00", channel=COMPLAINT)

        correct(accepted, happened_at=shanghai("2026-09-23 16:00"))

        assert the(case, "cn_12315.acceptance").met_at == shanghai("2026-09-23 16:00")

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            pytest.param({"happened_at": shanghai("2026-09-25 10:00")}, "happened_at", id="in the future"),
            pytest.param({"channel": "moon.landing"}, "channel", id="no such channel"),
        ],
    )
    def test_what_cannot_be_is_refused(self, case: Case, fields: dict[str, Any], field: str):
        filed = note(case, "complaint_filed", "2026-09-24 10:00", channel=COMPLAINT)

        with pytest.raises(ValidationError) as refused:
            correct(filed, **fields)

        assert list(refused.value.message_dict) == [field]


A_STEP = """
kind = "platform"
name = { zh-hans = "小店", en = "Corner shop" }
edition = "1"
zone = "Asia/Shanghai"
zone_name = { zh-hans = "北京时间", en = "Shanghai time" }
calendar = "CN"
sources = [{ key = "own", title = { zh-hans = "海报", en = "The poster" } }]

[cited]
source = "own"
article = { zh-hans = "全文", en = "all of it" }
confidence = "own"
checked_on = 2026-09-01

[channels.phone]
name = { zh-hans = "电话", en = "Phone" }
way = []
opening = { zh-hans = "全天", en = "At all hours" }
hours = "always"
usual_answer = { zh-hans = "马上", en = "At once" }
good_for = { zh-hans = "全部", en = "All" }
limits = []
prepare = []
is_official = false
body = "seller"

[[situations]]
key = "all"
title = { zh-hans = "全部", en = "All" }
when = {}
channels = ["phone"]
reason = { zh-hans = "最快", en = "The quickest" }

[rules.ask]
title = { zh-hans = "去问", en = "Ask" }
action = { zh-hans = "去问", en = "Ask" }
binds = "consumer"
counted_from = { zh-hans = "建议", en = "The advice" }
starts = [{ on = "advice", channels = ["phone"] }]
met_by = [{ on = "milestone", kinds = ["refund_requested"] }]
clock = { kind = "span", amount = 3, unit = "days" }
"""


def test_a_step_that_was_met_after_all_not_gives_way_to_the_one_that_runs_since(alice: User):
    own = own_documents.take_document(by=alice, at=AT, content=A_STEP.encode())
    case = factories.make_case(owner=alice, at=shanghai("2026-09-24 07:00"), playbook=own.key)
    asked = note(case, "refund_requested", "2026-09-24 09:00", at=shanghai("2026-09-24 10:00"))
    first, second = case.deadlines.order_by("pk")
    assert (first.met_by, second.is_open) == ("milestone refund_requested", True)

    # Before the step was advised, so that it does not meet it.
    correct(asked, happened_at=shanghai("2026-09-22 12:00"))

    first.refresh_from_db()
    assert (first.met_at, first.met_by, first.drop_reason) == (None, "", "no_longer_applies")
    assert [row.pk for row in case.deadlines.open()] == [second.pk]
    assert custody.verify(case) == []


class TestAClockStandsStill:
    """Mediation by 12315: time for testing does not count."""

    @pytest.fixture
    def accepted(self, case: Case) -> Case:
        note(
            case, "complaint_accepted", "2026-08-02 10:00", at=shanghai("2026-08-02 11:00"), channel=COMPLAINT
        )
        return case

    def test_while_the_goods_are_tested_and_nothing_reminds(self, accepted: Case):
        note(accepted, "testing_started", "2026-08-10 10:00", at=shanghai("2026-08-10 11:00"))

        deadline = the(accepted, "cn_12315.mediation")
        assert deadline.is_paused
        assert not deadline.reminders.pending().exists()
        assert actions(accepted)[-1] == "deadline_paused"
        assert not deadline.is_missed(shanghai("2027-01-01 10:00"))

    def test_and_runs_again_later_by_those_days(self, accepted: Case):
        note(accepted, "testing_started", "2026-08-10 10:00", at=shanghai("2026-08-10 11:00"))
        note(accepted, "testing_ended", "2026-08-20 10:00", at=shanghai("2026-08-20 11:00"))

        deadline = the(accepted, "cn_12315.mediation")
        # The days from 11 to 20 August do not count: 1 October plus ten is Sunday 11, so Monday 12.
        assert deadline.due_at == shanghai("2026-10-12 23:59:59")
        assert not deadline.is_paused
        assert deadline.reminders.pending().first().due_at == shanghai("2026-10-11 09:00")
        assert "deadline_runs_again" in actions(accepted)
        assert custody.verify(accepted) == []

    def test_when_the_end_of_the_test_is_corrected_it_moves_again(self, accepted: Case):
        note(accepted, "testing_started", "2026-08-10 10:00")
        ended = note(accepted, "testing_ended", "2026-08-20 10:00")

        correct(ended, happened_at=shanghai("2026-08-23 10:00"))

        # Thirteen days do not count: 14 October.
        assert the(accepted, "cn_12315.mediation").due_at == shanghai("2026-10-14 23:59:59")


def test_new_facts_start_the_period_of_a_report_again(case: Case):
    note(case, "report_filed", "2026-09-01 10:00", channel="cn_12315.report")
    # Fifteen workdays, with the make-up Sunday 20 September: Monday 21.
    assert the(case, "cn_12315.report_check").due_at == shanghai("2026-09-21 23:59:59")

    note(case, "report_supplemented", "2026-09-10 10:00", channel="cn_12315.report")

    # From 10 September, over both holidays: 8 October.
    assert the(case, "cn_12315.report_check").due_at == shanghai("2026-10-08 23:59:59")


class TestACountdownIsReadAgain:
    def seen(self, case: Case, happened_at: str, left: str) -> Milestone:
        facts = {"step": "seller_answers", "countdown": left}
        return note(case, "countdown_seen", happened_at, facts=facts)

    def test_the_later_reading_takes_the_place_of_the_earlier(self, case: Case):
        self.seen(case, "2026-09-23 10:00", "2 days")
        second = self.seen(case, "2026-09-24 10:00", "1 day 2 hours")

        deadline = the(case, "douyin.after_sale.seller_answer")
        assert deadline.due_at == shanghai("2026-09-25 12:00")
        assert deadline.milestone == second

    def test_an_earlier_one_that_is_logged_later_is_no_news(self, case: Case):
        self.seen(case, "2026-09-24 10:00", "1 day 2 hours")
        self.seen(case, "2026-09-23 10:00", "2 days")

        assert the(case, "douyin.after_sale.seller_answer").due_at == shanghai("2026-09-25 12:00")


class TestTheOpeningOfACase:
    def test_starts_the_three_years_of_a_claim(self, case: Case):
        # Opened on 1 September 2026.
        deadline = the(case, "cn_consumer_law.limitation_from_opening")
        assert deadline.due_at == shanghai("2029-09-01 23:59:59")
        assert (deadline.contact, deadline.milestone) == (None, None)

    def test_which_stays_when_the_next_step_changes(self, case: Case, alice: User):
        cases.describe_case(case=case, by=alice, at=AT, urgency="urgent")

        assert the(case, "cn_consumer_law.limitation_from_opening").is_open

    def test_and_ends_when_the_day_is_told_even_though_that_was_earlier(self, case: Case):
        note(case, "problem_noticed", "2026-08-20 10:00")

        assert not the(case, "cn_consumer_law.limitation_from_opening").is_open
        assert the(case, "cn_consumer_law.limitation").due_at == shanghai("2029-08-20 23:59:59")


class TestOtherPlaybooksApply:
    @pytest.fixture
    def bought(self, case: Case, alice: User) -> Case:
        orders.add_order(case=case, by=alice, at=AT, platform="抖音", paid_at=shanghai("2026-08-20 10:00"))
        return case

    def test_one_that_is_added_counts_from_what_had_happened(self, bought: Case, alice: User):
        cases.describe_case(case=bought, by=alice, at=AT, also_playbooks=["paypal"])

        # Paid on 20 August: the 180th day after it is 16 February.
        assert the(bought, "paypal.dispute.open").due_at.date().isoformat() == "2027-02-16"
        assert custody.verify(bought) == []

    def test_one_that_is_taken_away_asks_for_nothing_more(self, bought: Case, alice: User):
        cases.describe_case(case=bought, by=alice, at=AT, also_playbooks=["paypal"])
        cases.describe_case(case=bought, by=alice, at=AT, also_playbooks=[])

        deadline = the(bought, "paypal.dispute.open")
        assert not deadline.is_open
        assert not deadline.reminders.pending().exists()

    def test_one_that_is_added_again_is_taken_up_again(self, bought: Case, alice: User):
        for also in (["paypal"], [], ["paypal"]):
            cases.describe_case(case=bought, by=alice, at=AT, also_playbooks=also)

        assert the(bought, "paypal.dispute.open").is_open

    def test_its_channels_can_be_logged(self, case: Case, alice: User):
        logged = contacts.log_contact(
            case=case, by=alice, at=AT, channel="cn_12315.hotline", outcome="answered"
        )

        assert logged.channel == "cn_12315.hotline"
        with pytest.raises(ValidationError, match="one of the channels of this case"):
            contacts.log_contact(case=case, by=alice, at=AT, channel="paypal.dispute", outcome="answered")

    def test_a_list_that_holds_no_keys_is_refused(self, case: Case, alice: User):
        with pytest.raises(ValidationError, match="Choose what else applies"):
            cases.describe_case(case=case, by=alice, at=AT, also_playbooks=[{"a": 1}])


def test_counting_anew_leaves_one_whose_milestone_lacks_a_fact(case: Case):
    handed = note(case, "handed_to_partner", "2026-09-24 10:00", facts={"usual_workdays": 1})
    Milestone.objects.filter(pk=handed.pk).update(facts={})

    assert deadlines.recompute(case=case, at=AT) == []
    assert the(case, "douyin.partner_platform.extra_time").is_open
