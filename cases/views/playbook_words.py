"""What a playbook says of a rule, a bar and a condition, in words for its page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cases.models import ContactOutcome, MilestoneKind
from cases.rules.clocks import AtOnce, Clock, Countdown, LastCall, Moment, NextHours, Span
from cases.rules.deadline_rules import DeadlineRule, MetBy, PausedBy
from cases.rules.events import EventPattern
from cases.rules.phrases import desk_text, units_text
from cases.rules.playbooks import Bar, Playbook
from cases.rules.text import Text
from cases.services.own_texts import both

OR = Text("或", " or ")
LIST_COMMA = Text("、", ", ")
BODIES = {
    "consumer": Text("消费者", "the consumer"),
    "seller": Text("商家", "the seller"),
    "platform": Text("平台", "the platform"),
    "partner": Text("合作平台", "the partner platform"),
    "carrier": Text("快递企业", "the carrier"),
    "telecom": Text("电信企业", "the telecom company"),
    "payment": Text("银行或支付机构", "the bank or payment service"),
    "consumer_association": Text("消费者组织", "the consumer association"),
    "authority": Text("主管部门", "the authority"),
    "arbitration": Text("仲裁机构", "the arbitration body"),
    "court": Text("法院", "the court"),
    "police": Text("公安机关", "the police"),
    "media": Text("媒体", "the media"),
}
STEPS = {
    "seller_answers": Text("等待商家处理", "the seller answers"),
    "send_back": Text("等待寄回", "the goods are sent back"),
    "seller_confirms": Text("等待商家确认", "the seller confirms"),
    "ask_platform": Text("可申请平台介入", "the platform can be asked in"),
    "evidence": Text("等待举证", "evidence is handed in"),
    "platform_decides": Text("等待平台处理", "the platform decides"),
    "other": Text("其他", "something else"),
}
ROLLS = {
    "statutory": Text(
        "最后一天是法定休假日的，顺延至休假日结束后的第一天。",
        "A last day on a statutory day off moves to the first day after it.",
    ),
    "next_workday": Text(
        "最后一天不是工作日的，顺延至下一个工作日。",
        "A last day that is no workday moves to the next workday.",
    ),
    "none": Text("最后一天遇休息日不顺延。", "It ends on its last day even if that is a day off."),
}
FIRST_DAY_OUT = Text("起算当天不计入。", "The day it starts on is not counted.")
FIRST_DAY_IN = Text("起算当天计入。", "The day it starts on counts.")


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule with its arithmetic in words; `counting` are the sentences about how it is counted."""

    rule: DeadlineRule
    binds: Text
    length: Text
    counting: tuple[Text, ...]
    met_by: tuple[Text, ...]
    pauses: tuple[Text, ...]
    restarted_by: tuple[Text, ...]
    supersedes: DeadlineRule | None


def show_rule(playbook: Playbook, rule: DeadlineRule) -> ShownRule:
    return ShownRule(
        rule=rule,
        binds=BODIES[rule.binds],
        length=length_words(rule.clock, playbook),
        counting=tuple(_counting(rule.clock)),
        met_by=tuple(_met_words(met, playbook) for met in rule.met_by),
        pauses=tuple(_pause_words(pause, playbook) for pause in rule.pauses),
        restarted_by=tuple(event_words(pattern, playbook) for pattern in rule.restarted_by),
        supersedes=playbook.rules.get(rule.supersedes),
    )


def show_bar(playbook: Playbook, bar: Bar) -> tuple[Bar, Text, Text]:
    """The bar, what it closes, and after what."""
    return bar, _channel_words(bar.closes, playbook), _any_of(bar.after, playbook)


def length_words(clock: Clock, playbook: Playbook) -> Text:
    """How long, as in “7 to 15 workdays”."""
    if isinstance(clock, Span):
        return _span_words(clock)
    if isinstance(clock, AtOnce):
        return Text("立即", "at once")
    if isinstance(clock, Moment):
        return Text("到您填写的时间为止", "up to the moment that you tell")
    if isinstance(clock, Countdown):
        return Text("以 App 上显示的倒计时为准", "as long as the app's countdown shows")
    return _dialling_words(clock, playbook)


def _dialling_words(clock: LastCall | NextHours, playbook: Playbook) -> Text:
    sentence = (
        Text(
            "「{channel}」关闭前还来得及接通的最后时刻",
            "the last moment at which a call gets through: {channel}",
        )
        if isinstance(clock, LastCall)
        else Text("「{channel}」当前或下一个开放时段", "the present or next opening hours: {channel}")
    )
    return sentence.fill(channel=_channel_words([clock.channel], playbook))


