"""A file becomes the next exhibit of a case, whole and named, or leaves no trace."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import ExifTags, Image

from cases.evidence import intake, names, store
from cases.evidence.refused import Refused
from cases.models import Case, CustodyEntry, Deadline, Exhibit
from cases.services import contacts, custody, exhibits
from tests import factories, hostile, pictures
from tests.factories import NOON
from tracker import env
from tracker.accounts.models import User


@pytest.fixture(autouse=True)
def evidence(settings: Any, tmp_path: Path) -> Path:
    """A store of its own for each test."""
    settings.STORAGES = {**settings.STORAGES, "evidence": env.storage(tmp_path / "evidence")}
    return tmp_path / "evidence"


@pytest.fixture(autouse=True)
def _nothing_stays_in_incoming() -> Iterator[None]:
    before = set(intake.incoming_folder().iterdir())
    yield
    assert set(intake.incoming_folder().iterdir()) == before


def add(case: Case, by: User, data: bytes | None = None, name: str = "订单.png", **fields: Any) -> Exhibit:
    upload = pictures.upload(pictures.picture() if data is None else data, name)
    return exhibits.add_exhibit(case=case, by=by, at=fields.pop("at", NOON), upload=upload, **fields)


def stored(evidence: Path) -> list[str]:
    return [str(path.relative_to(evidence)) for path in evidence.rglob("*") if path.is_file()]


def test_the_original_is_kept_bit_for_bit_under_its_hash(case: Case, alice: User, evidence: Path) -> None:
    data = pictures.encoded(pictures.screenshot(), "JPEG", quality=88)
    sha256 = hashlib.sha256(data).hexdigest()

    exhibit = add(case, alice, data, "截图 1.jpg", shows="订单详情页")

    assert (exhibit.label, exhibit.sha256, exhibit.size) == ("E1", sha256, len(data))
    assert (exhibit.media_type, exhibit.width, exhibit.height) == ("image/jpeg", 1080, 2400)
    assert (exhibit.original_name, exhibit.shows) == ("截图 1.jpg", "订单详情页")
    assert (exhibit.received_at, exhibit.claimed_at, exhibit.added_by) == (NOON, None, alice)
    assert stored(evidence) == [f"originals/{alice.pk}/{sha256[:2]}/{sha256}"]
    with exhibits.open_original(exhibit) as file:
        assert file.read() == data
    assert exhibits.verify_original(exhibit) is exhibits.OriginalState.WHOLE


@pytest.mark.parametrize("name", hostile.POLYGLOTS)
def test_a_polyglot_is_kept_as_it_came_and_called_what_it_shows(case: Case, alice: User, name: str) -> None:
    media_type, data = hostile.POLYGLOTS[name]()

    exhibit = add(case, alice, data, "polyglot.html")

    assert exhibit.media_type == media_type
    assert names.safe_download_name(exhibit).endswith((".png", ".jpg"))
    with exhibits.open_original(exhibit) as file:
        assert file.read() == data


def test_a_jpeg_that_is_called_png_is_taken_as_what_it_is(case: Case, alice: User) -> None:
    exhibit = add(case, alice, pictures.picture("JPEG"), "IMG_2041.png")

    assert exhibit.media_type == "image/jpeg"
    assert exhibit.original_name == "IMG_2041.png"
    assert names.safe_download_name(exhibit) == "E1-IMG_2041.jpg"


@pytest.mark.parametrize("name", hostile.FILES)
def test_a_refused_file_leaves_neither_row_nor_file_nor_entry(
    case: Case, alice: User, evidence: Path, name: str
) -> None:
    code, data = hostile.FILES[name]()
    entries = CustodyEntry.objects.count()

    with pytest.raises(Refused) as refused:
        add(case, alice, data)

    assert refused.value.code == code
    assert not Exhibit.objects.exists()
    assert CustodyEntry.objects.count() == entries
    assert stored(evidence) == []


def test_an_empty_file_and_one_too_large_are_refused(case: Case, alice: User, settings: Any) -> None:
    settings.EXHIBIT_MAX_BYTES = 2000

    with pytest.raises(Refused, match="The file is empty"):
        add(case, alice, b"")
    with pytest.raises(Refused, match="The file is larger than"):
        add(case, alice, pictures.picture("JPEG"))


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd.png", "passwd.png"), ("a\u202egnp.exe", "agnp.exe"), ("b\x00c\n.png", "bc.png")],
)
def test_a_name_that_means_harm_is_kept_harmless(case: Case, alice: User, given: str, kept: str) -> None:
    upload = ContentFile(pictures.picture(), name=given)

    exhibit = exhibits.add_exhibit(case=case, by=alice, at=NOON, upload=upload)

    assert exhibit.original_name == kept


def test_the_chain_says_what_came_in_and_from_whom(case: Case, helga: User) -> None:
    taken = datetime(2026, 8, 31, 12, 46, tzinfo=UTC)
    exhibit = add(case, helga, name="chat.png", shows="Chat", claimed_at=taken)

    entry = CustodyEntry.objects.filter(case=case).last()

    assert entry is not None
    assert (entry.action, entry.actor, entry.at) == ("exhibit_received", f"user:{helga.pk}", NOON)
    assert (entry.exhibit_number, entry.exhibit_sha256) == (1, exhibit.sha256)
    assert entry.details == {
        "original_name": "chat.png", "size": exhibit.size, "media_type": "image/png", "source": "upload",
        "pages": 1, "frames": 1, "shows": "Chat", "claimed_at": "2026-08-31T12:46:00+00:00", "contact": None,
    }  # fmt: skip
    assert custody.verify(case) == []


def test_exhibits_are_numbered_in_order_and_no_number_is_given_twice(case: Case, alice: User) -> None:
    first, second = add(case, alice), add(case, alice, pictures.picture(seed=1))
    second.delete()

    third = add(case, alice, pictures.picture(seed=2))

    assert (first.label, second.label, third.label) == ("E1", "E2", "E3")


def test_the_same_bytes_twice_are_refused_by_the_number_they_have(case: Case, alice: User) -> None:
    add(case, alice)
    add(case, alice, pictures.picture(seed=1))

    with pytest.raises(Refused) as refused:
        add(case, alice, pictures.picture(seed=1), "another name.png")

    assert refused.value.messages == ["This very file is already in the case as E2."]
    assert case.exhibits.count() == 2


def test_two_cases_of_one_owner_share_one_stored_file(case: Case, alice: User, evidence: Path) -> None:
    other = factories.make_case(owner=alice)

    assert add(case, alice).storage_key == add(other, alice).storage_key
    assert len(stored(evidence)) == 1


def test_two_owners_never_share_a_file(case: Case, alice: User, mallory: User, evidence: Path) -> None:
    theirs = factories.make_case(owner=mallory)

    assert add(case, alice).storage_key != add(theirs, mallory).storage_key
    assert len(stored(evidence)) == 2


def test_what_a_helper_sends_lies_with_the_owner_and_counts_for_the_owner(
    case: Case, helga: User, alice: User, settings: Any
) -> None:
    exhibit = add(case, helga)
    settings.USER_MAX_BYTES = exhibit.size + 100

    assert exhibit.storage_key.startswith(f"originals/{alice.pk}/")
    with pytest.raises(Refused):
        add(case, alice, pictures.picture(seed=1))
    assert add(factories.make_case(owner=helga), helga, pictures.picture("JPEG")).label == "E1"


def test_the_share_of_an_owner_is_not_passed(case: Case, alice: User, settings: Any, evidence: Path) -> None:
    settings.USER_MAX_BYTES = len(pictures.picture()) + len(pictures.picture(seed=1))
    other = factories.make_case(owner=alice)
    add(case, alice)
    add(other, alice, pictures.picture(seed=1))

    with pytest.raises(Refused) as refused:
        add(other, alice, pictures.picture(seed=2))

    assert refused.value.code == "no_room_for_user"
    assert len(stored(evidence)) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("claimed_at", datetime(1, 1, 1, tzinfo=UTC)),
        ("shows", "x" * 501),
        ("shows", "a\x00b"),
        ("claimed_at", NOON + timedelta(hours=1)),
    ],
)
def test_what_was_typed_is_checked(case: Case, alice: User, field: str, value: Any, evidence: Path) -> None:
    with pytest.raises(ValidationError) as refused:
        add(case, alice, **{field: value})

    assert list(refused.value.message_dict) == [field]
    assert stored(evidence) == []


def test_an_exhibit_of_a_contact_meets_the_deadline_that_asks_for_it(case: Case, alice: User) -> None:
    contact = contacts.log_contact(
        case=case, by=alice, at=NOON, channel="live_room", outcome="no_answer", stream_ended_at=NOON
    )
    later = NOON + timedelta(minutes=10)

    exhibit = add(case, alice, contact=contact, at=later)

    assert list(contact.exhibits.all()) == [exhibit]
    assert Deadline.objects.get(rule="douyin.live_room.save_chat").met_at == later


def test_an_exhibit_may_be_linked_to_a_contact_later_and_once(case: Case, alice: User) -> None:
    contact = contacts.log_contact(case=case, by=alice, at=NOON, channel="shop_message", outcome="no_answer")
    exhibit = add(case, alice)

    for _turn in range(2):
        exhibits.link_contact(exhibit=exhibit, contact=contact, by=alice, at=NOON)

    assert list(exhibit.contacts.all()) == [contact]
    linked = CustodyEntry.objects.get(action="exhibit_linked")
    assert linked.details == {"contact": contact.pk, "channel": "shop_message"}
    assert linked.exhibit_number == 1


def test_a_contact_of_another_case_is_refused(case: Case, alice: User, evidence: Path) -> None:
    other = factories.make_case(owner=alice)
    contact = contacts.log_contact(case=other, by=alice, at=NOON, channel="shop_message", outcome="no_answer")

    with pytest.raises(ValidationError, match="belongs to another case"):
        add(case, alice, contact=contact)
    with pytest.raises(ValidationError, match="belongs to another case"):
        exhibits.link_contact(exhibit=add(case, alice), contact=contact, by=alice, at=NOON)


def test_describing_an_exhibit_is_written_down_only_when_something_changes(case: Case, alice: User) -> None:
    exhibit = add(case, alice, shows="Order page")
    taken = datetime(2026, 8, 31, 12, 0, tzinfo=UTC)

    for _turn in range(2):
        exhibits.describe_exhibit(exhibit=exhibit, by=alice, at=NOON, shows="Chat", claimed_at=taken)

    described = CustodyEntry.objects.get(action="exhibit_described")
    assert described.details == {
        "changed": {"shows": ["Order page", "Chat"], "claimed_at": ["", "2026-08-31T12:00:00+00:00"]}
    }
    exhibit.refresh_from_db()
    assert (exhibit.shows, exhibit.claimed_at) == ("Chat", taken)


def test_the_time_in_the_picture_is_offered_and_not_stored(case: Case, alice: User) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:08:31 20:46:05"
    exhibit = add(case, alice, pictures.encoded(Image.new("RGB", (9, 9)), "JPEG", exif=exif))

    offered = exhibits.suggest_claimed_at(exhibit, ZoneInfo("Asia/Shanghai"))

    assert offered == datetime(2026, 8, 31, 12, 46, 5, tzinfo=UTC)
    assert Exhibit.objects.get().claimed_at is None


def test_one_changed_bit_and_a_missing_file_are_told_apart(case: Case, alice: User, evidence: Path) -> None:
    exhibit = add(case, alice)
    path = evidence / exhibit.storage_key
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)

    assert exhibits.verify_original(exhibit) is exhibits.OriginalState.ALTERED
    path.unlink()
    assert exhibits.verify_original(exhibit) is exhibits.OriginalState.MISSING
    with pytest.raises(store.Missing):
        exhibits.open_original(exhibit)


def test_a_reader_of_the_list_of_exhibits_costs_no_query_for_each(
    case: Case, alice: User, django_assert_num_queries: Any
) -> None:
    for seed in range(3):
        exhibits.make_working_copies(exhibit_id=add(case, alice, pictures.picture(seed=seed)).pk, at=NOON)

    with django_assert_num_queries(2):
        listed = list(case.exhibits.prefetch_related("working_copies"))
        assert all(exhibits.thumbnail_of(exhibit) for exhibit in listed)


def test_taking_in_costs_few_queries_however_large_the_case(
    case: Case, alice: User, django_assert_max_num_queries: Any
) -> None:
    for seed in range(5):
        add(case, alice, pictures.picture(seed=seed))

    with django_assert_max_num_queries(20):
        add(case, alice, pictures.picture(seed=9))
