"""Gentle hints about exhibits, from what is known of their files and was read on them. Never a refusal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby

from cases.rules import conversations
from cases.rules.editors import editors_in
from cases.rules.hint_words import WORDS
from cases.rules.readings_rows import Line
from cases.rules.screens import STATUS_BAR, Screen, screen_of
from cases.rules.similarity import folded, likeness, nearly_same, shingles
from cases.rules.text import Text

# Several pictures may be sent with one time that people remember.
TIMES_AGREE = timedelta(hours=1)
CLOCKS_DIFFER_BY = timedelta(minutes=10)
ONE_SITTING = timedelta(minutes=30)
# Too little text is alike by chance.
LEAST_TEXT = 40
LEAST_LINES = 4
# A phone's screen by its shape; photographs, which have no clock, are less narrow than a screen of today.
SCREEN_PNG, SCREEN_PHOTO = 1.7, 1.9
MOST_COMPARED = 40
_BUSY_HEADS = ("正在输入", "正在讲话", "typing")


@dataclass(frozen=True)
class Pictured:
    """What hints look at: an exhibit's file, what was read on it, and what is said of it.

    `claimed_at` and `received_at` are aware, in the zone of the user's clock; `taken_at` comes from the file
    and is aware, too. `software` are the programs that the file names, `contacts` what it proves. Width and
    height are pixels.
    """

    number: int
    media_type: str
    received_at: datetime
    width: int | None = None
    height: int | None = None
    lines: tuple[Line, ...] = ()
    claimed_at: datetime | None = None
    taken_at: datetime | None = None
    software: tuple[str, ...] = ()
    is_photo: bool = False
    contacts: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        return f"E{self.number}"

    @cached_property
    def screen(self) -> Screen | None:
        """The phone's screen that it shows, as far as lines were read on it."""
        if self.is_photo or not self.media_type.startswith("image/") or len(self.lines) < LEAST_LINES:
            return None
        return screen_of(self.lines, self.width, self.height)

    @cached_property
    def text(self) -> str:
        """What was read, without the status bar, whose clock goes on between two takes."""
        top = STATUS_BAR * self.screen.unit if self.screen else 0
        return "\n".join(line.text for line in self.lines if line.page > 1 or line.middle > top)


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing to look at again; `numbers` are the exhibits it is about, the later one last."""

    code: str
    seen: Text
    why: Text
    todo: Text
    numbers: tuple[int, ...]

    @property
    def text(self) -> Text:
        return Text.joined((self.seen, self.why, self.todo))


def hints(exhibits: Sequence[Pictured]) -> tuple[Hint, ...]:
    """Every hint about the exhibits of one case, by the exhibit it stands at, in the order of WORDS."""
    exhibits = sorted(exhibits, key=lambda exhibit: exhibit.number)
    found = [hint for exhibit in exhibits for hint in _of_one(exhibit)]
    doubles = list(_doubles(exhibits))
    again = {hint.numbers[-1] for hint in doubles}
    found += [*doubles, *_gaps([exhibit for exhibit in exhibits if exhibit.number not in again])]
    order = list(WORDS)
    return tuple(sorted(found, key=lambda hint: (hint.numbers[-1], order.index(hint.code), hint.numbers)))


def by_exhibit(found: Iterable[Hint]) -> dict[int, tuple[Hint, ...]]:
    """The hints at each exhibit; one about two stands at both."""
    sorted_out: dict[int, list[Hint]] = {}
    for hint in found:
        for number in hint.numbers:
            sorted_out.setdefault(number, []).append(hint)
    return {number: tuple(hints) for number, hints in sorted_out.items()}


def _hint(code: str, *exhibits: Pictured, **values: Text | str) -> Hint:
    seen, why, todo = WORDS[code]
    return Hint(code, seen.fill(**values), why, todo, tuple(exhibit.number for exhibit in exhibits))


def _of_one(exhibit: Pictured) -> Iterator[Hint]:
    programs = editors_in(exhibit.software)
    if programs:
        listed = Text("、".join(programs), ", ".join(programs))
        yield _hint("edited", exhibit, programs=listed)
    yield from _times(exhibit)
    if exhibit.screen is not None:
        yield from _in_sight(exhibit, exhibit.screen)


def _times(exhibit: Pictured) -> Iterator[Hint]:
    claimed = exhibit.claimed_at
    if claimed is None:
        return
    said = f"{claimed:%Y-%m-%d %H:%M}"
    if claimed > exhibit.received_at + CLOCKS_DIFFER_BY:
        yield _hint(
            "later_than_received", exhibit, claimed=said, received=f"{exhibit.received_at:%Y-%m-%d %H:%M}"
        )
    if exhibit.taken_at is not None and abs(exhibit.taken_at - claimed) > TIMES_AGREE:
        taken = exhibit.taken_at.astimezone(claimed.tzinfo)
        yield _hint("camera_differs", exhibit, taken=f"{taken:%Y-%m-%d %H:%M}", claimed=said)
        return
    clock = exhibit.screen.clock if exhibit.screen else None
    if clock and clock.differs_by(claimed.hour * 60 + claimed.minute) > TIMES_AGREE / timedelta(minutes=1):
        yield _hint("clock_differs", exhibit, clock=clock.text, claimed=f"{claimed:%H:%M}")


def _in_sight(exhibit: Pictured, screen: Screen) -> Iterator[Hint]:
    lacks_clock, lacks_name = not screen.has_status_bar(), screen.is_chat and not screen.name
    least = SCREEN_PNG if exhibit.media_type == "image/png" else SCREEN_PHOTO
    is_screenshot = screen.is_chat or screen.height >= least * screen.width
    if lacks_clock and lacks_name:
        yield _hint("cut_out", exhibit)
    elif lacks_clock and is_screenshot:
        yield _hint("no_clock", exhibit)
    elif lacks_name:
        yield _hint("no_name", exhibit)


def _doubles(exhibits: Sequence[Pictured]) -> Iterator[Hint]:
    known = {exhibit.number: exhibit for exhibit in exhibits}
    texts = {exhibit.number: exhibit.text for exhibit in exhibits if len(folded(exhibit.text)) >= LEAST_TEXT}
    told: set[int] = set()
    for one, other in nearly_same(texts):
        # Of many that are alike each is named once.
        if other not in told:
            told.add(other)
            yield _hint(
                "nearly_same", known[one], known[other], this=known[one].label, other=known[other].label
            )


def _gaps(exhibits: Sequence[Pictured]) -> Iterator[Hint]:
    known = {exhibit.number: exhibit for exhibit in exhibits}
    told: set[tuple[int, int]] = set()
    for group in _conversations(exhibits):
        for one, other in conversations.gaps(group):
            if (one, other) not in told:
                told.add((one, other))
                yield _hint("gap", known[one], known[other], this=known[one].label, other=known[other].label)


def _conversations(exhibits: Sequence[Pictured]) -> Iterator[Mapping[int, Screen]]:
    """Chats that belong together: proof of the same contact, or sent in one sitting under the same name."""
    chats = [exhibit for exhibit in exhibits if exhibit.screen is not None and exhibit.screen.is_chat]
    by_contact: dict[int, list[Pictured]] = {}
    for exhibit in chats:
        for contact in exhibit.contacts:
            by_contact.setdefault(contact, []).append(exhibit)
    loose = [exhibit for exhibit in chats if not exhibit.contacts and _name(exhibit)]
    sittings = [*by_contact.values()]
    for _key, sitting in groupby(sorted(loose, key=_name), key=_name):
        sittings += _one_after_another(list(sitting))
    for group in sittings:
        for part in _with_one_name(group):
            yield {exhibit.number: exhibit.screen for exhibit in part[:MOST_COMPARED] if exhibit.screen}


def _name(exhibit: Pictured) -> str:
    return folded(exhibit.screen.name) if exhibit.screen else ""


def _one_after_another(exhibits: list[Pictured]) -> list[list[Pictured]]:
    """Parted where half an hour lies between two that came in."""
    groups: list[list[Pictured]] = []
    for exhibit in sorted(exhibits, key=lambda exhibit: exhibit.number):
        if groups and exhibit.received_at - groups[-1][-1].received_at <= ONE_SITTING:
            groups[-1].append(exhibit)
        else:
            groups.append([exhibit])
    return groups


def _with_one_name(exhibits: list[Pictured]) -> list[list[Pictured]]:
    """Parted by the name at the top, where one is in sight: other people's chats do not go on here."""
    groups: list[list[Pictured]] = []
    for exhibit in exhibits:
        fitting = (group for group in groups if _may_be_same(_name(group[0]), _name(exhibit)))
        group = next(fitting, None)
        if group is None:
            groups.append([exhibit])
        else:
            group.append(exhibit)
    return groups


def _may_be_same(one: str, other: str) -> bool:
    unknown = not one or not other or any(word in name for word in _BUSY_HEADS for name in (one, other))
    return unknown or likeness(shingles(one, 2), shingles(other, 2)) >= 0.5
