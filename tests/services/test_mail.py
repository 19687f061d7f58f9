"""What a reminder mail says."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest

from cases.models import Case, Reminder
from cases.services import cases, contacts, mail, milestones, orders, reminder_links
from tests import factories
from tests.services.reading_mails import bytes_of, parsed, subject_of, text_of
from tests.services.when import shanghai
from tracker.accounts.models import User

AT = shanghai("2026-09-01 20:45")

pytestmark = pytest.mark.usefixtures("platform_alone")


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_URL = "https://cases.example.org"


@pytest.fixture
def unanswered(case: Case, alice: User) -> Reminder:
    """Alice's message to the shop of 20:45, due at 21:15."""
    contacts.log_contact(case=case, by=alice, at=AT, channel="shop_message", outcome="no_answer")
    return Reminder.objects.get(step="due")


@pytest.fixture
def window(case: Case, alice: User) -> Reminder:
    """Alice's complaint with a partner: from 30 September to the end of 8 October."""
    milestones.log_milestone(
        case=case,
        by=alice,
        at=shanghai("2026-09-24 10:00"),
        kind="handed_to_partner",
        happened_at=shanghai("2026-09-24 10:00"),
        facts={"usual_workdays": 1},
    )
    return Reminder.objects.get(step="window_opens")


def sent(reminder: Reminder, at: datetime, recipient: User | None = None) -> EmailMessage:
    """The mail to a confirmed address, as a mail program reads it."""
    recipient = recipient or reminder.deadline.case.owner
    return parsed(mail.write([reminder], mail.Recipient(recipient, is_confirmed=True), at=at))


def test_the_first_line_is_the_action(unanswered: Reminder):
    lines = text_of(sent(unanswered, shanghai("2026-09-01 21:15"))).splitlines()

    assert lines[0] == "Log “no reply”, then go to the order-card service or the official service."


def test_the_subject_says_what_and_until_when_in_sixty_signs(unanswered: Reminder):
    subject = subject_of(sent(unanswered, shanghai("2026-09-01 21:15")))

    assert subject == "They had until Tue 1 Sept 21:15: Log “no reply”, then go to…"
    assert len(subject) == 60


def test_the_mail_names_case_time_zone_reason_and_links(unanswered: Reminder, case: Case):
    body = text_of(sent(unanswered, shanghai("2026-09-01 21:15")))

    assert "They had until Tue 1 Sept 2026 21:15 (China Standard Time)." in body
    assert f"Case: Parcel never arrived ({case.reference})" in body
    assert f"https://cases.example.org/cases/{case.reference}/" in body
    assert "https://cases.example.org/settings/" in body
    assert "Why this date: The shop has not replied" in body
    assert "- Plus 30 minutes = " in body


def test_the_html_part_says_the_same(unanswered: Reminder, case: Case):
    html = text_of(sent(unanswered, shanghai("2026-09-01 21:15")), "html")

    assert "<h1>Log “no reply”" in html
    assert "They had until Tue 1 Sept 2026 21:15 (China Standard Time)." in html
    assert f'href="https://cases.example.org/cases/{case.reference}/"' in html


