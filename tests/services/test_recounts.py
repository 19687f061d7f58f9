"""Counting every open deadline anew, many at a time."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import CalendarDay, CalendarYear, Case, CustodyEntry, Deadline, Recount, Reminder
from cases.services import cases, contacts, custody, deadlines, milestones, playbooks, recounts
from tests import factories
from tests.running import CHECKOUT, clean_environment
from tests.services.when import shanghai
from tracker.accounts.models import User
from tracker.health.models import Heartbeat

THEN = shanghai("2026-09-24 10:00")
NOW = shanghai("2026-09-25 10:00")


def hand_over(case: Case, usual_workdays: int = 1) -> None:
    """Starts a window of workdays on Thursday 24 September 2026, which the autumn holidays cut in two."""
    milestones.log_milestone(
        case=case,
        by=case.owner,
        at=THEN,
        kind="handed_to_partner",
        happened_at=THEN,
        facts={"usual_workdays": usual_workdays},
    )


def close_on(day: date) -> CalendarDay:
    return CalendarDay.objects.create(calendar="CN", day=day, works=False, source="Notice 1")


@pytest.fixture
def seeded(alice: User) -> list[Case]:
    """Seven cases with contacts, promises and windows; one of them is closed."""
    found = []
    for number in range(7):
        case = factories.make_case(owner=alice, urgency="urgent" if number % 2 else "normal")
        hand_over(case, usual_workdays=1 + number % 3)
        contacts.log_contact(
            case=case,
            by=alice,
            at=THEN + timedelta(minutes=number),
            channel="shop_message",
            outcome="promised",
            promised_by=THEN + timedelta(days=3),
        )
        found.append(case)
    cases.close_case(case=found[3], by=alice, at=THEN, outcome="given_up")
    return found


def everything() -> dict[str, list[dict[str, Any]]]:
    """All that a count may write, without the rows' own ids."""

    def rows(model: Any, *order: str) -> list[dict[str, Any]]:
        return [
            {key: row[key] for key in row if key != "id"} for row in model.objects.order_by(*order).values()
        ]

    return {
        "deadlines": rows(Deadline, "pk"),
        "reminders": rows(Reminder, "message_id"),
        "custody": rows(CustodyEntry, "case", "sequence"),
    }


class TestTheSameAsCaseByCase:
    @pytest.fixture(params=["nothing", "a day", "an edition", "facts"])
    def changed(self, request: pytest.FixtureRequest, seeded: list[Case], monkeypatch: Any) -> str:
        what: str = request.param
        if what == "a day":
            close_on(date(2026, 9, 30))
        elif what == "an edition":
            douyin = replace(playbooks.all_playbooks()["douyin"], edition="2027-01-01")
            shipped = {**playbooks.all_playbooks(), "douyin": douyin}
            monkeypatch.setattr(playbooks, "all_playbooks", lambda: shipped)
        elif what == "facts":
            seeded[0].milestones.update(facts={"usual_workdays": 5})
        return what

    def test_what_is_stored_is_what_recompute_would_store(self, seeded: list[Case], changed: str):
        one_by_one = []
        with transaction.atomic():
            for case in Case.objects.order_by("pk"):
                one_by_one += deadlines.recompute(case=case, at=NOW)
            expected = everything()
            transaction.set_rollback(True)
        assert changed in {"nothing", "an edition"} or expected != everything()

        moved: list[deadlines.Moved] = []
        recount = recounts.recount_all(at=NOW, on_moved=moved.append)

        assert everything() == expected
        assert [(one.deadline, one.before, one.after) for one in moved] == [
            (one.deadline, one.before, one.after) for one in one_by_one
        ]
        assert (recount.counted, recount.moved) == (Deadline.objects.open().count(), len(one_by_one))
        assert all(custody.verify(case) == [] for case in seeded)


def test_one_that_moved_is_a_new_version_that_reminds_anew(case: Case):
    hand_over(case)
    close_on(date(2026, 9, 30))

    recounts.recount_all(at=NOW)

    deadline = case.deadlines.get(rule="douyin.partner_platform.extra_time")
    assert (deadline.version, deadline.due_at) == (2, shanghai("2026-10-09 23:59:59"))
    assert set(deadline.reminders.pending().values_list("version", flat=True)) == {2}
    entry = case.custody_entries.last()
    assert (entry.action, entry.actor, entry.at) == ("deadline_moved", "system", NOW)
    assert entry.details["before"] == "2026-10-08T15:59:59+00:00"


