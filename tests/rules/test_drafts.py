"""Drafts: what each style says, in which order it gives way to a limit, and what it never says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cases.rules.draft_facts import (
    Amount,
    CitedRule,
    ContactFacts,
    DatedFact,
    DraftFacts,
    Due,
    ExhibitFacts,
    OrderFacts,
)
from cases.rules.draft_phrases import Pen, cut_at_sentence, one_line, paragraphs, signs, spoken
from cases.rules.draft_styles import STYLES
from cases.rules.drafts import draft
from cases.rules.text import Text
from tests.rules.moments import SHANGHAI, shanghai

STATEMENT = "下单后物流停在上海转运中心。连续五天没有更新！快递客服说包裹已经找不到了"
TEA_SET = OrderFacts(
    platform="抖音商城",
    item="青花茶具",
    numbers=(("order", "6920260911337742101"), ("parcel", "SF1488820937716")),
    amount=Amount(Decimal("1299"), "CNY"),
    paid_at=shanghai("2026-09-01 12:04"),
)
HOTLINE = Text("400 客服电话", "Phone hotline")
UNANSWERED = ContactFacts(shanghai("2026-09-09 19:55"), Text("店铺私信", "Shop private message"), "no_answer")
BROKEN = ContactFacts(
    shanghai("2026-09-10 10:20"),
    HOTLINE,
    "promised",
    ticket_number="KF20261173",
    promise="24 小时内补发",
    promised_by=shanghai("2026-09-11 18:00"),
    is_kept=False,
)
REFUND_RULE = CitedRule(
    source=Text("《消费者权益保护法》（2013年修正）", "Consumer Protection Law (a copy)"),
    article=Text("第二十五条", "Article 25"),
    title=Text("七日内退款", "Refund within 7 days"),
    due=Due(shanghai("2026-09-10 23:59:59"), in_days=True),
    is_missed=True,
)


def facts(style: str = "chat", language: str = "zh-hans", **changed: Any) -> DraftFacts:
    whole = DraftFacts(
        language=language,
        at=shanghai("2026-09-12 09:00"),
        zone=SHANGHAI,
        zone_name=Text("北京时间", "Shanghai time"),
        style=style,
        merchant="雅韵瓷器旗舰店",
        problem_statement=STATEMENT,
        demand="全额退款 1299 元",
        amount=Amount(Decimal("1299"), "CNY"),
        orders=(TEA_SET,),
        contacts=(UNANSWERED, BROKEN),
        happened=(DatedFact(shanghai("2026-09-11 08:00"), Text("申请退款", "Refund requested")),),
        exhibits=(ExhibitFacts("E1", "订单详情页"), ExhibitFacts("E2", "私信截图")),
        rules=(REFUND_RULE,),
        answer_by=Due(shanghai("2026-09-14 18:00")),
    )
    return replace(whole, **changed)


def nothing(style: str, language: str = "en", **changed: Any) -> DraftFacts:
    """A case that was only just opened."""
    return DraftFacts(
        language=language,
        at=shanghai("2026-09-12 09:00"),
        zone=SHANGHAI,
        zone_name=Text("北京时间", "Shanghai time"),
        style=style,
        **changed,
    )


def test_a_chat_message_in_chinese_word_by_word():
    assert draft(facts()).text == (
        "您好，订单号 6920260911337742101（青花茶具，1,299.00 元）：下单后物流停在上海转运中心。"
        "连续五天没有更新！快递客服说包裹已经找不到了。\n"
        "\n"
        "诉求：全额退款 1299 元。\n"
        "争议金额：1,299.00 元。\n"
        "请在2026年9月14日 18:00（北京时间）前答复。\n"
        "\n"
        "商家：雅韵瓷器旗舰店。\n"
        "快递单号 SF1488820937716；购于抖音商城；2026年9月1日付款。\n"
        "\n"
        "此前联系情况：\n"
        "1. 2026年9月9日 19:55，店铺私信：无人答复。\n"
        "2. 2026年9月10日 10:20，400 客服电话：承诺“24 小时内补发”；承诺期限 2026年9月11日 18:00；"
        "未兑现；工单号 KF20261173。\n"
        "\n"
        "证据清单：\n"
        "E1 订单详情页\n"
        "E2 私信截图\n"
        "\n"
        "谢谢！"
    )


def test_a_chat_message_in_english_word_by_word():
    tea = replace(TEA_SET, item="Tea set", platform="Douyin Mall")
    broken = replace(BROKEN, promise="a new parcel", is_kept=True)

    written = draft(
        facts(
            language="en",
            merchant="Yayun",
            problem_statement="The parcel is lost",
            demand="A full refund",
            orders=(tea,),
            contacts=(broken,),
            exhibits=(ExhibitFacts("E1", "the order page"),),
            answer_by=Due(shanghai("2026-09-14 23:59:59"), in_days=True),
        )
    )

    assert written.text == (
        "Hello, this is about order 6920260911337742101 (Tea set, CNY 1,299.00): The parcel is lost.\n"
        "\n"
        "What I ask for: A full refund.\n"
        "Amount in dispute: CNY 1,299.00.\n"
        "Please answer by the end of 14 September 2026.\n"
        "\n"
        "Merchant: Yayun.\n"
        "Parcel number SF1488820937716; bought on Douyin Mall; paid on 1 September 2026.\n"
        "\n"
        "What was tried before: 10 September 2026, 10:20 (Shanghai time), Phone hotline: "
        "promised “a new parcel”; by 11 September 2026, 18:00; kept; ticket KF20261173.\n"
        "\n"
        "Evidence: E1 the order page\n"
        "\n"
        "Thank you."
    )


def test_no_deadline_is_asked_for_where_the_case_has_none():
    text = draft(facts(answer_by=None, contacts=())).text

    assert "答复" not in text
    assert "期限" not in text


def test_the_seller_is_not_told_who_the_seller_is():
    assert "雅韵" not in draft(facts(body="seller")).text


def test_a_call_is_a_script_with_the_number_in_groups_and_what_to_ask_for():
    written = draft(facts("call"))

    assert written.text.startswith(
        "您好，我叫【请填写：姓名】，来电反映一个问题。\n\n订单号（按组念）：6920 2609 1133 7742 101\n"
    )
    assert written.text.endswith(
        "挂电话前请问清并记下：\n"
        "1. 请问您的工号是：________\n"
        "2. 这次来电的工单号是：________\n"
        "3. 最晚什么时候给我答复：________"
    )
    assert written.missing == (Text("姓名", "your name"),)


def test_a_complaint_has_its_sections_in_order_and_blanks_for_what_is_not_known():
    written = draft(facts("complaint", merchant_address="杭州市文三路 1 号", partner_platform="携程"))

    headings = [line for line in written.text.splitlines() if line[1:2] == "、"]
    assert headings == [
        "一、投诉人",
        "二、被投诉人",
        "三、诉求",
        "四、订单信息",
        "五、事实经过",
        "六、此前联系情况",
        "七、相关规定",
        "八、证据清单",
    ]
    for line in (
        "姓名：【请填写：姓名】",
        "名称：雅韵瓷器旗舰店",
        "地址：杭州市文三路 1 号",
        "购买平台：抖音商城",
        "合作平台：携程",
        "2026年9月11日，申请退款。",
        "《消费者权益保护法》第二十五条：七日内退款；期限至 2026年9月10日，已过。",
    ):
        assert f"\n{line}\n" in f"\n{written.text}\n"
    assert [what.en for what in written.missing] == ["your name", "your phone number", "your address"]


def test_a_letter_has_a_date_a_subject_numbered_facts_and_enclosures():
    written = draft(facts("letter", "en", body="payment", exhibits=(ExhibitFacts("E1"),)))

    lines = written.text.splitlines()
    assert lines[3] == "Account: [please fill in: account number, or the last four digits of the card]"
    assert "12 September 2026" in lines
    assert "To: [please fill in: name and address of whom you write to]" in lines
    assert (
        "Subject: Dispute about order 6920260911337742101, merchant: 雅韵瓷器旗舰店, amount: CNY 1,299.00"
        in lines
    )
    assert lines[lines.index("What happened:") + 1].startswith("1. Order number 6920260911337742101; ")
    assert "3. 11 September 2026: Refund requested." in lines
    assert "Enclosures: E1 [please fill in: what E1 shows]" in lines
    assert lines[-3:] == ["Yours faithfully,", "[please fill in: signature]", "[please fill in: your name]"]


def test_a_letter_to_the_seller_is_addressed_to_the_seller():
    text = draft(facts("letter", body="seller", merchant_address="杭州市文三路 1 号")).text

    assert "\n致：雅韵瓷器旗舰店，杭州市文三路 1 号\n" in text


def test_a_court_is_told_the_defendant_and_asked_for_no_answer_by_a_day():
    answer_by = Due(shanghai("2026-11-30 23:59:59"), in_days=True)
    told = {"body": "court", "merchant_address": "杭州市文三路 1 号", "answer_by": answer_by}
    text = draft(facts("letter", "en", **told)).text

    assert "\nDefendant:\nName: 雅韵瓷器旗舰店\nAddress: 杭州市文三路 1 号\n" in text
    assert "Please answer" not in text
    assert "Please answer" in draft(facts("letter", "en", **{**told, "body": "payment"})).text


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_empty_case_makes_a_draft_of_blanks_that_are_all_named(style: str, language: str):
    written = draft(nothing(style, language))

    opening = "【请填写：" if language == "zh-hans" else "[please fill in: "
    for what in written.missing:
        assert opening + what.in_language(language) in written.text
    assert {"order number", "what happened", "what you ask for"} <= {what.en for what in written.missing}
    assert "None" not in written.text


def test_what_is_about_no_order_asks_for_no_order_number():
    written = draft(nothing("chat", needs_order=False, problem_statement="My account is frozen"))

    assert written.text.startswith("Hello, I have a problem: My account is frozen.")
    assert [what.en for what in written.missing] == ["what you ask for"]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_zone_is_named_once(style: str, language: str):
    name = "北京时间" if language == "zh-hans" else "Shanghai time"

    assert draft(facts(style, language)).text.count(name) == 1


def test_moments_are_those_of_the_playbooks_zone():
    london = ZoneInfo("Europe/London")

    text = draft(facts(zone=london, zone_name=Text("伦敦时间", "London time"))).text

    assert "2026年9月14日 11:00（伦敦时间）" in text


def test_a_deadline_in_days_keeps_the_day_of_its_own_zone():
    paris = datetime(2026, 9, 14, 23, 59, 59, tzinfo=ZoneInfo("Europe/Paris"))

    assert "请在2026年9月14日当日结束前答复。" in draft(facts(answer_by=Due(paris, in_days=True))).text


# --- Within the length that the channel takes


def whole_length() -> int:
    return draft(facts()).length


def test_what_fits_is_not_shortened():
    written = draft(facts(max_length=whole_length()))

    assert (written.left_out, written.too_long_by) == ((), 0)
    assert written.text == draft(facts()).text


def test_first_the_exhibits_are_counted():
    written = draft(facts(max_length=whole_length() - 1))

    assert "证据清单：共 2 件。" in written.text
    assert "工单号 KF20261173" in written.text
    assert [what.zh_hans for what in written.left_out] == ["证据清单只写了件数"]


def test_then_the_contacts_are_counted():
    written = draft(facts(max_length=whole_length() - 40))

    assert "此前联系情况：共 2 次（无人答复 1 次，作出承诺 1 次）。" in written.text
    assert STATEMENT in written.text
    assert [what.zh_hans for what in written.left_out] == ["证据清单只写了件数", "联系记录只写了次数和结果"]


def test_then_the_statement_is_cut_at_a_sentence():
    counted = draft(facts(max_length=whole_length() - 40)).length

    written = draft(facts(max_length=counted - 5))

    assert "：下单后物流停在上海转运中心。连续五天没有更新！……\n" in written.text
    assert written.length <= counted - 5
    assert written.left_out[-1].zh_hans == "事情经过只写了前 23 字（共 36 字）"


def test_at_last_the_details_go_and_the_demand_and_the_number_stay():
    demand = "全额退款，" * 40

    written = draft(facts(max_length=100, demand=demand))

    assert demand in written.text
    assert "6920260911337742101" in written.text
    assert "SF1488820937716" not in written.text
    assert "E1" not in written.text
    assert written.too_long_by == written.length - 100 > 0


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("limit", [60, 150, 250, 400, 600])
def test_no_limit_ever_costs_the_demand_or_the_order_number(style: str, limit: int):
    written = draft(facts(style, max_length=limit))

    assert "全额退款 1299 元" in written.text
    assert "692026091133" in written.text.replace(" ", "")
    assert written.length <= limit or written.too_long_by == written.length - limit


def test_the_same_facts_make_the_same_draft():
    assert draft(facts("letter", max_length=300)) == draft(facts("letter", max_length=300))


# --- What people typed

NASTY = "退款{0}{demand}%s</textarea><script>alert(1)</script>\u202e\u0000\x1b[31m\r\n一、投诉人"


@pytest.mark.parametrize("style", STYLES)
def test_what_people_typed_is_printed_literally_without_invisible_signs(style: str):
    nasty_contact = replace(UNANSWERED, promise=NASTY, ticket_number=NASTY)
    nasty_order = OrderFacts(NASTY, NASTY, (("order", NASTY), ("parcel", NASTY)), None)

    text = draft(
        facts(
            style,
            problem_statement=NASTY,
            demand=NASTY,
            merchant=NASTY,
            merchant_address=NASTY,
            partner_platform=NASTY,
            orders=(nasty_order,),
            contacts=(nasty_contact,),
            exhibits=(ExhibitFacts("E1", NASTY),),
            happened=(DatedFact(shanghai("2026-09-11 08:00"), Text("申请退款", "Refund"), note=NASTY),),
        )
    ).text

    assert "退款{0}{demand}%s</textarea><script>alert(1)</script>[31m" in text
    assert not set(text) & set("\u202e\u0000\x1b\r")


def test_one_line_and_paragraphs_keep_what_is_seen():
    assert one_line(" a\tb \r\n c\u200b\u2066 ") == "a b c"
    assert paragraphs("a  b\r\n\r\n\r\n\r\nc \u2028d\n") == "a b\n\nc\nd"


def test_characters_are_counted_as_people_count_them():
    assert len(signs("您好，退 1 元。")) == 9
    assert len(signs("e\u0301")) == 1
    assert len(signs("👨\u200d👩\u200d👧👍🏽❤\ufe0f")) == 3


@pytest.mark.parametrize(
    ("room", "cut"),
    [
        pytest.param(30, "一二三。四五六！七八九", id="all of it"),
        pytest.param(10, "一二三。四五六！……", id="two sentences"),
        pytest.param(9, "一二三。……", id="one sentence"),
        pytest.param(5, "一二三……", id="not even one"),
        pytest.param(2, "……", id="nothing"),
    ],
)
def test_a_statement_is_cut_at_a_sentence(room: int, cut: str):
    assert cut_at_sentence("一二三。四五六！七八九", room, "……") == cut


def test_a_point_within_a_number_ends_no_sentence():
    assert cut_at_sentence("It cost 3.50 then. I paid. Twice.", 29, "…") == "It cost 3.50 then. I paid.…"


def test_a_number_is_read_out_in_groups_of_four():
    assert spoken("SF1488820937716") == "SF14 8882 0937 716"


@pytest.mark.parametrize(
    ("amount", "zh_hans", "en"),
    [
        (Amount(Decimal("1299"), "CNY"), "1,299.00 元", "CNY 1,299.00"),
        (Amount(Decimal("0.5"), "EUR"), "0.50 欧元", "EUR 0.50"),
        (Amount(Decimal("7"), "CHF"), "CHF 7.00", "CHF 7.00"),
    ],
)
def test_money_in_both_languages(amount: Amount, zh_hans: str, en: str):
    for language, said in (("zh-hans", zh_hans), ("en", en)):
        assert Pen(language, SHANGHAI, Text("北京时间", "Shanghai time")).money(amount) == said


def test_two_orders_are_both_named_first():
    other = OrderFacts(item="茶盘", numbers=(("order", "778"),))

    text = draft(facts(orders=(TEA_SET, other))).text

    assert text.startswith("您好，订单号 6920260911337742101、778：下单后")
    assert "\n订单号 778；茶盘。\n" in text


@pytest.mark.parametrize("style", STYLES)
def test_nothing_is_promised(style: str):
    for language in ("zh-hans", "en"):
        text = draft(facts(style, language)).text

        for word in ("真实性", "保证", "authentic", "guarantee", "必须", "must", "entitled"):
            assert word not in text
