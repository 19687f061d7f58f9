"""The reason of a date is told in the same words on the page, in the mail and in the case file."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.models import Case, Reminder
from cases.services import mail, milestones
from tests import factories
from tests.casefile import stories
from tests.casefile.test_document import unpacked, words_of
from tests.services.when import shanghai
from tests.views.asking import text_of
from tracker.accounts.models import User

RECEIVED = shanghai("2026-09-24 10:00")


@pytest.fixture
def complained(case: Case, alice: User) -> Case:
    """A complaint that 12315 received on the eve of Mid-Autumn."""
    milestones.log_milestone(
        case=case,
        by=alice,
        at=RECEIVED,
        kind="complaint_filed",
        channel="cn_12315.complaint",
        happened_at=RECEIVED,
    )
    return case


def without_blanks(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_page_mail_and_case_file_tell_every_step_alike(
    complained: Case, alice: User, tmp_path: Path, language: str
) -> None:
    alice.language = language
    alice.save()
    deadline = complained.deadlines.get(rule="cn_12315.acceptance")
    reminder = Reminder.objects.filter(deadline=deadline).first()
    assert reminder is not None

    page = text_of(factories.logged_in(alice).get(f"/cases/{complained.reference}/deadlines/"))
    sent = mail.write([reminder], mail.Recipient(alice, is_confirmed=True), at=RECEIVED)
    case_file = stories.ready_case_file(complained, alice, when=RECEIVED, language=language)
    printed = words_of(unpacked(case_file, tmp_path) / "data" / "case-file.pdf")

    steps = [step["text"][language] for step in deadline.because["steps"]]
    assert len(steps) == 8
    for step in steps:
        assert step in page
        assert without_blanks(step) in without_blanks(str(sent.body))
        assert without_blanks(step) in printed
