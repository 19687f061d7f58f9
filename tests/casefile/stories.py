"""A dispute as people have them, told through the services: two orders, six contacts, four exhibits."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from cases.models import Case, CaseFile, Exhibit
from cases.services import case_files, cases, contacts, exhibits, milestones, orders
from tests import pictures
from tracker.accounts.models import User

SHANGHAI = ZoneInfo("Asia/Shanghai")
STATEMENT = (
    "9月1日在抖音商城“星河数码旗舰店”下单蓝牙耳机一副，页面写明48小时内发货。9月5日物流显示“已签收”，"
    "但本人并未收到，代收点也没有该包裹。商家称“以物流为准”，拒绝退款；快递公司书面确认包裹在中转站丢失。\n"
    "多次联系店铺私信、订单客服和400热线，均未解决。"
)
DEMAND = "请求退还货款 1,299.00 元，并按页面承诺赔付运费险。"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of September 2026 on the clocks of Shanghai, in UTC."""
    return datetime(2026, 9, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def lost_parcel(owner: User) -> Case:
    """Open, escalated in words, with a promise that was broken; the last entry is of 9 September."""
    case = cases.open_case(
        by=owner,
        at=at(6, 20, 15),
        title="蓝牙耳机显示已签收但从未收到",
        playbook="douyin",
        problem_kind="parcel_lost",
        merchant="星河数码旗舰店",
        merchant_kind="brand_flagship",
        merchant_address="浙江省杭州市余杭区文一西路 1 号",
        payment_method="card",
        also_playbooks=["card_chargeback"],
        problem_statement=STATEMENT,
        demand=DEMAND,
        amount=Decimal("1299.00"),
    )
    orders.add_order(
        case=case,
        by=owner,
        at=at(6, 20, 18),
        platform="抖音商城",
        item="降噪蓝牙耳机 Pro（云岩灰）",
        amount=Decimal("1299.00"),
        paid_at=at(1, 21, 32),
        numbers=[
            ("order", "6930112233445566778"),
            ("payment", "DY2026090121320012345"),
            ("parcel", "YT7788990011223"),
        ],
    )
    orders.add_order(
        case=case,
        by=owner,
        at=at(6, 20, 19),
        platform="抖音商城",
        item="运费险",
        amount=Decimal("3.50"),
        paid_at=at(1, 21, 32),
        numbers=[("order", "6930112233445566779")],
    )
    proofs = [
        add_exhibit(
            case,
            owner,
            at(6, 20, 25),
            pictures.encoded(pictures.screenshot(), "JPEG"),
            "订单详情.jpg",
            "订单详情：已付款 1,299.00 元",
        ),
        add_exhibit(
            case,
            owner,
            at(6, 20, 26),
            pictures.encoded(pictures.screenshot(size=(1080, 6400), lines=LONG_CHAT, seed=2)),
            "店铺聊天记录 长截图.png",
            "与店铺的聊天记录，店铺称“以物流为准”",
        ),
        add_exhibit(
            case,
            owner,
            at(6, 20, 27),
            pictures.encoded(pictures.screenshot(seed=3), "HEIF"),
            "IMG_0007.HEIC",
            "物流页面显示已签收",
        ),
    ]
    log(
        case,
        owner,
        at(6, 20, 45),
        "shop_message",
        "no_answer",
        summary="发送物流截图，请求核实并退款。",
        exhibits=proofs[1:2],
    )
    log(
        case,
        owner,
        at(6, 21, 30),
        "order_card",
        "bot_only",
        summary="机器人只回复“请耐心等待物流更新”。",
        exhibits=proofs[:1],
    )
    log(
        case,
        owner,
        at(7, 9, 20),
        "hotline",
        "promised",
        started_at=at(7, 9, 5),
        person="工号 3307",
        ticket_number="CS20260907000123",
        ended_at=at(7, 9, 17),
        summary="客服核实身份后登记，承诺 24 小时内回电答复。",
        promise="24 小时内回电答复退款结果",
        promised_by=at(8, 9, 17),
    )
    log(
        case,
        owner,
        at(8, 9, 30),
        "hotline",
        "no_answer",
        summary="承诺的回电没有来；再次拨打，排队 12 分钟后断线。",
    )
    proofs.append(
        add_exhibit(
            case,
            owner,
            at(8, 20, 0),
            pictures.pdf(("Carrier statement: parcel lost in transit",)),
            "快递公司证明.pdf",
            "快递公司书面确认包裹丢失",
        )
    )
    milestones.log_milestone(
        case=case,
        by=owner,
        at=at(8, 20, 5),
        kind="promise_broken",
        channel="hotline",
        happened_at=at(8, 9, 17),
        note="没有回电。",
    )
    log(
        case,
        owner,
        at(9, 10, 0),
        "official_service",
        "refused",
        person="在线客服 小北",
        summary="平台称以商家处理结果为准 😡，拒绝先行赔付。",
        exhibits=proofs[3:],
    )
    return case


def add_exhibit(case: Case, owner: User, when: datetime, data: bytes, name: str, shows: str) -> Exhibit:
    return exhibits.add_exhibit(case=case, by=owner, at=when, upload=pictures.upload(data, name), shows=shows)


def log(case: Case, owner: User, when: datetime, channel: str, outcome: str, **more: object) -> None:
    contacts.log_contact(case=case, by=owner, at=when, channel=channel, outcome=outcome, **more)  # type: ignore[arg-type]


def ready_case_file(
    case: Case, owner: User, *, when: datetime | None = None, language: str = "zh-hans"
) -> CaseFile:
    """A finished case file, built here; says why when it failed."""
    case_file = case_files.build_now(case=case, by=owner, at=when or at(9, 12), language=language)
    assert case_file.state == "ready", case_file.failure
    return case_file


LONG_CHAT = tuple(
    f"{'买家' if turn % 2 == 0 else '店铺'}：{text}"
    for turn, text in enumerate(
        [
            "包裹显示签收，但我没收到",
            "亲，物流显示已签收哦",
            "代收点没有，请核实",
            "以物流为准的呢",
            "请提供签收底单",
        ]
        * 7
    )
)
