"""What sending asks of the database for a whole batch at once: a query for each kind of fact."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db.models import Max, Q

from cases.models import CancelReason, CustodyEntry, Membership, Reminder, ReminderPreferences, Whose
from cases.rules import manners
from cases.services import custody
from cases.services.mail import Recipient
from cases.services.reminder_claims import Claim
from cases.services.reminder_preferences import quiet_hours_of
from tracker.accounts.models import User

# To an address that nobody confirmed go so many mails in a day: it may be a stranger's.
UNCONFIRMED_MAILS = 5
# And so many more that warn of a right that is lost within the hour.
URGENT_MAILS = 5
DAY = timedelta(days=1)

# Of each (case, user) that is a membership: whether the user stopped the reminders of this case.
Memberships = Mapping[tuple[int, int], bool]


def rows_of(claim: Claim, keys: Collection[int] | None = None) -> list[Reminder]:
    """The rows that the claim holds, or those of them, with all that a mail tells; first due first."""
    rows = claim.held() if keys is None else claim.held().filter(pk__in=keys)
    rows = rows.select_related("deadline__case", "own_reminder__case", "user__reminder_preferences")
    texts = ("problem_statement", "demand")
    rows = rows.defer(*(f"{about}__case__{text}" for about in ("deadline", "own_reminder") for text in texts))
    return list(rows.order_by("due_at", "pk"))


def memberships_of(rows: Iterable[Reminder]) -> Memberships:
    pairs = {(row.case.pk, row.user_id) for row in rows if row.case is not None}
    found = Membership.objects.filter(
        case__in={case for case, _user in pairs}, user__in={user for _case, user in pairs}
    )
    fields = ("case_id", "user_id", "reminders_stopped_at")
    return {(case, user): stopped is not None for case, user, stopped in found.values_list(*fields)}


def silenced(row: Reminder, memberships: Memberships) -> CancelReason | None:
    """Why the row is not to be said any more; None where it is."""
    is_stopped = _preferences(row.user).stopped_at is not None
    if row.case is not None:
        key = (row.case.pk, row.user_id)
        if key not in memberships or row.case.is_example:
            return CancelReason.NOT_NEEDED
        is_stopped = is_stopped or memberships[key]
    if not row.user.is_active or not _holds(row):
        return CancelReason.NOT_NEEDED
    return CancelReason.STOPPED if is_stopped else None


def _holds(row: Reminder) -> bool:
    """Whether what it is about is still so: a deadline open, an own reminder not done, each as planned."""
    if (deadline := row.deadline) is not None:
        is_open = deadline.met_at is None and deadline.dropped_at is None and not deadline.case.is_closed
        return is_open and deadline.version == row.version
    if (own := row.own_reminder) is not None:
        return own.done_at is None and own.version == row.version
    return True


def _preferences(user: User) -> ReminderPreferences:
    return getattr(user, "reminder_preferences", None) or ReminderPreferences(user=user)


@dataclass(slots=True)
class Facts:
    """What is known beside the rows of a batch, as of `now`."""

    now: datetime
    memberships: Memberships
    acted: Mapping[tuple[int, str], datetime]  # by case and actor, what is less than a quarter of an hour old
    last_in_quarter: Mapping[int, datetime]  # by user
    confirmed: Collection[int]
    mailed: dict[int, list[datetime]]  # by user without a confirmed address: the mails of the last day

    def recipient(self, user: User) -> Recipient:
        return Recipient(user, user.pk in self.confirmed)

    def waits_until(self, row: Reminder, *, is_fresh: bool = True) -> datetime | None:
        """Until when good manners hold it back. A mail that was tried waits for quiet hours alone."""
        case = row.case
        is_merged = is_fresh and case is not None
        return manners.waits_until(
            self._word(row),
            now=self.now,
            quiet=quiet_hours_of(_preferences(row.user), row.user.zone),
            acted_at=self.acted.get((case.pk, custody.actor_of(row.user))) if case and is_fresh else None,
            last_in_quarter_at=self.last_in_quarter.get(row.user_id) if is_merged else None,
        )

    def _word(self, row: Reminder) -> manners.Word:
        deadline = row.deadline
        ends_at = deadline.due_at if deadline is not None and deadline.whose == Whose.MINE else None
        return manners.Word(row.step, row.due_at, ends_at)

    def is_urgent(self, row: Reminder) -> bool:
        return self._word(row).is_urgent(self.now)

    def allowed_from(self, recipient: Recipient, *, is_urgent: bool) -> datetime | None:
        """When one more mail may go there; None, and it is counted, where it may go now."""
        if recipient.is_confirmed:
            return None
        mailed = self.mailed.setdefault(recipient.user.pk, [])
        if len(mailed) >= UNCONFIRMED_MAILS + (URGENT_MAILS if is_urgent else 0):
            return min(mailed) + DAY
        mailed.append(self.now)
        return None


def facts_of(rows: Sequence[Reminder], claim: Claim) -> Facts:
    now = claim.moment()
    users = {row.user_id: row.user for row in rows}
    confirmed = confirmed_of(users)
    return Facts(
        now=now,
        memberships=memberships_of(rows),
        acted=_acted([row for row in rows if row.step in manners.WAIT_AFTER_ACTS], now),
        last_in_quarter=_last_in_quarter(users, now),
        confirmed=confirmed,
        mailed=_mailed(users.keys() - confirmed, now),
    )


def _acted(rows: Sequence[Reminder], now: datetime) -> dict[tuple[int, str], datetime]:
    if not rows:
        return {}
    entries = CustodyEntry.objects.filter(
        case__in={row.case.pk for row in rows if row.case is not None},
        actor__in={custody.actor_of(row.user) for row in rows},
        at__gt=now - manners.QUARTER,
    )
    latest = entries.order_by().values_list("case_id", "actor").annotate(Max("at"))
    return {(case_id, actor): at for case_id, actor, at in latest}


def _last_in_quarter(users: Collection[int], now: datetime) -> dict[int, datetime]:
    """When the last of what each user is to be told in this quarter of an hour, and was not yet, is due."""
    ahead = Reminder.objects.pending().filter(
        Q(deadline__isnull=False) | Q(own_reminder__isnull=False),
        user__in=users,
        due_at__gt=now,
        due_at__lt=manners.quarter_of(now) + manners.QUARTER,
        attempts=0,
        claimed_by="",
    )
    return dict(ahead.order_by().values_list("user_id").annotate(Max("due_at")))


def confirmed_of(users: Mapping[int, User]) -> set[int]:
    """Those of the users whose address, as it is now, was confirmed."""
    verified = EmailAddress.objects.filter(user__in=users, verified=True).values_list("user_id", "email")
    return {user_id for user_id, email in verified if email.lower() == users[user_id].email.lower()}


def _mailed(users: Collection[int], now: datetime) -> dict[int, list[datetime]]:
    mailed: dict[int, list[datetime]] = {}
    if users:
        sent = Reminder.objects.filter(user__in=users, sent_at__gt=now - DAY)
        mails = sent.order_by().values_list("user_id", "message_id").annotate(Max("sent_at"))
        for user_id, _message_id, sent_at in mails:
            mailed.setdefault(user_id, []).append(sent_at)
    return mailed
