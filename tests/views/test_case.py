"""The page of one case."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from cases.models import Case, Outcome, Status, WorkingCopyKind
from cases.services import cases as case_service
from cases.services import contacts
from tests import factories
from tests.stored import copy_of, exhibit_of
from tests.views.asking import HTMX, text_of
from tracker.accounts.models import User


def test_the_owner_sees_the_next_step_why_and_how_to_get_there(case: Case, alice_client: Client):
    text = text_of(alice_client.get(f"/cases/{case.reference}/"))

    assert "Next step Order-card service" in text
    assert "start from the order, which is preloaded" in text
    assert "still missing" in text


OTHER_WAY = "The contract of carriage is usually the seller"


class TestOtherWays:
    """Few look at them, and they are the longest part of the page: they come when they are asked for."""

    def test_are_counted_and_left_out_until_they_are_asked_for(self, case: Case, alice_client: Client):
        page = alice_client.get(f"/cases/{case.reference}/").content.decode()

        assert "other ways" in page and 'href="?ways=all#other-ways"' in page
        assert OTHER_WAY not in page

    def test_come_alone_for_htmx(self, case: Case, alice_client: Client):
        response = alice_client.get(f"/cases/{case.reference}/?ways=all", headers=HTMX)

        assert OTHER_WAY in text_of(response)
        assert "<h1" not in response.content.decode()
        assert "HX-Request" in response["Vary"]

    def test_stand_open_on_the_whole_page_without_a_script(self, case: Case, alice_client: Client):
        page = alice_client.get(f"/cases/{case.reference}/?ways=all").content.decode()

        assert "<h1" in page and OTHER_WAY in page
        assert 'id="other-ways" open' in page


def test_a_contact_takes_channel_outcome_and_one_tap(case: Case, alice_client: Client):
    response = alice_client.post(
        f"/cases/{case.reference}/", {"channel": "shop_message", "outcome": "no_answer"}
    )

    assert response["Location"] == f"/cases/{case.reference}/"
    contact = case.contacts.get()
    assert (contact.channel, contact.outcome, contact.started_at) == (
        "shop_message",
        "no_answer",
        factories.NOON,
    )


def test_htmx_shows_the_new_deadline_with_the_contact(case: Case, alice_client: Client):
    response = alice_client.post(
        f"/cases/{case.reference}/", {"channel": "shop_message", "outcome": "no_answer"}, headers=HTMX
    )

    text = text_of(response)
    assert "Logged. What follows from it is at the top." in text
    assert "The shop has not replied" in text
    assert "30 min left" in text


def test_next_step_and_next_deadline_stand_at_the_top_and_lead_to_their_cards(
    case: Case, alice_client: Client
):
    url = f"/cases/{case.reference}/"
    alice_client.post(url, {"channel": "shop_message", "outcome": "no_answer"})
    page = alice_client.get(url).content.decode()
    glance = page.partition('class="glance"')[2].partition("</nav>")[0]

    assert 'href="#next"' in glance and "Order-card service" in glance
    assert 'href="#due"' in glance and "The shop has not replied" in glance and "30 min left" in glance
    assert 'id="next"' in page and 'id="due"' in page


def test_the_form_for_a_contact_is_one_tap_away_for_who_may_log(
    case: Case, alice_client: Client, bob_client: Client
):
    url = f"/cases/{case.reference}/"
    page = alice_client.get(url).content.decode()

    assert '<a class="button" href="#log">' in page and 'id="log"' in page
    assert 'class="thumb-bar"' not in bob_client.get(url).content.decode()


def test_open_deadlines_are_drawn_on_one_axis(case: Case, alice_client: Client):
    """At ten in Shanghai four of the fourteen hours to midnight are 6 per cent, after 20 for what is past."""
    url = f"/cases/{case.reference}/"
    promise = {"channel": "hotline", "outcome": "promised", "promised_by": "2026-09-01T14:00"}
    alice_client.post(url, promise)
    page = alice_client.get(url).content.decode()
    axis = page.partition('class="horizon"')[2].partition("</figure>")[0]

    assert axis.count("<li>") == case.deadlines.count() == 2
    assert "A promise falls due" in axis and 'x="26%"' in axis
    assert 'cx="100%"' in axis  # the limitation, three years on
    for deadline in case.deadlines.all():
        assert f"/deadlines/#deadline-{deadline.pk}" in axis
        assert f'id="deadline-{deadline.pk}"' in alice_client.get(f"{url}deadlines/").content.decode()


def test_a_promise_is_logged_with_its_time_on_the_users_clock(case: Case, alice_client: Client):
    alice_client.post(
        f"/cases/{case.reference}/",
        {"channel": "hotline", "outcome": "promised", "promise": "Refund", "promised_by": "2026-09-02T18:00"},
    )

    assert case.contacts.get().promised_by.isoformat() == "2026-09-02T10:00:00+00:00"


def test_a_promise_left_over_from_another_choice_is_not_meant(case: Case, alice_client: Client):
    alice_client.post(
        f"/cases/{case.reference}/",
        {"channel": "hotline", "outcome": "answered", "promise": "Refund", "promised_by": "2026-09-02T18:00"},
    )

    contact = case.contacts.get()
    assert (contact.promise, contact.promised_by) == ("", None)


def test_a_contact_without_an_outcome_is_refused_beside_the_field(case: Case, alice_client: Client):
    response = alice_client.post(f"/cases/{case.reference}/", {"channel": "hotline"})

    assert response.status_code == 422
    assert "This field is required." in text_of(response)
    assert case.contacts.count() == 0


def test_the_timeline_tells_everything_newest_first(case: Case, alice: User, alice_client: Client):
    contacts.log_contact(
        case=case,
        by=alice,
        at=factories.NOON,
        started_at=factories.NOON - timedelta(minutes=10),
        channel="hotline",
        outcome="answered",
        summary="<b>They</b> look into it",
    )

    content = alice_client.get(f"/cases/{case.reference}/").content.decode()

    timeline = content[content.index('class="timeline"') :]
    assert timeline.index("Case opened") < timeline.index("Phone hotline")
    assert "&lt;b&gt;They&lt;/b&gt; look into it" in timeline


def test_a_screenshot_that_proves_two_contacts_stands_with_both_and_not_alone(
    case: Case, alice: User, alice_client: Client
):
    shared = exhibit_of(case, b"both calls", "image/png")
    only = exhibit_of(case, b"the second call", "image/png")
    for minutes_ago, outcome, proofs in ((20, "no_answer", [shared]), (10, "refused", [only, shared])):
        contacts.log_contact(
            case=case,
            by=alice,
            at=factories.NOON,
            started_at=factories.NOON - timedelta(minutes=minutes_ago),
            channel="hotline",
            outcome=outcome,
            exhibits=proofs,
        )

    content = alice_client.get(f"/cases/{case.reference}/").content.decode()

    timeline = content.partition('class="timeline"')[2]
    assert timeline.count("came in") == 0
    assert re.findall(r"/exhibits/(\d+)/\"", timeline) == ["1", "2", "1"]


def test_a_reader_sees_the_case_without_forms_and_cannot_write(case: Case, bob_client: Client):
    content = bob_client.get(f"/cases/{case.reference}/").content.decode()

    assert "Parcel never arrived" in content
    assert 'name="outcome"' not in content
    response = bob_client.post(f"/cases/{case.reference}/", {"channel": "hotline", "outcome": "answered"})
    assert response.status_code == 403
    assert case.contacts.count() == 0


def test_a_helper_may_log(case: Case, helga_client: Client, helga: User):
    helga_client.post(f"/cases/{case.reference}/", {"channel": "hotline", "outcome": "answered"})

    assert case.contacts.get().logged_by == helga


def test_a_stranger_gets_404(case: Case, mallory_client: Client):
    assert mallory_client.get(f"/cases/{case.reference}/").status_code == 404
    assert mallory_client.post(f"/cases/{case.reference}/", {}).status_code == 404


def test_the_page_costs_the_same_whatever_the_size_of_the_case(
    case: Case, alice: User, alice_client: Client, django_assert_max_num_queries, django_assert_num_queries
):
    def log(count: int) -> None:
        for _number in range(count):
            contacts.log_contact(
                case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer"
            )

    def prove(count: int) -> None:
        for _number in range(count):
            proof = exhibit_of(case, f"proof {case.exhibits.count()}".encode(), "image/png")
            copy_of(proof, WorkingCopyKind.THUMBNAIL, b"a small picture")
            contact = contacts.log_contact(
                case=case,
                by=alice,
                at=factories.NOON,
                channel="hotline",
                outcome="answered",
                exhibits=[proof],
            )
            exhibit_of(case, f"alone {contact.pk}".encode(), "image/png")

    log(1)
    prove(1)
    with django_assert_max_num_queries(9) as first:
        alice_client.get(f"/cases/{case.reference}/")
    log(12)
    prove(4)
    with django_assert_num_queries(len(first)):
        alice_client.get(f"/cases/{case.reference}/")


def test_editing_changes_the_case_and_keeps_what_was_not_touched(case: Case, alice_client: Client):
    response = alice_client.post(
        f"/cases/{case.reference}/edit/",
        {
            "title": "Parcel lost at the depot",
            "playbook": "douyin",
            "problem_kind": "parcel_lost",
            "currency": "CNY",
            "amount": "899.5",
            "demand": "A refund",
            "is_urgent": "on",
        },
    )

    assert response.status_code == 302
    case.refresh_from_db()
    assert (case.title, str(case.amount), case.demand, case.urgency) == (
        "Parcel lost at the depot",
        "899.50",
        "A refund",
        "urgent",
    )
    assert case.custody_entries.filter(action="case_described").count() == 1


def test_the_edit_form_holds_what_is_known(case: Case, alice_client: Client):
    content = alice_client.get(f"/cases/{case.reference}/edit/").content.decode()

    assert 'value="Parcel never arrived"' in content


def test_closing_needs_an_outcome_and_ends_what_is_due(case: Case, alice: User, alice_client: Client):
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer")
    url = f"/cases/{case.reference}/close/"

    assert alice_client.post(url, {}).status_code == 422
    response = alice_client.post(url, {"outcome": "solved", "recovered_amount": "12.30"})

    assert response.status_code == 302
    case.refresh_from_db()
    assert (case.status, case.outcome, str(case.recovered_amount)) == (Status.CLOSED, Outcome.SOLVED, "12.30")
    text = text_of(alice_client.get(f"/cases/{case.reference}/"))
    assert "Closed on Tue 1 Sep." in text
    assert "min left" not in text


def test_a_closed_case_can_be_opened_again(case: Case, alice: User, alice_client: Client):
    case_service.close_case(case=case, by=alice, at=factories.NOON, outcome=Outcome.GIVEN_UP)

    alice_client.post(f"/cases/{case.reference}/reopen/")

    case.refresh_from_db()
    assert case.status == Status.OPEN


def test_the_status_is_changed_with_one_tap(case: Case, alice_client: Client):
    alice_client.post(f"/cases/{case.reference}/status/", {"status": "escalated"})

    case.refresh_from_db()
    assert case.status == Status.ESCALATED


@pytest.mark.parametrize("status", ["closed", "sideways", ""])
def test_a_status_that_cannot_be_set_is_told_and_changes_nothing(
    case: Case, alice_client: Client, status: str
):
    response = alice_client.post(f"/cases/{case.reference}/status/", {"status": status}, follow=True)

    assert 'class="message message-error"' in response.content.decode()
    case.refresh_from_db()
    assert case.status == Status.OPEN


@pytest.mark.parametrize("screen", ["edit", "close", "reopen", "status"])
def test_a_reader_changes_nothing_of_the_case(case: Case, bob_client: Client, screen: str):
    assert bob_client.post(f"/cases/{case.reference}/{screen}/", {"outcome": "solved"}).status_code == 403


def test_the_address_and_what_else_applies_are_changed_and_told_in_the_chain(
    case: Case, alice_client: Client
):
    typed = {
        "title": case.title,
        "playbook": "douyin",
        "problem_kind": "parcel_lost",
        "currency": "CNY",
        "merchant_address": "杭州市余杭区 1 号",
        "payment_method": "card",
        "also_playbooks": ["card_chargeback"],
    }

    alice_client.post(f"/cases/{case.reference}/edit/", typed)

    case.refresh_from_db()
    assert (case.merchant_address, case.payment_method) == ("杭州市余杭区 1 号", "card")
    assert case.also_playbooks == ["card_chargeback"]
    changed = case.custody_entries.get(action="case_described").details["changed"]
    assert changed["also_playbooks"] == ["", "card_chargeback"]
    text = text_of(alice_client.get(f"/cases/{case.reference}/"))
    assert "杭州市余杭区 1 号" in text
    assert "Bank or credit card" in text
