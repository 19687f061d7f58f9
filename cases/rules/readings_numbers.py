"""Finds the numbers under which others know an order or a complaint, told apart by the label near them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cases.rules.readings_rows import Row

ORDER, PAYMENT, PARCEL = "order_number", "payment_number", "parcel_number"
AFTER_SALES, TICKET, OTHER = "after_sales_number", "ticket_number", "other"

_WORDS = {
    ORDER: (
        "商家订单编号 商家订单号 商户订单号 订单编号 订单号码 订单单号 主订单号 子订单号 订单号 订单ID 订单"
    ),
    PAYMENT: (
        "支付宝交易号 微信支付单号 支付交易号 交易流水号 支付流水号 支付订单号 付款订单号 "
        "交易订单号 支付单号 支付编号 付款单号 付款编号 交易单号 交易编号 交易号 商户单号 流水号 "
        "银行流水 支付宝订单号"
    ),
    PARCEL: (
        "快递单号 快递编号 运单号码 运单编号 运单号 物流单号 物流编号 物流运单 包裹单号 包裹编号 "
        "退货运单 速递 速运 快运 快递 物流 顺丰 中通 圆通 申通 韵达 极兔 邮政 EMS"
    ),
    AFTER_SALES: (
        "退款编号 退款单号 退货单号 换货单号 售后单号 售后编号 售后服务单号 服务单号 退货编号 售后订单号"
    ),
    TICKET: (
        "工单编号 工单号码 工单号 工单 投诉编号 投诉单号 投诉工单号 投诉号 反馈编号 反馈单号 "
        "受理编号 受理单号 受理号 登记编号 登记号 案件编号 服务请求号 举报编号 举报单号 申诉编号 "
        "申诉单号 维权编号 维权单号 会话编号"
    ),
    OTHER: (
        "商品编号 商品编码 商品ID 商品条码 货号 款号 身份证号码 身份证号 身份证 证件号码 证件号 "
        "银行卡号 银行卡 储蓄卡 信用卡 卡号 账号 帐号 账户 发票号码 发票代码 发票号 税号 "
        "纳税人识别号 信用代码 用户ID 用户编号 UID 抖音号 微信号 QQ 店铺ID 直播间ID 视频ID "
        "优惠券 券码 券号 核销码 取件码 消费码 兑换码 电话 手机号码 手机号 手机 热线 条形码 条码 "
        "序列号 IMEI ICCID 设备号 许可证 备案号 备案 执照 批次 保单号 合同号 户号"
    ),
}
_KIND_OF = {word.casefold(): kind for kind, words in _WORDS.items() for word in words.split()}
# The longest first: 快递单号 is no 单号. That one alone, or after a word like “your”, is a desk's ticket.
_LABEL = re.compile(
    "|".join(re.escape(word) for word in sorted(_KIND_OF, key=len, reverse=True))
    + r"|(?P<english>order\s*(?:number|no\.?|id|\#))"
    + r"|(?P<bare>(?:(?<![一-鿿])|(?<=[的您此该]))单号)",
    re.IGNORECASE,
)
# What may stand between a label and its number: “:”, “为”, “(点击复制)”, the next column.
_BETWEEN = re.compile(
    r"(?:号码|号|编号|为|是|[^0-9A-Za-z一-鿿]|[((][^()()0-9]{0,8}[))]|复制|No\.?){0,10}", re.IGNORECASE
)
_MOMENT = re.compile(
    r"(?<!\d)20\d\d ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2}日?(?: ?\d{1,2}[::;]\d{2}(?:[::;]\d{2})?)?"
)
_DIGITS = re.compile(r"(?<![A-Za-z0-9*#_.-])\d+(?: {1,2}\d+)*(?![A-Za-z0-9*_])")
_HYPHENED = re.compile(r"(?<![\w-])(?:\d{3}-\d{7}-\d{7}|\d{2}-\d{5}-\d{5})(?![\w-])")
_TOKEN = re.compile(r"(?<![A-Za-z0-9*])[A-Za-z]{0,8}-?\d[\d-]*(?: \d+)*(?![A-Za-z0-9*])")

ORDER_LENGTHS = (18, 19)
LABELLED_ORDER_LENGTHS = (11, 12, *ORDER_LENGTHS)
# How many signs such a number has at least and at most.
LENGTHS = {PAYMENT: (10, 36), PARCEL: (9, 22), AFTER_SALES: (8, 24), TICKET: (4, 32)}
NEAR = 60  # signs before a number in which its label is looked for
WITHOUT_LABEL = 300  # how much less sure


@dataclass(frozen=True, slots=True)
class Found:
    """A number of that kind in a row; the score is that of the machine, less what is guessed here."""

    kind: str
    value: str
    row: Row
    score: int


def numbers(rows: Sequence[Row]) -> Iterator[Found]:
    """Every number with its kind, from the top down. Dates are none, nor is a part of a longer number."""
    for place, row in enumerate(rows):
        text = _without_moments(row.plain)
        above = rows[place - 1] if place and rows[place - 1].page == row.page else None
        below = rows[place + 1] if place + 1 < len(rows) and rows[place + 1].page == row.page else None
        if below is not None and (broken := _broken(row, text, above, below)):
            yield broken
            continue
        taken: list[tuple[int, int]] = []
        for found, start, end in [*_labelled(row, text), *_orders(row, text, above)]:
            if all(end <= first or start >= last for first, last in taken):
                taken.append((start, end))
                if found.kind != OTHER:
                    yield found


def label_before(text: str, start: int) -> str | None:
    """The kind that the last label before that place gives to what stands there; None without one."""
    last = None
    near = max(0, start - NEAR)
    for label in _LABEL.finditer(text, near, start):
        last = label
    if last is None or not _BETWEEN.fullmatch(text[last.end() : start]):
        return None
    return _kind(last)


def _kind(label: re.Match[str]) -> str:
    if label["english"]:
        return ORDER
    return TICKET if label["bare"] else _KIND_OF[label[0].casefold()]


def _labelled(row: Row, text: str) -> Iterator[tuple[Found, int, int]]:
    """Whatever stands behind a label and looks like a number of that kind."""
    for token in _TOKEN.finditer(text):
        kind = label_before(text, token.start())
        if kind is None:
            continue
        value, end = _value(token, kind)
        if kind == OTHER or value:
            score = row.score(token.start(), end)
            yield Found(kind, value, row, score), token.start(), end


def _value(token: re.Match[str], kind: str) -> tuple[str, int]:
    """The number without blanks and where it ends; "" when it is none of that kind."""
    pieces = token[0].split(" ")
    whole = "".join(pieces)
    if kind == OTHER:
        return "", token.end()
    if kind == ORDER:
        value, end = _order_of(token)
        return (value, end) if value else ("", token.end())
    least, most = LENGTHS[kind]
    is_grouped = len(pieces) > 1 and all(len(piece) == len(pieces[0]) for piece in pieces[:-1])
    if is_grouped and len(pieces[0]) <= 5 and least <= len(whole) <= most:
        return whole, token.end()
    first = pieces[0].strip("-")
    fits = least <= len(first) <= most and sum(sign.isdigit() for sign in first) >= 4
    return (first, token.start() + len(pieces[0])) if fits else ("", token.end())


def _order_of(token: re.Match[str]) -> tuple[str, int]:
    if _HYPHENED.fullmatch(token[0]):
        return token[0], token.end()
    whole = token[0].replace(" ", "")
    if whole.isdecimal() and len(whole) in LABELLED_ORDER_LENGTHS:
        return whole, token.end()
    first = token[0].split(" ")[0]
    if first.isdecimal() and len(first) in LABELLED_ORDER_LENGTHS:
        return first, token.start() + len(first)
    return "", token.end()


def _orders(row: Row, text: str, above: Row | None) -> Iterator[tuple[Found, int, int]]:
    """Numbers of 18 or 19 digits without a label before them in the row; the row above may give one."""
    for run in _DIGITS.finditer(text):
        for value, start, end in _of_order_length(run):
            label = label_before(text, start) or _label_above(row, above, start)
            if label not in (None, ORDER):
                yield (
                    Found(label if label in LENGTHS else OTHER, value, row, row.score(start, end)),
                    start,
                    end,
                )
            elif label == ORDER or not _is_identity_card(value):
                less = 0 if label == ORDER else WITHOUT_LABEL
                yield Found(ORDER, value, row, row.score(start, end) - less), start, end
    yield from _under_a_label(row, text, above)
    for match in _HYPHENED.finditer(text):
        if len(match[0]) == 19 or label_before(text, match.start()) == ORDER:
            yield Found(ORDER, match[0], row, row.score(*match.span())), *match.span()


def _under_a_label(row: Row, text: str, above: Row | None) -> Iterator[tuple[Found, int, int]]:
    """Numbers of any kind that stand alone under their label."""
    for token in _TOKEN.finditer(text):
        kind = _label_above(row, above, token.start())
        if kind is None or label_before(text, token.start()):
            continue
        value, end = _value(token, kind)
        if value:
            yield Found(kind, value, row, row.score(token.start(), end)), token.start(), end


def _of_order_length(run: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    """All the digits together, else each unbroken piece of them."""
    whole = run[0].replace(" ", "")
    if len(whole) in ORDER_LENGTHS:
        yield whole, run.start(), run.end()
        return
    for piece in re.finditer(r"\d+", run[0]):
        if len(piece[0]) in ORDER_LENGTHS:
            yield piece[0], run.start() + piece.start(), run.start() + piece.end()


def _label_above(row: Row, above: Row | None, start: int) -> str | None:
    """The kind that a label gives which stands right over that place, or alone in the row above."""
    if above is None or row.top - above.bottom > 3 * (row.bottom - row.top):
        return None
    x, _y, width, _height = row.line_at(start).box
    for line in above.lines:
        left, across = line.box[0], line.box[2]
        is_over = min(x + width, left + across) > max(x, left)
        if is_over or len(above.lines) == 1:
            text = Row((line,)).plain
            kind = label_before(f"{text} ", len(text) + 1)
            if kind is not None:
                return kind
    return None


def _broken(row: Row, text: str, above: Row | None, below: Row) -> Found | None:
    """An order's or a desk's number behind its label whose last digits stand in the next row.

    Bubbles break it wherever they end; “48小时” in the next row is no part of it.
    """
    begun = re.search(r"(?<![A-Za-z0-9*.-])(\d{4,18})$", text)
    rest = re.match(r"(\d{1,14})(?: ?复制$|[,;。、!?)]|$)", below.plain)
    if not begun or not rest:
        return None
    kind = label_before(text, begun.start()) or _label_above(row, above, begun.start())
    whole = begun[1] + rest[1]
    is_whole = {ORDER: len(whole) in ORDER_LENGTHS, TICKET: 8 <= len(whole) <= 32 and _is_under(row, below)}
    if kind is None or not is_whole.get(kind):
        return None
    score = min(row.score(*begun.span()), below.score(*rest.span()))
    return Found(kind, whole, Row((*row.lines, *below.lines)), score)


def _is_under(row: Row, below: Row) -> bool:
    """Do both begin at the same edge, as the lines of one bubble do?"""
    return len(row.lines) == 1 == len(below.lines) and abs(row.lines[0].box[0] - below.lines[0].box[0]) < 150


def _without_moments(text: str) -> str:
    """Dates and times made unreadable, everything else at its place."""
    return _MOMENT.sub(lambda moment: "." * len(moment[0]), text)


def _is_identity_card(value: str) -> bool:
    """Does it hold a birthday and the check digit of a citizen's number (GB 11643)?"""
    if len(value) != 18 or not re.match(r"\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", value):
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(value, weights, strict=False))
    return "10X98765432"[total % 11] == value[-1]
