"""Deadlines as they start, are met, move and are dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from cases.models import Case, ContactAttempt, Deadline, Milestone
from cases.rules.calendars import china_calendar
from cases.services import calendars, cases, contacts, custody, deadlines, milestones
from cases.services import playbooks as playbook_service
from tests import factories
from tests.services.when import shanghai
from tracker.accounts.models import User

MORNING = shanghai("2026-09-01 10:00")


def log(case: Case, at: datetime, channel: str, outcome: str, **fields: Any) -> ContactAttempt:
    return contacts.log_contact(case=case, by=case.owner, at=at, channel=channel, outcome=outcome, **fields)


def note(case: Case, at: datetime, kind: str, **fields: Any) -> Milestone:
    return milestones.log_milestone(
        case=case, by=case.owner, at=at, kind=kind, happened_at=fields.pop("happened_at", at), **fields
    )


def the(case: Case, rule: str) -> Deadline:
    return case.deadlines.get(rule=f"douyin.{rule}")


def actions(case: Case) -> list[str]:
    return list(case.custody_entries.values_list("action", flat=True))


def steps(deadline: Deadline) -> list[tuple[str, datetime]]:
    """The reminders still to be sent."""
    return list(deadline.reminders.pending().values_list("step", "due_at"))


class TestTheFirstFive:
    """Each deadline of the Douyin playbook that the first release promises, with its literal times."""

    def test_a_shop_message_unanswered_at_2045_is_due_at_2115(self, case: Case):
        contact = log(case, shanghai("2026-09-01 20:45"), "shop_message", "no_answer")

        deadline = the(case, "shop_message.no_reply")
        assert deadline.due_at == shanghai("2026-09-01 21:15")
        assert deadline.contact == contact
        assert deadline.whose == "theirs"
        assert steps(deadline) == [("due", shanghai("2026-09-01 21:15"))]

    def test_a_stream_that_ended_at_2350_must_be_saved_by_0020(self, case: Case):
        log(
            case,
            shanghai("2026-09-01 23:52"),
            "live_room",
            "answered",
            started_at=shanghai("2026-09-01 23:30"),
            stream_ended_at=shanghai("2026-09-01 23:50"),
        )

        deadline = the(case, "live_room.save_chat")
        assert deadline.due_at == shanghai("2026-09-02 00:20")
        assert deadline.whose == "mine"

    def test_a_case_that_needs_the_hotline_at_2057_is_due_at_nine_the_next_day(self, alice: User):
        case = factories.make_case(owner=alice, at=shanghai("2026-09-01 20:57"), urgency="urgent")

        assert the(case, "hotline.closing").due_at == shanghai("2026-09-02 09:00")

    def test_a_case_that_needs_the_hotline_in_the_morning_is_due_before_it_closes(self, alice: User):
        case = factories.make_case(owner=alice, at=shanghai("2026-09-01 10:00"), urgency="urgent")

        # It closes at 21:00; eight minutes of waiting and a margin of five go off.
        assert the(case, "hotline.closing").due_at == shanghai("2026-09-01 20:47")

    def test_a_complaint_with_a_partner_is_a_window_over_the_autumn_holidays(self, case: Case):
        note(case, shanghai("2026-09-24 10:00"), "handed_to_partner", facts={"usual_workdays": 1})

        deadline = the(case, "partner_platform.extra_time")
        assert deadline.window_from == shanghai("2026-09-30 23:59:59")
        assert deadline.due_at == shanghai("2026-10-08 23:59:59")
        assert deadline.in_days
        assert not deadline.is_provisional
        assert steps(deadline) == [
            ("window_opens", shanghai("2026-09-30 09:00")),
            ("day_before", shanghai("2026-10-07 09:00")),
            ("on_the_day", shanghai("2026-10-08 09:00")),
            ("overdue_1", shanghai("2026-10-09 09:00")),
            ("overdue_2", shanghai("2026-10-10 09:00")),
            ("overdue_3", shanghai("2026-10-11 09:00")),
        ]

    def test_a_promise_is_due_when_it_was_promised_for(self, case: Case):
        log(case, MORNING, "hotline", "promised", promised_by=shanghai("2026-09-04 18:00"))

        assert the(case, "promise.kept").due_at == shanghai("2026-09-04 18:00")


def test_a_deadline_stores_its_whole_reason_in_both_languages(case: Case):
    log(case, shanghai("2026-09-01 20:45"), "shop_message", "no_answer")

    because = the(case, "shop_message.no_reply").because
    assert because["rule"] == "douyin.shop_message.no_reply"
    assert set(because["title"]) == {"zh-hans", "en"}
    assert any("21:15" in step["text"]["en"] for step in because["steps"])
    assert because["source"]["confidence"] == "reported"


def test_starting_a_deadline_is_recorded(case: Case):
    log(case, shanghai("2026-09-01 20:45"), "shop_message", "no_answer")

    entry = case.custody_entries.filter(action="deadline_started").last()
    assert entry.details == {
        "deadline": the(case, "shop_message.no_reply").pk,
        "rule": "douyin.shop_message.no_reply",
        "due_at": "2026-09-01T13:15:00+00:00",
        "version": 1,
    }
    assert custody.verify(case) == []


def test_an_answer_meets_the_deadline_and_cancels_its_reminders(case: Case):
    log(case, shanghai("2026-09-01 20:45"), "shop_message", "no_answer")
    answer = log(
        case,
        shanghai("2026-09-01 21:30"),
        "shop_message",
        "answered",
        started_at=shanghai("2026-09-01 21:05"),
    )

    deadline = the(case, "shop_message.no_reply")
    assert deadline.met_at == shanghai("2026-09-01 21:05")
    assert deadline.met_by == f"contact {answer.pk}"
    assert not deadline.is_missed(shanghai("2026-09-02 10:00"))
    assert steps(deadline) == []
    assert actions(case)[-1] == "deadline_met"


def test_what_was_logged_out_of_order_meets_the_deadline_at_once(case: Case):
    log(case, shanghai("2026-09-01 21:00"), "order_card", "answered")

    log(
        case,
        shanghai("2026-09-01 22:00"),
        "shop_message",
        "no_answer",
        started_at=shanghai("2026-09-01 20:45"),
    )

    deadline = the(case, "shop_message.no_reply")
    assert deadline.met_at == shanghai("2026-09-01 21:00")
    assert steps(deadline) == []


def test_each_unanswered_message_has_its_own_deadline(case: Case):
    log(case, shanghai("2026-09-01 20:45"), "shop_message", "no_answer")
    log(case, shanghai("2026-09-01 21:00"), "shop_message", "no_answer")

    assert list(case.deadlines.filter(contact__isnull=False).values_list("due_at", flat=True)) == [
        shanghai("2026-09-01 21:15"),
        shanghai("2026-09-01 21:30"),
    ]


@pytest.mark.parametrize("kind", ["promise_kept", "promise_broken"])
def test_a_promise_ends_with_the_word_on_how_it_ended(case: Case, kind: str):
    promised = log(case, MORNING, "order_card", "promised", promised_by=shanghai("2026-09-04 18:00"))

    note(case, shanghai("2026-09-04 17:00"), kind, contact=promised)

    assert the(case, "promise.kept").met_at == shanghai("2026-09-04 17:00")


def test_the_word_on_another_promise_leaves_this_one_open(case: Case):
    log(case, MORNING, "order_card", "promised", promised_by=shanghai("2026-09-04 18:00"))
    other = log(case, MORNING, "shop_message", "promised", promised_by=shanghai("2026-09-05 18:00"))

    note(case, shanghai("2026-09-04 17:00"), "promise_kept", contact=other)

    first, second = case.deadlines.filter(rule="douyin.promise.kept").order_by("due_at")
    assert first.is_open
    assert not second.is_open


class TestTheNextStep:
    """The hotline's deadline depends on what is advised, not on something that happened."""

    def test_a_call_that_was_answered_meets_it_and_it_does_not_come_back(self, alice: User):
        case = factories.make_case(owner=alice, at=MORNING, urgency="urgent")

        log(case, shanghai("2026-09-01 11:00"), "hotline", "answered")
        log(case, shanghai("2026-09-01 12:00"), "order_card", "answered")

        assert the(case, "hotline.closing").met_at == shanghai("2026-09-01 11:00")

    def test_after_a_setback_the_hotline_is_next_again(self, alice: User):
        case = factories.make_case(owner=alice, at=MORNING, urgency="urgent")
        log(
            case,
            shanghai("2026-09-01 11:00"),
            "hotline",
            "promised",
            promised_by=shanghai("2026-09-02 12:00"),
        )

        log(case, shanghai("2026-09-02 12:30"), "official_service", "bot_only")

        again = case.deadlines.open().get(rule="douyin.hotline.closing")
        assert again.due_at == shanghai("2026-09-02 20:47")

    def test_it_keeps_its_time_while_the_hotline_stays_the_next_step(self, alice: User):
        case = factories.make_case(owner=alice, at=MORNING, urgency="urgent")

        log(case, shanghai("2026-09-01 12:00"), "shop_message", "no_answer")

        deadline = the(case, "hotline.closing")
        assert (deadline.version, deadline.due_at) == (1, shanghai("2026-09-01 20:47"))

    def test_it_moves_to_the_next_day_once_it_was_missed(self, alice: User):
        case = factories.make_case(owner=alice, at=MORNING, urgency="urgent")

        log(case, shanghai("2026-09-02 12:00"), "shop_message", "no_answer")

        deadline = the(case, "hotline.closing")
        assert (deadline.version, deadline.due_at) == (2, shanghai("2026-09-02 20:47"))
        assert "deadline_moved" in actions(case)

    def test_it_is_dropped_when_the_case_is_no_longer_urgent(self, alice: User):
        case = factories.make_case(owner=alice, at=MORNING, urgency="urgent")

        cases.describe_case(case=case, by=alice, at=shanghai("2026-09-01 11:00"), urgency="normal")

        deadline = the(case, "hotline.closing")
        assert deadline.drop_reason == "next_step_changed"
        assert steps(deadline) == []
        assert actions(case)[-1] == "deadline_dropped"

    def test_what_the_user_put_away_stays_away(self, alice: User):
        case = factories.make_case(owner=alice, at=MORNING, urgency="urgent")
        deadlines.drop(deadline=the(case, "hotline.closing"), by=alice, at=shanghai("2026-09-01 10:05"))

        log(case, shanghai("2026-09-01 12:00"), "order_card", "answered")

        assert the(case, "hotline.closing").drop_reason == "user"

    def test_what_the_user_put_away_comes_back_after_a_setback(self, alice: User):
        case = factories.make_case(owner=alice, at=MORNING, urgency="urgent")
        deadlines.mark_met(deadline=the(case, "hotline.closing"), by=alice, at=shanghai("2026-09-01 10:05"))

        log(case, shanghai("2026-09-01 12:00"), "official_service", "bot_only")

        assert case.deadlines.open().filter(rule="douyin.hotline.closing").count() == 1

    def test_a_solved_matter_asks_for_no_next_step(self, alice: User):
        case = factories.make_case(owner=alice, at=MORNING, urgency="urgent")

        log(case, shanghai("2026-09-01 11:00"), "order_card", "solved")

        assert not case.deadlines.open().filter(rule="douyin.hotline.closing").exists()

    def test_a_promised_call_without_a_time_is_followed_up_once(self, case: Case):
        log(case, MORNING, "hotline", "promised", promise="Somebody will call back")

        assert the(case, "hotline.closing").due_at == shanghai("2026-09-01 20:47")


