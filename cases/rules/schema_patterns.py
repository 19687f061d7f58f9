"""The part of the schema that reads events and conditions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cases.rules.events import (
    BODIES,
    COMPLEXITIES,
    CONTACT_OUTCOMES,
    COUNTDOWN_STEPS,
    EVENT_KINDS,
    MILESTONE_KINDS,
    PAYMENT_METHODS,
    PROBLEM_KINDS,
    RISKS,
    URGENCIES,
    EventPattern,
)
from cases.rules.reading import Table
from cases.rules.situations import Condition

PLATFORM = "platform"
STEP = "step"
# What a case can have ready; situation_of() in the services says which of them it has.
PREPARATIONS = (
    "order_number",
    "proof_of_payment",
    "problem_statement",
    "demand",
    "screenshots",
    "merchant_name",
    "merchant_address",
    "tracking_number",
    "their_answer",
    "own_details",
)
# Nothing of a case tells whether it is at hand.
NEVER_TICKED = frozenset({"own_details"})


@dataclass(frozen=True, slots=True)
class Names:
    """The channels and rules of one file, and how they are called outside of it.

    The channels of a platform keep their plain keys; those of all other files begin with the file's.
    """

    playbook: str
    kind: str
    channels: Collection[str]
    rules: Collection[str]

    def channel(self, key: str) -> str:
        return key if self.kind == PLATFORM else f"{self.playbook}.{key}"

    def rule(self, key: str) -> str:
        return f"{self.playbook}.{key}"


def read_patterns(
    table: Table, key: str, names: Names, *, required: bool = False
) -> tuple[EventPattern, ...]:
    return tuple(read_pattern(item, names) for item in table.tables(key, required=required))


def read_pattern(table: Table, names: Names) -> EventPattern:
    """One pattern, and nothing else in its table."""
    pattern = pattern_in(table, names)
    table.done()
    return pattern


def pattern_in(table: Table, names: Names) -> EventPattern:
    """The pattern of a table that may hold more than it."""
    kind = table.one_of("on", EVENT_KINDS)
    kinds = table.names("kinds", MILESTONE_KINDS) if kind == "milestone" else ()
    if kind == "milestone" and not kinds and not table.has("kinds"):
        table.wrong("kinds", "is missing; say which milestones are meant.")
    return EventPattern(
        kind=kind,
        kinds=frozenset(kinds),
        channels=frozenset(names.channel(name) for name in table.names("channels", names.channels)),
        not_channels=frozenset(names.channel(name) for name in table.names("not_channels", names.channels)),
        bodies=frozenset(table.names("bodies", BODIES)),
        outcomes=frozenset(table.names("outcomes", CONTACT_OUTCOMES) if kind == "contact" else ()),
        with_facts=frozenset(table.names("with_facts")),
        without_facts=frozenset(table.names("without_facts")),
        values=_read_values(table),
    )


def _read_values(table: Table) -> tuple[tuple[str, frozenset[str]], ...]:
    values = table.table("values", required=False)
    # What a countdown runs towards is one of our words; other facts hold what people type.
    found = tuple(
        (fact, frozenset(values.names(fact, COUNTDOWN_STEPS if fact == STEP else None)))
        for fact in sorted(values.data)
    )
    values.done()
    return found


def read_condition(table: Table, names: Names) -> Condition:
    """A condition; an empty table is one that always holds."""
    condition = Condition(
        problem_kinds=frozenset(table.names("problem_kinds", PROBLEM_KINDS)),
        risks=frozenset(table.names("risks", RISKS)),
        urgencies=frozenset(table.names("urgencies", URGENCIES)),
        complexities=frozenset(table.names("complexities", COMPLEXITIES)),
        last_outcomes=frozenset(table.names("last_outcomes", CONTACT_OUTCOMES)),
        during_big_sale=table.maybe_flag("during_big_sale"),
        has_partner=table.maybe_flag("has_partner"),
        money_in_dispute=table.maybe_flag("money_in_dispute"),
        payment_methods=frozenset(table.names("payment_methods", PAYMENT_METHODS)),
        happened=read_patterns(table, "happened", names),
        not_happened=read_patterns(table, "not_happened", names),
        missed=frozenset(names.rule(key) for key in table.names("missed", names.rules)),
        has=frozenset(table.names("has", PREPARATIONS)),
        lacks=frozenset(table.names("lacks", PREPARATIONS)),
    )
    table.done()
    return condition
