from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from cases.casefile import layout
from cases.casefile.verify import verify
from tests.casefile.spoiling import flip, reasons


def test_every_byte_of_the_zips_own_records_counts(bag: Path, tmp_path: Path) -> None:
    whole, changed = bag.read_bytes(), tmp_path / "changed.zip"
    directory = whole.index(b"PK\x01\x02")
    for at in range(directory, len(whole), 3):
        changed.write_bytes(flip(whole, at, at % 8))

        assert verify(changed).exit_code != 0, at


def test_bytes_before_behind_and_between_are_found(bag: Path, tmp_path: Path) -> None:
    whole, changed = bag.read_bytes(), tmp_path / "changed.zip"
    for content in (b"MZ" + whole, whole + b"\0", whole[:-1], whole[:100] + b"xx" + whole[100:]):
        changed.write_bytes(content)

        assert verify(changed).exit_code != 0


def test_a_second_file_of_the_same_name_is_found(bag: Path) -> None:
    with zipfile.ZipFile(bag, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(layout.CASE_JSON, b"{}")

    assert ("duplicate", layout.CASE_JSON) in reasons(verify(bag))


@pytest.mark.parametrize(
    "name", ["../outside.txt", "/etc/outside", "data/../../x", "C:/x", "data\\x", "data/./x"]
)
def test_a_name_that_points_outside_is_found_and_nothing_is_written(bag: Path, name: str) -> None:
    with zipfile.ZipFile(bag, "a") as archive:
        archive.writestr(name, b"x")

    assert ("outside", name) in reasons(verify(bag))


def test_a_link_in_the_zip_is_found(bag: Path) -> None:
    entry = zipfile.ZipInfo("data/exhibits/link.png")
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(bag, "a") as archive:
        archive.writestr(entry, b"/etc/passwd")

    assert ("link", "data/exhibits/link.png") in reasons(verify(bag))


def test_a_zip_that_claims_to_grow_without_end_is_refused_before_it_is_read(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(layout.MANIFEST, b"\0" * (80 * 1024 * 1024))

    verdict = verify(bomb)

    assert verdict.exit_code == 2
    assert verdict.findings[0].reason == "too_much"


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"PK\x05\x06" + b"\0" * 18, b"%PDF-1.7 no zip at all", b"PK\x05\x06" + b"\xff" * 40],
)
def test_what_is_no_case_file_is_unreadable(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)

    assert verify(tmp_path / "x.zip").exit_code == 2


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    verdict = verify(tmp_path / "nowhere.zip")

    assert (verdict.exit_code, verdict.findings[0].reason) == (2, "no_file")


def test_a_case_file_packed_again_by_another_program_is_still_unaltered(folder: Path, tmp_path: Path) -> None:
    packed = Path(shutil.make_archive(str(tmp_path / "again"), "zip", tmp_path, folder.name))

    verdict = verify(packed)

    assert verdict.exit_code == 0
    assert "packed_again" in {note.reason for note in verdict.notes}


def test_names_of_strangers_cannot_play_with_the_terminal(bag: Path) -> None:
    with zipfile.ZipFile(bag, "a") as archive:
        archive.writestr("data/\u202egnp.exe", b"x")

    verdict = verify(bag)

    assert all("\u202e" not in found.text.en for found in verdict.findings)
    assert any("[U+202E]" in found.text.en for found in verdict.findings)
