"""Describes playbook files as a JSON Schema, so that an editor can complete and check while one writes.

It is made from the words that the schema itself reads by; what a JSON Schema cannot say, such as that
a channel named in a rule is there, is left to `manage.py check_playbooks`, which stays the judge.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from cases.rules.calendars import CODES
from cases.rules.clocks import ROLLS, UNITS_OF_TIME
from cases.rules.deadline_rules import BINDS
from cases.rules.events import BODIES
from cases.rules.json_schema_parts import (
    DAY,
    FLAG,
    NAME,
    PATTERN,
    TEXT,
    TEXTS,
    Schema,
    citation,
    condition,
    event_table,
    figure,
    frames,
    hours,
    keyed,
    list_of,
    names,
    one_of,
    pattern,
    table,
    text,
    url,
    whole,
)
from cases.rules.playbooks import KINDS, SHIPPED_FOLDER
from cases.rules.schema import HIGHEST_RUNG
from cases.rules.schema_channels import DRAFT_STYLES, LONGEST_DRAFT
from cases.rules.schema_clocks import CLOCKS, MOST
from cases.rules.schema_patterns import PREPARATIONS

FILE = SHIPPED_FOLDER / "playbook.schema.json"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
MOST_AT_ALL = max(MOST.values())
MOST_MINUTES = 60 * 24 * 366


def playbook_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of a playbook file."""
    required = ["kind", "name", "edition", "zone", "zone_name", "calendar", "cited", "sources"]
    head = table(
        {
            "kind": one_of(KINDS),
            "name": TEXT,
            "edition": NAME,
            "zone": {**NAME, "examples": ["Asia/Shanghai"]},
            "zone_name": TEXT,
            "calendar": one_of(CODES),
            "goes_with": names(),
            "cited": table(citation(), required=("source", "article", "confidence", "checked_on")),
            "sources": list_of(table({"key": NAME, "title": TEXT, "url": url()}, required=("key", "title"))),
            "channels": keyed("channel"),
            "situations": list_of({"$ref": "#/$defs/situation"}),
            "bars": list_of({"$ref": "#/$defs/bar"}),
            "rules": keyed("rule"),
            "figures": list_of({"$ref": "#/$defs/figure"}),
            "notes": list_of(table({"key": NAME, "text": TEXT}, required=("key", "text"))),
        },
        required=required,
    )
    platform = {"properties": {"kind": {"const": "platform"}}}
    return {
        "$schema": DRAFT,
        "title": "A playbook",
        "description": "docs/playbooks.md tells what each key means; check_playbooks has the last word.",
        **head,
        "if": platform,
        "then": {"required": ["channels", "situations"]},
        "else": {"properties": {"goes_with": False}},
        "$defs": _definitions(),
    }


def _definitions() -> Schema:
    return {
        "text": text(),
        "hours": hours(),
        "figure": figure(),
        "pattern": pattern(),
        "condition": condition(),
        "channel": _channel(),
        "situation": _situation(),
        "bar": _bar(),
        "clock": _clock(),
        "rule": _rule(),
    }


def written() -> str:
    """The schema as it is kept in the file beside the playbooks."""
    return json.dumps(playbook_schema(), ensure_ascii=False, indent=2) + "\n"


def write() -> None:
    FILE.write_text(written(), encoding="utf-8")


def is_current() -> bool:
    """Whether the file is there and says what this edition of the site reads."""
    return FILE.exists() and FILE.read_text(encoding="utf-8") == written()


