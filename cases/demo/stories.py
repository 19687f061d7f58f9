"""Six disputes, each in another state, told through the services; every channel is tried somewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from cases.demo.screenshots import Bubble, chat, order_page
from cases.demo.stage import Stage
from cases.models import (
    Case,
    Complexity,
    ContactOutcome,
    MerchantKind,
    MilestoneKind,
    OrderNumberKind,
    Outcome,
    ProblemKind,
    Risk,
    Status,
    Urgency,
)
from cases.services import cases, contacts, milestones, orders


def parcel_lost(stage: Stage) -> Case:
    """Open. The shop was written to twelve minutes ago and has not answered: its half hour is running."""
    opened = stage.ago(days=2, at="19:40")
    case = stage.open_case(
        at=opened,
        title="青花茶具在路上丢了",
        playbook="douyin",
        problem_kind=ProblemKind.PARCEL_LOST,
        merchant="雅韵瓷器旗舰店",
        merchant_kind=MerchantKind.BRAND_FLAGSHIP,
        problem_statement="下单后物流信息停在上海转运中心，连续五天没有更新，快递客服说包裹已经找不到了。",
        demand="请在三天内补发同款茶具，或者全额退款 368 元。",
        amount=Decimal("368.00"),
    )
    orders.add_order(
        case=case,
        by=stage.user,
        at=opened,
        platform="抖音商城",
        item="手绘青花茶具六件套 礼盒装",
        amount=Decimal("368.00"),
        paid_at=stage.ago(days=9, at="12:04"),
        numbers=[
            (OrderNumberKind.ORDER, "6920260911337742101"),
            (OrderNumberKind.PARCEL, "SF1488820937716"),
        ],
    )
    stage.add_screenshot(
        case,
        order_page(
            title="订单详情",
            clock="19:38",
            state="待收货",
            shop="雅韵瓷器旗舰店",
            item="手绘青花茶具六件套 礼盒装",
            rows=[
                ("订单编号", "6920260911337742101"),
                ("实付金额", "¥ 368.00"),
                ("物流单号", "SF1488820937716"),
            ],
        ),
        name="订单详情.png",
        shows="订单详情页：金额、订单编号和物流单号",
        taken_at=opened,
    )
    contacts.log_contact(
        case=case,
        by=stage.user,
        at=stage.ago(days=2, at="19:55"),
        channel="self_service",
        outcome=ContactOutcome.BOT_ONLY,
        summary="智能诊断只显示“包裹运输中”，没有其他办法。",
    )
    contacts.log_contact(
        case=case,
        by=stage.user,
        at=stage.ago(days=1, at="10:20"),
        channel="order_card",
        outcome=ContactOutcome.ANSWERED,
        person="客服 0173",
        ticket_number="KF20261173",
        summary="客服说已联系快递核实，让我再和店铺沟通。",
    )
    written = stage.minutes_ago(12)
    contact = contacts.log_contact(
        case=case,
        by=stage.user,
        at=written,
        channel="shop_message",
        outcome=ContactOutcome.NO_ANSWER,
        summary="私信店铺，要求今天之内给出补发或退款的答复。",
    )
    stage.add_screenshot(
        case,
        chat(
            title="雅韵瓷器旗舰店",
            clock="20:46",
            bubbles=[
                Bubble("me", "你好，茶具的物流五天没更新了，快递说包裹找不到了。"),
                Bubble("me", "请在今天之内答复：补发，或者全额退款 368 元。"),
                Bubble("notice", "对方暂未回复"),
            ],
        ),
        name="店铺私信.jpg",
        shows="店铺私信：提出补发或退款，对方未回复",
        taken_at=written,
        contact=contact,
    )
    return case


def fake_goods(stage: Stage) -> Case:
    """Escalated. The hotline promised an answer by yesterday evening and did not keep its word."""
    opened = stage.ago(days=8, at="21:10")
    case = stage.open_case(
        at=opened,
        title="收到的运动鞋是假货",
        playbook="douyin",
        problem_kind=ProblemKind.FAKE_GOODS,
        merchant="潮鞋严选",
        merchant_kind=MerchantKind.SMALL_SHOP,
        complexity=Complexity.COMPLEX,
        problem_statement="商品页写明“正品保证，假一赔三”，收到的鞋盒条码查不到，鞋标走线与专柜不同，鉴定为仿品。",
        demand="退款 899 元，并按“假一赔三”赔付。",
        amount=Decimal("3596.00"),
    )
    orders.add_order(
        case=case,
        by=stage.user,
        at=opened,
        platform="抖音商城",
        item="复古跑步鞋 灰蓝 42 码",
        amount=Decimal("899.00"),
        paid_at=stage.ago(days=14, at="22:31"),
        received_at=stage.ago(days=10, at="18:05"),
        numbers=[
            (OrderNumberKind.ORDER, "6920260908442210087"),
            (OrderNumberKind.AFTER_SALES, "7140260911008842"),
        ],
    )
    stage.add_screenshot(
        case,
        order_page(
            title="商品详情",
            clock="21:02",
            state="正品保证 假一赔三",
            shop="潮鞋严选",
            item="复古跑步鞋 灰蓝 42 码",
            rows=[
                ("订单编号", "6920260908442210087"),
                ("实付金额", "¥ 899.00"),
                ("鉴定结果", "不符合正品特征"),
            ],
        ),
        name="商品页承诺.png",
        shows="商品页写有“正品保证，假一赔三”",
        taken_at=opened,
    )
    contacts.log_contact(
        case=case,
        by=stage.user,
        at=stage.ago(days=7, at="11:15"),
        channel="shop_message",
        outcome=ContactOutcome.REFUSED,
        summary="店铺坚持是正品，拒绝赔付，只同意退货退款。",
    )
    appeal = contacts.log_contact(
        case=case,
        by=stage.user,
        at=stage.ago(days=6, at="14:30"),
        channel="appeal_upload",
        outcome=ContactOutcome.ANSWERED,
        ticket_number="SS-2026-88120",
        summary="上传鉴定报告、开箱视频截图和商品页截图。",
    )
    milestones.log_milestone(
        case=case,
        by=stage.user,
        at=stage.ago(days=6, at="14:31"),
        kind=MilestoneKind.MATERIAL_UPLOADED,
        happened_at=stage.ago(days=6, at="14:30"),
        contact=appeal,
    )
    call = contacts.log_contact(
        case=case,
        by=stage.user,
        at=stage.ago(days=3, at="10:12"),
        channel="hotline",
        outcome=ContactOutcome.PROMISED,
        person="工号 3021",
        ticket_number="RX-552108",
        summary="等了约 7 分钟才接通。客服核实身份后说会转专员处理。",
        promise="专员回电并给出处理结果",
        promised_by=stage.ago(days=1, at="18:00"),
    )
    stage.add_screenshot(
        case,
        chat(
            title="我的客服",
            clock="10:31",
            bubbles=[
                Bubble("notice", "通话结束 工单 RX-552108"),
                Bubble("them", "您好，您反馈的商品真伪问题已登记，专员会在承诺时间内与您联系。"),
                Bubble("me", "好的，请务必在时限内回电。"),
            ],
        ),
        name="热线工单.jpg",
        shows="热线工单短信：承诺专员回电",
        taken_at=stage.ago(days=3, at="10:31"),
        contact=call,
    )
    return cases.set_status(
        case=case, by=stage.user, at=stage.ago(days=3, at="10:40"), status=Status.ESCALATED
    )


def refund_refused(stage: Stage) -> Case:
    """Closed, partly solved: the hotline kept its word and the shop paid most of it back."""
    opened = stage.ago(days=12, at="09:30")
    case = stage.open_case(
        at=opened,
        title="羽绒服退货被拒",
        playbook="douyin",
        problem_kind=ProblemKind.REFUND_REFUSED,
        merchant="北境户外专营店",
        merchant_kind=MerchantKind.VERIFIED_ENTERPRISE,
        problem_statement="签收第二天申请七天无理由退货，吊牌完好，店铺以“影响二次销售”为由拒绝。",
        demand="同意退货并退款 299 元。",
        amount=Decimal("299.00"),
    )
    orders.add_order(
        case=case,
        by=stage.user,
        at=opened,
        platform="抖音商城",
        item="轻薄羽绒服 黑色 L",
        amount=Decimal("299.00"),
        paid_at=stage.ago(days=17, at="20:20"),
        received_at=stage.ago(days=13, at="12:00"),
        numbers=[(OrderNumberKind.ORDER, "6920260903551187342")],
    )
    contacts.log_contact(
        case=case,
        by=stage.user,
        at=stage.ago(days=12, at="09:45"),
        channel="official_service",
        outcome=ContactOutcome.BOT_ONLY,
        summary="机器人只重复退货规则，没有转人工。",
    )
    call = contacts.log_contact(
        case=case,
        by=stage.user,
        at=stage.ago(days=11, at="15:20"),
        channel="hotline",
        outcome=ContactOutcome.PROMISED,
        person="工号 1188",
        summary="客服确认吊牌完好可以退，答应催店铺处理。",
        promise="店铺在两天内同意退货",
        promised_by=stage.ago(days=9, at="15:20"),
    )
    stage.add_screenshot(
        case,
        chat(
            title="北境户外专营店",
            clock="16:02",
            bubbles=[
                Bubble("me", "平台客服已确认可以退货，请处理。"),
                Bubble("them", "亲，衣服有试穿痕迹，我们最多退 200 元哦。"),
                Bubble("me", "好的，退 200 元，衣服我留下。"),
            ],
        ),
        name="协商结果.jpg",
        shows="与店铺协商：退款 200 元，衣服不退",
        taken_at=stage.ago(days=10, at="16:02"),
        contact=call,
    )
    milestones.log_milestone(
        case=case,
        by=stage.user,
        at=stage.ago(days=10, at="16:10"),
        kind=MilestoneKind.PROMISE_KEPT,
        happened_at=stage.ago(days=10, at="16:02"),
        contact=call,
    )
    return cases.close_case(
        case=case,
        by=stage.user,
        at=stage.ago(days=9, at="11:00"),
        outcome=Outcome.PARTLY_SOLVED,
        recovered_amount=Decimal("200.00"),
    )


def hotel_booking(stage: Stage) -> Case:
    """Waiting. The complaint is with the partner platform: usual time plus two to three workdays."""
    opened = stage.ago(days=3, at="20:05")
    case = stage.open_case(
        at=opened,
        title="订好的酒店到店无房",
        playbook="douyin",
        problem_kind=ProblemKind.BOOKING,
        merchant="湖畔精品酒店",
        partner_platform="携程",
        problem_statement="在抖音买的两晚湖景房，到店后前台说没有房间，只能自费住到隔壁。",
        demand="退还房费 1,280 元，并承担差价 260 元。",
        amount=Decimal("1540.00"),
    )
    orders.add_order(
        case=case,
        by=stage.user,
        at=opened,
        platform="抖音生活服务",
        item="湖景大床房 两晚",
        amount=Decimal("1280.00"),
        paid_at=stage.ago(days=20, at="13:30"),
        numbers=[
            (OrderNumberKind.ORDER, "1083260831774205519"),
            (OrderNumberKind.PARTNER, "XC33120894477"),
        ],
    )
    contact = contacts.log_contact(
        case=case,
        by=stage.user,
        at=stage.ago(days=3, at="20:30"),
        channel="partner_platform",
        outcome=ContactOutcome.ANSWERED,
        person="携程客服 小陈",
        ticket_number="CT-7741203",
        summary="携程受理投诉，说通常 1 个工作日给结果。",
    )
    milestones.log_milestone(
        case=case,
        by=stage.user,
        at=stage.ago(days=3, at="20:32"),
        kind=MilestoneKind.HANDED_TO_PARTNER,
        happened_at=stage.ago(days=3, at="20:30"),
        facts={"usual_workdays": 1},
        contact=contact,
    )
    stage.add_screenshot(
        case,
        order_page(
            title="预订详情",
            clock="20:02",
            state="已确认",
            shop="湖畔精品酒店",
            item="湖景大床房 两晚 含双早",
            rows=[
                ("订单编号", "1083260831774205519"),
                ("携程单号", "XC33120894477"),
                ("实付金额", "¥ 1280.00"),
            ],
        ),
        name="酒店预订.png",
        shows="预订页显示“已确认”",
        taken_at=opened,
        contact=contact,
    )
    return cases.set_status(case=case, by=stage.user, at=stage.ago(days=3, at="20:35"), status=Status.WAITING)


def livestream_purchase(stage: Stage) -> Case:
    """Open and pressing: the stream ended twelve minutes ago, its chat can be looked up for eighteen more."""
    opened = stage.minutes_ago(40)
    case = stage.open_case(
        at=opened,
        title="直播间承诺的赠品没有发",
        playbook="douyin",
        problem_kind=ProblemKind.LIVESTREAM_PURCHASE,
        merchant="小鹿美妆直播间",
        merchant_kind=MerchantKind.PERSONAL_SHOP,
        urgency=Urgency.URGENT,
        during_big_sale=True,
        problem_statement="主播承诺下单送同款小样三件，订单里没有赠品，主播说“系统会自动补发”。",
        demand="补发三件赠品，或者退还 60 元差价。",
        amount=Decimal("60.00"),
    )
    orders.add_order(
        case=case,
        by=stage.user,
        at=opened,
        platform="抖音直播间",
        item="精华水乳套装",
        amount=Decimal("459.00"),
        paid_at=stage.minutes_ago(75),
        numbers=[(OrderNumberKind.ORDER, "6920261122005517733")],
    )
    contacts.log_contact(
        case=case,
        by=stage.user,
        at=stage.minutes_ago(10),
        started_at=stage.minutes_ago(30),
        ended_at=stage.minutes_ago(26),
        channel="live_room",
        outcome=ContactOutcome.ANSWERED,
        person="直播间客服 阿月",
        summary="客服在直播间里说赠品下播后统一补发。",
        stream_ended_at=stage.minutes_ago(12),
    )
    return case


def account_frozen(stage: Stage) -> Case:
    """Open, high risk: official service has confirmed, the hotline has not; it takes both."""
    opened = stage.ago(days=1, at="21:20")
    case = stage.open_case(
        at=opened,
        title="账号被冻结，钱包余额取不出来",
        playbook="douyin",
        problem_kind=ProblemKind.ACCOUNT_FROZEN,
        risk=Risk.HIGH,
        urgency=Urgency.URGENT,
        problem_statement="晚上收到异地登录提醒，随后账号被冻结，钱包里还有 2,150.60 元。",
        demand="确认余额安全，核实身份后解冻账号。",
        amount=Decimal("2150.60"),
    )
    stage.add_screenshot(
        case,
        chat(
            title="安全中心",
            clock="21:18",
            bubbles=[
                Bubble("notice", "账号已被冻结"),
                Bubble("them", "检测到异地登录，您的账号已被临时保护，钱包功能暂停使用。"),
            ],
        ),
        name="账号冻结通知.jpg",
        shows="安全中心通知：账号被冻结，钱包暂停使用",
        taken_at=opened,
    )
    contacts.log_contact(
        case=case,
        by=stage.user,
        at=opened + timedelta(minutes=15),
        channel="official_service",
        outcome=ContactOutcome.ANSWERED,
        person="人工客服 5520",
        ticket_number="AQ-90217",
        summary="官方客服确认余额没有变动，要求再打热线核实身份。",
    )
    return case


STORIES: tuple[Callable[[Stage], Case], ...] = (
    refund_refused,
    fake_goods,
    hotel_booking,
    parcel_lost,
    account_frozen,
    livestream_purchase,
)
# What a user may look around in: a silent shop, a refused refund, a promise for a stream.
EXAMPLES: tuple[Callable[[Stage], Case], ...] = (parcel_lost, refund_refused, livestream_purchase)
