"""The filters of the list of cases as links, and what to say about what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import ProblemKind, Role, Status
from cases.rules.text import Text
from cases.services.case_lists import LONGEST_SEARCH, Asked, Kept
from cases.templatetags.display import text

STATES = (
    ("open", gettext_lazy("Not closed")),
    (Status.WAITING.value, gettext_lazy("Waiting")),
    (Status.ESCALATED.value, gettext_lazy("Escalated")),
    (Status.CLOSED.value, gettext_lazy("Closed")),
    ("all", gettext_lazy("All")),
)
TURNS = (("mine", gettext_lazy("My turn")), ("theirs", gettext_lazy("Their turn")))
DUES = (("late", gettext_lazy("Late")), ("soon", gettext_lazy("In the next three days")))
ROLES = (
    (Role.OWNER.value, gettext_lazy("My own")),
    ("shared", gettext_lazy("Shared with me")),
    (Role.HELPER.value, gettext_lazy("I help")),
    (Role.READER.value, gettext_lazy("I only read")),
)

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter as a link, which takes it off again where it is on."""

    name: Words
    address: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Group:
    """`is_first` stands open above the list; the others are unfolded."""

    name: Words
    choices: list[Choice]
    is_first: bool = False

    @property
    def is_on(self) -> bool:
        return any(choice.is_on for choice in self.choices)


def address(asked: Asked, **changed: str) -> str:
    """The query of the list as asked, with these changed; from its first page unless `after` is given."""
    query = {**asked.filters, "q": asked.q, **changed}
    if query.get("state") == "open":
        del query["state"]
    return "?" + urlencode({name: value for name, value in query.items() if value})


def groups_of(asked: Asked, kept: Kept, names: Mapping[str, Text]) -> list[Group]:
    """What may be chosen. Only what the user's cases have is offered, and no choice between one and none."""
    platforms = [(key, text(names[key])) for key in kept.playbooks if key in names]
    problems = [(key, name) for key, name in ProblemKind.choices if key in kept.problems]
    is_shared = bool(kept.roles - {Role.OWNER})
    roles = [(key, name) for key, name in ROLES if key == "shared" or key in kept.roles]
    groups = [
        Group(_("Status"), _choices(asked, "state", STATES, stays=True), is_first=True),
        Group(_("Next deadline"), _choices(asked, "due", DUES)),
        Group(_("Whose turn"), _choices(asked, "turn", TURNS)),
        Group(_("Platform"), _choices(asked, "playbook", sorted(platforms, key=lambda one: one[1]))),
        Group(_("Kind of problem"), _choices(asked, "problem", problems)),
        Group(_("Whose case"), _choices(asked, "role", roles if is_shared else ())),
    ]
    return [group for group in groups if len(group.choices) > 1 or group.is_on]


def said_of(asked: Asked) -> list[str]:
    """Sentences about what was left out of what was asked."""
    said = []
    if asked.too_short:
        said.append(
            _("“%(signs)s” was left out: a search needs two characters or more.")
            % {"signs": " ".join(asked.too_short)}
        )
    if asked.is_cut:
        said.append(_("Only the first %(count)d characters are searched for.") % {"count": LONGEST_SEARCH})
    if asked.unknown:
        said.append(_("A filter in this address is not known here; it was left out."))
    return said


def _choices(
    asked: Asked, field: str, options: Iterable[tuple[str, Words]], *, stays: bool = False
) -> list[Choice]:
    chosen = getattr(asked, field)
    return [
        Choice(name, address(asked, **{field: "" if key == chosen and not stays else key}), key == chosen)
        for key, name in options
    ]
