"""The JSON Schema beside the playbooks is current, takes every shipped one, and refuses usual slips."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cases.rules.json_schema import FILE, is_current, playbook_schema
from cases.rules.playbooks import SHIPPED_FOLDER
from cases.rules.schema import read_playbook

VALIDATOR = Draft202012Validator(playbook_schema())
SHIPPED = sorted(SHIPPED_FOLDER.glob("*.toml"))
CHAT = "chat.no_reply"


def as_json(toml: str) -> Any:
    """The tables of a file as an editor hands them to a validator: dates are strings."""
    return json.loads(json.dumps(tomllib.loads(toml), default=lambda day: day.isoformat()))


def told(data: Any) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(data)]


def test_the_file_is_current():
    assert is_current(), "Run manage.py playbook_schema and commit what it writes."


def test_it_is_itself_a_valid_schema():
    Draft202012Validator.check_schema(json.loads(FILE.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_playbook_holds_to_it(path):
    assert told(as_json(path.read_text(encoding="utf-8"))) == []


def drop(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        del data[path[-1]]

    return change


def put(value: Any, *path: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = value

    return change


TEXT = {"zh-hans": "是", "en": "yes"}
SLIPS = {
    "a kind that is none": put("shop", "kind"),
    "no kind": drop("kind"),
    "a calendar that is none": put("FR", "calendar"),
    "an unknown key": put(1, "nmae"),
    "a text in one language": put({"en": "Only English"}, "name"),
    "a text with a blank at its end": put({"zh-hans": "是", "en": "yes "}, "name"),
    "a source without https": put("http://example.org", "sources", 0, "url"),
    "a confidence from memory": put("M", "cited", "confidence"),
    "a date that is a word": put("yesterday", "cited", "checked_on"),
    "a platform without channels": drop("channels"),
    "a channel key in capitals": put({}, "channels", "Phone"),
    "a channel nobody stands behind": drop("channels", "phone", "body"),
    "hours on a clock with 25 of them": put({"daily": ["09:00-25:00"]}, "channels", "phone", "hours"),
    "a preparation that is none": put([{"key": "invoice", "text": TEXT}], "channels", "phone", "prepare"),
    "a rung above the ladder": put(101, "situations", 0, "rung"),
    "the old “whose”": put("mine", "rules", CHAT, "whose"),
    "nobody who is bound": drop("rules", CHAT, "binds"),
    "the old clock of minutes": put({"kind": "minutes", "minutes": 10}, "rules", CHAT, "clock"),
    "a unit that is none": put({"kind": "span", "amount": 1, "unit": "day"}, "rules", CHAT, "clock"),
    "an amount in words": put({"kind": "span", "amount": "7", "unit": "days"}, "rules", CHAT, "clock"),
    "desk hours without a desk": put(
        {"kind": "span", "amount": 4, "unit": "desk_hours"}, "rules", CHAT, "clock"
    ),
    "a question that is not asked": put(
        {"kind": "span", "amount": 4, "unit": "days", "plus": "usual"}, "rules", CHAT, "clock"
    ),
    "a milestone without its kind": put([{"on": "milestone"}], "rules", CHAT, "starts"),
    "a milestone that is none": put([{"on": "milestone", "kinds": ["paied"]}], "rules", CHAT, "starts"),
    "kinds of a contact": put([{"on": "contact", "kinds": ["paid"]}], "rules", CHAT, "met_by"),
    "nothing that starts it": put([], "rules", CHAT, "starts"),
    "a figure with a value and a range": put(
        [{"key": "a", "text": TEXT, "unit": "days", "value": 1, "low": 1, "high": 2}], "figures"
    ),
    "a pause without an end": put([{"from": {"on": "case"}}], "rules", CHAT, "pauses"),
}


def example() -> dict[str, Any]:
    """A small playbook without a mistake."""
    rule = {
        "title": TEXT,
        "action": TEXT,
        "binds": "seller",
        "counted_from": TEXT,
        "starts": [{"on": "contact", "channels": ["phone"], "outcomes": ["no_answer"]}],
        "clock": {"kind": "span", "amount": 10, "unit": "minutes"},
        "met_by": [],
    }
    channel = {
        "name": TEXT,
        "body": "seller",
        "way": [TEXT],
        "hours": {"daily": ["09:00-21:00"], "sunday": []},
        "opening": TEXT,
        "usual_answer": TEXT,
        "good_for": TEXT,
        "limits": [],
        "prepare": [],
        "is_official": False,
    }
    row = {"key": "any", "title": TEXT, "when": {}, "channels": ["phone"], "reason": TEXT}
    return {
        "kind": "platform",
        "name": TEXT,
        "edition": "2026-11-22",
        "zone": "Asia/Shanghai",
        "zone_name": TEXT,
        "calendar": "CN",
        "cited": {"source": "a", "article": TEXT, "confidence": "S", "checked_on": "2026-11-22"},
        "sources": [{"key": "a", "title": TEXT}],
        "channels": {"phone": channel},
        "situations": [row],
        "rules": {CHAT: rule},
    }


def test_the_example_holds_to_it():
    assert told(example()) == []


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_slip_is_seen(slip: Callable[[dict[str, Any]], None]):
    data = example()

    slip(data)

    assert told(data) != []
    # What the editor underlines, the judge refuses as well.
    if data["cited"]["checked_on"] == "2026-11-22":
        data["cited"]["checked_on"] = date(2026, 11, 22)
    assert read_playbook("x.toml", "x", data)[1] != ()


def test_a_law_needs_no_channels_and_goes_with_nothing():
    law = example() | {"kind": "law", "rules": {}}
    del law["channels"], law["situations"]

    assert told(law) == []
    assert told({**law, "goes_with": ["cn_12315"]}) != []
