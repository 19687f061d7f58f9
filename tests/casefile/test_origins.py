"""Chains that a case brought along: the verifier and verify.html find the same in bad ones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from cases.casefile import layout
from cases.casefile.bag import member_of
from cases.casefile.verify import verify
from cases.rules import custody
from tests.casefile.bags import EXHIBIT, PICTURE, WHEN, chain_lines, make_bag, payload
from tests.casefile.pages import ARGUMENTS, opened, unpacked_page

Chain = list[tuple[custody.Entry, str]]
PICTURE_HASH = hashlib.sha256(PICTURE).hexdigest()
FIRST, SECOND = layout.ORIGIN_FILES[:2]


def chain_of(case: str, acts: list[tuple[str, int | None, str, dict[str, Any]]]) -> Chain:
    entries: Chain = []
    for sequence, (action, number, sha256, details) in enumerate(acts, start=1):
        entry = custody.Entry(
            case=case,
            sequence=sequence,
            at=WHEN,
            actor="user:1",
            action=action,
            exhibit_number=number,
            exhibit_sha256=sha256,
            details=details,
            previous_hash=entries[-1][1] if entries else custody.FIRST_PREVIOUS_HASH,
        )
        entries.append((entry, custody.hash_entry(entry)))
    return entries


class Story:
    """Opened at a, taken into b, then into b3c4d5f6g7; a test changes what it wants before `write`."""

    def __init__(self) -> None:
        self.first = chain_of(
            "a2a2a2a2a2", [("case_opened", None, "", {}), ("exhibit_received", 1, PICTURE_HASH, {})]
        )
        self.second = self.imported("b2b2b2b2b2", self.first, 1)
        self.own = self.imported("b3c4d5f6g7", self.second, 2)
        self.stated: list[dict[str, Any]] = []
        self.files: dict[str, bytes] | None = None

    def imported(self, case: str, before: Chain, origins: int | None, picture: str = PICTURE_HASH) -> Chain:
        told = {"chain_head": before[-1][1]} | ({"origins": origins} if origins is not None else {})
        return chain_of(case, [("case_imported", None, "", told), ("exhibit_imported", 1, picture, {})])

    def write(self, path: Path) -> Path:
        stated = self.stated or [
            {"file": file, "reference": chain[0][0].case, "head": chain[-1][1], "count": len(chain)}
            for file, chain in ((FIRST, self.first), (SECOND, self.second))
        ]
        case = {
            "schema": layout.SCHEMA,
            "state_at": WHEN.isoformat(),
            "case_file": {"identifier": "b3c4d5f6g7/1"},
            "case": {"reference": "b3c4d5f6g7"},
            "custody": {"count": len(self.own), "head": self.own[-1][1]},
            "exhibits": [{"number": 1, "file": EXHIBIT, "sha256": PICTURE_HASH}],
            "origins": stated,
        }
        files = self.files
        if files is None:
            files = {FIRST: chain_lines(self.first), SECOND: chain_lines(self.second)}
        members = payload(case_json=json.dumps(case).encode(), custody=chain_lines(self.own))
        members += [member_of(name, content) for name, content in files.items()]
        make_bag(path, members=members, head=self.own[-1][1])
        return path


def nothing(story: Story) -> None:
    pass


def cut(story: Story) -> None:
    """The first chain without its last entry, stated like that, too."""
    story.first = story.first[:-1]


def other_case(story: Story) -> None:
    story.stated = [
        {"file": FIRST, "reference": "c2c2c2c2c2", "head": story.first[-1][1], "count": 2},
        {"file": SECOND, "reference": "b2b2b2b2b2", "head": story.second[-1][1], "count": 2},
    ]


def other_length(story: Story) -> None:
    story.stated = [
        {"file": FIRST, "reference": "a2a2a2a2a2", "head": story.first[-1][1], "count": 3},
        {"file": SECOND, "reference": "b2b2b2b2b2", "head": story.second[-1][1], "count": 2},
    ]


def swapped(story: Story) -> None:
    story.files = {FIRST: chain_lines(story.second), SECOND: chain_lines(story.first)}


def broken(story: Story) -> None:
    lines = chain_lines(story.first).replace(b"user:1", b"user:2", 1)
    story.files = {FIRST: lines, SECOND: chain_lines(story.second)}


def no_chain(story: Story) -> None:
    story.files = {FIRST: b"nothing\n", SECOND: chain_lines(story.second)}


def one_left_away(story: Story) -> None:
    story.stated = [{"file": FIRST, "reference": "a2a2a2a2a2", "head": story.first[-1][1], "count": 2}]
    story.files = {FIRST: chain_lines(story.first)}


def all_left_away(story: Story) -> None:
    story.stated, story.files = [{"file": "data/origin/1"}], {}


def not_listed(story: Story) -> None:
    story.files = {
        FIRST: chain_lines(story.first),
        SECOND: chain_lines(story.second),
        layout.ORIGIN_FILES[2]: chain_lines(story.first),
    }


def another_picture(story: Story) -> None:
    """The second installation says that it took in what the first never handed on."""
    story.second = story.imported("b2b2b2b2b2", story.first, 1, picture="0" * 64)
    story.own = story.imported("b3c4d5f6g7", story.second, 2)


def own_chain(story: Story, sha256: Any, details: dict[str, Any]) -> None:
    told = {"chain_head": story.second[-1][1], "origins": 2}
    acts = [("case_imported", None, "", told), ("exhibit_imported", 1, sha256, details)]
    story.own = chain_of("b3c4d5f6g7", acts)


def copy_of_another(story: Story) -> None:
    """It says that it took in a redacted copy, of an exhibit that nobody ever received."""
    own_chain(story, PICTURE_HASH, {"redacted_from": "0" * 64, "redaction": 1})


def original_that_is_no_text(story: Story) -> None:
    own_chain(story, PICTURE_HASH, {"redacted_from": [PICTURE_HASH], "redaction": 1})


def hash_that_is_no_text(story: Story) -> None:
    own_chain(story, [PICTURE_HASH], {})


def copy_that_is_no_text(story: Story) -> None:
    """A redacted copy whose hash is a list: it is nobody's copy, and no reason to fall over."""
    acts = [
        ("case_opened", None, "", {}),
        ("exhibit_received", 1, PICTURE_HASH, {}),
        ("exhibit_redacted", 1, "", {"redaction": 1, "sha256": [PICTURE_HASH]}),
    ]
    story.first = chain_of("a2a2a2a2a2", acts)
    story.second = story.imported("b2b2b2b2b2", story.first, 1)
    story.own = story.imported("b3c4d5f6g7", story.second, 2)


