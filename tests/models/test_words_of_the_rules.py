"""The words by which playbooks name events are those that the models store."""

from __future__ import annotations

from cases.models import (
    Complexity,
    ContactOutcome,
    MerchantKind,
    MilestoneKind,
    ProblemKind,
    Risk,
    Urgency,
)
from cases.rules import events
from cases.rules.situations import Situation
from tests.rules.moments import contact


def test_playbooks_and_models_use_the_same_words():
    assert set(events.CONTACT_OUTCOMES) == set(ContactOutcome.values)
    assert set(events.MILESTONE_KINDS) == set(MilestoneKind.values)
    assert set(events.PROBLEM_KINDS) == set(ProblemKind.values)
    assert set(events.MERCHANT_KINDS) == {kind for kind in MerchantKind.values if kind}
    assert set(events.RISKS) == set(Risk.values)
    assert set(events.URGENCIES) == set(Urgency.values)
    assert set(events.COMPLEXITIES) == set(Complexity.values)


def test_a_fact_that_is_empty_is_no_fact():
    pattern = events.EventPattern("contact", with_facts=frozenset({"promised_by"}))

    assert not pattern.matches(contact("hotline", "promised", promised_by=None))
    assert not pattern.matches(contact("hotline", "promised", promised_by=""))
    assert pattern.matches(contact("hotline", "promised", promised_by="2026-09-25T18:00"))


def test_the_last_outcome_is_that_of_the_latest_contact_whatever_the_order_of_logging():
    situation = Situation(
        events=(
            contact("official_service", "bot_only", "2026-09-24 12:00"),
            contact("hotline", "answered", "2026-09-24 11:00"),
        )
    )

    assert situation.last_outcome == "bot_only"
    assert Situation().last_outcome == ""
