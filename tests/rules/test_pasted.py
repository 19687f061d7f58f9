"""What the text of an order offers for a new case."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cases.rules.pasted import read_pasted

ORDER = """潮鞋严选旗舰店 >
复古跑步鞋 灰蓝 42码
实付款 ¥899.00
订单编号 6920260908442210087 复制
支付流水号 4200002345202611201234567890
下单时间 2026-11-20 10:12:30
抖音商城"""
SHOPS = ("douyin", "jd")


def test_the_text_of_an_order_fills_shop_amount_platform_and_numbers():
    read = read_pasted(ORDER, platforms=SHOPS)

    assert read.fields["amount"] == "899.00"
    assert read.fields["currency"] == "CNY"
    assert read.fields["playbook"] == "douyin"
    assert read.fields["merchant"] == "潮鞋严选旗舰店"
    assert read.numbers == (
        ("order_number", "6920260908442210087"),
        ("payment_number", "4200002345202611201234567890"),
    )
    assert "problem_kind" not in read.fields


def test_a_complaint_tells_the_kind_of_problem_only_when_it_names_one():
    assert read_pasted("收到的是假货，要求退一赔三", platforms=SHOPS).fields == {"problem_kind": "fake_goods"}
    assert read_pasted("不是假货就是破损", platforms=SHOPS).fields == {}


def test_a_platform_that_cannot_be_chosen_or_is_not_the_only_one_is_not_offered():
    assert read_pasted("京东", platforms=("douyin",)).fields == {}
    assert read_pasted("从抖音跳转到京东", platforms=SHOPS).fields == {}


def test_small_talk_offers_nothing():
    assert not read_pasted("您好，在吗？", platforms=SHOPS)


@given(st.text(max_size=500))
def test_any_text_can_be_read(text: str):
    read = read_pasted(text, platforms=SHOPS)

    assert set(read.fields) <= {"merchant", "amount", "currency", "playbook", "problem_kind"}
