"""Routes that exclude each other: which are closed by what happened, and what a step would close."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from cases.rules.channels import Channel
from cases.rules.events import EventPattern
from cases.rules.playbooks import Bar, Playbook
from cases.rules.situations import Situation
from cases.rules.text import Text

# By these a body has the matter in hand; a bar that follows on them can be foreseen.
TAKES_IT_UP = frozenset({"complaint_filed", "complaint_accepted"})

# By these it has it, or has had it.
IN_HAND = frozenset({"complaint_accepted", "mediation_ended", "decision_received"})

_NAMED = Text("{names}：{reason}", "{names}: {reason}")
_BETWEEN_NAMES = Text("、", ", ")


def why_closed(playbooks: Sequence[Playbook], situation: Situation) -> Mapping[str, tuple[Text, ...]]:
    """The reasons, by channel key, for every channel that what happened has closed.

    What happened on a channel itself never closes it: a complaint that was accepted is not in its
    own way.
    """
    closed: dict[str, list[Text]] = {}
    for playbook in playbooks:
        for bar in playbook.bars:
            for key in bar.closes:
                if _has_fallen(bar, key, situation):
                    closed.setdefault(key, []).append(bar.reason)
    return {key: tuple(reasons) for key, reasons in closed.items()}


def would_close(
    channel: Channel, playbooks: Sequence[Playbook], *, names: Mapping[str, Text], closed: Collection[str]
) -> tuple[Text, ...]:
    """What using this channel would close once the other side takes the matter up: names and reason.

    `names` are those of every channel of the case; what is `closed` already, or cannot be closed any more,
    is not told.
    """
    told = []
    for playbook in playbooks:
        for bar in playbook.bars:
            if any(_can_come_from(channel, pattern) for pattern in bar.after):
                shut = [
                    key for key in bar.closes if key != channel.key and key in names and key not in closed
                ]
                if shut:
                    listed = Text.joined((names[key] for key in shut), between=_BETWEEN_NAMES)
                    told.append(_NAMED.fill(names=listed, reason=bar.reason))
    return tuple(told)


def in_hand(situation: Situation) -> frozenset[str]:
    """The channels that have taken the matter up themselves: nothing closes these any more."""
    return frozenset(
        event.on_channel
        for event in situation.events
        if event.kind == "milestone" and event.name in IN_HAND and event.on_channel
    )


def _has_fallen(bar: Bar, key: str, situation: Situation) -> bool:
    return any(
        pattern.matches(event)
        for pattern in bar.after
        for event in situation.events
        if event.on_channel != key
    )


def _can_come_from(channel: Channel, pattern: EventPattern) -> bool:
    """Whether the pattern means something that this channel leads to, and not just anybody's."""
    if pattern.kind == "milestone" and pattern.kinds and not pattern.kinds & TAKES_IT_UP:
        return False
    if pattern.kind not in {"milestone", "contact"} or not (pattern.channels or pattern.bodies):
        return False
    return (
        (not pattern.channels or channel.key in pattern.channels)
        and channel.key not in pattern.not_channels
        and (not pattern.bodies or channel.body in pattern.bodies)
    )
