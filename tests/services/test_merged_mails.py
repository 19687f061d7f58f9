"""One mail that tells several things, and mails about reminders of one's own."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest

from cases.models import Case, Reminder
from cases.services import cases, mail, milestones, own_reminders
from tests import factories
from tests.services.reading_mails import parsed, subject_of, text_of
from tests.services.when import shanghai
from tracker.accounts.models import User

AT = shanghai("2026-09-30 10:20")

pytestmark = pytest.mark.usefixtures("platform_alone")


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_URL = "https://cases.example.org"


@pytest.fixture
def owed(case: Case, alice: User) -> Reminder:
    """What a partner has time for until the end of 8 October; from 30 September Alice may ask."""
    at = shanghai("2026-09-24 10:00")
    milestones.log_milestone(
        case=case,
        by=alice,
        at=at,
        kind="handed_to_partner",
        happened_at=at,
        facts={"usual_workdays": 1},
    )
    return Reminder.objects.get(step="window_opens")


@pytest.fixture
def urgent(alice: User) -> Reminder:
    """What Alice may lose in another case: a stream's chat can be seen until 30 September 10:30."""
    at = shanghai("2026-09-30 10:00")
    other = factories.make_case(owner=alice, title="Sold as new", at=at)
    milestones.log_milestone(case=other, by=alice, at=at, kind="stream_ended", happened_at=at)
    return Reminder.objects.get(deadline__rule="douyin.live_room.save_chat", step="due")


@pytest.fixture
def own(case: Case, alice: User) -> Reminder:
    """What Alice set for 30 September 10:20, on the first of that month."""
    own_reminders.add(
        case=case,
        by=alice,
        text="Ask the neighbour",
        remind_at=shanghai("2026-09-30 10:20"),
        at=shanghai("2026-09-01 12:00"),
    )
    return Reminder.objects.get(step="own")


def told(rows: list[Reminder], user: User, at: datetime = AT, *, is_confirmed: bool = True) -> EmailMessage:
    return parsed(mail.write(rows, mail.Recipient(user, is_confirmed), at=at))


def items_of(message: EmailMessage) -> list[str]:
    """The numbered parts of the text, in order."""
    head, *numbered = text_of(message).partition("\n-- \n")[0].split("\n\n1. ")
    assert numbered, f"nothing is numbered below: {head}"
    parts, number = [], 2
    rest = numbered[0]
    while f"\n{number}. " in rest:
        part, _, rest = rest.partition(f"\n{number}. ")
        parts.append(part)
        number += 1
    return [*parts, rest]


class TestSeveralThings:
    def test_the_first_line_says_how_many_and_what_presses_most(
        self, owed: Reminder, own: Reminder, urgent: Reminder, alice: User
    ):
        lines = text_of(told([owed, own, urgent], alice)).splitlines()

        assert lines[0] == (
            "3 things. The most pressing: Take screenshots of the consultation and add them as exhibits."
        )

    def test_the_subject_says_how_many_until_when_and_what(
        self, owed: Reminder, own: Reminder, urgent: Reminder, alice: User
    ):
        subject = subject_of(told([own, urgent], alice))

        assert subject == "2 things until Wed 30 Sept 10:30: Take screenshots of the c…"
        assert len(subject) == 60

    def test_each_has_its_time_its_case_and_its_reason(
        self, owed: Reminder, own: Reminder, urgent: Reminder, alice: User, case: Case
    ):
        first, second, third = items_of(told([owed, own, urgent], alice))

        assert first.startswith("Take screenshots of the consultation and add them as exhibits.\n")
        assert "Until Wed 30 Sept 2026 10:30 (China Standard Time)." in first
        assert f"Case: Sold as new ({urgent.deadline.case.reference})" in first
        assert "Why this date: Save the livestream consultation\n- The stream ended: " in first
        assert second.startswith("Ask the neighbour\n")
        assert "Your own reminder for Wed 30 Sept 2026 10:20 (China Standard Time)." in second
        assert f"Case: Parcel never arrived ({case.reference})" in second
        assert "Why this date: you set it yourself on Tue 1 Sept 2026." in second
        assert third.startswith("Ask the partner how it stands; ")
        assert "From Wed 30 Sept 2026 until the end of Thu 8 Oct 2026 (China Standard Time)." in third

    def test_each_has_links_of_its_own(self, owed: Reminder, own: Reminder, urgent: Reminder, alice: User):
        message = told([owed, own, urgent], alice)

        offered = [
            [part.count(f"/?do={act}\n") for act in ("log", "done", "tomorrow")] for part in items_of(message)
        ]
        assert offered == [[1, 1, 1], [0, 1, 1], [1, 1, 1]]  # the second is an own reminder
        links = {line for line in text_of(message).splitlines() if "/reminders/" in line and "?do=" in line}
        assert len(links) == 8
        assert all(link.startswith("https://cases.example.org/reminders/") for link in links)
        assert text_of(message, "html").count('class="button"') == 3

    def test_it_bears_the_message_id_of_the_first_row_and_stops_each_case(
        self, owed: Reminder, urgent: Reminder, alice: User, case: Case
    ):
        message = told([owed, urgent], alice)

        footer = text_of(message).partition("\n-- \n")[2]
        assert message["Message-ID"] == owed.message_id
        assert "This mail was sent because you keep these cases here." in footer
        assert f"Stop the reminders of “Parcel never arrived ({case.reference})”\n" in footer
        assert f"https://cases.example.org/settings/reminders/{case.reference}/\n" in footer
        assert f"https://cases.example.org/settings/reminders/{urgent.deadline.case.reference}/\n" in footer
        assert "Stop all reminders\nhttps://cases.example.org/unsubscribe/" in footer

    def test_several_of_one_case_offer_to_stop_that_case(self, owed: Reminder, own: Reminder, alice: User):
        footer = text_of(told([owed, own], alice)).partition("\n-- \n")[2]

        assert "Stop the reminders of this case, or all\nhttps://cases.example.org/unsubscribe/" in footer

    def test_what_can_still_be_lost_comes_before_what_is_missed(
        self, owed: Reminder, own: Reminder, urgent: Reminder, alice: User
    ):
        at = shanghai("2026-10-08 09:00")

        subject = subject_of(told([owed, own, urgent], alice, at))

        assert subject == "Late: 3 things · Overdue since Wed 30 Sept 10:30: Take scre…"

    def test_a_chinese_reader_gets_chinese_sentences(
        self, owed: Reminder, own: Reminder, urgent: Reminder, alice: User
    ):
        alice.language = "zh-hans"

        message = told([own, urgent], alice)

        assert subject_of(message) == "2 件事，最早9月30日周三 10:30截止：把咨询记录截图，存为本案证据。"
        assert text_of(message).splitlines()[0] == "共 2 件事，最急的是：把咨询记录截图，存为本案证据。"
        assert "期限：2026年9月30日星期三 10:30（中国标准时间）。" in text_of(message)
        of_window = "时间段：2026年9月30日星期三起，至2026年10月8日星期四 24:00止（中国标准时间）。"
        assert of_window in text_of(told([owed], alice))
        assert "日期由来：您在2026年9月1日星期二自己设定。" in text_of(message)


