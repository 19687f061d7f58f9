"""Ending a case and going on with it, when somebody else did so meanwhile."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from cases.models import Case, Outcome, Status
from cases.services import cases
from tests.factories import NOON
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
