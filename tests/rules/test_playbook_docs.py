"""The playbook in docs/playbooks.md loads as it stands."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from cases.rules.advice import advise
from cases.rules.calendars import china_calendar
from cases.rules.deadlines import compute
from cases.rules.playbooks import load_playbooks
from cases.rules.situations import Situation
from tests.rules.moments import shanghai

PAGE = Path(__file__).resolve().parents[2] / "docs" / "playbooks.md"


def test_the_example_of_the_page_loads_and_counts(tmp_path):
    [example] = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "example.toml").write_text(example, encoding="utf-8")

    playbook = load_playbooks(tmp_path)["example"]

    rule = playbook.rules["phone.closing"]
    # A Saturday evening after the last call: closed on Sunday.
    due = compute(
        rule, playbook=playbook, at=shanghai("2026-11-21 17:55"), facts={}, calendar=china_calendar()
    )
    assert due.rule == "example.phone.closing"
    assert due.due_at == shanghai("2026-11-23 09:00")
    urgent = replace(Situation(), urgency="urgent")
    assert [one.channel.key for one in advise((playbook,), urgent, at=shanghai("2026-11-21 13:00"))] == [
        "chat",
        "phone",
    ]
