"""Each contact and each deadline as a card: all that is known of it, nothing left to guess."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cases.casefile.chart_words import promise_results
from cases.casefile.promises import Promise
from cases.casefile.snapshot import ContactFacts, DeadlineFacts, Snapshot
from cases.casefile.styled import due, fill, in_language, joined, moment, rows, title_of
from cases.models import Binds


def contact_card(contact: ContactFacts, promise: Promise | None, words: dict[str, str]) -> dict[str, Any]:
    """`facts` stand side by side and are never left away; `rows` follow below them."""
    unknown = words["not_recorded"]
    return {
        "number": contact.number,
        "title": joined(fill(words["contact"], number=contact.number), contact.channel.label),
        "chip": contact.outcome.label,
        "facts": [
            [words["when"], moment(contact.started_at)],
            [words["until"], _until(contact, words) or unknown],
            [words["with_whom"], contact.person or unknown],
            [words["ticket"], contact.ticket_number or unknown],
            [words["direction"], words[contact.direction.code]],
            [words["logged"], moment(contact.logged_at)],
        ],
        "rows": rows(
            (words["said"], contact.summary),
            (words["promise"], contact.promise),
            (words["promised_by"], moment(contact.promised_by)),
            (words["state_of_it"], _result(promise)),
        ),
        "exhibits": contact.exhibits,
    }


def _until(contact: ContactFacts, words: dict[str, str]) -> str:
    if not contact.ended_at:
        return ""
    lasted = datetime.fromisoformat(contact.ended_at) - datetime.fromisoformat(contact.started_at)
    return f"{moment(contact.ended_at)} ({fill(words['minutes'], count=round(lasted.total_seconds() / 60))})"


def _result(promise: Promise | None) -> str:
    if promise is None:
        return ""
    return joined(promise_results()[promise.result], moment(promise.ended_at))


def deadline_card(
    deadline: DeadlineFacts, number: int, snapshot: Snapshot, words: dict[str, str]
) -> dict[str, Any]:
    """As `contact_card`; `steps` are the arithmetic, one line each, and `sources` where the rule is from.

    What the consumer is advised to do is not in it: the document goes to the other side, too.
    """
    because = deadline.because
    source = because.get("source", {})
    checked = fill(words["checked_on"], day=source.get("checked_on", ""))

    def text(value: dict[str, str]) -> str:
        return in_language(value, snapshot.language)

    return {
        "number": number,
        "title": joined(fill(words["deadline"], number=number), title_of(deadline, snapshot.language)),
        "chip": deadline.state.label,
        "facts": rows(
            (words["due"], due(deadline, words)),
            (words["counted_from"], _counted_from(deadline, snapshot, words)),
            (words["binds"], _who_must_act(deadline, words)),
            (words["met_at"], moment(deadline.met_at)),
            (words["why_dropped"], deadline.drop_reason.label),
        ),
        "rows": rows(
            (words["consequence"], text(because.get("consequence", {}))),
            (words["note"], joined(*_notes(deadline, words))),
        ),
        "sources": rows(
            (words["rule"], deadline.rule),
            (words["source"], _source(source, snapshot.language)),
            (words["confidence"], joined(confidence(str(source.get("confidence", ""))), checked)),
            (words["counted_with"], _editions(because, words)),
        ),
        "steps": [text(step["text"]) for step in because.get("steps", [])],
    }


def _counted_from(deadline: DeadlineFacts, snapshot: Snapshot, words: dict[str, str]) -> str:
    """The moment, and what happened then."""
    what = ""
    if deadline.contact:
        what = fill(words["contact"], number=deadline.contact)
    elif deadline.milestone:
        what = snapshot.milestones[deadline.milestone - 1].kind.label
    return joined(moment(deadline.triggered_at), what)


def _editions(because: dict[str, Any], words: dict[str, str]) -> str:
    playbook, calendar = because.get("playbook_edition", ""), because.get("calendar_edition", "")
    return fill(words["editions"], playbook=playbook, calendar=calendar)


def _source(source: dict[str, Any], language: str) -> str:
    title, article = (
        in_language(source.get("title", {}), language),
        in_language(source.get("article", {}), language),
    )
    return joined(title, article, str(source.get("url", "")))


def _notes(deadline: DeadlineFacts, words: dict[str, str]) -> list[str]:
    known = ((deadline.is_provisional, "provisional"), (deadline.is_paused, "paused"))
    return [words[name] for holds, name in known if holds]


def _who_must_act(deadline: DeadlineFacts, words: dict[str, str]) -> str:
    """Whom the rule binds. The page says “you” to the consumer; whoever reads the document is another."""
    code = str(deadline.because.get("binds", ""))
    if code == Binds.CONSUMER or (code not in Binds.values and deadline.whose.code == "mine"):
        return words["consumer"]
    return str(Binds(code).label) if code in Binds.values else words["other_side"]


def confidence(code: str) -> str:
    """How far a source can be relied on; the same words as on the screens."""
    labels = {
        "V": _("read in the official text"),
        "V-": _("read in a copy of the official text"),
        "S+": _("several secondary sources agree"),
        "S": _("one secondary source"),
        "reported": _("reported, not checked against an official text"),
        "own": _("a user's own entry, not checked"),
    }
    return labels.get(code, code)
