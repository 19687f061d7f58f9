"""The installation's own key: made at first use, kept, never in a case file. No Django."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature


class KeyUnusable(Exception):
    """The file is not a P-256 key; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A P-256 key that signs what leaves this installation."""

    private: ec.EllipticCurvePrivateKey

    def sign(self, content: bytes) -> bytes:
        """ECDSA with SHA-256, DER; the same content always gives the same bytes (RFC 6979)."""
        return self.private.sign(content, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))

    @property
    def public_pem(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.private.public_key())


def signing_key(path: Path) -> SigningKey:
    """The key kept in `path` (PEM, mode 0600), made at the first call.

    Safe when several processes start at once: one of them makes it, all of them read it.
    Raises KeyUnusable when the file holds something else.
    """
    if not path.exists():
        _make(path)
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise KeyUnusable(
            f"{path} is not a private key that can be read; restore it from a backup."
        ) from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise KeyUnusable(f"{path} holds a key of another kind; a P-256 key is needed.")
    return SigningKey(private)


def _make(path: Path) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    make_once(path, pem)


def make_once(path: Path, content: bytes) -> None:
    """Write `content` to `path` (mode 0600) unless another process was first; nobody reads half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # fails, atomically, where another process was first
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def public_key(pem: bytes) -> ec.EllipticCurvePublicKey:
    """The P-256 public key in `pem`; raises KeyUnusable for anything else."""
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, TypeError) as error:
        raise KeyUnusable("This is not a public key in PEM form.") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyUnusable("This is a key of another kind; a P-256 key is needed.")
    return key


def fingerprint(key: ec.EllipticCurvePublicKey) -> str:
    """SHA-256 of the key's DER form, lower-case hex; what people compare."""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def is_signed(content: bytes, signature: bytes, key: ec.EllipticCurvePublicKey) -> bool:
    """Whether `signature` is this key's over `content`, with not one byte after its DER."""
    try:
        if encode_dss_signature(*decode_dss_signature(signature)) != signature:
            return False
        key.verify(signature, content, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True
