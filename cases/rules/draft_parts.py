"""The parts that drafts are put together from: orders, contacts, dates, evidence, rules, each as lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from cases.rules.draft_facts import CitedRule, ContactFacts, DatedFact, DraftFacts, OrderFacts
from cases.rules.draft_phrases import (
    NUMBER_KINDS,
    OUTCOMES,
    Pen,
    numbered,
    one_line,
    paragraphs,
    without_remark,
)
from cases.rules.text import Text

Extent = Literal["list", "count", "none"]

ORDER_NUMBER = Text("订单号", "order number")
PROBLEM = Text("发生了什么", "what happened")
DEMAND = Text("诉求", "what you ask for")
MERCHANT = Text("商家名称", "the merchant's name")
MERCHANT_ADDRESS = Text("商家公示的地址", "the merchant's address, as the shop publishes it")
NAME = Text("姓名", "your name")
PHONE = Text("电话", "your phone number")
ADDRESS = Text("地址", "your address")
# They are asked for a judgment, not for an answer by a day.
COURTS = frozenset({"court", "arbitration"})


@dataclass(frozen=True, slots=True)
class Shape:
    """How much of the case a draft tells; `statement` is the problem statement, whole or cut."""

    statement: str
    exhibits: Extent = "list"
    contacts: Extent = "list"
    has_details: bool = True


def order_numbers(pen: Pen, facts: DraftFacts, write: Callable[[str], str] = str) -> str:
    """The order numbers side by side, or a blank where the matter is about an order."""
    numbers = [write(one_line(number)) for number in facts.order_numbers]
    if numbers:
        return ("、" if pen.is_chinese else ", ").join(numbers)
    return pen.blank(ORDER_NUMBER) if facts.needs_order else ""


def statement(pen: Pen, shape: Shape, *, in_one_line: bool = False) -> str:
    clean = one_line if in_one_line else paragraphs
    return pen.sentence(pen.or_blank(clean(shape.statement), PROBLEM))


def demand(pen: Pen, facts: DraftFacts, *, in_one_line: bool = False) -> str:
    clean = one_line if in_one_line else paragraphs
    return pen.sentence(pen.or_blank(clean(facts.demand), DEMAND))


def request(pen: Pen, facts: DraftFacts) -> Iterator[str]:
    """What the demand comes with: the amount in dispute, and by when an answer is asked for."""
    if facts.amount:
        yield pen.sentence(pen.labelled(Text("争议金额", "Amount in dispute"), pen.money(facts.amount)))
    if facts.answer_by is None or facts.body in COURTS:
        return
    by = pen.due(facts.answer_by)
    if facts.answer_by.in_days:
        yield pen.say(Text("请在{by}当日结束前答复。", "Please answer by the end of {by}."), by=by)
    else:
        yield pen.say(Text("请在{by}前答复。", "Please answer by {by}."), by=by)


def bought(pen: Pen, order: OrderFacts) -> str:
    """The item and what it cost."""
    return pen.listed([one_line(order.item), pen.money(order.amount) if order.amount else ""])


def order_lines(pen: Pen, facts: DraftFacts) -> list[str]:
    """One line for each order, with all its numbers."""
    return [line for line in (_order_line(pen, order) for order in facts.orders) if line]


def order_details(pen: Pen, facts: DraftFacts, *, with_item: bool = False) -> list[str]:
    """What a text that began with the order numbers leaves unsaid of its orders."""
    if len(facts.orders) > 1:
        return order_lines(pen, facts)
    lines = (_order_line(pen, order, leave_out="order", with_item=with_item) for order in facts.orders)
    return [line for line in lines if line]


def _order_line(pen: Pen, order: OrderFacts, *, leave_out: str = "", with_item: bool = True) -> str:
    numbers = [
        f"{NUMBER_KINDS[kind].in_language(pen.language)} {one_line(number)}"
        for kind, number in order.numbers
        if kind in NUMBER_KINDS and kind != leave_out
    ]
    numbers[:1] = [number[0].upper() + number[1:] for number in numbers[:1]]
    paid, received = (
        pen.say(phrase, day=pen.day(at)) if at else ""
        for phrase, at in (
            (Text("{day}付款", "paid on {day}"), order.paid_at),
            (Text("{day}收货", "received on {day}"), order.received_at),
        )
    )
    item = bought(pen, order) if with_item else ""
    platform = one_line(order.platform)
    if platform:
        platform = pen.say(Text("购于{platform}", "bought on {platform}"), platform=platform)
    line = pen.sentence(pen.apart([*numbers, item, platform, paid, received]))
    return line if numbers or item else line[:1].upper() + line[1:]


def happened_lines(pen: Pen, facts: DraftFacts) -> list[str]:
    return [_dated(pen, fact) for fact in facts.happened]


def _dated(pen: Pen, fact: DatedFact) -> str:
    what = fact.what.in_language(pen.language)
    if fact.with_whom:
        name = fact.with_whom.in_language(pen.language)
        what += f"（{name}）" if pen.is_chinese else f" ({name})"
    told = pen.say(Text("{day}，{what}", "{day}: {what}"), day=pen.day(fact.at), what=what)
    return pen.sentence(pen.apart([told, one_line(fact.note)]))


def contact_lines(pen: Pen, facts: DraftFacts, extent: Extent) -> list[str]:
    """Every try in order of time, or how many there were."""
    if extent == "none" or not facts.contacts:
        return []
    if extent == "list":
        return numbered(_contact(pen, contact) for contact in facts.contacts)
    outcomes = Counter(contact.outcome for contact in facts.contacts if contact.outcome in OUTCOMES)
    times = Text("{outcome} {count} 次", "{outcome} {count}")
    told = pen.listed(
        pen.say(times, outcome=OUTCOMES[outcome].in_language(pen.language), count=count)
        for outcome, count in outcomes.items()
    )
    in_all = Text("共 {count} 次（{told}）。", "{count} in all ({told}).")
    return [pen.say(in_all, count=len(facts.contacts), told=told)]


def _contact(pen: Pen, contact: ContactFacts) -> str:
    channel = contact.channel.in_language(pen.language)
    if contact.is_incoming:
        theirs = Text("对方通过{channel}联系我", "they contacted me, {channel}")
        channel = pen.say(theirs, channel=channel)
    told = pen.say(
        Text("{at}，{channel}：{outcome}", "{at}, {channel}: {outcome}"),
        at=pen.moment(contact.at),
        channel=channel,
        outcome=_outcome(pen, contact),
    )
    ticket = one_line(contact.ticket_number)
    if ticket:
        ticket = pen.say(Text("工单号 {ticket}", "ticket {ticket}"), ticket=ticket)
    return pen.sentence(pen.apart([told, *_promised(pen, contact), ticket]))


def _outcome(pen: Pen, contact: ContactFacts) -> str:
    promise = one_line(contact.promise).rstrip("。.")
    if promise:
        return pen.say(Text("承诺“{promise}”", "promised “{promise}”"), promise=promise)
    outcome = OUTCOMES.get(contact.outcome)
    return outcome.in_language(pen.language) if outcome else contact.outcome


def _promised(pen: Pen, contact: ContactFacts) -> Iterator[str]:
    if contact.promised_by:
        yield pen.say(Text("承诺期限 {by}", "by {by}"), by=pen.moment(contact.promised_by))
    if contact.is_kept is not None:
        yield pen.say(Text("已兑现", "kept") if contact.is_kept else Text("未兑现", "not kept"))


def exhibit_lines(pen: Pen, facts: DraftFacts, extent: Extent, *, ask: bool = False) -> list[str]:
    """E1 and what it shows, or how many there are; `ask` leaves a blank where nobody said what it shows."""
    if extent == "none" or not facts.exhibits:
        return []
    if extent == "count":
        return [pen.say(Text("共 {count} 件。", "{count} in all."), count=len(facts.exhibits))]
    lines = []
    for exhibit in facts.exhibits:
        shows = one_line(exhibit.shows)
        if not shows and ask:
            asked = Text("{label} 的证明内容", "what {label} shows").fill(label=exhibit.label)
            shows = pen.blank(asked)
        lines.append(f"{exhibit.label} {shows}".strip())
    return lines


def rule_lines(pen: Pen, facts: DraftFacts) -> list[str]:
    """Where each rule stands, and until when its time runs in this case."""
    return [_cited(pen, rule) for rule in facts.rules]


def _cited(pen: Pen, rule: CitedRule) -> str:
    """In Chinese the place follows the name of the law without a sign between them."""
    told = pen.say(
        Text("{source}{article}：{title}", "{source}, {article}: {title}"),
        source=without_remark(rule.source.in_language(pen.language)),
        article=rule.article.in_language(pen.language),
        title=rule.title.in_language(pen.language),
    )
    missed, still = (
        Text("期限至 {by}，已过", "its time ended {by}"),
        Text("期限至 {by}", "its time ends {by}"),
    )
    return pen.sentence(pen.apart([told, pen.say(missed if rule.is_missed else still, by=pen.due(rule.due))]))
