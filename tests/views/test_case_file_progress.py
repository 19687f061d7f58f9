"""A case file while it is not ready: how far it is, calling it off, asking for it again."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import BuildState, Case, CaseFile
from cases.services import case_files
from tests import factories
from tests.views.asking import HTMX, text_of
from tracker.accounts.models import User


def url(case: Case, name: str = "case-files", *more: int) -> str:
    return reverse(f"cases:{name}", args=[case.reference, *more])


@pytest.fixture
def queued(case: Case, alice: User) -> CaseFile:
    return case_files.request_case_file(case=case, by=alice, at=factories.NOON, language="en")


def changed(case_file: CaseFile, **fields: Any) -> None:
    CaseFile.objects.filter(pk=case_file.pk).update(**fields)


def building(case_file: CaseFile, stage: str, done: int = 0, **fields: Any) -> None:
    changed(
        case_file, state=BuildState.BUILDING, attempts=1, stage=stage, exhibits_done=done, exhibits_total=40,
        **fields,
    )  # fmt: skip


def asked_next(page: str) -> str:
    """Where the page asks for what moved."""
    return html.unescape(re.findall(r'data-hx-get="([^"]+)" data-hx-trigger="every 2s"', page)[0])


def test_progress_is_asked_for_until_it_is_done_and_answered_only_when_it_moved(
    case: Case, alice_client: Client, queued: CaseFile
):
    building(queued, "drawing", 11)
    seen = asked_next(alice_client.get(url(case)).content.decode())
    assert alice_client.get(seen, headers=HTMX).status_code == 204

    building(queued, "drawing", 12)

    moved = alice_client.get(seen, headers=HTMX)
    assert "Drawing the exhibits: 12 of 40" in text_of(moved)
    # 3 hundredths before it, and 12 of 40 parts of its 76.
    assert 'value="25" max="100"' in moved.content.decode()
    assert "<form" not in moved.content.decode()
    assert alice_client.get(asked_next(moved.content.decode()), headers=HTMX).status_code == 204


def test_the_bar_has_a_label_and_is_not_read_out_at_every_step(
    case: Case, alice_client: Client, queued: CaseFile
):
    page = alice_client.get(url(case)).content.decode()

    assert '<label class="visually-hidden" for="progress-1">Progress of case file 1</label>' in page
    assert page.index('aria-live="off"') < page.index('<progress id="progress-1"')


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        ("gathering", "Gathering what is in it"),
        ("copying", "Copying the originals: 0 of 40"),
        ("setting", "Setting the document"),
        ("signing", "Signing the document"),
        ("packing", "Packing the ZIP: 0 of 40"),
        ("storing", "Storing it"),
    ],
)
def test_each_stage_is_said_in_words(
    case: Case, alice_client: Client, queued: CaseFile, stage: str, told: str
):
    building(queued, stage)

    assert told in text_of(alice_client.get(url(case)))


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(125, "about 2 minutes left"), (75, "about 1 minute left"), (40, "less than a minute left")],
)
def test_the_time_left_is_told_from_the_pace_so_far(
    case: Case, alice_client: Client, queued: CaseFile, seconds: int, told: str
):
    building(queued, "drawing", 12, expected_at=timezone.now() + timedelta(seconds=seconds))

    assert told in text_of(alice_client.get(url(case)))


@pytest.mark.parametrize("expected_in", [None, -5])
def test_no_time_is_told_without_a_basis_or_when_it_has_passed(
    case: Case, alice_client: Client, queued: CaseFile, expected_in: int | None
):
    expected_at = expected_in and timezone.now() + timedelta(seconds=expected_in)
    building(queued, "setting", expected_at=expected_at)

    assert (
        "left" not in text_of(alice_client.get(url(case))).split("Setting the document")[1].split("Cancel")[0]
    )


def test_one_that_waits_says_for_what(case: Case, alice: User, alice_client: Client, queued: CaseFile):
    assert "It starts in a moment." in text_of(alice_client.get(url(case)))

    earlier = factories.make_case(owner=alice)
    case_files.request_case_file(
        case=earlier, by=alice, at=factories.NOON - timedelta(minutes=1), language="en"
    )
    page = text_of(alice_client.get(url(case)))
    assert "Waiting its turn" in page
    assert "others are made first" in page

    changed(queued, attempts=1, lease_until=timezone.now())
    assert "it is tried again in a moment" in text_of(alice_client.get(url(case)))


def test_when_it_is_over_the_case_files_are_shown_anew_and_the_form_stays(
    case: Case, alice_client: Client, queued: CaseFile
):
    seen = asked_next(alice_client.get(url(case)).content.decode())
    changed(queued, state=BuildState.FAILED, failure="The disk was full.")

    response = alice_client.get(seen, headers=HTMX)

    assert response["HX-Retarget"] == response["HX-Reselect"] == "#made-case-files"
    assert "The disk was full." in text_of(response)
    assert 'data-hx-trigger="every' not in response.content.decode()


def test_when_a_worker_takes_it_up_its_badge_says_so(case: Case, alice_client: Client, queued: CaseFile):
    seen = asked_next(alice_client.get(url(case)).content.decode())
    assert alice_client.get(seen, headers=HTMX).status_code == 204
    building(queued, "gathering")

    response = alice_client.get(seen, headers=HTMX)

    assert response["HX-Retarget"] == "#made-case-files"
    assert "Being built" in text_of(response)
    assert alice_client.get(asked_next(response.content.decode()), headers=HTMX).status_code == 204


def test_a_browser_that_opens_the_progress_gets_the_page(case: Case, alice_client: Client, queued: CaseFile):
    assert alice_client.get(url(case, "case-file-progress", 1))["Location"] == url(case)


def test_helpers_cancel_too_and_see_it(case: Case, helga: User, queued: CaseFile):
    client = factories.logged_in(helga)

    response = client.post(url(case, "case-file-cancel", 1))

    assert response["Location"] == url(case)
    page = text_of(client.get(url(case)))
    assert "Case file 1 was cancelled." in page
    assert "It was cancelled before it was ready, and nothing of it was kept." in page
    assert client.get(url(case, "case-file", 1)).status_code == 404


def test_cancelling_with_htmx_shows_it_in_place(case: Case, alice_client: Client, queued: CaseFile):
    response = alice_client.post(url(case, "case-file-cancel", 1), headers=HTMX)

    content = response.content.decode()
    assert 'data-state="cancelled"' in content
    assert 'data-hx-trigger="every' not in content


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["without htmx", "with htmx"])
def test_who_cancels_too_late_is_told_the_truth(
    case: Case, alice: User, alice_client: Client, headers: dict[str, str]
):
    case_files.build_now(case=case, by=alice, at=factories.NOON, language="en")

    response = alice_client.post(url(case, "case-file-cancel", 1), headers=headers, follow=True)

    assert "Case file 1 was ready before it could be cancelled." in text_of(response)
    assert "Download" in text_of(response)


def test_a_failure_says_why_and_offers_to_try_again(case: Case, alice_client: Client, queued: CaseFile):
    changed(queued, state=BuildState.FAILED, failure="E2 is missing from the store.")

    page = alice_client.get(url(case)).content.decode()

    assert "E2 is missing from the store." in page
    assert "Try again" in page
    assert 'data-hx-trigger="every' not in page


def test_only_the_newest_offers_to_try_again(case: Case, alice: User, alice_client: Client, queued: CaseFile):
    changed(queued, state=BuildState.FAILED, failure="The disk was full.")
    case_files.build_now(case=case, by=alice, at=factories.NOON, language="en")

    page = text_of(alice_client.get(url(case)))

    assert "The disk was full." in page
    assert "Try again" not in page


def test_trying_again_asks_once_with_the_same_choices(case: Case, alice_client: Client, queued: CaseFile):
    changed(queued, state=BuildState.FAILED, language="zh-hans", profile="court", small_pictures=True)

    for _tap in range(2):
        response = alice_client.post(url(case, "case-file-again", 1), {"submission": "one and the same"})
        assert response["Location"] == url(case)

    second = case.case_files.get(number=2)
    assert (second.language, second.profile, second.small_pictures) == ("zh-hans", "court", True)
    assert case.case_files.count() == 2


def test_trying_again_while_one_is_under_way_says_so(
    case: Case, alice: User, alice_client: Client, queued: CaseFile
):
    changed(queued, state=BuildState.CANCELLED)
    case_files.request_case_file(case=case, by=alice, at=factories.NOON, language="en")

    response = alice_client.post(url(case, "case-file-again", 1), headers=HTMX)

    assert "Case file 2 is being made. Ask again when it is ready, or cancel it." in text_of(response)
    assert case.case_files.count() == 2


def test_a_reader_sees_the_progress_and_changes_nothing(case: Case, bob_client: Client, queued: CaseFile):
    page = bob_client.get(url(case)).content.decode()
    assert '<progress id="progress-1"' in page
    assert "Cancel case file" not in page
    assert bob_client.get(asked_next(page), headers=HTMX).status_code == 204

    for name in ("case-file-cancel", "case-file-again"):
        assert bob_client.post(url(case, name, 1)).status_code == 403
    queued.refresh_from_db()
    assert queued.state == BuildState.QUEUED


def test_a_stranger_gets_404(case: Case, mallory_client: Client, queued: CaseFile):
    assert mallory_client.get(url(case, "case-file-progress", 1)).status_code == 404
    for name in ("case-file-cancel", "case-file-again"):
        assert mallory_client.post(url(case, name, 1)).status_code == 404


def test_one_that_never_was_is_404(case: Case, alice_client: Client):
    assert alice_client.get(url(case, "case-file-progress", 7), headers=HTMX).status_code == 404
    for name in ("case-file-cancel", "case-file-again"):
        assert alice_client.post(url(case, name, 7)).status_code == 404


def test_the_page_asks_as_often_for_twenty_case_files_as_for_two(
    case: Case, alice_client: Client, django_assert_max_num_queries: Any
):
    def add(numbers: range) -> None:
        CaseFile.objects.bulk_create(
            CaseFile(
                case=case,
                number=number,
                language="en",
                requested_at=factories.NOON,
                state=(BuildState.READY, BuildState.FAILED, BuildState.CANCELLED)[number % 3],
                sha256="ab",
                storage_key="case-files/x",
                chain_head=case.custody_entries.first().entry_hash,
            )
            for number in numbers
        )

    add(range(1, 3))
    CaseFile.objects.create(case=case, number=50, language="en", requested_at=factories.NOON)
    alice_client.get(url(case))
    with django_assert_max_num_queries(100) as of_two:
        alice_client.get(url(case))
    add(range(3, 21))
    with django_assert_max_num_queries(len(of_two)):
        alice_client.get(url(case))


def test_asking_for_what_moved_costs_few_queries(
    case: Case, alice_client: Client, queued: CaseFile, django_assert_max_num_queries: Any
):
    building(queued, "drawing", 12)
    seen = asked_next(alice_client.get(url(case)).content.decode())

    with django_assert_max_num_queries(4):  # session, user, membership with its case, the row
        assert alice_client.get(seen, headers=HTMX).status_code == 204
