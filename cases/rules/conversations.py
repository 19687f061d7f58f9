"""Do pictures of one conversation follow on one another, or is a part between them missing?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from cases.rules.readings_rows import Line
from cases.rules.screens import Screen
from cases.rules.similarity import folded, likeness, shingles

# A shorter line, such as “好的”, says nothing of where it stands.
LEAST_SIGNS = 4
ALIKE, LEAST_SIGNS_ALIKE = 0.55, 8
# Of the width: what moved by less has not been scrolled, like the box one types in.
STILL = 0.03
SAME_SCREEN = 3  # lines at their old places, the fewest that tell a second copy of a picture


def gaps(screens: Mapping[int, Screen]) -> list[tuple[int, int]]:
    """Neighbours, by the order given, between which no line goes on, not even by way of another picture.

    Each part of a conversation is named once, where its first picture stands.
    """
    numbers = list(screens)
    joined = {number: number for number in numbers}

    def root(number: int) -> int:
        while joined[number] != number:
            number = joined[number]
        return number

    bodies = {number: _body(screen) for number, screen in screens.items()}
    for place, number in enumerate(numbers):
        for other in numbers[:place]:
            is_next = numbers[place - 1] == other
            if root(number) != root(other) and _goes_on(
                screens[other], bodies[other], screens[number], bodies[number], closely=is_next
            ):
                joined[root(number)] = root(other)
    begun = {root(number): number for number in reversed(numbers)}
    return [(one, other) for one, other in pairwise(numbers) if begun[root(other)] == other]


def _body(screen: Screen) -> dict[str, Line]:
    found = {folded(line.text): line for row in screen.rows for line in row.lines}
    return {text: line for text, line in found.items() if len(text) >= LEAST_SIGNS}


def _goes_on(
    one: Screen, here: Mapping[str, Line], other: Screen, there: Mapping[str, Line], *, closely: bool
) -> bool:
    """Is a line of one picture on the other too, at another height? `closely` forgives misread signs."""
    moved = [_has_moved(one, here[text], other, there[text]) for text in here.keys() & there.keys()]
    # A copy with a part blacked out, or saved anew, stands where its first copy stands.
    if any(moved) or len(moved) >= max(SAME_SCREEN, min(len(here), len(there)) * 2 / 3):
        return True
    if not closely:
        return False
    theirs = _pieces(there)
    return any(
        likeness(pieces, found) >= ALIKE and _has_moved(one, line, other, match)
        for pieces, line in _pieces(here)
        for found, match in theirs
    )


def _pieces(body: Mapping[str, Line]) -> list[tuple[frozenset[str], Line]]:
    return [(shingles(text, 2), line) for text, line in body.items() if len(text) >= LEAST_SIGNS_ALIKE]


def _has_moved(one: Screen, line: Line, other: Screen, match: Line) -> bool:
    """Whether it stands elsewhere, seen from the top and from the foot of the picture."""
    tops, feet = zip(
        *(_places(screen, found) for screen, found in ((one, line), (other, match))), strict=True
    )
    return bool(abs(tops[0] - tops[1]) > STILL and abs(feet[0] - feet[1]) > STILL)


def _places(screen: Screen, line: Line) -> Sequence[float]:
    """How far from the top and from the foot, in widths of the picture."""
    length = screen.height / screen.width
    top = line.middle / 10_000 * length
    return top, length - top
