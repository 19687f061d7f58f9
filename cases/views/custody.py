"""The custody chain of a case, checked as it is shown."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cases.models import Case
from cases.services import custody as custody_service
from cases.views.access import case_view
from cases.views.actions import sentence_for
from tracker.accounts.models import User


@case_view("GET")
def custody(request: HttpRequest, case: Case) -> HttpResponse:
    breaks = custody_service.verify(case)
    broken = {one.sequence: one.reason for one in breaks}
    entries = list(case.custody_entries.order_by("-sequence"))
    names = _names({entry.actor for entry in entries})
    for entry in entries:
        entry.sentence = sentence_for(entry.action)
        entry.who = names.get(entry.actor, entry.actor)
        entry.record = json.dumps(entry.details, ensure_ascii=False, indent=1, sort_keys=True)
        entry.broken = broken.get(entry.sequence)
    context = {
        "case": case,
        "room": "custody",
        "entries": entries,
        "breaks": breaks,
        "head": entries[0] if entries else None,
    }
    return render(request, "cases/custody.html", context)


def _names(actors: set[str]) -> dict[str, str]:
    """user:7 → the name that user has today; the chain itself keeps only the number."""
    numbers = {actor: actor.partition(":")[2] for actor in actors if actor.startswith("user:")}
    users = User.objects.in_bulk([int(number) for number in numbers.values() if number.isdecimal()])
    return {
        actor: users[int(number)].get_full_name()
        for actor, number in numbers.items()
        if number.isdecimal() and int(number) in users
    }
