"""Finds amounts, moments and shop names among the rows that a machine read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cases.rules.readings_rows import Row, plain

_CURRENCIES = {
    **dict.fromkeys(("¥", "Y", "羊", "RMB", "CNY"), "CNY"),
    **dict.fromkeys(("US$", "$"), "USD"),
    "£": "GBP",
    "€": "EUR",
}
_NUMBER = r"(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,8})(?: ?\. ?(?P<part>\d{1,2}))?(?![\d,]|\.\d|\s?[万%折])"
_WITH_SIGN = re.compile(
    rf"(?P<minus>[-−减] ?)?(?P<sign>US\$|[¥$£€]|RMB|CNY|(?<![A-Za-z一-鿿])[Y羊](?=\d)) ?{_NUMBER}"
)
_WITH_YUAN = re.compile(rf"(?<![\d.,¥])(?P<minus>[-−减] ?)?{_NUMBER} ?元(?!起)")
# What was paid comes first; then what is to be given back; then other sums.
_AMOUNT_WORDS = {
    3: ("实付款 实付金额 实际付款 实际支付 实付 付款金额 支付金额 已支付 已付款 支付成功 共支付 共付"),
    2: "退款金额 退款总额 退款总金额 应退金额 退款",
    1: (
        "订单金额 订单总价 订单总额 商品总价 商品总额 商品金额 交易金额 合计 总计 总价 总金额 "
        "应付款 应付 需付款 成交价 到手价 金额"
    ),
    0: (
        "优惠 红包 立减 满减 直降 运费险 运费 邮费 配送费 服务费 积分 返现 补贴 津贴 抵扣 优惠券 "
        "券 定金 押金 余额 满 省"
    ),
}
_RANK_OF = {word: rank for rank, words in _AMOUNT_WORDS.items() for word in words.split()}
_AMOUNT_LABEL = re.compile("|".join(sorted(map(re.escape, _RANK_OF), key=len, reverse=True)))
_UNLABELLED = -1

_MOMENT = re.compile(
    r"(?<!\d)(?P<year>20\d\d) ?[-/.年] ?(?P<month>\d{1,2}) ?[-/.月] ?(?P<day>\d{1,2})日?"
    r"[ ,]{0,2}(?:(?:星期|周)[一二三四五六日天] ?)?(?P<half>凌晨|早上|上午|中午|下午|晚上|AM|PM)? ?"
    r"(?P<hour>\d{1,2}) ?[::;时点] ?(?P<minute>\d{2})(?: ?[::;分] ?(?P<second>\d{2}))?(?!\d)",
    re.IGNORECASE,
)
_MOMENT_LABEL = re.compile(
    "下单时间|创建时间|付款时间|支付时间|成交时间|发货时间|收货时间|签收时间|申请时间|退款时间|交易时间|投诉时间|受理时间|提交时间|完成时间"
)
PAID_AT = ("付款时间", "支付时间", "成交时间")
ORDERED_AT = ("下单时间", "创建时间")
MOST_WITHOUT_LABEL = 2  # a parcel's history is full of them

_SHOP_ENDS = "旗舰店 专营店 专卖店 官方店 自营店 官方直播间 店铺"
_NAME = r"[A-Za-z0-9一-鿿·&'().\- ]{1,30}"
_SHOP = re.compile(rf"(?P<name>{_NAME}?(?:{'|'.join(_SHOP_ENDS.split())}))$")
_BESIDE = re.compile(
    rf"^(?:店铺名称|店铺|商家名称|商家|商户名称|商户全称|卖家|收款方)(?: ?: ?| )(?P<name>{_NAME})$"
)
_GREETING = re.compile(r"^.*(?:欢迎光临|欢迎来到|欢迎进入|这里是|我是|来自)")
_TAIL = re.compile(r"(?:[\s>›》〉))»|·]|进店逛逛|进店|进入店铺|已关注|关注|联系客服|客服|在线)+$")
_NO_SHOP = re.compile(
    r"^(?:收藏|进入|关注|联系|查看|逛|该|此|本|原|其他|更多|推荐|回到|返回|访问|我的|全部|品质|优质|金牌)?店铺$"
    r"|^[已未正暂待将会请不无]|同意|拒绝|回复|客服|电话|处理|发货|承诺|评分|评价|服务|优惠|红包|券|地址|承担|^\d+$"
)


@dataclass(frozen=True, slots=True)
class Value:
    """What stands in a row: a sum ("128.00 CNY"), a moment by the clock on the wall ("2026-08-20T19:32:05")
    or a name. The higher the rank, the sooner it is offered.
    """

    value: str
    label: str
    rank: int
    row: Row
    score: int


def amounts(rows: Sequence[Row]) -> list[Value]:
    """Each sum once, what was paid first. Discounts, postage and sums of nothing are left out; where any sum
    has a label, those without one are too.
    """
    best: dict[str, Value] = {}
    for place, row in enumerate(rows):
        above = rows[place - 1] if place and rows[place - 1].page == row.page else None
        for found in _sums(row, above):
            if found.value not in best or found.rank > best[found.value].rank:
                best[found.value] = found
    kept = [found for found in best.values() if found.rank != 0]
    if any(found.rank > 0 for found in kept):
        kept = [found for found in kept if found.rank > 0]
    return sorted(kept, key=lambda found: -found.rank)


def _sums(row: Row, above: Row | None) -> Iterator[Value]:
    text = row.plain
    for match in sorted(
        [*_WITH_SIGN.finditer(text), *_WITH_YUAN.finditer(text)], key=lambda found: found.start()
    ):
        if match.start() == 0 and match[0][0].isdigit() and above is not None and _goes_on(above, row):
            continue
        label, rank = _rank(text, match.start(), above.plain if above is not None else "")
        sign = match.groupdict().get("sign") or "CNY"
        amount = Decimal(f"{match['whole'].replace(',', '')}.{match['part'] or '0'}")
        is_guess = sign in "Y羊" and rank < 1
        if not amount or is_guess or (match["minus"] and rank < 2):
            continue
        yield Value(f"{amount:.2f} {_CURRENCIES[sign]}", label, rank, row, row.score(*match.span()))


def _goes_on(above: Row, row: Row) -> bool:
    """Did a bubble end within a figure, whose last digits stand at the same edge below?"""
    return above.plain[-1:].isdigit() and abs(above.lines[0].box[0] - row.lines[0].box[0]) < 150


def _rank(text: str, start: int, above: str) -> tuple[str, int]:
    """The last label before the sum, or the one that is the row above."""
    label = ""
    for match in _AMOUNT_LABEL.finditer(text[:start]):
        label = match[0]
    label = label or _alone(_AMOUNT_LABEL, above)
    return label, _RANK_OF.get(label, _UNLABELLED)


def _alone(labels: re.Pattern[str], above: str) -> str:
    """The label that is all of the row above; "" for anything else."""
    return above.strip(": ") if labels.fullmatch(above.strip(": ")) else ""


def moments(rows: Sequence[Row]) -> list[Value]:
    """Dates with a time of day, that of paying first. A clock alone is none, nor a day without a year."""
    found: dict[tuple[str, str], Value] = {}
    for place, row in enumerate(rows):
        above = rows[place - 1].plain if place and rows[place - 1].page == row.page else ""
        for match in _MOMENT.finditer(row.plain):
            moment = _moment(match)
            labels = _MOMENT_LABEL.findall(row.plain[: match.start()])
            label = labels[-1] if labels else _alone(_MOMENT_LABEL, above)
            if moment is not None:
                score = row.score(*match.span())
                rank = 2 if label in PAID_AT else int(bool(label))
                found.setdefault((moment, label), Value(moment, label, rank, row, score))
    labelled = {value for value, label in found if label}
    alone = [value for value in found.values() if not value.label and value.value not in labelled]
    kept = [value for value in found.values() if value.label] + alone[:MOST_WITHOUT_LABEL]
    return sorted(kept, key=lambda value: -value.rank)


def _moment(match: re.Match[str]) -> str | None:
    hour, half = int(match["hour"]), (match["half"] or "").upper()
    if half in ("下午", "晚上", "PM") and hour < 12:
        hour += 12
    try:
        # Of the clock on the wall that the app shows: whose zone that is, is not known here.
        moment = datetime(  # noqa: DTZ001
            int(match["year"]), int(match["month"]), int(match["day"]), hour, int(match["minute"]),
            int(match["second"] or 0),
        )  # fmt: skip
    except ValueError:
        return None
    return moment.isoformat(timespec="seconds")


def shops(rows: Sequence[Row]) -> list[Value]:
    """Names of shops: lines that end as such names do, and what stands beside “shop” or “merchant”."""
    found: dict[str, Value] = {}
    for row in rows:
        beside = _BESIDE.match(_TAIL.sub("", row.plain))
        candidates = [(beside["name"].strip(), row.lines[-1].score, 2)] if beside else []
        for line in row.lines:
            text = _GREETING.sub("", _TAIL.sub("", plain(line.text)))
            if match := _SHOP.search(text):
                candidates.append((match["name"].strip(" .-·"), line.score, 1))
        for name, score, rank in candidates:
            if 2 <= len(name) <= 40 and not _NO_SHOP.search(name) and re.search(r"[A-Za-z一-鿿]", name):
                found.setdefault(name, Value(name, "", rank, row, score))
    return list(found.values())
