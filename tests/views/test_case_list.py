"""All cases: filters, search, the way to a new one."""

from __future__ import annotations

import re
from typing import ClassVar

import pytest
from django.test import Client

from cases.models import Case, Membership, Outcome, OwnPlaybook, Role
from cases.services import cases as case_service
from cases.services import contacts, orders
from tests import factories, stored
from tests.views.asking import HTMX, text_of
from tracker.accounts.models import User

FORM = {"title": "丢了一个包裹", "playbook": "douyin", "problem_kind": "parcel_lost", "currency": "CNY"}


def test_open_cases_are_shown_first_and_closed_ones_on_request(case: Case, alice: User, alice_client: Client):
    closed = factories.make_case(owner=alice, title="Long over")
    case_service.close_case(case=closed, by=alice, at=factories.NOON, outcome=Outcome.SOLVED)

    assert "Long over" not in text_of(alice_client.get("/cases/"))
    assert "Long over" in text_of(alice_client.get("/cases/?state=closed"))
    assert "Parcel never arrived" not in text_of(alice_client.get("/cases/?state=closed"))
    assert "Long over" in text_of(alice_client.get("/cases/?state=all"))


@pytest.mark.parametrize("words", ["parcel", "never arrived", "潮鞋", "6920 1111", "2222"])
def test_search_finds_title_shop_and_order_number(alice: User, alice_client: Client, words: str):
    case = factories.make_case(owner=alice, merchant="潮鞋严选")
    orders.add_order(
        case=case, by=alice, at=factories.NOON, platform="抖音", numbers=[("order", "692011112222")]
    )
    factories.make_case(owner=alice, title="Something else entirely")

    text = text_of(alice_client.get("/cases/", {"q": words}))

    assert "Parcel never arrived" in text
    assert "Something else entirely" not in text


def test_a_search_without_a_find_says_what_was_looked_for(case: Case, alice_client: Client):
    assert "No case has “zebra” in its title" in text_of(alice_client.get("/cases/?q=zebra"))


def test_nobody_finds_the_cases_of_others(case: Case, mallory_client: Client):
    assert "Parcel never arrived" not in text_of(mallory_client.get("/cases/?q=parcel&state=all"))


def test_the_case_with_the_nearest_deadline_comes_first(case: Case, alice: User, alice_client: Client):
    newer = factories.make_case(owner=alice, title="Newer and quiet")
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer")

    text = text_of(alice_client.get("/cases/"))

    assert text.index("Parcel never arrived") < text.index(newer.title)
    assert "30 min left" in text


def test_results_while_typing_are_a_piece_of_the_page(case: Case, alice_client: Client):
    content = alice_client.get("/cases/?q=parcel", headers=HTMX).content.decode()

    assert content.lstrip().startswith('<div id="case-list"')
    assert '<p id="found-count" data-hx-swap-oob="innerHTML">1 case found</p>' in content
    assert "<mark>Parcel</mark> never arrived" in content


def test_what_makes_no_sense_in_the_address_is_left_out(case: Case, alice_client: Client):
    response = alice_client.get("/cases/", {"state": "sideways", "page": "-1", "q": "\x00"})

    assert response.status_code == 200


def test_a_page_holds_thirty_cases_and_leads_to_the_next(alice: User, alice_client: Client):
    for number in range(31):
        factories.make_case(owner=alice, title=f"Case number {number}")

    first = alice_client.get("/cases/")

    assert first.content.decode().count('class="case-link"') == 30
    more = re.search(r'href="/cases/(\?after=[^"]+)"', first.content.decode())
    factories.make_case(owner=alice, title="Came in meanwhile")
    assert more
    behind = alice_client.get(f"/cases/{more[1]}").content.decode()
    assert behind.count('class="case-link"') == 1
    assert "Case number 0" in behind
    assert "Came in meanwhile" not in behind


def test_the_list_takes_six_queries_whatever_its_length(
    alice: User, alice_client: Client, django_assert_num_queries
):
    factories.make_case(owner=alice)
    with django_assert_num_queries(6):
        alice_client.get("/cases/")
    for _number in range(10):
        case = factories.make_case(owner=alice)
        contacts.log_contact(
            case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer"
        )
    with django_assert_num_queries(6):
        alice_client.get("/cases/")


