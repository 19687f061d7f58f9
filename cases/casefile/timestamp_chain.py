"""The certificates that lead from a time stamp up to, but without, its authority's root. No Django."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import decode_timestamp_response

from cases.casefile.timestamp import NoStamp

LONGEST_CHAIN = 10


def chain_of(token: bytes, also: Path | None = None) -> bytes:
    """The signer's certificate first, each followed by its issuer's, as PEM; a root is left out.

    They are taken from the answer itself and from `also` (PEM), for authorities that send only their own.
    Raises NoStamp when the signer's is in neither, so that nobody could check the stamp, or when `also`
    cannot be read.
    """
    response = decode_timestamp_response(token)
    given = [x509.load_der_x509_certificate(der) for der in sorted(response.signed_data.certificates)]
    known = given + _read(also)
    signers = {(one.issuer, one.serial_number) for one in response.signed_data.signer_infos}
    chain = [one for one in known if (one.issuer, one.serial_number) in signers][:1]
    if not chain:
        raise NoStamp(
            "时间戳机构的答复里没有它的证书，无法核对。",
            "The time-stamp authority's answer lacks its certificate, so that nobody could check it.",
        )
    while len(chain) < LONGEST_CHAIN and (above := _issuer(chain[-1], known)) is not None:
        chain.append(above)
    return b"".join(one.public_bytes(Encoding.PEM) for one in chain)


def root_of(chain: bytes) -> str:
    """The name of the root that the chain leads to, as in "CN=Root,O=Authority"."""
    return x509.load_pem_x509_certificates(chain)[-1].issuer.rfc4514_string()


def _read(also: Path | None) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(also.read_bytes()) if also is not None else []
    except (OSError, ValueError) as error:
        raise NoStamp(
            "TSA_CHAIN 指定的文件不是可读的证书。", "The file that TSA_CHAIN names holds no certificates."
        ) from error


def _issuer(certificate: x509.Certificate, known: Iterable[x509.Certificate]) -> x509.Certificate | None:
    """The certificate that signed this one, where it is known and no root."""
    for other in known:
        if other.subject == certificate.issuer and other.subject != other.issuer:
            try:
                certificate.verify_directly_issued_by(other)
            except (InvalidSignature, ValueError, TypeError):
                continue
            return other
    return None
