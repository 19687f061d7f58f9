"""What the text of an order, as an app copies it, says about a new case. Pure; all of it is but an offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cases.rules.readings import AFTER_SALES, AMOUNT, ORDER, PARCEL, PAYMENT, SHOP, Line, proposals

NUMBERS = (ORDER, PAYMENT, PARCEL, AFTER_SALES)
# Words by which a platform is known in its own texts, besides its name.
PLATFORM_WORDS = {
    "douyin": ("抖音", "抖店", "douyin"),
    "jd": ("京东", "jd.com", "自营"),
    "wechat_shop": ("微信小店", "视频号", "微信支付订单"),
    "ebay": ("ebay",),
    "amazon": ("亚马逊", "amazon"),
}
PROBLEM_WORDS = {
    "parcel_lost": ("丢件", "包裹丢失", "快递丢了", "没有收到货", "parcel lost", "never arrived"),
    "late_delivery": ("延迟发货", "超时未发货", "迟迟不发货", "一直不发货", "not shipped"),
    "fake_goods": ("假货", "假冒", "不是正品", "fake", "counterfeit"),
    "defective_goods": ("质量问题", "破损", "坏了", "与描述不符", "defective", "not as described"),
    "refund_refused": ("拒绝退款", "不给退款", "退款被拒", "refund refused", "refuse to refund"),
    "return_exchange": ("七天无理由", "退换货", "换货"),
    "booking": ("酒店预订", "到店无房", "订房", "团购券", "booking"),
    "account_frozen": ("账号被冻结", "账号被封", "账号被盗", "account frozen"),
    "money_anomaly": ("重复扣款", "多扣", "未到账", "charged twice"),
}


@dataclass(frozen=True, slots=True)
class Pasted:
    """Fields of a case by name, as text; `numbers` are (kind, number) of its order, the surest first."""

    fields: Mapping[str, str]
    numbers: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.fields or self.numbers)


def read_pasted(text: str, *, platforms: Sequence[str]) -> Pasted:
    """Shop, amount, currency, platform, kind of problem and numbers, each only where it is plain.

    `platforms` are the keys that can be chosen. Where a text names two platforms or problems, it offers none.
    """
    lines = [Line(1, line, 1000, (300 * (at % 2), 20 * at, 5000, 15)) for at, line in _lines(text)]
    found = proposals(lines)
    fields: dict[str, str] = {}
    for proposal in found:
        if proposal.kind == SHOP:
            fields.setdefault("merchant", proposal.value)
        elif proposal.kind == AMOUNT and "amount" not in fields:
            fields["amount"], _blank, fields["currency"] = proposal.value.partition(" ")
    for name, words in (("playbook", PLATFORM_WORDS), ("problem_kind", PROBLEM_WORDS)):
        key = _only_one(text, words)
        if key and (name != "playbook" or key in platforms):
            fields[name] = key
    return Pasted(fields, tuple((one.kind, one.value) for one in found if one.kind in NUMBERS))


def _lines(text: str) -> list[tuple[int, str]]:
    """Set in by turns, since a line that was ended goes on in no other, as a chat's bubble would."""
    return list(enumerate(line for line in text.splitlines() if line.strip()))


def _only_one(text: str, words: Mapping[str, tuple[str, ...]]) -> str:
    folded = text.casefold()
    keys = [key for key, signs in words.items() if any(sign in folded for sign in signs)]
    return keys[0] if len(keys) == 1 else ""
