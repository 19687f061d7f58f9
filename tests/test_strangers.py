"""A stranger's session gets 404 for every address of a case; a new address is covered by itself.

The addresses are read from the URL configuration, with values that exist in the case for everything
after the reference: 404 is the door's answer, not that of a row that is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cases.models import Case
from cases.services import case_files, exhibit_copies, exhibits, orders, own_reminders, uploads
from tests import factories, pictures
from tracker.accounts.models import User

METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
HEADERS = {
    "plain": {},
    "htmx": {"HX-Request": "true"},
    "boosted": {"HX-Request": "true", "HX-Boosted": "true"},
    "range": {"Range": "bytes=0-99"},
    "rewritten": {"X-Original-URL": "/cases/", "X-Rewrite-URL": "/cases/", "X-Forwarded-Host": "localhost"},
}
UNDER_A_CASE = "cases/<ref:ref>/"
# What a reader may do there is theirs alone: tests/views/test_own_reminders.py says what nobody else sees.
ALSO_BY_READERS = {"own-reminders/", "own-reminders/<int:own_id>/"}


def routes_of_a_case() -> Iterator[str]:
    """What follows the reference in every address of a case, with parameters as they are declared."""

    def walk(resolver: URLResolver, prefix: str) -> Iterator[str]:
        for entry in resolver.url_patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLPattern):
                yield route
            else:
                yield from walk(entry, route)

    for route in walk(get_resolver(), ""):
        if route.startswith(UNDER_A_CASE):
            yield route.removeprefix(UNDER_A_CASE)


ROUTES = sorted(routes_of_a_case())


@pytest.fixture
def full_case(case: Case, alice: User) -> Case:
    """Something stands behind every address."""
    upload = pictures.upload(pictures.picture())
    exhibit = exhibits.add_exhibit(case=case, by=alice, at=factories.NOON, upload=upload)
    exhibit_copies.make_working_copies(exhibit_id=exhibit.pk, at=factories.NOON)
    now = factories.NOON
    orders.add_order(case=case, by=alice, at=now, platform="抖音", received_at=now, numbers=[("order", "1")])
    case_files.request_case_file(case=case, by=alice, at=factories.NOON, language="en")
    uploads.begin(case=case, by=alice, at=now, size=9, sha256="a" * 64, said=exhibits.Said("a.png"))
    own_reminders.add(case=case, by=alice, text="Ask", remind_at=now + timedelta(days=1), at=now)
    return case


def address(case: Case, route: str) -> str:
    order = case.orders.values_list("pk", flat=True).first() or 1
    milestone = case.milestones.values_list("pk", flat=True).first() or 1
    filled = route
    for one in ("<int:number>", "<int:page>", "<int:redaction>", "<int:share>"):
        filled = filled.replace(one, "1")
    filled = filled.replace("<int:order_id>", str(order))
    own = case.own_reminders.values_list("pk", flat=True).first() or 1
    filled = filled.replace("<int:milestone_id>", str(milestone)).replace("<int:own_id>", str(own))
    upload = case.uploads.values_list("key", flat=True).first() or "key"
    filled = filled.replace("<str:key>", upload).replace("<int:redaction>", "1")
    assert "<" not in filled, f"Say here what stands for the parameter of {route}."
    return f"/cases/{case.reference}/{filled}"


def test_the_walk_finds_the_addresses_of_a_case():
    assert {"", "orders/", "milestones/<int:milestone_id>/", "case-files/<int:number>/"} <= set(ROUTES)


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
@pytest.mark.parametrize("route", ROUTES)
def test_a_stranger_gets_404(full_case: Case, mallory_client: Client, route: str, headers: dict[str, str]):
    url = address(full_case, route)

    answers = {method: getattr(mallory_client, method)(url, headers=headers) for method in METHODS}

    assert {method: answer.status_code for method, answer in answers.items()} == dict.fromkeys(METHODS, 404)
    for answer in answers.values():
        assert full_case.title not in answer.content.decode()


@pytest.mark.parametrize("route", ROUTES)
def test_whoever_is_not_logged_in_is_sent_to_log_in(full_case: Case, client: Client, route: str):
    url = address(full_case, route)

    for method in METHODS:
        answer = getattr(client, method)(url)
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={url}")


@pytest.mark.parametrize("route", sorted(set(ROUTES) - ALSO_BY_READERS))
def test_a_reader_writes_nowhere(full_case: Case, bob_client: Client, route: str):
    entries = full_case.custody_entries.count()

    for method in ("post", "put", "patch", "delete"):
        assert getattr(bob_client, method)(address(full_case, route)).status_code == 403
    assert full_case.custody_entries.count() == entries


@pytest.mark.parametrize("route", sorted(ALSO_BY_READERS))
def test_a_reader_writes_nothing_of_the_owners(full_case: Case, bob_client: Client, route: str):
    entries = full_case.custody_entries.count()

    for method in ("post", "put", "patch", "delete"):
        assert getattr(bob_client, method)(address(full_case, route)).status_code in {404, 405, 422}
    assert full_case.custody_entries.count() == entries


@pytest.mark.parametrize("route", ROUTES)
def test_the_owner_is_let_in(full_case: Case, alice_client: Client, route: str):
    """Else the tests above would pass for an address that answers 404 to everybody."""
    assert alice_client.options(address(full_case, route)).status_code == 200


@pytest.mark.parametrize("route", ROUTES)
def test_a_case_that_never_was_is_answered_alike(alice_client: Client, route: str, case: Case):
    url = address(case, route).replace(case.reference, "2222222222")

    assert alice_client.get(url).status_code == 404


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
@pytest.mark.parametrize("route", ["calendar/{}.ics", "reminders/{}/", "unsubscribe/{}/"])
def test_a_guessed_token_opens_nothing(
    full_case: Case, mallory_client: Client, route: str, headers: dict[str, str]
):
    for guess in ("guess", full_case.reference, "1", "1:1:0123456789abcdef:1x1Dn6:" + "A" * 43):
        for method in ("get", "head", "post"):
            answer = getattr(mallory_client, method)("/" + route.format(guess), headers=headers)
            assert answer.status_code in ({405} if method == "post" and "calendar" in route else {404})
            assert full_case.title not in answer.content.decode()
