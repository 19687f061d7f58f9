"""What the lines of a screenshot offer, and above all what they do not."""

from __future__ import annotations

import random
from datetime import datetime
from decimal import Decimal

import pytest

from cases.rules.readings import (
    AFTER_SALES,
    AMOUNT,
    MOMENT,
    ORDER,
    PARCEL,
    PAYMENT,
    SHOP,
    TICKET,
    Line,
    proposals,
    text_of,
)


def column(*texts: str, score: int = 990) -> list[Line]:
    """One line under the other, each as wide as the page."""
    return [Line(1, text, score, (500, 500 + 400 * row, 6000, 200)) for row, text in enumerate(texts) if text]


def pairs(*labelled: tuple[str, str]) -> list[Line]:
    """Labels on the left edge, values on the right one, as two lines each."""
    found = []
    for row, (label, value) in enumerate(labelled):
        top = 500 + 400 * row
        found += [Line(1, label, 990, (500, top, 1500, 200)), Line(1, value, 990, (5000, top + 8, 4500, 190))]
    return found


def offered(lines: list[Line], kind: str) -> list[str]:
    return [proposal.value for proposal in proposals(lines) if proposal.kind == kind]


@pytest.mark.parametrize(
    "text",
    [
        "订单编号 6930112233445566778",
        "订单编号：6930112233445566778 复制",
        "订单号:6930112233445566778",
        "订单编号： 6930 1122 3344 5566 778",
        "订单编号６９３０１１２２３３４４５５６６７７８",
        "您的订单号是6930112233445566778，请查收",
        "订单编号 6930112233445566778 2026-08-20 19:32:05",
        "Order No. 6930112233445566778",
        "6930112233445566778",
    ],
)
def test_an_order_number_of_19_digits_is_found(text: str):
    assert offered(column(text), ORDER) == ["6930112233445566778"]


def test_an_order_number_may_have_18_digits_and_a_jd_one_behind_its_label_12():
    assert offered(column("订单编号：693011223344556677"), ORDER) == ["693011223344556677"]
    assert offered(column("订单编号：301234567890"), ORDER) == ["301234567890"]
    assert offered(column("301234567890"), ORDER) == []


def test_numbers_of_amazon_and_ebay_keep_their_hyphens():
    assert offered(column("Order # 123-1234567-1234567"), ORDER) == ["123-1234567-1234567"]
    assert offered(column("Order number: 12-34567-12345"), ORDER) == ["12-34567-12345"]


@pytest.mark.parametrize(
    "text",
    [
        "69301122334455667789",  # 20 digits
        "6930 1122 3344 5566 7788 99",  # 22 in groups
        "A6930112233445566778",
        "6930112233445566778B",
        "693011****5566778",
        "商品编号：6930112233445566778",
        "银行卡号 6222021234567890123",
        "身份证号：110101199003070134",
        "110101199003074530",  # a citizen's number with its check digit
        "客服热线 4006930112233445566",
        "订单编号 12345",
        "20:46",
    ],
)
def test_what_only_looks_like_an_order_number_is_none(text: str):
    assert offered(column(text), ORDER) == []


def test_numbers_are_told_apart_by_the_label_beside_them():
    lines = pairs(
        ("订单编号", "6930112233445566778"),
        ("支付单号", "4200002233445566778"),
        ("交易号", "2026082022001412345678901234"),
        ("快递单号", "SF1234567890123"),
        ("退款编号", "1122334455667788990"),
        ("工单号", "GD20260821001"),
    )

    assert offered(lines, ORDER) == ["6930112233445566778"]
    assert offered(lines, PAYMENT) == ["4200002233445566778", "2026082022001412345678901234"]
    assert offered(lines, PARCEL) == ["SF1234567890123"]
    assert offered(lines, AFTER_SALES) == ["1122334455667788990"]
    assert offered(lines, TICKET) == ["GD20260821001"]


def test_several_labels_in_one_line_each_have_their_own_number():
    lines = column("订单编号：6930112233445566778，支付单号：4200002233445566778，运单号：YT1234567890123")

    assert offered(lines, ORDER) == ["6930112233445566778"]
    assert offered(lines, PAYMENT) == ["4200002233445566778"]
    assert offered(lines, PARCEL) == ["YT1234567890123"]


def test_a_label_above_a_number_tells_what_it_is():
    lines = column(
        "订单号", "6930112233445566778", "支付单号", "4200002233445566778", "运单号", "YT1234567890123"
    )

    assert offered(lines, ORDER) == ["6930112233445566778"]
    assert offered(lines, PAYMENT) == ["4200002233445566778"]
    assert offered(lines, PARCEL) == ["YT1234567890123"]


