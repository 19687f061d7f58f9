"""The drawing beside a platform or a kind of problem; its words say the same."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from cases.models import ProblemKind
from cases.templatetags.display import icon

register = template.Library()

OF_PROBLEMS: dict[str, str] = {
    ProblemKind.PARCEL_LOST: "order",
    ProblemKind.LATE_DELIVERY: "clock",
    ProblemKind.FAKE_GOODS: "mask",
    ProblemKind.DEFECTIVE_GOODS: "broken",
    ProblemKind.REFUND_REFUSED: "coins",
    ProblemKind.RETURN_EXCHANGE: "swap",
    ProblemKind.BOOKING: "bed",
    ProblemKind.LIVESTREAM_PURCHASE: "video",
    ProblemKind.ACCOUNT_FROZEN: "lock",
    ProblemKind.MONEY_ANOMALY: "wallet",
    ProblemKind.QUESTION: "question",
    ProblemKind.OTHER: "cases",
}
OF_PLATFORMS = {"douyin": "note", "jd": "truck", "wechat_shop": "chat", "ebay": "tag", "amazon": "cart"}


@register.simple_tag
def picture(key: str) -> SafeString:
    """Of a kind of problem or a platform by its key; users' own platforms have that of a shop."""
    return icon(OF_PROBLEMS.get(key) or OF_PLATFORMS.get(key, "cart"))
