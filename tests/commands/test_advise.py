"""advise says on the shell what the case's page says."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cases.models import Case, ContactOutcome, Outcome, Urgency
from cases.services import cases as case_service
from cases.services import contacts, milestones
from tests import factories


def advise(*arguments):
    out = StringIO()
    call_command("advise", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def urgent(alice):
    return factories.make_case(owner=alice, urgency=Urgency.URGENT)


def test_an_urgent_case_is_told_to_dial_while_the_hotline_is_open(urgent):
    answer = json.loads(advise(urgent.reference, "--at", "2026-09-24T12:00", "--json"))

    assert [one["channel"] for one in answer[:2]] == ["hotline", "official_service"]
    assert answer[0]["is_open"] is True
    assert answer[0]["last_call"] == "2026-09-24T20:47:00+08:00"
    assert answer[0]["prepare"][0] == {"key": "order_number", "text": "The order number", "ready": False}


def test_at_night_it_is_told_when_the_hotline_opens(urgent):
    text = advise(urgent.reference, "--at", "2026-09-24T23:00")

    assert text.startswith("1. Official in-app service (official_service)")
    assert "opens 2026-09-25 09:00" in text


def test_a_channel_that_did_not_answer_leads_to_the_next(case, alice):
    contacts.log_contact(
        case=case,
        by=alice,
        at=factories.NOON,
        started_at=factories.NOON,
        channel="order_card",
        outcome=ContactOutcome.NO_ANSWER,
    )

    answer = json.loads(advise(case.reference, "--at", "2026-09-01T11:00", "--json"))

    assert answer[0]["channel"] == "shop_message"
    assert (answer[-1]["channel"], answer[-1]["unanswered"]) == ("order_card", 1)


def test_the_advice_comes_in_chinese_too(urgent):
    assert "400 客服电话" in advise(urgent.reference, "--at", "2026-09-24T12:00", "--language", "zh-hans")


def test_without_a_moment_it_speaks_of_now(urgent):
    assert json.loads(advise(urgent.reference, "--json"))


def test_a_closed_case_needs_no_advice(case, alice):
    case_service.close_case(case=case, by=alice, at=factories.NOON, outcome=Outcome.SOLVED)

    assert advise(case.reference) == "Nothing is left to do: the case is closed.\n"
    assert json.loads(advise(case.reference, "--json")) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nothing",), "There is no case “nothing”; its reference is in its address."),
        (("{ref}", "--at", "soon"), "“soon” is not a moment; write it as 2026-09-24T20:45+08:00."),
    ],
)
def test_what_cannot_be_advised_is_one_clear_sentence(case, arguments, sentence):
    with pytest.raises(CommandError) as raised:
        advise(*(argument.format(ref=case.reference) for argument in arguments))

    assert str(raised.value) == sentence


def test_a_case_whose_playbook_is_gone_says_so(alice):
    case = factories.make_case(owner=alice)
    Case.objects.filter(pk=case.pk).update(playbook="forgotten")

    with pytest.raises(CommandError, match="The playbook of this case, “forgotten”, is not shipped any more"):
        advise(case.reference)


def test_a_double_confirmation_is_one_step_with_its_halves(alice):
    case = factories.make_case(owner=alice, risk="high")

    answer = json.loads(advise(case.reference, "--at", "2026-09-24T23:00", "--json"))
    text = advise(case.reference, "--at", "2026-09-24T23:00")

    assert answer[0]["confirm_all"] is True
    assert answer[0]["halves"] == [
        {
            "channel": "official_service",
            "has_confirmed": False,
            "is_open": True,
            "opens_at": None,
            "last_call": None,
        },
        {
            "channel": "hotline",
            "has_confirmed": False,
            "is_open": False,
            "opens_at": "2026-09-25T09:00:00+08:00",
            "last_call": "2026-09-25T20:47:00+08:00",
        },
    ]
    assert "hotline: not confirmed yet" in text


def test_what_is_missing_closed_or_would_close_is_said(case, alice):
    def happened(kind, channel, day):
        at = factories.NOON.replace(day=day)
        milestones.log_milestone(case=case, by=alice, at=at, kind=kind, channel=channel, happened_at=at)

    happened("decision_received", "official_service", 3)
    before = {one["channel"]: one for one in json.loads(advise(case.reference, "--json"))}
    text = advise(case.reference)

    assert before["cn_12315.complaint"]["missing"] == [
        "merchant_name",
        "merchant_address",
        "problem_statement",
        "demand",
    ]
    assert "The trader's name (not possible without it)" in text
    assert "12315 complaint" in before["cn_12315.consumer_association"]["closes"][0]
    assert "once they take it up, this closes: 12315 complaint" in text

    happened("complaint_accepted", "cn_12315.consumer_association", 4)
    after = json.loads(advise(case.reference, "--json"))

    assert after[-1]["channel"] == "cn_12315.complaint"
    assert "does not take up a dispute" in after[-1]["barred"][0]
    assert "closed: The market regulator does not take up a dispute" in advise(case.reference)