def test_in_two_columns_the_label_right_above_counts():
    lines = [
        Line(1, "订单编号", 990, (500, 500, 1500, 200)),
        Line(1, "支付单号", 990, (5500, 500, 1500, 200)),
        Line(1, "6930112233445566778", 990, (500, 760, 4000, 200)),
        Line(1, "4200002233445566778", 990, (5500, 760, 4000, 200)),
    ]

    assert offered(lines, ORDER) == ["6930112233445566778"]
    assert offered(lines, PAYMENT) == ["4200002233445566778"]


def test_a_number_that_has_a_name_elsewhere_in_the_picture_is_no_order_number():
    assert offered(column("支付单号：4200002233445566778", "4200002233445566778"), ORDER) == []


def test_a_number_that_goes_on_in_the_next_line_is_put_together_behind_its_label_only():
    assert offered(column("订单编号：693011223344", "5566778"), ORDER) == ["6930112233445566778"]
    assert offered(column("商品编号：693011223344", "5566778"), ORDER) == []
    assert offered(column("订单编号：6930112233", "445566778 件商品"), ORDER) == []


def test_a_number_that_a_bubble_broke_is_put_together():
    assert offered(column("已为您登记，工单号202608", "29001733，48小时内专"), TICKET) == ["20260829001733"]
    assert offered(column("请直接退款，订单号", "692648091734562", "8190"), ORDER) == ["6926480917345628190"]
    assert offered(column("您的工单号20260829", "48小时内联系您"), TICKET) == ["20260829"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("您的工单号为：GD20260821001，请耐心等待", "GD20260821001"),
        ("已为您登记，工单号7447995621", "7447995621"),
        ("投诉编号 44030020260821123", "44030020260821123"),
        ("登记编号：1440300002026082112345678", "1440300002026082112345678"),
        ("您的单号：88123456", "88123456"),
        ("单号 88123456", "88123456"),
    ],
)
def test_a_ticket_number_is_found_in_what_an_agent_says(text: str, number: str):
    assert offered(column(text), TICKET) == [number]


def test_a_number_of_some_other_kind_of_form_is_no_ticket():
    assert offered(column("取货单号：88123456", "取件码 88-1-2345", "电话 4001234567"), TICKET) == []


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("实付款 ¥128.00", "128.00 CNY"),
        ("实付款￥1,299.5", "1299.50 CNY"),
        ("实付款：128元", "128.00 CNY"),
        ("合计 ¥ 128 .00", "128.00 CNY"),
        ("实付款 Y128.00", "128.00 CNY"),
        ("Total US$12.99", "12.99 USD"),
        ("£5.00", "5.00 GBP"),
    ],
)
def test_an_amount_is_found_with_its_currency(text: str, amount: str):
    assert offered(column(text), AMOUNT) == [amount]


@pytest.mark.parametrize(
    "text",
    [
        "优惠 -¥20.00",
        "运费 ¥8.00",
        "满300元减40元",
        "¥0.00",
        "红包抵扣 ¥5.00",
        "1.2万元",
        "第128元素",
        "128.00",
        "Y128",
    ],
)
def test_discounts_postage_and_bare_numbers_are_no_amounts(text: str):
    assert offered(column(text), AMOUNT) == ([] if text != "第128元素" else ["128.00 CNY"])


def test_the_end_of_a_figure_that_a_bubble_broke_is_no_amount():
    assert offered(column("您尾号1234的账户余额1", "022.10元"), AMOUNT) == []
    assert offered(column("退款金额", "22.10元"), AMOUNT) == ["22.10 CNY"]


def test_what_was_paid_comes_first_and_sums_without_a_name_are_left_out_beside_it():
    lines = pairs(
        ("蓝牙耳机", "¥148.00"), ("商品总价", "¥148.00"), ("优惠", "-¥20.00"), ("实付款", "¥128.00")
    )

    assert offered(lines, AMOUNT) == ["128.00 CNY", "148.00 CNY"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("下单时间 2026-08-20 19:32:05", "2026-08-20T19:32:05"),
        ("下单时间：2026-08-2019:32:05", "2026-08-20T19:32:05"),
        ("2026/8/20 9:05", "2026-08-20T09:05:00"),
        ("2026.08.20 19:32", "2026-08-20T19:32:00"),
        ("2026年8月20日 19:32", "2026-08-20T19:32:00"),
        ("2026年8月20日 下午7:32", "2026-08-20T19:32:00"),
        ("2026年8月20日 星期四 19:32", "2026-08-20T19:32:00"),
    ],
)
def test_a_date_with_its_time_is_found(text: str, moment: str):
    assert offered(column(text), MOMENT) == [moment]


