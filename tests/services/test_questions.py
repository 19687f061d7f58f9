"""What the rules of a case ask about a milestone."""

from __future__ import annotations

from cases.models import Case
from cases.services import questions


def asked(playbook: str, *also: str) -> list[tuple[str, list[str]]]:
    found = questions.asked_of(Case(playbook=playbook, also_playbooks=list(also)))
    return [(one.asked.key, sorted(one.kinds)) for one in found]


def test_a_question_is_asked_for_the_kinds_that_start_its_rule():
    assert ("usual_workdays", ["handed_to_partner"]) in asked("douyin")


def test_one_fact_that_two_playbooks_want_to_know_is_asked_once():
    # Amazon's guarantee and the card's chargeback both count from the latest day of delivery.
    days = [kinds for key, kinds in asked("amazon", "card_chargeback") if key == "deliver_by"]

    assert days == [["delivery_promised", "goods_received"]]


def test_a_question_about_one_channel_is_not_asked_about_another():
    found = questions.asked_of(Case(playbook="douyin", also_playbooks=[]))
    question = next(one for one in found if one.asked.key == "answer_by")

    assert question.is_about("complaint_filed", "cn_12305.carrier")
    assert not question.is_about("complaint_filed", "cn_12315.complaint")
    assert not question.is_about("goods_received", "cn_12305.carrier")


def test_a_complaint_is_told_apart_by_its_channel_and_received_goods_are_not():
    told_apart = questions.kinds_told_apart(Case(playbook="douyin", also_playbooks=[]))

    assert "complaint_filed" in told_apart
    assert not {"goods_received", "promise_kept", "countdown_seen"} & told_apart


def test_a_case_without_a_playbook_is_asked_nothing():
    assert asked("gone") == []
