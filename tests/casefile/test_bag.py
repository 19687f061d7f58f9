from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from cases.casefile import layout
from cases.casefile.bag import Altered, Member
from cases.casefile.names import exhibit_file_name
from tests.casefile.bags import EXHIBIT, PICTURE, make_bag, payload


def test_the_same_state_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = make_bag(tmp_path / "1.zip"), make_bag(tmp_path / "2.zip")

    assert first == second
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_an_original_that_is_not_what_was_received_stops_the_writing_and_is_named(tmp_path: Path) -> None:
    spoiled = PICTURE[:-1] + b"?"
    member = Member(EXHIBIT, len(spoiled), lambda: io.BytesIO(spoiled), sha256="0" * 64, label="E1")

    with pytest.raises(Altered) as caught:
        make_bag(tmp_path / "x.zip", members=[*payload()[:-1], member])

    assert caught.value.label == "E1"


def test_an_original_that_was_cut_short_stops_the_writing(tmp_path: Path) -> None:
    member = Member(EXHIBIT, len(PICTURE), lambda: io.BytesIO(PICTURE[:-1]), label="E1")

    with pytest.raises(Altered):
        make_bag(tmp_path / "x.zip", members=[*payload()[:-1], member])


def test_everything_is_stored_with_one_date_and_one_mode(tmp_path: Path) -> None:
    make_bag(tmp_path / "x.zip")

    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 9, 1, 2, 0, 0)}
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}
        assert archive.namelist()[0] == "bagit.txt"


def test_a_value_with_a_line_break_begins_no_second_field_of_the_bag_info(tmp_path: Path) -> None:
    from tests.casefile.bags import KEY, WHEN, write_bag

    info = {"Contact-Name": "Alice\nPayload-Oxum: 0.0"}
    write_bag(tmp_path / "x.zip", payload=payload(), info=info, when=WHEN, key=KEY)

    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert "\nPayload-Oxum: 0.0" not in archive.read(layout.BAG_INFO).decode()


def test_the_way_to_verify_is_told_in_both_languages(tmp_path: Path) -> None:
    make_bag(tmp_path / "x.zip")

    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        text = archive.read(layout.HOW_TO_VERIFY).decode()
    for command in (
        "sha256sum -c manifest-sha256.txt",
        "shasum -a 256 -c",
        "certutil -hashfile",
        "openssl dgst",
        "pdfsig data/case-file.pdf",
    ):
        chinese, _title, english = text.partition("How to check this case file")
        assert command in chinese
        assert command in english
    assert "没有外部时间戳机构的时间戳" in text
    assert "the time is this installation's own" in text


@pytest.mark.parametrize(
    ("original", "media_type", "safe"),
    [
        ("聊天 记录(1).PNG", "image/png", "E001-聊天-记录-1.png"),
        ("../../x.png", "image/jpeg", "E001-x.jpg"),
        ("C:\\Users\\me\\shot.png", "image/png", "E001-shot.png"),
        ("", "application/pdf", "E001.pdf"),
        ("..", "image/webp", "E001.webp"),
        ("a\u202egnp.exe\nb\x00.heic", "image/heic", "E001-a-gnp-exe-b.heic"),
        ("x" * 300 + ".png", "image/png", "E001-" + "x" * 40 + ".png"),
        ("😀.png", "image/png", "E001.png"),
    ],
)
def test_file_names_in_the_bag_are_safe_everywhere(original: str, media_type: str, safe: str) -> None:
    assert exhibit_file_name(1, original, media_type) == safe
