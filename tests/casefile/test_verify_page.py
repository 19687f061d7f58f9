from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from cases.casefile import layout
from cases.casefile.bag import _Writer
from cases.casefile.timestamp import request_stamp
from cases.casefile.verify import verify
from cases.casefile.verify_page import verify_page
from cases.casefile.wording import PLACES, SENTENCES
from tests.casefile.authority import Authority, running_authority
from tests.casefile.bags import EXHIBIT, KEY, OTHER_KEY, chain, chain_lines, make_bag, payload
from tests.casefile.pages import ARGUMENTS, opened, unpacked_page
from tests.casefile.spoiling import flip, rewrite


@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked_page(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def tab(browser: Browser, path: Path) -> Iterator[Page]:
    with opened(browser, path) as page:
        yield page


@pytest.fixture
def page(tab: Page) -> Page:
    """The page as it is at first, in English."""
    tab.reload()
    return tab


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running_authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


def hand_over(page: Page, *files: Path) -> None:
    page.set_input_files("#pick-files", files)
    page.wait_for_selector("#verdict:visible")


def code(page: Page) -> str | None:
    return page.get_attribute("#verdict", "data-code")


def findings(page: Page) -> list[str]:
    return page.locator("#findings li").all_inner_texts()


def notes(page: Page) -> list[str]:
    return page.locator("#notes li").all_inner_texts()


def test_the_page_is_in_every_case_file_covered_by_the_signature_and_always_the_same(bag: Path) -> None:
    with zipfile.ZipFile(bag) as archive:
        assert archive.read(layout.VERIFY_PAGE) == verify_page()
        assert f"  {layout.VERIFY_PAGE}\n" in archive.read(layout.TAG_MANIFEST).decode()
        assert layout.VERIFY_PAGE in archive.read(layout.HOW_TO_VERIFY).decode()


def test_the_page_asks_nothing_of_a_network_and_allows_itself_nothing() -> None:
    page = verify_page().decode()

    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]  # type: ignore[index]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert not re.search(r"""https?://|\bsrc=|\bhref=|@import|url\(|fetch\(|XMLHttpRequest""", page)
    assert "authentic" not in page
    assert "this page as well" in page


def test_the_page_speaks_with_the_sentences_of_the_verifier() -> None:
    page = verify_page().decode()

    for text in (*SENTENCES.values(), *PLACES.values()):
        assert json.dumps(text.as_json(), ensure_ascii=False, sort_keys=True) in page


def test_a_case_file_made_before_there_was_a_page_is_unaltered(
    bag: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: Page
) -> None:
    write = _Writer.tag

    def write_as_then(writer: _Writer, name: str, content: bytes) -> bytes:
        return content if name == layout.VERIFY_PAGE else write(writer, name, content)

    monkeypatch.setattr(_Writer, "tag", write_as_then)
    make_bag(tmp_path / "older.zip")

    hand_over(page, tmp_path / "older.zip")

    assert verify(tmp_path / "older.zip").exit_code == 0
    assert code(page) == "0"


@pytest.mark.parametrize(
    ("language", "says", "condition", "other"),
    [
        (
            "zh-CN",
            "全部 13 个文件与清单和签名相符。",
            "如果下面的公钥指纹确实是制作者的，"
            "那么本档案自 2026-09-01 02:00 +00:00 制作以来未被改动。请在下面比较。",
            "All 13 files fit the lists and the signature.",
        ),
        (
            "en-GB",
            "All 13 files fit the lists and the signature.",
            "If the key's fingerprint below is the maker's, it is unchanged since it was made at "
            "2026-09-01 02:00 +00:00. Compare it below.",
            "全部 13 个文件与清单和签名相符。",
        ),
    ],
)
def test_an_untouched_case_file_is_green_in_the_readers_language_and_the_other(
    browser: Browser, path: Path, bag: Path, language: str, says: str, condition: str, other: str
) -> None:
    with opened(browser, path, language) as page:
        hand_over(page, bag)

        expect(page.locator("#verdict")).to_have_class("verdict good")
        assert page.inner_text("#summary") == says
        assert page.inner_text("#condition") == condition
        assert findings(page) == []
        assert page.inner_text("#facts .fingerprint") == KEY.fingerprint
        page.click("#language")
        assert page.inner_text("#summary") == other


def test_with_the_makers_fingerprint_it_says_since_when_and_with_which_key(page: Page, bag: Path) -> None:
    hand_over(page, bag)

    page.fill("#known", KEY.fingerprint.upper()[:32] + " " + KEY.fingerprint[32:])
    assert page.inner_text("#summary") == verify(bag, key=KEY.public_pem).summary().en
    assert page.inner_text("#condition") == f"Made by the installation with key {KEY.fingerprint}."

    page.fill("#known", OTHER_KEY.fingerprint)
    expect(page.locator("#verdict")).to_have_class("verdict bad")
    assert "another key signed" in page.inner_text("#summary")


