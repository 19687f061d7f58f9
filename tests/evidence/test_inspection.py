"""What a file is and whether it is whole is told by its content, never by its name."""

from __future__ import annotations

import contextlib
import io
import random
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from django.test import override_settings
from PIL import Image

from cases.evidence import inspection, working_copies
from cases.evidence import pictures as picture_room
from cases.evidence.facts import Facts
from cases.evidence.refused import Refused
from tests import hostile, hostile_words, pictures

KINDS = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
    "AVIF": "image/avif",
    "GIF": "image/gif",
}
FILES = {**hostile.FILES, **hostile_words.FILES}
POLYGLOTS = {**hostile.POLYGLOTS, **hostile_words.POLYGLOTS}


def inspect(folder: Path, data: bytes) -> Facts:
    path = folder / "file"
    path.write_bytes(data)
    return inspection.inspect(path)


def refusal_of(folder: Path, data: bytes) -> Refused:
    with pytest.raises(Refused) as refused:
        inspect(folder, data)
    return refused.value


@pytest.mark.parametrize("kind", KINDS)
def test_a_phone_screenshot_is_taken_in_every_kind_phones_make(tmp_path: Path, kind: str) -> None:
    facts = inspect(tmp_path, pictures.encoded(pictures.screenshot(), kind))

    assert (facts.media_type, facts.width, facts.height) == (KINDS[kind], 1080, 2400)
    assert (facts.page_count, facts.frame_count) == (1, 1)


def test_a_pdf_is_opened_and_its_pages_counted(tmp_path: Path) -> None:
    facts = inspect(tmp_path, pictures.pdf(("one", "two", "three")))

    assert (facts.media_type, facts.page_count, facts.width) == ("application/pdf", 3, None)


def test_a_long_screenshot_of_a_whole_conversation_is_taken(tmp_path: Path) -> None:
    facts = inspect(tmp_path, pictures.encoded(pictures.screenshot(size=(1080, 30_500))))

    assert facts.height == 30_500


