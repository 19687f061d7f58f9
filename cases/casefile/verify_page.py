"""verify.html: one page that checks a case file in a browser, offline, without any site. No Django.

It is put together from verify_page_parts/, the SHA-256 of the upload page, and the tables of this verifier:
its sentences, limits and names are not written a second time. The bytes are the same for every case file.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from cases.casefile import box, contents, inspection, layout, origins, signed_pdf, zip_box
from cases.casefile.verify import MOST_FINDINGS
from cases.casefile.verify_page_words import PAGE, SENTENCES_OF_THE_PAGE
from cases.casefile.wording import PLACES, SENTENCES, SUMMARIES
from cases.rules.text import Text

PARTS = Path(__file__).with_name("verify_page_parts")
HASHING = Path(__file__).parents[2] / "static" / "js" / "sha256.js"
SCRIPTS = ("zip.js", "boxes.js", "contents.js", "der.js", "documents.js", "inspection.js", "page.js")
# Of the upload page's worker everything up to its own reading of a file.
_END_OF_HASHING = "\nasync function sha256("

LIMITS = {
    "files": box.MOST_FILES,
    "directory": zip_box.LARGEST_DIRECTORY,
    "growth": zip_box.GROWTH,
    "growth_allowance": zip_box.GROWTH_ALLOWANCE,
    "file_mode": zip_box.FILE_MODE,
    "text": inspection.LARGEST_TEXT,
    "largest": inspection.LARGEST,
    "tail": signed_pdf.TAIL,
    "notes": contents.MOST_NOTES,
    "origin_bytes": layout.ORIGIN_BYTES,
    "findings": MOST_FINDINGS,
}
LAYOUT = {
    "schema": layout.SCHEMA,
    "declaration": layout.DECLARATION,
    "declaration_text": layout.DECLARATION_TEXT,
    "bag_info": layout.BAG_INFO,
    "manifest": layout.MANIFEST,
    "timestamp": layout.TIMESTAMP,
    "public_key": layout.PUBLIC_KEY,
    "tag_manifest": layout.TAG_MANIFEST,
    "signature": layout.SIGNATURE,
    "payload": layout.PAYLOAD,
    "document": layout.DOCUMENT,
    "document_signature": layout.DOCUMENT_SIGNATURE,
    "case_json": layout.CASE_JSON,
    "custody": layout.CUSTODY,
    "required": layout.REQUIRED,
    "outside": sorted(layout.OUTSIDE_THE_MANIFESTS),
    "looked_into": sorted(inspection.LOOKED_INTO),
    "origin_files": layout.ORIGIN_FILES,
    "told": origins.TOLD,
    "imported": origins.IMPORTED,
}


@lru_cache(maxsize=1)
def verify_page() -> bytes:
    """The whole page, UTF-8. Its own policy allows its one script and style by their hashes, nothing else."""
    style = _part("page.css")
    script = "\n".join(('"use strict";', _tables(), _hashing(), *map(_part, SCRIPTS)))
    policy = f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; "
    page = _part("page.html")
    noscript = f"{PAGE['no_script'].zh_hans}<br>{PAGE['no_script'].en}"
    gaps = {"policy": policy + "form-action 'none'", "style": style, "noscript": noscript, "script": script}
    for name, value in gaps.items():
        before, _gap, after = page.partition(f"{{{name}}}")
        page = before + value + after
    return page.encode()


def _tables() -> str:
    tables: dict[str, Mapping[str, Any]] = {
        "LAYOUT": LAYOUT,
        "LIMITS": LIMITS,
        "SENTENCES": _texts({**SENTENCES, **SENTENCES_OF_THE_PAGE}),
        "SUMMARIES": _texts(SUMMARIES),
        "PLACES": _texts(PLACES),
        "PAGE": _texts(PAGE),
    }
    return "\n".join(
        # No sentence may close the script element it stands in.
        f"const {name} = {json.dumps(table, ensure_ascii=False, sort_keys=True)};".replace("<", "\\u003c")
        for name, table in tables.items()
    )


def _texts(texts: Mapping[str, Text]) -> dict[str, dict[str, str]]:
    return {name: text.as_json() for name, text in texts.items()}


def _hashing() -> str:
    found, end, _rest = HASHING.read_text(encoding="utf-8").partition(_END_OF_HASHING)
    if not end:
        raise ValueError(
            f"{HASHING.name} has no function sha256; {layout.VERIFY_PAGE} is made from what precedes it."
        )
    return found


def _part(name: str) -> str:
    return (PARTS / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
