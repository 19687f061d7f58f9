"""The fixed words of the document, in the language that is active."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def words() -> dict[str, str]:
    """Every word that document.typ sets, by the name it uses; {gaps} are filled there."""
    groups = (
        _document,
        _facts,
        _page_one,
        _contacts,
        _deadlines,
        _evidence_list,
        _exhibits,
        _custody,
        _checking,
    )
    return {name: word for group in groups for name, word in group().items()}


def _document() -> dict[str, str]:
    return {
        "case_file": _("Case file"),
        "reference": _("Reference"),
        "state": _("State of {at}"),
        "page": _("Page {page} of {pages}"),
        "volume": _("Volume {volume} of {volumes}"),
        "contents": _("Contents"),
        "statement": _("Statement in full"),
        "timeline": _("Timeline"),
        "key": _(
            "○ contact ● answered contact ◇ end of a promise ◆ milestone ■ deadline ▲ exhibit received "
            "△ order □ case"
        ),
        "date": _("Date"),
        "time": _("Time"),
        "nothing_yet": _("Nothing has been logged."),
        "not_stated": _("Not stated"),
        "times": _("All times: {zone}, with their offset from UTC."),
        "more": _("and {count} more"),
    }


def _facts() -> dict[str, str]:
    """What page one and the cards have in common."""
    return {
        "parties": _("Parties"),
        "consumer": _("Consumer"),
        "merchant": _("Merchant"),
        "platform": _("Platform"),
        "partner": _("Partner platform"),
        "address": pgettext("of a shop", "Address"),
        "paid_by": _("Paid by"),
        "also_applies": _("What else applies"),
        "orders": _("Orders"),
        "item": _("Item"),
        "amount": _("Amount"),
        "amount_in_dispute": _("Amount in dispute"),
        "recovered": _("Recovered"),
        "paid_at": _("Paid"),
        "received_at": pgettext("goods", "Received"),
    }


def _page_one() -> dict[str, str]:
    return {
        "status": _("Where it stands"),
        "status_now": _("Status"),
        "contact_attempts": _("Contact attempts"),
        "exhibits": _("Exhibits"),
        "deadlines": _("Deadlines"),
        "what_happened": _("What happened"),
        "what_is_asked": _("What is asked"),
        "continued": _("The full text is in the part “{part}”."),
        "opened_at": _("Case opened"),
        "next_due": _("Next deadline"),
        "answered_of": _("{count} ({answered} answered)"),
        "promises": _("Promises"),
        "strongest": _("The strongest exhibits"),
        "strongest_rule": _(
            "Chosen by a fixed rule: words of the other side first, then what names the order, then what is "
            "more than a picture."
        ),
        "names_number": _("names number {number}"),
        "all_exhibits": _("All {count} are in the part “{part}”."),
    }


def _contacts() -> dict[str, str]:
    return {
        "contact": _("Contact {number}"),
        "when": _("When"),
        "until": _("Until"),
        "channel": _("Channel"),
        "with_whom": _("With whom"),
        "ticket": _("Their ticket number"),
        "direction": _("Direction"),
        "outgoing": _("The consumer contacted them"),
        "incoming": _("They contacted the consumer"),
        "outcome": _("Outcome"),
        "said": _("What was said"),
        "promise": _("Promise"),
        "promised_by": _("Promised until"),
        "logged": _("Logged"),
        "proof": _("Proof"),
        "not_recorded": _("not recorded"),
        "minutes": _("{count} min"),
    }


def _deadlines() -> dict[str, str]:
    return {
        "deadline": _("Deadline {number}"),
        "counted_from": _("Counted from"),
        "rule": _("Rule"),
        "counted_with": _("Counted with"),
        "note": _("Note"),
        "why_dropped": _("Why it no longer matters"),
        "due": _("Due"),
        "window": _("From {start} to {end}"),
        "end_of_day": _("end of the day"),
        "binds": _("Who must act"),
        "other_side": _("The other side"),
        "consequence": _("When the time is over"),
        "paused": _("Paused: the clock stands still, and the date moves on when it runs again."),
        "state_of_it": _("State"),
        "provisional": _("Provisional: the calendar of that year is not published yet."),
        "why": _("Why this date"),
        "source": _("Source"),
        "confidence": _("Confidence"),
        "checked_on": _("checked on {day}"),
        "editions": _("Playbook {playbook}, calendar {calendar}"),
        "met_at": _("Met at"),
    }


def _evidence_list() -> dict[str, str]:
    return {
        "left_out": _("The case has more exhibits; its owner left these out of this case file: {exhibits}."),
        "evidence_list": _("Evidence list"),
        "number": _("No."),
        "name": _("Name"),
        "pages": _("Pages"),
        "proves": _("What it proves"),
        "page_in_file": pgettext("in a table", "Page"),
        "submitted_by_name": _("Submitted by"),
        "other_party": _("Other party"),
        "matter": _("Matter"),
        "totals": _("Exhibits in all: {count}. Pages of exhibits: {pages}."),
        "originals_kept": _(
            "The originals are electronic files, kept unchanged; each can be told by its SHA-256 "
            "and lies in the case file under the name given here."
        ),
        "submitted_by": _("Submitted by (signature)"),
    }


def _exhibits() -> dict[str, str]:
    return {
        "hash_of": _("SHA-256 of the original"),
        "hash_of_redacted": _("SHA-256 of the redacted copy"),
        "redacted": _("Redacted copy"),
        "original_kept": _(
            "Copy {number}, with parts blacked out. The original is kept unchanged; its SHA-256: {sha256}"
        ),
        "exhibit_page": _("Page {page} of {pages}"),
        "part": _("Part {part} of {parts}"),
        "repeated": _("repeats the end of the part before"),
        "cannot_show": _("This exhibit cannot be shown here. The original is in the case file: {file}"),
        "recording": _("A recording of {length}. It lies in the case file, to be played: {file}"),
        "received": pgettext("exhibit", "Received"),
        "claimed": _("Time as stated"),
        "size": _("Size"),
        "file": _("File"),
        "proof_of": _("Proof of"),
        "shown_smaller": _("Shown whole, in a smaller copy; the original is kept unchanged."),
        "machine_read": _("Machine-read text"),
        "machine_read_intro": _(
            "What a program read on the exhibits, to help with searching. It can be wrong; only the exhibits "
            "themselves count. The beginning of each; all of it is in data/case.json."
        ),
    }


def words_where_redacted() -> dict[str, str]:
    """What is said in other words once an exhibit is handed out redacted."""
    return {
        "attached": _(
            "The exhibits are attached to this PDF, under the names of the evidence list: the originals and, "
            "where the list says so, redacted copies instead."
        ),
        "not_attached": _(
            "The exhibits are not attached to this PDF; they are in the bundle: the originals "
            "and, where the list says so, redacted copies instead."
        ),
    }


def _custody() -> dict[str, str]:
    return {
        "custody": _("Chain of custody"),
        "custody_intro": _(
            "Who did what with the case and its exhibits. Each entry holds the hash of the one before, "
            "so that none can be changed, removed or inserted without a trace. The exact entries are in "
            "data/custody.jsonl."
        ),
        "origins_intro": _(
            "The case was taken in from the case file of another installation. The chains that were kept "
            "there lie in this case file, unchanged; the first entry of each holds the last hash of the one "
            "before."
        ),
        "origin": _("From case file {identifier}: {count} entries"),
        "state_then": _("State then"),
        "signing_key": _("Fingerprint of its key"),
        "bundle_hash": _("SHA-256 of its ZIP"),
        "claimed_stamp": _("Time stamp in it, not checked here"),
        "last_hash": _("Last hash"),
        "who": _("Who"),
        "what": _("What"),
        "exhibit": _("Exhibit"),
        "hash": _("Hash"),
    }


def _checking() -> dict[str, str]:
    return {
        "verify": _("How to check this case file"),
        "verify_intro": _(
            "This document is part of a bundle (ZIP) that anyone can check without the site that made it. "
            "A check shows that nothing was changed since the bundle was made; whether the content is true, "
            "it does not show."
        ),
        "verify_unpack": _("Unpack the ZIP into an empty folder and run, in that folder:"),
        "verify_sign": _("The signature covers every file. It holds when this says “Verified OK”:"),
        "verify_key": _(
            "Compare the fingerprint of the key with the one that the maker names by another way; the key "
            "inside the bundle cannot show by itself whose it is:"
        ),
        "verify_head": _(
            "Hash of the last entry of the chain of custody; write it down elsewhere, and nothing can be cut "
            "off the chain unnoticed:"
        ),
        "verify_pdf": _(
            "This PDF is signed itself, with the same key: the signature panel of a PDF reader shows whether "
            "it was changed since, also without the bundle."
        ),
        "verify_more": _("HOW-TO-VERIFY.txt in the bundle has the commands for Windows and macOS as well."),
        "attached": _("The originals are attached to this PDF, under the names of the evidence list."),
        "not_attached": _("The originals are not attached to this PDF; they are in the bundle."),
        "own_time": _("There is no time stamp of an outside authority: the time is this installation's own."),
        "asked_time": _(
            "A time stamp is asked of {authority}; HOW-TO-VERIFY.txt in the bundle says whether it was given."
        ),
        "marks": _(
            "A sign that the font lacks, or that is invisible, is printed as its number, as in {mark}; the "
            "exact text is in data/case.json."
        ),
    }
