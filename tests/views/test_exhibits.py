"""Taking files in, several at once, and telling what they show."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.models import Case, Exhibit
from cases.services import contacts, exhibit_copies, exhibits
from tests import factories, pictures
from tests.views.asking import HTMX, text_of
from tracker.accounts.models import User


def url(case: Case) -> str:
    return reverse("cases:exhibits", args=[case.reference])


def a_file(seed: int = 1, name: str = "截图.png") -> SimpleUploadedFile:
    return pictures.upload(pictures.picture(seed=seed), name)


@pytest.fixture
def exhibit(case: Case, alice: User) -> Exhibit:
    return exhibits.add_exhibit(case=case, by=alice, at=factories.NOON, upload=a_file())


def test_several_files_at_once_become_numbered_exhibits(case: Case, alice_client: Client):
    response = alice_client.post(
        url(case), {"files": [a_file(1), a_file(2), a_file(3)], "shows": "Chat with the shop"}, follow=True
    )

    assert "3 exhibits are stored." in text_of(response)
    assert list(case.exhibits.values_list("number", "shows")) == [
        (1, "Chat with the shop"),
        (2, "Chat with the shop"),
        (3, "Chat with the shop"),
    ]


def test_what_is_refused_is_named_and_keeps_the_others_out_of_nothing(case: Case, alice_client: Client):
    fake = SimpleUploadedFile("fake.png", b"<html><script>alert(1)</script>")

    response = alice_client.post(url(case), {"files": [a_file(1), fake, a_file(2)]})

    assert response.status_code == 422
    text = text_of(response)
    assert "fake.png: This is a web page" in text
    assert "Stored: E1, E2" in text
    assert case.exhibits.count() == 2


def test_the_same_file_again_stays_one_exhibit(case: Case, alice_client: Client):
    alice_client.post(url(case), {"files": [a_file()]})

    response = alice_client.post(url(case), {"files": [a_file(name="again.png")]}, follow=True)

    assert "These are the same bytes as E1, so it stays one exhibit." in text_of(response)
    assert case.exhibits.count() == 1


def test_no_file_at_all_is_told_beside_the_field(case: Case, alice_client: Client):
    response = alice_client.post(url(case), {})

    assert response.status_code == 422
    assert "Choose at least one file." in text_of(response)


def test_more_than_fifty_files_at_once_are_too_many(case: Case, alice_client: Client):
    response = alice_client.post(
        url(case), {"files": [SimpleUploadedFile(f"{number}.png", b"x") for number in range(51)]}
    )

    assert "These are 51 files; send at most 50 at once." in text_of(response)
    assert case.exhibits.count() == 0


def test_an_exhibit_of_a_stream_meets_the_deadline_for_its_record(
    case: Case, alice: User, alice_client: Client
):
    contact = contacts.log_contact(
        case=case,
        by=alice,
        at=factories.NOON,
        started_at=factories.NOON - timedelta(minutes=30),
        channel="live_room",
        outcome="answered",
        stream_ended_at=factories.NOON - timedelta(minutes=5),
    )
    assert (
        f'value="{contact.pk}" selected'
        in alice_client.get(f"{url(case)}?contact={contact.pk}").content.decode()
    )

    alice_client.post(url(case), {"files": [a_file()], "contact": contact.pk})

    assert case.deadlines.get(rule="douyin.live_room.save_chat").met_at == factories.NOON


def test_the_gallery_is_sent_again_only_when_it_looks_different(
    case: Case, alice_client: Client, exhibit: Exhibit
):
    first = alice_client.get(url(case), headers=HTMX).content.decode()
    seen = first.split("seen=")[1].split('"')[0]

    assert alice_client.get(f"{url(case)}?seen={seen}", headers=HTMX).status_code == 204
    exhibit_copies.make_working_copies(exhibit_id=exhibit.pk, at=factories.NOON)
    again = alice_client.get(f"{url(case)}?seen={seen}", headers=HTMX)
    assert again.status_code == 200
    assert "data-hx-trigger" not in again.content.decode()


def test_an_exhibit_shows_its_hash_times_and_name(case: Case, alice_client: Client, exhibit: Exhibit):
    exhibit_copies.make_working_copies(exhibit_id=exhibit.pk, at=factories.NOON)

    response = alice_client.get(f"{url(case)}1/")

    text = text_of(response)
    digest = hashlib.sha256(pictures.picture(seed=1)).hexdigest()
    assert digest in text.replace(" ", "")
    assert "2026-09-01 10:00:00 UTC+08:00" in text
    assert "截图.png" in text
    assert f'src="{url(case)}1/preview/"' in response.content.decode()


def test_what_it_shows_can_be_told_later_and_nothing_else_changes(
    case: Case, alice: User, alice_client: Client, exhibit: Exhibit
):
    contact = contacts.log_contact(
        case=case, by=alice, at=factories.NOON, channel="hotline", outcome="answered"
    )

    alice_client.post(
        f"{url(case)}1/",
        {"shows": "The refusal", "claimed_at": "2026-08-31T21:00", "contact": contact.pk},
    )

    after = Exhibit.objects.get(pk=exhibit.pk)
    assert (after.shows, after.claimed_at.isoformat()) == ("The refusal", "2026-08-31T13:00:00+00:00")
    assert (after.sha256, after.storage_key, after.received_at) == (
        exhibit.sha256,
        exhibit.storage_key,
        exhibit.received_at,
    )
    assert list(contact.exhibits.all()) == [exhibit]


def test_a_picture_from_tomorrow_is_refused(case: Case, alice_client: Client, exhibit: Exhibit):
    response = alice_client.post(f"{url(case)}1/", {"shows": "", "claimed_at": "2026-09-02T21:00"})

    assert response.status_code == 422
    assert "This time is still to come." in text_of(response)


def test_exhibits_before_and_after_are_one_tap_away(case: Case, alice: User, alice_client: Client):
    for seed in (1, 2, 3):
        exhibits.add_exhibit(case=case, by=alice, at=factories.NOON, upload=a_file(seed))

    content = alice_client.get(f"{url(case)}2/").content.decode()

    assert f'rel="prev" href="{url(case)}1/"' in content
    assert f'rel="next" href="{url(case)}3/"' in content


def test_a_gallery_takes_the_same_queries_whatever_its_size(
    case: Case, alice: User, alice_client: Client, django_assert_num_queries
):
    exhibits.add_exhibit(case=case, by=alice, at=factories.NOON, upload=a_file(1))
    with django_assert_num_queries(9):
        alice_client.get(url(case))
    for seed in range(2, 6):
        exhibits.add_exhibit(case=case, by=alice, at=factories.NOON, upload=a_file(seed))
    with django_assert_num_queries(9):
        alice_client.get(url(case))


def test_the_gallery_stands_in_days_of_the_readers_zone(
    case: Case, alice: User, alice_client: Client, django_assert_num_queries
):
    """In Shanghai, 15:59 and 16:00 in UTC are the last minute of one day and the first of the next."""
    late = datetime(2026, 8, 31, 15, 59, tzinfo=UTC)
    for seed, at in enumerate((late, late + timedelta(minutes=1), factories.NOON)):
        exhibits.add_exhibit(case=case, by=alice, at=at, upload=a_file(seed))

    with django_assert_num_queries(9):
        page = alice_client.get(url(case))

    text = text_of(page)
    assert page.content.decode().count('<ul class="gallery">') == 2
    order = [text.index(words) for words in ("Mon 31 Aug", "E1", "Tue 1 Sep", "E2", "E3")]
    assert order == sorted(order)


def test_a_reader_looks_and_cannot_add_or_describe(case: Case, bob_client: Client, exhibit: Exhibit):
    assert "data-upload" not in bob_client.get(url(case)).content.decode()
    assert bob_client.get(f"{url(case)}1/").status_code == 200
    assert bob_client.post(url(case), {"files": [a_file(2)]}).status_code == 403
    assert bob_client.post(f"{url(case)}1/", {"shows": "x"}).status_code == 403


def test_a_stranger_gets_404(case: Case, mallory_client: Client, exhibit: Exhibit):
    assert mallory_client.get(url(case)).status_code == 404
    assert mallory_client.post(url(case), {"files": [a_file(2)]}).status_code == 404
    assert mallory_client.get(f"{url(case)}1/").status_code == 404
    assert case.exhibits.count() == 1
