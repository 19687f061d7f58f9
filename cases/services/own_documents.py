"""Stores, changes and takes away the playbooks that users make themselves."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import tomli_w
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from cases.models import ContactAttempt, OwnPlaybook
from cases.models.own_playbook import new_key
from cases.rules.documents import MOST_BYTES
from cases.rules.playbooks import Mistake, Playbook
from cases.services import deadline_corrections, own_entries, recounts
from cases.services.own_playbooks import cases_with, counted_by, read, read_text, rows_of
from tracker.accounts.models import User

MOST_OF_ONE_USER = 50
# Together: reading them all, as a list does, takes a moment and no more.
MOST_SIGNS_OF_ONE_USER = 1_000_000
# Together, too: a case may name several of them.
MOST_RULES_OF_ONE_USER = 200
Document = dict[str, Any]


class Misread(ValidationError):
    """A document that is no playbook, with every mistake found in it."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = mistakes
        super().__init__(_("Nothing was stored: the playbook has mistakes."), code="misread")


def read_ahead(content: bytes) -> str:
    """Read an uploaded file, which takes its time, before anything is locked; the new key it was read under.

    Raises Misread or ValidationError.
    """
    key = new_key()
    _read(key, decoded(content))
    return key


def take_document(*, by: User, at: datetime, content: bytes, key: str = "") -> OwnPlaybook:
    """A new own playbook from an uploaded file, kept as it came. Raises Misread or ValidationError.

    A caller that holds a lock already says under which `key` it has read the file ahead.
    """
    own = OwnPlaybook(owner=by, made_at=at, changed_at=at, key=key or read_ahead(content))
    own.document = decoded(content)
    return _add(own)


def make(*, by: User, at: datetime, document: Document) -> OwnPlaybook:
    """A new own playbook from what was typed. Raises Misread or ValidationError."""
    own = OwnPlaybook(owner=by, made_at=at, changed_at=at)
    own.document = _written(document, by, at)
    return _add(own)


def replace_document(*, own: OwnPlaybook, at: datetime, content: bytes) -> OwnPlaybook:
    """Put an uploaded file in the place of the document. Raises Misread or ValidationError."""
    text = decoded(content)
    _read(own.key, text)
    with transaction.atomic():
        own = _locked(own)
        return _put(own, text, by=own.owner, at=at)


def change(*, own: OwnPlaybook, by: User, at: datetime, apply: Callable[[Document], None]) -> OwnPlaybook:
    """Let `apply` change the tables of the document, and count the open deadlines that rest on it anew;
    those of a rule that is gone are dropped. `apply` may be called more than once, with tables each time.

    Comments of an uploaded file are lost thereby. Raises Misread or ValidationError; then nothing changes.
    """
    try_change(own=own, by=by, at=at, apply=apply)
    with transaction.atomic():
        own = _locked(own)
        return _put(own, _applied(own, by, at, apply), by=by, at=at)


def try_change(*, own: OwnPlaybook, by: User, at: datetime, apply: Callable[[Document], None]) -> None:
    """Read what `change` would store, which takes its time, before anything is locked: it is remembered.

    Raises Misread or ValidationError.
    """
    _read(own.key, _applied(own, by, at, apply))


def take_out(*, own: OwnPlaybook, by: User, at: datetime, group: str, key: str) -> OwnPlaybook:
    """Take one of the `channels` or `rules` out; open deadlines of a rule that is gone are dropped.

    Raises ValidationError while a contact was logged on the channel or a rule of the document names it.
    """

    def without(document: Document) -> None:
        if group == "channels":
            _refuse_used_channel(own, key)
            own_entries.forget_channel(document, key)
        else:
            document[group].pop(key, None)
            own_entries.forget_sources(document)

    try:
        return change(own=own, by=by, at=at, apply=without)
    except Misread as misread:
        named = sorted({".".join(mistake.key.split(".")[:2]) for mistake in misread.mistakes})
        raise ValidationError(
            _("It stays: it is needed by %(names)s. Change or take that out first.")
            % {"names": ", ".join(named)},
            code="needed",
        ) from misread


@transaction.atomic
def delete(*, own: OwnPlaybook) -> None:
    """Take it away for good. Raises ValidationError while a case uses it."""
    own = _locked(own)
    count = cases_with(own).count()
    if count:
        raise ValidationError(
            _("It stays, because cases use it (%(count)d). Choose something else in these cases first.")
            % {"count": count},
            code="in_use",
        )
    own.delete()


def document_of(own: OwnPlaybook) -> Document:
    """The tables of the document, for a form to begin with; it was read before it was stored."""
    return tomllib.loads(own.document)


