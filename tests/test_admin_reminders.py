"""cases.admin.reminders: how the ledger is doing, without contents, and what is tried again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db.models.functions import Now
from django.test import Client

from cases.admin.reminders import BoundedPaginator
from cases.models import Case, Deadline, Reminder
from cases.services import contacts, custody, reminder_health
from tests import factories
from tests.views.asking import text_of
from tracker.accounts.models import User
from tracker.health.models import Heartbeat, record_heartbeat

LIST = "/admin/cases/reminder/"


@pytest.fixture
def root(db: None) -> User:
    return factories.make_user("root@example.org", is_staff=True, is_superuser=True, language="en")


@pytest.fixture
def client(root: User) -> Client:
    return factories.logged_in(root)


@pytest.fixture
def deadline(case: Case) -> Deadline:
    contact = contacts.log_contact(
        case=case, by=case.owner, at=factories.NOON, channel="shop_message", outcome="no_answer"
    )
    Reminder.objects.all().delete()
    return contact.deadlines.get()


def row(deadline: Deadline, step: str, **fields: Any) -> Reminder:
    """A row of the ledger that is due in a day, unless told otherwise."""
    fields = {"due_at": Now() + timedelta(days=1), **fields}
    made = Reminder.objects.create(
        user=deadline.case.owner, deadline=deadline, step=step, message_id=f"<{step}@localhost>", **fields
    )
    return Reminder.objects.get(pk=made.pk)


@pytest.fixture
def ledger(deadline: Deadline) -> dict[str, Reminder]:
    """A row in each state."""
    ago = Now() - timedelta(hours=2)
    refused = "550 <alice@example.org>: no such mailbox"
    return {
        "due": row(deadline, "due", due_at=ago),
        "waiting": row(
            deadline, "overdue_1", due_at=ago, attempts=1, next_attempt_at=Now() + timedelta(minutes=5),
            failure="451 <alice@example.org> try again",
        ),
        "planned": row(deadline, "overdue_2"),
        "sent": row(deadline, "day_before", due_at=ago, sent_at=ago),
        "failed": row(deadline, "hours_before", due_at=ago, failed_at=ago, failure=refused, attempts=1),
        "cancelled": row(deadline, "overdue_3", due_at=ago, cancelled_at=ago),
    }  # fmt: skip


def shown(client: Client, query: str) -> set[str]:
    response = client.get(f"{LIST}?{query}")
    return {found.step for found in response.context["cl"].result_list}


def test_the_figures_stand_above_the_list(client: Client, ledger: dict[str, Reminder]) -> None:
    record_heartbeat("tick")

    text = text_of(client.get(LIST))

    assert "Due now 1 (look here) Oldest that is not sent, due for 2 hours (look here)" in text
    assert "Waiting for another try 1, most often: 451 <[email]> try again (look here)" in text
    assert "Given up in 7 days 1 (look here) Sent in 24 hours 1" in text
    assert re.search(r"Last tick \d+ seconds? ago", text)


def test_a_site_that_does_not_tick_says_so(client: Client) -> None:
    assert "Last tick never (look here)" in text_of(client.get(LIST))

    Heartbeat.objects.create(name="tick", at=Now() - timedelta(minutes=4))

    assert "Last tick 4 minutes ago (look here)" in text_of(client.get(LIST))


@pytest.mark.parametrize("state", ["due", "waiting", "planned", "sent", "failed", "cancelled"])
def test_each_state_is_filtered_to_its_row(client: Client, ledger: dict[str, Reminder], state: str) -> None:
    assert shown(client, f"state={state}") == {ledger[state].step}
    assert len(shown(client, "")) == 6


def test_the_state_of_a_row_is_told_as_it_is_filtered(client: Client, ledger: dict[str, Reminder]) -> None:
    now = Reminder.objects.annotate(now=Now()).values_list("now", flat=True)[0]

    assert {reminder_health.state_of(found, now=now): found.step for found in ledger.values()} == {
        state: found.step for state, found in ledger.items()
    }


def test_a_row_is_found_by_its_message_id_with_or_without_its_brackets(
    client: Client, ledger: dict[str, Reminder]
) -> None:
    assert shown(client, "q=%3Cdue@localhost%3E") == {"due"}
    assert shown(client, "q=due@localhost") == {"due"}
    assert shown(client, "q=localhost") == set()


def test_it_is_filtered_by_step(client: Client, ledger: dict[str, Reminder], deadline: Deadline) -> None:
    row(deadline, "snoozed_1")

    assert shown(client, "step=overdue_1") == {"overdue_1"}
    assert shown(client, "step=snoozed_") == {"snoozed_1"}
    assert len(shown(client, "step=nonsense")) == 7


@pytest.mark.parametrize("query", ["state=nonsense", "p=99999", "p=x", "o=1.2", "state=due&q=%00", "e=1"])
def test_what_is_typed_into_the_address_is_no_crash(client: Client, query: str) -> None:
    assert client.get(f"{LIST}?{query}").status_code in {200, 302}


def test_neither_list_nor_row_shows_contents_or_an_address(
    client: Client, ledger: dict[str, Reminder]
) -> None:
    pages = [LIST, *(f"{LIST}{found.pk}/change/" for found in ledger.values())]

    for page in pages:
        response = client.get(page)
        assert response.status_code == 200
        assert "alice@example.org" not in response.text
        assert "Parcel never arrived" not in response.text


def try_again(client: Client, *rows: Reminder) -> Any:
    chosen = {"action": "try_again", "_selected_action": [str(found.pk) for found in rows]}
    return client.post(LIST, chosen, follow=True)


def test_what_was_given_up_or_waits_is_tried_again_and_that_is_recorded(
    client: Client, root: User, ledger: dict[str, Reminder], case: Case
) -> None:
    response = try_again(client, *ledger.values())

    assert "2 reminders go out with the next tick." in text_of(response)
    assert set(Reminder.objects.due().values_list("step", flat=True)) == {"due", "overdue_1", "hours_before"}
    logged = {entry.object_id for entry in LogEntry.objects.filter(user=root)}
    assert logged == {str(ledger["failed"].pk), str(ledger["waiting"].pk)}
    entry = case.custody_entries.get(action="reminder_tried_again")
    assert (entry.actor, entry.details["step"]) == (f"user:{root.pk}", "hours_before")
    assert custody.verify(case) == []


def test_the_rest_is_left_alone(client: Client, ledger: dict[str, Reminder]) -> None:
    before = list(Reminder.objects.order_by("pk").values())

    response = try_again(client, ledger["sent"], ledger["planned"], ledger["due"], ledger["cancelled"])

    assert "nothing was changed" in text_of(response)
    assert list(Reminder.objects.order_by("pk").values()) == before
    assert not LogEntry.objects.exists()


def test_what_a_sender_holds_is_left_to_it(client: Client, ledger: dict[str, Reminder]) -> None:
    waiting = Reminder.objects.filter(pk=ledger["waiting"].pk)
    waiting.update(lease_until=Now() + timedelta(seconds=20))

    assert "nothing was changed" in text_of(try_again(client, ledger["waiting"]))


def test_staff_who_may_only_look_cannot_try_again(ledger: dict[str, Reminder]) -> None:
    staff = factories.make_user("staff@example.org", is_staff=True, language="en")
    staff.user_permissions.add(Permission.objects.get(codename="view_reminder"))
    client = factories.logged_in(staff)

    assert client.get(LIST).status_code == 200
    try_again(client, ledger["failed"])
    assert Reminder.objects.get(pk=ledger["failed"].pk).failed_at is not None

    staff.user_permissions.add(Permission.objects.get(codename="change_reminder"))
    try_again(factories.logged_in(staff), ledger["failed"])
    assert Reminder.objects.get(pk=ledger["failed"].pk).failed_at is None


def test_no_row_is_changed_by_hand(client: Client, ledger: dict[str, Reminder]) -> None:
    address = f"{LIST}{ledger['due'].pk}"

    assert client.post(f"{address}/change/", {"failure": "x"}).status_code == 403
    assert client.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403


def test_counting_ends_where_the_figures_end(
    client: Client, ledger: dict[str, Reminder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminder_health, "COUNTED", 1)
    Reminder.objects.update(due_at=Now() - timedelta(hours=2))

    assert "Due now more than 1 (look here)" in text_of(client.get(LIST))
    assert BoundedPaginator(Reminder.objects.all(), 100).count == 1


def test_the_page_costs_the_same_whatever_the_ledger_holds(
    client: Client, ledger: dict[str, Reminder], deadline: Deadline, django_assert_num_queries: Any
) -> None:
    client.get(LIST)
    with django_assert_num_queries(12):
        client.get(LIST)
    for number in range(20):
        row(deadline, f"snoozed_{number}", due_at=Now() - timedelta(hours=1))
    with django_assert_num_queries(12):
        client.get(LIST)
