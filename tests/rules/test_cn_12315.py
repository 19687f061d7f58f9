"""12315: its periods by both orders, what leads there, and what closes it."""

from __future__ import annotations

import pytest

from cases.rules.advice import advise
from cases.rules.deadlines import meets, started_by
from cases.rules.playbooks import load_playbooks
from cases.rules.situations import Situation
from tests.rules.moments import contact_with, due_of, happened_with, milestone, shanghai

BOOKS = load_playbooks()
AUTHORITY = BOOKS["cn_12315"]
OF_THE_CASE = [BOOKS["douyin"], *(BOOKS[key] for key in BOOKS["douyin"].goes_with)]
NOON = shanghai("2026-09-25 12:00")
READY = frozenset({"merchant_name", "merchant_address", "problem_statement", "demand"})
COMPLAINT = "cn_12315.complaint"
DECIDED = happened_with("official_service", "decision_received")


def steps(*events, has=READY, **situation):
    return advise(OF_THE_CASE, Situation(events=events, has=has, **situation), at=NOON)


def channels(*events, **situation):
    return [step.channel.key for step in steps(*events, **situation)]


# Counted by hand with the days off of 2026: 25 to 27 September and 1 to 7 October off, 10 October worked.
@pytest.mark.parametrize(
    ("rule", "start", "due_on", "binds"),
    [
        pytest.param("acceptance", "2026-09-24 10:00", "2026-10-12", "authority", id="over two holidays"),
        pytest.param("acceptance", "2026-09-30 10:00", "2026-10-15", "authority", id="over National Day"),
        pytest.param("acceptance", "2026-11-20 10:00", "2026-12-01", "authority", id="two weekends"),
        pytest.param("acceptance", "2026-04-14 10:00", "2026-04-23", "authority", id="by the old order"),
        pytest.param("acceptance_order_20", "2026-04-10 10:00", "2026-04-21", "authority", id="old, by name"),
        pytest.param("mediation", "2026-08-02 10:00", "2026-10-08", "authority", id="rolls over the holiday"),
        pytest.param("mediation", "2026-04-15 10:00", "2026-06-15", "authority", id="Sunday rolls to Monday"),
        pytest.param("mediation", "2026-04-10 10:00", "2026-06-16", "authority", id="45 workdays before"),
        pytest.param("mediation_order_20", "2026-04-10 10:00", "2026-06-16", "authority", id="old mediation"),
        pytest.param("mediation_end_notice", "2026-09-24 10:00", "2026-10-12", "authority", id="notice"),
        pytest.param("lead_check", "2026-09-24 10:00", "2026-11-12", "authority", id="thirty workdays"),
        pytest.param("report_check", "2026-11-20 10:00", "2026-12-11", "authority", id="report"),
        pytest.param(
            "report_decision_notice", "2026-04-10 10:00", "2026-04-17", "authority", id="old notice"
        ),
        pytest.param("odr_negotiation", "2026-11-20 10:00", "2026-12-04", "seller", id="ODR"),
        pytest.param("three_years", "2026-09-24 10:00", "2029-09-24", "consumer", id="three years"),
        pytest.param("court_filing_answer", "2026-09-24 10:00", "2026-10-08", "court", id="court"),
    ],
)
def test_the_last_day_of_each_period(rule, start, due_on, binds):
    found = due_of(f"cn_12315.{rule}", start)

    assert (str(found.due_on), found.binds) == (due_on, binds)


def test_every_rule_has_its_vector_above():
    assert len(AUTHORITY.rules) == 12


def test_a_lead_has_a_window_from_fifteen_workdays_to_thirty():
    assert str(due_of("cn_12315.lead_check", "2026-09-24 10:00").window_from_on) == "2026-10-22"


