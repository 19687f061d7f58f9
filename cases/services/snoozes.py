"""Puts the reminders of a deadline off, for the user who asks, without ever making them too late."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import CancelReason, Case, CustodyEntry, Deadline, Reminder, Whose
from cases.models.reminder import ReminderQuerySet
from cases.rules import reminders as rules
from cases.services import custody, reminder_stops
from cases.services.cases import lock
from cases.services.moments import as_text, moment_or_none
from cases.services.reminder_plans import SNOOZED, message_id_of
from cases.services.reminder_preferences import preferences_of, quiet_hours_of
from tracker.accounts.models import User

MORNING = time(9, 0)
# A leap year and a day: what is further ahead is an own reminder.
FARTHEST = timedelta(days=367)
# What a last word is planned from where no reminder is left before one's own deadline.
LAST_WORDS = frozenset({"hours_before", "due"})
# What the chain calls it.
PUT_OFF = "deadline_snoozed"
TAKEN_BACK = "deadline_snooze_taken_back"


@transaction.atomic
def snooze(*, deadline: Deadline, user: User, until: datetime, by: User, at: datetime) -> datetime:
    """Tell `user` nothing of the deadline before `until`; return when it is said, aware and in UTC.

    That is the end of the quiet hours where `until` lies in them, and never later than the last reminder
    up to one's own deadline. Reminders of other users stay as they are; nothing is written where nothing
    changes. Raises ValidationError where the case is closed, the deadline is not open or reminders are
    stopped, and for "until" where that has passed or lies more than a year ahead.
    """
    deadline = _locked(deadline)
    _refuse_what_cannot_wait(deadline, user)
    _refuse_time(until, at)
    said_at = _said_at(deadline, user, until, at)
    rows = _rows(deadline, user)
    sooner = rows.pending().filter(due_at__lt=said_at)
    is_put_off = bool(sooner.update(cancelled_at=at, cancel_reason=CancelReason.SNOOZED))
    step = "" if rows.pending().filter(due_at=said_at).exists() else _plan(deadline, user, said_at)
    if is_put_off or step:
        details = {**_named(deadline), "until": as_text(said_at), "step": step}
        custody.record(case=deadline.case, action=PUT_OFF, at=at, by=by, details=details)
    return said_at


@transaction.atomic
def take_back(*, deadline: Deadline, by: User, at: datetime) -> None:
    """Their last snooze is as if it had not been: what it put off comes after all, at once where its time
    has come meanwhile. Nothing happens where none stands. Raises ValidationError as `snooze` does.
    """
    deadline = _locked(deadline)
    _refuse_what_cannot_wait(deadline, by)
    entry = standing(deadline, by, at=at)
    if entry is None:
        return
    rows = _rows(deadline, by)
    planned = rows.pending().filter(step=entry.details.get("step", ""))
    planned.update(cancelled_at=at, cancel_reason=CancelReason.NOT_NEEDED)
    put_off = rows.filter(cancelled_at=entry.at, cancel_reason=CancelReason.SNOOZED)
    put_off.update(cancelled_at=None, cancel_reason=CancelReason.NONE)
    custody.record(case=deadline.case, action=TAKEN_BACK, at=at, by=by, details=_named(deadline))


def standing(deadline: Deadline, user: User, *, at: datetime) -> CustodyEntry | None:
    """What the chain says of the user's last snooze of the deadline as it is dated now; None where that was
    taken back, or is over by `at`. One query.
    """
    about = {f"details__{name}": value for name, value in _named(deadline).items()}
    entries = CustodyEntry.objects.filter(case=deadline.case_id, actor=custody.actor_of(user), **about)
    last = entries.filter(action__in=(PUT_OFF, TAKEN_BACK)).order_by("-sequence").first()
    if last is None or last.action == TAKEN_BACK:
        return None
    until = moment_or_none(last.details["until"])
    return last if until is not None and until > at else None


def tomorrow(user: User, at: datetime) -> datetime:
    """9:00 of the next day on the user's clock, or the end of the quiet hours when that is later."""
    return morning_in(user, 1, at)


