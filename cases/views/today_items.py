"""The items of Today: deadlines, own reminders and next steps in one order, each with its way to act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cases.models import Case, OwnReminder
from cases.rules.advice import Advice
from cases.rules.channels import Channel
from cases.services.playbooks import channels_of
from cases.templatetags.openings import opening
from cases.views.shown import ShownDeadline

# So many are whole cards; what comes behind them is a line each, so that the page stays light.
WHOLE_CARDS = 8
FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """One card: a `deadline`, an `own` reminder that is due, or the next step (`best`) of a case.

    `by` is the aware moment up to which it can be done, else from which; `channel` where it is done, if
    that is known; `left` says in words what its countdown or its channel's opening says.
    """

    key: str
    case: Case
    by: datetime
    left: str = ""
    deadline: ShownDeadline | None = None
    own: OwnReminder | None = None
    best: Advice | None = None
    channel: Channel | None = None


def in_order(
    deadlines: Iterable[ShownDeadline],
    own: Iterable[OwnReminder],
    steps: Iterable[tuple[Case, Advice]],
    *,
    at: datetime,
) -> list[Item]:
    """All of them by the time left; what has no end comes last."""
    items = [
        *of_deadlines(deadlines),
        *(Item(f"own-{row.pk}", row.case, row.remind_at, own=row) for row in own),
        *(_of_step(case, best, at) for case, best in steps),
    ]
    return sorted(items, key=lambda item: item.by)


def of_deadlines(shown: Iterable[ShownDeadline]) -> list[Item]:
    """In the order given."""
    return [
        Item(
            f"deadline-{one.deadline.pk}",
            one.deadline.case,
            one.deadline.due_at,
            f"{one.tone} {one.left}",
            deadline=one,
            channel=channels_of(one.deadline.case).get(one.channel) if one.channel else None,
        )
        for one in shown
    ]


def whole(items: Iterable[Item]) -> frozenset[str]:
    """The keys of those that are whole cards: the first ones, and every next step, of which there are few."""
    items = list(items)
    steps = {item.key for item in items if item.best}
    others = [item.key for item in items if not item.best]
    return frozenset(steps | set(others[:WHOLE_CARDS]))


def seen(items: Sequence[Item]) -> str:
    """What a page shows, in two short digests: which items in which order, and their countdowns."""
    return f"{_digest(item.key for item in items)}.{_digest(item.left for item in items)}"


def order_of(digests: str) -> str:
    return digests.partition(".")[0]


def _of_step(case: Case, best: Advice, at: datetime) -> Item:
    by = best.opens_at if best.is_open is False else best.last_call or best.closes_at
    words = opening(best.channel, at).words
    return Item(f"step-{case.pk}", case, by or FAR, words, best=best, channel=best.channel)


def _digest(words: Iterable[str]) -> str:
    return sha256("\n".join(words).encode()).hexdigest()[:16]