class TestByHand:
    def test_the_user_says_that_it_is_done(self, case: Case, alice: User):
        log(case, shanghai("2026-09-01 20:45"), "shop_message", "no_answer")

        deadlines.mark_met(
            deadline=the(case, "shop_message.no_reply"), by=alice, at=shanghai("2026-09-01 21:00")
        )

        deadline = the(case, "shop_message.no_reply")
        assert (deadline.met_at, deadline.met_by) == (shanghai("2026-09-01 21:00"), "user")
        assert steps(deadline) == []

    def test_the_user_says_that_it_does_not_matter(self, case: Case, alice: User):
        log(case, shanghai("2026-09-01 20:45"), "shop_message", "no_answer")

        deadlines.drop(deadline=the(case, "shop_message.no_reply"), by=alice, at=shanghai("2026-09-01 21:00"))

        deadline = the(case, "shop_message.no_reply")
        assert (deadline.dropped_at, deadline.drop_reason) == (shanghai("2026-09-01 21:00"), "user")
        assert steps(deadline) == []

    def test_saying_it_twice_records_it_once(self, case: Case, alice: User):
        log(case, shanghai("2026-09-01 20:45"), "shop_message", "no_answer")
        deadline = the(case, "shop_message.no_reply")

        deadlines.mark_met(deadline=deadline, by=alice, at=shanghai("2026-09-01 21:00"))
        deadlines.mark_met(deadline=deadline, by=alice, at=shanghai("2026-09-01 21:01"))
        deadlines.drop(deadline=deadline, by=alice, at=shanghai("2026-09-01 21:02"))

        assert the(case, "shop_message.no_reply").met_at == shanghai("2026-09-01 21:00")
        assert actions(case).count("deadline_met") == 1
        assert "deadline_dropped" not in actions(case)


