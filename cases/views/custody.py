"""The custody chain of a case, checked as it is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from cases.casefile.chain import UNREADABLE, head_of
from cases.models import Case
from cases.rules.custody import Entry, breaks
from cases.services import custody as custody_service
from cases.services import viewings
from cases.services.case_origins import chain_of, is_imported
from cases.services.custody_checks import names_of
from cases.services.seals import proof_for, seals_of
from cases.views.access import case_view
from cases.views.actions import sentence_for
from tracker.accounts.models import User

ENTRIES_ON_A_PAGE = 100
FOLDED_FROM = 3
LOOKS = frozenset({viewings.EXHIBIT_VIEWED, viewings.CASE_VIEWED})
# No longer than the database's own numbers: an entry may have been changed from outside.
USER = re.compile(r"user:[0-9]{1,18}")


@case_view("GET")
def custody(request: HttpRequest, case: Case) -> HttpResponse:
    """The newest entries first, in pages; every one of them is checked, whichever are shown."""
    chain = custody_service.stored_chain(case)
    found = custody_service.verify_chain(case, chain)
    broken = names_of(found)
    pages = Paginator(chain[::-1], ENTRIES_ON_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    names = _names({str(entry.actor) for entry, _hash in page})
    context = {
        "case": case,
        "room": "custody",
        "runs": list(_folded([_shown(entry, stored, names, broken) for entry, stored in page])),
        "page": page,
        "count": len(chain),
        "breaks": found,
        "seals": seals_of(case),
        "origins": case.origins.defer("lines") if is_imported(chain) else [],
    }
    return render(request, "cases/custody.html", context)


@case_view("GET")
def origin(request: HttpRequest, case: Case, number: int) -> HttpResponse:
    """A chain that the case came with, as it was kept elsewhere: oldest first, never mixed with its own."""
    row = get_object_or_404(case.origins, number=number)
    try:
        chain = chain_of(row)
    except UNREADABLE:
        chain = []
    page = Paginator(chain, ENTRIES_ON_A_PAGE).get_page(request.GET.get("page"))
    broken = names_of(breaks(chain))
    context = {
        "case": case,
        "room": "custody",
        "origin": row,
        "is_whole": bool(chain) and not broken and head_of(chain) == row.chain_head,
        "entries": [_shown(entry, stored, {}, broken) for entry, stored in page],
        "page": page,
    }
    return render(request, "cases/custody_origin.html", context)


@case_view("GET")
def proof(request: HttpRequest, case: Case) -> HttpResponse:
    """What shows, without this site, that the chain is in a daily seal (docs/evidence.md says how)."""
    found = proof_for(case)
    if found is None:
        raise Http404
    response = JsonResponse(found, json_dumps_params={"indent": 1})
    response["Content-Disposition"] = f'attachment; filename="seal-{case.reference}.json"'
    return response


def _folded(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Newest first, in runs; several looks in a row become one line to open, unless one of them is broken."""
    for is_look, run in groupby(entries, key=lambda entry: entry["is_look"] and not entry["broken"]):
        found = list(run)
        is_folded = is_look and len(found) >= FOLDED_FROM
        ends = {"first": found[-1]["sequence"], "last": found[0]["sequence"]}
        yield {"is_folded": is_folded, "entries": found, **ends}


def _shown(entry: Entry, stored: str, names: dict[str, str], broken: dict[int, str]) -> dict[str, Any]:
    """As it is printed: whatever somebody put into the database, a page can be made of it."""
    actor = str(entry.actor)
    return {
        "sequence": entry.sequence,
        "is_look": entry.action in LOOKS,
        "at": _shown_at(entry.at),
        "sentence": sentence_for(_printable(entry.action)),
        "who": names.get(actor, _printable(actor)),
        "exhibit_number": _printable(entry.exhibit_number or ""),
        "exhibit_sha256": _printable(entry.exhibit_sha256),
        "previous_hash": _printable(entry.previous_hash),
        "entry_hash": _printable(stored),
        "record": _written(entry.details) if entry.details else "",
        "broken": broken.get(entry.sequence),
    }


def _shown_at(at: datetime) -> datetime | None:
    """None for a time that no clock of the reader can show, as at the very end of the year 9999."""
    try:
        return timezone.localtime(at)
    except (OverflowError, ValueError, AttributeError):
        return None


def _printable(value: object) -> str:
    return str(value).encode(errors="replace").decode()


def _written(details: object) -> str:
    """The details for reading; half a sign, which only a change from outside leaves, shows as “?”."""
    text = json.dumps(details, ensure_ascii=False, indent=1, sort_keys=True)
    return text.encode(errors="replace").decode()


def _names(actors: set[str]) -> dict[str, str]:
    """user:7 → the name that user has today; the chain itself keeps only the number."""
    numbers = {actor: int(actor[5:]) for actor in actors if USER.fullmatch(actor)}
    users = User.objects.in_bulk(numbers.values())
    return {actor: users[number].get_full_name() for actor, number in numbers.items() if number in users}
