"""What is stored, a file per noun. Rules that must never be false are constraints here."""

from cases.models.calendar_token import CalendarToken
from cases.models.case import (
    Case,
    Complexity,
    MerchantKind,
    Outcome,
    PaymentMethod,
    ProblemKind,
    Risk,
    Status,
    Urgency,
)
from cases.models.case_draft import CaseDraft
from cases.models.case_file import BuildStage, BuildState, CaseFile, DocumentLanguage
from cases.models.case_file_share import CaseFileShare, ShareEnd
from cases.models.case_import import CaseImport, ImportState
from cases.models.case_origin import CaseOrigin
from cases.models.contact import ContactAttempt, ContactOutcome, Direction
from cases.models.custody import CustodyEntry
from cases.models.deadline import Binds, Deadline, DropReason, Whose
from cases.models.exhibit import Exhibit, ExhibitSource, WorkingCopy, WorkingCopyKind
from cases.models.incoming_share import IncomingFile, IncomingShare
from cases.models.membership import Membership, Role
from cases.models.milestone import CountdownStep, Milestone, MilestoneKind
from cases.models.order import Order, OrderNumber, OrderNumberKind
from cases.models.own_playbook import OwnPlaybook
from cases.models.own_reminder import OwnReminder
from cases.models.recognition import Recognition, RecognitionState
from cases.models.redaction import Redaction
from cases.models.reminder import (
    MORNING_SUMMARY,
    OWN_STEP,
    WEEKLY_SUMMARY,
    CancelReason,
    Reminder,
)
from cases.models.reminder_preferences import ReminderPreferences
from cases.models.scrub_run import ScrubFinding, ScrubRun, Trouble
from cases.models.seal import Seal, SealedHead
from cases.models.tombstone import Tombstone
from cases.models.upload import Upload, UploadPiece
from cases.models.work_calendar import CalendarCode, CalendarDay, CalendarYear, Recount

__all__ = [
    "MORNING_SUMMARY",
    "OWN_STEP",
    "WEEKLY_SUMMARY",
    "Binds",
    "BuildStage",
    "BuildState",
    "CalendarCode",
    "CalendarDay",
    "CalendarToken",
    "CalendarYear",
    "CancelReason",
    "Case",
    "CaseDraft",
    "CaseFile",
    "CaseFileShare",
    "CaseImport",
    "CaseOrigin",
    "Complexity",
    "ContactAttempt",
    "ContactOutcome",
    "CountdownStep",
    "CustodyEntry",
    "Deadline",
    "Direction",
    "DocumentLanguage",
    "DropReason",
    "Exhibit",
    "ExhibitSource",
    "ImportState",
    "IncomingFile",
    "IncomingShare",
    "Membership",
    "MerchantKind",
    "Milestone",
    "MilestoneKind",
    "Order",
    "OrderNumber",
    "OrderNumberKind",
    "Outcome",
    "OwnPlaybook",
    "OwnReminder",
    "PaymentMethod",
    "ProblemKind",
    "Recognition",
    "RecognitionState",
    "Recount",
    "Redaction",
    "Reminder",
    "ReminderPreferences",
    "Risk",
    "Role",
    "ScrubFinding",
    "ScrubRun",
    "Seal",
    "SealedHead",
    "ShareEnd",
    "Status",
    "Tombstone",
    "Trouble",
    "Upload",
    "UploadPiece",
    "Urgency",
    "Whose",
    "WorkingCopy",
    "WorkingCopyKind",
]
