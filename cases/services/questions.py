"""What the rules of a case want to know about a milestone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cases.models import Case
from cases.rules.deadline_rules import DeadlineRule, Input
from cases.rules.events import MILESTONE_KINDS, EventPattern
from cases.rules.playbooks import Playbook
from cases.rules.text import Text
from cases.services.playbooks import playbooks_of

MILESTONE = "milestone"
# What every countdown is asked for, whichever rule wants to know.
ASKED_ABOVE = frozenset({"step"})
WHICH = Text("是否属于下列情形？", "Is it one of these?")


@dataclass(frozen=True, slots=True)
class Question:
    """Something a rule asks for when one of these kinds of milestone starts it.

    `channels` are those with which it does; empty for any.
    """

    asked: Input
    kinds: frozenset[str]
    channels: frozenset[str] = frozenset()

    def is_about(self, kind: str, channel: str) -> bool:
        return kind in self.kinds and (not self.channels or channel in self.channels)


def asked_of(case: Case) -> tuple[Question, ...]:
    """Every question of the rules that a milestone may start in this case, each once, in their order."""
    found: list[Question] = []
    for question in (*_told_apart_by_facts(case), *_questions(case)):
        known = next((number for number, one in enumerate(found) if _is_same(one, question)), None)
        if known is None:
            found.append(question)
        else:
            found[known] = _both(found[known], question)
    return tuple(found)


def kinds_told_apart(case: Case) -> frozenset[str]:
    """The kinds of milestones of which a rule of the case must know the channel."""
    patterns = [pattern for playbook in playbooks_of(case) for pattern in _patterns(playbook)]
    return frozenset(kind for one in patterns if one.channels or one.bodies for kind in one.kinds)


def _questions(case: Case) -> Iterator[Question]:
    for playbook in playbooks_of(case):
        for rule in playbook.rules.values():
            for trigger in rule.triggers:
                if trigger.pattern.kind == MILESTONE:
                    kinds = _kinds(trigger.pattern)
                    for asked in rule.inputs:
                        yield Question(asked, kinds, trigger.pattern.channels)


def _told_apart_by_facts(case: Case) -> Iterator[Question]:
    """Of what kind it was, where a rule is only about one: each is offered under the rule's title."""
    offered: dict[tuple[str, frozenset[str], frozenset[str]], dict[str, Text]] = {}
    for playbook in playbooks_of(case):
        for rule in playbook.rules.values():
            for pattern in (trigger.pattern for trigger in rule.triggers):
                for fact, values in pattern.values if pattern.kind == MILESTONE else ():
                    if fact not in ASKED_ABOVE:
                        choices = offered.setdefault((fact, _kinds(pattern), pattern.channels), {})
                        choices |= dict.fromkeys(sorted(values), rule.title)
    for (fact, kinds, channels), choices in offered.items():
        yield Question(Input(fact, "choice", WHICH, choices=tuple(choices.items())), kinds, channels)


def _is_same(one: Question, other: Question) -> bool:
    """Whether one answer does for both: the same question, or one fact that two rules ask of a milestone."""
    if one.asked == other.asked:
        return True
    is_same_fact = (one.asked.key, one.asked.kind) == (other.asked.key, other.asked.kind)
    meets = not one.channels or not other.channels or bool(one.channels & other.channels)
    return is_same_fact and one.asked.kind != "choice" and bool(one.kinds & other.kinds) and meets


def _both(one: Question, other: Question) -> Question:
    everywhere = not one.channels or not other.channels
    channels = frozenset() if everywhere else one.channels | other.channels
    return Question(one.asked, one.kinds | other.kinds, channels)


def _kinds(pattern: EventPattern) -> frozenset[str]:
    return pattern.kinds or frozenset(MILESTONE_KINDS)


def _patterns(playbook: Playbook) -> Iterator[EventPattern]:
    """The patterns of milestones that decide about a clock."""
    for rule in playbook.rules.values():
        yield from (pattern for pattern in _of_rule(rule) if pattern.kind == MILESTONE)


def _of_rule(rule: DeadlineRule) -> Iterator[EventPattern]:
    yield from (trigger.pattern for trigger in rule.triggers)
    yield from (met.pattern for met in rule.met_by)
    yield from rule.restarted_by
    for pause in rule.pauses:
        yield from (pause.begins, pause.ends)