class TestTheEndOfACase:
    def test_closing_drops_deadlines_and_cancels_reminders(self, case: Case, alice: User):
        log(case, shanghai("2026-09-01 20:45"), "shop_message", "no_answer")

        cases.close_case(case=case, by=alice, at=shanghai("2026-09-01 21:00"), outcome="solved")

        deadline = the(case, "shop_message.no_reply")
        assert deadline.drop_reason == "case_closed"
        assert steps(deadline) == []
        assert actions(case)[-2:] == ["deadline_dropped", "case_closed"]

    def test_reopening_takes_up_what_closing_dropped(self, case: Case, alice: User):
        promise = log(case, MORNING, "order_card", "promised", promised_by=shanghai("2026-09-04 18:00"))
        cases.close_case(case=case, by=alice, at=shanghai("2026-09-02 10:00"), outcome="given_up")

        cases.reopen_case(case=case, by=alice, at=shanghai("2026-09-03 10:00"))

        deadline = promise.deadlines.get()
        assert deadline.is_open
        assert deadline.version == 2
        assert steps(deadline)[0] == ("day_before", shanghai("2026-09-03 18:00"))
        assert "deadline_resumed" in actions(case)
        assert custody.verify(case) == []

    def test_reopening_leaves_what_no_rule_counts_any_more(self, case: Case, alice: User):
        log(case, shanghai("2026-09-01 20:45"), "shop_message", "no_answer")
        cases.close_case(case=case, by=alice, at=shanghai("2026-09-01 20:50"), outcome="solved")
        case.deadlines.filter(rule="douyin.shop_message.no_reply").update(rule="own_gone.answer")

        cases.reopen_case(case=case, by=alice, at=shanghai("2026-09-03 10:00"))

        gone = case.deadlines.get(rule="own_gone.answer")
        assert (gone.is_open, gone.drop_reason) == (False, "case_closed")

    def test_reopening_leaves_what_the_user_had_dropped(self, case: Case, alice: User):
        log(case, shanghai("2026-09-01 20:45"), "shop_message", "no_answer")
        deadlines.drop(deadline=the(case, "shop_message.no_reply"), by=alice, at=shanghai("2026-09-01 21:00"))
        cases.close_case(case=case, by=alice, at=shanghai("2026-09-02 10:00"), outcome="given_up")

        cases.reopen_case(case=case, by=alice, at=shanghai("2026-09-03 10:00"))

        assert not the(case, "shop_message.no_reply").is_open


