"""Words of the case file that no model has: acts of the chain, states of a deadline, people."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from cases.casefile.snapshot import Coded
from cases.models import Deadline

ACTS = {
    "case_opened": gettext_lazy("Case opened"),
    "case_described": gettext_lazy("Case described anew"),
    "case_status_changed": gettext_lazy("Status of the case changed"),
    "case_closed": gettext_lazy("Case closed"),
    "case_reopened": gettext_lazy("Case reopened"),
    "case_imported": gettext_lazy("Case imported from a case file"),
    "order_added": gettext_lazy("Order added"),
    "order_number_added": gettext_lazy("Order number added"),
    "order_amount_added": gettext_lazy("Amount added to an order"),
    "contact_logged": gettext_lazy("Contact logged"),
    "contact_ticket_added": gettext_lazy("Ticket number added to a contact"),
    "milestone_logged": gettext_lazy("Milestone logged"),
    "milestone_corrected": gettext_lazy("Milestone corrected"),
    "deadline_started": gettext_lazy("Deadline started"),
    "deadline_moved": gettext_lazy("Deadline moved"),
    "deadline_paused": gettext_lazy("Clock of a deadline stands still"),
    "deadline_runs_again": gettext_lazy("Clock of a deadline runs again"),
    "deadline_met": gettext_lazy("Deadline met"),
    "deadline_dropped": gettext_lazy("Deadline dropped"),
    "deadline_resumed": gettext_lazy("Deadline taken up again"),
    "deadline_snoozed": gettext_lazy("Reminders of a deadline put off"),
    "deadline_snooze_taken_back": gettext_lazy("Reminders of a deadline no longer put off"),
    "own_reminder_added": gettext_lazy("Own reminder set"),
    "own_reminder_changed": gettext_lazy("Own reminder changed"),
    "own_reminder_done": gettext_lazy("Own reminder done"),
    "own_reminder_removed": gettext_lazy("Own reminder removed"),
    "reminder_sent": gettext_lazy("Reminder sent"),
    "reminder_failed": gettext_lazy("Reminder could not be sent"),
    "reminder_tried_again": gettext_lazy("Reminder is tried again"),
    "exhibit_received": gettext_lazy("Exhibit received"),
    "exhibit_described": gettext_lazy("Exhibit described"),
    "exhibit_read": gettext_lazy("Exhibit read by a machine"),
    "exhibit_linked": gettext_lazy("Exhibit linked to a contact"),
    "exhibit_redacted": gettext_lazy("Redacted copy made"),
    "exhibit_imported": gettext_lazy("Exhibit imported from a case file"),
    "case_file_requested": gettext_lazy("Case file requested"),
    "case_file_built": gettext_lazy("Case file built"),
    "case_file_cancelled": gettext_lazy("Case file cancelled"),
    "case_file_shared": gettext_lazy("Link to a case file made"),
    "case_file_share_revoked": gettext_lazy("Link to a case file revoked"),
    "case_file_share_locked": gettext_lazy("Link to a case file locked after wrong codes"),
    "case_file_share_opened": gettext_lazy("Link to a case file opened"),
    "case_file_handed_out": gettext_lazy("Case file handed out"),
}


def coded(row: Model, name: str) -> Coded:
    """A choice of a row with its label; an empty choice has no label, whatever the form calls it."""
    code = str(getattr(row, name))
    return Coded(code, str(getattr(row, f"get_{name}_display")()) if code else "")


def act(action: str) -> Coded:
    """What an entry of the chain tells of; an action that has no label yet is shown by its name."""
    return Coded(action, str(ACTS.get(action, action)))


def deadline_state(deadline: Deadline, at: datetime) -> Coded:
    """The state of a deadline at the moment of the case file."""
    code = _state_of(deadline, at)
    return Coded(code, _states()[code])


def _state_of(deadline: Deadline, at: datetime) -> str:
    is_missed = deadline.is_missed(at)
    if deadline.dropped_at is not None:
        return "dropped"
    if deadline.met_at is not None:
        return "met_late" if is_missed else "met"
    return "missed" if is_missed else "open"


def _states() -> dict[str, str]:
    return {
        "open": pgettext("deadline", "Open"),
        "met": pgettext("deadline", "Met in time"),
        "met_late": pgettext("deadline", "Met too late"),
        "missed": pgettext("deadline", "Passed without result"),
        "dropped": pgettext("deadline", "No longer matters"),
    }


def person(actor: str, names: dict[str, str]) -> str:
    """An actor of the chain for people: name or role where known, and the number the chain holds."""
    if actor == "system":
        return _("This installation")
    return f"{names[actor]} ({actor})" if names.get(actor) else actor
