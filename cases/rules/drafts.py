"""Drafts: a text for one channel, made from what the case holds, within the length that the channel takes.

Nothing is invented: what the case does not hold is a blank to fill in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cases.rules.draft_facts import DraftFacts
from cases.rules.draft_parts import Shape
from cases.rules.draft_phrases import Pen, cut_at_sentence, one_line, paragraphs, signs
from cases.rules.draft_styles import STYLES
from cases.rules.text import Text

FEWEST_SIGNS = 20  # a statement that is shorter than this says nothing


@dataclass(frozen=True, slots=True)
class Draft:
    """The text to copy. `length` counts characters as people do; `max_length` 0 is not known.

    `left_out` says what did not fit, `missing` what stands as a blank in the text.
    """

    text: str
    length: int
    max_length: int
    left_out: tuple[Text, ...]
    missing: tuple[Text, ...]

    @property
    def too_long_by(self) -> int:
        """How many characters are over what the channel takes, though nothing more can be left out."""
        return max(self.length - self.max_length, 0) if self.max_length else 0


def draft(facts: DraftFacts) -> Draft:
    """The draft in the channel's style, shortened in this order until it fits: the exhibits are
    counted, the contacts are counted, the statement is cut at a sentence, all of these and the details go.
    The demand and the order numbers are never cut, so the text may stay too long.
    """
    limit = facts.max_length
    chosen = _whole(facts)
    text, missing = _written(facts, chosen)
    for shape in _shorter(facts) if limit else ():
        if len(signs(text)) <= limit:
            break
        chosen = shape
        text, missing = _written(facts, chosen)
    return Draft(text, len(signs(text)), limit, tuple(_left_out(facts, chosen)), missing)


def _whole(facts: DraftFacts) -> Shape:
    clean = one_line if facts.style in {"chat", "call"} else paragraphs
    return Shape(statement=clean(facts.problem_statement))


def _shorter(facts: DraftFacts) -> Iterator[Shape]:
    shape = replace(_whole(facts), exhibits="count")
    yield shape
    shape = replace(shape, contacts="count")
    yield shape
    yield _cut(facts, shape)
    yield _cut(facts, replace(shape, exhibits="none", contacts="none", has_details=False))


def _cut(facts: DraftFacts, shape: Shape) -> Shape:
    """The shape with as much of the statement as there is room for."""
    if not shape.statement:
        return shape
    ellipsis = _pen(facts).ellipsis
    text, _missing = _written(facts, replace(shape, statement=ellipsis))
    room = facts.max_length - len(signs(text)) + len(ellipsis)
    return replace(shape, statement=cut_at_sentence(shape.statement, max(room, FEWEST_SIGNS), ellipsis))


def _pen(facts: DraftFacts) -> Pen:
    return Pen(facts.language, facts.zone, facts.zone_name)


def _written(facts: DraftFacts, shape: Shape) -> tuple[str, tuple[Text, ...]]:
    pen = _pen(facts)
    text = STYLES[facts.style](pen, facts, shape)
    return text, tuple(sorted(pen.blanks, key=lambda what: text.index(pen.blank(what))))


def _left_out(facts: DraftFacts, shape: Shape) -> Iterator[Text]:
    if facts.exhibits and shape.exhibits == "count":
        yield Text("证据清单只写了件数", "the list of exhibits: only their number is told")
    if facts.exhibits and shape.exhibits == "none":
        yield Text("证据清单", "the list of exhibits")
    if facts.contacts and shape.contacts == "count":
        yield Text("联系记录只写了次数和结果", "the contacts: only their number and how they ended are told")
    if facts.contacts and shape.contacts == "none":
        yield Text("联系记录", "the contacts")
    whole = _whole(facts).statement
    if shape.statement != whole:
        kept = len(signs(shape.statement.removesuffix(_pen(facts).ellipsis)))
        yield Text(
            "事情经过只写了前 {kept} 字（共 {all} 字）",
            "the end of what happened: the first {kept} of {all} characters are told",
        ).fill(kept=str(kept), all=str(len(signs(whole))))
    if not shape.has_details:
        yield Text("订单的其他信息、日期和相关规定", "other details of the order, dates and rules of law")
