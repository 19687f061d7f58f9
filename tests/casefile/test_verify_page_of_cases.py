from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from cases.casefile import layout
from cases.casefile.bag import member_of
from cases.casefile.verify import verify
from cases.rules import custody
from cases.services import case_files
from tests.casefile import stories
from tests.casefile.bags import EXHIBIT, PICTURE, WHEN, chain, chain_lines, make_bag, payload
from tests.casefile.pages import ARGUMENTS, opened, unpacked_page
from tests.casefile.signing import signed, unsigned
from tracker.accounts.models import User

COPY = b"\x89PNG\r\n\x1a\n with a box on it"
COPY_FILE = "data/exhibits/E001-redacted.png"


def shown(chromium_path: Path, folder: Path, *zips: Path) -> list[tuple[str | None, list[str], list[str]]]:
    """Of each ZIP the code of the verdict, the findings and the notes."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        answers = []
        with opened(browser, unpacked_page(folder)) as page:
            for path in zips:
                page.set_input_files("#pick-files", path)
                page.wait_for_selector("#verdict:visible")
                lists = [page.locator(f"#{name} li").all_inner_texts() for name in ("findings", "notes")]
                answers.append((page.get_attribute("#verdict", "data-code"), *lists))
                page.reload()
        browser.close()
    return answers


@pytest.mark.django_db
def test_a_case_with_contacts_and_exhibits_is_green(alice: User, tmp_path: Path, chromium_path: Path) -> None:
    case_file = stories.ready_case_file(stories.lost_parcel(alice), alice)
    with case_files.open_zip(case_file) as file:
        (tmp_path / "case.zip").write_bytes(file.read())

    assert shown(chromium_path, tmp_path, tmp_path / "case.zip")[0][:2] == ("0", [])


def redacted_bag(path: Path, change: Callable[[dict[str, Any]], None] = lambda redaction: None) -> Path:
    """A signed case file with a redacted copy in place of its exhibit; `change` spoils what is said of it."""
    original, copy = hashlib.sha256(PICTURE).hexdigest(), hashlib.sha256(COPY).hexdigest()
    entries = chain()
    made = custody.Entry(
        case="b3c4d5f6g7",
        sequence=4,
        at=WHEN,
        actor="user:1",
        action="exhibit_redacted",
        exhibit_number=1,
        exhibit_sha256=original,
        details={
            "redaction": 1,
            "sha256": copy,
            "note": 'Straße “€” \U0001f600 "\\ \u2028\u007f\n',
            "à": {"z": 1, "a": None},
        },
        previous_hash=entries[-1][1],
    )
    entries.append((made, custody.hash_entry(made)))
    members = {member.path: member for member in payload(custody=chain_lines(entries))}
    with members.pop(layout.CASE_JSON).open() as file:
        case = json.load(file)
    redaction = {"number": 1, "original_sha256": original}
    change(redaction)
    case["custody"] = {"count": 4, "head": entries[-1][1]}
    case["exhibits"] = [{"number": 1, "file": COPY_FILE, "sha256": copy, "redaction": redaction}]
    del members[EXHIBIT]
    added = [member_of(layout.CASE_JSON, json.dumps(case).encode()), member_of(COPY_FILE, COPY)]
    make_bag(path, members=[*members.values(), *added], head=entries[-1][1])
    return path


def test_redacted_copies_are_told_and_held_against_the_chain(tmp_path: Path, chromium_path: Path) -> None:
    honest = redacted_bag(tmp_path / "honest.zip")
    another = redacted_bag(tmp_path / "another.zip", lambda redaction: redaction.update(number=2))
    origin = redacted_bag(
        tmp_path / "origin.zip", lambda redaction: redaction.update(original_sha256="0" * 64)
    )
    unfit = redacted_bag(tmp_path / "unfit.zip", lambda redaction: redaction.update(original_sha256="none"))
    zips = (honest, another, origin, unfit)

    answers = shown(chromium_path, tmp_path, *zips)

    assert [code for code, _findings, _notes in answers] == ["0", "1", "1", "1"]
    assert f"{COPY_FILE} is a redacted copy of E1." in answers[0][2][-1]
    for path, (_code, findings, _notes) in zip(zips, answers, strict=True):
        assert findings == [found.text.en for found in verify(path).findings], path.name


def test_a_document_that_its_signature_does_not_fit_is_found(tmp_path: Path, chromium_path: Path) -> None:
    pdf = signed(tmp_path / "x.pdf")
    documents = {
        "whole": pdf,
        "changed": pdf.replace(b"PDF-1.7", b"PDF-1.6", 1),
        "followed": pdf + b"\n1 0 obj\n<<>>\nendobj\n",
        "without": unsigned(),
    }
    assert documents["changed"] != pdf
    zips = []
    for name, document in documents.items():
        members = [member_of(layout.DOCUMENT, document), *payload()[1:]]
        make_bag(tmp_path / f"{name}.zip", members=members, says={layout.DOCUMENT_SIGNATURE: "PAdES"})
        zips.append(tmp_path / f"{name}.zip")

    answers = shown(chromium_path, tmp_path, *zips)

    assert [code for code, _findings, _notes in answers] == ["0", "1", "1", "1"]
    for path, (_code, findings, _notes) in zip(zips, answers, strict=True):
        assert findings == [found.text.en for found in verify(path).findings], path.name


def test_exhibits_left_out_are_told_and_one_that_is_silently_gone_is_found(
    tmp_path: Path, chromium_path: Path
) -> None:
    with next(member for member in payload() if member.path == layout.CASE_JSON).open() as file:
        case = json.load(file)
    (gone,) = case["exhibits"]
    left = {
        "told": [{"number": 1, "sha256": gone["sha256"]}],
        "silent": [],
        "another": [{"number": 1, "sha256": "x"}],
    }
    zips = []
    for name, left_out in left.items():
        stated = json.dumps({**case, "exhibits": [], "left_out": left_out}).encode()
        make_bag(tmp_path / f"{name}.zip", members=payload(case_json=stated)[:-1])
        zips.append(tmp_path / f"{name}.zip")

    answers = shown(chromium_path, tmp_path, *zips)

    assert [code for code, _findings, _notes in answers] == ["0", "1", "1"]
    assert "left these exhibits out: E1" in answers[0][2][-1]
    for path, (_code, findings, _notes) in zip(zips, answers, strict=True):
        assert findings == [found.text.en for found in verify(path).findings], path.name
