"""What a draft is written from: plain facts of a case and of the channel that it goes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from cases.rules.text import Text


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money; `currency` is its code, as in CNY."""

    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What was bought; `numbers` are (kind, number), the kinds as in NUMBER_KINDS of draft_phrases.py."""

    platform: str = ""
    item: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    amount: Amount | None = None
    paid_at: datetime | None = None
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """One contact; `outcome` as in CONTACT_OUTCOMES, `is_kept` None where nobody said so."""

    at: datetime
    channel: Text
    outcome: str
    is_incoming: bool = False
    ticket_number: str = ""
    promise: str = ""
    promised_by: datetime | None = None
    is_kept: bool | None = None


@dataclass(frozen=True, slots=True)
class DatedFact:
    """Something that happened on a day, with whom where that is known."""

    at: datetime
    what: Text
    with_whom: Text | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ExhibitFacts:
    """One piece of evidence: E1, and what it shows."""

    label: str
    shows: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A moment, or with `in_days` the whole day that it lies in on the clock of its own zone."""

    at: datetime
    in_days: bool = False


@dataclass(frozen=True, slots=True)
class CitedRule:
    """A rule of law that counts a date of the case, with its source and the place in it."""

    source: Text
    article: Text
    title: Text
    due: Due
    is_missed: bool = False


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """All that a draft may say. Tuples are in the order in which they are told, contacts by time.

    `language` is "zh-hans" or "en"; moments are aware and written in `zone`, which `zone_name` names;
    `body` says who stands behind the channel, `max_length` how many characters it takes (0: not known);
    `answer_by` is a deadline that the case really has.
    """

    language: str
    at: datetime
    zone: ZoneInfo
    zone_name: Text
    style: Literal["chat", "call", "complaint", "letter"] = "chat"
    max_length: int = 0
    body: str = "platform"
    merchant: str = ""
    merchant_address: str = ""
    partner_platform: str = ""
    problem_statement: str = ""
    demand: str = ""
    amount: Amount | None = None
    needs_order: bool = True
    orders: tuple[OrderFacts, ...] = ()
    contacts: tuple[ContactFacts, ...] = ()
    happened: tuple[DatedFact, ...] = ()
    exhibits: tuple[ExhibitFacts, ...] = ()
    rules: tuple[CitedRule, ...] = ()
    answer_by: Due | None = None

    @property
    def order_numbers(self) -> tuple[str, ...]:
        """The numbers under which the platform knows the orders."""
        return tuple(number for order in self.orders for kind, number in order.numbers if kind == "order")
