"""All cases of the user, narrowed by filters and search."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.models import Case, Deadline
from cases.rules.text import Text
from cases.services import case_drafts, case_lists, case_tables, own_playbooks, search
from cases.services.playbooks import all_playbooks
from cases.templatetags.display import text
from cases.views.fragments import render_page_or_fragment
from cases.views.list_filters import address, groups_of, said_of
from cases.views.shown import ShownDeadline, show
from tracker.accounts.models import User


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    kept = case_lists.kept_by(request.user)
    asked = case_lists.read(request.GET.dict(), kept)
    now = timezone.now()
    page = case_lists.page(case_lists.found(request.user, asked, at=now), asked.after)
    words = list(asked.words)
    places = search.places_in(page.cases, words)
    context = {
        "asked": asked,
        "said": said_of(asked),
        "groups": groups_of(asked, kept, _names(request.user, kept)),
        "rows": [
            (case, one, search.marked(case.title, words), search.marked(case.merchant, words))
            for case, one in _with_deadlines(page.cases)
        ],
        "places": places,
        "more": address(asked, after=page.next_key) if page.next_key else "",
        "first": address(asked),
        "has_any": bool(kept.roles),
        # On the first page alone: what is searched for or paged to is another thing.
        "unfinished": None if asked.q or asked.after else case_drafts.unfinished_of(request.user),
    }
    return render_page_or_fragment(request, "case_list", context)


@require_safe
def case_table(request: HttpRequest) -> HttpResponse:
    """The whole list as it is narrowed, as CSV."""
    kept = case_lists.kept_by(request.user)
    asked = case_lists.read(request.GET.dict(), kept)
    found = case_lists.found(request.user, asked, at=timezone.now())
    names = _names(request.user, kept)
    lines = case_tables.lines(
        found.iterator(chunk_size=500),
        platform=lambda key: text(names[key]) if key in names else key,
        zone=timezone.get_current_timezone(),
    )
    # Written before the language of the request is put down again.
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="cases.csv"'
    return response


def _names(user: User, kept: case_lists.Kept) -> dict[str, Text]:
    """What the platforms of the user's cases are called; a query only for playbooks of the user's own."""
    names = {key: playbook.name for key, playbook in all_playbooks().items()}
    if any(key.startswith(own_playbooks.PREFIX) for key in kept.playbooks):
        names |= {playbook.key: playbook.name for playbook in own_playbooks.all_of(user)}
    return names


def _with_deadlines(rows: list[Case]) -> list[tuple[Case, ShownDeadline | None]]:
    """Each case with its next open deadline, all read by one query."""
    open_deadlines = (
        Deadline.objects.open().filter(case__in=rows).select_related("case").order_by("-due_at", "-pk")
    )
    # The earliest comes last and stays.
    nearest = {shown.deadline.case_id: shown for shown in show(open_deadlines, at=timezone.now())}
    return [(case, nearest.get(case.pk)) for case in rows]
