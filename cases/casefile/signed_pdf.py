"""Whether a PDF's own signature fits it: nothing outside it, nothing changed, the expected key. No Django."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

# tsp adds to the tables of cms, which are read once, with the first signature; later is too late.
from asn1crypto import cms, tsp  # noqa: F401
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from cases.casefile import layout
from cases.casefile.sign import is_signed

# What a signer appends is far shorter; the rest of the file is hashed and not looked into.
TAIL = 256 * 1024
_RANGE = re.compile(rb"/ByteRange \[0 (\d{1,15}) (\d{1,15}) (\d{1,15})\]")


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """The signature, which lies between two positions of the file; all else is covered by it."""

    begins: int
    ends: int
    signature: bytes


def is_document(name: str) -> bool:
    """Whether the file of a case file is the document or a further volume of it."""
    is_volume = name.startswith(f"{layout.DOCUMENT.removesuffix('.pdf')}-") and name.endswith(".pdf")
    return name == layout.DOCUMENT or is_volume


def find_signature(tail: bytes, size: int) -> PdfSignature | None:
    """The signature of a PDF of `size` bytes, of which `tail` is the end (TAIL bytes, or all).

    None where there is none that covers the whole file.
    """
    ranges = list(_RANGE.finditer(tail))
    if not ranges:
        return None
    begins, ends, rest = (int(number) for number in ranges[-1].groups())
    before = size - len(tail)
    hole = tail[max(begins - before, 0) : max(ends - before, 0)]
    if begins < before or ends + rest != size or not (hole.startswith(b"<") and hole.endswith(b">")):
        return None
    try:
        return PdfSignature(begins, ends, bytes.fromhex(hole[1:-1].decode("ascii")))
    except ValueError:
        return None


def does_fit(signature: PdfSignature, chunks: Iterable[bytes], key: EllipticCurvePublicKey) -> bool:
    """Whether the file that `chunks` make is the one that was signed with `key`."""
    digest, at = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk[: max(signature.begins - at, 0)])
        digest.update(chunk[max(signature.ends - at, 0) :])
        at += len(chunk)
    try:
        return _is_signed(signature.signature, digest.digest(), key)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError):
        return False  # Not the form in which we write one.


def _is_signed(content: bytes, digest: bytes, key: EllipticCurvePublicKey) -> bool:
    info = cms.ContentInfo.load(content)
    if content[len(info.dump()) :].strip(b"\0") or info["content_type"].native != "signed_data":
        return False
    (signer,) = info["content"]["signer_infos"]
    stated = {attribute["type"].native: attribute["values"] for attribute in signer["signed_attrs"]}
    (found,) = stated["message_digest"]
    if signer["digest_algorithm"]["algorithm"].native != "sha256" or found.native != digest:
        return False
    return is_signed(signer["signed_attrs"].untag().dump(), signer["signature"].native, key)
