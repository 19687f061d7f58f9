"""What a case file says of an exhibit that goes out as a redacted copy: nothing that is under the boxes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cases.casefile.bag import Altered
from cases.casefile.layout import EXHIBITS
from cases.casefile.names import redacted_file_name
from cases.casefile.snapshot import ExhibitFacts, RedactionFacts
from cases.models import Redaction
from cases.rules.custody import Entry

# What people said of the exhibit stays; everything that comes from its bytes is that of the copy, or gone.
KEPT = frozenset({"number", "source", "shows", "claimed_at", "received_at", "added_by", "contacts"})


def redacted_facts(
    facts: ExhibitFacts, redaction: Redaction, *, made_at: str, chain: Iterable[tuple[Entry, str]]
) -> ExhibitFacts:
    """The facts of the redacted copy in place of its original's; `made_at` as the snapshot writes it.

    Raises Altered for a copy that is not the one the chain says was made.
    """
    if not any(_tells_of(entry, facts, redaction) for entry, _hash in chain):
        raise Altered(f"E{facts.number}")
    return replace(
        facts,
        file=EXHIBITS + redacted_file_name(facts.number, redaction.media_type),
        sha256=redaction.sha256,
        size=redaction.size,
        media_type=redaction.media_type,
        original_name="",
        width=redaction.width,
        height=redaction.height,
        page_count=redaction.page_count,
        duration_ms=None,
        recognised_text="",
        redaction=RedactionFacts(
            number=redaction.number,
            made_at=made_at,
            original_sha256=redaction.original_sha256,
            boxes=len(redaction.boxes),
            pages=tuple(redaction.pages),
        ),
    )


def _tells_of(entry: Entry, facts: ExhibitFacts, redaction: Redaction) -> bool:
    made = (redaction.number, redaction.sha256)
    return (
        entry.action == "exhibit_redacted"
        and (entry.exhibit_number, entry.exhibit_sha256) == (facts.number, redaction.original_sha256)
        and (entry.details.get("redaction"), entry.details.get("sha256")) == made
    )