class TestCountingAnew:
    """recompute() after the workday calendar or a playbook changed."""

    @pytest.fixture
    def handed_over(self, case: Case) -> Case:
        note(case, shanghai("2026-09-24 10:00"), "handed_to_partner", facts={"usual_workdays": 1})
        return case

    def test_nothing_moves_while_nothing_changed(self, handed_over: Case):
        before = actions(handed_over)

        assert deadlines.recompute(case=handed_over, at=shanghai("2026-09-25 10:00")) == []
        assert actions(handed_over) == before

    def test_a_changed_holiday_moves_the_deadline_and_reminds_anew(
        self, handed_over: Case, monkeypatch: pytest.MonkeyPatch
    ):
        changed = china_calendar({date(2026, 9, 30): False})
        monkeypatch.setattr(calendars, "calendar_of", lambda code: changed)

        (moved,) = deadlines.recompute(case=handed_over, at=shanghai("2026-09-25 10:00"))

        assert (moved.before, moved.after) == (
            shanghai("2026-10-08 23:59:59"),
            shanghai("2026-10-09 23:59:59"),
        )
        deadline = the(handed_over, "partner_platform.extra_time")
        assert deadline.version == 2
        assert steps(deadline) == [
            ("window_opens", shanghai("2026-10-08 09:00")),
            ("on_the_day", shanghai("2026-10-09 09:00")),
            ("overdue_1", shanghai("2026-10-10 09:00")),
            ("overdue_2", shanghai("2026-10-11 09:00")),
            ("overdue_3", shanghai("2026-10-12 09:00")),
        ]
        assert set(deadline.reminders.pending().values_list("version", flat=True)) == {2}
        assert actions(handed_over)[-1] == "deadline_moved"

    def test_counting_again_moves_nothing_more(self, handed_over: Case, monkeypatch: pytest.MonkeyPatch):
        changed = china_calendar({date(2026, 9, 30): False})
        monkeypatch.setattr(calendars, "calendar_of", lambda code: changed)
        deadlines.recompute(case=handed_over, at=shanghai("2026-09-25 10:00"))

        assert deadlines.recompute(case=handed_over, at=shanghai("2026-09-25 10:01")) == []

    def test_a_new_edition_of_the_playbook_is_kept_without_a_new_version(
        self, handed_over: Case, monkeypatch: pytest.MonkeyPatch
    ):
        playbook = replace(playbook_service.playbook_of(handed_over), edition="2027-01-01")
        monkeypatch.setattr(deadlines, "playbooks_of", lambda case: (playbook,))

        assert deadlines.recompute(case=handed_over, at=shanghai("2026-09-25 10:00")) == []

        deadline = the(handed_over, "partner_platform.extra_time")
        assert (deadline.version, deadline.because["playbook_edition"]) == (1, "2027-01-01")

    def test_a_rule_that_is_no_longer_shipped_leaves_its_deadline_as_it_is(
        self, handed_over: Case, monkeypatch: pytest.MonkeyPatch
    ):
        playbook = replace(playbook_service.playbook_of(handed_over), rules={})
        monkeypatch.setattr(deadlines, "playbooks_of", lambda case: (playbook,))

        assert deadlines.recompute(case=handed_over, at=shanghai("2026-09-25 10:00")) == []
        assert the(handed_over, "partner_platform.extra_time").is_open

    def test_a_date_in_a_year_without_a_calendar_is_provisional(self, case: Case):
        note(case, shanghai("2030-09-02 10:00"), "handed_to_partner", facts={"usual_workdays": 1})

        assert the(case, "partner_platform.extra_time").is_provisional


