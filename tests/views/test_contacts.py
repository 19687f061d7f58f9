"""Logging a contact with all that proves it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from cases.services import exhibits, playbooks
from tests import factories, pictures
from tests.views.asking import HTMX, text_of
from tracker.accounts.models import User

WHOLE = {
    "channel": "hotline",
    "outcome": "promised",
    "promise": "明天退款",
    "promised_by": "2026-09-02T18:00",
    "started_at": "2026-09-01T09:30",
    "ended_at": "2026-09-01T09:44",
    "person": "工号 3021",
    "ticket_number": "RX-552108",
    "summary": "等了 7 分钟。",
    "direction": "outgoing",
}


def url(case: Case) -> str:
    return reverse("cases:contacts", args=[case.reference])


def test_every_channel_can_be_chosen_and_says_how_fast_it_usually_is(case: Case, alice_client: Client):
    response = alice_client.get(url(case))

    content = response.content.decode()
    channels = playbooks.all_playbooks()["douyin"].channels
    assert len(channels) == 8
    for key, channel in channels.items():
        assert f'name="channel" value="{key}"' in content
        assert channel.name.en in text_of(response)
        assert channel.usual_answer.en in text_of(response)


def test_the_platforms_channels_come_first_and_others_stand_behind_a_heading(
    case: Case, alice_client: Client
):
    for page in (url(case), case.get_absolute_url()):
        content = alice_client.get(page).content.decode()

        heading = content.index("Others: authorities, payment, parcel service")
        assert content.index('name="channel" value="appeal_upload"') < heading
        assert heading < content.index('name="channel" value="cn_12315.hotline"')


def test_a_contact_with_an_authority_is_logged_and_named(case: Case, alice_client: Client):
    alice_client.post(url(case), {"channel": "cn_12315.hotline", "outcome": "answered"})

    assert case.contacts.get().channel == "cn_12315.hotline"
    assert "12315 hotline" in text_of(alice_client.get(url(case)))


def test_a_whole_contact_is_stored_as_typed_on_the_users_clock(case: Case, alice_client: Client):
    response = alice_client.post(url(case), WHOLE)

    assert response["Location"] == case.get_absolute_url()
    contact = case.contacts.get()
    assert (contact.person, contact.ticket_number, contact.summary) == (
        "工号 3021",
        "RX-552108",
        "等了 7 分钟。",
    )
    assert contact.started_at.isoformat() == "2026-09-01T01:30:00+00:00"
    assert contact.ended_at.isoformat() == "2026-09-01T01:44:00+00:00"
    assert contact.promised_by.isoformat() == "2026-09-02T10:00:00+00:00"


def test_times_are_read_in_the_zone_of_the_reader(case: Case, alice: User):
    User.objects.filter(pk=alice.pk).update(time_zone="Europe/Berlin")

    factories.logged_in(User.objects.get(pk=alice.pk)).post(
        url(case), {"channel": "hotline", "outcome": "answered", "started_at": "2026-09-01T03:00"}
    )

    assert case.contacts.get().started_at.isoformat() == "2026-09-01T01:00:00+00:00"


def test_the_time_is_filled_in_with_now(case: Case, alice_client: Client):
    assert 'value="2026-09-01T10:00"' in alice_client.get(url(case)).content.decode()


def test_a_channel_asked_for_in_the_address_is_chosen(case: Case, alice_client: Client):
    content = alice_client.get(url(case) + "?channel=order_card").content.decode()

    assert 'value="order_card" required checked' in content


def test_the_end_of_a_stream_starts_the_clock_for_its_record(case: Case, alice_client: Client):
    alice_client.post(
        url(case),
        {
            "channel": "live_room",
            "outcome": "answered",
            "started_at": "2026-09-01T09:00",
            "stream_ended_at": "2026-09-01T09:50",
        },
    )

    assert case.milestones.get().kind == "stream_ended"
    deadline = case.deadlines.get(rule="douyin.live_room.save_chat")
    assert deadline.due_at.isoformat() == "2026-09-01T02:20:00+00:00"


def test_without_the_end_of_the_stream_it_is_still_live(case: Case, alice_client: Client):
    alice_client.post(url(case), {"channel": "live_room", "outcome": "answered"})

    assert case.milestones.count() == 0


def test_an_exhibit_of_the_case_can_be_chosen_as_proof(case: Case, alice: User, alice_client: Client):
    exhibit = exhibits.add_exhibit(
        case=case, by=alice, at=factories.NOON, upload=pictures.upload(pictures.picture())
    )

    alice_client.post(url(case), {"channel": "hotline", "outcome": "answered", "exhibits": [exhibit.pk]})

    assert list(case.contacts.get().exhibits.all()) == [exhibit]


def test_an_exhibit_of_another_case_is_not_taken(case: Case, mallory: User, alice_client: Client):
    theirs = factories.make_case(owner=mallory)
    exhibit = exhibits.add_exhibit(
        case=theirs, by=mallory, at=factories.NOON, upload=pictures.upload(pictures.picture())
    )

    response = alice_client.post(
        url(case), {"channel": "hotline", "outcome": "answered", "exhibits": [exhibit.pk]}
    )

    assert response.status_code == 422
    assert case.contacts.count() == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"started_at": "2026-09-02T10:00"}, "This lies in the future; check the day and the time."),
        ({"ended_at": "2026-09-01T09:00"}, "It cannot have ended before it started; check both times."),
        ({"promised_by": "2026-09-01T09:00"}, "The promised time lies before the contact; check both times."),
        ({"channel": "telepathy"}, "Select a valid choice."),
        ({"outcome": "victory"}, "Select a valid choice."),
        ({"started_at": "yesterday"}, "Enter a valid date/time."),
    ],
    ids=["future", "ends before it starts", "promised before", "channel", "outcome", "no time"],
)
def test_what_cannot_be_is_told_beside_its_field(case: Case, alice_client: Client, wrong, sentence: str):
    response = alice_client.post(url(case), {**WHOLE, **wrong})

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert case.contacts.count() == 0


def test_htmx_is_shown_what_follows_and_an_empty_form(case: Case, alice_client: Client):
    response = alice_client.post(
        url(case), {"channel": "shop_message", "outcome": "no_answer", "summary": "Nobody home"}, headers=HTMX
    )

    text = text_of(response)
    assert "The contact is logged." in text
    assert "The shop has not replied: until Tue 1 Sep 10:30" in text
    assert "Add the screenshots of it" in text
    assert response.content.decode().count("Nobody home") == 1


def test_a_closed_case_has_no_form(case: Case, alice: User, alice_client: Client):
    alice_client.post(f"/cases/{case.reference}/close/", {"outcome": "solved"})

    assert 'name="outcome"' not in alice_client.get(url(case)).content.decode()
    response = alice_client.post(url(case), {"channel": "hotline", "outcome": "answered"})
    assert "This case is closed; reopen it to log more." in text_of(response)


def test_a_reader_reads_and_cannot_log(case: Case, bob_client: Client):
    assert 'name="outcome"' not in bob_client.get(url(case)).content.decode()
    assert bob_client.post(url(case), WHOLE).status_code == 403


def test_a_stranger_gets_404(case: Case, mallory_client: Client):
    assert mallory_client.get(url(case)).status_code == 404
    assert mallory_client.post(url(case), WHOLE).status_code == 404


def test_an_exhibit_with_a_number_longer_than_any_row_has_is_refused(case: Case, alice_client: Client):
    response = alice_client.post(url(case), {**WHOLE, "exhibits": ["9223372036854775808"]})

    assert response.status_code == 422
    assert not case.contacts.exists()
