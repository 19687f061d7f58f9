"""Draws order screenshots as several shopping apps lay them out, from a seed; knows nothing of reading them.

Every screen holds one order number of 18 or 19 digits, and around it what is easily taken for one: payment,
parcel and phone numbers, numbers of goods. All of it is invented.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SEED = 20260901
FONTS = Path("/usr/share/fonts/opentype/noto")
FACES = (("NotoSansCJK-Regular.ttc", 2), ("NotoSerifCJK-Regular.ttc", 2))
SIZES = ((1080, 2400), (1170, 2532), (720, 1600))
SHOPS = ("云杉数码旗舰店", "小满家居专营店", "南山茶叶专卖店", "青禾运动官方店", "拾光书店", "禾木母婴旗舰店")
GOODS = (
    "无线蓝牙耳机 主动降噪 黑色 长续航版",
    "纯棉四件套 1.8米床 浅灰",
    "高山乌龙茶 250g×2 礼盒装",
    "男士速干跑步T恤 XL",
    "不锈钢保温杯 500ml 白色",
)
STATES = ("待收货", "交易成功", "卖家已发货", "退款中", "等待买家收货")


@dataclass(frozen=True, slots=True)
class Look:
    paper: str
    card: str
    ink: str
    grey: str
    accent: str


LIGHT = (
    Look("#f2f3f5", "#ffffff", "#161823", "#8a8b91", "#fe2c55"),
    Look("#f5f5f5", "#ffffff", "#333333", "#999999", "#ff5000"),
    Look("#f4f4f4", "#ffffff", "#1a1a1a", "#8c8c8c", "#e1251b"),
    Look("#ededed", "#ffffff", "#151516", "#9c9c9c", "#07c160"),
)
DARK = (
    Look("#111111", "#1c1c1e", "#e8e8ea", "#8e8e93", "#fe2c55"),
    Look("#000000", "#191919", "#d5d5d5", "#7d7d7d", "#ff6a2b"),
)


@dataclass(frozen=True, slots=True)
class Screen:
    """One file, and what is truly on it."""

    name: str
    data: bytes
    order_number: str
    amount: str


class Phone:
    """A screen to draw on, in units of a 360th of its width."""

    def __init__(
        self, chance: random.Random, size: tuple[int, int], face: tuple[str, int], look: Look
    ) -> None:
        self.chance, self.face, self.look = chance, face, look
        self.width, self.height = size
        self.unit = size[0] / 360
        self.image = Image.new("RGB", size, look.paper)
        self.draw = ImageDraw.Draw(self.image)
        self.top = 12.0

    def font(self, size: float) -> ImageFont.FreeTypeFont:
        return _font(self.face, round(size * self.unit))

    def text(self, x: float, y: float, text: str, size: float, fill: str = "", anchor: str = "la") -> float:
        """Write it at (x, y) in units; how wide it became, in units."""
        at = (x * self.unit, y * self.unit)
        self.draw.text(at, text, font=self.font(size), fill=fill or self.look.ink, anchor=anchor)
        return self.draw.textlength(text, font=self.font(size)) / self.unit

    def box(self, left: float, top: float, right: float, bottom: float, fill: str, radius: float = 0) -> None:
        edges = [edge * self.unit for edge in (left, top, right, bottom)]
        self.draw.rounded_rectangle(edges, radius * self.unit, fill=fill)

    def head(self, title: str) -> None:
        clock = f"{self.chance.randint(0, 23):02d}:{self.chance.randint(0, 59):02d}"
        self.text(18, 10, clock, 13)
        self.text(342, 10, f"5G {self.chance.randint(7, 99)}%", 12, anchor="ra")
        self.text(180, 50, title, 17, anchor="ma")
        self.text(14, 48, "<", 18)
        self.top = 88

    def goods(self, shop: str, price: str) -> None:
        """The card with the shop, a picture and the item."""
        self.box(8, self.top, 352, self.top + 128, self.look.card, 8)
        self.text(20, self.top + 12, f"{shop} >", 14)
        hue = f"#{self.chance.randrange(0x404040, 0xC0C0C0):06x}"
        self.box(20, self.top + 42, 90, self.top + 112, hue, 6)
        self.text(100, self.top + 44, self.chance.choice(GOODS)[:15], 13)
        self.text(100, self.top + 68, "默认规格", 11, self.look.grey)
        self.text(340, self.top + 44, f"¥{price}", 13, anchor="ra")
        self.text(340, self.top + 68, "x1", 11, self.look.grey, anchor="ra")
        self.top += 138


@lru_cache(maxsize=64)
def _font(face: tuple[str, int], size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / face[0]), size, index=face[1])


@dataclass(frozen=True, slots=True)
class Facts:
    number: str
    amount: str
    shop: str
    payment: str
    parcel: str
    moment: str
    shown: str  # the number as it stands on the screen, perhaps in groups


def _facts(chance: random.Random) -> Facts:
    number = _digits(chance, chance.choice((18, 19, 19)))
    minute = f"{chance.randint(0, 23):02d}:{chance.randint(0, 59):02d}"
    groups = " ".join(number[start : start + 4] for start in range(0, len(number), 4))
    return Facts(
        number=number,
        amount=f"{chance.randint(3, 4999)}.{chance.randint(0, 99):02d}",
        shop=chance.choice(SHOPS),
        payment=chance.choice(("DY" + _digits(chance, 19), _digits(chance, 28))),
        parcel=chance.choice(("SF", "YT", "JT", "")) + _digits(chance, 13),
        moment=f"2026-{chance.randint(1, 11):02d}-{chance.randint(1, 28):02d} "
        f"{minute}:{chance.randint(0, 59):02d}",
        shown=groups if chance.random() < 0.1 else number,
    )


def _digits(chance: random.Random, length: int) -> str:
    return str(chance.randint(1, 9)) + "".join(str(chance.randint(0, 9)) for _ in range(length - 1))


def rows_apart(phone: Phone, facts: Facts) -> None:
    """Label on the left, value on the right edge."""
    phone.head("订单详情")
    phone.box(0, phone.top, 360, phone.top + 70, phone.look.accent)
    phone.text(20, phone.top + 20, phone.chance.choice(STATES), 22, "#ffffff")
    phone.top += 82
    phone.goods(facts.shop, facts.amount)
    rows = [
        ("商品总价", f"¥{facts.amount}"), ("运费", "¥0.00"), ("实付款", f"¥{facts.amount}"),
        ("订单编号", facts.shown), ("支付单号", facts.payment), ("下单时间", facts.moment),
        ("支付方式", "零钱"),
    ]  # fmt: skip
    phone.box(8, phone.top, 352, phone.top + 20 + 34 * len(rows), phone.look.card, 8)
    for number, (label, value) in enumerate(rows):
        y = phone.top + 16 + 34 * number
        phone.text(20, y, label, 13, phone.look.grey)
        phone.text(340, y, value, 12 if len(value) > 24 else 13, anchor="ra")


def rows_together(phone: Phone, facts: Facts) -> None:
    """Label, then the value in the same line, then a button for copying."""
    phone.head(phone.chance.choice(STATES))
    phone.box(8, phone.top, 352, phone.top + 76, phone.look.card, 8)
    phone.text(20, phone.top + 14, f"张** 86-138****{_digits(phone.chance, 4)}", 14)
    phone.text(20, phone.top + 42, "浙江省 某某市 演示路 1 号", 12, phone.look.grey)
    phone.top += 86
    phone.goods(facts.shop, facts.amount)
    phone.text(340, phone.top + 4, f"实付款 ¥{facts.amount}", 15, phone.look.accent, anchor="ra")
    phone.top += 34
    rows = [
        f"订单编号：{facts.shown}", f"支付宝交易号：{facts.payment}", f"创建时间：{facts.moment}",
        f"付款时间：{facts.moment}", f"快递单号：{facts.parcel}",
    ]  # fmt: skip
    phone.box(8, phone.top, 352, phone.top + 20 + 30 * len(rows), phone.look.card, 8)
    for number, row in enumerate(rows):
        y = phone.top + 14 + 30 * number
        width = phone.text(20, y, row, 12, phone.look.grey)
        if number == 0 and width < 280:
            phone.text(340, y, "复制", 12, phone.look.accent, anchor="ra")


def label_above(phone: Phone, facts: Facts) -> None:
    """The label small and grey, the value below it."""
    phone.head("订单信息")
    phone.goods(facts.shop, facts.amount)
    pairs = [
        ("订单号", facts.shown), ("下单时间", facts.moment), ("实付金额", f"¥{facts.amount}"),
        ("运单号", facts.parcel), ("收货电话", "138" + _digits(phone.chance, 8)),
    ]  # fmt: skip
    phone.box(8, phone.top, 352, phone.top + 20 + 58 * len(pairs), phone.look.card, 8)
    for number, (label, value) in enumerate(pairs):
        y = phone.top + 14 + 58 * number
        phone.text(20, y, label, 11, phone.look.grey)
        phone.text(20, y + 20, value, 15)


def parcel_first(phone: Phone, facts: Facts) -> None:
    """The page of the parcel, with the order at its foot."""
    phone.head("物流详情")
    phone.box(8, phone.top, 352, phone.top + 60, phone.look.card, 8)
    phone.text(20, phone.top + 20, f"某某速递  {facts.parcel}", 14)
    phone.text(340, phone.top + 20, "复制", 12, phone.look.accent, anchor="ra")
    phone.top += 74
    steps = ("已签收，感谢使用", "派送中，请保持电话畅通", "到达【演示转运中心】", "已揽收", "商家已发货")
    for number, step in enumerate(steps):
        y = phone.top + 56 * number
        phone.box(22, y + 4, 30, y + 12, phone.look.accent if number == 0 else phone.look.grey, 4)
        phone.text(44, y, step, 13, "" if number == 0 else phone.look.grey)
        phone.text(44, y + 22, f"{facts.moment[:10]} {19 - number}:0{number}", 11, phone.look.grey)
    phone.top += 56 * len(steps) + 10
    phone.goods(facts.shop, facts.amount)
    phone.text(20, phone.top + 6, "订单编号", 12, phone.look.grey)
    phone.text(84, phone.top + 6, facts.shown, 12)


def chat(phone: Phone, facts: Facts) -> None:
    """A conversation in which the number is typed."""
    phone.head(facts.shop)
    said = (
        ("me", "你好，我的快递一直没有更新"), ("them", "亲，请您发一下订单号"), ("me", facts.shown),
        ("them", f"已为您登记，工单号{_digits(phone.chance, 10)}"), ("them", "48小时内会有专人联系您"),
        ("me", f"金额{facts.amount}元，请尽快退款"),
    )  # fmt: skip
    phone.text(180, phone.top, facts.moment[5:16], 11, phone.look.grey, anchor="ma")
    phone.top += 30
    for who, text in said:
        width = phone.draw.textlength(text, font=phone.font(14)) / phone.unit + 24
        left = 306 - width if who == "me" else 54
        face = 314 if who == "me" else 12
        phone.box(face, phone.top, face + 34, phone.top + 34, "#7aa7d9" if who == "me" else "#e0a36c", 17)
        phone.box(left, phone.top, left + width, phone.top + 40, phone.look.card, 8)
        phone.text(left + 12, phone.top + 9, text, 14)
        phone.top += 60


def bill(phone: Phone, facts: Facts) -> None:
    """The bill of a wallet: the amount large in the middle, rows below."""
    phone.head("账单详情")
    phone.text(180, phone.top + 10, facts.shop, 14, anchor="ma")
    phone.text(180, phone.top + 36, f"-{facts.amount}", 30, anchor="ma")
    phone.top += 100
    rows = [
        ("当前状态", "支付成功"), ("付款时间", facts.moment), ("付款方式", "某某银行储蓄卡(1234)"),
        ("交易单号", _digits(phone.chance, 28)), ("商家订单号", facts.shown),
    ]  # fmt: skip
    for number, (label, value) in enumerate(rows):
        y = phone.top + 38 * number
        phone.text(20, y, label, 13, phone.look.grey)
        phone.text(104, y, value, 13)


def after_sales(phone: Phone, facts: Facts) -> None:
    """A refund's page: several numbers, small."""
    phone.head("退款详情")
    phone.box(8, phone.top, 352, phone.top + 90, phone.look.card, 8)
    phone.text(20, phone.top + 14, "等待商家处理", 19, phone.look.accent)
    phone.text(20, phone.top + 52, "商家将在 2 天内处理您的申请", 12, phone.look.grey)
    phone.top += 100
    phone.goods(facts.shop, facts.amount)
    rows = [
        ("退款金额：", f"¥{facts.amount}"), ("申请时间：", facts.moment),
        ("退款编号：", _digits(phone.chance, 17)),
        ("订单编号：", facts.shown), ("商品编号：", _digits(phone.chance, 19)),
    ]  # fmt: skip
    for number, (label, value) in enumerate(rows):
        y = phone.top + 26 * number
        width = phone.text(20, y, label, 11, phone.look.grey)
        phone.text(22 + width, y, value, 11)


LAYOUTS: tuple[Callable[[Phone, Facts], None], ...] = (
    rows_apart, rows_together, label_above, parcel_first, chat, bill, after_sales,
)  # fmt: skip


def screens(count: int = 100, seed: int = SEED) -> Iterator[Screen]:
    """That many screens, the same for the same seed; every third is dark, half are in each font."""
    for number in range(count):
        chance = random.Random(f"{seed}:{number}")  # noqa: S311 - pictures, not secrets
        look = chance.choice(DARK if number % 3 == 2 else LIGHT)
        face, size = FACES[number // 7 % 2], SIZES[number % len(SIZES)]
        layout = LAYOUTS[number % len(LAYOUTS)]
        phone, facts = Phone(chance, size, face, look), _facts(chance)
        layout(phone, facts)
        quality = chance.randint(60, 95)
        file = io.BytesIO()
        phone.image.save(file, "JPEG", quality=quality)
        mode = "dark" if number % 3 == 2 else "light"
        name = f"{number:03d}-{layout.__name__}-{mode}-{face[0][4:9]}-{size[0]}x{size[1]}-q{quality}.jpg"
        yield Screen(name, file.getvalue(), facts.number, facts.amount)
