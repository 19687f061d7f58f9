"""The chains that an imported case brought along: kept as they came, handed on, and checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from cases.casefile import layout
from cases.casefile.bag import hash_file
from cases.casefile.box import Box
from cases.casefile.chain import Chain, read_chain
from cases.casefile.origins import IMPORTED, TOLD, Origin, check_origins
from cases.casefile.snapshot import OriginFacts
from cases.casefile.verify import Verdict
from cases.models import Case, CaseOrigin
from cases.rules.custody import Break

# Of all chains together: every look at the chain of custody reads them.
MOST_BYTES = layout.ORIGIN_BYTES


def brought_along(path: Path, box: Box, content: dict[str, Any], verdict: Verdict) -> list[CaseOrigin]:
    """Every chain of the case file at `path`, found unaltered, its own as the last one; not stored yet.

    Raises ValidationError for one that has been taken from one installation into another too often.
    """
    stated = content.get("origins", [])
    if len(stated) >= len(layout.ORIGIN_FILES):
        raise ValidationError(
            _("This case was taken in %(count)s times already; more chains than that are not carried along.")
            % {"count": len(stated)},
            code="too_many_origins",
        )
    found = [
        CaseOrigin(
            identifier=one["identifier"],
            reference=one["reference"],
            state_at=one["state_at"],
            signing_key=one["signing_key"],
            **{name: one.get(name, "") for name in ("bundle_sha256", "stamped_at", "stamp_authority")},
            chain_head=one["head"],
            entry_count=one["count"],
            lines=b"".join(box.chunks(one["file"])),
        )
        for one in stated
    ]
    last = CaseOrigin(
        identifier=verdict.reference,
        reference=content["case"]["reference"],
        state_at=verdict.since,
        signing_key=verdict.fingerprint,
        bundle_sha256=hash_file(path)[0] if path.is_file() else "",
        stamped_at=verdict.stamp.at.isoformat() if verdict.stamp else "",
        stamp_authority=verdict.stamp.authority[:200] if verdict.stamp else "",
        chain_head=content["custody"]["head"],
        entry_count=content["custody"]["count"],
        lines=b"".join(box.chunks(layout.CUSTODY)),
    )
    if sum(len(origin.lines) for origin in (*found, last)) > MOST_BYTES:
        raise ValidationError(
            _("The chains that this case brings along are longer than the %(limit)s that are taken in here.")
            % {"limit": filesizeformat(MOST_BYTES)},
            code="too_long_origins",
        )
    return [*found, last]


def keep(case: Case, origins: list[CaseOrigin]) -> None:
    """Store them with the case, within the caller's transaction."""
    for number, origin in enumerate(origins, start=1):
        origin.case, origin.number = case, number
        origin.full_clean(exclude=["lines"])
        origin.save(force_insert=True)


def told_of(origins: list[CaseOrigin]) -> dict[str, Any]:
    """What the entry of the import says of where the case came from, and how many chains it brought."""
    last = origins[-1]
    return {
        **{name: getattr(last, name) for name in TOLD},
        "chain_head": last.chain_head,
        "chain_entries": last.entry_count,
        "origins": len(origins),
    }


def facts_of(case: Case) -> tuple[OriginFacts, ...]:
    """As a case file names them; without the chains themselves."""
    rows = CaseOrigin.objects.filter(case=case).defer("lines")
    return tuple(
        OriginFacts(
            number=row.number,
            file=layout.ORIGIN_FILES[row.number - 1],
            identifier=row.identifier,
            reference=row.reference,
            state_at=row.state_at,
            signing_key=row.signing_key,
            bundle_sha256=row.bundle_sha256,
            stamped_at=row.stamped_at,
            stamp_authority=row.stamp_authority,
            head=row.chain_head,
            count=row.entry_count,
        )
        for row in rows
    )


def lines_of(case: Case, number: int) -> bytes:
    """The chain of one origin, byte for byte. Raises CaseOrigin.DoesNotExist."""
    return bytes(CaseOrigin.objects.values_list("lines", flat=True).get(case=case, number=number))


def chain_of(origin: CaseOrigin) -> Chain:
    """Raises chain.UNREADABLE for one that was changed into what is none."""
    return read_chain(bytes(origin.lines))


def is_imported(chain: Chain) -> bool:
    return bool(chain) and chain[0][0].action == IMPORTED


def breaks(case: Case, chain: Chain) -> Iterator[Break]:
    """At most one, at the entry that tells of the import: a chain it came with is not as it came.

    A case without such an entry is not asked for; one that was imported before chains were kept has none.
    """
    if not is_imported(chain):
        return
    rows = list(CaseOrigin.objects.filter(case=case))
    texts = {f"{row.number}": bytes(row.lines) for row in rows}
    origins = [
        Origin(
            f"{row.number}",
            row.reference,
            row.chain_head,
            row.entry_count,
            {name: str(getattr(row, name)) for name in TOLD},
        )
        for row in rows
    ]
    if next(check_origins(origins, chain, texts, frozenset()), None) is not None:
        yield Break(chain[0][0].sequence, "origin")