def test_a_second_run_writes_nothing(seeded: list[Case]):
    close_on(date(2026, 9, 30))
    assert recounts.recount_all(at=NOW).moved > 0
    before = everything()

    again = recounts.recount_all(at=NOW + timedelta(minutes=1))

    assert again.moved == 0
    assert everything() == before


def test_a_closed_case_stays_as_it_ended(seeded: list[Case]):
    before = list(seeded[3].deadlines.values())
    close_on(date(2026, 9, 30))

    recounts.recount_all(at=NOW)

    assert list(seeded[3].deadlines.values()) == before


def test_every_case_is_counted_however_small_the_batches_are(
    seeded: list[Case], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recounts, "BATCH", 1)
    close_on(date(2026, 9, 30))

    recount = recounts.recount_all(at=NOW)

    assert recount.counted == Deadline.objects.open().count()
    windows = Deadline.objects.open().filter(rule="douyin.partner_platform.extra_time")
    assert set(windows.values_list("version", flat=True)) == {2}


def test_the_number_of_queries_does_not_grow_with_the_cases(seeded: list[Case]):
    close_on(date(2026, 9, 30))
    recounts.knowledge()  # the calendars are in memory from now on

    def queries() -> int:
        with CaptureQueriesContext(connections["default"]) as captured, transaction.atomic():
            assert recounts.recount_all(at=NOW).moved > 0
            transaction.set_rollback(True)
        return len(captured)

    with_all = queries()
    Deadline.objects.filter(case__in=seeded[2:]).update(dropped_at=NOW)

    assert queries() == with_all


