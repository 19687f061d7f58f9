"""What programs that others wrote say of an empty, an ordinary and a large case."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from functools import partial
from pathlib import Path

import bagit
import pytest
import typst
from PIL import Image

from cases.casefile.fonts import font_path
from cases.models import Case, CaseFile
from cases.services import case_files
from tests import pictures
from tests.casefile import stories
from tests.casefile.authority import running_authority
from tests.casefile.pdf_check import failures
from tests.casefile.stories import at
from tests.programs import NotInstalled
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db
MANY = 300


def unpacked(case_file: CaseFile, folder: Path) -> Path:
    with case_files.open_zip(case_file) as file, zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    return folder


def output_of(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, capture_output=True, cwd=cwd, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def large(case: Case, owner: User) -> Case:
    for number in range(MANY):
        image = Image.new("RGB", (90, 160), (number % 256, number // 256, 7))
        stories.add_exhibit(case, owner, at(6, 20), pictures.encoded(image), f"截图 {number}.png", "聊天记录")
    return case


def all_agree(folder: Path, case: Case) -> None:
    """Lists, bag, signature, fonts, structure and attachments, each by a program that is not ours."""
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        told = output_of("sha256sum", "--strict", "-c", manifest, cwd=folder)
        assert all(line.endswith(": OK") for line in told.splitlines())
    assert bagit.Bag(str(folder)).validate()
    key = ("-verify", "public-key.pem", "-signature", "tagmanifest-sha256.txt.sig", "tagmanifest-sha256.txt")
    assert "Verified OK" in output_of("openssl", "dgst", "-sha256", *key, cwd=folder)
    pdf = folder / "data" / "case-file.pdf"
    signed = output_of("pdfsig", pdf, cwd=folder)
    assert "Signature is Valid" in signed
    assert "Total document signed" in signed
    fonts = output_of("pdffonts", pdf, cwd=folder).splitlines()[2:]
    assert fonts
    # The columns from the right: object, generation, Unicode map, subset, embedded.
    assert {line.split()[-5] for line in fonts} == {"yes"}
    assert "No syntax or stream encoding errors" in output_of("qpdf", "--check", pdf, cwd=folder)
    attached = folder.parent / "attached"
    attached.mkdir()
    output_of("pdfdetach", "-saveall", "-o", attached, pdf, cwd=folder)
    found = {hashlib.sha256(file.read_bytes()).hexdigest() for file in attached.iterdir()}
    assert found >= set(case.exhibits.values_list("sha256", flat=True))
    text = "".join(output_of("pdftotext", pdf, "-", cwd=folder).split())
    assert "案件" in text
    assert "".join(case.title.split()) in text


def is_by_the_book(pdf: Path) -> None:
    try:
        assert failures(pdf) == []
    except NotInstalled as error:
        pytest.skip(str(error))


def test_an_empty_case(case: Case, alice: User, tmp_path: Path) -> None:
    folder = unpacked(stories.ready_case_file(case, alice), tmp_path / "bag")

    all_agree(folder, case)
    is_by_the_book(folder / "data" / "case-file.pdf")


def test_an_ordinary_case_with_the_stamp_of_an_authority(
    alice: User, tmp_path: Path, settings: object
) -> None:
    case = stories.lost_parcel(alice)
    with running_authority(tmp_path) as authority:
        settings.TSA_URL = authority.url
        case_file = stories.ready_case_file(case, alice)
    folder = unpacked(case_file, tmp_path / "bag")

    all_agree(folder, case)
    is_by_the_book(folder / "data" / "case-file.pdf")
    stamp = "-data manifest-sha256.txt -in manifest-sha256.txt.tsr -untrusted tsa-chain.pem"
    root = ("-CAfile", str(authority.root))
    assert "Verification: OK" in output_of("openssl", "ts", "-verify", *stamp.split(), *root, cwd=folder)
    assert case_file.note == ""
    info = (folder / "bag-info.txt").read_text()
    assert "Document-Signature: PAdES, with a time stamp of an outside authority\n" in info


def test_a_case_with_three_hundred_exhibits(case: Case, alice: User, tmp_path: Path) -> None:
    folder = unpacked(stories.ready_case_file(large(case, alice), alice), tmp_path / "bag")

    assert len(list((folder / "data" / "exhibits").iterdir())) == MANY
    all_agree(folder, case)
    is_by_the_book(folder / "data" / "case-file.pdf")


def test_where_no_authority_is_set_bag_page_and_document_say_whose_the_time_is(
    case: Case, alice: User, tmp_path: Path
) -> None:
    case_file = stories.ready_case_file(case, alice, language="en")
    folder = unpacked(case_file, tmp_path / "bag")

    own = "There is no time stamp of an outside authority: the time is this installation's own."
    info = (folder / "bag-info.txt").read_text()
    assert "Time-Source: this installation's own." in info
    assert "Document-Signature: PAdES, the time in it is this installation's own\n" in info
    assert case_file.note == own
    assert own in (folder / "HOW-TO-VERIFY.txt").read_text()
    text = output_of("pdftotext", folder / "data" / "case-file.pdf", "-", cwd=folder)
    assert "".join(own.split()) in "".join(text.split()).replace("’", "'")


def test_the_checker_finds_what_is_not_by_the_book(tmp_path: Path) -> None:
    (tmp_path / "x.typ").write_text('#set text(font: "Noto Sans CJK SC")\n文字')
    compiled = partial(typst.compile, str(tmp_path / "x.typ"), root=str(tmp_path))
    (tmp_path / "x.pdf").write_bytes(compiled(font_paths=[str(font_path().parent)], timestamp=0))
    try:
        broken = failures(tmp_path / "x.pdf")
    except NotInstalled as error:
        pytest.skip(str(error))

    assert [line.split()[:2] for line in broken if line.startswith("FAIL")] == [
        ["FAIL", "3a"],
        ["FAIL", "ua1"],
    ]
    assert any(line.strip().startswith("6.6.4-1:") for line in broken)
