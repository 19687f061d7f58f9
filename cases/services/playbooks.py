"""Finds the playbook of a case and the channel of a contact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from cases.models import Case, ContactAttempt
from cases.rules.hours import OpeningHours
from cases.rules.playbooks import Channel, Citation, Playbook, Source, load_playbooks
from cases.rules.text import Text

_NOTHING = Text("", "")


def all_playbooks() -> Mapping[str, Playbook]:
    """Every shipped playbook by its key, read once for each process. Raises PlaybookErrors."""
    return load_playbooks()


def playbook_of(case: Case) -> Playbook | None:
    """The playbook of the case; None where it names one that is no longer shipped."""
    return all_playbooks().get(case.playbook)


def channel_of(contact: ContactAttempt) -> Channel:
    """The channel of the contact; for a key that is no longer known, one that has only that name."""
    playbook = playbook_of(contact.case)
    known = playbook.channels.get(contact.channel) if playbook else None
    return known or _nameless(contact.channel, zone_of(contact.case))


def zone_of(case: Case) -> ZoneInfo:
    """The zone whose days count for the case: its playbook's, else its owner's."""
    playbook = playbook_of(case)
    return playbook.zone if playbook else case.owner.zone


def _nameless(key: str, zone: ZoneInfo) -> Channel:
    source = Source(key="", title=_NOTHING, url="")
    return Channel(
        key=key,
        name=Text(key, key),
        way=(),
        hours=OpeningHours.unknown(zone),
        opening=_NOTHING,
        usual_answer=_NOTHING,
        good_for=_NOTHING,
        limits=(),
        figures=(),
        prepare=(),
        is_official=False,
        citation=Citation(source, article=_NOTHING, confidence="", checked_on=date.min),
    )