@pytest.mark.parametrize(
    "text", ["20:46", "08-20 19:32", "2026-08-20", "2026-02-30 19:32", "2026-08-20 25:10"]
)
def test_a_clock_alone_a_day_alone_and_no_day_at_all_are_no_moment(text: str):
    assert offered(column(text), MOMENT) == []


def test_the_moment_of_paying_comes_first_and_of_a_parcels_history_two_are_enough():
    lines = column(
        "下单时间：2026-08-20 19:32:05", "付款时间：2026-08-20 19:33:10",
        "2026-08-21 10:00", "2026-08-22 11:00", "2026-08-23 12:00",
    )  # fmt: skip

    assert offered(lines, MOMENT) == [
        "2026-08-20T19:33:10", "2026-08-20T19:32:05", "2026-08-21T10:00:00", "2026-08-22T11:00:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shop"),
    [
        ("云杉数码旗舰店 >", "云杉数码旗舰店"),
        ("小满家居专营店>进店", "小满家居专营店"),
        ("欢迎光临南山茶叶专卖店", "南山茶叶专卖店"),
        ("店铺：拾光书屋", "拾光书屋"),
        ("商家名称 拾光书屋", "拾光书屋"),
    ],
)
def test_a_shop_is_found_by_how_its_name_ends_or_by_what_stands_beside_it(text: str, shop: str):
    assert offered(column(text), SHOP) == [shop]


@pytest.mark.parametrize(
    "text",
    [
        "收藏店铺",
        "进入店铺",
        "商家已发货",
        "商家 已发货",
        "商家：同意退款",
        "店铺客服",
        "联系商家",
        "店铺 4.8",
    ],
)
def test_words_of_the_app_are_no_shop(text: str):
    assert offered(column(text), SHOP) == []


def test_what_the_machine_is_unsure_of_is_not_offered():
    assert proposals(column("6930112233445566778", score=700)) == ()
    assert offered(column("订单编号 6930112233445566778", score=700), ORDER) == ["6930112233445566778"]


def test_a_proposal_tells_the_line_it_came_from_and_its_page():
    lines = [
        Line(1, "第一页", 990, (500, 500, 1500, 200)),
        Line(2, "订单编号", 995, (500, 500, 1500, 200)),
        Line(2, "6930112233445566778", 980, (5000, 505, 4500, 190)),
    ]

    (proposal,) = proposals(lines)

    assert (proposal.line, proposal.page, proposal.score) == ("订单编号 6930112233445566778", 2, 980)
    assert text_of(lines) == "第一页\n\n订单编号 6930112233445566778"


def test_nothing_read_offers_nothing():
    assert proposals([]) == ()
    assert text_of([]) == ""


def test_whatever_a_machine_reads_is_gone_through_without_a_fault():
    chance = random.Random(20260901)  # noqa: S311 - words, not secrets
    pieces = [
        *(
            "订单编号",
            "订单id",
            "Order No",
            "单号",
            "工单",
            "¥",
            "-",
            "1",
            "69301122334455667",
            " ",
            "：",
            "元",
        ),
        *(
            "旗舰店",
            "2026-08-20",
            "19:32",
            "实付款",
            "店铺",
            "ﬁ",
            "K",
            "ß",
            "İ",
            "\u200b",
            "٣",
            "①",
            "*",
            ".",
        ),
    ]
    for _round in range(300):
        lines = [
            Line(
                chance.randint(1, 2),
                "".join(chance.choices(pieces, k=chance.randint(0, 8))),
                chance.randint(0, 1000),
                tuple(chance.randint(0, 10_000) for _side in range(4)),
            )
            for _line in range(12)
        ]
        for proposal in proposals(lines):
            assert proposal.value
            assert proposal.kind != MOMENT or datetime.fromisoformat(proposal.value)
            assert proposal.kind != AMOUNT or Decimal(proposal.value.split(" ")[0]) > 0


def test_only_the_beginning_of_an_endless_file_is_looked_through():
    filling = column(*["字" * 500] * 119)

    assert offered([*filling, *column("订单编号 6930112233445566778")], ORDER) == ["6930112233445566778"]
    assert offered([*filling, *filling, *column("订单编号 6930112233445566778")], ORDER) == []


def test_a_page_full_of_digits_is_gone_through_quickly():
    assert proposals(column(*["1 " * 2000 + "订单编号" * 200 + "¥" * 500] * 20)) == ()
