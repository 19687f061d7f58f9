"""Turns what was typed about a playbook, a channel or a rule of one's own into tables of its document."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from cases.models import ContactOutcome, MilestoneKind
from cases.rules.opening_words import opening_words
from cases.rules.text import Text
from cases.services.own_texts import both, free_key, said, said_lines, zone_name

# The outcomes by which the other side has answered at all.
ANSWERS = ("answered", "promised", "refused", "solved")
COUNTDOWN = "countdown"
CONTACT, ANSWER, NOTHING = "contact", "answer", ""
# Bodies whose word is not the platform's own; see `is_official` in docs/playbooks.md.
NOT_OFFICIAL = frozenset({"seller", "media"})
OWN_SOURCE = "own"
# The keys of sources that were typed with a rule; those of an uploaded file are left alone.
_TYPED_SOURCE = re.compile(r"source(_\d+)?")

OWN_TITLE = Text("用户自己填写，未经核对", "Entered by the user, not checked")
PREPARED = {
    "order_number": Text("订单号", "The order number"),
    "proof_of_payment": Text("付款凭证", "Proof of payment"),
    "problem_statement": Text("事情经过，按时间顺序", "What happened, in order of time"),
    "demand": Text("您的诉求", "What you ask for"),
    "screenshots": Text("截图、照片", "Screenshots and photos"),
    "merchant_name": Text("商家名称", "The seller's name"),
    "merchant_address": Text("商家地址", "The seller's address"),
    "tracking_number": Text("快递单号", "The parcel's tracking number"),
    "their_answer": Text("对方的答复", "What they answered"),
    "own_details": Text("您的姓名、电话和地址", "Your name, phone number and address"),
}


def new_document(
    *,
    kind: str,
    name: str,
    zone: str,
    calendar: str,
    goes_with: Sequence[str] = (),
    language: str,
    today: date,
) -> dict[str, Any]:
    """The least a playbook holds. `today` is the day on which its owner says so."""
    document: dict[str, Any] = {"kind": kind}
    describe(document, name=name, zone=zone, calendar=calendar, goes_with=goes_with, language=language)
    document["cited"] = {
        "source": OWN_SOURCE,
        "article": Text("本人填写的内容", "as entered").as_json(),
        "confidence": "own",
        "checked_on": today,
    }
    document["sources"] = [{"key": OWN_SOURCE, "title": OWN_TITLE.as_json()}]
    if kind == "platform":
        document["channels"], document["situations"] = {}, []
    return document


def describe(
    document: dict[str, Any],
    *,
    name: str,
    zone: str,
    calendar: str,
    goes_with: Sequence[str] = (),
    language: str,
) -> None:
    """Put what the head of a playbook says into the document."""
    document["name"] = said(name, document.get("name"), language)
    if document.get("zone") != zone:
        document["zone"] = zone
        document["zone_name"] = zone_name(zone)
    document["calendar"] = calendar
    document.pop("goes_with", None)
    if goes_with and document["kind"] == "platform":
        document["goes_with"] = list(goes_with)


def channel_entry(old: Mapping[str, Any], *, language: str, **typed: Any) -> dict[str, Any]:
    """A channel's table: what was typed over what it held before. `typed` is what ChannelForm cleans."""
    unknown = Text("不清楚", "Not known")
    entry = {
        **old,
        "name": said(typed["name"], old.get("name"), language),
        "way": said_lines(typed["way"], old.get("way"), language),
        "hours": typed["hours"],
        "usual_answer": said(typed["usual_answer"], old.get("usual_answer"), language, unknown),
        "good_for": said(typed["good_for"], old.get("good_for"), language, unknown),
        "limits": said_lines(typed["limits"], old.get("limits"), language),
        "prepare": _prepare(typed["prepare"], old.get("prepare", ())),
        "body": typed["body"],
        "is_official": typed["body"] not in NOT_OFFICIAL,
    }
    if typed["hours"] != old.get("hours") or "opening" not in old:
        entry["opening"] = opening_words(typed["hours"]).as_json()
    return entry


