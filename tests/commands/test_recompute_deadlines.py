"""manage.py recompute_deadlines"""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from cases.models import CalendarDay, Case, Deadline
from cases.services import cases, milestones
from tests.services.when import shanghai


@pytest.fixture(autouse=True)
def handed_over(case: Case) -> Case:
    milestones.log_milestone(
        case=case,
        by=case.owner,
        at=shanghai("2026-09-24 10:00"),
        kind="handed_to_partner",
        happened_at=shanghai("2026-09-24 10:00"),
        facts={"usual_workdays": 1},
    )
    return case


def run() -> str:
    output = StringIO()
    call_command("recompute_deadlines", stdout=output)
    return output.getvalue()


def ended(*, moved: int) -> str:
    """The last line; every open deadline is counted."""
    return f"Deadlines: {moved} moved, {Deadline.objects.open().count()} counted.\n"


@pytest.fixture
def changed_holidays(db: None) -> None:
    """30 September becomes a day off."""
    CalendarDay.objects.create(calendar="CN", day=date(2026, 9, 30), works=False, source="Notice 1")


def test_nothing_moves_while_nothing_changed():
    assert run() == ended(moved=0)


@pytest.mark.usefixtures("changed_holidays")
def test_it_prints_what_moved_and_the_second_run_moves_nothing(case: Case):
    assert run() == (
        f"{case.reference} douyin.partner_platform.extra_time: "
        "2026-10-08T23:59:59+08:00 -> 2026-10-09T23:59:59+08:00\n" + ended(moved=1)
    )
    assert run() == ended(moved=0)


@pytest.mark.usefixtures("changed_holidays")
def test_a_closed_case_stays_as_it_ended(case: Case):
    cases.close_case(case=case, by=case.owner, at=shanghai("2026-09-25 10:00"), outcome="given_up")

    assert run() == ended(moved=0)
