"""Says what came into a case since each of its case files was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import ngettext

from cases.models import BuildState, Case, CaseFile, CustodyEntry
from cases.services import viewings

# Whoever made a case file, looked at something or was reminded changed nothing of what it tells.
NO_CHANGE = (
    "case_file",
    "reminder",
    viewings.CASE_VIEWED,
    viewings.EXHIBIT_VIEWED,
    viewings.ORIGINAL_SAVED,
)


def changes_since(*, case: Case, case_files: Iterable[CaseFile]) -> dict[int, list[str]]:
    """For each finished case file, {its number: what the chain tells after its head}, as in ["2 exhibits"].

    An empty list: nothing came since. One whose head the chain does not hold is missing from the answer.
    """
    entries = list(
        CustodyEntry.objects.filter(case=case).order_by("sequence").values_list("entry_hash", "action")
    )
    place = {entry_hash: index for index, (entry_hash, _action) in enumerate(entries)}
    return {
        row.number: _in_words(Counter(action for _hash, action in entries[place[row.chain_head] + 1 :]))
        for row in case_files
        if row.state == BuildState.READY and row.chain_head in place
    }


def _in_words(count: Counter[str]) -> list[str]:
    exhibits, contacts = count["exhibit_received"], count["contact_logged"]
    told = exhibits + contacts
    other = sum(many for action, many in count.items() if not action.startswith(NO_CHANGE)) - told
    words = []
    if exhibits:
        words.append(ngettext("%(count)d exhibit", "%(count)d exhibits", exhibits) % {"count": exhibits})
    if contacts:
        words.append(ngettext("%(count)d contact", "%(count)d contacts", contacts) % {"count": contacts})
    if other:
        entries = ngettext(
            "%(count)d other entry in the chain of custody",
            "%(count)d other entries in the chain of custody",
            other,
        )
        words.append(entries % {"count": other})
    return words
