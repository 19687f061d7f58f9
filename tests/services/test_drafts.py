"""Which of what is stored gets into a draft, and which date is asked for in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

import pytest
from django.utils import translation

from cases.models import Case, Deadline
from cases.models.deadline import Whose
from cases.rules.playbooks import Playbook
from cases.rules.sources import Citation, Source
from cases.rules.text import Text
from cases.services import cases, contacts, drafts, exhibits, milestones, orders, playbooks
from tests import factories, pictures
from tests.services.when import shanghai
from tracker.accounts.models import User

AT = shanghai("2026-09-01 10:00")


def text(case: Case, channel: str = "shop_message", language: str = "zh-hans", at: datetime = AT) -> str:
    written = drafts.draft_for(case=case, channel=channel, language=language, at=at)
    assert written is not None
    return written.text


def store_deadline(
    case: Case, rule: str, due_at: datetime, whose: str = Whose.THEIRS, **fields: object
) -> Deadline:
    return Deadline.objects.create(
        case=case,
        rule=rule,
        whose=whose,
        triggered_at=AT,
        due_at=due_at,
        because={},
        computed_at=AT,
        **fields,
    )


@pytest.fixture
def law(monkeypatch: pytest.MonkeyPatch, case: Case) -> Playbook:
    """A law that goes with the case: one rule of its own, taken from Douyin's answer time."""
    douyin = playbooks.all_playbooks()["douyin"]
    source = Source("law", Text("《某法》", "Some Law"), "")
    citation = Citation(source, Text("第二十五条", "Article 25"), "V", date(2026, 11, 22))
    rule = replace(
        douyin.rules["shop_message.no_reply"],
        key="refund",
        title=Text("七日内退款", "Refund within 7 days"),
        citation=citation,
    )
    law = replace(
        douyin,
        key="some_law",
        kind="law",
        channels=MappingProxyType({}),
        rules=MappingProxyType({"refund": rule}),
    )
    found = (douyin, law)
    monkeypatch.setattr(drafts, "playbooks_of", lambda _case: found)
    monkeypatch.setattr(drafts, "rule_of", lambda deadline: playbooks.rule_named(deadline.rule, found))
    return law


def test_orders_contacts_milestones_and_exhibits_are_told(case: Case, alice: User):
    cases.describe_case(
        case=case, by=alice, at=AT, problem_statement="包裹丢了", demand="退款", amount=Decimal("368")
    )
    orders.add_order(
        case=case,
        by=alice,
        at=AT,
        platform="抖音商城",
        item="茶具",
        amount=Decimal("368"),
        numbers=[("order", "6920"), ("parcel", "SF1488")],
    )
    promised = contacts.log_contact(
        case=case,
        by=alice,
        at=AT,
        started_at=shanghai("2026-08-30 09:00"),
        channel="hotline",
        outcome="promised",
        promise="当天补发",
        promised_by=shanghai("2026-08-30 18:00"),
        ticket_number="KF1",
    )
    milestones.log_milestone(
        case=case,
        by=alice,
        at=AT,
        kind="promise_broken",
        happened_at=shanghai("2026-08-31 08:00"),
        contact=promised,
    )
    milestones.log_milestone(
        case=case, by=alice, at=AT, kind="goods_received", happened_at=shanghai("2026-08-29 12:00")
    )
    exhibits.add_exhibit(
        case=case, by=alice, at=AT, upload=pictures.upload(pictures.picture()), shows="订单详情页"
    )

    facts = drafts.facts_for(case=case, channel="shop_message", language="zh-hans", at=AT)

    written = text(case)
    assert written.startswith(
        "您好，订单号 6920（茶具，368.00 元）：包裹丢了。\n\n诉求：退款。\n争议金额：368.00 元。\n"
    )
    assert (
        "2026年8月30日 09:00（北京时间），400 客服电话：承诺“当天补发”；承诺期限 2026年8月30日 18:00；"
        "未兑现；工单号 KF1。" in written
    )
    assert "快递单号 SF1488；购于抖音商城。" in written
    assert "证据清单：E1 订单详情页" in written
    assert [(one.at, one.what.en) for one in facts.happened] == [
        (shanghai("2026-08-29 12:00"), "Goods received")
    ]


