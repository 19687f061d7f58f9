"""Stops a user's reminders, of one case or of all, and lets them come again.

Nothing of this enters the custody chain: which mails a member wants is theirs to say, readers too, and
changes nothing of the case or its evidence, which is what the chain is handed out to prove.

Planned rows stay as they are: the sender cancels each, saying that it was stopped, when its time comes,
and so what is still ahead comes as planned once reminders are wanted again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from cases.models import Case, Membership, ReminderPreferences, Role
from cases.services import summary_plans
from tracker.accounts.models import User


@dataclass(frozen=True, slots=True)
class Stops:
    """Since when a member gets no reminders of a case: those of all cases, or this one's."""

    is_owner: bool
    all_since: datetime | None
    case_since: datetime | None


def stops_of(case: Case, user: User) -> Stops:
    """By one query; nothing is stopped for whoever is no member."""
    fields = ("role", "user__reminder_preferences__stopped_at", "reminders_stopped_at")
    found = Membership.objects.filter(case=case, user=user).values_list(*fields).first()
    role, all_since, case_since = found or ("", None, None)
    return Stops(role == Role.OWNER, all_since, case_since)


def stops_of_member(membership: Membership) -> Stops:
    """The same without a query, where `all_stopped_at` was asked for with the membership."""
    all_since = membership.all_stopped_at  # type: ignore[attr-defined]
    return Stops(membership.role == Role.OWNER, all_since, membership.reminders_stopped_at)


def stopped_cases(user: User) -> QuerySet[Membership]:
    """The user's memberships whose reminders are stopped, with their cases, by title."""
    stopped = Membership.objects.filter(user=user, reminders_stopped_at__isnull=False)
    return stopped.select_related("case").order_by("case__title", "pk")


@transaction.atomic
def stop_all(user: User, *, at: datetime) -> None:
    """No reminder and no summary goes to the user any more; stopping twice keeps the first time."""
    ReminderPreferences.objects.get_or_create(user=user)
    ReminderPreferences.objects.filter(user=user, stopped_at=None).update(stopped_at=at)


@transaction.atomic
def resume_all(user: User, *, at: datetime) -> None:
    """What is ahead comes again, summaries too; cases stopped on their own stay so."""
    ReminderPreferences.objects.filter(user=user).update(stopped_at=None)
    summary_plans.replan(user, at=at)


def stop_case(case: Case, user: User, *, at: datetime) -> None:
    """No reminder of this case goes to the user; other members' are not touched."""
    Membership.objects.filter(case=case, user=user, reminders_stopped_at=None).update(reminders_stopped_at=at)


def resume_case(case: Case, user: User) -> None:
    """What is ahead in this case is told to the user again."""
    Membership.objects.filter(case=case, user=user).update(reminders_stopped_at=None)
