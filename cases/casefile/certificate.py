"""The certificate that names the installation's key in a PDF's signature panel. No Django."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from cases.casefile.sign import KeyUnusable, SigningKey, make_once

# RFC 5280, 4.1.2.5: no end is known. Nothing here depends on the hour, so that a certificate that was lost
# is made again byte for byte: it says which key it was and, deliberately, nothing of when.
NOT_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
NOT_AFTER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def beside(key_path: Path) -> Path:
    """Where the certificate of the key at `key_path` is kept."""
    return key_path.with_name("signing-certificate.pem")


def certificates_of(key: SigningKey, path: Path) -> list[x509.Certificate]:
    """The key's certificate, kept in `path` (PEM) and made there at the first call.

    Whoever has one of a public authority for this very key puts it there, its intermediates behind it.
    Raises KeyUnusable when the file holds something else, or the certificate of another key.
    """
    if not path.exists():
        make_once(path, self_signed(key).public_bytes(Encoding.PEM))
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except ValueError as error:
        raise KeyUnusable(
            f"{path} is not a certificate that can be read; restore it from a backup, or remove it and "
            "one is made anew."
        ) from error
    if found[0].public_key() != key.private.public_key():
        raise KeyUnusable(f"{path} is the certificate of another key; remove it, and one is made anew.")
    return found


def self_signed(key: SigningKey) -> x509.Certificate:
    """The same bytes for the same key, always."""
    public = key.private.public_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Case files, key {key.fingerprint[:16]}")])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(int(key.fingerprint[:30], 16) | 1)
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_AFTER)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key.private, hashes.SHA256(), ecdsa_deterministic=True)
    )