def _span_words(span: Span) -> Text:
    most = units_text(span.at_most or span.amount, span.unit)
    length = most
    if span.at_most is not None and span.at_most != span.amount:
        length = Text(f"{span.amount} 至 {most.zh_hans}", f"{span.amount} to {most.en}")
    if span.plus:
        length = Text("您填写的天数，再加 {length}", "the number that you tell, and {length} more").fill(
            length=length
        )
    if span.origin:
        length = Text("从您填写的时间起 {length}", "{length} from the moment that you tell").fill(
            length=length
        )
    if span.desk_hours:
        length = Text("{length}（{desk}）", "{length} ({desk})").fill(
            length=length, desk=desk_text(span.desk_hours)
        )
    return length


def _counting(clock: Clock) -> Iterable[Text]:
    if not isinstance(clock, Span):
        return
    if clock.in_days:
        yield FIRST_DAY_IN if clock.include_first_day else FIRST_DAY_OUT
        if clock.unit != "workdays":
            yield ROLLS[clock.roll]
    if clock.to_end_of_day:
        yield Text("一直到当天结束。", "It runs to the end of that day.")


def _pause_words(pause: PausedBy, playbook: Playbook) -> Text:
    first_day = (
        Text("（当天起）", ", from that very day")
        if pause.from_first_day
        else Text("（次日起）", ", from the day after")
    )
    sentence = Text("从“{begins}”{first_day}到“{ends}”", "from “{begins}”{first_day}, to “{ends}”")
    return sentence.fill(
        begins=event_words(pause.begins, playbook),
        first_day=first_day,
        ends=event_words(pause.ends, playbook),
    )


def _met_words(met: MetBy, playbook: Playbook) -> Text:
    where = Text("", "")
    if met.other_channel:
        where = Text("（换一个渠道）", " (on another channel)")
    elif met.same_channel:
        where = Text("（同一渠道）", " (on the same channel)")
    words = event_words(met.pattern, playbook)
    return Text(words.zh_hans + where.zh_hans, words.en + where.en)


def _any_of(patterns: Iterable[EventPattern], playbook: Playbook) -> Text:
    return Text.joined((event_words(pattern, playbook) for pattern in patterns), between=Text("；", "; "))


def event_words(pattern: EventPattern, playbook: Playbook) -> Text:
    """Which events are meant, as in “Complaint filed (12315)”."""
    words = _event_kind(pattern)
    where = [_channel_words(sorted(pattern.channels), playbook)] if pattern.channels else []
    where += [BODIES[body] for body in sorted(pattern.bodies)]
    if pattern.not_channels:
        left_out = _channel_words(sorted(pattern.not_channels), playbook)
        where.append(Text("不含 {channels}", "but not {channels}").fill(channels=left_out))
    where += [
        STEPS.get(value, Text(value, value)) for _fact, values in pattern.values for value in sorted(values)
    ]
    if not where:
        return words
    return Text("{words}（{where}）", "{words} ({where})").fill(
        words=words, where=Text.joined(where, between=LIST_COMMA)
    )


def _event_kind(pattern: EventPattern) -> Text:
    if pattern.kind == "milestone":
        return _labels(MilestoneKind(kind).label for kind in sorted(pattern.kinds))
    if pattern.kind == "contact":
        if not pattern.outcomes:
            return Text("联系对方", "a contact")
        outcomes = _labels(ContactOutcome(outcome).label for outcome in sorted(pattern.outcomes))
        return Text("联系结果：{outcomes}", "a contact that ended: {outcomes}").fill(outcomes=outcomes)
    other = {
        "exhibit": Text("添加了证据", "an exhibit added"),
        "advice": Text("下一步就是这个渠道", "this channel is the next step"),
        "case": Text("建立案件", "the case was opened"),
    }
    return other[pattern.kind]


def _labels(labels: Iterable[object]) -> Text:
    said = (both(label) for label in labels)
    return Text.joined((Text(one["zh-hans"], one["en"]) for one in said), between=OR)


def _channel_words(keys: Iterable[str], playbook: Playbook) -> Text:
    channels = (playbook.channels.get(key) for key in keys)
    return Text.joined((channel.name for channel in channels if channel), between=LIST_COMMA)