def test_a_title_and_a_kind_are_enough_for_a_case(alice: User, alice_client: Client):
    response = alice_client.post("/cases/new/", FORM)

    case = Case.objects.visible_to(alice).get()
    assert response["Location"] == f"/cases/{case.reference}/"
    assert (case.title, case.problem_kind, case.created_at) == ("丢了一个包裹", "parcel_lost", factories.NOON)


def test_ticks_become_risk_urgency_and_complexity(alice: User, alice_client: Client):
    ticks = {"is_high_risk": "on", "is_urgent": "on", "is_complex": "on", "during_big_sale": "on"}

    alice_client.post("/cases/new/", {**FORM, **ticks})

    case = Case.objects.visible_to(alice).get()
    assert (case.risk, case.urgency, case.complexity) == ("high", "urgent", "complex")
    assert case.during_big_sale


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "This field is required."),
        ({"problem_kind": "martians"}, "Select a valid choice."),
        ({"amount": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"playbook": "nowhere"}, "Select a valid choice."),
    ],
    ids=["no title", "unknown kind", "negative amount", "unknown platform"],
)
def test_a_mistake_stands_beside_its_field_and_nothing_is_stored(alice_client: Client, wrong, sentence: str):
    response = alice_client.post("/cases/new/", {**FORM, **wrong})

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert not Case.objects.exists()


class TestWhatElseApplies:
    NEW: ClassVar = {"title": "Broken lamp", "problem_kind": "defective_goods", "currency": "CNY"}

    def test_a_new_case_offers_what_may_be_added(self, alice_client: Client):
        page = alice_client.get("/cases/new/").content.decode()

        assert 'name="also_playbooks" value="paypal"' in page

    def test_what_goes_with_the_platform_anyway_is_not_offered(self, alice_client: Client):
        page = alice_client.get("/cases/new/").content.decode()

        assert re.search(r'value="douyin"[^>]*checked', page)
        assert 'name="also_playbooks" value="cn_12315"' not in page

    def test_the_choice_is_stored_without_what_goes_along(self, alice: User, alice_client: Client):
        chosen = {"playbook": "douyin", "also_playbooks": ["paypal", "cn_12315"]}
        alice_client.post("/cases/new/", {**self.NEW, **chosen, "payment_method": "wallet"})

        case = Case.objects.get()
        assert (case.playbook, case.also_playbooks) == ("douyin", ["paypal"])
        assert case.payment_method == "wallet"

    def test_what_is_no_playbook_is_refused(self, alice_client: Client):
        chosen = {"playbook": "douyin", "also_playbooks": ["moon"]}

        assert alice_client.post("/cases/new/", {**self.NEW, **chosen}).status_code == 422
        assert not Case.objects.exists()

    def test_the_platform_of_the_last_case_is_chosen_before(self, alice: User, alice_client: Client):
        factories.make_case(owner=alice, playbook="jd")

        page = alice_client.get("/cases/new/").content.decode()

        assert re.search(r'value="jd"[^>]*checked', page)

    def test_own_playbooks_of_others_cannot_be_chosen(self, mallory: User, alice_client: Client):
        theirs = OwnPlaybook.objects.create(
            owner=mallory, document="", made_at=factories.NOON, changed_at=factories.NOON
        )

        response = alice_client.post("/cases/new/", {**self.NEW, "playbook": theirs.key})

        assert response.status_code == 422


