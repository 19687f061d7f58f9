"""How large exhibits are drawn for the document, and where long ones are cut. No Django, no picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Pixels: enough for 200 dots an inch at the size at which they are printed.
UPRIGHT_WIDTH, WIDE_WIDTH, PAGE_WIDTH = 800, 1400, 1240
# A picture taller than this many times its width is printed in parts of at most PART_RATIO.
TALL_RATIO, PART_RATIO, MOST_PARTS = 2.7, 2.1, 60
# How much of a part is repeated at the top of the next, so that no line is lost at a cut.
OVERLAP = 0.06


@dataclass(frozen=True, slots=True)
class Fineness:
    """How large pictures are drawn, against the widths above, and the quality of their JPEG."""

    scale: float
    quality: int


FINE, SMALL = Fineness(1.0, 85), Fineness(0.7, 70)


def parts_of(width: int, height: int) -> int:
    """In how many parts a picture of these measures is printed."""
    return len(cuts(width, height))


def cuts(width: int, height: int) -> list[tuple[int, int, float]]:
    """(top, bottom, part of the piece that repeats the one before), in pixels."""
    if height <= TALL_RATIO * width:
        return [(0, height, 0.0)]
    most = max(PART_RATIO * width, height / MOST_PARTS * (1 + OVERLAP))
    count = max(2, math.ceil((height - most * OVERLAP) / (most * (1 - OVERLAP))))
    # All parts of one height, which overlap by just that much.
    tallest = height / (count - (count - 1) * OVERLAP)
    step = tallest * (1 - OVERLAP)
    found = []
    for part in range(count):
        top = round(part * step)
        bottom = height if part == count - 1 else round(part * step + tallest)
        before = round((part - 1) * step + tallest) if part else top
        found.append((top, bottom, (before - top) / (bottom - top)))
    return found
