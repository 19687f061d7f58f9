"""The four ways to write: a chat message, a script for a call, a complaint, a letter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from cases.rules import draft_parts as parts
from cases.rules.draft_facts import DraftFacts
from cases.rules.draft_parts import Shape
from cases.rules.draft_phrases import Pen, numbered, one_line, spoken
from cases.rules.text import Text

ACCOUNT = Text("账号或卡号后四位", "account number, or the last four digits of the card")
RECIPIENT = Text("收信单位名称和地址", "name and address of whom you write to")
SIGNATURE = Text("签名", "signature")

TRIED = Text("此前联系情况", "What was tried before")
EVIDENCE = Text("证据清单", "Evidence")
RULES = Text("相关规定", "Rules of law concerned")
ORDERS = Text("订单信息", "Order details")
REQUEST = Text("诉求", "What I ask for")
FACTS = Text("事实经过", "What happened")
DATES = Text("关键时间：", "Dates:")


def chat(pen: Pen, facts: DraftFacts, shape: Shape) -> str:
    """Short and polite: the order and the problem first, then what is asked for."""
    details = parts.order_details(pen, facts) if shape.has_details else []
    merchant = pen.stopped(_of_merchant(pen, facts, Text("商家", "Merchant")))
    return _blocks(
        [_first_sentence(pen, facts, shape)],
        [pen.labelled(REQUEST, parts.demand(pen, facts, in_one_line=True)), *parts.request(pen, facts)],
        [line for line in (merchant, *details) if line],
        _headed(pen, TRIED, parts.contact_lines(pen, facts, shape.contacts)),
        _headed(pen, EVIDENCE, parts.exhibit_lines(pen, facts, shape.exhibits)),
        [pen.say(Text("谢谢！", "Thank you."))],
    )


def _first_sentence(pen: Pen, facts: DraftFacts, shape: Shape) -> str:
    numbers = parts.order_numbers(pen, facts)
    problem = parts.statement(pen, shape, in_one_line=True)
    if not numbers:
        return pen.say(
            Text("您好，我要反映一个问题：{problem}", "Hello, I have a problem: {problem}"), problem=problem
        )
    about = parts.bought(pen, facts.orders[0]) if len(facts.orders) == 1 and shape.has_details else ""
    if about:
        about = f"（{about}）" if pen.is_chinese else f" ({about})"
    return pen.say(
        Text(
            "您好，订单号 {numbers}{about}：{problem}",
            "Hello, this is about order {numbers}{about}: {problem}",
        ),
        numbers=numbers,
        about=about,
        problem=problem,
    )


def call(pen: Pen, facts: DraftFacts, shape: Shape) -> str:
    """A script to read out; the order number comes in groups."""
    name = pen.blank(parts.NAME)
    opening = pen.say(
        Text(
            "您好，我叫{name}，来电反映一个问题。", "Hello, my name is {name}. I am calling about a problem."
        ),
        name=name,
    )
    numbers = parts.order_numbers(pen, facts, spoken)
    label = Text("订单号（按组念）", "Order number (read it out in groups)")
    merchant = pen.stopped(_of_merchant(pen, facts, Text("商家", "Merchant")))
    about = [
        pen.labelled(label, numbers) if numbers else "",
        merchant,
        *(parts.order_details(pen, facts, with_item=True) if shape.has_details else []),
    ]
    return _blocks(
        [opening],
        [line for line in about if line],
        [pen.labelled(FACTS, parts.statement(pen, shape, in_one_line=True))],
        [pen.labelled(REQUEST, parts.demand(pen, facts, in_one_line=True)), *parts.request(pen, facts)],
        _headed(pen, TRIED, parts.contact_lines(pen, facts, shape.contacts)),
        _headed(pen, EVIDENCE, parts.exhibit_lines(pen, facts, shape.exhibits)),
        _to_ask(pen),
    )


def _to_ask(pen: Pen) -> list[str]:
    questions = (
        Text("请问您的工号是：________", "Your name or staff number, please: ________"),
        Text("这次来电的工单号是：________", "The ticket number of this call: ________"),
        Text("最晚什么时候给我答复：________", "By when will I have an answer: ________"),
    )
    heading = Text("挂电话前请问清并记下：", "Before you hang up, ask and write down:")
    return [pen.say(heading), *numbered(pen.say(question) for question in questions)]


def complaint(pen: Pen, facts: DraftFacts, shape: Shape) -> str:
    """Formal, in numbered sections: who, against whom, what for, what happened, with which proof."""
    sections = [
        (Text("投诉人", "Complainant"), _own_details(pen)),
        (Text("被投诉人", "Respondent"), list(_respondent(pen, facts))),
        (REQUEST, [parts.demand(pen, facts), *parts.request(pen, facts)]),
        (ORDERS, _orders(pen, facts, shape)),
        (FACTS, [parts.statement(pen, shape), *_dates(pen, facts, shape)]),
        (TRIED, parts.contact_lines(pen, facts, shape.contacts)),
        (RULES, parts.rule_lines(pen, facts) if shape.has_details else []),
        (EVIDENCE, parts.exhibit_lines(pen, facts, shape.exhibits, ask=True)),
    ]
    shown = [(title, lines) for title, lines in sections if lines]
    return _blocks(
        *([_section(pen, number, title), *lines] for number, (title, lines) in enumerate(shown, start=1))
    )


def _section(pen: Pen, number: int, title: Text) -> str:
    numeral = "一二三四五六七八"[number - 1]
    return pen.say(
        Text("{numeral}、{title}", "{number}. {title}"),
        numeral=numeral,
        number=number,
        title=title.in_language(pen.language),
    )


def _own_details(pen: Pen) -> list[str]:
    return [
        pen.labelled(Text("姓名", "Name"), pen.blank(parts.NAME)),
        pen.labelled(Text("电话", "Phone"), pen.blank(parts.PHONE)),
        pen.labelled(Text("地址", "Address"), pen.blank(parts.ADDRESS)),
    ]


def _respondent(pen: Pen, facts: DraftFacts) -> Iterator[str]:
    yield pen.labelled(Text("名称", "Name"), pen.or_blank(one_line(facts.merchant), parts.MERCHANT))
    address = pen.or_blank(one_line(facts.merchant_address), parts.MERCHANT_ADDRESS)
    yield pen.labelled(Text("地址", "Address"), address)
    bought_on = list(dict.fromkeys(filter(None, (one_line(order.platform) for order in facts.orders))))
    if bought_on:
        yield pen.labelled(Text("购买平台", "Bought on"), pen.listed(bought_on))
    if facts.partner_platform:
        yield pen.labelled(Text("合作平台", "Partner platform"), one_line(facts.partner_platform))


def _orders(pen: Pen, facts: DraftFacts, shape: Shape) -> list[str]:
    """The orders with everything known; a blank, or the numbers alone, where that cannot be."""
    if shape.has_details and facts.order_numbers:
        return parts.order_lines(pen, facts)
    numbers = parts.order_numbers(pen, facts)
    alone = [pen.labelled(Text("订单号", "Order number"), numbers)] if numbers else []
    return [*alone, *(parts.order_lines(pen, facts) if shape.has_details else [])]


def _dates(pen: Pen, facts: DraftFacts, shape: Shape) -> list[str]:
    lines = parts.happened_lines(pen, facts) if shape.has_details else []
    return [pen.say(DATES), *lines] if lines else []


def letter(pen: Pen, facts: DraftFacts, shape: Shape) -> str:
    """A formal letter with a date, a subject, numbered facts, the request and what is enclosed."""
    told = [
        *_orders(pen, facts, shape),
        parts.statement(pen, shape),
        *(parts.happened_lines(pen, facts) if shape.has_details else []),
    ]
    tried = parts.contact_lines(pen, facts, shape.contacts)
    enclosed = parts.exhibit_lines(pen, facts, shape.exhibits, ask=True)
    return _blocks(
        _sender(pen, facts),
        [pen.day(facts.at)],
        [pen.labelled(Text("致", "To"), _recipient(pen, facts))],
        _headed(pen, Text("被告", "Defendant"), _defendant(pen, facts)),
        [_subject(pen, facts)],
        [pen.say(Text("您好！", "Dear Sir or Madam,"))],
        _headed(pen, FACTS, numbered(told)),
        _headed(pen, TRIED, tried),
        _headed(pen, REQUEST, [parts.demand(pen, facts), *parts.request(pen, facts)]),
        _headed(pen, RULES, parts.rule_lines(pen, facts) if shape.has_details else []),
        _headed(pen, Text("附件", "Enclosures"), enclosed),
        [pen.say(Text("此致", "Yours faithfully,")), pen.blank(SIGNATURE), pen.blank(parts.NAME)],
    )


def _defendant(pen: Pen, facts: DraftFacts) -> list[str]:
    return list(_respondent(pen, facts)) if facts.body in parts.COURTS else []


def _sender(pen: Pen, facts: DraftFacts) -> list[str]:
    account = Text("账号", "Account")
    asked = [pen.labelled(account, pen.blank(ACCOUNT))] if facts.body == "payment" else []
    return [*_own_details(pen), *asked]


def _recipient(pen: Pen, facts: DraftFacts) -> str:
    if facts.body != "seller":
        return pen.blank(RECIPIENT)
    name = pen.or_blank(one_line(facts.merchant), parts.MERCHANT)
    return pen.listed([name, pen.or_blank(one_line(facts.merchant_address), parts.MERCHANT_ADDRESS)])


def _subject(pen: Pen, facts: DraftFacts) -> str:
    numbers = parts.order_numbers(pen, facts)
    about = pen.say(Text("关于订单 {numbers} 的争议", "Dispute about order {numbers}"), numbers=numbers)
    if not numbers:
        about = pen.say(Text("消费争议", "Consumer dispute"))
    merchant = _of_merchant(pen, facts, Text("商家", "merchant"))
    money = pen.labelled(Text("金额", "amount"), pen.money(facts.amount)) if facts.amount else ""
    return pen.labelled(Text("事由", "Subject"), pen.listed([about, merchant, money]))


def _of_merchant(pen: Pen, facts: DraftFacts, label: Text) -> str:
    """Whom the matter is with, for whoever is not the merchant."""
    merchant = one_line(facts.merchant)
    return pen.labelled(label, merchant) if merchant and facts.body != "seller" else ""


def _headed(pen: Pen, title: Text, lines: list[str]) -> list[str]:
    """The lines under their title, one line alone beside it."""
    if len(lines) == 1:
        return [pen.labelled(title, lines[0])]
    return (
        [pen.say(Text("{title}：", "{title}:"), title=title.in_language(pen.language)), *lines]
        if lines
        else []
    )


def _blocks(*blocks: Iterable[str]) -> str:
    """The blocks that say something, with an empty line between them."""
    texts = ("\n".join(block) for block in blocks)
    return "\n\n".join(text for text in texts if text)


STYLES: Mapping[str, Callable[[Pen, DraftFacts, Shape], str]] = {
    "chat": chat,
    "call": call,
    "complaint": complaint,
    "letter": letter,
}
