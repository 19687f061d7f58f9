"""The calendar feed against RFC 5545, by two parsers that share no code and by its letters."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import vobject
from icalendar import Calendar

from cases.models import Case
from cases.services import calendar_feed, contacts, milestones, own_reminders
from tests.services.when import shanghai
from tracker.accounts.models import User

AT = shanghai("2026-09-24 12:00")
LOGGED = shanghai("2026-09-24 10:00")
# Every sign that has a meaning of its own in the format, what could end a line, and signs of several bytes.
NASTY = 'a;b,c:d\\e"f\\nATTENDEE:mailto:x@example.org “é” 包裹🙂' + "长" * 60

pytestmark = pytest.mark.usefixtures("platform_alone")


@pytest.fixture
def feed(case: Case, alice: User) -> bytes:
    """A moment (a promise), whole days (a window of the partner) and an own reminder."""
    Case.objects.filter(pk=case.pk).update(title=NASTY[:120])
    case.refresh_from_db()
    contacts.log_contact(
        case=case,
        by=alice,
        at=LOGGED,
        channel="order_card",
        outcome="promised",
        promised_by=shanghai("2026-09-26 18:00"),
    )
    milestones.log_milestone(
        case=case,
        by=alice,
        at=LOGGED,
        kind="handed_to_partner",
        happened_at=LOGGED,
        facts={"usual_workdays": 1},
    )
    own_reminders.add(case=case, by=alice, text=NASTY, remind_at=shanghai("2026-10-15 09:00"), at=AT)
    return calendar_feed.feed(alice)


def lines_of(feed: bytes) -> list[str]:
    """Content lines as RFC 5545 unfolds them."""
    return feed.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


class TestTheLetters:
    def test_lines_end_with_cr_and_lf_and_hold_75_bytes_at_most(self, feed: bytes):
        assert feed.endswith(b"END:VCALENDAR\r\n")
        assert b"\n" not in feed.replace(b"\r\n", b"")
        assert max(len(line) for line in feed.split(b"\r\n")) <= 75

    def test_a_folded_line_is_never_cut_within_a_sign(self, feed: bytes):
        for line in feed.split(b"\r\n"):
            line.decode()

    def test_every_line_is_a_name_and_a_value(self, feed: bytes):
        for line in lines_of(feed):
            assert re.match(r"[A-Z-]+(;[A-Z-]+=[^;:]+)*:", line), line

    def test_times_are_in_utc_and_days_are_days(self, feed: bytes):
        times = [line for line in lines_of(feed) if re.match(r"DTSTART|DTEND|DTSTAMP|LAST-MODIFIED", line)]

        assert len(times) == 12
        for line in times:
            assert re.fullmatch(r"[A-Z-]+:\d{8}T\d{6}Z|DT(START|END);VALUE=DATE:\d{8}", line), line

    def test_what_every_event_must_have_is_there_once(self, feed: bytes):
        blocks = re.findall(r"BEGIN:VEVENT\n(.*?)END:VEVENT", "\n".join(lines_of(feed)), re.DOTALL)

        assert len(blocks) == 3
        for block in blocks:
            event = re.sub(r"BEGIN:VALARM.*END:VALARM", "", block, flags=re.DOTALL)
            for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY"):
                assert len(re.findall(rf"^{name}[:;]", event, re.MULTILINE)) == 1, name
            for alarm in re.findall(r"BEGIN:VALARM\n(.*?)END:VALARM", block, re.DOTALL):
                assert {line.split(":")[0].split(";")[0] for line in alarm.splitlines()} == {
                    "ACTION",
                    "DESCRIPTION",
                    "TRIGGER",
                }

    def test_programs_are_told_the_name_and_to_ask_every_hour(self, feed: bytes):
        lines = lines_of(feed)

        assert "X-WR-CALNAME:Deadlines of my cases" in lines
        assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
        assert "X-PUBLISHED-TTL:PT1H" in lines
        assert "VERSION:2.0" in lines
        assert "CALSCALE:GREGORIAN" in lines


class TestTwoParsers:
    """What the one and the other read; vobject refuses what it cannot read and what must not be."""

    def test_both_read_the_same_events(self, feed: bytes):
        ours = {
            str(event["UID"]): (
                event["DTSTART"].dt,
                event["DTEND"].dt,
                str(event["SUMMARY"]),
                event["SEQUENCE"],
            )
            for event in Calendar.from_ical(feed).walk("VEVENT")
        }
        calendar = vobject.readOne(feed.decode())
        calendar.validate(raiseException=True)
        theirs = {
            event.uid.value: (
                event.dtstart.value,
                event.dtend.value,
                event.summary.value,
                int(event.sequence.value),
            )
            for event in calendar.vevent_list
        }

        assert ours == theirs
        assert len(theirs) == 3

    def test_what_was_typed_comes_out_as_it_went_in(self, feed: bytes, case: Case):
        own = [
            event.summary.value
            for event in vobject.readOne(feed.decode()).vevent_list
            if event.uid.value.startswith("own-reminder-")
        ]

        assert own == [f"{NASTY} · {NASTY[:120]}"]

    def test_the_days_end_on_the_day_after_the_last(self, feed: bytes):
        (days,) = [
            event
            for event in vobject.readOne(feed.decode()).vevent_list
            if not isinstance(event.dtstart.value, datetime)
        ]

        assert (days.dtstart.value, days.dtend.value) == (date(2026, 9, 30), date(2026, 10, 9))

    def test_alarms_are_notices_a_day_and_two_hours_before_the_end(self, feed: bytes):
        promise = min(
            (
                event
                for event in vobject.readOne(feed.decode()).vevent_list
                if isinstance(event.dtstart.value, datetime)
            ),
            key=lambda event: event.dtstart.value,
        )

        assert promise.dtend.value == datetime(2026, 9, 26, 10, 0, tzinfo=UTC)
        assert [alarm.action.value for alarm in promise.valarm_list] == ["DISPLAY", "DISPLAY"]
        assert [alarm.trigger.value for alarm in promise.valarm_list] == [
            timedelta(days=-1),
            timedelta(hours=-2),
        ]
        assert {tuple(alarm.trigger.params["RELATED"]) for alarm in promise.valarm_list} == {("END",)}
