"""What the user's own cases measured."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from cases.models import Case, Outcome
from cases.services import cases as case_service
from cases.services import contacts, milestones, own_playbooks
from tests import factories
from tests.views.asking import text_of
from tracker.accounts.models import User

NOON = factories.NOON


def talk(case: Case, by: User, *, minutes: int, hours_ago: int) -> None:
    """A message that nobody answered at first, and the answer `minutes` later."""
    asked = NOON - timedelta(hours=hours_ago)
    for outcome, started in (("no_answer", asked), ("answered", asked + timedelta(minutes=minutes))):
        contacts.log_contact(
            case=case, by=by, at=NOON, channel="shop_message", outcome=outcome, started_at=started
        )


def test_it_asks_for_a_log_in(db: None, client: Client):
    assert client.get("/insights/")["Location"] == "/accounts/login/?next=/insights/"


def test_without_anything_logged_it_says_so(alice_client: Client):
    text = text_of(alice_client.get("/insights/"))

    assert "Here will stand how fast each channel answers you" in text
    assert "Nothing logged yet." not in text


def test_a_case_without_contacts_has_nothing_to_measure_yet(case: Case, alice_client: Client):
    text = text_of(alice_client.get("/insights/"))

    assert "Nothing logged yet." in text
    assert "No named merchant has promised anything yet." in text
    assert "No case with an amount is closed yet." in text
    assert "No case is closed yet." in text


def test_fewer_than_five_answers_are_counted_and_not_judged(case: Case, alice: User, alice_client: Client):
    for number in range(4):
        talk(case, alice, minutes=10, hours_ago=10 - number)

    text = text_of(alice_client.get("/insights/"))

    assert "4 answers timed; too few to say" in text
    assert "median" not in text


def test_five_answers_make_a_median_beside_what_is_usual(case: Case, alice: User, alice_client: Client):
    for number, minutes in enumerate((5, 10, 12, 20, 50)):
        talk(case, alice, minutes=minutes, hours_ago=20 - 2 * number)

    text = text_of(alice_client.get("/insights/"))

    assert "12 min median of 5 answers; half of them within 10 min to 20 min" in text
    assert "brand flagship shops about 8 minutes on average" in text
    assert "5 of 10 answered" in text


def test_the_answer_times_are_drawn_beside_what_is_usual_and_told_in_words(
    case: Case, alice: User, alice_client: Client
):
    """The line ends a tenth behind the longest time on it, the 30 minutes that are usual: at 33."""
    for number, minutes in enumerate((5, 10, 12, 20, 50)):
        talk(case, alice, minutes=minutes, hours_ago=20 - 2 * number)

    page = alice_client.get("/insights/").content.decode()
    drawn = page.partition('class="answer-times"')[2].partition("</figure>")[0]

    assert (
        'aria-label="Your median 12 min, half of the answers within 10 min to 20 min; usual: 5 min to 30 min"'
        in drawn
    )
    assert 'class="times-yours" x1="30%" x2="61%"' in drawn
    assert 'class="times-middle" cx="36%"' in drawn
    assert 'class="times-usual" x1="15%" x2="91%"' in drawn
    assert "Shop private message 5 12 min 5 min to 30 min 5 / 10" in text_of(alice_client.get("/insights/"))


def test_who_still_waits_is_told_and_not_timed(case: Case, alice: User, alice_client: Client):
    contacts.log_contact(case=case, by=alice, at=NOON, channel="shop_message", outcome="no_answer")

    text = text_of(alice_client.get("/insights/"))

    assert "0 of 1 answered without an answer in 1 case; it is not in the times" in text


def test_where_cases_end_is_counted_and_drawn_from_five_on(alice: User, alice_client: Client):
    for number, outcome in enumerate((Outcome.SOLVED, Outcome.SOLVED, Outcome.REFUSED, Outcome.GIVEN_UP)):
        case = factories.make_case(owner=alice, at=NOON - timedelta(days=number + 1))
        contacts.log_contact(case=case, by=alice, at=NOON, channel="hotline", outcome="solved")
        case_service.close_case(case=case, by=alice, at=NOON, outcome=outcome)
    few = alice_client.get("/insights/")
    assert "4 cases are closed. Too few to say what is usual." in text_of(few)
    assert "Solved 2 Partly solved 0 Refused 1 Given up 1" in text_of(few)
    assert "Phone hotline the platform 4 cases, 2 got something" in text_of(few)
    assert few.content.decode().count('class="measure"') == 0

    case = factories.make_case(owner=alice, at=NOON - timedelta(days=30))
    case_service.close_case(case=case, by=alice, at=NOON, outcome=Outcome.SOLVED)
    enough = alice_client.get("/insights/")

    assert (
        "From opening to closing they took 3 days in the middle, half of them 2 days to 4 days."
        in text_of(enough)
    )
    assert (
        "Phone hotline the platform 4 cases, 2 got something No contact was logged 1 case, 1 got something"
        in text_of(enough)
    )
    assert 'aria-label="60%"' in enough.content.decode()
    assert "Of these got something Phone hotline the platform 4 2 No contact was logged – 1 1" in text_of(
        enough
    )


def test_channels_of_two_platforms_with_one_key_are_counted_apart(alice: User, alice_client: Client):
    for playbook in ("jd", "jd", "ebay"):
        case = factories.make_case(owner=alice, at=NOON - timedelta(days=3), playbook=playbook)
        contacts.log_contact(case=case, by=alice, at=NOON, channel="step_in", outcome="solved")
        case_service.close_case(case=case, by=alice, at=NOON, outcome=Outcome.SOLVED)

    text = text_of(alice_client.get("/insights/"))

    assert "Asking JD to step in the platform 2 cases, 2 got something" in text
    assert "Asking eBay to step in the platform 1 case, 1 got something" in text


def test_the_page_takes_the_same_queries_whatever_was_logged(
    case: Case, alice: User, alice_client: Client, django_assert_num_queries
):
    talk(case, alice, minutes=10, hours_ago=3)
    with django_assert_num_queries(6):
        alice_client.get("/insights/")
    for number in range(4):
        other = factories.make_case(owner=alice, title=f"Case {number}", merchant="潮鞋严选")
        talk(other, alice, minutes=10, hours_ago=3)
        case_service.close_case(case=other, by=alice, at=NOON, outcome=Outcome.SOLVED)
    with django_assert_num_queries(6):
        alice_client.get("/insights/")


def test_an_authority_is_measured_beside_the_platform(case: Case, alice: User, alice_client: Client):
    contacts.log_contact(case=case, by=alice, at=NOON, channel="cn_12315.hotline", outcome="answered")
    contacts.log_contact(case=case, by=alice, at=NOON, channel="hotline", outcome="answered")

    text = text_of(alice_client.get("/insights/"))

    assert "Phone hotline" in text
    assert "12315" in text


def test_promises_are_counted_for_each_merchant(alice: User, alice_client: Client):
    case = factories.make_case(owner=alice, merchant="潮鞋严选")
    for kind in ("promise_kept", "promise_broken", "promise_broken"):
        milestones.log_milestone(case=case, by=alice, at=NOON, kind=kind, happened_at=NOON)

    text = text_of(alice_client.get("/insights/"))

    assert "潮鞋严选 1 kept, 2 broken, 0 open too few to say more" in text
    assert "Merchant Kept Broken Without an end yet 潮鞋严选 1 2 0" in text


def test_a_promise_without_an_end_is_open_while_its_case_goes_on(alice: User, alice_client: Client):
    case = factories.make_case(owner=alice, merchant="潮鞋严选")
    for hours in (3, 2):
        contacts.log_contact(
            case=case,
            by=alice,
            at=NOON,
            channel="hotline",
            outcome="promised",
            promise="a call",
            started_at=NOON - timedelta(hours=hours),
        )
    milestones.log_milestone(case=case, by=alice, at=NOON, kind="promise_broken", happened_at=NOON)

    assert "潮鞋严选 0 kept, 1 broken, 1 open" in text_of(alice_client.get("/insights/"))

    case_service.close_case(case=case, by=alice, at=NOON, outcome=Outcome.GIVEN_UP)
    assert "潮鞋严选 0 kept, 1 broken, 0 open" in text_of(alice_client.get("/insights/"))


@pytest.fixture
def two_platforms(alice: User) -> None:
    """Ten days old on Douyin, a hundred on JD, measured now."""
    now = timezone.now()
    for days, playbook in ((10, "douyin"), (100, "jd")):
        case = factories.make_case(owner=alice, at=now - timedelta(days=days), playbook=playbook)
        case_service.close_case(case=case, by=alice, at=now, outcome=Outcome.SOLVED)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", "2 cases"),
        ("?span=month", "1 case"),
        ("?span=year", "2 cases"),
        ("?playbook=jd", "1 case"),
        ("?span=month&playbook=douyin", "1 case"),
        ("?span=month&playbook=jd", "0 cases"),
    ],
)
def test_an_address_narrows_by_time_and_platform(
    two_platforms: None, alice_client: Client, address: str, told: str
):
    assert f"· {told} " in text_of(alice_client.get(f"/insights/{address}"))


def test_what_is_chosen_is_said_and_each_choice_keeps_the_others(two_platforms: None, alice_client: Client):
    page = alice_client.get("/insights/?span=month&playbook=jd")

    assert "Cases opened: In the last 30 days · Platform: JD" in text_of(page)
    assert "No case is like this." in text_of(page)
    assert 'href="?span=quarter&amp;playbook=jd"' in page.content.decode()
    assert 'href="?span=month"' in page.content.decode()


@pytest.mark.parametrize(
    "address", ["?span=eon", "?playbook=ebay", "?playbook=%00", "?span=month&playbook=x"]
)
def test_what_is_not_known_in_an_address_is_left_out_and_said(
    two_platforms: None, alice_client: Client, address: str
):
    answer = alice_client.get(f"/insights/{address}")

    assert answer.status_code == 200
    assert "A filter in this address is not known here; it was left out." in text_of(answer)


def test_a_playbook_of_ones_own_is_asked_for_once_whatever_the_number_of_cases(
    alice: User, alice_client: Client, django_assert_max_num_queries
):
    for number in range(4):
        case = factories.make_case(owner=alice, title=f"Case {number}")
        talk(case, alice, minutes=10, hours_ago=3)
    Case.objects.update(playbook=f"{own_playbooks.PREFIX}gone")

    with django_assert_max_num_queries(8):
        assert alice_client.get("/insights/").status_code == 200


def test_money_is_summed_over_closed_cases_by_currency(alice: User, alice_client: Client):
    for amount, back, currency in (("100", "60", "CNY"), ("50.50", None, "CNY"), ("9", "9", "EUR")):
        case = factories.make_case(owner=alice, amount=Decimal(amount), currency=currency)
        case_service.close_case(
            case=case,
            by=alice,
            at=NOON,
            outcome=Outcome.SOLVED,
            recovered_amount=Decimal(back) if back else None,
        )
    factories.make_case(owner=alice, amount=Decimal("7777"))

    text = text_of(alice_client.get("/insights/"))

    assert "Asked for ¥150.50 Got back ¥60.00 From 2 closed cases." in text
    assert "Asked for €9.00 Got back €9.00 From 1 closed case." in text
    assert "Closed cases Asked for Got back CNY 2 ¥150.50 ¥60.00 EUR 1 €9.00 €9.00" in text
    assert "7,777" not in text


def test_nothing_of_other_people_is_counted(case: Case, alice: User, mallory_client: Client):
    talk(case, alice, minutes=10, hours_ago=3)

    text = text_of(mallory_client.get("/insights/?playbook=douyin"))

    assert "Here will stand how fast each channel answers you" in text
    assert "Shop private message" not in text