def morning_in(user: User, days: int, at: datetime) -> datetime:
    """9:00 so many days after today on the user's clock, or the end of the quiet hours when later."""
    day = at.astimezone(user.zone).date() + timedelta(days=days)
    return out_of_quiet_hours(user, datetime.combine(day, MORNING, user.zone))


def out_of_quiet_hours(user: User, moment: datetime) -> datetime:
    """The moment itself, or the end of the user's quiet hours where it lies in them."""
    quiet = quiet_hours_of(preferences_of(user), user.zone)
    return quiet.ending(moment) if quiet is not None and quiet.hold(moment) else moment


def _said_at(deadline: Deadline, user: User, until: datetime, at: datetime) -> datetime:
    said_at = rules.snooze(
        until=out_of_quiet_hours(user, until),
        due_at=deadline.due_at,
        is_mine=deadline.whose == Whose.MINE,
        last_word_at=_last_word_at(deadline, user, at),
    )
    return said_at.astimezone(UTC)


def _last_word_at(deadline: Deadline, user: User, at: datetime) -> datetime | None:
    """The last reminder of the user still ahead up to the deadline, or where one would be planned: two
    hours before its end, else as it ends. None where it has passed, or its clock stands still.
    """
    if deadline.is_paused or deadline.due_at <= at:
        return None
    ahead = _rows(deadline, user).pending().filter(due_at__gt=at, due_at__lte=deadline.due_at)
    last = ahead.order_by("-due_at").values_list("due_at", flat=True).first()
    if last is not None:
        return last
    nudges = rules.plan(
        due_at=deadline.due_at,
        window_from=None,
        in_days=False,
        zone=user.zone,
        planned_at=at,
        known_at=deadline.due_at - timedelta(days=1),  # so that it is no short clock
        quiet=quiet_hours_of(preferences_of(user), user.zone),
        steps=LAST_WORDS,
    )
    return nudges[0].at if nudges else deadline.due_at


def _rows(deadline: Deadline, user: User) -> ReminderQuerySet:
    return Reminder.objects.filter(deadline=deadline, version=deadline.version, user=user)


def _named(deadline: Deadline) -> dict[str, object]:
    return {"deadline": deadline.pk, "rule": deadline.rule, "version": deadline.version}


def _locked(deadline: Deadline) -> Deadline:
    case = Case.objects.get(pk=deadline.case_id)
    lock(case)
    deadline = Deadline.objects.get(pk=deadline.pk)
    deadline.case = case
    return deadline


def _plan(deadline: Deadline, user: User, said_at: datetime) -> str:
    """Plan one more reminder; return the name of its step."""
    snoozed = Reminder.objects.filter(
        deadline=deadline, version=deadline.version, step__startswith=SNOOZED
    ).values_list("step", flat=True)
    number = 1 + max((int(step.removeprefix(SNOOZED)) for step in snoozed), default=0)
    step = f"{SNOOZED}{number}"
    Reminder.objects.create(
        user=user,
        deadline=deadline,
        step=step,
        version=deadline.version,
        due_at=said_at,
        message_id=message_id_of(deadline.pk, step, deadline.version),
    )
    return step


def _refuse_what_cannot_wait(deadline: Deadline, user: User) -> None:
    if deadline.case.is_closed:
        raise ValidationError(_("This case is closed, so nothing reminds of its deadlines."), code="closed")
    if not deadline.is_open:
        raise ValidationError(
            _("This deadline is no longer open, so there is nothing to put off."), code="not_open"
        )
    stops = reminder_stops.stops_of(deadline.case, user)
    if stops.all_since or stops.case_since:
        raise ValidationError(
            _("You stopped these reminders. Let them come again first, then put them off."), code="stopped"
        )


def _refuse_time(until: datetime, at: datetime) -> None:
    if until <= at:
        sentence = _("This time has passed already. Choose one that is still ahead.")
        raise ValidationError({"until": ValidationError(sentence, code="passed")})
    if until > at + FARTHEST:
        sentence = _(
            "This lies more than a year ahead. Choose an earlier day, or set a reminder of your own."
        )
        raise ValidationError({"until": ValidationError(sentence, code="far")})
