"""Finds the playbooks of a case, their channels, and the rule behind a deadline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from zoneinfo import ZoneInfo

from cases.models import Case, Deadline
from cases.rules.channels import Channel
from cases.rules.deadline_rules import DeadlineRule
from cases.rules.playbooks import Playbook, load_playbooks
from cases.services import own_playbooks
from tracker.accounts.models import User


def all_playbooks() -> Mapping[str, Playbook]:
    """Every shipped playbook by its key, read once for each process. Raises PlaybookErrors."""
    return load_playbooks()


def playbook_named(key: str) -> Playbook | None:
    """The shipped playbook or the user's own with that key; a query only for a user's own."""
    is_own = key.startswith(own_playbooks.PREFIX)
    return own_playbooks.own_named(key) if is_own else all_playbooks().get(key)


def playbook_of(case: Case) -> Playbook | None:
    """The platform's playbook; None where the case names one that is no longer there."""
    return next((playbook for playbook in playbooks_of(case) if playbook.key == case.playbook), None)


def playbooks_of(case: Case) -> tuple[Playbook, ...]:
    """All that applies to the case: the platform's, those that go with it, those added to the case.

    Unknown keys are left out. Found once for each instance of the case, and anew when it names others.
    """
    return _applying_to(case).playbooks


def channels_of(case: Case) -> Mapping[str, Channel]:
    """Every channel of every playbook of the case by its key, the platform's first."""
    return _applying_to(case).channels


def share_playbooks(cases: Iterable[Case]) -> None:
    """Find them once for all of these cases that name the same, not once for each."""
    known: dict[tuple[str, ...], _Applying] = {}
    for case in cases:
        named = (case.playbook, *case.also_playbooks)
        if named not in known:
            known[named] = _applying_to(case)
        case._applying = known[named]  # type: ignore[attr-defined]


def forget_playbooks_of(case: Case) -> None:
    """Find them anew next time, since a user's own may be another by then."""
    vars(case).pop("_applying", None)


@dataclass(frozen=True, slots=True)
class _Applying:
    named: tuple[str, ...]
    playbooks: tuple[Playbook, ...]
    channels: Mapping[str, Channel]


def _applying_to(case: Case) -> _Applying:
    named = (case.playbook, *case.also_playbooks)
    known: _Applying | None = getattr(case, "_applying", None)
    if known is None or known.named != named:
        found = _found(*named)
        channels = {key: channel for playbook in found for key, channel in playbook.channels.items()}
        known = _Applying(named, found, MappingProxyType(channels))
        case._applying = known  # type: ignore[attr-defined]
    return known


def _found(platform: str, *others: str) -> tuple[Playbook, ...]:
    own = playbook_named(platform)
    keys = dict.fromkeys((*(own.goes_with if own else ()), *others))
    found = [own, *(playbook_named(key) for key in keys if key != platform)]
    return tuple(playbook for playbook in found if playbook is not None)


def rule_of(deadline: Deadline) -> tuple[Playbook, DeadlineRule] | None:
    """The rule behind a deadline with its playbook; None where it is gone. Needs `deadline.case`."""
    found = rule_named(deadline.rule, playbooks_of(deadline.case))
    if found is None:
        playbook = playbook_named(deadline.rule.partition(".")[0])
        found = rule_named(deadline.rule, (playbook,)) if playbook else None
    return found


def rule_named(name: str, playbooks: tuple[Playbook, ...]) -> tuple[Playbook, DeadlineRule] | None:
    """The rule of a full name such as "cn_12315.acceptance" among these playbooks."""
    for playbook in playbooks:
        rule = playbook.rule_named(name)
        if rule is not None:
            return playbook, rule
    return None


def zone_of(case: Case) -> ZoneInfo:
    """The zone whose days count for the case: its platform's, else its owner's."""
    playbook = playbook_of(case)
    return playbook.zone if playbook else case.owner.zone


def zone_of_deadline(deadline: Deadline) -> ZoneInfo:
    """The zone in which the deadline counts: that of the playbook of its rule, else of the case."""
    found = rule_of(deadline)
    return found[0].zone if found else zone_of(deadline.case)


def choices_for(user: User) -> tuple[tuple[Playbook, ...], tuple[Playbook, ...]]:
    """What a case of this user may name: (platforms, what else applies); those of mainland China come
    first, the user's own last.
    """
    shipped = sorted(all_playbooks().values(), key=lambda playbook: playbook.calendar != "CN")
    known = (*shipped, *own_playbooks.all_of(user))
    return (
        tuple(playbook for playbook in known if playbook.kind == "platform"),
        tuple(playbook for playbook in known if playbook.kind != "platform"),
    )
