from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from cases.casefile.certificate import beside, certificates_of, self_signed
from cases.casefile.sign import KeyUnusable
from tests.casefile.bags import KEY, OTHER_KEY


def test_it_is_made_once_and_lies_beside_the_key(tmp_path: Path) -> None:
    path = beside(tmp_path / "signing-key.pem")

    first, second = certificates_of(KEY, path), certificates_of(KEY, path)

    assert first == second
    assert [file.name for file in tmp_path.iterdir()] == ["signing-certificate.pem"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_one_that_was_lost_is_made_again_byte_for_byte() -> None:
    assert self_signed(KEY).public_bytes(Encoding.DER) == self_signed(KEY).public_bytes(Encoding.DER)
    assert self_signed(KEY) != self_signed(OTHER_KEY)


def test_it_names_the_key_and_is_signed_by_it() -> None:
    certificate = self_signed(KEY)

    assert certificate.subject.rfc4514_string() == f"CN=Case files\\, key {KEY.fingerprint[:16]}"
    certificate.verify_directly_issued_by(certificate)


def test_what_is_above_it_may_stand_behind_it(tmp_path: Path) -> None:
    above = self_signed(OTHER_KEY)
    (tmp_path / "c.pem").write_bytes(
        self_signed(KEY).public_bytes(Encoding.PEM) + above.public_bytes(Encoding.PEM)
    )

    assert certificates_of(KEY, tmp_path / "c.pem") == [self_signed(KEY), above]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"no certificate", "not a certificate that can be read"),
        (self_signed(OTHER_KEY).public_bytes(Encoding.PEM), "the certificate of another key"),
    ],
)
def test_what_does_not_belong_to_the_key_is_refused_with_a_sentence(
    tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "c.pem").write_bytes(content)

    with pytest.raises(KeyUnusable, match=told):
        certificates_of(KEY, tmp_path / "c.pem")
