"""What leaves with a case file once an exhibit is redacted: the copy, and nothing of its original."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from cases.casefile import layout
from cases.casefile.bag import member_of, write_bag
from cases.casefile.redacted import KEPT
from cases.casefile.snapshot import ExhibitFacts
from cases.casefile.verify import verify
from cases.evidence.redacting import Box
from cases.models import Case, CaseFile, CustodyEntry, Exhibit, Redaction
from cases.services import case_files, custody, importing, redactions
from tests import pictures
from tests.casefile import bags, stories
from tests.casefile.stories import at
from tests.programs import find
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db

UPPER_HALF = Box(page=1, x=0, y=0, width=10_000, height=5_000)
READ = "收货人 李晓雨 13900001111"


@pytest.fixture
def exhibit(case: Case, alice: User) -> Exhibit:
    """Its name, what was read on it, what its file says of itself: all could tell what is covered."""
    row = stories.add_exhibit(
        case, alice, at(6, 20), pictures.picture("JPEG"), "李晓雨的地址.jpg", "订单详情"
    )
    Exhibit.objects.filter(pk=row.pk).update(recognised_text=READ, metadata={"software": "Secretshop 9"})
    row.refresh_from_db()
    return row


def redact(exhibit: Exhibit, *boxes: Box) -> Redaction:
    row = redactions.ask(exhibit=exhibit, boxes=boxes or (UPPER_HALF,), by=exhibit.case.owner, at=at(7, 9))
    redactions.make(redaction_id=row.pk)
    row.refresh_from_db()
    assert row.is_made, row.failure
    return row


def files_of(case_file: CaseFile) -> dict[str, bytes]:
    assert case_file.state == "ready", case_file.failure
    with case_files.open_zip(case_file) as file, zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def built(case: Case, **more: Any) -> CaseFile:
    return case_files.build_now(case=case, by=case.owner, at=at(9, 12), language="en", **more)


def test_the_newest_redacted_copy_goes_out_in_place_of_the_original(case: Case, exhibit: Exhibit):
    redact(exhibit, Box(1, 0, 0, 100, 100))
    newest = redact(exhibit)

    case_file = built(case)

    files = files_of(case_file)
    names = [name for name in files if name.startswith(layout.EXHIBITS)]
    assert case_file.redactions == {"1": 2}
    assert names == ["data/exhibits/E001-redacted.jpg"]
    assert hashlib.sha256(files[names[0]]).hexdigest() == newest.sha256
    stated = json.loads(files[layout.CASE_JSON])["exhibits"][0]
    assert stated["redaction"] == {
        "number": 2,
        "made_at": stated["redaction"]["made_at"],
        "original_sha256": exhibit.sha256,
        "boxes": 1,
        "pages": [1],
    }
    assert (stated["sha256"], stated["recognised_text"], stated["original_name"]) == (newest.sha256, "", "")
    assert "metadata" not in stated
    requested = CustodyEntry.objects.get(action="case_file_requested")
    assert requested.details["redactions"] == {"1": 2}


def test_nothing_of_the_original_is_in_any_file(case: Case, exhibit: Exhibit, tmp_path: Path):
    redact(exhibit)
    original = pictures.picture("JPEG")

    files = files_of(built(case))

    for name, content in files.items():
        # The chain says under which name and description it came in; that is of the case, not of the picture.
        told = name == layout.CUSTODY
        assert ("李晓雨的地址".encode() in content) == told, name
        assert READ.encode() not in content, name
        assert b"Secretshop" not in content, name
        assert original not in content, name
        assert original[600:900] not in content, name
    document = tmp_path / "case-file.pdf"
    document.write_bytes(files[layout.DOCUMENT])
    attached = _attachments(document, tmp_path / "attached")
    assert sorted(attached) == ["E001-redacted.jpg", "case.json"]
    assert attached["E001-redacted.jpg"] == files["data/exhibits/E001-redacted.jpg"]
    text = "".join(_said("pdftotext", document, "-").split())
    assert "李晓雨的地址" not in text
    assert "13900001111" not in text
    assert f"itsSHA-256:{exhibit.sha256}"[:40] in text
    assert "SHA-256oftheredactedcopy" in text
    # The picture on its page shows the box: its upper half is black there too.
    assert _printed_picture(document, tmp_path).crop((5, 5, 260, 290)).getextrema() == ((0, 0),) * 3


def _said(program: str, *arguments: object) -> str:
    done = subprocess.run([find(program), *map(str, arguments)], check=True, capture_output=True)
    return done.stdout.decode()


def _beside_pdftotext(name: str) -> Path:
    return find("pdftotext").with_name(name)


def _attachments(document: Path, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    command = [_beside_pdftotext("pdfdetach"), "-saveall", "-o", str(folder), str(document)]
    subprocess.run(command, check=True)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _printed_picture(document: Path, folder: Path) -> Image.Image:
    subprocess.run([_beside_pdftotext("pdfimages"), "-j", str(document), str(folder / "shown")], check=True)
    [path] = sorted(folder.glob("shown*"))
    return Image.open(path).convert("RGB")


def test_whoever_asks_may_choose_the_original_or_an_earlier_copy(case: Case, exhibit: Exhibit):
    first = redact(exhibit)
    redact(exhibit, Box(1, 0, 0, 100, 100))

    originals, earlier = files_of(built(case, redactions={})), files_of(built(case, redactions={1: 1}))

    assert originals["data/exhibits/E001-李晓雨的地址.jpg"] == pictures.picture("JPEG")
    assert json.loads(originals[layout.CASE_JSON])["exhibits"][0]["redaction"] is None
    assert hashlib.sha256(earlier["data/exhibits/E001-redacted.jpg"]).hexdigest() == first.sha256
    with pytest.raises(ValidationError, match="There is no finished redacted copy 7 of E1"):
        case_files.request_case_file(case=case, by=case.owner, at=at(9, 12), language="en", redactions={1: 7})


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        ("sha256", "An exhibit is not the one that the chain of custody says came in"),
        ("original_sha256", "E1 is no longer what was received, so no case file was made."),
    ],
)
def test_a_copy_that_is_not_the_one_the_chain_tells_of_stops_the_build(
    case: Case, exhibit: Exhibit, column: str, sentence: str
):
    redact(exhibit)
    Redaction.objects.update(**{column: "0" * 64})

    case_file = built(case)

    assert case_file.failure.startswith(sentence)


def test_every_fact_of_an_exhibit_is_either_peoples_word_or_that_of_the_copy(case: Case, exhibit: Exhibit):
    # Whoever adds a fact decides here whether it may go out beside a redacted copy.
    of_the_copy = {
        "file", "sha256", "size", "media_type", "original_name", "width", "height", "page_count",
        "duration_ms", "recognised_text", "redaction",
    }  # fmt: skip

    assert {field.name for field in fields(ExhibitFacts)} == KEPT | of_the_copy


@pytest.fixture
def handed_out(case: Case, exhibit: Exhibit, tmp_path: Path) -> Path:
    redact(exhibit)
    path = tmp_path / "case-file.zip"
    with case_files.open_zip(built(case)) as file:
        path.write_bytes(file.read())
    return path


def test_the_verifier_finds_it_unaltered_and_says_what_is_redacted(handed_out: Path, exhibit: Exhibit):
    verdict = verify(handed_out)

    assert verdict.is_unaltered, verdict.findings
    [note] = [note for note in verdict.notes if note.reason == "redacted"]
    assert note.text.en == (
        "data/exhibits/E001-redacted.jpg is a redacted copy of E1. By this case file the original is kept by "
        f"whoever made it and is not in here; its SHA-256: {exhibit.sha256}."
    )


def spoiled(path: Path, change: Any) -> Path:
    """The same case file, changed by `change(case, files)` and signed anew by somebody else."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    info = dict(line.split(": ", 1) for line in files[layout.BAG_INFO].decode().splitlines())
    case = json.loads(files[layout.CASE_JSON])
    change(case, files)
    files[layout.CASE_JSON] = json.dumps(case, ensure_ascii=False, indent=1).encode()
    target = path.with_name("spoiled.zip")
    write_bag(
        target,
        payload=[member_of(name, data) for name, data in files.items() if name.startswith(layout.PAYLOAD)],
        info={name: info[name] for name in ("External-Identifier", "Case-State-At", "Custody-Chain-Head")},
        when=at(9, 12),
        key=bags.OTHER_KEY,
    )
    return target


