from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cases.models import BuildState, Case, CaseFile, CaseFileShare, CustodyEntry
from cases.services import case_file_shares as shares
from cases.services import custody, erasing
from tests import stored
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db

MADE = datetime(2026, 9, 9, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def ready(case: Case) -> CaseFile:
    return stored.case_file_of(case)


def made(ready: CaseFile, alice: User, *, days: int = 7, with_code: bool = False):
    return shares.share(case_file=ready, by=alice, at=MADE, days=days, label="律师", with_code=with_code)


def told(case: Case) -> list[tuple[str, int, str]]:
    rows = CustodyEntry.objects.filter(case=case, action__contains="share").order_by("sequence")
    return [(row.action, row.details["share"], row.actor) for row in rows]


def test_a_link_works_from_the_moment_it_is_made_until_its_days_are_over(ready: CaseFile, alice: User):
    share, token, code = made(ready, alice, days=7)

    assert (share.number, share.label, code, share.asks_for_code) == (1, "律师", "", False)
    assert share.expires_at == datetime(2026, 9, 16, 4, 0, tzinfo=UTC)
    assert shares.living(token, at=MADE) == share
    assert shares.living(token, at=datetime(2026, 9, 16, 3, 59, 59, tzinfo=UTC)) == share
    assert shares.living(token, at=datetime(2026, 9, 16, 4, 0, tzinfo=UTC)) is None
    assert shares.living("x" * 43, at=MADE) is None


def test_neither_token_nor_code_is_stored(ready: CaseFile, alice: User):
    share, token, code = made(ready, alice, with_code=True)

    stored = " ".join(str(value) for value in CaseFileShare.objects.values_list()[0])
    entries = " ".join(str(entry.details) for entry in CustodyEntry.objects.all())
    assert share.token_sha256 == hashlib.sha256(token.encode()).hexdigest()
    assert len(token) == 43  # 256 bits
    assert len(code) == 6
    assert code.isdecimal()
    assert token not in stored + entries
    assert not {code} & set(stored.split())
    assert "code_hash" not in entries


def test_a_revoked_link_opens_nothing_and_ends_once(ready: CaseFile, case: Case, alice: User):
    share, token, _code = made(ready, alice)

    assert shares.revoke(share=share, at=MADE + HOUR, by=alice)
    assert not shares.revoke(share=share, at=MADE + 2 * HOUR, by=alice)

    assert shares.living(token, at=MADE + HOUR) is None
    actor = custody.actor_of(alice)
    assert told(case) == [("case_file_shared", 1, actor), ("case_file_share_revoked", 1, actor)]


def test_the_tenth_wrong_code_closes_the_link_and_the_right_one_is_too_late(
    ready: CaseFile, case: Case, alice: User
):
    share, token, code = made(ready, alice, with_code=True)
    wrong = "000000" if code != "000000" else "111111"

    assert not any(shares.is_code(share=share, code=wrong, at=MADE) for _try in range(9))
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert shares.is_code(share=share, code=f" {code[:3]} {code[3:]} ", at=MADE)
    assert shares.is_code(share=share, code=f"{code[:3]}-{code[3:]}", at=MADE)
    assert shares.is_code(share=share, code=full_width, at=MADE)
    assert not shares.is_code(share=share, code=wrong, at=MADE)

    assert not shares.is_code(share=share, code=code, at=MADE)
    assert shares.living(token, at=MADE) is None
    share.refresh_from_db()
    assert (share.wrong_codes, share.end_reason) == (10, "locked")
    assert told(case)[-1][0] == "case_file_share_locked"


def test_openings_are_all_counted_and_told_in_the_chain_once_a_day(ready: CaseFile, case: Case, alice: User):
    share, _token, _code = made(ready, alice)

    for hours in (0, 1, 2, 24):
        shares.note_opened(share=share, at=MADE + hours * HOUR)
    shares.note_handed_out(share=share, at=MADE + 25 * HOUR)

    share.refresh_from_db()
    assert (share.openings, share.downloads, share.last_opened_at) == (4, 1, MADE + 25 * HOUR)
    actions = [entry.action for entry in CustodyEntry.objects.filter(case=case, details__share=1)]
    assert sorted(actions) == [
        "case_file_handed_out",
        "case_file_share_opened",
        "case_file_share_opened",
        "case_file_shared",
    ]
    assert list(custody.verify_chain(case, list(custody.stored_chain(case)))) == []


def test_two_links_of_a_day_have_an_entry_each(ready: CaseFile, case: Case, alice: User):
    for _turn in range(2):
        share, _token, _code = made(ready, alice)
        shares.note_opened(share=share, at=MADE)

    opened = CustodyEntry.objects.filter(case=case, action="case_file_share_opened")
    assert sorted(entry.details["share"] for entry in opened) == [1, 2]


@pytest.mark.parametrize(
    ("state", "days", "label", "code"),
    [("building", 7, "", "not_ready"), ("ready", 8, "", "days"), ("ready", 7, "字" * 101, "label")],
)
def test_what_is_not_offered_is_refused(
    ready: CaseFile, alice: User, state: str, days: int, label: str, code: str
):
    CaseFile.objects.filter(pk=ready.pk).update(state=BuildState(state))

    with pytest.raises(ValidationError) as refused:
        shares.share(case_file=ready, by=alice, at=MADE, days=days, label=label)

    error = refused.value
    assert code in (error.message_dict if hasattr(error, "error_dict") else [error.code])
    assert not CaseFileShare.objects.exists()


def test_the_twenty_first_open_link_is_refused_until_one_has_ended(ready: CaseFile, alice: User):
    for _turn in range(20):
        share, _token, _code = made(ready, alice)

    with pytest.raises(ValidationError, match="20 "):
        made(ready, alice)
    shares.revoke(share=share, at=MADE, by=alice)

    assert made(ready, alice)[0].number == 21


def test_a_link_of_an_erased_case_is_gone(ready: CaseFile, case: Case, alice: User):
    _share, token, _code = made(ready, alice)

    erasing.erase(case=case, by=alice, at=MADE + HOUR, typed=case.reference)

    assert shares.living(token, at=MADE + HOUR) is None
    assert not CaseFileShare.objects.exists()


def test_who_opens_a_link_while_its_case_is_erased_leaves_no_entry_behind(
    ready: CaseFile, case: Case, alice: User
):
    share, _token, code = made(ready, alice, with_code=True)
    erasing.erase(case=case, by=alice, at=MADE + HOUR, typed=case.reference)

    shares.note_opened(share=share, at=MADE + HOUR)
    shares.note_handed_out(share=share, at=MADE + HOUR)

    assert not shares.is_code(share=share, code=code, at=MADE + HOUR)
    assert not CustodyEntry.objects.filter(case=case).exists()


def test_an_end_without_a_reason_cannot_be_stored(ready: CaseFile, alice: User):
    share, _token, _code = made(ready, alice)

    with pytest.raises(IntegrityError), transaction.atomic():
        CaseFileShare.objects.filter(pk=share.pk).update(ended_at=MADE)
