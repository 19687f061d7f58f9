"""The playbook in docs/playbooks.md loads as it stands, and the page knows every word of the schema."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cases.rules import (
    clocks,
    deadline_rules,
    events,
    playbooks,
    schema_channels,
    schema_clocks,
    schema_patterns,
)
from cases.rules.advice import advise
from cases.rules.calendars import CODES, china_calendar
from cases.rules.deadlines import compute
from cases.rules.json_schema import playbook_schema
from cases.rules.playbooks import Playbook, load_playbooks
from cases.rules.situations import Situation
from tests.rules.moments import milestone, shanghai

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "playbooks.md").read_text(encoding="utf-8")
[EXAMPLE] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def example(tmp_path: Path) -> Playbook:
    (tmp_path / "example.toml").write_text(EXAMPLE, encoding="utf-8")
    return load_playbooks(tmp_path)["example"]


def test_the_example_of_the_page_loads_and_counts(example: Playbook):
    # A Saturday evening after the last call: closed on Sunday.
    due = compute(
        example.rules["phone.closing"],
        playbook=example,
        at=shanghai("2026-11-21 17:55"),
        facts={},
        calendar=china_calendar(),
    )

    assert due.rule == "example.phone.closing"
    assert due.due_at == shanghai("2026-11-23 09:00")


def test_its_situations_lead_to_its_channels(example: Playbook):
    urgent = replace(Situation(), urgency="urgent")
    refused = replace(Situation(), events=(milestone("request_refused", "2026-11-20 10:00"),))

    def advised(situation: Situation) -> list[str]:
        found = advise((example,), situation, at=shanghai("2026-11-21 13:00"))
        return [one.channel.key for one in found]

    assert advised(urgent) == ["chat", "phone"]
    assert advised(refused) == ["phone", "chat"]


def test_its_window_stands_still_while_evidence_is_asked_for(example: Playbook):
    rule = example.rules["decision"]
    asked = milestone("evidence_requested", "2026-09-03 10:00")
    handed_in = milestone("material_uploaded", "2026-09-07 10:00")

    due = compute(
        rule,
        playbook=example,
        at=shanghai("2026-09-01 10:00"),
        facts={},
        calendar=china_calendar(),
        events=(asked, handed_in),
    )

    # Fifteen workdays from Tuesday the 1st: Monday the 21st, as Sunday the 20th is worked; Friday the 4th
    # and Monday the 7th do not count.
    assert due.due_at == shanghai("2026-09-23 23:59:59")


def test_an_editor_finds_no_slip_in_it():
    data = json.loads(json.dumps(tomllib.loads(EXAMPLE), default=lambda day: day.isoformat()))

    assert EXAMPLE.startswith("#:schema ./playbook.schema.json\n")
    assert list(Draft202012Validator(playbook_schema()).iter_errors(data)) == []


@pytest.mark.parametrize(
    "words",
    [
        playbooks.KINDS,
        CODES,
        events.EVENT_KINDS,
        events.MILESTONE_KINDS,
        events.CONTACT_OUTCOMES,
        events.COUNTDOWN_STEPS,
        events.BODIES,
        events.PAYMENT_METHODS,
        deadline_rules.BINDS,
        clocks.UNITS_OF_TIME,
        clocks.ROLLS,
        schema_clocks.CLOCKS,
        schema_channels.UNITS,
        schema_channels.CONFIDENCES,
        schema_channels.DRAFT_STYLES,
        schema_patterns.PREPARATIONS,
    ],
)
def test_the_page_names_every_word_that_may_be_written(words: tuple[str, ...]):
    code = set(
        re.findall(r"[^\s`]+", " ".join(re.findall(r"`([^`]+)`", PAGE.replace(f"```toml\n{EXAMPLE}```", ""))))
    )

    assert set(words) - code == set()


def test_the_page_names_every_key_that_may_be_written():
    keys: set[str] = set()

    def walk(part: object) -> None:
        if isinstance(part, dict):
            keys.update(part["properties"] if isinstance(part.get("properties"), dict) else ())
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(playbook_schema())
    named = set(re.findall(r"[a-z][a-z_-]+", PAGE))

    assert keys - named - {"tuesday", "wednesday", "thursday", "friday", "saturday"} == set()