def test_what_stands_with_the_order_is_not_told_twice(case: Case, alice: User):
    received_at, returned_at = shanghai("2026-08-29 12:00"), shanghai("2026-08-30 12:00")
    orders.add_order(case=case, by=alice, at=AT, platform="抖音商城", received_at=received_at)
    for kind, happened_at in (("goods_received", received_at), ("return_sent", returned_at)):
        milestones.log_milestone(case=case, by=alice, at=AT, kind=kind, happened_at=happened_at)

    facts = drafts.facts_for(case=case, channel="shop_message", language="zh-hans", at=AT)

    assert [one.what.en for one in facts.happened] == ["Return sent"]


def test_the_labels_are_in_the_language_of_the_draft_not_of_the_page(case: Case, alice: User):
    milestones.log_milestone(case=case, by=alice, at=AT, kind="goods_received", happened_at=AT)

    with translation.override("en"):
        facts = drafts.facts_for(case=case, channel="shop_message", language="zh-hans", at=AT)

    assert facts.happened[0].what == Text("已收货", "Goods received")


def test_a_channel_that_the_case_does_not_have_makes_no_draft(case: Case):
    assert drafts.draft_for(case=case, channel="carrier_pigeon", language="en", at=AT) is None


@pytest.mark.parametrize("key", playbooks.all_playbooks())
def test_every_channel_of_every_playbook_has_a_draft_within_its_length(alice: User, key: str):
    case = factories.make_case(owner=alice, also_playbooks=[key], problem_statement="包裹丢了。" * 200)
    shop = playbooks.channels_of(case)

    for channel in shop.values():
        for language in ("zh-hans", "en"):
            written = drafts.draft_for(case=case, channel=channel.key, language=language, at=AT)
            assert written.text, channel.key
            assert written.max_length == channel.draft.max_length
            assert written.too_long_by == 0, channel.key


def test_an_open_deadline_of_whoever_is_asked_is_asked_for(case: Case, alice: User):
    contacts.log_contact(case=case, by=alice, at=AT, channel="shop_message", outcome="no_answer")

    assert "请在2026年9月1日 10:30（北京时间）前答复。" in text(case, "shop_message")
    assert "前答复" not in text(case, "official_service")
    assert "前答复" not in text(case, "shop_message", at=shanghai("2026-09-01 10:31"))


def test_a_promise_is_asked_of_whoever_gave_it(case: Case, alice: User):
    contacts.log_contact(
        case=case,
        by=alice,
        at=AT,
        channel="hotline",
        outcome="promised",
        promised_by=shanghai("2026-09-02 18:00"),
    )

    assert "请在2026年9月2日 18:00（北京时间）前答复。" in text(case, "official_service")
    assert "前答复" not in text(case, "shop_message")


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"is_provisional": True}, id="provisional"),
        pytest.param({"is_paused": True}, id="paused"),
        pytest.param({"met_at": AT}, id="met"),
        pytest.param({"dropped_at": AT}, id="dropped"),
        pytest.param({"whose": Whose.MINE}, id="mine"),
    ],
)
def test_a_date_that_is_not_certain_or_not_theirs_is_not_asked_for(case: Case, fields: dict[str, object]):
    store_deadline(case, "douyin.shop_message.no_reply", shanghai("2026-09-03 10:00"), **fields)

    assert "前答复" not in text(case, "shop_message")


def test_one_authority_is_not_asked_for_what_another_one_owes(alice: User):
    case = factories.make_case(owner=alice, also_playbooks=["cn_12315", "cn_bank"])
    store_deadline(case, "cn_12315.acceptance", shanghai("2026-09-10 23:59:59"), in_days=True)
    authorities = [key for key, one in playbooks.channels_of(case).items() if one.body == "authority"]

    asked = {key.partition(".")[0] for key in authorities if "2026年9月10日" in text(case, key)}

    assert {key.partition(".")[0] for key in authorities} > asked == {"cn_12315"}


