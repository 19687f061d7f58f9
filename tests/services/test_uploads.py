"""Files that come in pieces: begun, gone on with, finished, refused, given up; and what is left of each."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cases.evidence import intake, store
from cases.evidence.refused import Refused
from cases.models import Case, Exhibit, Upload, UploadPiece
from cases.services import contacts, exhibits, scrub, upload_pieces, uploads
from cases.services.exhibits import Said
from tests import factories, pictures, recordings
from tests.factories import NOON
from tracker.accounts.models import User

pytestmark = pytest.mark.usefixtures("evidence")

PICTURE = pictures.picture("PNG")
MINUTE = timedelta(minutes=1)


def begin(case: Case, by: User, content: bytes = PICTURE, **said: Any) -> Upload:
    sha256 = hashlib.sha256(content).hexdigest()
    return uploads.begin(
        case=case, by=by, at=NOON, size=len(content), sha256=sha256, said=Said("截图.png", **said)
    )


def send(upload: Upload, content: bytes, *, offset: int = 0, length: int | None = None) -> int:
    return uploads.add_piece(
        upload=upload,
        offset=offset,
        stream=io.BytesIO(content),
        length=len(content) if length is None else length,
        at=NOON + MINUTE,
    )


def whole(case: Case, by: User, content: bytes = PICTURE, **said: Any) -> Upload:
    """All of it is here, in three pieces; not finished yet."""
    upload = begin(case, by, content, **said)
    third = len(content) // 3
    for start in (0, third, 2 * third):
        end = start + third if start < 2 * third else len(content)
        send(upload, content[start:end], offset=start)
    return upload


def left_behind() -> list[str]:
    """What lies in the store beside originals and copies, and in the folder of what comes in."""
    pieces = sorted(key for key in iter(store.keys()) if key.startswith("uploads/"))
    return [*pieces, *(path.name for path in Path(intake.incoming_folder()).iterdir())]


class TestTakingIn:
    def test_pieces_put_together_are_the_file_bit_for_bit(self, case: Case, alice: User):
        upload = whole(case, alice, shows="Chat with the shop")

        taken = uploads.finish(upload=upload, at=NOON + MINUTE)

        assert (taken.exhibit.label, taken.is_new) == ("E1", True)
        assert taken.exhibit.sha256 == hashlib.sha256(PICTURE).hexdigest()
        assert (taken.exhibit.original_name, taken.exhibit.shows) == ("截图.png", "Chat with the shop")
        with exhibits.open_original(taken.exhibit) as file:
            assert file.read() == PICTURE
        assert left_behind() == []
        assert list(scrub.scrub()) == []

    def test_asked_again_it_gives_the_same_answer(self, case: Case, alice: User):
        other = factories.make_case(owner=alice, title="A warped table")
        elsewhere = exhibits.add_exhibit(case=other, by=alice, at=NOON, upload=pictures.upload(PICTURE))
        new, known = whole(case, alice), PICTURE + b"\0"
        first = uploads.finish(upload=new, at=NOON + MINUTE)
        exhibits.add_exhibit(case=case, by=alice, at=NOON, upload=pictures.upload(known))
        same = uploads.finish(upload=whole(case, alice, known), at=NOON + MINUTE)
        later = factories.make_case(owner=alice)
        exhibits.add_exhibit(case=later, by=alice, at=NOON + 2 * MINUTE, upload=pictures.upload(PICTURE))

        again = [uploads.finish(upload=row, at=NOON + 9 * MINUTE) for row in Upload.objects.order_by("pk")]

        assert again == [first, same]
        assert (first.is_new, first.elsewhere, same.is_new) == (True, (elsewhere,), False)
        assert case.exhibits.count() == 2

    def test_the_same_announcement_goes_on_where_it_stopped(self, case: Case, alice: User):
        upload = begin(case, alice)
        send(upload, PICTURE[:1000])

        again = begin(case, alice, shows="The order")

        assert (again.pk, again.offset, again.shows) == (upload.pk, 1000, "The order")

    def test_another_user_or_another_case_begins_anew(self, case: Case, alice: User, helga: User):
        upload = begin(case, alice)

        other_case = factories.make_case(owner=alice)
        assert begin(case, helga).pk != upload.pk
        assert begin(other_case, alice).pk != upload.pk

    def test_the_same_bytes_again_stay_one_exhibit_and_prove_the_contact(self, case: Case, alice: User):
        exhibit = exhibits.add_exhibit(case=case, by=alice, at=NOON, upload=pictures.upload(PICTURE))
        contact = contacts.log_contact(
            case=case, by=alice, at=NOON, channel="shop_message", outcome="answered"
        )

        taken = uploads.finish(upload=whole(case, alice, contact=contact), at=NOON + MINUTE)

        assert (taken.exhibit, taken.is_new) == (exhibit, False)
        assert list(contact.exhibits.all()) == [exhibit]
        assert left_behind() == []

    def test_the_same_bytes_in_another_case_of_the_owner_are_pointed_out(self, case: Case, alice: User):
        other = factories.make_case(owner=alice, title="A warped table")
        first = exhibits.add_exhibit(case=other, by=alice, at=NOON, upload=pictures.upload(PICTURE))

        taken = uploads.finish(upload=whole(case, alice), at=NOON + MINUTE)

        assert (taken.is_new, taken.elsewhere) == (True, (first,))

    def test_in_the_case_of_somebody_else_they_are_not(self, case: Case, alice: User, mallory: User):
        theirs = factories.make_case(owner=mallory)
        exhibits.add_exhibit(case=theirs, by=mallory, at=NOON, upload=pictures.upload(PICTURE))

        assert uploads.finish(upload=whole(case, alice), at=NOON + MINUTE).elsewhere == ()


class TestPieces:
    def test_one_that_begins_elsewhere_is_told_where_to_go_on(self, case: Case, alice: User):
        upload = begin(case, alice)
        send(upload, PICTURE[:1000])

        for offset in (0, 999, 1001):
            with pytest.raises(uploads.WrongOffset) as wrong:
                send(upload, PICTURE[1000:1100], offset=offset)
            assert wrong.value.offset == 1000
        assert UploadPiece.objects.count() == 1

    def test_one_that_another_request_sent_meanwhile_is_kept_once(self, case: Case, alice: User):
        upload = begin(case, alice)
        same = Upload.objects.get()
        send(same, PICTURE[:1000])

        with pytest.raises(uploads.WrongOffset):
            send(upload, PICTURE[:1000])

        assert UploadPiece.objects.count() == 1
        assert len(left_behind()) == 1
        send(upload, PICTURE[1000:], offset=1000)
        assert uploads.finish(upload=upload, at=NOON).exhibit.label == "E1"

    def test_of_one_that_was_cut_off_nothing_is_kept(self, case: Case, alice: User):
        upload = begin(case, alice)

        with pytest.raises(uploads.Torn):
            send(upload, PICTURE[:500], length=1000)

        assert Upload.objects.get().offset == 0
        assert left_behind() == []

    def test_a_browser_that_goes_away_leaves_nothing(self, case: Case, alice: User):
        class GoneAway(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                raise OSError("client disconnected")

        upload = begin(case, alice)
        with pytest.raises(uploads.Torn):
            uploads.add_piece(upload=upload, offset=0, stream=GoneAway(), length=10, at=NOON)

        assert left_behind() == []

    def test_one_beyond_the_announced_end_is_refused(self, case: Case, alice: User):
        upload = begin(case, alice)

        with pytest.raises(Refused, match="larger than"):
            send(upload, PICTURE + b"more")

        assert left_behind() == []


class TestRefusing:
    def test_a_torn_upload_is_noticed_and_begins_anew(self, case: Case, alice: User):
        upload = begin(case, alice)
        send(upload, PICTURE[:-1] + b"?")

        with pytest.raises(Refused, match="its SHA-256 differs from the one your browser computed"):
            uploads.finish(upload=upload, at=NOON)

        assert (Exhibit.objects.count(), left_behind()) == (0, [])
        again = begin(case, alice)
        assert (again.pk != upload.pk, again.offset) == (True, 0)

    def test_what_is_no_evidence_is_refused_and_nothing_is_kept(self, case: Case, alice: User):
        upload = whole(case, alice, b"MZ\x90\0" + bytes(3000))

        with pytest.raises(Refused, match="This is a program"):
            uploads.finish(upload=upload, at=NOON)

        assert left_behind() == []
        with pytest.raises(Refused, match="Choose the file again"):
            uploads.finish(upload=Upload.objects.get(), at=NOON)

    @pytest.mark.parametrize(
        ("size", "sentence"),
        [(0, "is empty"), (700 * 1024 * 1024, "larger than 600"), (-1, "cannot be read")],
    )
    def test_a_size_that_cannot_be_is_refused_before_anything_is_sent(
        self, case: Case, alice: User, size: int, sentence: str
    ):
        with pytest.raises(ValidationError, match=sentence):
            uploads.begin(case=case, by=alice, at=NOON, size=size, sha256="a" * 64, said=Said())

    def test_a_picture_may_not_be_as_large_as_a_recording(self, case: Case, alice: User, settings: Any):
        settings.EXHIBIT_MAX_BYTES = 1000

        with pytest.raises(Refused, match="larger than 1000"):
            uploads.finish(upload=whole(case, alice), at=NOON)

    @pytest.mark.parametrize(
        ("beginning", "size", "sentence"),
        [
            (PICTURE, 50 * 1024 * 1024 + 1, "larger than 50"),
            (b"MZ\x90\0" + bytes(5000), 9000, "This is a program"),
            (b"Nothing that is long" + b"\0\1\2" * 1000, 3020, "none of the kinds"),
        ],
    )
    def test_what_the_first_piece_tells_is_refused_at_once(
        self, case: Case, alice: User, beginning: bytes, size: int, sentence: str
    ):
        upload = uploads.begin(case=case, by=alice, at=NOON, size=size, sha256="a" * 64, said=Said("a.png"))

        with pytest.raises(Refused, match=sentence):
            send(upload, beginning.ljust(5000, b"\0")[: min(size, 5000)])

        assert (uploads.unfinished(case, alice), left_behind()) == ([], [])

    def test_a_recording_may_go_on_beyond_the_size_of_a_picture(self, case: Case, alice: User, settings: Any):
        settings.EXHIBIT_MAX_BYTES = 10_000
        film = recordings.recording("wav")

        assert uploads.finish(upload=whole(case, alice, film), at=NOON).exhibit.size == 32_044

    def test_what_is_under_way_counts_into_the_users_share(self, case: Case, alice: User, settings: Any):
        settings.USER_MAX_BYTES = 2 * len(PICTURE) - 1
        upload, other = whole(case, alice), factories.make_case(owner=alice)

        with pytest.raises(Refused, match="would pass"):
            begin(other, alice)
        with pytest.raises(Refused, match="would pass"):
            exhibits.add_exhibit(case=other, by=alice, at=NOON, upload=pictures.upload(PICTURE))
        assert uploads.finish(upload=upload, at=NOON).exhibit.label == "E1"

    def test_a_hundred_at_once_are_enough(self, case: Case, alice: User, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(uploads, "MOST_UNDER_WAY", 2)
        begin(case, alice, b"one")
        begin(case, alice, b"two")

        with pytest.raises(Refused, match="2 files are under way already"):
            begin(case, alice, b"three")

    def test_a_piece_that_is_gone_ends_it_and_the_file_is_sent_anew(self, case: Case, alice: User):
        upload = whole(case, alice)
        store.delete(left_behind()[1])

        with pytest.raises(Refused, match="A part of what you sent is not there any more"):
            uploads.finish(upload=upload, at=NOON)

        assert (Exhibit.objects.count(), left_behind()) == (0, [])
        assert uploads.finish(upload=whole(case, alice), at=NOON).exhibit.label == "E1"

    def test_a_store_that_does_not_answer_leaves_it_to_be_finished_later(
        self, case: Case, alice: User, monkeypatch: pytest.MonkeyPatch
    ):
        upload = whole(case, alice)

        def away(key: str) -> None:
            raise store.StoreTrouble("away")

        with monkeypatch.context() as patch:
            patch.setattr(store, "open", away)
            with pytest.raises(Refused, match="does not answer"):
                uploads.finish(upload=upload, at=NOON)

        assert uploads.finish(upload=Upload.objects.get(), at=NOON).exhibit.label == "E1"


class TestLeaving:
    def test_what_is_given_up_leaves_nothing(self, case: Case, alice: User):
        upload = whole(case, alice)

        uploads.give_up(upload=upload, at=NOON)

        assert (left_behind(), UploadPiece.objects.count()) == ([], 0)
        assert uploads.unfinished(case, alice) == []

    def test_what_nobody_went_on_with_for_a_week_goes(self, case: Case, alice: User):
        whole(case, alice)

        uploads.clear_stale(NOON + timedelta(days=6))
        assert len(left_behind()) == 3
        uploads.clear_stale(NOON + timedelta(days=8))
        assert left_behind() == []
        uploads.clear_stale(NOON + timedelta(days=10))
        assert Upload.objects.count() == 0

    def test_pieces_that_an_end_left_behind_go_with_the_sweep(
        self, case: Case, alice: User, monkeypatch: pytest.MonkeyPatch
    ):
        upload = whole(case, alice)
        with monkeypatch.context() as patch:
            patch.setattr(upload_pieces, "remove_pieces", lambda upload: None)
            uploads.finish(upload=upload, at=NOON)
        assert len(left_behind()) == 3

        uploads.clear_stale(NOON + timedelta(days=2))

        assert (left_behind(), Upload.objects.count()) == ([], 0)
        assert Exhibit.objects.count() == 1
