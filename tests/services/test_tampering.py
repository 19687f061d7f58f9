"""Whatever single thing is changed in a chain, or in what it tells of, the check finds it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from cases.models import Case, CustodyEntry, Exhibit
from cases.services import cases, contacts, custody, exhibits, seals
from tests import factories, pictures
from tests.factories import NOON
from tests.tampering import Run, without_triggers
from tracker.accounts.models import User

CHANGES = 320
HEX = "0123456789abcdef"


@pytest.fixture
def told(case: Case, alice: User) -> Case:
    """A dozen entries of different kinds, sealed."""
    contact = contacts.log_contact(case=case, by=alice, at=NOON, channel="hotline", outcome="answered")
    for seed in range(3):
        upload = pictures.upload(pictures.picture(seed=seed))
        row = exhibits.add_exhibit(case=case, by=alice, at=NOON, upload=upload, shows="The chat")
        exhibits.describe_exhibit(exhibit=row, by=alice, at=NOON, shows=f"Chat {seed}", claimed_at=NOON)
    exhibits.link_contact(exhibit=row, contact=contact, by=alice, at=NOON)
    cases.describe_case(case=case, by=alice, at=NOON, title="Another title")
    seals.seal_if_due(NOON + timedelta(hours=1))
    return case


Change = Callable[[Run, random.Random, Case], str]


def change_a_column(run: Run, chance: random.Random, case: Case) -> str:
    entry = chance.choice(list(case.custody_entries.all()))
    column = chance.choice(["at", "actor", "action", "exhibit_number", "exhibit_sha256", "details"])
    values: dict[str, Any] = {
        "at": entry.at + timedelta(microseconds=chance.randrange(1, 10**9)),
        "actor": f"user:{chance.randrange(10**6, 10**7)}",
        "action": entry.action + chance.choice("xyz"),
        "exhibit_number": (entry.exhibit_number or 0) + chance.randrange(1, 9),
        "exhibit_sha256": "".join(chance.choices(HEX, k=64)),
        "details": json.dumps({"changed": chance.randrange(10**6)}),
    }
    value = values[column]
    cast = "::jsonb" if column == "details" and connection.vendor == "postgresql" else ""
    if column == "at" and connection.vendor == "sqlite":
        value = value.strftime("%Y-%m-%d %H:%M:%S.%f")
    run(f"UPDATE cases_custodyentry SET {column} = %s{cast} WHERE id = %s", [value, entry.pk])  # noqa: S608
    return f"{column} of {entry.sequence}"


def change_a_hash(run: Run, chance: random.Random, case: Case) -> str:
    entry = chance.choice(list(case.custody_entries.all()))
    column = chance.choice(["previous_hash", "entry_hash"])
    old = getattr(entry, column)
    place = chance.randrange(64)
    other = chance.choice([sign for sign in HEX if sign != old[place]])
    value = old[:place] + other + old[place + 1 :]
    run(f"UPDATE cases_custodyentry SET {column} = %s WHERE id = %s", [value, entry.pk])  # noqa: S608
    return f"{column} of {entry.sequence}"


def swap_two(run: Run, chance: random.Random, case: Case) -> str:
    one, other = chance.sample(list(case.custody_entries.all()), 2)
    statement = "UPDATE cases_custodyentry SET sequence = %s WHERE id = %s"
    run(statement, [10_000, one.pk])
    run(statement, [one.sequence, other.pk])
    run(statement, [other.sequence, one.pk])
    return f"{one.sequence} and {other.sequence}"


def take_one_out(run: Run, chance: random.Random, case: Case) -> str:
    entry = chance.choice(list(case.custody_entries.all()))
    run("DELETE FROM cases_custodyentry WHERE id = %s", [entry.pk])
    return f"without {entry.sequence}"


def take_one_out_and_count_anew(run: Run, chance: random.Random, case: Case) -> str:
    entry = chance.choice(list(case.custody_entries.all()))
    run("DELETE FROM cases_custodyentry WHERE id = %s", [entry.pk])
    for later in case.custody_entries.filter(sequence__gt=entry.sequence).order_by("sequence"):
        run("UPDATE cases_custodyentry SET sequence = %s WHERE id = %s", [later.sequence - 1, later.pk])
    return f"without {entry.sequence}, numbered anew"


def change_an_exhibit(run: Run, chance: random.Random, case: Case) -> str:
    row = chance.choice(list(Exhibit.objects.filter(case=case)))
    values: dict[str, Any] = {
        "sha256": "".join(chance.choices(HEX, k=64)),
        "size": row.size + chance.randrange(1, 999),
        "media_type": "image/jpeg",
        "original_name": row.original_name + "x",
        "page_count": row.page_count + 1,
        "source": "demo",
        "shows": "Something else",
        "number": row.number + 50,
    }
    column = chance.choice(list(values))
    run(f"UPDATE cases_exhibit SET {column} = %s WHERE id = %s", [values[column], row.pk])  # noqa: S608
    return f"{column} of {row.label}"


KINDS: list[Change] = [
    change_a_column,
    change_a_column,
    change_a_hash,
    swap_two,
    take_one_out,
    take_one_out_and_count_anew,
    change_an_exhibit,
]


def test_any_single_change_is_found(told: Case):
    assert custody.verify(told) == []
    chance = random.Random(26)  # noqa: S311 - what to change, not a secret
    unseen = []
    for _number in range(CHANGES):
        with transaction.atomic():
            with without_triggers("cases_custodyentry") as run:
                change = chance.choice(KINDS)(run, chance, told)
            if not custody.verify(told):
                unseen.append(change)
            transaction.set_rollback(True)

    assert unseen == []
    assert custody.verify(told) == []


def test_each_column_that_was_changed_is_named_by_its_entry(told: Case):
    entry = told.custody_entries.get(sequence=2)
    for column, value in (("actor", "user:77"), ("action", "case_closed"), ("exhibit_sha256", "f" * 64)):
        with transaction.atomic():
            with without_triggers("cases_custodyentry") as run:
                run(f"UPDATE cases_custodyentry SET {column} = %s WHERE id = %s", [value, entry.pk])  # noqa: S608
            assert (2, "entry_hash") in [(one.sequence, one.reason) for one in custody.verify(told)]
            transaction.set_rollback(True)


def test_what_belongs_to_another_case_is_not_mistaken_for_a_change(told: Case, alice: User):
    other = factories.make_case(owner=alice)
    with without_triggers("cases_custodyentry") as run:
        run("UPDATE cases_custodyentry SET actor = 'user:9' WHERE case_id = %s", [told.pk])

    assert CustodyEntry.objects.filter(case=other).count() == len(custody.stored_chain(other))
    assert custody.verify(other) == []