def test_a_closed_case_asks_for_no_date(case: Case, alice: User):
    contacts.log_contact(case=case, by=alice, at=AT, channel="shop_message", outcome="no_answer")
    cases.close_case(case=case, by=alice, at=AT, outcome="given_up")

    assert "前答复" not in text(case, "shop_message")


def test_a_law_is_quoted_only_while_it_counts_a_date_of_the_case(case: Case, law: Playbook):
    def rules(at: datetime = AT) -> list[tuple[str, bool]]:
        facts = drafts.facts_for(case=case, channel="hotline", language="en", at=at)
        return [(f"{rule.source.en}, {rule.article.en}", rule.is_missed) for rule in facts.rules]

    assert rules() == []

    deadline = store_deadline(case, "some_law.refund", shanghai("2026-09-03 23:59:59"), in_days=True)
    assert rules() == [("Some Law, Article 25", False)]
    assert rules(shanghai("2026-09-04 00:00")) == [("Some Law, Article 25", True)]

    deadline.met_at = AT
    deadline.save()
    assert rules() == []


@pytest.mark.parametrize(
    ("due_at", "asked_at", "quoted"),
    [
        pytest.param("2026-09-08 23:59:59", "2026-09-02 10:00", 1, id="a right that still runs"),
        pytest.param("2026-09-08 23:59:59", "2026-09-09 00:00", 0, id="a date that was missed"),
        pytest.param("2029-09-01 23:59:59", "2026-09-02 10:00", 0, id="a limitation"),
    ],
)
def test_of_the_consumers_own_dates_only_a_right_that_runs_is_quoted(
    case: Case, law: Playbook, due_at: str, asked_at: str, quoted: int
):
    store_deadline(case, "some_law.refund", shanghai(due_at), Whose.MINE)

    facts = drafts.facts_for(case=case, channel="hotline", language="en", at=shanghai(asked_at))

    assert len(facts.rules) == quoted


def test_what_a_single_secondary_source_says_is_not_quoted(
    case: Case, law: Playbook, monkeypatch: pytest.MonkeyPatch
):
    rule = law.rules["refund"]
    unsure = replace(rule, citation=replace(rule.citation, confidence="S"))
    monkeypatch.setattr(drafts, "rule_of", lambda _deadline: (law, unsure))
    store_deadline(case, "some_law.refund", shanghai("2026-09-03 23:59:59"))

    assert drafts.facts_for(case=case, channel="hotline", language="en", at=AT).rules == ()


def test_a_rule_of_the_platform_is_no_law(case: Case, alice: User):
    contacts.log_contact(case=case, by=alice, at=AT, channel="shop_message", outcome="no_answer")

    assert drafts.facts_for(case=case, channel="hotline", language="en", at=AT).rules == ()


def test_what_is_about_an_account_asks_for_no_order_number(alice: User):
    case = factories.make_case(owner=alice, problem_kind="account_frozen", problem_statement="登不上了")

    assert text(case).startswith("您好，我要反映一个问题：登不上了。")


def test_writing_a_draft_leaves_no_trace(case: Case):
    before = case.custody_entries.count()

    text(case)

    assert case.custody_entries.count() == before


def test_a_draft_takes_six_queries_however_full_the_case_is(
    case: Case, alice: User, django_assert_max_num_queries: object
):
    for _time in range(3):
        contacts.log_contact(case=case, by=alice, at=AT, channel="shop_message", outcome="no_answer")
        orders.add_order(case=case, by=alice, at=AT, platform="抖音商城", numbers=[("order", "1")])
    case = Case.objects.get(pk=case.pk)

    with django_assert_max_num_queries(6):
        text(case)
