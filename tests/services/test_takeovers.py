"""One tap puts what a machine read where it belongs, and never twice or into somebody else's case."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from cases.models import (
    Case,
    ContactAttempt,
    CustodyEntry,
    Exhibit,
    Membership,
    MilestoneKind,
    Recognition,
    RecognitionState,
    Role,
)
from cases.rules import readings
from cases.services import contacts, custody, exhibits, orders, recognitions, takeovers
from tests import factories, pictures
from tracker.accounts.models import User

SHANGHAI = ZoneInfo("Asia/Shanghai")
NUMBER = "6930112233445566778"
ROWS = (
    "云杉数码旗舰店 >",
    f"订单编号：{NUMBER}",
    "支付单号：4200002233445566778",
    "实付款 ¥128.00",
    "付款时间：2026-08-20 19:33:10",
    "2026-08-30 20:46",
    "您的工单号为：GD20260821001",
)


@pytest.fixture
def exhibit(case: Case, alice: User) -> Exhibit:
    upload = pictures.upload(pictures.picture())
    exhibit = exhibits.add_exhibit(case=case, by=alice, at=factories.NOON, upload=upload, shows="The order")
    lines = [
        {"page": 1, "text": text, "score": 990, "box": [500, 500 + 400 * row, 6000, 200]}
        for row, text in enumerate(ROWS)
    ]
    Recognition.objects.create(exhibit=exhibit, state=RecognitionState.DONE, lines=lines)
    return exhibit


def offers(exhibit: Exhibit, by: User) -> dict[tuple[str, str], takeovers.Offer]:
    read = recognitions.proposals_of(exhibit, recognitions.of_exhibit(exhibit))
    found = takeovers.offers(exhibit=exhibit, proposals=read, by=by, zone=SHANGHAI)
    return {(offer.proposal.kind, offer.proposal.value): offer for offer in found}


def places(exhibit: Exhibit, by: User, kind: str, value: str) -> list[str]:
    return [key for key, _words in offers(exhibit, by)[kind, value].places]


def take(exhibit: Exhibit, by: User, kind: str, value: str, place: str) -> None:
    takeovers.take_over(
        exhibit=exhibit,
        by=by,
        at=factories.NOON,
        zone=SHANGHAI,
        kind=kind,
        value=value,
        place=place,
        platform="抖音",
    )


def log(case: Case, alice: User, ticket_number: str = "", linked: Exhibit | None = None) -> ContactAttempt:
    return contacts.log_contact(
        case=case,
        by=alice,
        at=factories.NOON,
        channel="hotline",
        outcome="answered",
        ticket_number=ticket_number,
        exhibits=[linked] if linked else [],
    )


def test_everything_on_the_page_of_an_order_is_offered(exhibit: Exhibit, alice: User):
    assert list(offers(exhibit, alice)) == [
        (readings.ORDER, NUMBER),
        (readings.AMOUNT, "128.00 CNY"),
        (readings.MOMENT, "2026-08-20T19:33:10"),
        (readings.MOMENT, "2026-08-30T20:46:00"),
        (readings.SHOP, "云杉数码旗舰店"),
        (readings.TICKET, "GD20260821001"),
        (readings.PAYMENT, "4200002233445566778"),
    ]


def test_an_order_number_makes_an_order_and_is_ticked_then(exhibit: Exhibit, case: Case, alice: User):
    take(exhibit, alice, readings.ORDER, NUMBER, "new")

    order = case.orders.get()
    assert (order.platform, [(row.kind, row.number) for row in order.numbers.all()]) == (
        "抖音", [("order", NUMBER)],
    )  # fmt: skip
    offer = offers(exhibit, alice)[readings.ORDER, NUMBER]
    assert (offer.is_taken, offer.places) == (True, [])
    assert custody.verify(case) == []


def test_an_order_number_goes_to_an_order_that_has_none_first(exhibit: Exhibit, case: Case, alice: User):
    with_one = orders.add_order(
        case=case, by=alice, at=factories.NOON, platform="抖音", numbers=[("order", "1")]
    )
    without = orders.add_order(case=case, by=alice, at=factories.NOON, platform="抖音")

    assert places(exhibit, alice, readings.ORDER, NUMBER) == [
        f"order:{without.pk}", "new", f"order:{with_one.pk}",
    ]  # fmt: skip
    take(exhibit, alice, readings.ORDER, NUMBER, f"order:{without.pk}")

    assert [row.number for row in without.numbers.all()] == [NUMBER]


def test_the_amount_goes_to_an_order_without_one_or_to_the_case(exhibit: Exhibit, case: Case, alice: User):
    order = orders.add_order(case=case, by=alice, at=factories.NOON, platform="抖音")

    assert places(exhibit, alice, readings.AMOUNT, "128.00 CNY") == [f"order:{order.pk}", "case"]
    take(exhibit, alice, readings.AMOUNT, "128.00 CNY", f"order:{order.pk}")

    order.refresh_from_db()
    assert (order.amount, order.currency) == (Decimal("128.00"), "CNY")
    entry = CustodyEntry.objects.filter(case=case).latest("sequence")
    assert (entry.action, entry.details) == (
        "order_amount_added", {"order": order.pk, "amount": "128.00 CNY"},
    )  # fmt: skip


def test_the_amount_becomes_that_in_dispute(exhibit: Exhibit, case: Case, alice: User):
    take(exhibit, alice, readings.AMOUNT, "128.00 CNY", "case")

    case.refresh_from_db()
    assert (case.amount, case.currency) == (Decimal("128.00"), "CNY")


def test_a_moment_is_read_by_the_clock_of_the_user(exhibit: Exhibit, alice: User):
    take(exhibit, alice, readings.MOMENT, "2026-08-30T20:46:00", "picture")

    exhibit.refresh_from_db()
    assert exhibit.claimed_at == datetime(2026, 8, 30, 12, 46, tzinfo=UTC)
    assert exhibit.shows == "The order"


def test_the_moment_of_paying_is_first_offered_as_the_milestone(exhibit: Exhibit, case: Case, alice: User):
    assert places(exhibit, alice, readings.MOMENT, "2026-08-20T19:33:10") == ["paid", "picture"]

    take(exhibit, alice, readings.MOMENT, "2026-08-20T19:33:10", "paid")

    paid = case.milestones.get(kind=MilestoneKind.PAID)
    assert paid.happened_at == datetime(2026, 8, 20, 11, 33, 10, tzinfo=UTC)
    assert offers(exhibit, alice)[readings.MOMENT, "2026-08-20T19:33:10"].is_taken


def test_the_moment_of_ordering_goes_there_too_and_that_of_an_application_never(
    exhibit: Exhibit, alice: User
):
    recognition = exhibit.recognition
    texts = ("下单时间：2026-08-20 19:32:05", "申请时间：2026-08-29 08:55:10")
    recognition.lines = [{**recognition.lines[row], "text": text} for row, text in enumerate(texts)]
    recognition.save(update_fields=["lines"])

    assert places(exhibit, alice, readings.MOMENT, "2026-08-20T19:32:05") == ["paid", "picture"]
    assert places(exhibit, alice, readings.MOMENT, "2026-08-29T08:55:10") == ["picture"]


def test_a_shop_is_offered_while_the_case_names_none(exhibit: Exhibit, case: Case, alice: User):
    take(exhibit, alice, readings.SHOP, "云杉数码旗舰店", "case")
    case.refresh_from_db()
    assert case.merchant == "云杉数码旗舰店"

    Case.objects.filter(pk=case.pk).update(merchant="Another")
    again = Exhibit.objects.get(pk=exhibit.pk)
    assert (readings.SHOP, "云杉数码旗舰店") not in offers(again, alice)


def test_a_ticket_number_goes_to_the_contact_that_the_exhibit_proves(
    exhibit: Exhibit, case: Case, alice: User
):
    lacking = offers(exhibit, alice)[readings.TICKET, "GD20260821001"]
    assert (lacking.places, bool(lacking.note)) == ([], True)
    contact = log(case, alice, linked=exhibit)

    take(exhibit, alice, readings.TICKET, "GD20260821001", f"contact:{contact.pk}")

    contact.refresh_from_db()
    assert contact.ticket_number == "GD20260821001"
    assert offers(exhibit, alice)[readings.TICKET, "GD20260821001"].is_taken


def test_a_contact_with_a_ticket_number_keeps_it(exhibit: Exhibit, case: Case, alice: User):
    contact = log(case, alice, ticket_number="1", linked=exhibit)

    assert places(exhibit, alice, readings.TICKET, "GD20260821001") == []
    with pytest.raises(ValidationError, match="has a ticket number already"):
        contacts.say_ticket_number(contact=contact, by=alice, at=factories.NOON, ticket_number="2")


def test_an_order_with_an_amount_keeps_it(case: Case, alice: User):
    order = orders.add_order(case=case, by=alice, at=factories.NOON, platform="抖音", amount=Decimal("5.00"))

    with pytest.raises(ValidationError, match="has an amount already"):
        orders.say_amount(order=order, by=alice, at=factories.NOON, amount=Decimal(6), currency="CNY")


def test_a_number_in_another_case_of_the_user_is_pointed_out_and_nobody_elses(
    exhibit: Exhibit, alice: User, mallory: User
):
    numbers = [("order", NUMBER)]
    own = factories.make_case(owner=alice, title="Mine")
    shared = factories.make_case(owner=mallory, title="Shared")
    Membership.objects.create(case=shared, user=alice, role=Role.READER, since=factories.NOON)
    hers = factories.make_case(owner=mallory, title="Hers")
    for other in (own, shared, hers):
        orders.add_order(case=other, by=alice, at=factories.NOON, platform="抖音", numbers=numbers)
    log(own, alice, ticket_number="GD20260821001")

    found = offers(exhibit, alice)

    assert {case.title for case in found[readings.ORDER, NUMBER].elsewhere} == {"Mine", "Shared"}
    assert [case.title for case in found[readings.TICKET, "GD20260821001"].elsewhere] == ["Mine"]
    assert not found[readings.ORDER, NUMBER].is_taken


@pytest.mark.parametrize(
    ("kind", "value", "place"),
    [
        (readings.ORDER, "1111112233445566778", "new"),
        (readings.ORDER, NUMBER, "case"),
        (readings.ORDER, NUMBER, "order:999999"),
        (readings.ORDER, NUMBER, ""),
        (readings.PAYMENT, NUMBER, "new"),
        (readings.AMOUNT, "x", "case"),
        (readings.MOMENT, "yesterday", "picture"),
        ("anything", "", ""),
    ],
)
def test_what_is_not_offered_is_not_taken(
    exhibit: Exhibit, case: Case, alice: User, kind: str, value: str, place: str
):
    before = CustodyEntry.objects.filter(case=case).count()

    with pytest.raises(ValidationError):
        take(exhibit, alice, kind, value, place)

    assert CustodyEntry.objects.filter(case=case).count() == before


def test_what_is_taken_already_is_not_taken_again(exhibit: Exhibit, case: Case, alice: User):
    take(exhibit, alice, readings.ORDER, NUMBER, "new")

    with pytest.raises(ValidationError, match="in the case already"):
        take(exhibit, alice, readings.ORDER, NUMBER, "new")

    assert case.orders.count() == 1


def test_a_sum_without_a_name_does_not_replace_the_one_that_was_typed(
    exhibit: Exhibit, case: Case, alice: User
):
    lines = [{"page": 1, "text": "最多退200元哦", "score": 990, "box": [500, 500, 6000, 200]}]
    Recognition.objects.filter(exhibit=exhibit).update(lines=lines)
    assert places(exhibit, alice, readings.AMOUNT, "200.00 CNY") == ["case"]

    Case.objects.filter(pk=case.pk).update(amount=Decimal(368))

    assert offers(Exhibit.objects.get(pk=exhibit.pk), alice) == {}
