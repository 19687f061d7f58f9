"""The list of a user's cases: which of them, in which order, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet

from cases.models import Case, Deadline, Membership, ProblemKind, Role, Status, Whose
from cases.rules import finding
from cases.services import search
from tracker.accounts.models import User

PAGE_SIZE = 30
SOON = timedelta(days=3)
LONGEST_SEARCH = 100

STATES = ("open", Status.WAITING.value, Status.ESCALATED.value, Status.CLOSED.value, "all")
TURNS = (Whose.MINE.value, Whose.THEIRS.value)
DUES = ("late", "soon")
ROLES = (Role.OWNER.value, "shared", Role.HELPER.value, Role.READER.value)
_START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for. `after` is the key of the case before the page; `words` are folded."""

    state: str = "open"
    playbook: str = ""
    problem: str = ""
    turn: str = ""
    due: str = ""
    role: str = ""
    q: str = ""
    after: str = ""
    words: tuple[str, ...] = ()
    too_short: tuple[str, ...] = ()
    is_cut: bool = False
    unknown: tuple[str, ...] = ()

    @property
    def filters(self) -> dict[str, str]:
        """What narrows the list besides the search and the page, as it stands in the address."""
        names = ("state", "playbook", "problem", "turn", "due", "role")
        return {name: value for name in names if (value := getattr(self, name))}


@dataclass(slots=True)
class Kept:
    """What the user's cases have, so that only filters that find something are offered."""

    playbooks: dict[str, None] = field(default_factory=dict)
    problems: dict[str, None] = field(default_factory=dict)
    roles: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Page:
    cases: list[Case]
    next_key: str


def kept_by(user: User) -> Kept:
    """In one query."""
    kept = Kept()
    columns = ("role", "case__playbook", "case__problem_kind")
    rows = Membership.objects.filter(user=user).order_by().values_list(*columns).distinct()
    for role, playbook, problem in rows:
        kept.roles.add(role)
        kept.playbooks[playbook] = kept.problems[problem] = None
    return kept


def read(typed: Mapping[str, str], kept: Kept) -> Asked:
    """What the address asks for. What is not known is left out, and told by its name in `unknown`."""
    allowed: dict[str, Any] = {
        "state": STATES,
        "playbook": kept.playbooks,
        "problem": ProblemKind.values,
        "turn": TURNS,
        "due": DUES,
        "role": ROLES,
    }
    given = {name: typed.get(name, "").strip() for name in (*allowed, "after")}
    unknown = [name for name, values in allowed.items() if given[name] and given[name] not in values]
    if given["after"] and _key_of(given["after"]) is None:
        unknown.append("after")
    chosen = {name: value for name, value in given.items() if value and name not in unknown}
    q = typed.get("q", "").replace("\x00", "").strip()
    words, too_short = finding.words_of(q[:LONGEST_SEARCH])
    return Asked(
        **chosen,
        q=q[:LONGEST_SEARCH],
        words=tuple(words),
        too_short=tuple(too_short),
        is_cut=len(q) > LONGEST_SEARCH,
        unknown=tuple(unknown),
    )


def found(user: User, asked: Asked, *, at: datetime) -> QuerySet[Case]:
    """The cases asked for, all pages: the nearest deadline first, then the newest. Each has `next_due`."""
    cases = _with_deadlines(_of_role(Case.objects.visible_to(user), user, asked.role), asked, at)
    if asked.state == "open":
        cases = cases.exclude(status=Status.CLOSED)
    elif asked.state != "all":
        cases = cases.filter(status=asked.state)
    if asked.playbook:
        cases = cases.filter(playbook=asked.playbook)
    if asked.problem:
        cases = cases.filter(problem_kind=asked.problem)
    cases = search.narrow(cases, asked.words)
    is_open = Q(deadlines__met_at__isnull=True, deadlines__dropped_at__isnull=True)
    return cases.annotate(next_due=Min("deadlines__due_at", filter=is_open)).order_by(
        F("next_due").asc(nulls_last=True), "-created_at", "-pk"
    )


def page(cases: QuerySet[Case], after: str) -> Page:
    """The page behind the case with that key. What comes in meanwhile neither repeats nor hides a row."""
    key = _key_of(after)
    behind = cases.filter(_behind(*key)) if key else cases
    # One row more than shown tells whether there is a next page, without counting them all.
    rows = list(behind[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    return Page(shown, _key(shown[-1]) if len(rows) > PAGE_SIZE else "")


def _of_role(cases: Any, user: User, role: str) -> Any:
    if not role:
        return cases
    mine = Membership.objects.filter(case=OuterRef("pk"), user=user)
    if role == "shared":
        return cases.filter(Exists(mine.exclude(role=Role.OWNER)))
    return cases.filter(Exists(mine.filter(role=role)))


def _with_deadlines(cases: Any, asked: Asked, at: datetime) -> Any:
    """Cases with one open deadline for which all holds that was asked: whose it is, late, soon."""
    if not asked.turn and not asked.due:
        return cases
    matching = Deadline.objects.open().filter(case=OuterRef("pk"), is_paused=False)
    if asked.turn:
        matching = matching.filter(whose=asked.turn)
    if asked.due == "late":
        matching = matching.filter(due_at__lt=at)
    elif asked.due == "soon":
        matching = matching.filter(due_at__gte=at, due_at__lte=at + SOON)
    return cases.filter(Exists(matching))


def _behind(due: datetime | None, created: datetime, pk: int) -> Q:
    older = Q(created_at__lt=created) | Q(created_at=created, pk__lt=pk)
    if due is None:
        return Q(next_due__isnull=True) & older
    return Q(next_due__gt=due) | (Q(next_due=due) & older) | Q(next_due__isnull=True)


def _key(case: Any) -> str:
    due = "" if case.next_due is None else _micros(case.next_due)
    return f"{due}.{_micros(case.created_at)}.{case.pk}"


def _micros(moment: datetime) -> int:
    return (moment - _START) // timedelta(microseconds=1)


def _key_of(key: str) -> tuple[datetime | None, datetime, int] | None:
    """None for what is no key."""
    parts = key.split(".")
    if len(parts) != 3 or not all(_is_number(part) for part in parts[1:]):
        return None
    if parts[0] and not _is_number(parts[0]):
        return None
    due = _START + timedelta(microseconds=int(parts[0])) if parts[0] else None
    return due, _START + timedelta(microseconds=int(parts[1])), int(parts[2])


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdecimal() and len(part) <= 17
