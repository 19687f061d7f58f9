"""Ending a case and going on with it, when somebody else did so meanwhile."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from cases.models import Case, Outcome, Status
from cases.services import cases, own_documents
from tests.factories import NOON
from tests.rules.test_documents import A_LAW
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db


def actions(case: Case) -> list[str]:
    return list(case.custody_entries.values_list("action", flat=True))


def test_a_case_closed_by_two_at_once_is_closed_once(case: Case, alice: User) -> None:
    stale = Case.objects.get(pk=case.pk)
    cases.close_case(case=case, by=alice, at=NOON, outcome=Outcome.SOLVED)

    with pytest.raises(ValidationError, match="closed already"):
        cases.close_case(case=stale, by=alice, at=NOON, outcome=Outcome.REFUSED)

    assert Case.objects.get().outcome == Outcome.SOLVED
    assert actions(case).count("case_closed") == 1


def test_the_status_of_a_case_that_ended_meanwhile_is_not_changed(case: Case, alice: User) -> None:
    stale = Case.objects.get(pk=case.pk)
    cases.close_case(case=case, by=alice, at=NOON, outcome=Outcome.SOLVED)

    with pytest.raises(ValidationError, match="reopen it to continue"):
        cases.set_status(case=stale, by=alice, at=NOON, status=Status.WAITING)

    assert Case.objects.get().status == Status.CLOSED


def test_a_case_that_is_open_is_not_reopened(case: Case, alice: User) -> None:
    cases.reopen_case(case=case, by=alice, at=NOON)

    assert "case_reopened" not in actions(case)


def test_a_status_that_is_none_is_refused_with_a_sentence(case: Case, alice: User) -> None:
    with pytest.raises(ValidationError, match="one of the states"):
        cases.set_status(case=case, by=alice, at=NOON, status="lost")


def test_a_playbook_that_was_deleted_meanwhile_is_refused(case: Case, alice: User) -> None:
    with pytest.raises(ValidationError, match="was deleted meanwhile") as refused:
        cases.describe_case(case=case, by=alice, at=NOON, also_playbooks=["own_gone"])
    assert list(refused.value.message_dict) == ["also_playbooks"]
    with pytest.raises(ValidationError, match="was deleted meanwhile") as refused:
        cases.open_case(by=alice, at=NOON, title="t", playbook="own_gone", problem_kind="parcel_lost")

    assert list(refused.value.message_dict) == ["playbook"]
    assert Case.objects.get().also_playbooks == []


def test_what_is_gone_by_now_does_not_keep_a_case_from_being_described(case: Case, alice: User) -> None:
    Case.objects.update(playbook="gone", also_playbooks=["own_gone"])
    case.refresh_from_db()

    cases.describe_case(
        case=case, by=alice, at=NOON, title="New", playbook="gone", also_playbooks=["own_gone"]
    )

    assert Case.objects.get().title == "New"


def test_a_case_names_five_own_playbooks_at_most(case: Case, alice: User) -> None:
    keys = [
        own_documents.take_document(by=alice, at=NOON, content=A_LAW.encode()).key for _number in range(6)
    ]
    cases.describe_case(case=case, by=alice, at=NOON, also_playbooks=keys[:5])

    with pytest.raises(ValidationError, match="Choose 5 of your own playbooks at most"):
        cases.describe_case(case=case, by=alice, at=NOON, also_playbooks=keys)
