"""Signs a PDF: a PAdES signature of the installation's key that forbids every later change. No Django.

The same PDF, key, certificate and time give the same bytes; only a time stamp differs each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import asn1crypto.x509
from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from cases.casefile.sign import SigningKey
from cases.casefile.timestamp import NoStamp

FIELD = "Signature"
# Hexadecimal digits kept free for the signature besides its certificates, and for a stamp with its own.
ROOM, ROOM_FOR_STAMP = 8 * 1024, 48 * 1024


@dataclass(frozen=True, slots=True)
class DocumentSigner:
    """What signs. `certificates`: the key's own first; `stamp`: asks an authority, may raise NoStamp."""

    key: SigningKey
    certificates: Sequence[x509.Certificate]
    stamp: Callable[[bytes], bytes] | None = None

    def sign(self, pdf: Path, at: datetime) -> None:
        """Append the signature to the file; `at` is the time it states for itself.

        With `stamp`, an authority's time stamp over the signature is in it. Raises NoStamp, the file being
        as it was. The file must end with a line break, or it would no longer be PDF/A.
        """
        size = pdf.stat().st_size
        try:
            with pdf.open("r+b") as file:
                self._append(file, at)
        except BaseException:
            with pdf.open("r+b") as file:
                file.truncate(size)
            raise

    def _append(self, file: Any, at: datetime) -> None:
        writer = _Writer(file)
        signer = _Signer(self.key, self.certificates)
        meta = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        )
        stamper = _Stamper(self.stamp, signer) if self.stamp is not None else None
        signing = _PdfSigner(meta, signer=signer, timestamper=stamper, at=at)
        room = ROOM + 2 * sum(len(one.public_bytes(Encoding.DER)) for one in self.certificates)
        room += ROOM_FOR_STAMP if stamper is not None else 0
        signing.sign_pdf(writer, in_place=True, bytes_reserved=room)


class _Writer(IncrementalPdfFileWriter):
    """Appends the signature and no more; pyHanko would also throw dice and look at the clock."""

    @classmethod
    def _handle_id(cls, prev: Any) -> generic.ArrayObject:
        first = prev.trailer["/ID"][0].original_bytes
        second = hashlib.sha256(b"signed " + first).digest()[:16]
        return generic.ArrayObject([generic.ByteStringObject(first), generic.ByteStringObject(second)])

    def _update_meta(self) -> None:
        """Who made the document and when stays as it is: it was typst, at the time of the case's state."""


class _PdfSigner(signers.PdfSigner):
    """States the time that it is given instead of the machine's."""

    def __init__(self, *arguments: Any, at: datetime, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.at = at

    def register_extensions(self, pdf_out: Any, *, md_algorithm: str) -> None:
        # What it would add for an elliptic curve calls the file PDF 2.0; PDF/A-3 is PDF 1.7.
        pdf_out.register_extension(ESIC_EXTENSION_1)

    def init_signing_session(self, *arguments: Any, **named: Any) -> Any:
        session = super().init_signing_session(*arguments, **named)
        session.system_time = self.at
        return session


class _Signer(signers.Signer):
    """Signs with our key, by RFC 6979, and remembers what it signed last for the stamp."""

    def __init__(self, key: SigningKey, certificates: Sequence[x509.Certificate]) -> None:
        own, *others = (
            asn1crypto.x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in certificates
        )
        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        registry.register_multiple(others)
        super().__init__(signing_cert=own, cert_registry=registry)
        self.key = key
        self.signature = b""

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        self.signature = self.key.sign(data)
        return self.signature


class _Stamper(TimeStamper):
    """Has the signature stamped as the manifest is: one way to ask, one set of checks."""

    def __init__(self, stamp: Callable[[bytes], bytes], signer: _Signer) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.stamp, self.signer = stamp, signer

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        token = self.stamp(self.signer.signature)
        if 2 * len(token) > ROOM_FOR_STAMP:
            raise NoStamp("时间戳机构的答复过长。", "The time-stamp authority's answer is too long.")
        return tsp.TimeStampResp.load(token)["time_stamp_token"]