def another_zip(story: Story) -> None:
    """The import names one ZIP, case.json another."""
    story.stated = [
        {"file": file, "reference": chain[0][0].case, "head": chain[-1][1], "count": len(chain)}
        for file, chain in ((FIRST, story.first), (SECOND, story.second))
    ]
    story.stated[1]["bundle_sha256"] = "1" * 64
    told = {"chain_head": story.second[-1][1], "origins": 2, "bundle_sha256": "2" * 64}
    acts = [("case_imported", None, "", told), ("exhibit_imported", 1, PICTURE_HASH, {})]
    story.own = chain_of("b3c4d5f6g7", acts)


def never_imported(story: Story) -> None:
    story.own = chain_of(
        "b3c4d5f6g7", [("case_opened", None, "", {}), ("exhibit_received", 1, PICTURE_HASH, {})]
    )


def hash_that_is_none(story: Story) -> None:
    """Lists, which no set of Python can hold."""
    story.own = chain_of(
        "b3c4d5f6g7",
        [("case_imported", None, "", {"chain_head": story.second[-1][1]}), ("exhibit_imported", 1, [], {})],  # type: ignore[list-item]
    )


def hash_of_the_first_that_is_none(story: Story) -> None:
    story.first = chain_of("a2a2a2a2a2", [("exhibit_received", 1, [], {})])  # type: ignore[list-item]
    story.second = story.imported("b2b2b2b2b2", story.first, 1)
    story.own = story.imported("b3c4d5f6g7", story.second, 2)


