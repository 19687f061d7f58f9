"""What the user's own cases measured."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.test import Client

from cases.models import Case, Outcome
from cases.services import cases as case_service
from cases.services import contacts, milestones
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

    assert "Nothing logged yet." in text
    assert "No case with an amount is closed yet." in text


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

    assert "0 of 1 answered 1 case still waits for an answer; it is not in the times" in text


def test_where_cases_end_is_counted_and_drawn_from_five_on(alice: User, alice_client: Client):
    for number, outcome in enumerate((Outcome.SOLVED, Outcome.SOLVED, Outcome.REFUSED, Outcome.GIVEN_UP)):
        case = factories.make_case(owner=alice, at=NOON - timedelta(days=number + 1))
        contacts.log_contact(case=case, by=alice, at=NOON, channel="hotline", outcome="solved")
        case_service.close_case(case=case, by=alice, at=NOON, outcome=outcome)
    few = alice_client.get("/insights/")
    assert "4 cases are closed. Too few to say what is usual." in text_of(few)
    assert "Solved 2 Partly solved 0 Refused 1 Given up 1" in text_of(few)
    assert "Phone hotline: 2" in text_of(few)
    assert few.content.decode().count('class="measure"') == 0

    case = factories.make_case(owner=alice, at=NOON - timedelta(days=30))
    case_service.close_case(case=case, by=alice, at=NOON, outcome=Outcome.SOLVED)
    enough = alice_client.get("/insights/")

    assert "5 cases are closed. Half of them took less than 3 days." in text_of(enough)
    assert 'aria-label="60%"' in enough.content.decode()


def test_the_page_takes_the_same_queries_whatever_was_logged(
    case: Case, alice: User, alice_client: Client, django_assert_num_queries
):
    talk(case, alice, minutes=10, hours_ago=3)
    with django_assert_num_queries(5):
        alice_client.get("/insights/")
    for number in range(4):
        other = factories.make_case(owner=alice, title=f"Case {number}", merchant="潮鞋严选")
        talk(other, alice, minutes=10, hours_ago=3)
        case_service.close_case(case=other, by=alice, at=NOON, outcome=Outcome.SOLVED)
    with django_assert_num_queries(5):
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

    assert "潮鞋严选 1 of 3 kept too few to say more" in text


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
    assert "7,777" not in text


def test_nothing_of_other_people_is_counted(case: Case, alice: User, mallory_client: Client):
    talk(case, alice, minutes=10, hours_ago=3)

    assert "Nothing logged yet." in text_of(mallory_client.get("/insights/"))
