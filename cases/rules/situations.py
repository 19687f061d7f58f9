"""Where a case stands, and the conditions under which a row of a playbook applies to it."""

from __future__ import annotations

from dataclasses import dataclass

from cases.rules.events import Event


@dataclass(frozen=True, slots=True)
class Situation:
    """All that advice and deadlines may know of a case.

    `has` names what is ready to be shown: "order_number", "proof_of_payment", "problem_statement",
    "demand", "screenshots".
    """

    problem_kind: str = "other"
    risk: str = "normal"
    urgency: str = "normal"
    complexity: str = "standard"
    during_big_sale: bool = False
    partner_platform: str = ""
    money_in_dispute: bool = False
    events: tuple[Event, ...] = ()
    has: frozenset[str] = frozenset()
    merchant_kind: str = ""

    @property
    def contacts(self) -> tuple[Event, ...]:
        """The contact attempts, oldest first."""
        return tuple(sorted((event for event in self.events if event.is_contact), key=lambda event: event.at))

    @property
    def last_outcome(self) -> str:
        """How the latest contact attempt ended; empty when there was none."""
        contacts = self.contacts
        return contacts[-1].outcome if contacts else ""


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of a situation; an empty set or None asks for nothing."""

    problem_kinds: frozenset[str] = frozenset()
    risks: frozenset[str] = frozenset()
    urgencies: frozenset[str] = frozenset()
    complexities: frozenset[str] = frozenset()
    last_outcomes: frozenset[str] = frozenset()
    during_big_sale: bool | None = None
    has_partner: bool | None = None
    money_in_dispute: bool | None = None

    def holds(self, situation: Situation) -> bool:
        words = (
            (self.problem_kinds, situation.problem_kind),
            (self.risks, situation.risk),
            (self.urgencies, situation.urgency),
            (self.complexities, situation.complexity),
            (self.last_outcomes, situation.last_outcome),
        )
        flags = (
            (self.during_big_sale, situation.during_big_sale),
            (self.has_partner, bool(situation.partner_platform)),
            (self.money_in_dispute, situation.money_in_dispute),
        )
        return all(not wanted or found in wanted for wanted, found in words) and all(
            wanted is None or found == wanted for wanted, found in flags
        )


ALWAYS = Condition()
