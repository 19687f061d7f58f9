"""Time stamps of an outside authority (RFC 3161) over the manifest. No Django."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from cases.casefile.wording import PLACES
from cases.rules.text import Text

WAIT_SECONDS = 15
LONGEST_TOKEN = 256 * 1024


class NoStamp(Exception):
    """There is no usable time stamp; `text` is one sentence that says why."""

    def __init__(self, zh_hans: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh_hans, en)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a token says. `is_checked`: the authority's certificate leads to the root that was given."""

    at: datetime
    authority: str
    is_checked: bool


def request_stamp(content: bytes, url: str) -> bytes:
    """A token for `content` from the authority at `url`, checked to be about these very bytes.

    Raises NoStamp with a sentence when the authority cannot be reached or answers something else.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise NoStamp(
            "TSA_URL 必须以 http:// 或 https:// 开头。", "TSA_URL must start with http:// or https://."
        )
    query = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
    request = urllib.request.Request(  # noqa: S310  (the scheme is checked above)
        url, data=query.as_bytes(), headers={"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as answer:  # noqa: S310
            token: bytes = answer.read(LONGEST_TOKEN + 1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or type(error).__name__
        raise NoStamp(
            f"无法连接时间戳机构（{reason}）。", f"The time-stamp authority could not be reached ({reason})."
        ) from error
    response = _decoded(token)
    if response.tst_info.nonce != query.nonce:
        raise NoStamp("时间戳机构答复的是另一个请求。", "The time-stamp authority answered another request.")
    _check_imprint(response, content)
    return token


def read_stamp(token: bytes, content: bytes, root: Path | None = None, *, chain: bytes = b"") -> Stamp:
    """What `token` says about `content`; with the authority's `root` (PEM) its signature is checked too,
    with the help of the certificates in `chain` (PEM), which are trusted no more than the token itself.

    Raises NoStamp when the token is broken, is about other bytes, or does not lead to the root.
    """
    response = _decoded(token)
    _check_imprint(response, content)
    if root is not None:
        try:
            builder = VerifierBuilder()
            for certificate in x509.load_pem_x509_certificates(root.read_bytes()):
                builder = builder.add_root_certificate(certificate)
            for certificate in x509.load_pem_x509_certificates(chain) if chain else ():
                builder = builder.add_intermediate_certificate(certificate)
            builder.build().verify_message(response, content)
        except (VerificationError, ValueError) as error:
            raise NoStamp(
                f"时间戳不能追溯到给出的根证书（{error}）。",
                f"The time stamp does not lead to the given root ({error}).",
            ) from error
    try:
        at, authority = response.tst_info.gen_time, _authority(response)
    except ValueError as error:
        raise NoStamp(PLACES["stamp_unreadable"].zh_hans, PLACES["stamp_unreadable"].en) from error
    return Stamp(at=at.astimezone(UTC), authority=authority, is_checked=root is not None)


def _decoded(token: bytes) -> TimeStampResponse:
    if len(token) > LONGEST_TOKEN:
        raise NoStamp("时间戳机构的答复过长。", "The time-stamp authority's answer is too long.")
    try:
        response = decode_timestamp_response(token)
        if response.status != 0:
            raise NoStamp(
                f"时间戳机构拒绝了请求（状态 {response.status}）。",
                f"The time-stamp authority refused (status {response.status}).",
            )
        if response.as_bytes() != token:
            raise NoStamp("时间戳末尾之后还有字节。", "There are bytes behind the end of the time stamp.")
    except ValueError as error:
        raise NoStamp(
            "时间戳机构的答复不是格式严格的时间戳。",
            "The time-stamp authority's answer is not a time stamp in strict form.",
        ) from error
    return response


def _check_imprint(response: TimeStampResponse, content: bytes) -> None:
    try:
        algorithm = response.tst_info.message_imprint.hash_algorithm.dotted_string
        name = {"2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.3": "sha512"}.get(algorithm, "")
        imprint = response.tst_info.message_imprint.message
    except ValueError as error:
        raise NoStamp(PLACES["stamp_unreadable"].zh_hans, PLACES["stamp_unreadable"].en) from error
    if not name or hashlib.new(name, content).digest() != imprint:
        raise NoStamp(PLACES["stamp_other"].zh_hans, PLACES["stamp_other"].en)


def _authority(response: TimeStampResponse) -> str:
    for der in sorted(response.signed_data.certificates):
        certificate = x509.load_der_x509_certificate(der)
        for signer in response.signed_data.signer_infos:
            if (certificate.issuer, certificate.serial_number) == (signer.issuer, signer.serial_number):
                return certificate.subject.rfc4514_string()
    return ""
