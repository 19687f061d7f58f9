"""What stands on the pages: the snapshot as sentences, dates and rows, ready to be set."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from cases.casefile import layout
from cases.casefile.profiles import profile_named
from cases.casefile.snapshot import ContactFacts, DeadlineFacts, ExhibitFacts, OrderFacts, Snapshot
from cases.casefile.styled import counted, fill, in_language, joined, moment, money, rows, shortened
from cases.casefile.timeline import timeline
from cases.casefile.words import words, words_where_redacted
from cases.models import Binds

# What still leaves room for the rest on page one; Chinese says more with a sign.
SUMMARY_SIGNS = {"zh-hans": (300, 150), "en": (620, 300)}
ON_PAGE_ONE = 5
# Of what a machine read on one exhibit; all of it is in case.json.
READ_SIGNS = 1500
OWN_TEXT = ("text/plain", "message/rfc822")


class Pages:
    """Built in the language that is active, from one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.words = words()
        if any(exhibit.redaction for exhibit in snapshot.exhibits):
            self.words |= words_where_redacted()

    def as_json(self) -> dict[str, Any]:
        snapshot = self.snapshot
        return {
            "lang": "zh" if snapshot.language.startswith("zh") else "en",
            "words": self.words,
            "title": snapshot.case.title,
            "parts": [part for part in profile_named(snapshot.case_file.profile).parts if self.has(part)],
            "left_out": self.left_out(),
            "identifier": snapshot.case_file.identifier,
            "state_at": moment(snapshot.state_at),
            "zone": snapshot.zone,
            "summary": self.summary(),
            "statement": self.statement(),
            "timeline": timeline(snapshot),
            "contacts": [self.contact(contact) for contact in snapshot.contacts],
            "deadlines": [self.deadline(deadline) for deadline in snapshot.deadlines],
            "exhibits": [self.exhibit(exhibit) for exhibit in snapshot.exhibits],
            "machine_read": [
                {"number": exhibit.number, "text": shortened(exhibit.recognised_text, READ_SIGNS)}
                for exhibit in snapshot.exhibits
                if is_machine_read(exhibit)
            ],
            "custody": [self.entry(index) for index in range(len(snapshot.custody))],
            "verify": self.verify(),
        }

    def has(self, part: str) -> bool:
        """Whether there is anything to print under that heading."""
        if part == "machine_read":
            return any(is_machine_read(exhibit) for exhibit in self.snapshot.exhibits)
        return part != "exhibits" or bool(self.snapshot.exhibits)

    def left_out(self) -> str:
        """Which exhibits of the case are not in it; nothing where all are."""
        numbers = [f"E{one.number}" for one in self.snapshot.left_out]
        return fill(self.words["left_out"], exhibits=", ".join(numbers)) if numbers else ""

    def summary(self) -> dict[str, Any]:
        """Page one."""
        case, words, snapshot = self.snapshot.case, self.words, self.snapshot
        long, short = SUMMARY_SIGNS.get(snapshot.language, SUMMARY_SIGNS["en"])
        return {
            "kind": joined(case.playbook.label, case.problem_kind.label),
            "reference": case.reference,
            "facts": [
                [words["status"], joined(case.status.label, case.outcome.label)],
                [words["amount_in_dispute"], money(case.amount, case.currency) or "–"],
                [words["contact_attempts"], str(len(snapshot.contacts))],
                [words["exhibits"], str(len(snapshot.exhibits))],
            ],
            "parties": rows(
                (words["consumer"], case.owner),
                (words["merchant"], joined(case.merchant, case.merchant_kind.label)),
                (words["address"], case.merchant_address),
                (words["platform"], case.playbook.label),
                (words["partner"], case.partner_platform),
                (words["paid_by"], case.payment_method.label),
                (words["also_applies"], joined(*(playbook.label for playbook in case.also_playbooks))),
            ),
            "orders": [self.order(order) for order in snapshot.orders[:ON_PAGE_ONE]],
            "more_orders": max(0, len(snapshot.orders) - ON_PAGE_ONE),
            "happened": shortened(case.problem_statement, long),
            "asked": shortened(case.demand, short),
            "stands": self.stands(),
            "exhibits": [
                {"number": exhibit.number, "text": shortened(self.called(exhibit), 80)}
                for exhibit in snapshot.exhibits[:ON_PAGE_ONE]
            ],
            "more_exhibits": max(0, len(snapshot.exhibits) - ON_PAGE_ONE),
        }

    def stands(self) -> list[list[str]]:
        """Rows of label and text: how the contacts went, what is due, what came back."""
        case, words, snapshot = self.snapshot.case, self.words, self.snapshot
        outcomes = Counter(contact.outcome.label for contact in snapshot.contacts)
        states = Counter(deadline.state.label for deadline in snapshot.deadlines)
        following = next((item for item in snapshot.deadlines if item.state.code == "open"), None)
        return rows(
            (words["opened_at"], moment(case.created_at)),
            (words["contact_attempts"], counted(outcomes)),
            (words["deadlines"], counted(states)),
            (words["next_due"], joined(self.due(following), self.title(following)) if following else ""),
            (words["recovered"], money(case.recovered_amount, case.currency)),
        )

    def order(self, order: OrderFacts) -> dict[str, Any]:
        return {
            "item": joined(order.platform, order.item),
            "amount": money(order.amount, order.currency),
            "rows": rows(
                *((number.kind.label, number.number) for number in order.numbers),
                (self.words["paid_at"], moment(order.paid_at)),
                (self.words["received_at"], moment(order.received_at)),
            ),
        }

    def statement(self) -> dict[str, Any]:
        """The full texts, where page one had to shorten one of them; else empty."""
        case, summary = self.snapshot.case, self.summary()
        is_whole = summary["happened"] == case.problem_statement and summary["asked"] == case.demand
        if is_whole and not summary["more_orders"]:
            return {}
        orders = [self.order(order) for order in self.snapshot.orders]
        return {"happened": case.problem_statement, "asked": case.demand, "orders": orders}

    def contact(self, contact: ContactFacts) -> dict[str, Any]:
        words, ended = self.words, moment(contact.ended_at)
        return {
            "title": joined(fill(words["contact"], number=contact.number), contact.channel.label),
            "outcome": contact.outcome.label,
            "rows": rows(
                (words["when"], moment(contact.started_at) + (f" – {ended}" if ended else "")),
                (words["direction"], contact.direction.label),
                (words["with_whom"], contact.person),
                (words["ticket"], contact.ticket_number),
                (words["said"], contact.summary),
                (words["promise"], contact.promise),
                (words["promised_by"], moment(contact.promised_by)),
                (words["logged"], moment(contact.logged_at)),
            ),
            "exhibits": contact.exhibits,
        }

    def deadline(self, deadline: DeadlineFacts) -> dict[str, Any]:
        words, because = self.words, deadline.because
        source = because.get("source", {})
        checked = fill(words["checked_on"], day=source.get("checked_on", ""))
        editions = fill(
            words["editions"],
            playbook=because.get("playbook_edition", ""),
            calendar=because.get("calendar_edition", ""),
        )
        return {
            "title": self.title(deadline),
            "state": deadline.state.label,
            "rows": rows(
                (words["due"], self.due(deadline)),
                (words["whose"], deadline.whose.label),
                (words["binds"], bound(str(because.get("binds", "")))),
                (words["why_dropped"], deadline.drop_reason.label),
                (words["met_at"], moment(deadline.met_at)),
                (words["to_do"], self.text(because.get("action", {}))),
                (words["consequence"], self.text(because.get("consequence", {}))),
                (words["rule"], deadline.rule),
                (words["source"], self.source(source)),
                (words["confidence"], joined(confidence(str(source.get("confidence", ""))), checked)),
                (words["counted_with"], editions),
                (words["note"], joined(*self.notes(deadline))),
            ),
            "steps": [self.text(step["text"]) for step in because.get("steps", [])],
        }

    def notes(self, deadline: DeadlineFacts) -> list[str]:
        known = ((deadline.is_provisional, "provisional"), (deadline.is_paused, "paused"))
        return [self.words[name] for holds, name in known if holds]

    def title(self, deadline: DeadlineFacts) -> str:
        return self.text(deadline.because.get("title", {})) or deadline.rule

    def text(self, text: dict[str, str]) -> str:
        return in_language(text, self.snapshot.language)

    def source(self, source: dict[str, Any]) -> str:
        title, article = self.text(source.get("title", {})), self.text(source.get("article", {}))
        return joined(title, article, str(source.get("url", "")))

    def due(self, deadline: DeadlineFacts) -> str:
        if deadline.in_days:
            end = f"{deadline.due_at[:10]} ({self.words['end_of_day']}, {deadline.due_at[-6:]})"
        else:
            end = moment(deadline.due_at)
        if not deadline.window_from:
            return end
        start = deadline.window_from[:10] if deadline.in_days else moment(deadline.window_from)
        return fill(self.words["window"], start=start, end=end)

    def called(self, exhibit: ExhibitFacts) -> str:
        return exhibit.shows or exhibit.original_name or (self.words["redacted"] if exhibit.redaction else "")

    def redaction(self, exhibit: ExhibitFacts) -> str:
        copy = exhibit.redaction
        if copy is None:
            return ""
        return fill(self.words["original_kept"], number=copy.number, sha256=copy.original_sha256)

    def recording(self, exhibit: ExhibitFacts, name: str) -> str:
        if exhibit.duration_ms is None:
            return ""
        minutes, seconds = divmod(round(exhibit.duration_ms / 1000), 60)
        return fill(self.words["recording"], length=f"{minutes}:{seconds:02}", file=name)

    def exhibit(self, exhibit: ExhibitFacts) -> dict[str, Any]:
        words, name = self.words, exhibit.file.removeprefix(layout.EXHIBITS)
        contacts = [fill(words["contact"], number=number) for number in exhibit.contacts]
        measures = f"{exhibit.width} × {exhibit.height}" if exhibit.width else ""
        return {
            "number": exhibit.number,
            "title": joined(f"E{exhibit.number}", self.called(exhibit)),
            "name": joined(words["redacted"], name) if exhibit.redaction else exhibit.original_name or name,
            "source": joined(exhibit.source.label, moment(exhibit.received_at)),
            "pages": exhibit.page_count,
            "proves": joined(exhibit.shows, *contacts) or "–",
            "sha256": exhibit.sha256,
            "hash_of": words["hash_of_redacted" if exhibit.redaction else "hash_of"],
            "cannot_show": fill(words["cannot_show"], file=name),
            "recording": self.recording(exhibit, name),
            "rows": rows(
                (words["redacted"], self.redaction(exhibit)),
                (words["received"], moment(exhibit.received_at)),
                (words["claimed"], moment(exhibit.claimed_at)),
                (words["proof_of"], joined(*contacts)),
                (words["file"], joined(exhibit.original_name, exhibit.media_type, measures)),
                (words["size"], _("%(count)s bytes") % {"count": f"{exhibit.size:,}"}),
            ),
        }

    def entry(self, index: int) -> dict[str, Any]:
        entry = self.snapshot.custody[index]
        return {
            "number": str(entry.sequence),
            "at": moment(entry.at, seconds=True),
            "who": entry.actor,
            "what": entry.action.label,
            "exhibit": f"E{entry.exhibit}" if entry.exhibit else "",
            "hash": entry.hash,
        }

    def verify(self) -> dict[str, Any]:
        facts, words = self.snapshot.case_file, self.words
        files = f"-verify {layout.PUBLIC_KEY} -signature {layout.SIGNATURE} {layout.TAG_MANIFEST}"
        asked = fill(words["asked_time"], authority=facts.stamp_from)
        return {
            "unpack": f"sha256sum -c {layout.MANIFEST}\nsha256sum -c {layout.TAG_MANIFEST}",
            "sign": f"openssl dgst -sha256 {files}",
            "fingerprint": facts.key_fingerprint,
            "chain_head": self.snapshot.chain_head,
            "time": asked if facts.stamp_from else words["own_time"],
            # The number is written out, so that it is not taken for a sign to be replaced.
            "marks": fill(words["marks"], mark="[U+1F600]"),
        }


def is_machine_read(exhibit: ExhibitFacts) -> bool:
    """Of texts and e-mails the words are the file's own, and stand on its pages already."""
    return bool(exhibit.recognised_text.strip()) and exhibit.media_type not in OWN_TEXT


def bound(code: str) -> str:
    """Whom a rule binds; the same words as on the screens."""
    return str(Binds(code).label) if code in Binds.values else code


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
