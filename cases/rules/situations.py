"""Where a case stands, and the conditions under which a row of a playbook applies to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cases.rules.events import Event, EventPattern


@dataclass(frozen=True)
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

    @cached_property
    def contacts(self) -> tuple[Event, ...]:
        """The contact attempts, oldest first."""
        return tuple(sorted((event for event in self.events if event.is_contact), key=lambda event: event.at))

    @cached_property
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
        return (
            _is_any_of(self.problem_kinds, situation.problem_kind)
            and _is_any_of(self.risks, situation.risk)
            and _is_any_of(self.urgencies, situation.urgency)
            and _is_any_of(self.complexities, situation.complexity)
            and _is_any_of(self.last_outcomes, situation.last_outcome)
            and _is_any_of(self.payment_methods, situation.payment_method)
            and self.during_big_sale in (None, situation.during_big_sale)
            and self.has_partner in (None, bool(situation.partner_platform))
            and self.money_in_dispute in (None, situation.money_in_dispute)
            and (not self.happened or _happened(self.happened, situation))
            and not _happened(self.not_happened, situation)
            and (not self.missed or bool(self.missed & situation.missed))
            and self.has <= situation.has
            and not self.lacks & situation.has
        )


def _is_any_of(wanted: frozenset[str], found: str) -> bool:
    return not wanted or found in wanted


def _happened(patterns: tuple[EventPattern, ...], situation: Situation) -> bool:
    return any(pattern.matches(event) for pattern in patterns for event in situation.events)


ALWAYS = Condition()