def _channel() -> Schema:
    prepared = {"key": one_of(PREPARATIONS), "required": FLAG, "text": TEXT}
    wait = {
        "subject": NAME,
        "minutes": whole(0, 600),
        "depth": whole(1, 10),
        "depth_of": whole(1, 10),
        "label": TEXT,
    }
    draft = {"style": one_of(DRAFT_STYLES), "max_length": whole(1, LONGEST_DRAFT)}
    needed = {
        "name": TEXT,
        "body": one_of(BODIES),
        "way": TEXTS,
        "hours": {"$ref": "#/$defs/hours"},
        "opening": TEXT,
        "usual_answer": TEXT,
        "good_for": TEXT,
        "limits": TEXTS,
        "prepare": list_of(table(prepared, required=("key", "text"))),
        "is_official": FLAG,
    }
    more = {
        "figures": list_of({"$ref": "#/$defs/figure"}),
        "waits": list_of(table(wait, required=wait)),
        "usual_subject": NAME,
        "margin_minutes": whole(0, 120),
        "save_record_within_minutes": whole(1, MOST_MINUTES),
        "draft": table(draft),
        "capture": TEXTS,
        **citation(),
    }
    return {**table({**needed, **more}, required=needed), "dependentRequired": {"waits": ["usual_subject"]}}


def _situation() -> Schema:
    flags = ("confirm_all", "side_by_side", "open_first", "official_only")
    needed = {
        "key": NAME,
        "title": TEXT,
        "when": {"$ref": "#/$defs/condition"},
        "channels": names(),
        "reason": TEXT,
    }
    more = {"rung": whole(0, HIGHEST_RUNG), "action": TEXT, **dict.fromkeys(flags, FLAG)}
    return table({**needed, **more}, required=needed)


def _bar() -> Schema:
    needed = {"key": NAME, "closes": names(), "after": list_of(PATTERN), "reason": TEXT}
    return table({**needed, **citation()}, required=needed)


def _clock() -> Schema:
    asking = {"fact": NAME, "question": TEXT}
    dialling = {"channel": NAME, "question": TEXT}
    by_kind = {
        "span": _span(),
        "at_once": _kind("at_once", {}),
        "moment": _kind("moment", asking, required=asking),
        "countdown": _kind("countdown", asking, required=asking),
        "last_call": _kind("last_call", dialling, required=dialling),
        "next_hours": _kind("next_hours", dialling, required=dialling),
    }
    return {"oneOf": [by_kind[kind] for kind in CLOCKS]}


def _kind(kind: str, properties: Mapping[str, Schema], required: Iterable[str] = ()) -> Schema:
    return table({"kind": {"const": kind}, **properties}, required=("kind", *required))


def _span() -> Schema:
    asks = {"anyOf": [{"required": ["plus"]}, {"required": ["from"]}]}
    found = _kind(
        "span",
        {
            "amount": whole(0, MOST_AT_ALL),
            "unit": one_of(UNITS_OF_TIME),
            "at_most": whole(1, MOST_AT_ALL),
            "plus": NAME,
            "from": NAME,
            "question": TEXT,
            "include_first_day": FLAG,
            "roll": one_of(ROLLS),
            "desk_hours": frames(),
            "to_end_of_day": FLAG,
        },
        required=("amount", "unit"),
    )
    desk = {
        "if": {"properties": {"unit": {"const": "desk_hours"}}},
        "then": {"required": ["desk_hours"]},
        "else": {"properties": {"desk_hours": False}},
    }
    asked = {"if": asks, "then": {"required": ["question"]}, "else": {"properties": {"question": False}}}
    return {**found, "allOf": [desk, asked, {"not": {"required": ["plus", "from"]}}]}


def _rule() -> Schema:
    start = event_table({"when": {"$ref": "#/$defs/condition"}, "once_per_case": FLAG})
    met = event_table(dict.fromkeys(("same_contact", "other_channel", "same_channel"), FLAG))
    pause = {"from": PATTERN, "until": PATTERN}
    needed = {
        "title": TEXT,
        "action": TEXT,
        "binds": one_of(BINDS),
        "counted_from": TEXT,
        "starts": list_of(start, least=1),
        "clock": {"$ref": "#/$defs/clock"},
        "met_by": list_of(met),
    }
    more = {
        "consequence": TEXT,
        "pauses": list_of(table({**pause, "from_first_day": FLAG}, required=pause)),
        "restarted_by": list_of(PATTERN),
        "effective_from": DAY,
        "effective_to": DAY,
        "supersedes": NAME,
        "notes": TEXTS,
        **citation(),
    }
    return table({**needed, **more}, required=needed)