class TestWhenItIsNeeded:
    def test_the_first_run_is_and_the_second_is_not(self, seeded: list[Case]):
        first = recounts.recount_if_needed(at=NOW)

        assert first is not None
        assert (first.finished_at, first.knowledge) == (NOW, recounts.knowledge())
        assert recounts.recount_if_needed(at=NOW) is None
        assert Recount.objects.count() == 1

    @pytest.mark.parametrize(
        "change",
        [
            lambda: close_on(date(2026, 9, 30)),
            lambda: CalendarYear.objects.create(calendar="US", year=2030, source="Notice 2"),
        ],
    )
    def test_a_correction_of_any_calendar_makes_it_needed(self, db: None, change: Any):
        recounts.recount_all(at=NOW)
        assert not recounts.is_needed()

        change()

        assert recounts.is_needed()

    def test_another_playbook_makes_it_needed(self, db: None, monkeypatch: pytest.MonkeyPatch):
        recounts.recount_all(at=NOW)
        monkeypatch.setattr(recounts, "_shipped", lambda: "other playbooks")

        assert recounts.is_needed()

    def test_a_run_that_never_ended_does_not_count(self, db: None):
        Recount.objects.create(knowledge=recounts.knowledge(), started_at=NOW)

        assert recounts.is_needed()

    def test_what_is_known_is_told_alike_by_every_process(self):
        asks = (
            "import django; django.setup(); from cases.services import recounts; print(recounts._shipped())"
        )
        environment = {**clean_environment(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
        told = {
            subprocess.run(
                [sys.executable, "-c", asks],
                cwd=CHECKOUT,
                env={**environment, "PYTHONHASHSEED": seed},
                text=True,
                stdout=subprocess.PIPE,
                check=True,
            ).stdout.strip()
            for seed in ("1", "2")
        }

        assert told == {recounts._shipped()}


class TestWhileAnotherIsAtIt:
    def test_two_workers_do_not_count_the_same_at_once(self, db: None):
        assert recounts._take_lease()

        assert recounts.recount_if_needed(at=NOW) is None
        assert not Recount.objects.exists()

    def test_the_work_of_a_dead_worker_is_taken_over(self, seeded: list[Case]):
        recounts._take_lease()
        Heartbeat.objects.filter(name=recounts.LEASE_NAME).update(at=timezone.now() - timedelta(minutes=4))

        assert recounts.recount_if_needed(at=NOW) is not None

    def test_the_lease_is_given_back_also_after_a_fault(self, seeded: list[Case], monkeypatch: Any):
        def breaks(**_anything: Any) -> None:
            raise RuntimeError("the disk is full")

        with monkeypatch.context() as patch, pytest.raises(RuntimeError):
            patch.setattr(recounts, "recount_all", breaks)
            recounts.recount_if_needed(at=NOW)

        assert recounts.recount_if_needed(at=NOW) is not None


class TestWaking:
    @pytest.fixture(autouse=True)
    def sent(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        names: list[str] = []
        monkeypatch.setattr(recounts, "enqueue_on_commit", lambda name: names.append(name))
        monkeypatch.setattr(recounts, "_woken_at", -1000.0)
        return names

    def test_a_worker_is_woken_where_it_is_needed_and_once_a_minute(self, db: None, sent: list[str]):
        assert recounts.wake_if_needed()
        assert not recounts.wake_if_needed()
        assert sent == ["cases.tasks.recount_deadlines"]

    def test_nobody_is_woken_where_nothing_changed(self, db: None, sent: list[str]):
        recounts.recount_all(at=NOW)

        assert not recounts.wake_if_needed()
        assert sent == []

    def test_nobody_is_woken_while_somebody_is_at_it(self, db: None, sent: list[str]):
        recounts._take_lease()

        assert not recounts.wake_if_needed()


class TestOnePlaybook:
    def test_only_cases_that_use_it_are_counted(self, seeded: list[Case], alice: User):
        other = factories.make_case(owner=alice, playbook="paypal")
        hand_over(seeded[0])
        close_on(date(2026, 9, 30))

        assert recounts.recount_cases_of("paypal", at=NOW) == []
        assert other.deadlines.filter(version=2).count() == 0
        assert {one.deadline.case for one in recounts.recount_cases_of("douyin", at=NOW)} == {
            case for number, case in enumerate(seeded) if number != 3
        }

    def test_a_case_it_was_added_to_is_one_of_them(self, seeded: list[Case]):
        Case.objects.filter(pk=seeded[0].pk).update(also_playbooks=["own_x"])
        close_on(date(2026, 9, 30))

        assert {one.deadline.case for one in recounts.recount_cases_of("own_x", at=NOW)} == {seeded[0]}


class TestBesideOthers:
    """Real commits: what a process that dies leaves behind, and several at work at once."""

    @pytest.fixture
    def handed_over(self, committed_db: str, monkeypatch: pytest.MonkeyPatch) -> list[Case]:
        alice = factories.make_user("alice@example.org", language="en")
        found = [factories.make_case(owner=alice) for _number in range(4)]
        for case in found:
            hand_over(case)
        close_on(date(2026, 9, 30))
        monkeypatch.setattr(recounts, "BATCH", 1)
        return found

    @staticmethod
    def versions() -> list[int]:
        windows = Deadline.objects.filter(rule="douyin.partner_platform.extra_time").order_by("pk")
        return list(windows.values_list("version", flat=True))

    def test_a_run_that_died_leaves_whole_batches_and_the_next_one_does_the_rest(
        self, handed_over: list[Case], monkeypatch: pytest.MonkeyPatch
    ):
        planned = []

        def dies_in_the_third(moved: Any, *, at: Any) -> None:
            planned.append(moved)
            if len(planned) == 3:
                raise KeyboardInterrupt

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(recounts.reminders, "plan_all", dies_in_the_third)
            recounts.recount_all(at=NOW)
        assert self.versions() == [2, 2, 1, 1]
        assert recounts.is_needed()

        recounts.recount_all(at=NOW)

        assert self.versions() == [2, 2, 2, 2]
        assert all(custody.verify(case) == [] for case in handed_over)

    def test_two_runs_and_a_user_at_once_move_each_deadline_once(self, handed_over: list[Case]):
        def log() -> None:
            for case in reversed(handed_over):
                contacts.log_contact(
                    case=case, by=case.owner, at=NOW, channel="shop_message", outcome="no_answer"
                )

        works = [lambda: recounts.recount_all(at=NOW), lambda: recounts.recount_all(at=NOW), log]
        failures: list[BaseException] = []

        def run(work: Any) -> None:
            try:
                work()
            except BaseException as error:
                failures.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failures == []
        assert self.versions() == [2, 2, 2, 2]
        assert CustodyEntry.objects.filter(action="deadline_moved").count() == 4
        assert all(custody.verify(case) == [] for case in handed_over)
