"""Links in mails that act without log-in: what they are made of, and whom a link still lets act.

A link is a key, never a log-in: it opens the page of one reminder, or stops and resumes mails, and nothing
else. It holds keys of rows, no words; what it is signed with is the site's secret, so nobody can make one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache

from django.conf import settings
from django.core.signing import BadSignature, Signer, b62_decode, b62_encode
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from cases.models import Case, Deadline, Membership, OwnReminder, Reminder
from tracker.accounts.models import User

ACTIONS = ("log", "done", "tomorrow")
GOOD_FOR = timedelta(days=14)
UNSUBSCRIBE_GOOD_FOR = timedelta(days=365)
# Each kind of link has a salt of its own: neither opens what the other does.
_LINK_SALT = "cases.reminder_links"
_UNSUBSCRIBE_SALT = "cases.reminder_links.unsubscribe"
_SEAL_SALT = "cases.reminder_links.seal"


class Refusal(StrEnum):
    """Why a link does not open; all but the first are of links that this site made."""

    FORGED = "forged"
    EXPIRED = "expired"
    CHANGED = "changed"
    INACTIVE = "inactive"
    NO_MEMBER = "no_member"
    GONE = "gone"


class LinkRefused(Exception):
    """The link opens nothing; `user` is whose it was, where that is certain, to answer in their language."""

    def __init__(self, why: Refusal, user: User | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.user = user


@dataclass(frozen=True, slots=True)
class Link:
    """A link that opens: a reminder about a deadline or an own one, and whether its user may write."""

    reminder: Reminder
    about: Deadline | OwnReminder
    user: User
    may_write: bool

    @property
    def case(self) -> Case:
        return self.about.case


@dataclass(frozen=True, slots=True)
class UnsubscribeLink:
    """Whose mails it stops; the membership of the case of that mail, while there is one."""

    user: User
    membership: Membership | None


def url_of(reminder: Reminder, action: str, *, at: datetime | None = None) -> str:
    """The address, good for 14 days from `at` (now), that offers the user of the reminder this action first.

    `reminder` is stored and comes with its user; `action` is one of ACTIONS.
    """
    user = reminder.user
    token = _signed(_LINK_SALT, _seconds(at), reminder.pk, user.pk, _seal_of(user))
    return f"{settings.SITE_URL}{_folder_of('cases:reminder-link')}{token}/?do={action}"


def unsubscribe_url(user: User, case: Case | None = None, *, at: datetime | None = None) -> str:
    """The address, good for a year from `at` (now), that stops the user's mails; it also offers to stop
    those of `case` alone, where the mail is about one.
    """
    token = _signed(_UNSUBSCRIBE_SALT, _seconds(at), user.pk, case.pk if case else 0)
    return f"{settings.SITE_URL}{_folder_of('cases:unsubscribe')}{token}/"


def open_link(token: str, *, at: datetime) -> Link:
    """Whom and what the link is for. Raises LinkRefused.

    The user is asked for anew: active, with the password and address of when the mail was written, and
    still a member of the case.
    """
    (reminder_key, user_key, seal), made_at = _parts(_LINK_SALT, token)
    user_id = b62_decode(user_key)
    user = User.objects.filter(pk=user_id).first()
    if at > made_at + GOOD_FOR:
        raise LinkRefused(Refusal.EXPIRED, user)
    rows = Reminder.objects.select_related("user", "deadline__case", "own_reminder__case")
    reminder = rows.filter(pk=b62_decode(reminder_key)).first()
    if user is not None and not user.is_active:
        raise LinkRefused(Refusal.INACTIVE, user)
    if user is not None and not constant_time_compare(seal, _seal_of(user)):
        raise LinkRefused(Refusal.CHANGED, user)
    about = reminder and reminder.user_id == user_id and (reminder.deadline or reminder.own_reminder)
    if user is None or not reminder or not about:
        raise LinkRefused(Refusal.GONE, user)
    membership = Membership.objects.filter(case=about.case, user=user).first()
    if membership is None:
        raise LinkRefused(Refusal.NO_MEMBER, user)
    return Link(reminder, about, user, membership.may_write)


def open_unsubscribe(token: str, *, at: datetime) -> UnsubscribeLink:
    """Whose mails the link stops. Raises LinkRefused.

    It works whatever became of password, address and account since: it can only stop mails, or let those
    come again that came before.
    """
    (user_key, case_key), made_at = _parts(_UNSUBSCRIBE_SALT, token)
    user = User.objects.filter(pk=b62_decode(user_key)).first()
    if user is None:
        raise LinkRefused(Refusal.GONE)
    if at > made_at + UNSUBSCRIBE_GOOD_FOR:
        raise LinkRefused(Refusal.EXPIRED, user)
    memberships = Membership.objects.filter(user=user, case=b62_decode(case_key))
    return UnsubscribeLink(user, memberships.select_related("case").first())


def _seal_of(user: User) -> str:
    """Changes with the password and with the address that the mail went to."""
    return _sealed(f"{user.password}\n{user.email}")


# Asked for with each link of a mail.
@lru_cache(maxsize=16)
def _sealed(made_of: str) -> str:
    return salted_hmac(_SEAL_SALT, made_of, algorithm="sha256").hexdigest()[:16]


def _seconds(at: datetime | None) -> int:
    return int((at or timezone.now()).timestamp())


# The links of one row differ only in what they offer first.
@lru_cache(maxsize=16)
def _signed(salt: str, made_at: int, *parts: int | str) -> str:
    written = (b62_encode(part) if isinstance(part, int) else part for part in (*parts, made_at))
    return Signer(salt=salt).sign(":".join(written))


@cache
def _folder_of(name: str) -> str:
    """The path in which the tokens of that address lie: to ask anew for each link took most of the time."""
    return reverse(name, args=["-"]).removesuffix("-/")


def _parts(salt: str, token: str) -> tuple[list[str], datetime]:
    """What the token was made of, and when; what bears our signature was written by `_signed`."""
    try:
        *parts, made_at = Signer(salt=salt).unsign(token).split(":")
    except BadSignature:
        raise LinkRefused(Refusal.FORGED) from None
    return parts, datetime.fromtimestamp(b62_decode(made_at), UTC)