@pytest.mark.parametrize(
    ("day", "acceptance", "mediation", "source"),
    [
        ("2026-04-14", "acceptance_order_20", "mediation_order_20", "order-20"),
        ("2026-04-15", "acceptance", "mediation", "order-121"),
    ],
)
def test_the_day_decides_which_order_holds(day, acceptance, mediation, source):
    filed = happened_with(COMPLAINT, "complaint_filed", f"{day} 10:00")
    accepted = happened_with(COMPLAINT, "complaint_accepted", f"{day} 10:00")

    assert [rule.key for rule in started_by(AUTHORITY, filed, Situation())] == [acceptance]
    assert [rule.key for rule in started_by(AUTHORITY, accepted, Situation())] == [mediation]
    for name in ("acceptance", "mediation"):
        assert due_of(f"cn_12315.{name}", f"{day} 10:00").source["key"] == source


def test_the_new_order_no_longer_tells_reporters_within_five_workdays():
    def started(day):
        registered = milestone("report_registered", f"{day} 10:00")
        return [rule.key for rule in started_by(AUTHORITY, registered, Situation())]

    assert started("2026-04-14") == ["report_decision_notice"]
    assert started("2026-04-15") == []


def test_testing_time_does_not_count_towards_mediation():
    # Sixty days lead to 1 October; the ten days of 11 to 20 August do not count: Sunday 11, so Monday 12.
    testing = (
        milestone("testing_started", "2026-08-10 09:00"),
        milestone("testing_ended", "2026-08-20 17:00"),
    )

    assert str(due_of("cn_12315.mediation", "2026-08-02 10:00", events=testing).due_on) == "2026-10-12"
    running = due_of("cn_12315.mediation", "2026-08-02 10:00", events=testing[:1])
    assert running.is_paused


def test_new_facts_start_the_check_of_a_report_again():
    added = milestone("report_supplemented", "2026-11-25 10:00")

    assert str(due_of("cn_12315.report_check", "2026-11-20 10:00", events=[added]).due_on) == "2026-12-16"


def test_a_complaint_to_somebody_else_starts_nothing_here():
    filed = happened_with("official_service", "complaint_filed")

    assert started_by(AUTHORITY, filed, Situation()) == ()


def test_word_of_the_decision_meets_the_period_for_it():
    rule, since = AUTHORITY.rules["acceptance"], shanghai("2026-09-20 10:00")

    for kind in ("complaint_accepted", "complaint_refused"):
        assert meets(rule, happened_with(COMPLAINT, kind), since=since, contact_id=None)
    elsewhere = happened_with("cn_bank.bank", "complaint_accepted")
    assert not meets(rule, elsewhere, since=since, contact_id=None)


# Which step next.


@pytest.mark.parametrize("kind", ["parcel_lost", "fake_goods", "defective_goods", "question", "other"])
def test_a_fresh_case_is_not_sent_to_an_authority(kind):
    advised = [step for step in steps(problem_kind=kind) if step.playbook.key == "cn_12315"]
    unanswered = contact_with("shop_message", "no_answer")

    assert advised == []
    assert not any(key.startswith("cn_12315.") for key in channels(unanswered, problem_kind=kind))


def test_when_only_the_seller_refused_the_platform_comes_before_the_complaint():
    advised = channels(milestone("request_refused"), problem_kind="fake_goods")

    assert advised[0] == "official_service"
    assert COMPLAINT in advised
    assert advised.index("cn_12315.odr") < advised.index(COMPLAINT)


def test_when_the_platform_decided_the_ladder_goes_up_one_by_one():
    advised = channels(DECIDED, problem_kind="fake_goods")

    assert advised[:4] == ["appeal_upload", "cn_12315.odr", COMPLAINT, "cn_12315.hotline"]
    assert {"cn_12315.report", "cn_12315.consumer_association"} <= set(advised)


def test_a_complaint_without_an_address_asks_the_platform_who_the_seller_is_first():
    appeal, who, *others = steps(DECIDED, problem_kind="fake_goods", has=READY - {"merchant_address"})
    complaint = next(step for step in others if step.channel.key == COMPLAINT)

    assert appeal.channel.key == "appeal_upload"
    assert (who.channel.key, who.situations) == ("official_service", ("merchant_identity",))
    assert [item.key for item in complaint.missing] == ["merchant_address"]
    assert "platform operator's domicile" in complaint.channel.limits[1].en