class TestOwnReminder:
    def test_its_text_is_the_action_and_done_its_first_button(self, own: Reminder, alice: User):
        message = told([own], alice)

        text = text_of(message)
        assert subject_of(message) == "Your reminder for Wed 30 Sept 10:20: Ask the neighbour"
        assert text.startswith(
            "Ask the neighbour\n\nYour own reminder for Wed 30 Sept 2026 10:20 (China Standard Time).\n"
        )
        assert text.index("Done\n") < text.index("Remind me tomorrow\n") < text.index("Go to the case\n")
        assert "Log what happened" not in text
        assert "This mail was sent because you set this reminder yourself." in text

    def test_its_moment_is_told_in_the_readers_zone(self, own: Reminder, alice: User):
        alice.time_zone = "Europe/Berlin"

        assert "Wed 30 Sept 2026 04:20 (Central European Summer Time)." in text_of(told([own], alice))

    def test_in_a_closed_case_nothing_is_to_be_logged(self, own: Reminder, alice: User, case: Case):
        cases.close_case(case=case, by=alice, at=AT, outcome="given_up")
        own.own_reminder.case.refresh_from_db()

        text = text_of(told([own], alice))

        assert "Log what happened" not in text
        assert "Done\n" in text

    def test_a_chinese_reader_gets_a_chinese_subject(self, own: Reminder, alice: User):
        alice.language = "zh-hans"

        assert subject_of(told([own], alice)) == "自设提醒（9月30日周三 10:20）：Ask the neighbour"


class TestAnAddressThatNobodyConfirmed:
    def test_gets_neither_titles_nor_own_words(
        self, own: Reminder, urgent: Reminder, alice: User, case: Case
    ):
        message = told([own, urgent], alice, is_confirmed=False)

        for body in (text_of(message), text_of(message, "html"), subject_of(message)):
            assert "Parcel never arrived" not in body
            assert "Sold as new" not in body
            assert "neighbour" not in body
        assert f"Your case {case.reference}\n" in text_of(message)
        assert "What you wanted to be reminded of" in text_of(message)

    def test_is_told_how_to_change_that(self, own: Reminder, alice: User):
        text = text_of(told([own], alice, is_confirmed=False))

        assert (
            "Confirm your email address, and these mails name your cases and tell what you wrote.\n"
            "https://cases.example.org/accounts/email/\n"
        ) in text
        assert "accounts/email" not in text_of(told([own], alice))

    def test_gets_no_text_of_an_own_playbook(self, urgent: Reminder, alice: User):
        deadline = urgent.deadline
        deadline.rule = "own_k7m2q9r4xw.reply"
        deadline.because["consequence"] = {"zh-hans": "Buy my pills", "en": "Buy my pills"}
        for key in ("action", "title"):
            deadline.because[key] = {"zh-hans": "Buy my pills", "en": "Buy my pills"}
        deadline.because["steps"] = [{"text": {"zh-hans": "Buy my pills", "en": "Buy my pills"}}]
        deadline.because["source"] = {"title": "Buy my pills", "article": "Buy my pills"}

        message = told([urgent], alice, is_confirmed=False)

        assert "Buy my pills" in text_of(told([urgent], alice))
        for body in (text_of(message), text_of(message, "html"), subject_of(message)):
            assert "pills" not in body
        assert subject_of(message) == "Until Wed 30 Sept 10:30: A deadline by your own playbook"
