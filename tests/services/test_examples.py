"""Example cases: made and removed by one tap each, silent, and counted nowhere."""

from __future__ import annotations

from datetime import timedelta

from cases.models import MORNING_SUMMARY, Case, Deadline, OwnReminder, Reminder, Tombstone
from cases.services import calendar_feed, examples, insights, own_reminders, reminder_facts, summaries
from tests import factories
from tracker.accounts.models import User

AT = factories.NOON


def test_three_cases_say_that_they_are_examples_and_a_second_tap_adds_none(alice: User):
    examples.add(by=alice, at=AT)
    examples.add(by=alice, at=AT)

    titles = Case.objects.visible_to(alice).values_list("title", flat=True)
    assert len(titles) == 3
    assert all(title.startswith("Example: ") for title in titles)


def test_no_reminder_of_one_is_said_and_no_summary_or_calendar_has_it(alice: User):
    examples.add(by=alice, at=AT)
    case = examples.of(alice).filter(deadlines__isnull=False).first()
    assert case
    assert not Reminder.objects.pending().exists()
    own_reminders.add(case=case, by=alice, text="Ask", remind_at=AT + timedelta(hours=1), at=AT)
    rows = list(Reminder.objects.select_related("deadline__case", "own_reminder__case", "user"))

    assert {row.own_reminder_id is None for row in rows} == {True, False}
    held = reminder_facts.memberships_of(rows)
    assert {reminder_facts.silenced(row, held) for row in rows} == {"not_needed"}
    assert summaries.contents(alice, MORNING_SUMMARY, AT + timedelta(days=1)) is None
    assert "Example" not in calendar_feed.feed(alice).decode()


def test_no_figure_counts_them(alice: User):
    before = insights.insights_of(alice, query={}, at=AT)

    examples.add(by=alice, at=AT)

    assert insights.insights_of(alice, query={}, at=AT) == before


def test_they_go_whole_and_nothing_else_goes(alice: User):
    mine = factories.make_case(owner=alice)
    examples.add(by=alice, at=AT)
    own_reminders.add(
        case=examples.of(alice)[0], by=alice, text="Ask", remind_at=AT + timedelta(hours=1), at=AT
    )

    assert examples.remove(by=alice, at=AT) == 3
    assert examples.remove(by=alice, at=AT) == 0

    assert list(Case.objects.visible_to(alice)) == [mine]
    assert not OwnReminder.objects.exists()
    assert set(Deadline.objects.values_list("case", flat=True)) <= {mine.pk}
    assert Tombstone.objects.count() == 3


def test_nobody_elses_are_removed(alice: User, mallory: User):
    examples.add(by=alice, at=AT)

    assert examples.remove(by=mallory, at=AT) == 0
    assert examples.of(alice).count() == 3