def _prepare(chosen: Sequence[str], old: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The items chosen; an item there before keeps its words, and one no form can choose stays."""
    kept = [dict(item) for item in old if item["key"] in chosen or item["key"] not in PREPARED]
    known = {item["key"] for item in kept}
    added = [{"key": key, "text": PREPARED[key].as_json()} for key in chosen if key not in known]
    return kept + added


def advise_channel(document: dict[str, Any], key: str) -> None:
    """Let the channel be advised: in every situation, unless a row of the document names it already."""
    rows = document.setdefault("situations", [])
    if any(key in row.get("channels", ()) for row in rows):
        return
    row = next((row for row in rows if row.get("key") == "otherwise"), None)
    if row is None:
        row = {
            "key": "otherwise",
            "title": Text("任何情况", "Whatever happened").as_json(),
            "when": {},
            "channels": [],
            "reason": Text("这是您自己填写的渠道。", "You entered this channel yourself.").as_json(),
        }
        rows.append(row)
    row["channels"] = [*row["channels"], key]


def forget_channel(document: dict[str, Any], key: str) -> None:
    """Take the channel out, and out of the situations that advise it."""
    document["channels"].pop(key, None)
    rows = document.get("situations", [])
    for row in rows:
        row["channels"] = [channel for channel in row.get("channels", ()) if channel != key]
    document["situations"] = [row for row in rows if row["channels"]]


def rule_entry(
    old: Mapping[str, Any], sources: list[dict[str, Any]], *, language: str, today: date, **typed: Any
) -> dict[str, Any]:
    """A rule's table: what was typed over what it held before. `typed` is what RuleForm cleans.

    A source that is not among `sources` yet is added to them.
    """
    entry = {
        **old,
        "title": said(typed["title"], old.get("title"), language),
        "action": said(typed["action"], old.get("action"), language),
        "binds": typed["binds"],
        "counted_from": _counted_from(typed),
        "starts": [_start(typed)],
        "clock": _clock(typed, language, old.get("clock", {})),
        "met_by": _met_by(typed),
    }
    entry.pop("consequence", None)
    if typed["consequence"]:
        entry["consequence"] = said(typed["consequence"], old.get("consequence"), language)
    cited = _citation(typed, sources, language, old)
    same = all(old.get(name) == value for name, value in cited.items())
    for name in ("source", "article", "confidence", "checked_on"):
        entry.pop(name, None)
    checked_on = old.get("checked_on", today) if same else today
    return {**entry, **cited, "checked_on": checked_on}


def _start(typed: Mapping[str, Any]) -> dict[str, Any]:
    if typed["unit"] == COUNTDOWN:
        return {"on": "milestone", "kinds": ["countdown_seen"], "values": {"step": [typed["step"]]}}
    channels = {"channels": [typed["channel"]]} if typed["channel"] else {}
    if typed["start"] == CONTACT:
        return {"on": "contact", **channels, "outcomes": [typed["outcome"]]}
    return {"on": "milestone", "kinds": [typed["start"]], **channels}


def _met_by(typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    met, channels = typed["met"], {"channels": [typed["channel"]]} if typed["channel"] else {}
    if met == NOTHING:
        return []
    if met in {CONTACT, ANSWER}:
        outcomes = {"outcomes": list(ANSWERS)} if met == ANSWER else {}
        return [{"on": "contact", **channels, **outcomes}]
    return [{"on": "milestone", "kinds": [met]}]


def _clock(typed: Mapping[str, Any], language: str, old: Mapping[str, Any]) -> dict[str, Any]:
    if typed["unit"] == COUNTDOWN:
        question = Text("App 上显示还剩多长时间？", "How much time does the app say is left?")
        kept = old.get("question", question.as_json()) if old.get("kind") == COUNTDOWN else question.as_json()
        return {"kind": COUNTDOWN, "fact": COUNTDOWN, "question": kept}
    clock: dict[str, Any] = {"kind": "span", "amount": typed["amount"], "unit": typed["unit"]}
    if typed["at_most"]:
        clock["at_most"] = typed["at_most"]
    if typed["include_first_day"]:
        clock["include_first_day"] = True
    if typed["roll"] != "none":
        clock["roll"] = typed["roll"]
    if typed["desk_hours"]:
        clock["desk_hours"] = typed["desk_hours"]
    return clock


def _counted_from(typed: Mapping[str, Any]) -> dict[str, str]:
    if typed["unit"] == COUNTDOWN:
        return both(MilestoneKind.COUNTDOWN_SEEN.label)
    if typed["start"] == CONTACT:
        contact, outcome = (
            Text("联系的时间，结果为", "The contact that ended: "),
            both(ContactOutcome(typed["outcome"]).label),
        )
        return {
            "zh-hans": f"{contact.zh_hans}「{outcome['zh-hans']}」",
            "en": f"{contact.en}{outcome['en'].lower()}",
        }
    return both(MilestoneKind(typed["start"]).label)


def _citation(
    typed: Mapping[str, Any], sources: list[dict[str, Any]], language: str, old: Mapping[str, Any]
) -> dict[str, Any]:
    cited: dict[str, Any] = {"confidence": typed["confidence"]}
    if typed["article"]:
        cited["article"] = said(typed["article"], old.get("article"), language)
    if not typed["source_title"]:
        if all(source["key"] != OWN_SOURCE for source in sources):
            sources.append({"key": OWN_SOURCE, "title": OWN_TITLE.as_json()})
        return {**cited, "source": OWN_SOURCE}
    for source in sources:
        titles = source["title"].values()
        if typed["source_title"] in titles and source.get("url", "") == typed["source_url"]:
            return {**cited, "source": source["key"]}
    key = free_key("source", [source["key"] for source in sources])  # as in _TYPED_SOURCE
    added = {"key": key, "title": said(typed["source_title"], None, language)}
    sources.append({**added, "url": typed["source_url"]} if typed["source_url"] else added)
    return {**cited, "source": key}


def forget_sources(document: dict[str, Any]) -> None:
    """Take out the typed sources that nothing cites any more."""
    tables = [document["cited"], *document.get("bars", ())]
    tables += [*document.get("channels", {}).values(), *document.get("rules", {}).values()]
    cited = {table.get("source") for table in tables}
    document["sources"] = [
        source
        for source in document["sources"]
        if source["key"] in cited or not _TYPED_SOURCE.fullmatch(source["key"])
    ]