def decoded(content: bytes) -> str:
    """The text of an uploaded file. Raises ValidationError where it is too large or no UTF-8."""
    if len(content) > MOST_BYTES:
        raise ValidationError(
            _("This file is larger than %(limit)d KB; a playbook is text and needs far less.")
            % {"limit": MOST_BYTES // 1024}
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(
            _("This file is no text in UTF-8. Save it from a text editor as UTF-8 and upload it again.")
        ) from error


@transaction.atomic
def _add(own: OwnPlaybook) -> OwnPlaybook:
    _refuse_too_many(own.owner)
    return _store(own)


def _put(own: OwnPlaybook, text: str, *, by: User, at: datetime) -> OwnPlaybook:
    """Store the text as the document of one that is locked, and let what rests on it follow."""
    before, rules = read(own), document_of(own).get("rules", {})
    own.document, own.changed_at = text, at
    _lock_user(own.owner)
    _store(own, before=before)
    _lock_cases(own)
    kept = document_of(own).get("rules", {})
    gone = [f"{own.key}.{rule}" for rule in rules if rule not in kept]
    deadline_corrections.drop_rules(names=gone, at=at, by=by)
    recounts.recount_cases_of(own.key, at=at)
    return own


def _store(own: OwnPlaybook, *, before: Playbook | None = None) -> OwnPlaybook:
    playbook = _read(own.key, own.document)
    if before and before.kind != playbook.kind:
        # The channels of a platform are stored with cases by another name than those of a law.
        raise ValidationError(_("Its kind stays as it is. Make a new playbook for the other kind."))
    _refuse_too_much(own, playbook)
    own.save()
    return own


def _read(key: str, text: str) -> Playbook:
    playbook, mistakes = read_text(key, text)
    if mistakes or playbook is None:
        raise Misread(mistakes)
    return playbook


def _applied(own: OwnPlaybook, by: User, at: datetime, apply: Callable[[Document], None]) -> str:
    document = document_of(own)
    apply(document)
    return _written(document, by, at)


def _locked(own: OwnPlaybook) -> OwnPlaybook:
    return OwnPlaybook.objects.select_for_update(of=("self",)).select_related("owner").get(pk=own.pk)


def _lock_user(user: User) -> None:
    # What two store at the same moment counts for both. Not FOR UPDATE: that would wait for whoever
    # just logged something as this user, while that one waits for the case.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _lock_cases(own: OwnPlaybook) -> None:
    """Wait for whoever counts by the document as it was, in a case with nothing open so far too."""
    list(counted_by(own.key).select_for_update(no_key=True).order_by("pk").only("pk"))


def _refuse_used_channel(own: OwnPlaybook, key: str) -> None:
    playbook = read(own)
    stored = key if playbook and playbook.kind == "platform" else f"{own.key}.{key}"
    count = ContactAttempt.objects.filter(case__in=cases_with(own), channel=stored).count()
    if count:
        raise ValidationError(
            _("It stays, because contacts were logged on this channel (%(count)d).") % {"count": count},
            code="in_use",
        )


def _refuse_too_many(user: User) -> None:
    _lock_user(user)
    if rows_of(user).count() >= MOST_OF_ONE_USER:
        raise ValidationError(
            _("You have %(limit)d playbooks of your own, the most there can be. Delete one first.")
            % {"limit": MOST_OF_ONE_USER}
        )


def _refuse_too_much(own: OwnPlaybook, playbook: Playbook) -> None:
    others = OwnPlaybook.objects.filter(owner_id=own.owner_id).exclude(pk=own.pk)
    signs = others.aggregate(signs=Sum(Length("document")))["signs"] or 0
    if signs + len(own.document) > MOST_SIGNS_OF_ONE_USER:
        raise ValidationError(
            _("Your playbooks together have more than %(limit)d signs. Delete one, or make one shorter.")
            % {"limit": MOST_SIGNS_OF_ONE_USER}
        )
    rules = sum(len(other.rules) for other in map(read, others) if other)
    if rules + len(playbook.rules) > MOST_RULES_OF_ONE_USER:
        raise ValidationError(
            _("Your playbooks together have more than %(limit)d rules. Delete one, or take some rules out.")
            % {"limit": MOST_RULES_OF_ONE_USER}
        )


def _written(document: Document, by: User, at: datetime) -> str:
    """The document as TOML, with a new edition."""
    document["edition"] = f"{at.astimezone(by.zone):%Y-%m-%d %H:%M}"
    return tomli_w.dumps(document)
