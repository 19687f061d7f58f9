"""The smaller pieces of the JSON Schema of playbook files: texts, names, figures, events, conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cases.rules.events import (
    BODIES,
    COMPLEXITIES,
    CONTACT_OUTCOMES,
    EVENT_KINDS,
    MERCHANT_KINDS,
    MILESTONE_KINDS,
    PAYMENT_METHODS,
    PROBLEM_KINDS,
    RISKS,
    URGENCIES,
)
from cases.rules.schema_channels import CONFIDENCES, UNITS
from cases.rules.schema_hours import FRAME, WEEKDAYS
from cases.rules.schema_patterns import PREPARATIONS

KEY_PATTERN = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"
Schema = dict[str, Any]

TEXT: Schema = {"$ref": "#/$defs/text"}
TEXTS: Schema = {"type": "array", "items": TEXT}
FLAG: Schema = {"type": "boolean"}
NAME: Schema = {"type": "string", "minLength": 1}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
PATTERN: Schema = {"$ref": "#/$defs/pattern"}


def table(properties: Mapping[str, Schema], required: Iterable[str] = ()) -> Schema:
    found: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return {**found, "required": list(required)} if required else found


def list_of(items: Schema, *, least: int = 0) -> Schema:
    return {"type": "array", "items": items, **({"minItems": least} if least else {})}


def one_of(words: Iterable[str]) -> Schema:
    return {"enum": list(words)}


def names(words: Iterable[str] | None = None) -> Schema:
    items = NAME if words is None else one_of(words)
    return {**list_of(items, least=1), "uniqueItems": True}


def whole(low: int, high: int) -> Schema:
    return {"type": "integer", "minimum": low, "maximum": high}


def url() -> Schema:
    return {"type": "string", "pattern": "^https://"}


def keyed(name: str) -> Schema:
    return {
        "type": "object",
        "propertyNames": {"pattern": KEY_PATTERN},
        "additionalProperties": {"$ref": f"#/$defs/{name}"},
    }


def citation() -> dict[str, Schema]:
    return {"source": NAME, "article": TEXT, "confidence": one_of(CONFIDENCES), "checked_on": DAY}


def text() -> Schema:
    said = {"type": "string", "pattern": r"^\S(?:[\s\S]*\S)?$"}
    both = table({"zh-hans": said, "en": said}, required=("zh-hans", "en"))
    return {"description": "The same in Simplified Chinese and in English.", **both}


def frames() -> Schema:
    """Opening hours by day."""
    frame = {"type": "string", "pattern": f"^(?:{FRAME.pattern})$"}
    return table(dict.fromkeys(("daily", *WEEKDAYS, "days_off"), list_of(frame)))


def hours() -> Schema:
    return {"anyOf": [one_of(("always", "unknown")), frames()]}


def figure() -> Schema:
    number = whole(0, 100_000)
    found = table(
        {
            "key": NAME,
            "text": TEXT,
            "unit": one_of(UNITS),
            "value": number,
            "low": number,
            "high": number,
            "merchants": names(MERCHANT_KINDS),
        },
        required=("key", "text", "unit"),
    )
    no_range = {"not": {"anyOf": [{"required": ["low"]}, {"required": ["high"]}]}}
    single = {"required": ["value"], **no_range}
    return {**found, "oneOf": [single, {"required": ["low", "high"], "not": {"required": ["value"]}}]}


def _event() -> dict[str, Schema]:
    return {
        "on": one_of(EVENT_KINDS),
        "kinds": names(MILESTONE_KINDS),
        "channels": names(),
        "not_channels": names(),
        "bodies": names(BODIES),
        "outcomes": names(CONTACT_OUTCOMES),
        "with_facts": names(),
        "without_facts": names(),
        "values": {"type": "object", "additionalProperties": names()},
    }


def event_table(more: Mapping[str, Schema]) -> Schema:
    """A pattern with what else may stand in its table; milestones name their kinds, nothing else does."""
    return {
        **table({**_event(), **more}, required=("on",)),
        "if": {"properties": {"on": {"const": "milestone"}}},
        "then": {"required": ["kinds"]},
        "else": {"properties": {"kinds": False}},
    }


def pattern() -> Schema:
    return event_table({})


def condition() -> Schema:
    return table(
        {
            "problem_kinds": names(PROBLEM_KINDS),
            "risks": names(RISKS),
            "urgencies": names(URGENCIES),
            "complexities": names(COMPLEXITIES),
            "last_outcomes": names(CONTACT_OUTCOMES),
            "payment_methods": names(PAYMENT_METHODS),
            "during_big_sale": FLAG,
            "has_partner": FLAG,
            "money_in_dispute": FLAG,
            "happened": list_of(PATTERN),
            "not_happened": list_of(PATTERN),
            "missed": names(),
            "has": names(PREPARATIONS),
            "lacks": names(PREPARATIONS),
        }
    )
