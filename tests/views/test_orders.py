"""Orders and their numbers."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from cases.services import orders
from tests import factories
from tests.views.asking import HTMX, text_of
from tracker.accounts.models import User


def url(case: Case) -> str:
    return reverse("cases:orders", args=[case.reference])


def numbers_of(case: Case) -> list[tuple[str, str]]:
    return list(case.orders.values_list("numbers__kind", "numbers__number"))


def test_an_order_takes_several_numbers_of_several_kinds(case: Case, alice_client: Client):
    response = alice_client.post(
        url(case),
        {
            "platform": "抖音",
            "currency": "CNY",
            "order": "6920 1111 2222，692033334444",
            "parcel": "SF123",
            "amount": "899",
            "item": "跑鞋",
        },
    )

    assert response["Location"] == url(case)
    assert numbers_of(case) == [("order", "692011112222"), ("order", "692033334444"), ("parcel", "SF123")]
    assert "¥899.00" in text_of(alice_client.get(url(case)))


def test_a_number_that_stands_in_another_case_is_pointed_out_with_a_link(
    case: Case, alice: User, alice_client: Client
):
    other = factories.make_case(owner=alice, title="The same parcel")
    orders.add_order(case=other, by=alice, at=factories.NOON, platform="抖音", numbers=[("order", "6920")])

    response = alice_client.post(
        url(case), {"platform": "抖音", "currency": "CNY", "order": "6920"}, headers=HTMX
    )

    assert "also in The same parcel" in text_of(response)
    assert f'href="/cases/{other.reference}/"' in response.content.decode()


def test_a_number_in_a_case_of_someone_else_stays_their_secret(
    case: Case, mallory: User, alice_client: Client
):
    theirs = factories.make_case(owner=mallory, title="None of your business")
    orders.add_order(case=theirs, by=mallory, at=factories.NOON, platform="抖音", numbers=[("order", "6920")])

    alice_client.post(url(case), {"platform": "抖音", "currency": "CNY", "order": "6920"})

    assert "also in" not in text_of(alice_client.get(url(case)))


def test_a_number_can_be_added_later(case: Case, alice: User, alice_client: Client):
    order = orders.add_order(
        case=case, by=alice, at=factories.NOON, platform="抖音", numbers=[("order", "1")]
    )

    alice_client.post(f"{url(case)}{order.pk}/numbers/", {"kind": "partner", "number": "CT-77"})

    assert numbers_of(case) == [("order", "1"), ("partner", "CT-77")]


def test_a_number_the_order_has_already_is_refused(case: Case, alice: User, alice_client: Client):
    order = orders.add_order(
        case=case, by=alice, at=factories.NOON, platform="抖音", numbers=[("order", "1")]
    )

    response = alice_client.post(f"{url(case)}{order.pk}/numbers/", {"kind": "order", "number": "1"})

    assert response.status_code == 422
    assert "This order already has that number." in text_of(response)


def test_an_order_of_another_case_cannot_be_reached_through_ones_own(
    case: Case, mallory: User, alice_client: Client
):
    theirs = factories.make_case(owner=mallory)
    order = orders.add_order(case=theirs, by=mallory, at=factories.NOON, platform="抖音", numbers=[])

    response = alice_client.post(f"{url(case)}{order.pk}/numbers/", {"kind": "order", "number": "1"})

    assert response.status_code == 404
    assert order.numbers.count() == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"platform": ""}, "This field is required."),
        ({"order": "9" * 65}, "This number has more than 64 signs; check that only one number was pasted."),
        (
            {"paid_at": "2026-09-01T09:00", "received_at": "2026-08-31T09:00"},
            "It cannot have arrived before it was paid; check both times.",
        ),
        ({"paid_at": "2026-09-03T09:00"}, "This lies in the future; check the day and the time."),
    ],
    ids=["no platform", "two numbers in one", "arrived before paid", "paid tomorrow"],
)
def test_what_cannot_be_is_told(case: Case, alice_client: Client, wrong, sentence: str):
    response = alice_client.post(url(case), {"platform": "抖音", "currency": "CNY", "order": "1", **wrong})

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert case.orders.count() == 0


def test_a_reader_cannot_add(case: Case, alice: User, bob_client: Client):
    order = orders.add_order(case=case, by=alice, at=factories.NOON, platform="抖音", numbers=[])

    assert bob_client.get(url(case)).status_code == 200
    assert bob_client.post(url(case), {"platform": "抖音"}).status_code == 403
    assert (
        bob_client.post(f"{url(case)}{order.pk}/numbers/", {"kind": "order", "number": "1"}).status_code
        == 403
    )


def test_a_stranger_gets_404(case: Case, mallory_client: Client):
    assert mallory_client.get(url(case)).status_code == 404
    assert mallory_client.post(url(case), {"platform": "抖音"}).status_code == 404