def test_each_altered_missing_added_and_renamed_file_is_named(page: Page, bag: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bag) as archive:
        picture, table = archive.read(EXHIBIT), archive.read(layout.CONTACTS_CSV)
    changed: dict[str, bytes | None] = {
        EXHIBIT: flip(picture, 9),
        layout.CONTACTS_CSV: None,
        "data/contacts-2.csv": table,
        layout.CUSTODY: None,
        "data/<b>new</b>\u202e.txt": b"new",
    }

    hand_over(page, rewrite(bag, tmp_path / "spoiled.zip", changed))

    expect(page.locator("#verdict")).to_have_class("verdict bad")
    assert set(findings(page)) >= {
        f"{EXHIBIT} was altered: its content is not what the manifest says.",
        "data/contacts.csv was renamed to data/contacts-2.csv.",
        "data/custody.jsonl is missing.",
        "data/<b>new</b>[U+202E].txt was added: no manifest lists it.",
    }
    assert findings(page) == [found.text.en for found in verify(tmp_path / "spoiled.zip").findings]
    page.click("#language")
    assert "data/custody.jsonl 缺失。" in findings(page)


def test_the_unpacked_folder_is_checked_as_well(page: Page, folder: Path) -> None:
    page.set_input_files("#pick-folder", folder)
    page.wait_for_selector("#verdict:visible")
    assert code(page) == "0"

    (folder / EXHIBIT).write_bytes(b"another picture")
    page.set_input_files("#pick-folder", folder)
    page.wait_for_selector("#verdict.bad")
    assert findings(page)[0] == f"{EXHIBIT} was altered: its content is not what the manifest says."


def test_files_picked_without_their_folders_find_their_places(page: Page, folder: Path) -> None:
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    hand_over(page, *files)
    assert code(page) == "0"

    hand_over(page, *(file for file in files if file.name != "contacts.csv"))
    assert findings(page) == ["data/contacts.csv is missing."]


def test_a_zip_packed_again_by_another_program_is_unaltered_with_a_note(
    page: Page, folder: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "again.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, f"my case/{file.relative_to(folder)}")

    hand_over(page, tmp_path / "again.zip")

    assert code(page) == "0"
    assert any("packed again by another program" in note for note in notes(page))


def test_a_time_stamp_says_what_it_claims_and_who_can_check_it(
    page: Page, tmp_path: Path, authority: Authority
) -> None:
    make_bag(tmp_path / "stamped.zip", stamp=partial(request_stamp, url=authority.url))
    stamp = verify(tmp_path / "stamped.zip").stamp

    hand_over(page, tmp_path / "stamped.zip")

    assert code(page) == "0"
    assert stamp is not None
    assert f"existed at {stamp.at:%Y-%m-%d %H:%M:%S} UTC; this page checked only" in notes(page)[0]
    assert "openssl ts -verify" in notes(page)[0]


def test_a_time_stamp_over_other_bytes_is_a_finding(page: Page, tmp_path: Path, authority: Authority) -> None:
    other = request_stamp(b"other bytes", authority.url)
    make_bag(tmp_path / "x.zip", stamp=lambda manifest: other)

    hand_over(page, tmp_path / "x.zip")

    assert findings(page) == [found.text.en for found in verify(tmp_path / "x.zip").findings]
    assert findings(page) == ["manifest-sha256.txt.tsr does not hold: The time stamp is about other bytes."]


@pytest.mark.parametrize(
    ("lines", "head"),
    [
        (chain()[1:], None),
        ([*chain()[:1], *chain()[2:]], None),
        (chain()[:2], None),
        (chain()[:2], chain()[1][1]),
        (chain("h7j8k9m2n3"), chain("h7j8k9m2n3")[-1][1]),
    ],
)
def test_a_chain_that_does_not_hold_is_found_even_when_signed(
    page: Page, tmp_path: Path, lines: list, head: str | None
) -> None:
    make_bag(tmp_path / "x.zip", members=payload(custody=chain_lines(lines)), head=head)

    hand_over(page, tmp_path / "x.zip")

    assert code(page) == "1"
    assert findings(page) == [found.text.en for found in verify(tmp_path / "x.zip").findings]


@pytest.mark.parametrize(
    "case_json",
    [
        b"",
        b"[]",
        b'{"schema": "case-file/1"}',
        b'{"schema": "case-file/1", "schema": "case-file/1"}',
        b"[" * 99999,
    ],
)
def test_a_case_json_of_another_form_is_a_finding_and_no_crash(
    page: Page, tmp_path: Path, case_json: bytes
) -> None:
    make_bag(tmp_path / "x.zip", members=payload(case_json=case_json))

    hand_over(page, tmp_path / "x.zip")

    assert findings(page) == [found.text.en for found in verify(tmp_path / "x.zip").findings]


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all" * 99, b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_case_file_is_said_to_be_none(page: Page, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)

    hand_over(page, tmp_path / "x.zip")

    assert code(page) == "2"
    assert findings(page) == [found.text.en for found in verify(tmp_path / "x.zip").findings]


def test_a_large_file_is_hashed_piece_by_piece_without_the_browsers_help(page: Page, tmp_path: Path) -> None:
    picture = bytes(range(251)) * 40_000  # ten megabytes, no whole number of blocks
    make_bag(tmp_path / "x.zip", members=payload(picture=picture))

    hand_over(page, tmp_path / "x.zip")

    # Nothing but that case.json names another picture: its hash is as the manifest says.
    assert findings(page) == [found.text.en for found in verify(tmp_path / "x.zip").findings]


def test_without_the_browsers_cryptography_the_signature_is_said_to_be_unchecked(
    browser: Browser, path: Path, bag: Path
) -> None:
    context = browser.new_context(locale="en")
    page = context.new_page()
    page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', {value: undefined})")
    page.goto(path.as_uri())

    hand_over(page, bag)

    expect(page.locator("#verdict")).to_have_class("verdict unsure")
    assert findings(page) == []
    assert "check the signature with openssl" in notes(page)[0]
    context.close()
