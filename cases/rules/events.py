"""What happens in a case, as the rules see it, and the words by which playbooks name it.

The words equal the values stored by `cases.models`; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

EVENT_KINDS = ("contact", "milestone", "exhibit", "advice", "case")
CONTACT_OUTCOMES = ("no_answer", "bot_only", "answered", "promised", "refused", "solved")
MILESTONE_KINDS = (
    "paid",
    "contract_concluded",
    "delivery_promised",
    "goods_received",
    "problem_noticed",
    "return_requested",
    "return_sent",
    "return_received",
    "repair_requested",
    "repair_ended",
    "refund_requested",
    "refund_agreed",
    "refund_received",
    "request_refused",
    "stream_ended",
    "material_uploaded",
    "evidence_requested",
    "countdown_seen",
    "handed_to_partner",
    "partner_decided",
    "complaint_filed",
    "complaint_accepted",
    "complaint_refused",
    "period_extended",
    "decision_received",
    "mediation_ended",
    "report_filed",
    "report_supplemented",
    "report_registered",
    "testing_started",
    "testing_ended",
    "lead_found",
    "bill_sent",
    "notice_received",
    "fraud_noticed",
    "promise_kept",
    "promise_broken",
)
# What a countdown in the app may run towards: the fact `step` of the milestone “countdown_seen”.
COUNTDOWN_STEPS = (
    "seller_answers",
    "send_back",
    "seller_confirms",
    "ask_platform",
    "evidence",
    "platform_decides",
    "other",
)
# Who stands behind a channel.
BODIES = (
    "seller",
    "platform",
    "partner",
    "carrier",
    "telecom",
    "payment",
    "consumer_association",
    "authority",
    "arbitration",
    "court",
    "police",
    "media",
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
PAYMENT_METHODS = ("card", "wallet", "bank_transfer", "balance")
MERCHANT_KINDS = ("brand_flagship", "verified_enterprise", "small_shop", "personal_shop")


@dataclass(frozen=True, slots=True)
class Event:
    """A past fact (or, for "advice", the next step) that may start a deadline or meet one.

    `name` is a channel's key for a contact, an exhibit of a contact or an advice, and the kind of a
    milestone; "case" is the opening of the case. `channel` is the one a milestone belongs to, if any,
    and `body` who stands behind the channel. `at` is aware. `contact_id` is the contact itself, or the
    one a milestone or an exhibit belongs to.
    """

    kind: str
    name: str
    at: datetime
    outcome: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    contact_id: int | None = None
    channel: str = ""
    body: str = ""

    @property
    def is_contact(self) -> bool:
        return self.kind == "contact"

    @property
    def on_channel(self) -> str:
        """The key of the channel, whatever kind of event it is; empty for none."""
        return self.channel if self.kind in {"milestone", "case"} else self.name


@dataclass(frozen=True, slots=True)
class EventPattern:
    """Which events are meant; an empty collection stands for “any”.

    `kinds` are those of milestones; `not_channels` leaves channels out; `values` holds, for a fact, the
    values that are meant.
    """

    kind: str
    kinds: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    not_channels: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()
    outcomes: frozenset[str] = frozenset()
    with_facts: frozenset[str] = frozenset()
    without_facts: frozenset[str] = frozenset()
    values: tuple[tuple[str, frozenset[str]], ...] = ()

    def matches(self, event: Event) -> bool:
        if event.kind != self.kind:
            return False
        known = {name for name, value in event.facts.items() if value not in (None, "")}
        return (
            (not self.kinds or event.name in self.kinds)
            and (not self.channels or event.on_channel in self.channels)
            and event.on_channel not in self.not_channels
            and (not self.bodies or event.body in self.bodies)
            and (not self.outcomes or event.outcome in self.outcomes)
            and self.with_facts <= known
            and not self.without_facts & known
            and all(str(event.facts.get(fact, "")) in wanted for fact, wanted in self.values)
        )