class TestFoundInside:
    @pytest.fixture
    def filled(self, case: Case, alice: User) -> Case:
        """A case with an exhibit somebody described, one that a machine read, and a contact."""
        stored.exhibit_of(case, b"1", "image/png", shows="Chat with the shop about the refund")
        stored.exhibit_of(
            case, b"2", "image/png", recognised_text="订单编号 6930112233445566778\n实付款 ¥128.00"
        )
        contacts.log_contact(
            case=case,
            by=alice,
            at=factories.NOON,
            channel="hotline",
            outcome="refused",
            summary="They said that 运费险 does not apply",
            ticket_number="TK-77812",
        )
        factories.make_case(owner=alice, title="Something else entirely")
        return case

    @pytest.mark.parametrize(
        ("words", "place", "said"),
        [
            ("about refund", "exhibits/1/", "E1 Chat with the shop about the refund"),
            ("ｒｅｆｕｎｄ", "exhibits/1/", "E1 Chat with the shop about the"),
            ("6930112233", "exhibits/2/", "E2 · machine-read"),
            ("¥128", "exhibits/2/", "E2 · machine-read"),
            ("付款", "exhibits/2/", "E2 · machine-read"),
            ("运费", "contacts/#contact-", "Contact of"),
            ("运费险", "contacts/#contact-", "Contact of"),
            ("tk-778", "contacts/#contact-", "TK-778 12"),
        ],
    )
    def test_the_case_is_found_and_where_it_stands_is_one_tap_away(
        self, filled: Case, alice_client: Client, words: str, place: str, said: str
    ):
        response = alice_client.get("/cases/", {"q": words})

        text = text_of(response)
        assert "Parcel never arrived" in text
        assert "Something else entirely" not in text
        assert said in text
        assert f'href="/cases/{filled.reference}/{place}' in response.content.decode()

    @pytest.mark.parametrize(
        "words", ["退款（急）", "退款(急)", "耳机，左耳", "耳机,左耳", "nike", "ＮＩＫＥ", "Nike耳机"]
    )
    def test_a_title_in_full_width_signs_is_found(self, alice: User, alice_client: Client, words: str):
        factories.make_case(owner=alice, title="退款（急）：ＮＩＫＥ耳机，左耳没声音")

        assert "没声音" in text_of(alice_client.get("/cases/", {"q": words}))

    def test_each_word_may_stand_elsewhere(self, filled: Case, alice_client: Client):
        found = text_of(alice_client.get("/cases/", {"q": "parcel 6930112233 运费险"}))
        missed = text_of(alice_client.get("/cases/", {"q": "parcel 6930112233 zebra"}))

        assert "Parcel never arrived" in found
        assert "E2 · machine-read" in found
        assert "Parcel never arrived" not in missed

    def test_nobody_finds_what_is_in_the_cases_of_others(self, filled: Case, mallory: User):
        """Not even in a case of one's own that holds the same words."""
        own = factories.make_case(owner=mallory, title="Mine")
        stored.exhibit_of(own, b"3", "image/png", recognised_text="6930112233445566778")
        client = factories.logged_in(mallory)

        assert filled.reference not in client.get("/cases/?q=6930112233&state=all").content.decode()
        assert "Mine" in text_of(client.get("/cases/?q=6930112233"))
        for words in ("refund", "运费险", "TK-77812"):
            assert "Parcel never arrived" not in text_of(client.get("/cases/", {"q": words, "state": "all"}))

    def test_four_of_a_case_are_named_and_more_are_told_of(self, case: Case, alice_client: Client):
        for number in range(5):
            stored.exhibit_of(case, str(number).encode(), "image/png", shows=f"Refund {number}")

        text = text_of(alice_client.get("/cases/?q=refund"))

        assert "E4 Refund 3" in text
        assert "E5" not in text
        assert "and in more of this case" in text

    @pytest.mark.parametrize(
        "words",
        [
            "%%",
            "__",
            "\\\\",
            "''",
            '""',
            "100%_",
            "((",
            '"OR"',
            "refund*x",
            "NEAR(re",
            "-refund",
            "tokens:refund",
            "^refund",
            "😀😀",
            "退货退货",
            "费运",
        ],
    )
    def test_signs_that_mean_something_to_a_database_are_looked_for_as_they_are(
        self, filled: Case, alice_client: Client, words: str
    ):
        assert "Parcel never arrived" not in text_of(alice_client.get("/cases/", {"q": words}))

    def test_what_a_screenshot_says_stays_text(self, case: Case, alice_client: Client):
        stored.exhibit_of(case, b"1", "image/png", shows="<script>alert(1)</script> refund")

        assert "<script>alert" not in alice_client.get("/cases/?q=refund").content.decode()

    def test_a_search_takes_eight_queries_whatever_it_finds_and_however_many_words(
        self, filled: Case, alice: User, alice_client: Client, django_assert_num_queries
    ):
        with django_assert_num_queries(8):
            alice_client.get("/cases/?q=refund")
        for number in range(20):
            case = factories.make_case(owner=alice, title=f"Refund {number}")
            stored.exhibit_of(case, str(number).encode(), "image/png", shows="Refund refused")
        with django_assert_num_queries(8):
            alice_client.get("/cases/?q=refund+re+ef+fu+un+nd+fuse+refus+used+tx+ya+zb")

    @pytest.mark.parametrize("words", ["%", "包", "\u202e", "a b"])
    def test_one_sign_is_too_short_and_said_so_unless_nobody_sees_it(
        self, case: Case, alice_client: Client, words: str
    ):
        text = text_of(alice_client.get("/cases/", {"q": words}))

        assert "Parcel never arrived" in text
        assert ("a search needs two characters or more" in text) is (words != "\u202e")

    def test_ten_thousand_signs_are_cut_and_said_so(self, case: Case, alice_client: Client):
        text = text_of(alice_client.get("/cases/", {"q": "退款" * 5_000}))

        assert "Only the first 100 characters are searched for." in text
        assert "Parcel never arrived" not in text

    def test_the_words_are_marked_where_they_stand(self, filled: Case, alice_client: Client):
        assert "<mark>Parcel</mark> never arrived" in alice_client.get("/cases/?q=parcel").content.decode()
        assert "说" not in text_of(alice_client.get("/cases/?q=运费险"))
        assert "that <mark>运费险</mark> does" in alice_client.get("/cases/?q=运费险").content.decode()


