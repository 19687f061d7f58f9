"""What stands on the pages: the snapshot as sentences, dates and rows, ready to be set."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from cases.casefile import layout
from cases.casefile.cards import contact_card, deadline_card
from cases.casefile.chart import Chart
from cases.casefile.page_one import PageOne
from cases.casefile.profiles import profile_named
from cases.casefile.promises import promises
from cases.casefile.snapshot import ExhibitFacts, OriginFacts, Snapshot
from cases.casefile.styled import fill, joined, moment, rows, shortened
from cases.casefile.timeline import timeline
from cases.casefile.words import words, words_where_redacted
from cases.rules.media_types import extension_for

# Of what a machine read on one exhibit; all of it is in case.json.
READ_SIGNS = 1500
# Of the title, in the head of each page.
RUNNING_SIGNS = 36
OWN_TEXT = ("text/plain", "message/rfc822")


class Pages:
    """Built in the language that is active, from one snapshot; `is_both`: to stand beside another one."""

    def __init__(self, snapshot: Snapshot, *, is_both: bool = False) -> None:
        self.snapshot, self.is_both = snapshot, is_both
        self.words = words()
        if any(exhibit.redaction for exhibit in snapshot.exhibits):
            self.words |= words_where_redacted()

    def as_json(self) -> dict[str, Any]:
        snapshot, words, made = self.snapshot, self.words, promises(self.snapshot)
        one = PageOne(snapshot, words, is_both=self.is_both)
        return {
            "lang": "zh" if snapshot.language.startswith("zh") else "en",
            "words": words,
            "title": snapshot.case.title,
            "running_title": shortened(snapshot.case.title, RUNNING_SIGNS),
            "parts": [part for part in profile_named(snapshot.case_file.profile).parts if self.has(part)],
            "left_out": self.left_out(),
            "identifier": snapshot.case_file.identifier,
            "state_at": moment(snapshot.state_at),
            "zone": snapshot.zone,
            "summary": one.as_json(),
            "statement": one.statement(),
            "chart": Chart(snapshot, is_both=self.is_both).as_json(),
            "timeline": timeline(snapshot),
            "contacts": [
                contact_card(contact, made.get(contact.number), words) for contact in snapshot.contacts
            ],
            "deadlines": [
                deadline_card(deadline, number, snapshot, words)
                for number, deadline in enumerate(snapshot.deadlines, start=1)
            ],
            "evidence": self.evidence(),
            "exhibits": [self.exhibit(exhibit) for exhibit in snapshot.exhibits],
            "machine_read": [
                {"number": exhibit.number, "text": shortened(exhibit.recognised_text, READ_SIGNS)}
                for exhibit in snapshot.exhibits
                if is_machine_read(exhibit)
            ],
            "origins": [self.origin(origin) for origin in snapshot.origins],
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
        return {
            "number": exhibit.number,
            "title": joined(f"E{exhibit.number}", self.called(exhibit)),
            "name": self.called(exhibit) or name,
            "what": joined(words["redacted"] if exhibit.redaction else "", kind_of(exhibit)),
            "file": name,
            "source": exhibit.source.label,
            "received": moment(exhibit.received_at),
            "pages": exhibit.page_count,
            "proves": self.proves(exhibit),
            "sha256": exhibit.sha256,
            "hash_of": words["hash_of_redacted" if exhibit.redaction else "hash_of"],
            "cannot_show": fill(words["cannot_show"], file=name),
            "recording": self.recording(exhibit, name),
            "rows": rows(
                (words["redacted"], self.redaction(exhibit)),
                (words["received"], moment(exhibit.received_at)),
                (words["claimed"], moment(exhibit.claimed_at)),
                (words["proof_of"], joined(*contacts)),
                (words["file"], joined(exhibit.original_name, kind_of(exhibit))),
                (words["size"], _("%(count)s bytes") % {"count": f"{exhibit.size:,}"}),
            ),
        }

    def proves(self, exhibit: ExhibitFacts) -> str:
        """What it shows, and which contacts with what outcome it is proof of."""
        contacts = {contact.number: contact for contact in self.snapshot.contacts}
        named = [
            joined(fill(self.words["contact"], number=number), contacts[number].outcome.label)
            for number in exhibit.contacts
        ]
        return "\n".join(filter(None, [exhibit.shows, *named])) or "–"

    def evidence(self) -> dict[str, Any]:
        """What stands above and below the evidence list."""
        case, words, exhibits = self.snapshot.case, self.words, self.snapshot.exhibits
        pages = sum(exhibit.page_count for exhibit in exhibits)
        return {
            "head": rows(
                (words["submitted_by_name"], case.owner),
                (words["other_party"], joined(case.merchant, case.playbook.label)),
                (words["matter"], joined(case.title, case.problem_kind.label)),
            ),
            "totals": fill(words["totals"], count=len(exhibits), pages=pages),
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

    def origin(self, origin: OriginFacts) -> dict[str, Any]:
        words = self.words
        return {
            "title": fill(words["origin"], identifier=origin.identifier, count=origin.count),
            "rows": rows(
                (words["state_then"], origin.state_at),
                (words["signing_key"], origin.signing_key),
                (words["bundle_hash"], origin.bundle_sha256),
                (words["claimed_stamp"], f"{origin.stamped_at} {origin.stamp_authority}".strip()),
                (words["last_hash"], origin.head),
                (words["file"], origin.file),
            ),
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


def kind_of(exhibit: ExhibitFacts) -> str:
    """What kind of file it is, as in “Picture – PNG – 1080 × 2400”."""
    kinds = {
        "image": _("Picture"),
        "audio": _("Sound"),
        "video": _("Video"),
        "message": _("E-mail"),
        "text": _("Text"),
    }
    measures = f"{exhibit.width} × {exhibit.height}" if exhibit.width else ""
    name = extension_for(exhibit.media_type).upper()
    return joined(kinds.get(exhibit.media_type.partition("/")[0], ""), name, measures)


def is_machine_read(exhibit: ExhibitFacts) -> bool:
    """Of texts and e-mails the words are the file's own, and stand on its pages already."""
    return bool(exhibit.recognised_text.strip()) and exhibit.media_type not in OWN_TEXT