def _swap_the_file(case: dict[str, Any], files: dict[str, bytes]) -> None:
    other = pictures.picture("JPEG", seed=5)
    files["data/exhibits/E001-redacted.jpg"] = other
    case["exhibits"][0] |= {"sha256": hashlib.sha256(other).hexdigest(), "size": len(other)}


def _name_another_original(case: dict[str, Any], _files: dict[str, bytes]) -> None:
    case["exhibits"][0]["redaction"]["original_sha256"] = "ab" * 32


def _name_another_number(case: dict[str, Any], _files: dict[str, bytes]) -> None:
    case["exhibits"][0]["redaction"]["number"] = 2


def _call_it_the_original(case: dict[str, Any], _files: dict[str, bytes]) -> None:
    case["exhibits"][0]["redaction"] = None


@pytest.mark.parametrize(
    "change", [_swap_the_file, _name_another_original, _name_another_number, _call_it_the_original]
)
def test_a_swap_is_noticed_even_when_all_lists_are_made_anew(handed_out: Path, change: Any):
    verdict = verify(spoiled(handed_out, change))

    assert not verdict.is_unaltered
    assert {(found.reason, found.name) for found in verdict.findings} == {("contradiction", layout.CUSTODY)}


@pytest.mark.parametrize(
    "stated",
    [True, 7, "x", [], {"number": 1}, {"number": "one", "original_sha256": "ab" * 32},
     {"number": 1, "original_sha256": "nothing of the kind"}],
)  # fmt: skip
def test_what_no_case_file_states_of_a_redaction_is_malformed(handed_out: Path, stated: object):
    def change(case: dict[str, Any], _files: dict[str, bytes]) -> None:
        case["exhibits"][0]["redaction"] = stated

    findings = verify(spoiled(handed_out, change)).findings

    assert ("malformed", layout.CASE_JSON) in {(found.reason, found.name) for found in findings}


