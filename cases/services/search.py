"""Finds cases by what stands anywhere in them, and says where it stands.

Every word must stand somewhere in the case, each where it likes: one in the title, one on a screenshot.
Texts are asked as they are kept, those of the user's own cases alone: an index of pairs of signs was slower
for words that stand in many cases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from cases.models import Case, ContactAttempt, Exhibit, OrderNumber
from cases.rules import finding
from cases.services.file_texts import MEDIA_TYPES as WITH_OWN_TEXT
from cases.services.orders import clean_number

# Of one case, so many places are named.
NAMED = 4
STORY = ("problem_statement", "demand")
OF_CONTACT = ("summary", "promise", "person", "ticket_number")

Pieces = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Found:
    """One place where words stand. `pieces` are a line of it, each with whether it is one of the words.

    `place` is an order, an exhibit, a contact or the story; `number` is that of the exhibit;
    `is_machine_read` tells that no person wrote what stands there.
    """

    place: str
    pieces: Pieces
    number: int = 0
    contact: int = 0
    started_at: datetime | None = None
    is_machine_read: bool = False


@dataclass(slots=True)
class Places:
    """Where in a case the words stand, besides its title and shop; `has_more` than named."""

    found: list[Found] = field(default_factory=list)
    has_more: bool = False


def narrow(found: QuerySet[Case], words: Iterable[str]) -> QuerySet[Case]:
    """The cases among `found` in which every one of the folded words stands. Nothing is looked through but
    what belongs to them, in the same query.
    """
    for word in words:
        found = found.filter(
            _in_any(("title", "merchant", *STORY), word)
            # A reference is what people read out on the phone: whole or not at all.
            | Q(reference=word)
            | _has(OrderNumber, _on_order(word), case="order__case")
            | _has(ContactAttempt, _on_contact(word))
            | _has(Exhibit, _on_exhibit(word))
        )
    return found


def places_in(cases: Collection[Case], words: list[str]) -> dict[int, Places]:
    """By the number of the case, in three queries whatever their number. `cases` are those of one page."""
    places: dict[int, Places] = defaultdict(Places)
    if not words or not cases:
        return places
    for case_id, one in _found_in(cases, words):
        here = places[case_id]
        if len(here.found) == NAMED:
            here.has_more = True
        elif one.pieces:
            here.found.append(one)
    return dict(places)


def marked(text: str, words: list[str]) -> Pieces:
    """A whole short text, such as a title, with the words in it told apart."""
    return finding.excerpt(text, words) or [(text, False)]


def _found_in(cases: Collection[Case], words: list[str]) -> Iterator[tuple[int, Found]]:
    """Each with the number of its case: orders first, then exhibits, contacts and what is told."""
    keys = [case.pk for case in cases]
    numbers = OrderNumber.objects.filter(_any(_on_order, words), order__case__in=keys)
    for row in _first_ones(numbers, "pk", "number", "order__item", case="order__case_id"):
        text = _lines(row["order__item"], row["number"])
        yield row["order__case_id"], Found("order", finding.excerpt(text, _as_kept(words)))
    exhibits = Exhibit.objects.filter(_any(_on_exhibit, words), case__in=keys)
    for row in _first_ones(exhibits, "number", "shows", "media_type", "recognised_text"):
        yield row["case_id"], _in_exhibit(row, words)
    contacts = ContactAttempt.objects.filter(_any(_on_contact, words), case__in=keys)
    for row in _first_ones(contacts, "started_at", "pk", *OF_CONTACT):
        pieces = finding.excerpt(_lines(*(row[column] for column in OF_CONTACT)), words)
        yield row["case_id"], Found("contact", pieces, contact=row["pk"], started_at=row["started_at"])
    for case in cases:
        yield case.pk, Found("story", finding.excerpt(_lines(*(getattr(case, one) for one in STORY)), words))


def _in_exhibit(row: dict[str, Any], words: list[str]) -> Found:
    described = finding.excerpt(row["shows"], words)
    pieces = described or finding.excerpt(row["recognised_text"], words)
    by_machine = not described and row["media_type"] not in WITH_OWN_TEXT
    return Found("exhibit", pieces, number=row["number"], is_machine_read=by_machine)


def _in(column: str, word: str) -> Q:
    """Whether the word stands in the column, in capitals or not, in plain signs or wide ones. Digits and
    Chinese have no capitals: looking for them as they are is twice as fast on PostgreSQL.
    """
    has_case = word.upper() != word or word.lower() != word
    lookup = f"{column}__{'icontains' if has_case else 'contains'}"
    return reduce(or_, (Q(**{lookup: spelling}) for spelling in finding.spellings(word)))


def _in_any(columns: Iterable[str], word: str) -> Q:
    return reduce(or_, (_in(column, word) for column in columns))


def _any(standing: Any, words: Iterable[str]) -> Q:
    return reduce(or_, map(standing, words))


def _on_exhibit(word: str) -> Q:
    return _in_any(("shows", "recognised_text"), word)


def _on_contact(word: str) -> Q:
    return _in_any(OF_CONTACT, word)


def _on_order(word: str) -> Q:
    """Numbers are kept without blanks and with plain signs: looked for as they are kept."""
    number = _clean(word)
    return _in("order__item", word) | (_in("number", number) if number else Q(pk__in=[]))


def _as_kept(words: list[str]) -> list[str]:
    return [*words, *(finding.fold(number) for word in words if (number := _clean(word)))]


def _clean(word: str) -> str:
    try:
        return clean_number(word)
    except ValidationError:
        return ""


def _lines(*texts: str) -> str:
    return "\n".join(filter(None, texts))


def _has(model: Any, standing: Q, *, case: str = "case") -> Q:
    """Whether a row of the case itself is so. Asked of each case: where the rows that are so were listed
    first, PostgreSQL thought that the list is made anew for each, and read the cases of all users instead.
    """
    return Q(Exists(model.objects.filter(standing, **{case: OuterRef("pk")})))


def _first_ones(
    rows: QuerySet[Any], first: str, *columns: str, case: str = "case_id"
) -> Iterable[dict[str, Any]]:
    """The first few of each case, and one more that tells there are more."""
    place = Window(RowNumber(), partition_by=F(case), order_by=[F(first), F("pk")])
    numbered = rows.annotate(place=place).filter(place__lte=NAMED + 1)
    return numbered.order_by(case, "place").values(case, first, *columns)