class TestLists:
    def test_open_deadlines_of_all_cases_come_with_the_least_time_left_first(self, case: Case, alice: User):
        log(case, MORNING, "order_card", "promised", promised_by=shanghai("2026-09-04 18:00"))
        other = factories.make_case(owner=alice)
        log(other, shanghai("2026-09-01 20:45"), "shop_message", "no_answer")

        assert [deadline.rule for deadline in deadlines.open_for(alice)] == [
            "douyin.shop_message.no_reply",
            "douyin.promise.kept",
            "cn_consumer_law.limitation_from_opening",
            "cn_consumer_law.limitation_from_opening",
        ]

    def test_a_reader_sees_them_and_a_stranger_does_not(self, case: Case, bob: User, mallory: User):
        log(case, shanghai("2026-09-01 20:45"), "shop_message", "no_answer")

        assert deadlines.open_for(bob).filter(rule="douyin.shop_message.no_reply").count() == 1
        assert deadlines.open_for(mallory).count() == 0

    def test_the_list_reads_deadlines_and_cases_with_one_query(
        self, case: Case, alice: User, django_assert_num_queries: Any
    ):
        log(case, shanghai("2026-09-01 20:45"), "shop_message", "no_answer")

        with django_assert_num_queries(1):
            assert {deadline.case.title for deadline in deadlines.open_for(alice)} == {"Parcel never arrived"}


def test_logging_a_contact_takes_at_most_twenty_queries(case: Case, django_assert_max_num_queries: Any):
    owner = case.owner
    with django_assert_max_num_queries(20):
        contacts.log_contact(
            case=case,
            by=owner,
            at=shanghai("2026-09-01 20:45"),
            channel="shop_message",
            outcome="no_answer",
        )