def test_an_authority_that_is_silent_is_chased():
    filed = happened_with(COMPLAINT, "complaint_filed")

    first = steps(DECIDED, filed, missed=frozenset({"cn_12315.acceptance"}))[0]

    assert (first.channel.key, first.situations) == ("cn_12315.hotline", ("authority_silent",))
    assert "reconsideration" in first.action.en
    assert COMPLAINT not in channels(DECIDED, filed)


@pytest.mark.parametrize("kind", ["mediation_ended", "complaint_refused"])
def test_after_mediation_or_a_refusal_comes_the_court(kind):
    filed = happened_with(COMPLAINT, "complaint_filed")
    ended = happened_with(COMPLAINT, kind)

    assert channels(DECIDED, filed, ended)[:2] == ["cn_12315.court", "cn_12315.arbitration"]


def test_reconsideration_waits_for_the_day_that_the_notice_names():
    refused = happened_with(COMPLAINT, "complaint_refused")
    named = happened_with(COMPLAINT, "complaint_refused", reconsider_until="2026-11-20T23:59:59")
    found = due_of("cn_12315.reconsideration", "2026-09-24 10:00", reconsider_until="2026-11-20T23:59:59")

    assert "reconsideration" not in [rule.key for rule in started_by(AUTHORITY, refused, Situation())]
    assert "reconsideration" in [rule.key for rule in started_by(AUTHORITY, named, Situation())]
    assert found.due_at.isoformat() == "2026-11-20T23:59:59+08:00"
    assert found.binds == "consumer"


def test_an_enterprise_that_lets_ten_workdays_pass_leads_to_a_complaint():
    asked = happened_with("cn_12315.odr", "complaint_filed")

    first = steps(asked, missed=frozenset({"cn_12315.odr_negotiation"}))[0]

    assert (first.channel.key, first.situations) == (COMPLAINT, ("odr_over",))


@pytest.mark.parametrize(
    "channel",
    [
        "cn_12315.consumer_association",
        "cn_12315.court",
        "cn_12315.arbitration",
        "cn_12315.hotline_12345",
        "cn_12305.appeal",
    ],
)
def test_what_another_body_took_up_is_not_taken_up_here(channel):
    taken = happened_with(channel, "complaint_accepted")

    complaint = next(step for step in steps(DECIDED, taken) if step.channel.key == COMPLAINT)

    assert not complaint.is_possible
    assert "does not take up" in complaint.barred[0].en


def test_its_own_acceptance_and_a_report_close_nothing():
    accepted = happened_with(COMPLAINT, "complaint_accepted")
    reported = happened_with("cn_12315.report", "report_filed")

    hotline = steps(DECIDED, accepted, missed=frozenset({"cn_12315.mediation"}))[0]
    complaint = next(step for step in steps(DECIDED, reported) if step.channel.key == COMPLAINT)
    report = next(step for step in steps(DECIDED, problem_kind="fake_goods") if "report" in step.situations)

    assert (hotline.channel.key, hotline.barred) == ("cn_12315.hotline", ())
    assert (complaint.channel.key, complaint.barred) == (COMPLAINT, ())
    assert report.closes == ()


def test_going_to_the_association_is_told_to_close_the_complaint():
    association = next(step for step in steps(DECIDED) if step.channel.key == "cn_12315.consumer_association")

    assert "12315 投诉、12315 热线" in association.closes[0].zh_hans


def test_what_the_complaint_cannot_do_without():
    required = {
        key.removeprefix("cn_12315."): [item.key for item in channel.prepare if item.is_required]
        for key, channel in AUTHORITY.channels.items()
    }

    assert required["complaint"] == ["merchant_name", "merchant_address", "problem_statement", "demand"]
    assert required["report"] == []


def test_who_stands_behind_each_channel():
    assert {key.removeprefix("cn_12315."): one.body for key, one in AUTHORITY.channels.items()} == {
        "complaint": "authority",
        "hotline": "authority",
        "report": "authority",
        "odr": "seller",
        "consumer_association": "consumer_association",
        "hotline_12345": "authority",
        "court": "court",
        "arbitration": "arbitration",
    }
