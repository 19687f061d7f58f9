from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from cases.apps import _make_key
from cases.casefile import compile as child
from cases.casefile import layout
from cases.casefile.bag import member_of, write_bag
from cases.casefile.certificate import self_signed
from cases.casefile.sign_pdf import DocumentSigner
from cases.casefile.verify import verify
from cases.models import Case
from cases.services import case_files
from tests import pictures
from tests.casefile import stories
from tests.casefile.bags import KEY, OTHER_KEY, WHEN, chain, payload
from tests.casefile.fuzz import printing_here
from tests.casefile.signing import signed, unsigned
from tests.casefile.spoiling import reasons
from tests.casefile.stories import at
from tracker.accounts.models import User


def bag_with(folder: Path, document: bytes, *, name: str = layout.DOCUMENT, says: str = "PAdES") -> Path:
    """A case file with lists and signature as they must be, whatever its document."""
    members = [member for member in payload() if member.path != name]
    write_bag(
        folder / "x.zip",
        payload=[member_of(name, document), *members],
        info={
            "External-Identifier": "b3c4d5f6g7/1",
            "Case-State-At": WHEN.isoformat(),
            "Custody-Chain-Head": chain()[-1][1],
            **({layout.DOCUMENT_SIGNATURE: says} if says else {}),
        },
        when=WHEN,
        key=KEY,
    )
    return folder / "x.zip"


def test_a_document_that_its_signature_fits_is_unaltered(tmp_path: Path) -> None:
    assert verify(bag_with(tmp_path, signed(tmp_path / "x.pdf"))).findings == ()


@pytest.mark.parametrize("spoil", ["changed", "followed", "without", "of another key"])
def test_a_document_that_its_signature_does_not_fit_is_found_though_all_lists_were_made_anew(
    tmp_path: Path, spoil: str
) -> None:
    pdf = signed(tmp_path / "x.pdf")
    document = {
        "changed": pdf.replace(b"PDF-1.7", b"PDF-1.6", 1),
        "followed": pdf + b"\n1 0 obj\n<<>>\nendobj\n",
        "without": unsigned(),
        "of another key": signed(tmp_path / "y.pdf", DocumentSigner(OTHER_KEY, [self_signed(OTHER_KEY)])),
    }[spoil]

    assert reasons(verify(bag_with(tmp_path, document))) == {("document_signature", layout.DOCUMENT)}


def test_a_document_of_an_edition_that_did_not_sign_is_no_finding(tmp_path: Path) -> None:
    assert verify(bag_with(tmp_path, unsigned(), says="")).findings == ()


@pytest.mark.django_db
def test_every_volume_is_signed(
    case: Case, alice: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(3):
        stories.add_exhibit(case, alice, at(6, 20), pictures.picture("PNG", seed=seed), "x.png", "聊天")
    monkeypatch.setattr(child, "MOST_PIXELS_IN_A_VOLUME", 1)

    with printing_here():
        case_file = stories.ready_case_file(case, alice)
    with case_files.open_zip(case_file) as file:
        (tmp_path / "x.zip").write_bytes(file.read())
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        archive.extractall(tmp_path)

    assert verify(tmp_path / "x.zip").findings == ()
    volumes = sorted((tmp_path / "data").glob("*.pdf"))
    assert [volume.name for volume in volumes] == ["case-file-2.pdf", "case-file-3.pdf", "case-file.pdf"]
    for volume in volumes:
        told = subprocess.run(["pdfsig", volume], capture_output=True, check=True, text=True).stdout
        assert "Signature is Valid" in told
        assert "Total document signed" in told


def test_the_first_start_makes_key_and_certificate(tmp_path: Path, settings: Any) -> None:
    settings.SIGNING_KEY_PATH = tmp_path / "signing-key.pem"

    _make_key(sender=apps.get_app_config("cases"))

    made = sorted(file.name for file in tmp_path.iterdir())
    assert made == ["signing-certificate.pem", "signing-key.pem"]


def test_a_key_that_cannot_be_used_is_logged_and_stops_no_start(
    tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SIGNING_KEY_PATH = tmp_path / "signing-key.pem"
    settings.SIGNING_KEY_PATH.write_text("no key")

    _make_key(sender=apps.get_app_config("cases"))

    assert "No case file can be built:" in caplog.text
    assert "restore it from a backup" in caplog.text


def test_a_process_that_checked_a_document_can_still_sign_one() -> None:
    code = (
        "from cases.casefile import signed_pdf\n"
        "from asn1crypto.cms import CMSAttributeType\n"
        "CMSAttributeType('content_type')\n"  # what reading any signature does
        "import cases.casefile.sign_pdf\n"
        "print(CMSAttributeType('signing_certificate_v2').dotted)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stdout.strip() == "1.2.840.113549.1.9.16.2.47", done.stderr
