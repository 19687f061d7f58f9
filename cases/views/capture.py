"""How to take screenshots so that they count: of one channel first, then of all."""

from __future__ import annotations

from dataclasses import dataclass

from cases.models import Case, ContactAttempt
from cases.rules.capture import GENERAL, WHY
from cases.rules.channels import Channel
from cases.rules.sources import Citation
from cases.rules.text import Text
from cases.services import playbooks


@dataclass(frozen=True, slots=True)
class Guidance:
    """What to show: the channel's own advice where it is known, and what courts ask where they are China's.

    `minutes` is how long the record can be looked up afterwards, 0 where it does not disappear.
    """

    channel: Channel | None
    general: tuple[Text, ...]
    why: tuple[Citation, ...]

    @property
    def minutes(self) -> int:
        within = self.channel.save_record_within if self.channel else None
        return int(within.total_seconds() // 60) if within else 0


def guidance(case: Case, contact: ContactAttempt | None = None) -> Guidance:
    """For the channel of that contact; the general advice alone without one."""
    channel = playbooks.channels_of(case).get(contact.channel) if contact else None
    is_chinese = any(playbook.calendar == "CN" for playbook in playbooks.playbooks_of(case))
    return Guidance(channel, GENERAL, WHY if is_chinese else ())
