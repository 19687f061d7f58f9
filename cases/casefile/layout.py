"""The shape of a case file: names, manifests, order. Shared by the writer and the verifier; no Django."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SCHEMA = "case-file/1"

DECLARATION = "bagit.txt"
BAG_INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TIMESTAMP = "manifest-sha256.txt.tsr"
TSA_CHAIN = "tsa-chain.pem"
HOW_TO_VERIFY = "HOW-TO-VERIFY.txt"
VERIFY_PAGE = "verify.html"
PUBLIC_KEY = "public-key.pem"
TAG_MANIFEST = "tagmanifest-sha256.txt"
SIGNATURE = "tagmanifest-sha256.txt.sig"

# The field of bag-info.txt that says that the documents are signed themselves.
DOCUMENT_SIGNATURE = "Document-Signature"

PAYLOAD = "data/"
DOCUMENT = "data/case-file.pdf"
CASE_JSON = "data/case.json"
CONTACTS_CSV = "data/contacts.csv"
CUSTODY = "data/custody.jsonl"
EXHIBITS = "data/exhibits/"
# The chains that the case brought along, the first one first; so often may it have been taken from one
# installation into another.
ORIGIN_BYTES = 16 * 1024 * 1024  # of all of them together
ORIGIN_FILES = tuple(f"data/origin/{number}/custody.jsonl" for number in range(1, 21))

# What no case file is without. Further volumes of the document, exhibits and the time stamp may be there;
# so is the page that checks it, in case files since there is one.
REQUIRED = (
    DECLARATION,
    BAG_INFO,
    MANIFEST,
    HOW_TO_VERIFY,
    PUBLIC_KEY,
    TAG_MANIFEST,
    SIGNATURE,
    DOCUMENT,
    CASE_JSON,
    CONTACTS_CSV,
    CUSTODY,
)
# Neither can list itself; the signature covers the tag manifest, and so everything.
OUTSIDE_THE_MANIFESTS = frozenset({TAG_MANIFEST, SIGNATURE})

DECLARATION_TEXT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

_MANIFEST_LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)")
_ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A"}


def manifest_line(sha256: str, path: str) -> str:
    """One line of a manifest, as `sha256sum -c` reads it; CR, LF and % are escaped as BagIt asks."""
    return f"{sha256}  {''.join(_ESCAPES.get(sign, sign) for sign in path)}\n"


def unescape(path: str) -> str:
    return re.sub("%(25|0D|0A)", lambda found: bytes.fromhex(found[1]).decode(), path, flags=re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One line of a manifest; `path` is empty where the line cannot be read."""

    number: int
    sha256: str
    path: str


def read_manifest(content: bytes) -> Iterator[ManifestLine]:
    """Each line in turn. Strict: lower-case hex, two blanks, a path, LF; anything else is unreadable."""
    lines = content.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    else:
        lines[-1] += b"\r"  # A last line without its LF was cut: make it unreadable.
    for number, line in enumerate(lines, start=1):
        try:
            found = _MANIFEST_LINE.fullmatch(line.decode())
        except UnicodeDecodeError:
            found = None
        if found is None:
            yield ManifestLine(number, "", "")
        else:
            yield ManifestLine(number, found[1], unescape(found[2]))