class TestFilters:
    @pytest.fixture
    def several(self, case: Case, alice: User, bob: User) -> None:
        """A case in Douyin that is waiting for an answer within 30 min, a fake, one of Bob's."""
        factories.make_case(owner=alice, title="Fake shoes", playbook="jd", problem_kind="fake_goods")
        contacts.log_contact(
            case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer"
        )
        theirs = factories.make_case(owner=bob, title="Of a friend", merchant="潮鞋严选")
        Membership.objects.create(case=theirs, user=alice, role=Role.READER, since=factories.NOON)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("playbook=jd", {"Fake shoes"}),
            ("problem=fake_goods", {"Fake shoes"}),
            ("due=soon", {"Parcel never arrived"}),
            ("role=shared", {"Of a friend"}),
            ("role=reader", {"Of a friend"}),
            ("role=owner", {"Parcel never arrived", "Fake shoes"}),
            ("role=shared&q=潮鞋", {"Of a friend"}),
            ("role=owner&q=潮鞋", set()),
            ("state=waiting", set()),
            ("due=late", set()),
            ("playbook=mars", {"Parcel never arrived", "Fake shoes", "Of a friend"}),
        ],
    )
    def test_each_narrows_the_list(self, several: None, alice_client: Client, query: str, found: set[str]):
        text = text_of(alice_client.get(f"/cases/?{query}"))

        titles = {"Parcel never arrived", "Fake shoes", "Of a friend"}
        assert {title for title in titles if title in text} == found

    @pytest.mark.parametrize(
        "query", ["playbook=mars", "state=x", "after=1", "after=9.9", "due=%00", "role=boss"]
    )
    def test_what_is_not_known_is_left_out_and_said_so(self, several: None, alice_client: Client, query: str):
        text = text_of(alice_client.get(f"/cases/?{query}"))

        assert "A filter in this address is not known here; it was left out." in text
        assert "Fake shoes" in text

    def test_a_filter_that_is_on_can_be_taken_off_and_stays_in_the_search(
        self, several: None, alice_client: Client
    ):
        content = alice_client.get("/cases/?playbook=jd&q=shoes").content.decode()

        assert '<input type="hidden" name="playbook" value="jd">' in content
        assert 'href="?q=shoes" aria-current="true"' in content

    def test_the_table_holds_the_narrowed_list_and_no_formula(self, alice: User, alice_client: Client):
        factories.make_case(owner=alice, title='=HYPERLINK("x")', playbook="jd")
        factories.make_case(owner=alice, title="Another")

        response = alice_client.get("/cases/cases.csv?playbook=jd")

        content = response.content.decode()
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert content.startswith('\ufeff"Reference","Title","Platform","Kind of problem","Shop","Status"')
        assert '"\'=HYPERLINK(""x"")"' in content
        assert "Another" not in content

    def test_the_table_of_strangers_is_empty(self, several: None, mallory_client: Client):
        assert mallory_client.get("/cases/cases.csv?state=all").content.decode().count("\r\n") == 1
