from __future__ import annotations

import random
import subprocess
from datetime import UTC
from functools import partial
from pathlib import Path

import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from cases.casefile.certificate import self_signed
from cases.casefile.sign import public_key
from cases.casefile.sign_pdf import DocumentSigner
from cases.casefile.signed_pdf import TAIL, does_fit, find_signature
from cases.casefile.timestamp import NoStamp, request_stamp
from tests.casefile.authority import running_authority
from tests.casefile.bags import KEY, OTHER_KEY, WHEN
from tests.casefile.signing import signed, unsigned

SIGNER = DocumentSigner(KEY, [self_signed(KEY)])


def holds(pdf: bytes, key: bytes = KEY.public_pem) -> bool:
    """What the verifier says of it, read in pieces of odd size."""
    signature = find_signature(pdf[-TAIL:], len(pdf))
    pieces = [pdf[at : at + 997] for at in range(0, len(pdf), 997)]
    return signature is not None and does_fit(signature, pieces, public_key(key))


def test_another_program_finds_the_signature_valid_and_all_covered(tmp_path: Path) -> None:
    signed(tmp_path / "x.pdf")

    told = subprocess.run(["pdfsig", tmp_path / "x.pdf"], capture_output=True, check=True, text=True).stdout

    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert f"Case files, key {KEY.fingerprint[:16]}" in told
    assert "Sep 01 2026" in told


def test_a_reader_that_knows_the_certificate_trusts_it_and_finds_that_nothing_may_follow(
    tmp_path: Path,
) -> None:
    signed(tmp_path / "x.pdf")
    (tmp_path / "c.pem").write_bytes(_pem())
    trusted = ValidationContext(
        trust_roots=[load_cert_from_pemder(str(tmp_path / "c.pem"))], allow_fetching=False
    )

    with (tmp_path / "x.pdf").open("rb") as file:
        signature = PdfFileReader(file).embedded_signatures[0]
        status = validate_pdf_signature(signature, trusted)

    assert status.bottom_line
    assert signature.docmdp_level is not None
    assert signature.docmdp_level.name == "NO_CHANGES"
    assert status.signer_reported_dt.astimezone(UTC) == WHEN


def test_the_same_document_key_and_time_give_the_same_bytes(tmp_path: Path) -> None:
    assert signed(tmp_path / "1.pdf") == signed(tmp_path / "2.pdf")


def test_what_was_signed_is_left_as_it_was_and_only_followed_by_the_signature(tmp_path: Path) -> None:
    assert signed(tmp_path / "x.pdf").startswith(unsigned())


def test_every_byte_but_those_of_the_signature_itself_is_covered(tmp_path: Path) -> None:
    pdf = signed(tmp_path / "x.pdf")
    signature = find_signature(pdf[-TAIL:], len(pdf))
    assert holds(pdf)

    dice = random.Random(6)  # noqa: S311  (a test that can be repeated)
    for _round in range(300):
        # What is between is the signature; that it is ours is checked, and the lists cover its bytes.
        at = dice.choice((dice.randrange(signature.begins), dice.randrange(signature.ends, len(pdf))))
        by = dice.randrange(1, 256)
        assert not holds(pdf[:at] + bytes([pdf[at] ^ by]) + pdf[at + 1 :]), (at, by)


@pytest.mark.parametrize("added", [b"\n", b"0", b"\n1 0 obj\n<<>>\nendobj\n%%EOF\n"])
def test_what_is_appended_cut_off_or_inserted_is_found(tmp_path: Path, added: bytes) -> None:
    pdf = signed(tmp_path / "x.pdf")

    assert not holds(pdf + added)
    assert not holds(added + pdf)
    assert not holds(pdf[: -len(added)])
    assert not holds(unsigned())
    assert not holds(b"")


def test_a_signature_of_another_key_is_not_taken_for_ours(tmp_path: Path) -> None:
    other = signed(tmp_path / "x.pdf", DocumentSigner(OTHER_KEY, [self_signed(OTHER_KEY)]))

    assert holds(other, OTHER_KEY.public_pem)
    assert not holds(other)


def test_an_authority_stamps_the_signature_inside_the_document(tmp_path: Path) -> None:
    with running_authority(tmp_path) as authority:
        stamping = DocumentSigner(KEY, [self_signed(KEY)], partial(request_stamp, url=authority.url))
        pdf = signed(tmp_path / "x.pdf", stamping)
        trusted = ValidationContext(
            trust_roots=[load_cert_from_pemder(str(authority.root))], allow_fetching=False
        )
    with (tmp_path / "x.pdf").open("rb") as file:
        status = validate_pdf_signature(
            PdfFileReader(file).embedded_signatures[0], trusted, ts_validation_context=trusted
        )

    assert holds(pdf)
    assert status.timestamp_validity.valid
    assert status.timestamp_validity.trusted


def test_an_authority_that_fails_leaves_the_document_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(unsigned())
    stamping = DocumentSigner(KEY, [self_signed(KEY)], partial(request_stamp, url="http://127.0.0.1:9/"))

    with pytest.raises(NoStamp):
        stamping.sign(tmp_path / "x.pdf", WHEN)

    assert (tmp_path / "x.pdf").read_bytes() == unsigned()


def test_the_verifier_survives_what_only_looks_like_a_signature() -> None:
    for inside in (b"", b"00", b"zz", b"30" * 50, b"3082FFFF" + b"00" * 40, b"A" * 33):
        head = b"%PDF-1.7\n"
        hole = b"<" + inside + b">"
        line = b"/ByteRange [0 %d %d %d]"
        rest = len(line % (len(head), len(head) + len(hole), 10))
        pdf = head + hole + line % (len(head), len(head) + len(hole), rest)

        assert not holds(pdf)


def _pem() -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return self_signed(KEY).public_bytes(Encoding.PEM)
