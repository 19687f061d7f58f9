"""Reminders that a user sets for a day of their own, told whatever becomes of the case.

The text is the user's private note: neither the custody chain nor a case file holds it.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.models import OWN_STEP, CancelReason, Case, CustodyEntry, OwnReminder, Reminder
from cases.rules.spans import add_months
from cases.services import custody
from cases.services.cases import lock
from cases.services.moments import as_text, moment_or_none, refuse_too_far
from cases.services.reminder_plans import message_id_of
from cases.services.reminder_preferences import preferences_of, quiet_hours_of
from cases.services.snoozes import morning_in, out_of_quiet_hours
from tracker.accounts.models import User

# So many open ones a user may have in one case.
MOST = 50


@transaction.atomic
def add(*, case: Case, by: User, text: str, remind_at: datetime, at: datetime) -> OwnReminder:
    """Set one for whoever asks, also in a closed case; it is told at `remind_at`, or when the quiet hours
    of that user end. Raises ValidationError, by argument, for what cannot be, and for too many.
    """
    lock(case)
    if open_of(case, by).count() >= MOST:
        raise ValidationError(
            _("You have %(limit)d reminders of your own in this case. Call one done or remove it first.")
            % {"limit": MOST},
            code="too_many",
        )
    own = OwnReminder(case=case, user=by, text=_tidy(text), remind_at=remind_at, made_at=at, changed_at=at)
    _refuse_text(own)
    _refuse_time(own, at)
    own.save()
    _plan(own)
    _record(own, "own_reminder_added", at=at, by=by)
    return own


@transaction.atomic
def change(*, own: OwnReminder, by: User, text: str, remind_at: datetime, at: datetime) -> OwnReminder:
    """Say something else, or at another time; nothing is written where nothing changes.

    Raises ValidationError as `add` does, and where it is done already.
    """
    own = _locked(own)
    _refuse_done(own)
    is_moved, is_reworded = own.remind_at != remind_at, own.text != _tidy(text)
    if not (is_moved or is_reworded):
        return own
    own.text = _tidy(text)
    _refuse_text(own)
    if is_moved:
        _move(own, remind_at, CancelReason.NOT_NEEDED, at)
    own.changed_at = at
    own.save(update_fields=["text", "changed_at", "remind_at", "version"])
    _record(own, "own_reminder_changed", at=at, by=by)
    return own


@transaction.atomic
def put_off(*, own: OwnReminder, until: datetime, by: User, at: datetime) -> datetime:
    """Tell it again, or only, at `until`; return when it is said. Raises ValidationError as `change` does."""
    own = _locked(own)
    _refuse_done(own)
    was = own.remind_at
    said_at = _move(own, until, CancelReason.SNOOZED, at)
    own.changed_at = at
    own.save(update_fields=["changed_at", "remind_at", "version"])
    _record(own, "own_reminder_changed", at=at, by=by, put_off_from=as_text(was))
    return said_at


@transaction.atomic
def put_back(*, own: OwnReminder, by: User, at: datetime) -> None:
    """It is not put off after all: it is set for the time before, and told where that is still ahead.

    Nothing happens where it was not put off last. Raises ValidationError as `change` does.
    """
    own = _locked(own)
    _refuse_done(own)
    was = put_off_from(own)
    if was is not None:
        _silence(own, CancelReason.NOT_NEEDED, at)
        own.remind_at, own.changed_at, own.version = was, at, own.version + 1
        own.save(update_fields=["changed_at", "remind_at", "version"])
        if was > at:
            _plan(own)
        _record(own, "own_reminder_changed", at=at, by=by)


def put_off_from(own: OwnReminder) -> datetime | None:
    """The time, aware, that it was put off from; None where something else happened to it last. One query."""
    entries = CustodyEntry.objects.filter(case=own.case_id, details__own_reminder=own.pk)
    last = entries.filter(details__version=own.version).order_by("-sequence").first()
    return moment_or_none(last.details.get("put_off_from", "")) if last else None


@transaction.atomic
def mark_done(*, own: OwnReminder, by: User, at: datetime) -> None:
    """Nothing more is said of it; nothing happens to one that is done."""
    own = _locked(own)
    if own.done_at is None:
        own.done_at = at
        own.save(update_fields=["done_at"])
        _silence(own, CancelReason.NOT_NEEDED, at)
        _record(own, "own_reminder_done", at=at, by=by)


@transaction.atomic
def take_back(*, own: OwnReminder, by: User, at: datetime) -> None:
    """It was not done after all: it stands as before, and is told where its time is still ahead.

    Nothing happens to one that is not done. Raises ValidationError where it was removed meanwhile.
    """
    own = _locked(own)
    if own.done_at is not None:
        own.done_at, own.changed_at, own.version = None, at, own.version + 1
        own.save(update_fields=["done_at", "changed_at", "version"])
        if own.remind_at > at:
            _plan(own)
        _record(own, "own_reminder_changed", at=at, by=by)


@transaction.atomic
def remove(*, own: OwnReminder, by: User, at: datetime) -> None:
    """Delete it with its text and what the ledger says of it; that it was there stays in the chain."""
    own = _locked(own)
    _record(own, "own_reminder_removed", at=at, by=by)
    own.delete()


def replan(user: User, *, at: datetime) -> None:
    """Move what the user set, and is still ahead, out of the quiet hours as they are now, or back to the
    very time that was asked for; runs in the transaction that stores preferences or time zone.
    """
    quiet = quiet_hours_of(preferences_of(user), user.zone)
    ahead = Reminder.objects.pending().filter(user=user, own_reminder__isnull=False, due_at__gt=at)
    changed = []
    for row in ahead.filter(attempts=0, lease_until=None).select_related("own_reminder"):
        asked = row.own_reminder.remind_at if row.own_reminder else row.due_at
        said_at = quiet.ending(asked) if quiet is not None and quiet.hold(asked) else asked
        if said_at != row.due_at and said_at > at:
            row.due_at, row.next_attempt_at = said_at, None
            changed.append(row)
    Reminder.objects.bulk_update(changed, ["due_at", "next_attempt_at"], batch_size=200)


def open_of(case: Case, user: User) -> QuerySet[OwnReminder]:
    """The user's own in this case which are not done, the earliest first; nobody sees another's."""
    return OwnReminder.objects.filter(case=case, user=user, done_at=None).order_by("remind_at", "pk")


def open_for(user: User) -> QuerySet[OwnReminder]:
    """As `open_of`, of every case that the user may still see, closed ones too, with their cases."""
    rows = OwnReminder.objects.filter(user=user, case__memberships__user=user, done_at=None)
    return rows.select_related("case").order_by("remind_at", "pk")


def morning_in_months(user: User, months: int, at: datetime) -> datetime:
    """9:00 so many months after today on the user's clock, the last day of a month that is too short."""
    today = at.astimezone(user.zone).date()
    return morning_in(user, (add_months(today, months) - today).days, at)


