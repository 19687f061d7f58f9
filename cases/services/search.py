"""Finds cases by what stands anywhere in them, and says which exhibit or contact it was.

Every word must stand somewhere in the case, each where it likes: one in the title, one on a screenshot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from cases.models import Case, ContactAttempt, Exhibit, OrderNumber
from cases.services.file_texts import MEDIA_TYPES as WITH_OWN_TEXT
from cases.services.orders import clean_number
from tracker.accounts.models import User

MOST_WORDS = 8
# Of one case, so many exhibits and so many contacts are named.
NAMED = 3


@dataclass(frozen=True, slots=True)
class FoundExhibit:
    """`is_machine_read`: the words stand in what a machine read on it, not in its description."""

    number: int
    shows: str
    is_machine_read: bool


@dataclass(frozen=True, slots=True)
class FoundContact:
    pk: int
    started_at: datetime
    ticket_number: str


@dataclass(slots=True)
class Places:
    """Where in a case the words stand, besides its title, shop and order numbers; `has_more` than named."""

    exhibits: list[FoundExhibit] = field(default_factory=list)
    contacts: list[FoundContact] = field(default_factory=list)
    has_more: bool = False


def words_of(typed: str) -> list[str]:
    """What is looked for: at most eight words, each once."""
    return list(dict.fromkeys(typed.split()))[:MOST_WORDS]


def narrow(found: QuerySet[Case], user: User, words: Iterable[str]) -> QuerySet[Case]:
    """The cases among `found` in which every word stands. What is looked through belongs to cases of the
    user alone, in the same query.
    """
    for word in words:
        found = found.filter(
            _in("title", word)
            | _in("merchant", word)
            | Q(reference=word.lower())
            | Q(pk__in=_case_ids(OrderNumber, user, _on_order(word), case="order__case"))
            | Q(pk__in=_case_ids(ContactAttempt, user, _on_contact(word)))
            | Q(pk__in=_case_ids(Exhibit, user, _described(word) | _machine_read(word)))
        )
    return found


def places_in(cases: Iterable[Case], words: list[str]) -> dict[int, Places]:
    """By the number of the case, in two queries whatever their number. `cases` are those of one page."""
    places: dict[int, Places] = defaultdict(Places)
    if not words:
        return places
    of_cases = Q(case__in=[case.pk for case in cases])
    described = reduce(or_, map(_described, words))
    exhibits = Exhibit.objects.filter(of_cases, described | reduce(or_, map(_machine_read, words)))
    for row in _first_ones(
        exhibits.annotate(by_words=_column(described)), "number", "shows", "media_type", "by_words"
    ):
        if row["place"] > NAMED:
            places[row["case_id"]].has_more = True
        else:
            is_machine_read = not row["by_words"] and row["media_type"] not in WITH_OWN_TEXT
            found = FoundExhibit(row["number"], row["shows"], is_machine_read)
            places[row["case_id"]].exhibits.append(found)
    contacts = ContactAttempt.objects.filter(of_cases, reduce(or_, map(_on_contact, words)))
    for row in _first_ones(contacts, "started_at", "pk", "ticket_number"):
        if row["place"] > NAMED:
            places[row["case_id"]].has_more = True
        else:
            found_contact = FoundContact(row["pk"], row["started_at"], row["ticket_number"])
            places[row["case_id"]].contacts.append(found_contact)
    return dict(places)


def _in(column: str, word: str) -> Q:
    """Whether the word stands in the column, in capitals or not. Digits and Chinese have none: looking for
    them as they are is twice as fast on PostgreSQL.
    """
    has_case = word.upper() != word or word.lower() != word
    return Q(**{f"{column}__{'icontains' if has_case else 'contains'}": word})


def _described(word: str) -> Q:
    return _in("shows", word)


def _machine_read(word: str) -> Q:
    return _in("recognised_text", word)


def _on_contact(word: str) -> Q:
    return _in("summary", word) | _in("ticket_number", word)


def _on_order(word: str) -> Q:
    """Numbers are kept without blanks and with plain signs: looked for as they are kept."""
    try:
        number = clean_number(word)
    except ValidationError:
        number = ""
    return _in("number", number) if number else Q(pk__in=[])


def _case_ids(model: Any, user: User, standing: Q, *, case: str = "case") -> QuerySet[Any, Any]:
    mine = Q(**{f"{case}__memberships__user": user})
    return model.objects.filter(mine & standing).order_by().values(f"{case}_id")


def _column(standing: Q) -> Any:
    return ExpressionWrapper(standing, output_field=BooleanField())


def _first_ones(rows: QuerySet[Any], first: str, *columns: str) -> Iterable[dict[str, Any]]:
    """The first few of each case, and one more that tells there are more."""
    place = Window(RowNumber(), partition_by=F("case_id"), order_by=[F(first), F("pk")])
    numbered = rows.annotate(place=place).filter(place__lte=NAMED + 1)
    return numbered.order_by("case_id", "place").values("case_id", "place", first, *columns)
