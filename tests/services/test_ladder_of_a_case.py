"""A case on Douyin that climbs the whole ladder: what each step starts ends with the next one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from cases.models import Case, Deadline
from cases.services import contacts, milestones
from tests.services.when import shanghai

LADDER = (
    ("refund_requested", ""),
    ("countdown_seen", ""),
    ("request_refused", ""),
    ("complaint_filed", "official_service"),
    ("decision_received", "official_service"),
    ("complaint_filed", "cn_12315.odr"),
    ("complaint_filed", "cn_12315.complaint"),
    ("complaint_accepted", "cn_12315.complaint"),
    ("mediation_ended", "cn_12315.complaint"),
    ("complaint_filed", "cn_12315.court"),
)


def climb(case: Case, *, until: int = len(LADDER)) -> datetime:
    """One step a day from 1 September 2026 on; the day after the last one."""
    at = shanghai("2026-09-01 10:00")
    for kind, channel in LADDER[:until]:
        facts = {"step": "seller_answers", "countdown": "1 day"} if kind == "countdown_seen" else {}
        milestones.log_milestone(
            case=case, by=case.owner, at=at, kind=kind, channel=channel, happened_at=at, facts=facts
        )
        at += timedelta(days=1)
    return at


def open_rules(case: Case) -> set[str]:
    return set(Deadline.objects.open().filter(case=case).values_list("rule", flat=True))


@pytest.mark.parametrize("until", [2, 5, 6, 7, 8, 9, 10])
def test_no_countdown_is_asked_for_once_the_case_has_gone_further(case: Case, until: int):
    climb(case, until=until)

    assert "douyin.after_sale.enter_countdown" not in open_rules(case)


def test_a_new_step_in_the_app_asks_for_its_countdown_once(case: Case):
    climb(case, until=4)

    asked = Deadline.objects.open().filter(case=case, rule="douyin.after_sale.enter_countdown")
    assert [one.milestone.kind for one in asked if one.milestone] == ["complaint_filed"]


def test_a_shop_that_did_not_answer_is_waited_for_no_longer_once_the_request_is_filed(case: Case):
    at = shanghai("2026-08-31 20:00")
    contacts.log_contact(case=case, by=case.owner, at=at, channel="shop_message", outcome="no_answer")
    assert "douyin.shop_message.no_reply" in open_rules(case)

    climb(case, until=1)

    assert "douyin.shop_message.no_reply" not in open_rules(case)