def _move(own: OwnReminder, remind_at: datetime, reason: CancelReason, at: datetime) -> datetime:
    """Another time as a new version, which is told anew; the row is not saved."""
    own.remind_at, own.version = remind_at, own.version + 1
    _refuse_time(own, at)
    _silence(own, reason, at)
    return _plan(own)


def _plan(own: OwnReminder) -> datetime:
    said_at = out_of_quiet_hours(own.user, own.remind_at)
    Reminder.objects.create(
        user=own.user,
        own_reminder=own,
        step=OWN_STEP,
        version=own.version,
        due_at=said_at,
        message_id=message_id_of(f"own{own.pk}", OWN_STEP, own.version),
    )
    return said_at


def _silence(own: OwnReminder, reason: CancelReason, at: datetime) -> None:
    pending = Reminder.objects.pending().filter(own_reminder=own)
    pending.update(cancelled_at=at, cancel_reason=reason)


def _locked(own: OwnReminder) -> OwnReminder:
    """As it is by now. Raises ValidationError where it was removed meanwhile."""
    lock(Case.objects.get(pk=own.case_id))
    found = OwnReminder.objects.select_related("case", "user").filter(pk=own.pk).first()
    if found is None:
        raise ValidationError(_("This reminder was removed meanwhile."), code="gone")
    return found


def _tidy(text: str) -> str:
    """One line: it stands in the subject of a mail."""
    return " ".join(text.split())


def _refuse_done(own: OwnReminder) -> None:
    if own.done_at is not None:
        raise ValidationError(_("This reminder is done already. Set a new one."), code="done")


def _refuse_text(own: OwnReminder) -> None:
    if not own.text:
        sentence = _("Write down what to remind you of.")
        raise ValidationError({"text": ValidationError(sentence, code="required")})
    own.full_clean(exclude=["case", "user"])


def _refuse_time(own: OwnReminder, at: datetime) -> None:
    if own.remind_at <= at:
        sentence = _("This time has passed already. Choose one that is still ahead.")
        raise ValidationError({"remind_at": ValidationError(sentence, code="passed")})
    refuse_too_far("remind_at", own.remind_at, at=at)


def _record(own: OwnReminder, action: str, *, at: datetime, by: User, **told: str | None) -> None:
    details = {"own_reminder": own.pk, "version": own.version, "remind_at": as_text(own.remind_at), **told}
    custody.record(case=own.case, action=action, at=at, by=by, details=details)
