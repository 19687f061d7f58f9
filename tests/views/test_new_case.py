"""A new case on one page: pasted text fills it, what is typed is kept, files become its first exhibits."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.models import Case, CaseDraft
from cases.services import case_drafts
from tests import factories, pictures
from tests.views.asking import HTMX, text_of
from tracker.accounts.models import User

URL = "/cases/new/"
ORDER = "潮鞋严选旗舰店 >\n实付款 ¥899.00\n订单编号 6920260908442210087 复制\n抖音商城"
FORM = {"title": "Fake shoes", "playbook": "douyin", "problem_kind": "fake_goods", "currency": "CNY"}


def value_of(page: str, name: str) -> str:
    field = re.search(rf'<input[^>]* name="{name}"[^>]*>', page)
    found = re.search(r'value="([^"]*)"', field[0]) if field else None
    return found[1] if found else ""


def test_pasted_text_fills_the_fields_and_nothing_is_stored(alice_client: Client):
    response = alice_client.post(URL, {"do": "read", "pasted": ORDER, "playbook": "amazon"}, headers=HTMX)

    page = response.content.decode()
    assert page.lstrip().startswith('<div id="new-case-fields"')
    assert value_of(page, "merchant") == "潮鞋严选旗舰店"
    assert value_of(page, "amount") == "899.00"
    assert value_of(page, "title") == "Order from 潮鞋严选旗舰店"
    assert '<input type="checkbox" name="numbers" value="order:6920260908442210087" checked>' in page
    assert "Filled in from what you pasted: amount, shop, title, numbers. Check it." in text_of(response)
    assert not Case.objects.exists() and not CaseDraft.objects.exists()


def test_what_was_typed_before_stays(alice_client: Client):
    typed = {"title": "My own words", "amount": "12", "currency": "EUR", "merchant": "Some shop"}

    page = alice_client.post(URL, {"do": "read", "pasted": ORDER, **typed}).content.decode()

    assert (value_of(page, "title"), value_of(page, "amount")) == ("My own words", "12")
    assert value_of(page, "merchant") == "Some shop"
    assert re.search(r'<option value="EUR" selected', page)


def test_text_that_says_nothing_is_told_so(alice_client: Client):
    assert "Nothing in it could be told for certain." in text_of(
        alice_client.post(URL, {"do": "read", "pasted": "hello there"})
    )


def test_the_case_opens_with_its_order_and_its_first_screenshot(alice: User, alice_client: Client):
    screenshot = SimpleUploadedFile("chat.png", pictures.picture(), "image/png")
    numbers = ["order:6920260908442210087", "payment:4200002345202611201234567890"]

    response = alice_client.post(URL, {**FORM, "pasted": ORDER, "numbers": numbers, "files": [screenshot]})

    case = Case.objects.visible_to(alice).get()
    assert response["Location"] == f"/cases/{case.reference}/"
    order = case.orders.get()
    assert order.platform == "Douyin"
    assert [(one.kind, one.number) for one in order.numbers.all()] == [
        ("order", "6920260908442210087"),
        ("payment", "4200002345202611201234567890"),
    ]
    assert [(one.number, one.original_name) for one in case.exhibits.all()] == [(1, "chat.png")]
    actions = list(case.custody_entries.order_by("sequence").values_list("action", flat=True))
    assert actions[0] == "case_opened" and {"order_added", "exhibit_received"} <= set(actions)


def test_a_file_that_cannot_be_taken_is_told_and_the_case_is_open(alice_client: Client):
    file = SimpleUploadedFile("setup.exe", b"MZ\x90\x00 not a picture", "image/png")

    response = alice_client.post(URL, {**FORM, "files": [file]}, follow=True)

    assert Case.objects.get().exhibits.count() == 0
    assert "setup.exe:" in text_of(response)


def test_a_number_that_cannot_be_one_is_refused_and_nothing_is_stored(alice_client: Client):
    response = alice_client.post(URL, {**FORM, "numbers": ["order:" + "1" * 65]})

    assert response.status_code == 422
    assert "more than 64 signs" in text_of(response)
    assert not Case.objects.exists()


class TestDraft:
    def test_what_is_typed_is_kept_and_stands_there_again(self, alice: User, alice_client: Client):
        typed = {"title": "Half a", "problem_kind": "fake_goods", "is_urgent": "on", "numbers": ["order:123"]}

        said = alice_client.post(f"{URL}draft/", typed, headers=HTMX)
        page = alice_client.get(URL)

        assert "Kept at 10:00" in text_of(said)
        assert value_of(page.content.decode(), "title") == "Half a"
        assert re.search(r'value="fake_goods"[^>]*checked', page.content.decode())
        assert re.search(r'name="is_urgent"[^>]*checked', page.content.decode())
        assert 'value="order:123" checked' in page.content.decode()
        assert "Go on where you stopped." in text_of(page)

    def test_finish_later_keeps_it_without_a_title(self, alice: User, alice_client: Client):
        response = alice_client.post(URL, {"do": "later", "demand": "Money back"}, follow=True)

        assert "“New case” goes on where you stopped" in text_of(response)
        assert CaseDraft.objects.get(user=alice).fields == {"demand": ["Money back"]}

    def test_opening_the_case_ends_it(self, alice: User, alice_client: Client):
        alice_client.post(f"{URL}draft/", FORM)
        alice_client.post(URL, FORM)

        assert not CaseDraft.objects.exists()

    def test_a_refused_case_leaves_it(self, alice: User, alice_client: Client):
        alice_client.post(f"{URL}draft/", {"title": "Half a"})
        alice_client.post(URL, {**FORM, "amount": "-1"})

        assert CaseDraft.objects.get(user=alice).fields == {"title": ["Half a"]}

    def test_it_can_be_thrown_away(self, alice: User, alice_client: Client):
        alice_client.post(f"{URL}draft/", FORM)
        alice_client.post(URL, {"do": "discard"})

        assert not CaseDraft.objects.exists()

    def test_nobody_sees_that_of_another(self, alice: User, alice_client: Client, mallory_client: Client):
        alice_client.post(f"{URL}draft/", {"title": "Half a secret"})

        assert "Half a secret" not in mallory_client.get(URL).content.decode()

    @pytest.mark.parametrize("page", ["/", "/cases/"])
    @pytest.mark.parametrize("has_case", [True, False])
    def test_today_and_the_list_lead_on_to_it(
        self, alice: User, alice_client: Client, mallory_client: Client, page: str, has_case: bool
    ):
        if has_case:
            factories.make_case(owner=alice)
        alice_client.post(f"{URL}draft/", {"title": "Half a <b>", "demand": "Money back"})

        shown = alice_client.get(page)

        text = text_of(shown)
        assert "Half a <b> Begun on Tue 1 Sep 10:00 and not open yet Go on with the case you began" in text
        assert '<a class="button button-quiet" href="/cases/new/">Go on' in shown.content.decode()
        assert "Go on with the case you began" not in text_of(mallory_client.get(page))

    def test_one_that_has_no_title_yet_is_led_on_to_as_well(self, alice_client: Client):
        alice_client.post(f"{URL}draft/", {"demand": "Money back"})

        assert "A case without a title yet Begun on Tue 1 Sep 10:00" in text_of(alice_client.get("/"))

    def test_one_that_is_open_or_stale_is_no_longer_led_on_to(self, alice: User, alice_client: Client):
        alice_client.post(f"{URL}draft/", FORM)
        alice_client.post(URL, FORM)
        for page in ("/", "/cases/"):
            assert "Go on with" not in text_of(alice_client.get(page))

        old = factories.NOON - timedelta(days=31)
        case_drafts.keep(by=alice, at=old, fields={"title": ["Half a"]})
        for page in ("/", "/cases/"):
            assert "Go on with" not in text_of(alice_client.get(page))

    def test_whoever_searches_is_not_told_of_it(self, alice: User, alice_client: Client):
        alice_client.post(f"{URL}draft/", FORM)

        assert "Go on with" not in text_of(alice_client.get("/cases/?q=shoes"))

    @pytest.mark.parametrize("days", [29, 31])
    def test_it_is_kept_for_thirty_days(self, alice: User, alice_client: Client, days: int):
        at = factories.NOON - timedelta(days=days)
        case_drafts.keep(by=alice, at=at, fields={"title": ["Half a"]})

        case_drafts.clear_stale()

        assert CaseDraft.objects.exists() is (days == 29)

    def test_more_than_a_form_holds_is_refused_with_a_sentence(self, alice: User, alice_client: Client):
        said = alice_client.post(f"{URL}draft/", {"demand": "x" * 70_000}, headers=HTMX)

        assert "This is too much to keep." in text_of(said)
        assert not CaseDraft.objects.exists()

    def test_fields_that_the_form_does_not_have_are_left_out(self, alice: User, alice_client: Client):
        alice_client.post(f"{URL}draft/", {"title": "Half a", "csrfmiddlewaretoken": "t", "spam": "x"})

        assert CaseDraft.objects.get().fields == {"title": ["Half a"]}


def test_what_is_kept_behind_the_opening_leaves_no_case_begun(alice_client: Client):
    """The last words typed may come in after the tap that opened the case."""
    told = {**FORM, "submission": "one-and-the-same"}
    assert alice_client.post(URL, told).status_code == 302

    assert alice_client.post("/cases/new/draft/", told, headers=HTMX).status_code == 200

    assert not CaseDraft.objects.exists()
    alice_client.post("/cases/new/draft/", {**told, "submission": "of-the-next"}, headers=HTMX)
    assert CaseDraft.objects.get().fields["title"] == ["Fake shoes"]


def test_a_second_reading_replaces_what_the_first_one_gave_and_nothing_else(alice_client: Client):
    first = alice_client.post(URL, {"do": "read", "pasted": ORDER}, headers=HTMX).content.decode()
    given = [unescape(one) for one in re.findall(r'name="given" value="([^"]*)"', first)]
    assert "amount=899.00" in given

    told = {
        "do": "read",
        "pasted": "实付款 ¥1299.00\n订单编号 6917283746501234567",
        "given": given,
        "amount": "899.00",
        "merchant": "My own shop",
        "numbers": ["order:6920260908442210087", "parcel:SF1234567890123"],
    }
    second = alice_client.post(URL, told, headers=HTMX).content.decode()

    assert value_of(second, "amount") == "1299.00"
    assert value_of(second, "merchant") == "My own shop"
    assert set(re.findall(r'name="numbers" value="([^"]*)"', second)) == {
        "order:6917283746501234567",
        "parcel:SF1234567890123",
    }


def test_what_the_user_took_out_stays_out_when_the_same_text_is_read_again(alice_client: Client):
    given = ["amount=899.00", "merchant=潮鞋严选旗舰店", "numbers=order:6920260908442210087"]
    told = {"do": "read", "pasted": ORDER, "given": given, "merchant": "潮鞋严选旗舰店"}

    again = alice_client.post(URL, told, headers=HTMX).content.decode()

    assert value_of(again, "amount") == ""
    assert value_of(again, "merchant") == "潮鞋严选旗舰店"
    assert 'name="numbers"' not in again


def test_files_of_a_form_that_comes_back_are_to_be_chosen_again(alice_client: Client):
    picture = SimpleUploadedFile("chat.png", pictures.picture("PNG", seed=9), "image/png")

    response = alice_client.post(URL, {**FORM, "title": "", "files": picture})

    assert response.status_code == 422
    assert "Choose the files again: a browser forgets them when a form comes back." in text_of(response)