def test_the_html_part_loads_nothing_and_knows_the_dark(unanswered: Reminder):
    html = text_of(sent(unanswered, shanghai("2026-09-01 21:15")), "html")
    found: list[tuple[str, str, str | None]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend((tag, name, value) for name, value in attrs if name in {"src", "href", "style"})

    Reader().feed(html)

    assert {tag for tag, _name, _value in found} == {"a"}
    assert "url(" not in html
    assert "prefers-color-scheme: dark" in html


def test_a_moment_is_told_in_the_readers_zone(unanswered: Reminder, alice: User):
    alice.time_zone = "Europe/Berlin"

    body = text_of(sent(unanswered, shanghai("2026-09-01 21:15"), alice))

    assert "They had until Tue 1 Sept 2026 15:15 (Central European Summer Time)." in body


def test_a_day_is_told_in_the_zone_where_it_is_counted(window: Reminder, alice: User):
    alice.time_zone = "America/Los_Angeles"

    body = text_of(sent(window, shanghai("2026-09-30 09:00"), alice))

    assert "From Wed 30 Sept 2026 until the end of Thu 8 Oct 2026 (China Standard Time)." in body


def test_the_subject_of_a_window_that_opens_says_so(window: Reminder):
    subject = subject_of(sent(window, shanghai("2026-09-30 09:00")))

    assert subject.startswith("From today until Thu 8 Oct: Ask the partner")


def test_a_window_that_opened_days_ago_does_not_open_today(window: Reminder):
    subject = subject_of(sent(window, shanghai("2026-10-03 09:00")))

    assert subject.startswith("Late: They have until Thu 8 Oct: Ask the partner")


def test_a_provisional_date_is_called_provisional(window: Reminder):
    window.deadline.is_provisional = True

    message = sent(window, shanghai("2026-09-30 09:00"))

    assert "This date is provisional" in text_of(message)
    assert "This date is provisional" in text_of(message, "html")


def test_a_reminder_an_hour_late_does_not_mention_it(unanswered: Reminder):
    assert "late" not in text_of(sent(unanswered, shanghai("2026-09-01 22:15")))


def test_a_reminder_more_than_an_hour_late_says_so(unanswered: Reminder):
    message = sent(unanswered, shanghai("2026-09-06 09:00"))

    assert subject_of(message).startswith("Late: They had until Tue 1 Sept 21:15: Log")
    assert "This reminder is late: it should have reached you on Tue 1 Sept 2026 21:15." in text_of(message)
    assert "They had until Tue 1 Sept 2026 21:15 (China Standard Time)." in text_of(message)


def test_a_chinese_reader_gets_chinese_knowledge_and_dates(window: Reminder, alice: User):
    alice.language = "zh-hans"

    message = sent(window, shanghai("2026-09-30 09:00"), alice)

    assert text_of(message).splitlines()[0] == "先向合作平台询问进展；到期仍无结果，升级到抖音官方客服。"
    assert "2026年10月8日星期四" in text_of(message)
    assert "10月8日周四" in message["Subject"]
    assert message["Content-Language"] == "zh-hans"


def test_the_headers_are_those_of_an_automatic_mail_to_one_person(unanswered: Reminder):
    message = sent(unanswered, shanghai("2026-09-01 21:15"))

    assert message["To"] == "alice@example.org"
    assert message["Message-ID"] == unanswered.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert len(message.get_all("Date", [])) == 1
    assert message["Cc"] is None
    assert message["Bcc"] is None
    assert message["Content-Language"] == "en"


def test_one_click_stops_the_mails(unanswered: Reminder, case: Case, alice: User):
    at = shanghai("2026-09-01 21:15")

    message = sent(unanswered, at)

    address = reminder_links.unsubscribe_url(alice, case, at=at)
    assert message["List-Unsubscribe"] == f"<{address}>"
    assert address.startswith("https://cases.example.org/unsubscribe/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in text_of(message)


def test_no_line_is_longer_than_mail_allows(unanswered: Reminder, alice: User):
    unanswered.deadline.case.title = "长" * 120
    recipient = mail.Recipient(alice, is_confirmed=True)
    message = mail.write([unanswered], recipient, at=shanghai("2026-09-01 21:15"))

    assert max(len(line) for line in bytes_of(message).split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("Tea\r\nBcc: mallory@example.org", id="carriage return and line feed"),
        pytest.param("Tea\nX-Evil: 1", id="line feed"),
        pytest.param("Tea\x00\x0b\x85\u2028X-Evil: 1", id="other line ends and control characters"),
    ],
)
def test_no_text_can_add_a_header(unanswered: Reminder, hostile: str):
    because: dict[str, Any] = unanswered.deadline.because
    because["action"] = {"zh-hans": hostile, "en": hostile}
    unanswered.deadline.case.title = hostile

    message = sent(unanswered, shanghai("2026-09-01 21:15"))

    assert set(message.keys()) == {
        "Content-Type",
        "MIME-Version",
        "Subject",
        "From",
        "To",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "Content-Language",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
    }
    assert "\n" not in message["Subject"]


def test_what_a_user_wrote_is_text_in_the_html_part(unanswered: Reminder):
    unanswered.deadline.case.title = "<script>alert(1)</script>"

    html = text_of(sent(unanswered, shanghai("2026-09-01 21:15")), "html")

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_case_of_a_playbook_that_is_gone_still_gets_its_mail(unanswered: Reminder, alice: User):
    unanswered.deadline.case.playbook = "gone"
    unanswered.deadline.in_days = True

    assert "Tue 1 Sept 2026" in text_of(sent(unanswered, shanghai("2026-09-01 21:15"), alice))


def test_another_deadline_has_another_message_id(unanswered: Reminder, alice: User):
    other = factories.make_case(owner=alice)
    contacts.log_contact(case=other, by=alice, at=AT, channel="shop_message", outcome="no_answer")

    ids = set(Reminder.objects.values_list("message_id", flat=True))

    assert len(ids) == 2
    assert all(one.startswith("<reminder.") and one.endswith("@cases.example.org>") for one in ids)


def test_it_says_who_must_act_and_what_follows(case: Case, alice: User):
    at = shanghai("2026-09-24 10:00")
    cases.describe_case(case=case, by=alice, at=at, also_playbooks=["cn_consumer_law"])
    orders.add_order(case=case, by=alice, at=at, platform="抖音", received_at=at)
    reminder = Reminder.objects.filter(deadline__rule="cn_consumer_law.return_notice").first()
    assert reminder is not None

    message = sent(reminder, reminder.due_at)

    consequence = reminder.deadline.because["consequence"]["en"]
    for kind in ("plain", "html"):
        assert "Who must act: You" in text_of(message, kind)
        assert f"When the time is over: {consequence}" in " ".join(text_of(message, kind).split())
