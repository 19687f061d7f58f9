"""The custody chain of a case, checked as it is shown."""

from __future__ import annotations

import json
import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cases.models import Case
from cases.services import custody as custody_service
from cases.views.access import case_view
from cases.views.actions import sentence_for
from tracker.accounts.models import User

# No longer than the database's own numbers: an entry may have been changed from outside.
USER = re.compile(r"user:[0-9]{1,18}")


@case_view("GET")
def custody(request: HttpRequest, case: Case) -> HttpResponse:
    breaks = custody_service.verify(case)
    broken = {one.sequence: one.reason for one in breaks}
    entries = list(case.custody_entries.order_by("-sequence"))
    names = _names({entry.actor for entry in entries})
    for entry in entries:
        entry.sentence = sentence_for(entry.action)
        entry.who = names.get(entry.actor, entry.actor)
        entry.record = _written(entry.details)
        entry.broken = broken.get(entry.sequence)
    context = {
        "case": case,
        "room": "custody",
        "entries": entries,
        "breaks": breaks,
        "head": entries[0] if entries else None,
    }
    return render(request, "cases/custody.html", context)


def _written(details: object) -> str:
    """The details for reading; half a sign, which only a change from outside leaves, shows as “?”."""
    text = json.dumps(details, ensure_ascii=False, indent=1, sort_keys=True)
    return text.encode(errors="replace").decode()


def _names(actors: set[str]) -> dict[str, str]:
    """user:7 → the name that user has today; the chain itself keeps only the number."""
    numbers = {actor: int(actor[5:]) for actor in actors if USER.fullmatch(actor)}
    users = User.objects.in_bulk(numbers.values())
    return {actor: users[number].get_full_name() for actor, number in numbers.items() if number in users}
