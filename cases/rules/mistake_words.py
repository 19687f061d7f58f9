"""Says the mistakes of a playbook in Chinese: the loader tells them in English, as the shell needs them.

Each sentence of the loader stands here once, with its gaps; a test reads them off the loader's code.
"""

from __future__ import annotations

import re
from functools import cache

from cases.rules.text import Text

_SENTENCES = (
    # reading.py
    ("is missing; {wanted} is needed.", "缺少此项，需要填写{wanted}。"),
    ("is missing or empty; every text is in both languages.", "缺少或为空；每段文字都要有两种语言。"),
    ("begins or ends with a blank; take it away.", "开头或结尾有空格，请删去。"),
    ("is not a language of the product; there are zh-hans and en.", "不是本站的语言；可用 zh-hans 和 en。"),
    ("is empty; write it or leave the key out.", "内容为空；请填写，或删去这个键。"),
    ("must be a list of strings with at least one in it.", "必须是至少含一项的字符串列表。"),
    ("holds “{value}” twice.", "“{value}”出现了两次。"),
    ("“{value}” is not known here; did you mean “{close}”; known are {known}.",
     "这里没有“{value}”，您是不是想写“{close}”？可用的有：{known}。"),
    ("“{value}” is not known here; known are {known}.", "这里没有“{value}”，可用的有：{known}。"),
    ("is not known here; did you mean “{close}”.", "这里没有这个键，您是不是想写“{close}”？"),
    ("is not known here.", "这里没有这个键。"),
    ("is {value}, but {wanted} is needed.", "现在是{value}，需要的是{wanted}。"),
    ("is no good key: small letters, digits and underscores, parted by dots.",
     "键名不合规则：只能用小写字母、数字和下划线，中间用点隔开。"),
    # documents.py
    ("holds a key of more than {count} parts with dots between them.", "有的键用点隔成了 {count} 段以上。"),
    ("is nested too deeply; a playbook is a table of tables.", "嵌套层数太多；指南只是表中有表。"),
    ("has {count} signs, but {most} are the most.", "有 {count} 个字，最多 {most} 个。"),
    ("“{kind}” cannot be one's own; {known} is needed.", "不能自建“{kind}”这一类，只能是 {known}。"),
    ("holds more than {most} values; leave some of it out.", "内容超过 {most} 项，请删去一些。"),
    ("holds {count} rules, but {most} are the most.", "有 {count} 条规则，最多 {most} 条。"),
    ("holds {count} entries, but {most} are the most.", "有 {count} 项，最多 {most} 项。"),
    ("holds a control character; take it out.", "含有控制字符，请删去。"),
    ("“{other}” is no playbook of this site; did you mean “{close}”.",
     "本站没有指南“{other}”，您是不是想写“{close}”？"),
    ("“{other}” is no playbook of this site.", "本站没有指南“{other}”。"),
    ("is larger than {most} KB; leave some of it out.", "超过 {most} KB，请删去一些。"),
    ("is a number that nobody can count with.", "这个数字大得无法计算。"),
    ("holds a key that is longer than {most} signs or not printable.",
     "有的键超过 {most} 个字符，或含有无法显示的字符。"),
    ("This cannot be read as TOML: {error}.", "无法按 TOML 读取：{error}。"),
    ("holds a number, a date or a time that nobody can count with.", "含有无法计算的数字、日期或时间。"),
    # schema.py
    ("The name of the file is the playbook's key: small letters, digits and underscores.",
     "文件名就是指南的键：只能用小写字母、数字和下划线。"),
    ("is for platforms: whatever applies to a case comes with its platform.",
     "只有平台可以写这一项：还适用哪些指南，由平台带出。"),
    ("names “{key}” itself.", "写的是“{key}”自己。"),
    ("is missing; say which channels are closed then.", "缺少此项；请写明届时哪些渠道关闭。"),
    ("“{key}” is the key of two situations.", "有两个情形的键都是“{key}”。"),
    ("“{name}” is no time zone; write one such as Asia/Shanghai.",
     "没有“{name}”这个时区，请写成 Asia/Shanghai 这样。"),
    # schema_channels.py
    ("“{key}” is nothing that a case can hold, so it would close the way for good.",
     "“{key}”不是案件里能有的东西，设为必备就永远走不通。"),
    ("holds the key “{key}” twice.", "键“{key}”出现了两次。"),
    ("“{key}” is the key of two sources.", "有两个出处的键都是“{key}”。"),
    ("must begin with https://; leave it out when there is no public address.",
     "必须以 https:// 开头；没有公开网址就不要写。"),
    ("is {high}, which is less than {name}, {low}.", "是 {high}，比 {name} 的 {low} 还小。"),
    # schema_clocks.py
    ("does nothing here: workdays end on a workday.", "这里不起作用：按工作日计算，最后一天本来就是工作日。"),
    ("is for minutes and hours; whole days end with the day anyway.",
     "只用于分钟和小时；按天计算的，本来就到当天结束。"),
    ("cannot be asked for beside plus; one question to a clock.",
     "不能与 plus 同时使用；一个期限只问一个问题。"),
    ("“{key}” needs opening hours and waits, so that a last call can be told.",
     "“{key}”要写明开放时间和等待时间，才能算出最后拨打时间。"),
    ("says nothing of {unit}; it is for days, weeks, workdays, months and years.",
     "对 {unit} 不起作用；只用于天、周、工作日、月和年。"),
    # schema_hours.py
    ("has no time at which it is open; give daily or weekdays, or write “unknown”.",
     "没有任何开放时间；请写 daily 或星期几，或写成“unknown”。"),
    ('must be a list of times such as "09:00-21:00"; an empty list is closed.',
     '必须是 "09:00-21:00" 这样的时间列表；空列表表示不开放。'),
    ("“{value}” is no time of opening; write it as 09:00-21:00, in 24 hours.",
     "“{value}”不是开放时间，请按 24 小时制写成 09:00-21:00。"),
    ("“{value}” ends before it begins; through midnight, write …-24:00 and 00:00-… the next day.",
     "“{value}”结束早于开始；跨过午夜的，请写成当天 …-24:00 和次日 00:00-…。"),
    ("{opens} begins before the time in front of it ends; put them in order.",
     "{opens} 开始时前一段还没有结束，请按先后排列。"),
    # schema_patterns.py and schema_rules.py
    ("is missing; say which milestones are meant.", "缺少此项；请写明是哪些关键节点。"),
    ("is {to}, before effective_from, {since}.", "是 {to}，早于 effective_from 的 {since}。"),
    ("is empty; a rule that nothing starts is of no use.", "为空；没有起算事件的规则没有用处。"),
    ("are for spans of time; this clock shows one moment.", "只用于一段时间；这种期限只有一个时刻。"),
    ("is missing; say since when this holds instead of “{key}”.", "缺少此项；请写明从何时起取代“{key}”。"),
    ("“{key}” must say effective_to, a day before {since}.",
     "“{key}”要写明 effective_to，在 {since} 之前一天。"),
    ("is for situations; a clock starts whatever is prepared or overdue.",
     "只用于情形；起算与是否备齐、是否逾期无关。"),
)  # fmt: skip
_WORDS = {
    "a text in both languages, zh-hans and en,": "两种语言（zh-hans 和 en）的文字",
    "a text in both languages": "两种语言的文字",
    "a list of texts": "文字列表",
    "a string": "字符串",
    "a list of strings": "字符串列表",
    "true or false": "true 或 false",
    "a date such as 2026-11-22": "2026-11-22 这样的日期",
    "a table": "一个表",
    "a list of tables": "表的列表",
    "a list of channels": "渠道列表",
    "a list": "一个列表",
}
_NUMBER = re.compile(r"a whole number from (\S+) to (\S+)")


def reason_text(reason: str) -> Text:
    """The reason of a mistake in both languages; in English alone where it is not among those known."""
    for pattern, chinese in _patterns():
        if match := pattern.fullmatch(reason):
            gaps = {name: _word(value) for name, value in match.groupdict().items()}
            return Text(chinese.format(**gaps), reason)
    return Text(reason, reason)


def _word(value: str) -> str:
    if number := _NUMBER.fullmatch(value):
        return f"从 {number[1]} 到 {number[2]} 的整数"
    return _WORDS.get(value, value)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(english), chinese) for english, chinese in _SENTENCES)


def _pattern(english: str) -> re.Pattern[str]:
    """A sentence with its gaps as a pattern; a gap holds whatever stands there, line ends as well."""
    parts = re.split(r"\{(\w+)\}", english)
    told = [re.escape(part) if place % 2 == 0 else f"(?P<{part}>.*?)" for place, part in enumerate(parts)]
    return re.compile("".join(told), re.DOTALL)
