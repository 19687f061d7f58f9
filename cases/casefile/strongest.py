"""Which exhibits stand on page one: chosen by a written rule, never by taste. No Django.

The words of the other side weigh most, then what ties an exhibit to the order, then what can be looked into
further than a picture. docs/case-file.md has the same rule for people.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cases.casefile.snapshot import ContactFacts, ExhibitFacts, Snapshot

ON_PAGE_ONE = 3
# Of each kind of reason the best one counts, once.
OWN_WORDS, ANSWER, ATTEMPT = 5, 3, 2
NAMES_AN_ORDER, IS_MORE_THAN_A_PICTURE, SAYS_WHAT_IT_SHOWS = 3, 1, 1
MORE_THAN_A_PICTURE = ("application/", "message/", "text/", "audio/", "video/")
ANSWERED = frozenset({"answered", "promised", "refused", "solved"})
# A shorter number is found in anything.
LEAST_SIGNS = 6
_GAPS = re.compile(r"[\s\-]+")


@dataclass(frozen=True, slots=True)
class Choice:
    """An exhibit with its points; `contact`: the one it proves best; `number`: of an order, named by it."""

    exhibit: ExhibitFacts
    points: int
    contact: ContactFacts | None
    number: str


def strongest(snapshot: Snapshot) -> list[Choice]:
    """The three with the most points, best first; of two with as many the one that came in first."""
    numbers = [number.number for order in snapshot.orders for number in order.numbers]
    contacts = {contact.number: contact for contact in snapshot.contacts}
    weighed = [_weighed(exhibit, contacts, numbers) for exhibit in snapshot.exhibits]
    weighed.sort(key=lambda choice: (-choice.points, choice.exhibit.number))
    return weighed[:ON_PAGE_ONE]


def _weighed(exhibit: ExhibitFacts, contacts: dict[int, ContactFacts], numbers: list[str]) -> Choice:
    linked = [contacts[number] for number in exhibit.contacts]
    best = max(linked, key=_weight, default=None)
    told = _GAPS.sub("", f"{exhibit.shows} {exhibit.recognised_text}")
    names = next((one for one in numbers if len(one) >= LEAST_SIGNS and _GAPS.sub("", one) in told), "")
    points = (
        (_weight(best) if best else 0)
        + (NAMES_AN_ORDER if names else 0)
        + (IS_MORE_THAN_A_PICTURE if exhibit.media_type.startswith(MORE_THAN_A_PICTURE) else 0)
        + (SAYS_WHAT_IT_SHOWS if exhibit.shows else 0)
    )
    return Choice(exhibit, points, best, names)


def _weight(contact: ContactFacts) -> int:
    if contact.outcome.code in ("promised", "refused"):
        return OWN_WORDS
    return ANSWER if contact.outcome.code in ANSWERED or contact.direction.code == "incoming" else ATTEMPT
