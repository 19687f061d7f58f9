"""What the picture of the timeline shows: marks, bars, and the same in sentences."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cases.casefile.chart_words import chart_words, promise_results
from cases.casefile.moments import begins, days_that_matter, untold
from cases.casefile.promises import Promise, promises
from cases.casefile.snapshot import ContactFacts, DeadlineFacts, Snapshot
from cases.casefile.strongest import ANSWERED
from cases.casefile.styled import counted, fill, joined, moment, sentences, shortened, title_of

# Of a label in the picture; the list below it has the whole text.
EVENT_SIGNS = 26
# Two lines beside the picture; where both languages stand there, one of Chinese.
BAR_SIGNS = {"zh-hans": 34, "en": 58}
BAR_SIGNS_BESIDE = {"zh-hans": 17, "en": 48}


class Chart:
    """In the language that is active and in a fixed order. Where on the paper each moment (ISO 8601) is
    drawn, cases.casefile.chart_layout says.
    """

    def __init__(self, snapshot: Snapshot, *, is_both: bool) -> None:
        self.snapshot = snapshot
        self.words = chart_words()
        self.bar_signs = (BAR_SIGNS_BESIDE if is_both else BAR_SIGNS)[snapshot.language]
        self.promises = promises(snapshot)

    def as_json(self) -> dict[str, Any]:
        return {
            "words": self.words,
            "days": [day.isoformat() for day in days_that_matter(self.snapshot)],
            "days_off": [off.day for off in self.snapshot.days_off],
            "now": self.snapshot.state_at,
            "contacts": [self.tried(one) for one in self.snapshot.contacts if not came_from_them(one)],
            "answers": [self.answered(one) for one in self.snapshot.contacts if is_answered(one)],
            "events": self.events(),
            "bars": [
                *(self.promise(one) for one in self.promises.values()),
                *(
                    self.deadline(number, one)
                    for number, one in enumerate(self.snapshot.deadlines, start=1)
                    if not self.is_of_a_promise(one)
                ),
            ],
            "alt": sentences(*self.told()),
            "holidays": self.holidays(),
        }

    def tried(self, contact: ContactFacts) -> dict[str, Any]:
        style = "answered" if is_answered(contact) else "silent"
        return {"at": contact.started_at, "text": str(contact.number), "style": style}

    def answered(self, contact: ContactFacts) -> dict[str, Any]:
        style = "refused" if contact.outcome.code == "refused" else "said"
        # Of those who got in touch themselves it is that which counts.
        said = contact.outcome if contact.outcome.code in ANSWERED else contact.direction
        return {"at": contact.started_at, "text": f"{contact.number} {said.label}", "style": style}

    def events(self) -> list[dict[str, Any]]:
        case = self.snapshot.case
        told = [(case.created_at, _("Case opened"))]
        told += [(order.paid_at, _("Order paid")) for order in self.snapshot.orders]
        told += [(order.received_at, _("Order received")) for order in self.snapshot.orders]
        told += [(one.happened_at, one.kind.label) for one in untold(self.snapshot)]
        told += [(case.closed_at, _("Case closed"))]
        # Two orders paid in one go are one event.
        seen = dict.fromkeys((at, text) for at, text in told if at)
        return [
            {"at": at, "text": shortened(text, EVENT_SIGNS), "style": "event"}
            for at, text in sorted(seen, key=lambda one: datetime.fromisoformat(one[0]))
        ]

    def promise(self, promise: Promise) -> dict[str, Any]:
        contact, result = promise.contact, promise.result
        ends = contact.promised_by or promise.ended_at
        title = joined(fill(self.words["promise"], number=contact.number), contact.promise)
        return {
            "title": shortened(title, self.bar_signs),
            "state": promise_results()[result],
            "from": contact.started_at,
            "to": max(ends, contact.started_at, key=datetime.fromisoformat)
            if ends
            else self.snapshot.state_at,
            "is_open_ended": not ends,
            "at": promise.ended_at or (ends if result == "passed" else ""),
            "mark": {"kept": "good", "broken": "bad", "passed": "bad"}.get(result, ""),
            "style": "promise",
        }

    def deadline(self, number: int, deadline: DeadlineFacts) -> dict[str, Any]:
        title, code = title_of(deadline, self.snapshot.language), deadline.state.code
        named = joined(fill(self.words["deadline"], number=number), title)
        return {
            "title": shortened(named, self.bar_signs),
            "state": deadline.state.label,
            "from": begins(deadline),
            "to": deadline.due_at,
            "is_open_ended": False,
            "at": deadline.met_at or (deadline.due_at if code == "missed" else ""),
            "mark": {"met": "good", "met_late": "late", "missed": "bad"}.get(code, ""),
            "style": "dropped" if code == "dropped" else deadline.whose.code,
        }

    def is_of_a_promise(self, deadline: DeadlineFacts) -> bool:
        """Whether it is the end of a promise, which has a bar already."""
        promise = self.promises.get(deadline.contact or 0)
        return promise is not None and promise.contact.promised_by == deadline.due_at

    def told(self) -> list[str]:
        """The picture in sentences, for those who hear it."""
        words, snapshot = self.words, self.snapshot
        days = days_that_matter(snapshot)
        outcomes = Counter(one.outcome.label for one in snapshot.contacts)
        results = Counter(promise_results()[one.result] for one in self.promises.values())
        states = Counter(one.state.label for one in snapshot.deadlines)
        following = next((one for one in snapshot.deadlines if one.state.code == "open"), None)
        return [
            fill(words["alt"], first=days[0].isoformat(), last=days[-1].isoformat()),
            fill(words["alt_contacts"], outcomes=counted(outcomes)) if outcomes else "",
            fill(words["alt_promises"], results=counted(results)) if results else "",
            fill(words["alt_deadlines"], states=counted(states)) if states else "",
            fill(words["alt_next"], at=moment(following.due_at)) if following else "",
            words["alt_list"],
        ]

    def holidays(self) -> list[dict[str, str]]:
        return [{"day": off.day, "name": off.name} for off in self.snapshot.days_off if off.name]


def is_answered(contact: ContactFacts) -> bool:
    """Whether a person of the other side spoke."""
    return contact.outcome.code in ANSWERED or came_from_them(contact)


def came_from_them(contact: ContactFacts) -> bool:
    return contact.direction.code == "incoming"
