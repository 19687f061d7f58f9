"""The demo: a believable user in one command."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from cases.models import Case, ContactAttempt, Deadline, Exhibit, Reminder, Status
from cases.services import custody, demo
from tests.factories import NOON
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(db: None) -> demo.Demo:
    return demo.make_demo(at=NOON)


def test_it_tells_six_stories_in_different_states(told: demo.Demo) -> None:
    kinds = {case.problem_kind for case in told.cases}

    assert kinds == {
        "parcel_lost",
        "fake_goods",
        "refund_refused",
        "booking",
        "livestream_purchase",
        "account_frozen",
    }
    assert {case.status for case in told.cases} == {"open", "waiting", "escalated", "closed"}


def test_every_channel_is_tried_somewhere(told: demo.Demo) -> None:
    assert set(ContactAttempt.objects.values_list("channel", flat=True)) == {
        "official_service",
        "shop_message",
        "order_card",
        "live_room",
        "hotline",
        "partner_platform",
        "self_service",
        "appeal_upload",
    }


def test_some_deadlines_are_missed_and_some_are_still_to_come(told: demo.Demo) -> None:
    running = Deadline.objects.open()

    broken_promise = running.get(rule="douyin.promise.kept")
    assert broken_promise.is_missed(NOON)
    silent_shop = running.get(rule="douyin.shop_message.no_reply")
    assert (silent_shop.due_at - NOON).total_seconds() == 18 * 60
    assert running.filter(rule="douyin.live_room.save_chat", due_at__gt=NOON).exists()
    assert running.filter(rule="douyin.partner_platform.extra_time").exists()


def test_a_closed_case_reminds_of_nothing(told: demo.Demo) -> None:
    closed = Case.objects.get(status=Status.CLOSED)

    assert not Reminder.objects.pending().filter(deadline__case=closed).exists()


def test_its_evidence_and_its_chains_are_whole(told: demo.Demo) -> None:
    assert Exhibit.objects.count() == 7
    assert all(custody.verify(case) == [] for case in told.cases)


def test_the_printed_words_log_one_in(db: None) -> None:
    printed = StringIO()
    call_command("demo", stdout=printed)

    email, password = re.search(r"email +(\S+)\s+password +(\S+)", printed.getvalue()).groups()  # type: ignore[union-attr]
    assert Client().login(email=email, password=password)


def test_a_second_demo_is_refused_and_changes_nothing(told: demo.Demo) -> None:
    with pytest.raises(CommandError, match="already has an account"):
        call_command("demo")

    assert User.objects.count() == 1
    assert Case.objects.count() == 6
