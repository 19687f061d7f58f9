"""What the page of an exhibit says of the machine's reading, and the one tap that takes a field over."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from cases.evidence import recognition
from cases.models import Case, Exhibit, Recognition, RecognitionState
from cases.services import exhibits, orders
from tests import factories, pictures
from tests.views.asking import HTMX, text_of
from tracker.accounts.models import User

NUMBER = "6930112233445566778"


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "is_installed", lambda: True)


@pytest.fixture
def exhibit(case: Case, alice: User) -> Exhibit:
    upload = pictures.upload(pictures.picture())
    return exhibits.add_exhibit(case=case, by=alice, at=factories.NOON, upload=upload)


def read(exhibit: Exhibit, *texts: str, state: str = RecognitionState.DONE) -> None:
    lines = [
        {"page": 1, "text": text, "score": 990, "box": [500, 500 + 400 * row, 6000, 200]}
        for row, text in enumerate(texts)
    ]
    Recognition.objects.create(exhibit=exhibit, state=state, lines=lines, engine="rapidocr 3.10.0")
    exhibit.recognised_text = "\n".join(texts)
    exhibit.save(update_fields=["recognised_text"])


def page(client: Client, case: Case, path: str = "", **headers: dict[str, str]) -> str:
    return text_of(client.get(f"/cases/{case.reference}/exhibits/1/{path}", **headers))


def tap(client: Client, case: Case, **fields: str):
    data = {"kind": "order_number", "value": NUMBER, "place": "new", **fields}
    return client.post(f"/cases/{case.reference}/exhibits/1/take-over/", data, follow=True)


def test_until_it_is_read_the_page_says_so_and_asks_again_by_itself(
    alice_client: Client, case: Case, exhibit: Exhibit
):
    answer = alice_client.get(f"/cases/{case.reference}/exhibits/1/")
    assert "A machine will read this exhibit" in text_of(answer)
    assert f'data-hx-get="/cases/{case.reference}/exhibits/1/read/"' in answer.content.decode()

    piece = f"/cases/{case.reference}/exhibits/1/read/"
    assert alice_client.get(piece, headers=HTMX).status_code == 204
    read(exhibit, f"订单编号 {NUMBER}")
    assert NUMBER in text_of(alice_client.get(piece, headers=HTMX))
    assert "data-hx-get" not in alice_client.get(piece, headers=HTMX).content.decode()


def test_a_browser_that_asks_for_the_piece_gets_the_page(alice_client: Client, case: Case, exhibit: Exhibit):
    answer = alice_client.get(f"/cases/{case.reference}/exhibits/1/read/")

    assert (answer.status_code, answer.url) == (302, f"/cases/{case.reference}/exhibits/1/")


def test_without_the_library_the_page_says_so(
    alice_client: Client, case: Case, exhibit: Exhibit, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recognition, "is_installed", lambda: False)

    assert "is not installed on this site; everything else works without it" in page(alice_client, case)


def test_what_failed_is_said_in_a_sentence(alice_client: Client, case: Case, exhibit: Exhibit):
    read(exhibit, state=RecognitionState.FAILED)

    assert "A machine could not read this exhibit." in page(alice_client, case)


def test_a_picture_without_words_is_said_to_have_none(alice_client: Client, case: Case, exhibit: Exhibit):
    read(exhibit)

    assert "A machine found no words on this exhibit." in page(alice_client, case)


def test_each_field_is_offered_with_the_line_it_came_from(alice_client: Client, case: Case, exhibit: Exhibit):
    read(
        exhibit,
        f"订单编号：{NUMBER} 复制",
        "实付款 ¥1,128.00",
        "下单时间 2026-08-20 19:32:05",
        "<b>云杉旗舰店</b>",
    )

    said = page(alice_client, case)

    assert f"Order number {NUMBER} Read in: “订单编号：{NUMBER} 复制”" in said
    assert "Amount ¥1,128.00 Read in: “实付款 ¥1,128.00”" in said
    assert "Date and time 2026-08-20 19:32:05 Read in: “下单时间 2026-08-20 19:32:05”" in said
    assert "Machine-read by rapidocr 3.10.0; no evidence by itself." in said
    assert "<b>云杉" not in alice_client.get(f"/cases/{case.reference}/exhibits/1/").content.decode()


def test_one_tap_takes_a_number_over_and_it_is_ticked_then(
    alice_client: Client, case: Case, exhibit: Exhibit
):
    read(exhibit, f"订单编号 {NUMBER}")

    said = text_of(tap(alice_client, case))

    assert "It is taken over into the case." in said
    assert f"Order number {NUMBER} Read in: “订单编号 {NUMBER}” In the case" in said
    order = case.orders.get()
    assert (order.platform, [row.number for row in order.numbers.all()]) == ("Douyin", [NUMBER])


def test_a_tap_sent_twice_is_one(alice_client: Client, case: Case, exhibit: Exhibit):
    read(exhibit, f"订单编号 {NUMBER}")

    for _time in range(2):
        said = text_of(tap(alice_client, case, submission="one"))
        assert "It is taken over into the case." in said

    assert case.orders.count() == 1


def test_what_was_not_read_is_refused_with_a_sentence(alice_client: Client, case: Case, exhibit: Exhibit):
    read(exhibit, f"订单编号 {NUMBER}")

    for wrong in (
        {"value": "1"},
        {"kind": "x"},
        {"place": "order:1"},
        {"place": "\x00"},
        {"value": "1" * 9999},
    ):
        answer = tap(alice_client, case, **wrong)
        assert answer.status_code == 200
        assert re.search(r"Reload the page", text_of(answer))

    assert not case.orders.exists()


def test_a_number_in_another_case_is_pointed_out_with_its_link(
    alice_client: Client, alice: User, case: Case, exhibit: Exhibit
):
    other = factories.make_case(owner=alice, title="The first try")
    numbers = [("order", NUMBER)]
    orders.add_order(case=other, by=alice, at=factories.NOON, platform="抖音", numbers=numbers)
    read(exhibit, f"订单编号 {NUMBER}")

    answer = alice_client.get(f"/cases/{case.reference}/exhibits/1/")

    assert "also in The first try" in text_of(answer)
    assert f'<a href="{other.get_absolute_url()}">The first try</a>' in answer.content.decode()


def test_a_reader_sees_what_was_read_and_takes_nothing_over(bob_client: Client, case: Case, exhibit: Exhibit):
    read(exhibit, f"订单编号 {NUMBER}")

    assert NUMBER in page(bob_client, case)
    assert "Take over" not in page(bob_client, case)
    assert tap(bob_client, case).status_code == 403
    assert not case.orders.exists()


def test_an_exhibit_that_is_not_there_is_not_found(alice_client: Client, case: Case):
    assert tap(alice_client, case).status_code == 404


def test_a_moment_has_seconds_only_where_some_were_read(alice_client: Client, case: Case, exhibit: Exhibit):
    read(exhibit, "2026年8月28日 14:02", "下单时间 2026-08-20 19:32:05")

    shown = page(alice_client, case)

    assert "2026-08-28 14:02" in shown and "14:02:00" not in shown
    assert "2026-08-20 19:32:05" in shown
