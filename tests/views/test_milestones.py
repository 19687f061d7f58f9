"""Dated facts that start and stop clocks."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from cases.models import Case
from cases.services import contacts
from tests import factories
from tests.views.asking import HTMX, text_of
from tracker.accounts.models import User


def url(case: Case) -> str:
    return reverse("cases:milestones", args=[case.reference])


def test_a_hand_over_opens_a_window_of_two_to_three_workdays_more(case: Case, alice_client: Client):
    alice_client.post(
        url(case), {"kind": "handed_to_partner", "happened_at": "2026-09-01T09:00", "usual_workdays": "1"}
    )

    deadline = case.deadlines.get(rule="douyin.partner_platform.extra_time")
    assert deadline.window_from.isoformat() == "2026-09-04T15:59:59+00:00"
    assert deadline.due_at.isoformat() == "2026-09-07T15:59:59+00:00"


def test_a_hand_over_without_the_usual_time_asks_for_it(case: Case, alice_client: Client):
    response = alice_client.post(url(case), {"kind": "handed_to_partner"})

    assert response.status_code == 422
    assert "How many workdays does the partner usually take?" in text_of(response)
    assert case.milestones.count() == 0


def test_workdays_typed_for_another_kind_are_not_meant(case: Case, alice_client: Client):
    alice_client.post(url(case), {"kind": "goods_received", "usual_workdays": "5"})

    assert case.milestones.get().facts == {}


def test_no_time_means_just_now(case: Case, alice_client: Client):
    alice_client.post(url(case), {"kind": "complaint_filed"})

    assert case.milestones.get().happened_at == factories.NOON


def test_one_tap_says_that_a_promise_was_broken(case: Case, alice: User, alice_client: Client):
    contact = contacts.log_contact(
        case=case,
        by=alice,
        at=factories.NOON - timedelta(days=1),
        channel="hotline",
        outcome="promised",
        promised_by=factories.NOON - timedelta(hours=1),
    )
    assert (
        'name="kind" value="promise_broken"'
        in alice_client.get(f"/cases/{case.reference}/deadlines/").content.decode()
    )

    alice_client.post(url(case), {"kind": "promise_broken", "contact": contact.pk})

    assert case.milestones.get().contact == contact
    assert case.deadlines.get(rule="douyin.promise.kept").met_at == factories.NOON


def test_htmx_is_told_that_it_is_logged(case: Case, alice_client: Client):
    response = alice_client.post(url(case), {"kind": "goods_received"}, headers=HTMX)

    assert "Logged. What follows from it is among the deadlines." in text_of(response)


def test_a_contact_of_another_case_is_not_taken(case: Case, mallory: User, alice_client: Client):
    theirs = factories.make_case(owner=mallory)
    contact = contacts.log_contact(
        case=theirs, by=mallory, at=factories.NOON, channel="hotline", outcome="answered"
    )

    response = alice_client.post(url(case), {"kind": "promise_kept", "contact": contact.pk})

    assert response.status_code == 422
    assert case.milestones.count() == 0


def test_a_reader_cannot_log(case: Case, bob_client: Client):
    assert bob_client.get(url(case)).status_code == 200
    assert bob_client.post(url(case), {"kind": "goods_received"}).status_code == 403


def test_a_stranger_gets_404(case: Case, mallory_client: Client):
    assert mallory_client.get(url(case)).status_code == 404
    assert mallory_client.post(url(case), {"kind": "goods_received"}).status_code == 404
