"""What the entries of the custody chain are called on the screen."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise] = {
    "case_opened": _("Case opened"),
    "case_described": _("Description of the case changed"),
    "case_status_changed": _("Status of the case changed"),
    "case_closed": _("Case closed"),
    "case_reopened": _("Case opened again"),
    "case_imported": _("Case imported from a case file"),
    "order_added": _("Order added"),
    "order_number_added": _("Number added to an order"),
    "order_amount_added": _("Amount added to an order"),
    "contact_logged": _("Contact logged"),
    "contact_ticket_added": _("Ticket number added to a contact"),
    "milestone_logged": _("Milestone logged"),
    "milestone_corrected": _("Milestone corrected"),
    "exhibit_received": _("Exhibit received"),
    "exhibit_viewed": _("Exhibit looked at"),
    "exhibit_original_saved": _("Original saved"),
    "case_viewed": _("Case looked at"),
    "exhibit_described": _("Description of the exhibit changed"),
    "exhibit_read": _("Exhibit read by a machine"),
    "exhibit_linked": _("Exhibit linked to a contact"),
    "exhibit_imported": _("Exhibit imported from a case file"),
    "exhibit_redacted": _("Redacted copy made"),
    "working_copy_made": _("Working copy made"),
    "deadline_started": _("Deadline started"),
    "deadline_moved": _("Deadline moved"),
    "deadline_paused": _("Clock of a deadline stands still"),
    "deadline_runs_again": _("Clock of a deadline runs again"),
    "deadline_met": _("Deadline met"),
    "deadline_dropped": _("Deadline no longer matters"),
    "deadline_resumed": _("Deadline taken up again"),
    "deadline_snoozed": _("Reminders of a deadline put off"),
    "deadline_snooze_taken_back": _("Reminders of a deadline no longer put off"),
    "own_reminder_added": _("Own reminder set"),
    "own_reminder_changed": _("Own reminder changed"),
    "own_reminder_done": _("Own reminder done"),
    "own_reminder_removed": _("Own reminder removed"),
    "reminder_sent": _("Reminder sent"),
    "reminder_failed": _("Reminder could not be sent"),
    "reminder_tried_again": _("Reminder is tried again"),
    "case_file_requested": _("Case file requested"),
    "case_file_built": _("Case file built"),
    "case_file_cancelled": _("Case file cancelled"),
    "case_file_failed": _("Case file could not be built"),
    "case_file_shared": _("Link to a case file made"),
    "case_file_share_revoked": _("Link to a case file revoked"),
    "case_file_share_locked": _("Link to a case file locked after wrong codes"),
    "case_file_share_opened": _("Link to a case file opened"),
    "case_file_handed_out": _("Case file handed out"),
    "case_erased": _("Case erased"),
}


def sentence_for(action: str) -> Promise | str:
    """The action in words; one that a newer version wrote stays as it is."""
    return SENTENCES.get(action, action)
