"""The morning and the weekly summary: what they tell, and when there is nothing to tell."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from cases.models import MORNING_SUMMARY, WEEKLY_SUMMARY, Case, Deadline, Membership, OwnReminder, Reminder
from cases.services import mail, summaries
from tests import factories
from tests.services.reading_mails import parsed, subject_of, text_of
from tests.services.when import shanghai
from tracker.accounts.models import User

# A Wednesday; the week ends on Sunday 4 October.
MORNING = shanghai("2026-09-30 08:00")

pytestmark = pytest.mark.usefixtures("platform_alone")


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_URL = "https://cases.example.org"


def deadline(case: Case, name: str, due_at: str, **fields: Any) -> Deadline:
    """An open deadline of Alice's in Shanghai time that calls itself and its action by that name."""
    number = Deadline.objects.count()
    fields = {"whose": "mine", "in_days": due_at.endswith("23:59:59"), **fields}
    words = {"zh-hans": name, "en": name}
    return Deadline.objects.create(
        case=case,
        rule=f"douyin.test_{number}",
        triggered_at=shanghai("2026-09-01 10:00"),
        due_at=shanghai(due_at),
        computed_at=shanghai("2026-09-01 10:00"),
        because={"action": words, "title": words, "steps": []},
        **fields,
    )


def own(case: Case, user: User, text: str, remind_at: str, **fields: Any) -> OwnReminder:
    at = shanghai("2026-09-01 10:00")
    return OwnReminder.objects.create(
        case=case, user=user, text=text, remind_at=shanghai(remind_at), made_at=at, changed_at=at, **fields
    )


def names(user: User, kind: str = MORNING_SUMMARY, at: datetime = MORNING) -> dict[str, list[str]]:
    """What the summary tells, by its part."""
    told = summaries.contents(user, kind, at)
    assert told is not None, "there is nothing to tell"
    parts = {part: [one.because["title"]["en"] for one in getattr(told, part)] for part in PARTS}
    return {**parts, "own": [one.text for one in told.own]}


PARTS = ("overdue", "due", "owed")


@pytest.fixture
def busy(case: Case, alice: User) -> Case:
    deadline(case, "yesterday", "2026-09-29 23:59:59")
    deadline(case, "this morning", "2026-09-30 07:00")
    deadline(case, "at noon", "2026-09-30 12:00")
    deadline(case, "tonight", "2026-09-30 23:59:59")
    deadline(case, "tomorrow", "2026-10-01 00:00")
    deadline(case, "on Sunday", "2026-10-04 23:59:59")
    deadline(case, "on Monday", "2026-10-05 00:00")
    deadline(case, "their yesterday", "2026-09-29 23:59:59", whose="theirs")
    deadline(case, "their today", "2026-09-30 23:59:59", whose="theirs")
    deadline(case, "their Friday", "2026-10-02 23:59:59", whose="theirs")
    own(case, alice, "ask on Tuesday", "2026-09-29 09:00")
    own(case, alice, "ask today", "2026-09-30 23:30")
    own(case, alice, "ask on Saturday", "2026-10-03 09:00")
    own(case, alice, "ask next week", "2026-10-05 09:00")
    return case


class TestContents:
    def test_the_morning_tells_what_is_overdue_and_what_the_day_brings(self, busy: Case, alice: User):
        assert names(alice) == {
            "overdue": ["yesterday", "this morning"],
            "due": ["at noon", "tonight"],
            "owed": ["their yesterday", "their today"],
            "own": ["ask on Tuesday", "ask today"],
        }

    def test_the_week_ends_with_its_sunday(self, busy: Case, alice: User):
        assert names(alice, WEEKLY_SUMMARY) == {
            "overdue": ["yesterday", "this morning"],
            "due": ["at noon", "tonight", "tomorrow", "on Sunday"],
            "owed": ["their yesterday", "their today", "their Friday"],
            "own": ["ask on Tuesday", "ask today", "ask on Saturday"],
        }

    def test_on_a_sunday_the_week_is_that_day(self, case: Case, alice: User):
        deadline(case, "on Sunday", "2026-10-04 23:59:59")
        deadline(case, "on Monday", "2026-10-05 12:00")

        assert names(alice, WEEKLY_SUMMARY, shanghai("2026-10-04 08:00"))["due"] == ["on Sunday"]

    def test_days_are_those_of_the_rule_and_moments_those_of_the_reader(self, case: Case, alice: User):
        alice.time_zone = "America/Los_Angeles"
        deadline(case, "30 September in Shanghai", "2026-09-30 23:59:59")
        deadline(case, "1 October in Shanghai", "2026-10-01 23:59:59")
        # 30 September 23:00 and 1 October 01:00 in Los Angeles, which is 15 hours behind.
        deadline(case, "late that day", "2026-10-01 14:00")
        deadline(case, "the next day", "2026-10-01 16:00")

        # 30 September 08:00 in Los Angeles is 23:00 in Shanghai, still that day.
        assert names(alice, at=shanghai("2026-09-30 23:00"))["due"] == [
            "30 September in Shanghai",
            "late that day",
        ]

    def test_nothing_to_tell_is_no_summary(self, case: Case, alice: User):
        deadline(case, "next year", "2027-09-30 12:00")

        assert summaries.contents(alice, MORNING_SUMMARY, MORNING) is None
        assert summaries.contents(alice, WEEKLY_SUMMARY, MORNING) is None

    def test_what_is_done_dropped_paused_or_of_a_closed_case_is_not_told(self, busy: Case, alice: User):
        Deadline.objects.filter(because__title__en="yesterday").update(met_at=MORNING)
        Deadline.objects.filter(because__title__en="this morning").update(dropped_at=MORNING)
        Deadline.objects.filter(because__title__en="at noon").update(is_paused=True)
        OwnReminder.objects.filter(text="ask today").update(done_at=MORNING)

        told = names(alice)

        assert (told["overdue"], told["due"], told["own"]) == ([], ["tonight"], ["ask on Tuesday"])

    def test_a_case_whose_reminders_are_stopped_is_left_out(self, busy: Case, alice: User):
        Membership.objects.filter(case=busy, user=alice).update(reminders_stopped_at=MORNING)

        assert summaries.contents(alice, MORNING_SUMMARY, MORNING) is None

    def test_a_helper_is_told_of_deadlines_a_reader_and_a_stranger_are_not(
        self, busy: Case, helga: User, bob: User, mallory: User
    ):
        assert names(helga)["due"] == ["at noon", "tonight"]
        assert names(helga)["own"] == []
        assert summaries.contents(bob, MORNING_SUMMARY, MORNING) is None
        assert summaries.contents(mallory, MORNING_SUMMARY, MORNING) is None

    def test_a_reader_is_told_of_reminders_of_their_own(self, busy: Case, bob: User):
        own(busy, bob, "ask Alice", "2026-09-30 10:00")

        assert names(bob) == {"overdue": [], "due": [], "owed": [], "own": ["ask Alice"]}


