"""Daily seals: what they bind, what they find, and what they leave alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import IntegrityError

from cases.casefile.timestamp import read_stamp
from cases.models import Case, Seal, SealedHead
from cases.rules import merkle
from cases.services import cases, custody, seals
from tests import factories
from tests.casefile.authority import Authority, running_authority
from tests.factories import NOON
from tests.tampering import without_triggers
from tracker.accounts.models import User

DAY = timedelta(days=1)


def grow(case: Case, days: int = 0) -> None:
    cases.describe_case(case=case, by=case.owner, at=NOON + days * DAY, title=f"Title of day {days}")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running_authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


def test_once_a_day_what_grew_is_sealed(case: Case, alice: User):
    other = factories.make_case(owner=alice)
    grow(case)
    grow(other)

    first = seals.seal_if_due(NOON)
    assert first is not None
    assert (first.number, first.head_count, first.previous_root) == (1, 2, "0" * 64)
    assert seals.seal_if_due(NOON + timedelta(hours=11)) is None

    grow(case, 1)
    second = seals.seal_if_due(NOON + DAY)
    assert second is not None
    assert (second.number, second.head_count, second.previous_root) == (2, 1, first.root)
    assert list(seals.verify_seals()) == []


def test_a_day_without_an_act_has_no_seal(case: Case):
    grow(case)
    seals.seal_if_due(NOON)

    assert seals.seal_if_due(NOON + DAY) is None
    assert Seal.objects.count() == 1


def test_the_root_can_be_made_again_from_what_is_written_down(case: Case):
    grow(case)
    seal = seals.seal_if_due(NOON)
    head = SealedHead.objects.get()
    leaves = [
        b'{"previous_root":"%s"}' % (b"0" * 64),
        b'{"case":"%s","hash":"%s","sequence":%d}'
        % (case.reference.encode(), head.entry_hash.encode(), head.sequence),
    ]

    assert seal is not None
    assert seal.root == merkle.root(leaves)


def test_a_proof_leads_from_the_chain_to_the_root(case: Case, alice: User):
    for _number in range(4):
        grow(factories.make_case(owner=alice))
    grow(case)
    seal = seals.seal_if_due(NOON)
    proof = seals.proof_for(case)

    assert seal is not None
    assert proof is not None
    steps = [(step["side"], step["hash"]) for step in proof["path"]]
    assert merkle.holds(proof["leaf"].encode(), steps, seal.root)
    assert json.loads(proof["leaf"])["case"] == case.reference
    assert seals.proof_for(factories.make_case(owner=alice)) is None


def test_with_an_authority_the_root_is_stamped(case: Case, settings: Any, authority: Authority):
    settings.TSA_URL = authority.url
    grow(case)

    seal = seals.seal_if_due(NOON)

    assert seal is not None
    assert read_stamp(bytes(seal.stamp), f"{seal.root}\n".encode(), authority.root).is_checked
    assert list(seals.verify_seals()) == []


def test_an_authority_out_of_reach_is_told_and_the_next_seal_covers_it(
    case: Case, settings: Any, authority: Authority
):
    settings.TSA_URL = "http://127.0.0.1:9/"
    grow(case)
    first = seals.seal_if_due(NOON)
    assert first is not None
    assert (bytes(first.stamp), first.stamp_note[:40]) == (b"", "The time-stamp authority could not be re")

    settings.TSA_URL = authority.url
    grow(case, 1)
    second = seals.seal_if_due(NOON + DAY)

    assert second is not None
    assert (second.previous_root, second.stamp_note) == (first.root, "")


def test_entries_cut_off_at_the_end_are_found(case: Case):
    grow(case)
    grow(case, 1)
    seals.seal_if_due(NOON + DAY)
    last = case.custody_entries.order_by("-sequence").values_list("sequence", flat=True)[0]

    with without_triggers("cases_custodyentry") as run:
        run("DELETE FROM cases_custodyentry WHERE sequence = %s", [last])

    assert [(one.sequence, one.reason) for one in custody.verify(case)] == [(last, "seal")]
    assert [(one.number, one.reason, one.case) for one in seals.verify_seals()] == [
        (1, "head", case.reference)
    ]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE cases_seal SET root = %s WHERE number = 1", "root"),
        ("UPDATE cases_seal SET previous_root = %s WHERE number = 2", "previous_root"),
        ("UPDATE cases_seal SET head_count = length(%s) WHERE number = 1", "root"),
        ("UPDATE cases_sealedhead SET entry_hash = %s WHERE position = 0", "root"),
        ("UPDATE cases_seal SET number = length(%s) WHERE number = 2", "number"),
    ],
)
def test_a_seal_that_was_changed_is_named(case: Case, statement: str, reason: str):
    grow(case)
    seals.seal_if_due(NOON)
    grow(case, 1)
    seals.seal_if_due(NOON + DAY)

    with without_triggers("cases_seal", "cases_sealedhead") as run:
        run(statement, ["f" * 64])

    assert reason in {one.reason for one in seals.verify_seals()}


@pytest.mark.parametrize("table", ["cases_seal", "cases_sealedhead"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_a_seal(case: Case, table: str, verb: str):
    grow(case)
    seals.seal_if_due(NOON)

    with (
        pytest.raises(IntegrityError, match="stay as they are"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb.format(table))


def test_the_command_names_what_does_not_hold(case: Case, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    grow(case)
    seals.seal_if_due(NOON)
    call_command("verify_custody")
    assert capsys.readouterr().out.splitlines() == ["1 seals", "1 chains, 0 findings"]

    with without_triggers("cases_custodyentry") as run:
        run("UPDATE cases_custodyentry SET actor = 'user:9' WHERE sequence = %s", [1])

    with pytest.raises(SystemExit) as ended:
        call_command("verify_custody", case.reference)
    assert ended.value.code == 1
    said = f"{case.reference}: entry 1: its words do not match its hash; it was changed"
    assert said in capsys.readouterr().out
