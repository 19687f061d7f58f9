"""The timeline: everything that happened in a case and when, in one order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cases.casefile.snapshot import ExhibitFacts, Snapshot
from cases.casefile.styled import in_language, joined, money, offset, shortened

TEXT_SIGNS = 160


@dataclass(frozen=True, slots=True)
class Moment:
    """One line; `order` puts what happened at the same time in a fixed order."""

    at: str
    order: int
    mark: str
    title: str
    text: str
    exhibits: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        at = datetime.fromisoformat(self.at)
        return {
            "day": date_format(at, "Y-m-d D"),
            "time": f"{at:%H:%M} {offset(at)}",
            "mark": self.mark,
            "title": self.title,
            "text": self.text,
            "exhibits": self.exhibits,
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
    for contact in snapshot.contacts:
        title = joined(contact.channel.label, contact.outcome.label)
        said = shortened(contact.promise or contact.summary, TEXT_SIGNS)
        yield Moment(contact.started_at, 2, "contact", title, said, contact.exhibits)
    told = {("paid", order.paid_at) for order in snapshot.orders}
    told |= {("goods_received", order.received_at) for order in snapshot.orders}
    for milestone in snapshot.milestones:
        if (milestone.kind.code, milestone.happened_at) not in told:
            title = joined(milestone.kind.label, milestone.channel.label)
            said = joined(str(milestone.facts.get("countdown", "")), milestone.note)
            yield Moment(milestone.happened_at, 3, "milestone", title, shortened(said, TEXT_SIGNS))
    for deadline in snapshot.deadlines:
        title = in_language(deadline.because["title"], snapshot.language)
        yield Moment(deadline.due_at, 5, "deadline", f"{_('Due')}: {title}", deadline.state.label)
    yield from _received(snapshot)


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
