"""Finds the playbooks that users made themselves, and reads their documents."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from cases.models import Case, Deadline, OwnPlaybook
from cases.rules.documents import read_document
from cases.rules.playbooks import Mistake, Playbook, load_playbooks
from tracker.accounts.models import User

PREFIX = "own_"
# What stands for it in a case file that came from another user.
ELSEWHERE = "other_"


def own_named(key: str) -> Playbook | None:
    """The own playbook with that key, whoever's it is; None where there is none, or none that loads."""
    if not key.startswith(PREFIX):
        return None
    own = OwnPlaybook.objects.filter(key=key).first()
    return read(own) if own else None


def all_of(user: User) -> tuple[Playbook, ...]:
    """The user's own playbooks, oldest first; one that no longer loads is left out."""
    found = (read(own) for own in rows_of(user))
    return tuple(playbook for playbook in found if playbook)


def rows_of(user: User) -> QuerySet[OwnPlaybook]:
    return OwnPlaybook.objects.filter(owner_id=user.pk)


def read(own: OwnPlaybook) -> Playbook | None:
    """The playbook of the document, read once in a process; None where it does not load (any more)."""
    return read_text(own.key, own.document)[0]


def mistakes_of(own: OwnPlaybook) -> tuple[Mistake, ...]:
    """What keeps the document from loading, since a newer edition of the site may ask for more."""
    return read_text(own.key, own.document)[1]


def visible_to(user: User, own: OwnPlaybook) -> bool:
    """Whether the user may read it: its owner, and members of a case that uses it."""
    if own.owner_id == user.pk:
        return True
    return _using(own.key, Case.objects.visible_to(user)).exists()


def named_for(user: User, name: str) -> str:
    """The name of a playbook or a rule as a case file has it.

    Where it is another user's own, which this user may not read, a name that nothing answers to.
    """
    key = name.partition(".")[0]
    if not key.startswith(PREFIX):
        return name
    own = OwnPlaybook.objects.filter(key=key).first()
    return name if own and visible_to(user, own) else name.replace(PREFIX, ELSEWHERE, 1)


def cases_with(own: OwnPlaybook) -> QuerySet[Case]:
    """Every case that uses it, closed ones as well."""
    return _using(own.key, Case.objects.all())


def counted_by(key: str) -> QuerySet[Case]:
    """Every case that uses the playbook of that key, or has a deadline that one of its rules counted."""
    counted = Deadline.objects.filter(rule__startswith=f"{key}.").values("case")
    return Case.objects.filter(Q(pk__in=_using(key, Case.objects.all()).values("pk")) | Q(pk__in=counted))


def companions() -> Collection[str]:
    """The shipped playbooks that a platform of one's own may go with."""
    return tuple(key for key, playbook in load_playbooks().items() if playbook.kind != "platform")


def _using(key: str, cases: QuerySet[Case]) -> QuerySet[Case]:
    # The same on every database: a key stands in the stored list in quotation marks.
    listed = cases.annotate(also=Cast("also_playbooks", CharField()))
    return listed.filter(Q(playbook=key) | Q(also__contains=f'"{key}"'))


@lru_cache(maxsize=64)
def read_text(key: str, document: str) -> tuple[Playbook | None, tuple[Mistake, ...]]:
    """The playbook of a document under that key, or None and the mistakes that keep it from loading."""
    playbook, mistakes = read_document(f"{key}.toml", document, key, companions())
    return (None if mistakes else playbook), mistakes
