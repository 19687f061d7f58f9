"""Files made to break programs are taken in whole or refused with a sentence, and leave nothing behind."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.evidence import inspection, names, store, working_copies
from cases.evidence.refused import Refused
from cases.models import Case, Exhibit
from cases.rules import media_types
from cases.services import exhibit_copies
from tests import corpora, hostile, hostile_words, pictures, recordings
from tests.factories import NOON
from tests.mails import mail
from tests.programs import NotInstalled
from tracker import env

# What the suite itself calls corrupted: wrong signature, missing or broken chunks, wrong checksums.
CORRUPTED_PNGS = {
    "xc1n0g08.png", "xc9n2c08.png", "xcrn0g04.png", "xcsn0g01.png", "xd0n2c08.png", "xd3n2c08.png",
    "xd9n2c08.png", "xdtn0g01.png", "xhdn0g08.png", "xlfn0g04.png", "xs1n0g01.png", "xs2n0g01.png",
    "xs4n0g01.png", "xs7n0g01.png",
}  # fmt: skip
BROKEN_FOR_PILLOW = {
    "images/broken.png", "images/broken_data_stream.png", "images/truncated_image.png",
    "images/truncated_end_chunk.png", "images/truncated_jpeg.jpg", "images/zero_width.gif",
    "images/decompression_bomb.gif", "images/png_decompression_dos.png",
}  # fmt: skip
WHOLE_FOR_PILLOW = {
    "images/hopper.png", "images/hopper.jpg", "images/hopper.webp", "images/hopper.gif",
    "images/avif/hopper.avif",
}  # fmt: skip
NAMES = (
    "../../../etc/passwd", "..\\..\\boot.ini", "/etc/shadow", "a\0b.png", "x" * 300 + ".png", ".htaccess",
    "\u202egnp.exe", 'a"b\r\nX: y.png', "CON.png", "订单.png.exe", "", "-rf *.png",
)  # fmt: skip


def outcome(path: Path, data: bytes) -> str:
    """The type of what is taken in, or “refused”; whatever else happens is a failure of the test."""
    path.write_bytes(data)
    try:
        media_type = inspection.inspect(path).media_type
    except Refused as refused:
        assert len(refused.messages) == 1 and refused.messages[0].endswith(".")
        assert refused.code
        return "refused"
    try:
        copies = list(working_copies.draw(path, media_type))
    except Refused:
        copies = []
    assert all(copy.data for copy in copies)
    assert path.read_bytes() == data
    return media_type


def test_the_whole_png_suite_is_taken_in_or_refused(tmp_path: Path) -> None:
    try:
        suite = corpora.png_suite()
    except NotInstalled as reason:
        pytest.skip(str(reason))

    outcomes = {path.name: outcome(tmp_path / "file", path.read_bytes()) for path in suite}

    assert len(outcomes) >= 170
    assert {name for name, what in outcomes.items() if what == "refused"} == CORRUPTED_PNGS
    assert set(outcomes.values()) == {"image/png", "refused"}


@pytest.mark.filterwarnings("ignore")
def test_every_image_that_pillow_tests_itself_with_is_taken_in_or_refused(tmp_path: Path) -> None:
    try:
        outcomes = {name: outcome(tmp_path / "file", data) for name, data in corpora.pillow_images()}
    except corpora.NotFetched as reason:
        pytest.skip(str(reason))

    assert len(outcomes) >= 1_000
    assert {name for name in BROKEN_FOR_PILLOW if outcomes[name] != "refused"} == set()
    assert {name for name in WHOLE_FOR_PILLOW if outcomes[name] == "refused"} == set()
    assert Counter(outcomes.values())["image/png"] >= 400


def every_kind() -> dict[str, bytes]:
    made = {kind.lower(): pictures.picture(kind) for kind in ("PNG", "JPEG", "WEBP", "HEIF", "AVIF", "GIF")}
    made |= {name: recordings.recording(name) for name in recordings.KINDS}
    return made | {"pdf": pictures.pdf(), "txt": "订单编号：退款\n".encode(), "eml": mail(attachments=("a",))}


@pytest.fixture
def evidence(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGES = {**settings.STORAGES, "evidence": env.storage(tmp_path / "evidence")}
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "incoming")
    (tmp_path / "incoming").mkdir()
    return tmp_path


def sent(client: Client, case: Case, name: str, data: bytes) -> bool:
    """Send it as a browser does; True when it is an exhibit now, the same bit for bit."""
    before = case.exhibits.count()
    upload = SimpleUploadedFile("x", data)
    upload.__dict__["_name"] = name or "x"  # what Django would clean before it is sent
    response = client.post(reverse("cases:exhibits", args=[case.reference]), {"files": [upload]})
    assert response.status_code in {302, 422}, name
    if response.status_code == 422:
        assert case.exhibits.count() == before
        return False
    exhibit = case.exhibits.latest("number")
    assert exhibit.sha256 == hashlib.sha256(data).hexdigest() == store.digest(exhibit.storage_key)
    return True


def check_that_nothing_is_left(folder: Path) -> None:
    assert list((folder / "incoming").iterdir()) == []
    stored = [key for key in store.keys() if not key.startswith("copies/")]  # noqa: SIM118 - no dictionary
    assert set(stored) == set(Exhibit.objects.values_list("storage_key", flat=True))


def a_sample() -> Iterator[tuple[str, bytes]]:
    """Every hostile file, and every fortieth of the corpora where they are there."""
    for name, make in {**hostile.FILES, **hostile_words.FILES}.items():
        yield name, make()[1]
    try:
        yield from [(path.name, path.read_bytes()) for path in corpora.png_suite()[::40]]
        yield from [file for number, file in enumerate(corpora.pillow_images()) if number % 40 == 0]
    except (NotInstalled, corpora.NotFetched):
        return  # the tests above say so


@pytest.mark.filterwarnings("ignore")
def test_hostile_files_sent_in_by_the_browser_leave_nothing_behind(
    case: Case, alice_client: Client, evidence: Path
) -> None:
    taken = [name for name, data in a_sample() if sent(alice_client, case, f"{name[:60]}.png", data)]

    assert not set(taken) & {*hostile.FILES, *hostile_words.FILES}
    check_that_nothing_is_left(evidence)


def test_every_kind_is_taken_under_any_name_and_drawn_or_noted(
    case: Case, alice_client: Client, evidence: Path
) -> None:
    for number, (kind, data) in enumerate(every_kind().items()):
        assert sent(alice_client, case, NAMES[number % len(NAMES)], data), kind

    for exhibit in case.exhibits.all():
        exhibit_copies.make_working_copies(exhibit_id=exhibit.pk, at=NOON)
        assert exhibit_copies.is_drawable(exhibit)
        shown = names.safe_download_name(exhibit)
        assert shown.startswith(f"{exhibit.label}") and not set(shown) & set('/\\\0\r\n"<>|*?:\u202e')
        ending = media_types.extension_for(exhibit.media_type)
        assert shown.endswith(f".{ending}") and len(shown.encode()) < 200
    assert exhibit_copies.make_missing_working_copies() == 0
    check_that_nothing_is_left(evidence)


def test_every_name_of_a_path_is_made_harmless(case: Case, alice_client: Client, evidence: Path) -> None:
    for number, name in enumerate(NAMES):
        assert sent(alice_client, case, name, pictures.picture(seed=number)), name

    check_that_nothing_is_left(evidence)
    assert not any(
        ".." in name or "/" in name for name in case.exhibits.values_list("original_name", flat=True)
    )


def test_a_wrong_extension_changes_nothing(case: Case, alice_client: Client, evidence: Path) -> None:
    for kind, data in every_kind().items():
        assert sent(alice_client, case, "picture.exe" if kind == "png" else "picture.png", data), kind

    assert {exhibit.media_type for exhibit in case.exhibits.all()} == {
        "image/png", "image/jpeg", "image/webp", "image/heic", "image/avif", "image/gif", "application/pdf",
        "text/plain", "message/rfc822", *recordings.MEDIA_TYPES.values(),
    }  # fmt: skip
