"""Where a case stands, and the conditions under which a row of a playbook applies to it."""

from __future__ import annotations

from dataclasses import dataclass

from cases.rules.events import Event, EventPattern


@dataclass(frozen=True, slots=True)
class Situation:
    """All that advice and deadlines may know of a case.

    `has` names what is ready to be shown, with the keys of PREPARATIONS (schema_channels.py), and
    `missed` the rules, as in "cn_12315.acceptance", of which a deadline is open and overdue. Clocks are
    asked without these two.
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
    payment_method: str = ""
    missed: frozenset[str] = frozenset()

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
    payment_methods: frozenset[str] = frozenset()
    happened: tuple[EventPattern, ...] = ()
    not_happened: tuple[EventPattern, ...] = ()
    missed: frozenset[str] = frozenset()
    has: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()

    def holds(self, situation: Situation) -> bool:
        words = (
            (self.problem_kinds, situation.problem_kind),
            (self.risks, situation.risk),
            (self.urgencies, situation.urgency),
            (self.complexities, situation.complexity),
            (self.last_outcomes, situation.last_outcome),
            (self.payment_methods, situation.payment_method),
        )
        flags = (
            (self.during_big_sale, situation.during_big_sale),
            (self.has_partner, bool(situation.partner_platform)),
            (self.money_in_dispute, situation.money_in_dispute),
        )
        return (
            all(not wanted or found in wanted for wanted, found in words)
            and all(wanted is None or found == wanted for wanted, found in flags)
            and (not self.happened or _happened(self.happened, situation))
            and not _happened(self.not_happened, situation)
            and (not self.missed or bool(self.missed & situation.missed))
            and self.has <= situation.has
            and not self.lacks & situation.has
        )


def _happened(patterns: tuple[EventPattern, ...], situation: Situation) -> bool:
    return any(pattern.matches(event) for pattern in patterns for event in situation.events)


ALWAYS = Condition()
