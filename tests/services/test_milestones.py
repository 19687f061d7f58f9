"""Logging dated facts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cases.models import Case, Milestone
from cases.services import cases, contacts, custody, milestones
from tests import factories
from tests.services.when import shanghai
from tracker.accounts.models import User

AT = shanghai("2026-09-24 10:00")


def log(case: Case, by: User, **fields: Any) -> Milestone:
    return milestones.log_milestone(
        case=case, by=by, at=AT, **{"kind": "goods_received", "happened_at": AT, **fields}
    )


def test_a_milestone_is_stored_and_recorded(case: Case, alice: User):
    milestone = log(case, alice, happened_at=shanghai("2026-09-23 18:00"), note=" left at the door ")

    assert milestone.note == "left at the door"
    assert case.custody_entries.get(action="milestone_logged").details == {
        "milestone": milestone.pk,
        "kind": "goods_received",
        "happened_at": "2026-09-23T10:00:00+00:00",
        "note": "left at the door",
    }
    assert custody.verify(case) == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"kind": "moon_landing"}, "kind", id="unknown kind"),
        pytest.param({"happened_at": shanghai("2026-09-24 10:06")}, "happened_at", id="in the future"),
        pytest.param({"happened_at": shanghai("1969-07-20 10:00")}, "happened_at", id="long ago"),
        pytest.param({"channel": "moon.landing"}, "channel", id="no such channel"),
        pytest.param({"kind": "countdown_seen"}, "step", id="a countdown towards nothing"),
        pytest.param({"kind": "handed_to_partner"}, "usual_workdays", id="a fact is missing"),
        pytest.param(
            {"kind": "handed_to_partner", "facts": {"usual_workdays": "soon"}},
            "usual_workdays",
            id="a fact makes no sense",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(
    case: Case, alice: User, fields: dict[str, Any], field: str
):
    with pytest.raises(ValidationError) as refused:
        log(case, alice, **fields)

    assert list(refused.value.message_dict) == [field]
    assert not case.milestones.exists()
    assert not case.custody_entries.filter(action="milestone_logged").exists()


def test_a_missing_fact_is_asked_for_in_the_words_of_the_playbook(case: Case, alice: User):
    with pytest.raises(ValidationError, match="How many workdays does the partner usually take"):
        log(case, alice, kind="handed_to_partner")


def test_a_contact_of_another_case_is_refused(case: Case, alice: User):
    other = factories.make_case(owner=alice)
    foreign = contacts.log_contact(case=other, by=alice, at=AT, channel="hotline", outcome="answered")

    with pytest.raises(ValidationError, match="belongs to another case"):
        log(case, alice, kind="promise_kept", contact=foreign)


def test_a_closed_case_takes_no_milestone(case: Case, alice: User):
    cases.close_case(case=case, by=alice, at=AT, outcome="given_up")

    with pytest.raises(ValidationError, match="closed"):
        log(case, alice)


def test_with_whom_it_was_is_stored_and_recorded(case: Case, alice: User):
    milestone = log(case, alice, kind="complaint_filed", channel="cn_12315.complaint")

    assert milestone.channel == "cn_12315.complaint"
    details = case.custody_entries.get(action="milestone_logged").details
    assert details["channel"] == "cn_12315.complaint"


def test_a_rule_that_was_not_asked_may_wait(case: Case, alice: User):
    milestone = log(case, alice, kind="handed_to_partner", must_count=False)

    assert not milestone.deadlines.exists()