@pytest.mark.parametrize("kind", [*KINDS, "PDF"])
@pytest.mark.parametrize("percent", range(0, 100, 10))
def test_a_file_cut_off_on_its_way_is_refused(tmp_path: Path, kind: str, percent: int) -> None:
    whole = pictures.pdf() if kind == "PDF" else pictures.picture(kind)

    refusal = refusal_of(tmp_path, whole[: len(whole) * percent // 100 or 4])

    assert refusal.code in {"damaged", "unknown"}


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF", "GIF"])
@pytest.mark.parametrize("missing", [1, 4, 12])
def test_even_the_last_bytes_are_missed(tmp_path: Path, kind: str, missing: int) -> None:
    assert refusal_of(tmp_path, pictures.picture(kind)[:-missing]).code == "damaged"


def test_a_large_png_with_one_changed_byte_is_refused(tmp_path: Path) -> None:
    data = bytearray(pictures.encoded(pictures.screenshot()))
    data[len(data) // 2] ^= 1

    assert refusal_of(tmp_path, bytes(data)).code == "damaged"


def test_the_hostile_files_are_many() -> None:
    assert len(FILES) >= 85 and len(POLYGLOTS) >= 13


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    code, data = FILES[name]()

    refusal = refusal_of(tmp_path, data)

    assert refusal.code == code
    assert refusal.messages[0].endswith(".")


@pytest.mark.parametrize("name", POLYGLOTS)
def test_something_else_in_a_whole_file_does_not_spoil_it(tmp_path: Path, name: str) -> None:
    media_type, data = POLYGLOTS[name]()

    assert inspect(tmp_path, data).media_type == media_type


def test_a_moving_picture_tells_how_many_frames_it_has(tmp_path: Path) -> None:
    assert inspect(tmp_path, hostile.moving("WEBP", frames=3)).frame_count == 3
    assert inspect(tmp_path, hostile.moving("PNG", frames=3)).frame_count == 3


def test_a_pdf_that_opens_without_a_password_is_taken_though_it_forbids_copying(tmp_path: Path) -> None:
    data = hostile.encrypted_pdf(user_password="")

    assert inspect(tmp_path, data).page_count == 2


@override_settings(EXHIBIT_MAX_PAGES=2)
def test_a_pdf_with_too_many_pages_is_refused(tmp_path: Path) -> None:
    refusal = refusal_of(tmp_path, pictures.pdf(("one", "two", "three")))

    assert refusal.messages == ["The PDF has 3 pages, at most 2 are taken. Send the pages that matter."]


def test_a_picture_made_by_two_lenses_counts_as_a_jpeg(tmp_path: Path) -> None:
    image = pictures.screenshot(size=(400, 300))
    data = pictures.encoded(image, "MPO", save_all=True, append_images=[image])

    facts = inspect(tmp_path, data)

    assert (facts.media_type, facts.frame_count) == ("image/jpeg", 2)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pngs_of_every_make_are_taken(tmp_path: Path, mode: str) -> None:
    assert inspect(tmp_path, pictures.encoded(Image.new(mode, (30, 40)))).height == 40


@pytest.mark.parametrize("kind", [*KINDS, "PDF"])
def test_a_file_with_random_damage_is_taken_or_refused_and_never_a_crash(tmp_path: Path, kind: str) -> None:
    chance = random.Random(f"damage to a {kind}")  # noqa: S311 - what to damage, not a secret
    whole = pictures.pdf() if kind == "PDF" else pictures.picture(kind)
    path = tmp_path / "file"
    for _turn in range(5 if kind == "PDF" else 50):
        damaged = bytearray(whole)
        for _byte in range(chance.choice([1, 3, 30])):
            damaged[chance.randrange(min(len(damaged), chance.choice([64, 1024, len(damaged)])))] = (
                chance.randrange(256)
            )
        path.write_bytes(damaged)
        with contextlib.suppress(Refused):
            facts = inspection.inspect(path)
            drawn = list(working_copies.draw(path, facts.media_type))
            assert [copy.kind for copy in drawn][:2] == ["preview", "thumbnail"]


def test_a_jpeg_that_draws_the_same_pixels_over_and_over_is_refused_before_any_is_drawn(
    tmp_path: Path,
) -> None:
    target = io.BytesIO()
    Image.new("L", (64, 64), 128).save(target, "JPEG", progressive=True)
    whole = target.getvalue()
    last_scan = whole[whole.rindex(b"\xff\xda") : -2]

    assert inspect(tmp_path, whole).media_type == "image/jpeg"
    assert refusal_of(tmp_path, whole[:-2] + last_scan * 200 + whole[-2:]).code == "too_many_scans"


def test_a_picture_waits_for_the_one_before_it_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_room, "PATIENCE_SECONDS", 0.01)

    with picture_room._one_at_a_time:
        assert refusal_of(tmp_path, pictures.picture()).code == "busy"
    assert inspect(tmp_path, pictures.picture()).media_type == "image/png"


def test_scans_are_counted_in_the_picture_alone_and_not_in_the_film_behind_it(tmp_path: Path) -> None:
    """Phones put a film behind a moving photo, in which any two bytes come up by chance."""
    whole = pictures.encoded(pictures.screenshot(size=(270, 600)), "JPEG", progressive=True)
    film = random.Random("a film").randbytes(12 * 1024 * 1024)  # noqa: S311 - bytes of a film, not a secret

    assert film.count(b"\xff\xda") > 100
    assert inspect(tmp_path, whole + film).media_type == "image/jpeg"


def test_markers_without_end_are_refused(tmp_path: Path) -> None:
    assert refusal_of(tmp_path, b"\xff\xd8" + b"\xff\xe0\0\2" * 10_001).code == "too_many_scans"


def test_a_picture_of_too_many_scans_is_not_drawn_either(tmp_path: Path) -> None:
    whole = pictures.encoded(pictures.screenshot(size=(270, 600)), "JPEG", progressive=True)
    path = tmp_path / "file"
    path.write_bytes(whole[:-2] + whole[whole.rindex(b"\xff\xda") : -2] * 100 + whole[-2:])

    with pytest.raises(Refused) as refused:
        list(working_copies.draw(path, "image/jpeg"))

    assert refused.value.code == "too_many_scans"


def test_drawing_waits_as_long_as_it_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal there would be written down for good: an exhibit that cannot be drawn."""
    monkeypatch.setattr(picture_room, "PATIENCE_SECONDS", 0.01)
    path = tmp_path / "file"
    path.write_bytes(pictures.picture())
    with ThreadPoolExecutor(1) as worker:
        with picture_room._one_at_a_time:
            drawing = worker.submit(lambda: list(working_copies.draw(path, "image/png")))
            assert not wait([drawing], timeout=0.2).done

        assert [copy.kind for copy in drawing.result(timeout=20)] == ["preview", "thumbnail"]
