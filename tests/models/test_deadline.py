"""Deadlines: what is derived, and what can never be stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.models import Case, Deadline, Reminder
from tests.services.when import shanghai

DUE = shanghai("2026-09-01 21:15")


def make(case: Case, **fields: Any) -> Deadline:
    return Deadline.objects.create(
        case=case,
        **{
            "rule": "douyin.hotline.closing",
            "whose": "mine",
            "triggered_at": DUE,
            "due_at": DUE,
            "because": {},
            "computed_at": DUE,
            **fields,
        },
    )


@pytest.mark.parametrize(
    ("fields", "at", "is_missed"),
    [
        pytest.param({}, DUE, False, id="open at its very moment"),
        pytest.param({}, shanghai("2026-09-01 21:16"), True, id="open a minute later"),
        pytest.param({"met_at": DUE}, shanghai("2026-09-09 21:15"), False, id="met in time"),
        pytest.param(
            {"met_at": shanghai("2026-09-02 09:00")}, shanghai("2026-09-09 21:15"), True, id="met too late"
        ),
        pytest.param(
            {"dropped_at": DUE, "drop_reason": "user"}, shanghai("2026-09-09 21:15"), False, id="dropped"
        ),
    ],
)
def test_missed_is_derived_from_the_facts(fields: dict[str, Any], at: datetime, is_missed: bool):
    assert Deadline(due_at=DUE, **fields).is_missed(at) is is_missed


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"window_from": shanghai("2026-09-01 21:16")}, id="a window that starts after its end"),
        pytest.param({"drop_reason": "user"}, id="a reason for dropping what was not dropped"),
    ],
)
def test_what_can_never_be_true_is_refused_by_the_database(case: Case, fields: dict[str, Any]):
    with pytest.raises(IntegrityError), transaction.atomic():
        make(case, **fields)


def test_a_case_has_one_open_deadline_of_a_rule_without_a_contact(case: Case):
    make(case)

    with pytest.raises(IntegrityError), transaction.atomic():
        make(case)


def test_a_new_one_may_follow_one_that_was_met(case: Case):
    make(case, met_at=DUE)

    assert make(case).is_open


def test_a_reminder_is_unique_for_its_step_and_version(case: Case):
    deadline = make(case)
    fields = {"user": case.owner, "deadline": deadline, "step": "due", "due_at": DUE}
    Reminder.objects.create(**fields, version=1, message_id="<1@localhost>")

    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(**fields, version=1, message_id="<2@localhost>")

    assert Reminder.objects.create(**fields, version=2, message_id="<2@localhost>").pk


@pytest.mark.parametrize(
    ("fields", "is_due"),
    [
        pytest.param({}, True, id="due now"),
        pytest.param({"due_at": shanghai("2026-09-01 21:16")}, False, id="due in a minute"),
        pytest.param({"due_at": shanghai("2020-01-01 00:00")}, True, id="due for years"),
        pytest.param({"sent_at": DUE}, False, id="sent"),
        pytest.param({"failed_at": DUE}, False, id="given up"),
        pytest.param({"cancelled_at": DUE}, False, id="cancelled"),
        pytest.param({"next_attempt_at": shanghai("2026-09-01 21:20")}, False, id="put off"),
        pytest.param({"next_attempt_at": DUE}, True, id="put off until now"),
    ],
)
def test_due_is_what_was_not_sent_without_a_lower_bound(case: Case, fields: dict[str, Any], is_due: bool):
    about = {"user": case.owner, "deadline": make(case)}
    Reminder.objects.create(**about, step="due", message_id="<1@localhost>", **{"due_at": DUE, **fields})

    assert Reminder.objects.due(DUE).exists() is is_due
