"""What came into a case since its case files were made."""

from __future__ import annotations

import pytest

from cases.models import Case
from cases.services import custody
from cases.services.case_file_changes import changes_since
from tests.casefile import stories
from tests.casefile.stories import at
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db


def test_nothing_came_since_a_case_file_that_was_just_made(case: Case, alice: User) -> None:
    case_file = stories.ready_case_file(case, alice)

    assert changes_since(case=case, case_files=[case_file]) == {1: []}


def test_what_came_after_the_chain_head_is_told_by_kind(case: Case, alice: User) -> None:
    case_file = stories.ready_case_file(case, alice)
    looks = ("exhibit_viewed", "exhibit_original_saved", "case_viewed", "reminder_sent")
    for action in ("exhibit_received", "contact_logged", "exhibit_received", "order_added", *looks):
        custody.record(case=case, action=action, at=at(8, 20), by=alice, details={})

    assert changes_since(case=case, case_files=[case_file]) == {
        1: ["2 exhibits", "1 contact", "1 other entry in the chain of custody"]
    }
