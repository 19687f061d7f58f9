"""The next step as the page of a case and Today show it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from cases.models import Case
from cases.rules.advice import advise
from cases.rules.channels import DraftStyle
from cases.rules.events import EventPattern
from cases.rules.situations import Condition, Situation
from cases.services import contacts
from tests import factories
from tests.rules.ladders import bar, both, channel, happened, playbook, row
from tests.rules.moments import contact
from tests.views.asking import text_of
from tracker.accounts.models import User

AT = datetime(2026, 9, 24, 4, 0, tzinfo=UTC)
TAKEN_UP = EventPattern(
    "milestone", kinds=frozenset({"complaint_accepted"}), bodies=frozenset({"consumer_association"})
)
AUTHORITY = playbook(
    "cn",
    (
        channel("cn.complaint", body="authority", needs=("merchant_address",)),
        channel("cn.association", body="consumer_association"),
    ),
    (
        row("complain", "cn.complaint", rung=80, action=both("File the complaint")),
        row("associate", "cn.association", rung=70),
    ),
    bar("cn.complaint", after=(TAKEN_UP,)),
    kind="authority",
)
DOUBLE = playbook(
    "platform",
    (channel("service"), channel("hotline")),
    (row("danger", "service", "hotline", rung=100, confirm_all=True),),
)


def shown(case: Case, *playbooks: Any, may_write: bool = True, **situation: Any) -> str:
    """The card of the next step, as text without tags."""
    advised = advise(playbooks, Situation(**situation), at=AT)
    case.may_write = may_write  # type: ignore[attr-defined]
    context = {
        "case": case, "best": advised[0], "others": advised[1:], "all_ways": True, "now": AT,
        "channels_by_key": {},
    }  # fmt: skip
    return render_to_string("cases/_advice.html", context)


def read(html: str) -> str:
    class Answer:
        content = html.encode()

    return text_of(Answer())


def test_a_step_says_what_to_do_why_and_that_it_is_open(case: Case):
    text = read(shown(case, AUTHORITY, has=frozenset({"merchant_address"})))

    assert "Next step Cn.Complaint open now File the complaint Because of complain." in text
    assert "Not possible yet" not in text


def test_what_is_missing_is_named_with_the_place_where_it_is_added(case: Case):
    html = shown(case, AUTHORITY)

    assert "Not possible yet. They ask for: merchant_address still missing" in read(html)
    assert f'href="/cases/{case.reference}/edit/#id_merchant_address"' in html
    assert "/edit/" not in shown(case, AUTHORITY, may_write=False)


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("order_number", "orders/"),
        ("proof_of_payment", "orders/"),
        ("tracking_number", "orders/"),
        ("problem_statement", "edit/#id_problem_statement"),
        ("demand", "edit/#id_demand"),
        ("merchant_name", "edit/#id_merchant"),
        ("screenshots", "exhibits/"),
        ("their_answer", "contacts/"),
    ],
)
def test_every_preparation_leads_to_where_one_adds_it(case: Case, key: str, place: str):
    one = playbook("p", (channel("office", needs=(key,)),), (row("go", "office"),))

    assert f'href="/cases/{case.reference}/{place}"' in shown(case, one)


def test_what_a_step_would_close_is_said_before_it_is_taken(case: Case):
    text = read(shown(case, AUTHORITY, has=frozenset({"merchant_address"})))

    assert "once they take it up, another way closes. Cn.Complaint: They do not take it twice." in text


def test_a_closed_route_stands_among_the_others_with_the_reason(case: Case):
    taken_up = happened("complaint_accepted", "cn.association", body="consumer_association")

    text = read(shown(case, AUTHORITY, events=(taken_up,)))

    assert text.startswith("Next step Cn.Association")
    assert "Cn.Complaint open now File the complaint This way is closed. They do not take it twice." in text


def test_a_double_confirmation_is_one_step_with_two_ticks(case: Case):
    confirmed = contact("service", "answered")

    text = read(shown(case, DOUBLE, events=(confirmed,)))

    assert text.startswith("Next step Hotline Because of danger. One step with several halves")
    assert "Service has confirmed Hotline not confirmed yet open now" in text


def test_the_page_begins_with_the_step_and_then_says_until_when(
    case: Case, alice: User, alice_client: Client
):
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer")

    text = text_of(alice_client.get(case.get_absolute_url()))

    assert text.index("Next step") < text.index("Until when")


def test_today_says_the_step_why_and_what_it_needs(case: Case):
    advised = advise((AUTHORITY,), Situation(), at=AT)

    text = read(render_to_string("cases/_next_step.html", {"case": case, "best": advised[0], "now": AT}))

    assert text == (
        "Parcel never arrived Next step: Cn.Complaint open now File the complaint"
        " Because of complain. Still needed for it: merchant_address"
    )


@pytest.mark.parametrize(
    ("earlier", "is_shown"),
    [
        pytest.param(timedelta(minutes=10), False, id="the shop has 20 minutes left"),
        pytest.param(timedelta(minutes=40), True, id="the shop let its 30 minutes pass"),
    ],
)
def test_today_shows_the_next_step_once_they_let_their_time_pass(
    case: Case, alice: User, alice_client: Client, earlier: timedelta, is_shown: bool
):
    at = factories.NOON - earlier
    contacts.log_contact(
        case=case, by=alice, at=at, started_at=at, channel="shop_message", outcome="no_answer"
    )

    assert ("Next step: Order-card service" in text_of(alice_client.get("/"))) is is_shown


def test_the_card_is_written_in_chinese_too(case: Case):
    with translation.override("zh-hans"):
        html = shown(case, AUTHORITY, has=frozenset({"merchant_address"}))

    assert "Cn.Complaint：They do not take it twice." in html


def test_a_row_that_asks_for_nothing_shows_no_note(case: Case):
    plain = playbook("p", (channel("chat"),), (row("talk", "chat", when=Condition()),))

    assert "note" not in shown(case, plain)


def test_today_leaves_out_what_ends_in_years(case: Case, alice_client: Client):
    """The three years of a claim run from the day on which the case was opened."""
    assert "Limitation" in text_of(alice_client.get(case.get_absolute_url()))

    text = text_of(alice_client.get("/"))

    assert "Limitation" not in text
    assert "What to do now" in text
    assert "Next step: Order-card service" in text


def test_a_step_leads_to_the_text_for_its_channel(case: Case, alice_client: Client):
    response = alice_client.get(case.get_absolute_url())

    assert f'href="/cases/{case.reference}/drafts/?channel=order_card"' in response.content.decode()
    assert alice_client.get(f"/cases/{case.reference}/drafts/?channel=order_card").status_code == 200


def test_what_to_say_is_offered_for_a_call_and_nothing_for_a_closed_route(case: Case):
    call = channel("line", draft=DraftStyle("call"))
    one = playbook("p", (call,), (row("go", "line"),), bar("line", after=(TAKEN_UP,)))
    taken_up = happened("complaint_accepted", "cn.association", body="consumer_association")

    assert "What to say on the phone" in shown(case, one)
    assert "What to say on the phone" not in shown(case, one, events=(taken_up,))
