"""The timeline: everything that happened in a case and when, in one order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cases.casefile.chart import is_answered
from cases.casefile.chart_words import promise_results
from cases.casefile.moments import untold
from cases.casefile.promises import promises
from cases.casefile.snapshot import ExhibitFacts, Snapshot
from cases.casefile.styled import joined, money, offset, shortened, title_of

TEXT_SIGNS = 160


@dataclass(frozen=True, slots=True)
class Moment:
    """One line; `order` puts what happened at the same time in a fixed order. `target` is the label of the
    card it has elsewhere in the document, such as C3 or D1.
    """

    at: str
    order: int
    mark: str
    title: str
    text: str
    exhibits: tuple[int, ...] = ()
    target: str = ""

    def as_json(self) -> dict[str, Any]:
        at = datetime.fromisoformat(self.at)
        return {
            "day": f"{at:%Y-%m-%d}",
            "weekday": date_format(at, "D"),
            "time": f"{at:%H:%M} {offset(at)}",
            "mark": self.mark,
            "title": self.title,
            "text": self.text,
            "exhibits": self.exhibits,
            "target": self.target,
        }


def timeline(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Each line in turn, in the language that is active."""
    in_order = sorted(_moments(snapshot), key=lambda item: (datetime.fromisoformat(item.at), item.order))
    return [item.as_json() for item in in_order]


def _moments(snapshot: Snapshot) -> Iterator[Moment]:
    case = snapshot.case
    yield Moment(case.created_at, 0, "case", _("Case opened"), case.title)
    if case.closed_at:
        yield Moment(case.closed_at, 9, "case", _("Case closed"), case.outcome.label)
    for order in snapshot.orders:
        what = joined(order.platform, order.item, money(order.amount, order.currency))
        if order.paid_at:
            yield Moment(order.paid_at, 1, "order", _("Order paid"), what)
        if order.received_at:
            yield Moment(order.received_at, 1, "order", _("Order received"), what)
    yield from _contacts(snapshot)
    for milestone in untold(snapshot):
        title = joined(milestone.kind.label, milestone.channel.label)
        said = joined(str(milestone.facts.get("countdown", "")), milestone.note)
        yield Moment(milestone.happened_at, 3, "milestone", title, shortened(said, TEXT_SIGNS))
    yield from _deadlines(snapshot)
    yield from _received(snapshot)


def _contacts(snapshot: Snapshot) -> Iterator[Moment]:
    for contact in snapshot.contacts:
        number = _("Contact {number}").replace("{number}", str(contact.number))
        title = joined(number, contact.channel.label, contact.outcome.label)
        said = shortened(contact.promise or contact.summary, TEXT_SIGNS)
        mark = "answer" if is_answered(contact) else "contact"
        yield Moment(contact.started_at, 2, mark, title, said, contact.exhibits, f"C{contact.number}")
    for promise in promises(snapshot).values():
        until = promise.contact.promised_by
        # When it was kept or broken is a milestone of its own.
        if until:
            number = _("Promise of contact {number}").replace("{number}", str(promise.contact.number))
            title = joined(number, pgettext("promise", "its time ends"))
            result = promise_results()[promise.result]
            yield Moment(until, 4, "promise", title, result, (), f"C{promise.contact.number}")


def _deadlines(snapshot: Snapshot) -> Iterator[Moment]:
    for number, deadline in enumerate(snapshot.deadlines, start=1):
        named = _("Deadline {number}").replace("{number}", str(number))
        title = joined(named, title_of(deadline, snapshot.language))
        yield Moment(deadline.due_at, 5, "deadline", title, deadline.state.label, (), f"D{number}")


def _received(snapshot: Snapshot) -> Iterator[Moment]:
    """Exhibits that came in within the same minute are one line."""
    together: dict[str, list[ExhibitFacts]] = {}
    for exhibit in snapshot.exhibits:
        together.setdefault(exhibit.received_at[:16], []).append(exhibit)
    for exhibits in together.values():
        shows = shortened("; ".join(exhibit.shows for exhibit in exhibits if exhibit.shows), TEXT_SIGNS)
        numbers = tuple(exhibit.number for exhibit in exhibits)
        title = pgettext("exhibits", "Received as evidence")
        yield Moment(exhibits[0].received_at, 4, "exhibit", title, shows, numbers)
