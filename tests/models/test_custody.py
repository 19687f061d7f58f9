"""What the database itself holds to, whoever writes."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from cases.models import Case, CustodyEntry
from cases.services import custody
from tests import factories
from tests.services.when import shanghai
from tracker.accounts.models import User

AT = shanghai("2026-09-01 10:00")

pytestmark = pytest.mark.usefixtures("platform_alone")


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE cases_custodyentry SET actor = 'nobody'", id="update"),
        pytest.param("UPDATE cases_custodyentry SET actor = actor", id="update that changes nothing"),
        pytest.param("DELETE FROM cases_custodyentry", id="delete"),
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(case: Case, statement: str):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)

    assert custody.verify(case) == []
    assert case.custody_entries.count() == 1


def test_the_database_refuses_to_empty_the_table(case: Case):
    if connection.vendor == "sqlite":  # it knows no TRUNCATE
        statement = "DELETE FROM cases_custodyentry WHERE 1"
    else:
        connection.check_constraints()  # with checks of this transaction pending it refuses for that reason
        statement = "TRUNCATE cases_custodyentry CASCADE"

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)

    assert case.custody_entries.count() == 1


def test_a_case_with_entries_cannot_be_deleted(case: Case):
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        case.delete()


def test_two_entries_cannot_have_the_same_number(case: Case):
    first = case.custody_entries.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        CustodyEntry.objects.create(
            case=case, sequence=1, at=AT, actor="x", action="x", previous_hash="f" * 64, entry_hash="e" * 64
        )

    assert case.custody_entries.get() == first


def test_two_entries_cannot_follow_the_same_one(case: Case, alice: User):
    first = case.custody_entries.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        CustodyEntry.objects.create(
            case=case,
            sequence=2,
            at=AT,
            actor="x",
            action="x",
            previous_hash=first.previous_hash,
            entry_hash="e" * 64,
        )


def test_an_entry_that_was_put_in_between_is_found(case: Case):
    with transaction.atomic():
        custody.record(case=case, action="noted", at=AT)
    last = case.custody_entries.order_by("-sequence").first()
    CustodyEntry.objects.create(
        case=case,
        sequence=3,
        at=AT,
        actor="user:1",
        action="forged",
        previous_hash=last.entry_hash,
        entry_hash="0" * 64,
    )

    (found,) = custody.verify(case)

    assert (found.sequence, found.reason) == (3, "entry_hash")


def test_an_entry_is_never_written_outside_a_transaction(committed_db: str):
    case = factories.make_case(owner=factories.make_user())

    with pytest.raises(RuntimeError, match="in the transaction of the change"):
        custody.record(case=case, action="noted", at=AT)