def copy_without_a_hash(story: Story) -> None:
    acts: list[tuple[str, int | None, str, dict[str, Any]]] = [
        ("exhibit_received", 1, PICTURE_HASH, {}),
        ("exhibit_redacted", 1, PICTURE_HASH, {"sha256": ["a"]}),
    ]
    story.first = chain_of("a2a2a2a2a2", acts)
    story.second = story.imported("b2b2b2b2b2", story.first, 1)
    story.own = story.imported("b3c4d5f6g7", story.second, 2)


def own_copy_without_a_hash(story: Story) -> None:
    acts: list[tuple[str, int | None, str, dict[str, Any]]] = [
        ("case_imported", None, "", {"chain_head": story.second[-1][1]}),
        ("exhibit_imported", 1, PICTURE_HASH, {}),
        ("exhibit_redacted", 1, PICTURE_HASH, {"sha256": ["a"]}),
    ]
    story.own = chain_of("b3c4d5f6g7", acts)


def before_they_were_counted(story: Story) -> None:
    story.own = story.imported("b3c4d5f6g7", story.second, None)


CASES: list[tuple[Callable[[Story], None], list[tuple[str, str]]]] = [
    (nothing, []),
    (before_they_were_counted, []),
    (cut, [("contradiction", SECOND)]),
    (other_case, [("contradiction", layout.CASE_JSON)]),
    (other_length, [("contradiction", layout.CASE_JSON)]),
    (
        swapped,
        [("contradiction", layout.CASE_JSON), ("contradiction", layout.CUSTODY), ("contradiction", SECOND)],
    ),
    (broken, [("custody", FIRST)]),
    (no_chain, [("malformed", FIRST)]),
    (one_left_away, [("contradiction", layout.CASE_JSON), ("contradiction", layout.CUSTODY)]),
    (all_left_away, [("malformed", layout.CASE_JSON)]),
    (not_listed, [("unlisted_exhibit", layout.ORIGIN_FILES[2])]),
    (another_picture, [("contradiction", layout.CUSTODY), ("contradiction", SECOND)]),
    (copy_of_another, [("contradiction", layout.CUSTODY)]),
    (original_that_is_no_text, [("contradiction", layout.CUSTODY)]),
    (hash_that_is_no_text, [("malformed", layout.CUSTODY)]),
    (copy_that_is_no_text, []),
    (another_zip, [("contradiction", layout.CASE_JSON)]),
    (hash_that_is_none, [("malformed", layout.CUSTODY)]),
    (hash_of_the_first_that_is_none, [("malformed", FIRST)]),
    (copy_without_a_hash, []),
    (own_copy_without_a_hash, []),
    (never_imported, [("contradiction", layout.CUSTODY)]),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    path = unpacked_page(tmp_path_factory.mktemp("page"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        with opened(browser, path) as opened_page:
            yield opened_page


@pytest.mark.parametrize(("change", "expected"), CASES, ids=[change.__name__ for change, _found in CASES])
def test_what_hangs_together_badly_is_found_by_command_and_page_alike(
    page: Page, tmp_path: Path, change: Callable[[Story], None], expected: list[tuple[str, str]]
) -> None:
    story = Story()
    change(story)
    path = story.write(tmp_path / "x.zip")

    verdict = verify(path)
    page.set_input_files("#pick-files", path)
    page.wait_for_selector("#verdict:visible")

    assert sorted((found.reason, found.name) for found in verdict.findings) == sorted(expected)
    told = page.locator("#findings li").all_inner_texts()
    assert told == [found.text.en for found in verdict.findings]
    page.reload()
