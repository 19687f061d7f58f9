"""Text is what decodes to its end without control bytes, and is shown sign by sign."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.evidence import inspection, plain, text_pages, texts
from cases.evidence.refused import Refused

CHAT = "2026-11-20 10:01 我：退款什么时候到？\n2026-11-20 10:02 客服：亲，今天到账哦😊\n"


def path_of(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


def refusal_of(folder: Path, data: bytes) -> str | None:
    with pytest.raises(Refused) as refused:
        inspection.inspect(path_of(folder, data))
    return refused.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_the_export_of_a_chat_is_read_in_the_encodings_of_chinese_phones(
    tmp_path: Path, encoding: str
) -> None:
    path = path_of(tmp_path, CHAT.encode(encoding))

    facts = inspection.inspect(path)

    assert (facts.media_type, facts.page_count, facts.width, facts.duration_ms) == (
        "text/plain",
        1,
        None,
        None,
    )
    assert texts.read(path) == CHAT


def test_text_in_utf_16_with_its_big_end_first_is_read(tmp_path: Path) -> None:
    path = path_of(tmp_path, b"\xfe\xff" + CHAT.encode("utf-16-be"))

    assert inspection.inspect(path).media_type == "text/plain"
    assert texts.read(path) == CHAT


def test_a_chat_that_speaks_of_web_pages_is_still_a_chat(tmp_path: Path) -> None:
    data = "客服：请把 <html> 和 <script>alert(1)</script> 发给我\n".encode()

    assert inspection.inspect(path_of(tmp_path, data)).media_type == "text/plain"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "page", ["<!DOCTYPE html><p>x", "  <svg xmlns='x'>", "<?xml version='1.0'?>", "<?php x"]
)
def test_a_web_page_is_no_text_in_any_encoding(tmp_path: Path, encoding: str, page: str) -> None:
    assert refusal_of(tmp_path, page.encode(encoding)) == "markup"


@pytest.mark.parametrize("script", ["#!/bin/sh\nid", "@ECHO OFF\r\ndel x", "%!PS-Adobe-3.0\n"])
def test_a_script_is_no_text(tmp_path: Path, script: str) -> None:
    assert refusal_of(tmp_path, script.encode()) == "program"


def test_text_that_ends_in_mid_character_was_cut_off(tmp_path: Path) -> None:
    assert refusal_of(tmp_path, CHAT.encode()[:-3]) == "damaged"
    assert refusal_of(tmp_path, ("客服：" * 9000).encode()[:-1]) == "damaged"


def test_a_control_byte_far_behind_the_beginning_is_found(tmp_path: Path) -> None:
    assert refusal_of(tmp_path, b"a line of text\n" * 30_000 + b"\0") == "not_text"
    assert refusal_of(tmp_path, b"a line of text\n" * 30_000 + b"\x1b[2J") == "not_text"


@pytest.mark.parametrize("data", [b"\xff" * 500, bytes(range(128, 256)) * 9, "Å é ü ß".encode("latin-1")])
def test_bytes_that_are_no_text_in_these_encodings_are_refused(tmp_path: Path, data: bytes) -> None:
    assert refusal_of(tmp_path, data) in {"unknown", "not_text"}


def test_of_a_long_text_the_beginning_is_read_and_sixty_pages_are_drawn(tmp_path: Path) -> None:
    path = path_of(tmp_path, "一二三四五六七八九十\n".encode() * 400_000)

    assert inspection.inspect(path).page_count == 60
    assert len(texts.read(path)) == plain.READ_CHARS == 200_000
    assert text_pages.pages_of(texts.read(path))[-1][-1] == text_pages.REST


def test_lines_break_where_the_page_ends() -> None:
    (page,) = text_pages.pages_of("国" * 40 + "\n" + "a" * 70)

    assert page == ("国" * 34, "国" * 6, "a" * 68, "a" * 2)


def test_what_turns_a_line_around_or_cannot_be_seen_is_shown_as_a_token() -> None:
    (page,) = text_pages.pages_of("safe\u202etxt.exe\u200b😊")

    assert page == ("safe[U+202E]txt.exe[U+200B][U+1F60A]",)


def test_a_page_is_drawn_in_any_width(tmp_path: Path) -> None:
    path = path_of(tmp_path, CHAT.encode())

    small, large = texts.draw(path, "text/plain", width=720), texts.draw_page(path, "text/plain", 1, 1080)

    assert (small.size, large.size) == ((720, 1000), (1080, 1500))
    assert small.convert("L").getextrema()[0] < 60  # type: ignore[operator]


def test_empty_lines_alone_are_a_page(tmp_path: Path) -> None:
    assert inspection.inspect(path_of(tmp_path, b"\r\n\r\n")).page_count == 1