class TestMail:
    def written(
        self, user: User, kind: str = MORNING_SUMMARY, *, at: datetime = MORNING, is_confirmed: bool = True
    ) -> Any:
        row = Reminder(user=user, step=kind, due_at=MORNING, message_id="<summary.1@cases.example.org>")
        return mail.write([row], mail.Recipient(user, is_confirmed), at=at)

    def test_the_subject_counts_and_the_first_line_presses(self, busy: Case, alice: User):
        message = parsed(self.written(alice))

        assert subject_of(message) == "Today: 2 overdue, 2 due, 2 owed to you, 2 set by you"
        assert text_of(message).splitlines()[0] == "8 things. The most pressing: at noon"
        assert message["Message-ID"] == "<summary.1@cases.example.org>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    def test_each_line_has_its_time_and_its_case(self, busy: Case, alice: User):
        text = text_of(parsed(self.written(alice)))

        assert "\nOverdue\n- yesterday\n  This was due by the end of Tue 29 Sept 2026 (China" in text
        assert "\nDue today\n- at noon\n  Until Wed 30 Sept 2026 12:00 (China Standard Time).\n" in text
        assert "\nWhat they owe you\n- their yesterday\n  They had until the end of Tue 29 Sept 2026" in text
        assert (
            "\nYour own reminders\n- ask on Tuesday\n  Your own reminder for Tue 29 Sept 2026 09:00" in text
        )
        assert f"  Parcel never arrived ({busy.reference})\n" in text
        assert f"  https://cases.example.org/cases/{busy.reference}/\n" in text
        assert "Open Today\nhttps://cases.example.org/\n" in text

    def test_the_weekly_one_says_so(self, busy: Case, alice: User):
        message = parsed(self.written(alice, WEEKLY_SUMMARY))

        assert subject_of(message) == "This week: 2 overdue, 4 due, 3 owed to you, 3 set by you"
        assert "\nDue this week\n" in text_of(message)
        assert "because you asked for a summary every Monday" in text_of(message)

    def test_one_thing_is_told_by_its_name(self, case: Case, alice: User):
        deadline(case, "tonight", "2026-09-30 23:59:59")

        message = parsed(self.written(alice))

        assert subject_of(message) == "Today: 1 due"
        assert text_of(message).startswith("tonight\n\nDue today\n")

    def test_nothing_to_tell_is_no_mail(self, case: Case, alice: User):
        assert self.written(alice) is None

    def test_one_that_comes_late_says_so(self, busy: Case, alice: User):
        message = parsed(self.written(alice, at=shanghai("2026-09-30 09:01")))

        assert subject_of(message).startswith("Late: Today: 2 overdue, ")

    def test_of_many_things_twenty_are_told_and_the_rest_counted(self, case: Case, alice: User):
        for number in range(25):
            deadline(case, f"number {number:02}", f"2026-09-30 12:{number:02}")

        text = text_of(parsed(self.written(alice)))

        assert "- number 19\n" in text
        assert "number 20" not in text
        assert "\n  and 5 more\n" in text

    def test_an_unconfirmed_address_reads_no_title_and_no_own_text(self, busy: Case, alice: User):
        message = parsed(self.written(alice, is_confirmed=False))

        for body in (text_of(message), text_of(message, "html")):
            assert "Parcel never arrived" not in body
            assert "ask today" not in body
        assert f"  Your case {busy.reference}\n" in text_of(message)

    def test_a_chinese_reader_gets_chinese_words(self, busy: Case, alice: User):
        alice.language = "zh-hans"

        message = parsed(self.written(alice))

        assert subject_of(message) == "每日早报：已到期 2 项、待办 2 项、对方应办 2 项、自设提醒 2 项"
        assert "\n今天到期\n- at noon\n  期限：2026年9月30日星期三 12:00（中国标准时间）。\n" in text_of(
            message
        )

    def test_it_costs_few_queries_however_much_there_is(
        self, busy: Case, alice: User, django_assert_max_num_queries: Any
    ):
        other = factories.make_case(owner=alice, title="Another")
        for number in range(10):
            deadline(other, f"number {number}", f"2026-09-30 12:0{number}")

        with django_assert_max_num_queries(6):
            self.written(alice)
