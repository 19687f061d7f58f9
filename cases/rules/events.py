"""What happens in a case, as the rules see it, and the words by which playbooks name it.

The words equal the values stored by `cases.models`; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

EVENT_KINDS = ("contact", "milestone", "exhibit", "advice")
CONTACT_OUTCOMES = ("no_answer", "bot_only", "answered", "promised", "refused", "solved")
MILESTONE_KINDS = (
    "goods_received",
    "return_sent",
    "return_received",
    "refund_requested",
    "refund_received",
    "stream_ended",
    "material_uploaded",
    "handed_to_partner",
    "partner_decided",
    "complaint_filed",
    "complaint_accepted",
    "complaint_refused",
    "promise_kept",
    "promise_broken",
)
PROBLEM_KINDS = (
    "parcel_lost",
    "late_delivery",
    "fake_goods",
    "defective_goods",
    "refund_refused",
    "return_exchange",
    "booking",
    "livestream_purchase",
    "account_frozen",
    "money_anomaly",
    "question",
    "other",
)
RISKS = ("normal", "high")
URGENCIES = ("normal", "urgent")
COMPLEXITIES = ("standard", "complex")
MERCHANT_KINDS = ("brand_flagship", "verified_enterprise", "small_shop", "personal_shop")


@dataclass(frozen=True, slots=True)
class Event:
    """A past fact (or, for "advice", the next step) that may start a deadline or meet one.

    `name` is a channel's key for a contact, an exhibit of a contact or an advice, and its kind for
    a milestone. `at` is aware. `contact_id` is the contact itself, or the one a milestone or an
    exhibit belongs to.
    """

    kind: str
    name: str
    at: datetime
    outcome: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    contact_id: int | None = None

    @property
    def is_contact(self) -> bool:
        return self.kind == "contact"


@dataclass(frozen=True, slots=True)
class EventPattern:
    """Which events are meant; an empty set stands for “any”."""

    kind: str
    names: frozenset[str] = frozenset()
    outcomes: frozenset[str] = frozenset()
    with_facts: frozenset[str] = frozenset()
    without_facts: frozenset[str] = frozenset()

    def matches(self, event: Event) -> bool:
        known = {name for name, value in event.facts.items() if value not in (None, "")}
        return (
            event.kind == self.kind
            and (not self.names or event.name in self.names)
            and (not self.outcomes or event.outcome in self.outcomes)
            and self.with_facts <= known
            and not self.without_facts & known
        )