def test_it_comes_in_elsewhere_as_the_copy_it_is_and_says_so(
    handed_out: Path, exhibit: Exhibit, mallory: User
):
    case = importing.import_case_file(path=handed_out, owner=mallory, at=at(10, 9))

    [copy] = case.exhibits.all()
    assert copy.sha256 == exhibit.redactions.get().sha256
    assert (copy.recognised_text, copy.original_name, copy.shows) == ("", "", "订单详情")
    entry = CustodyEntry.objects.get(case=case, action="exhibit_imported")
    assert entry.details == {"redacted_from": exhibit.sha256, "redaction": 1}
    assert redactions.is_copy_of(copy) == exhibit.sha256
    assert redactions.is_copy_of(exhibit) == ""
    assert custody.verify(case) == []


def test_a_pdf_goes_out_as_pictures(case: Case, alice: User, tmp_path: Path):
    letter = stories.add_exhibit(
        case, alice, at(6, 20), pictures.pdf(("Account 6222 0000 1111", "Page two")), "letter.pdf", "信"
    )
    redact(letter, Box(1, 0, 0, 10_000, 2_000))

    files = files_of(built(case))

    copy = tmp_path / "copy.pdf"
    copy.write_bytes(files["data/exhibits/E001-redacted.pdf"])
    assert _said("pdftotext", copy, "-").strip() == ""
    assert json.loads(files[layout.CASE_JSON])["exhibits"][0]["page_count"] == 2
    assert not [name for name, content in files.items() if b"6222 0000" in content]
    assert Image.open(io.BytesIO(redactions.open_page(letter.redactions.get(), 1)[0])).size == (1653, 2339)  # type: ignore[arg-type]
