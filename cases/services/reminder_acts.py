"""What the holder of a link in a mail may do about the reminder of that mail, and what became of it since."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from cases.models import Deadline, MilestoneKind, OwnReminder
from cases.services import contacts, deadlines, mail_words, milestones, own_reminders, snoozes
from cases.services.deadlines import BY_HAND
from cases.services.reminder_links import Link
from tracker.accounts.models import Language, User


def what_became_of(link: Link) -> str:
    """One sentence where it is over; "" where the user may still act. In the language that is active."""
    if isinstance(link.about, OwnReminder):
        return _own_is_over(link.about, link.user)
    return _deadline_is_over(link.about, link.user)


def moved_since(link: Link) -> str:
    """One sentence where it has another date by now than its mail said; else ""."""
    if link.about.version == link.reminder.version:
        return ""
    if isinstance(link.about, OwnReminder):
        return _("You moved this reminder after the mail was sent. Below is when it comes now.")
    return _("This date moved after the mail was sent. Below is how it stands now.")


def mark_done(link: Link, *, at: datetime) -> str:
    """Call it done; returns what to tell the user. Raises PermissionDenied for a reader's deadline."""
    if isinstance(link.about, OwnReminder):
        own_reminders.mark_done(own=link.about, by=link.user, at=at)
        return _("Done. Nothing more is said of this reminder.")
    refuse_readers(link)
    deadlines.mark_met(deadline=link.about, by=link.user, at=at)
    return _("Noted as done. No more reminders come for it.")


def settle_promise(link: Link, *, is_kept: bool, at: datetime) -> str:
    """Note whether the promise that the deadline waits for was kept; returns what to tell the user. Raises
    PermissionDenied for a reader, and ValidationError where there is no promise.
    """
    refuse_readers(link)
    if not isinstance(link.about, Deadline):
        raise ValidationError(_("Nothing was changed. Choose one of the buttons."))
    milestones.log_milestone(
        case=link.case,
        by=link.user,
        at=at,
        kind=MilestoneKind.PROMISE_KEPT if is_kept else MilestoneKind.PROMISE_BROKEN,
        happened_at=at,
        contact=link.about.contact,
        must_count=False,  # what a rule asks for besides is asked in the case
    )
    if is_kept:
        return _("Noted as kept. No more reminders come for it.")
    return _("Noted as broken. What follows from it stands in the case.")


def put_off(link: Link, *, at: datetime) -> str:
    """Remind again tomorrow, or before where one's own deadline cannot wait so long; returns what to tell
    the user. Raises ValidationError as `snoozes.snooze` and `own_reminders.put_off` do.
    """
    user, until = link.user, snoozes.tomorrow(link.user, at)
    if isinstance(link.about, OwnReminder):
        said_at = own_reminders.put_off(own=link.about, until=until, by=user, at=at)
    else:
        said_at = snoozes.snooze(deadline=link.about, user=user, until=until, by=user, at=at)
    told = {"when": _moment(said_at, user), "zone": _zone(said_at, user)}
    if said_at < until:
        return (
            _("You are reminded again on %(when)s (%(zone)s): later would be too late for this date.") % told
        )
    return _("You are reminded again on %(when)s (%(zone)s).") % told


def log_contact(link: Link, *, at: datetime, **contact: Any) -> str:
    """Log what happened, as `contacts.log_contact`; returns what to tell the user. Raises PermissionDenied
    for a reader, and ValidationError, by argument, for what cannot have happened.
    """
    refuse_readers(link)
    contacts.log_contact(case=link.case, by=link.user, at=at, **contact)
    is_deadline = isinstance(link.about, Deadline)
    if is_deadline and not Deadline.objects.open().filter(pk=link.about.pk).exists():
        return _("Logged, and with it this is done. No more reminders come for it.")
    return _("Logged. What follows from it stands in the case.")


def refuse_readers(link: Link) -> None:
    """Raises PermissionDenied for whoever may read the case and not change it."""
    if not link.may_write:
        raise PermissionDenied(
            _("You may read this case, not change it. Ask its owner to make you a helper.")
        )


def _deadline_is_over(deadline: Deadline, user: User) -> str:
    if deadline.met_at is not None:
        told = {"when": _moment(deadline.met_at, user)}
        if deadline.met_by == BY_HAND:
            return _("This was called done on %(when)s.") % told
        return _("This is done since %(when)s, by what was logged in the case.") % told
    if deadline.dropped_at is not None:
        why = deadline.get_drop_reason_display()
        told = {"when": _moment(deadline.dropped_at, user), "why": why}
        return _("This no longer matters since %(when)s. Why: %(why)s.") % told
    return _("The case is closed, so nothing is to be done here any more.") if deadline.case.is_closed else ""


def _own_is_over(own: OwnReminder, user: User) -> str:
    return (
        _("This was called done on %(when)s.") % {"when": _moment(own.done_at, user)} if own.done_at else ""
    )


def _moment(moment: datetime, user: User) -> str:
    return mail_words.moment(moment, user.zone, Language(user.language))


def _zone(moment: datetime, user: User) -> str:
    return mail_words.zone_name(moment, user.zone, Language(user.language))
