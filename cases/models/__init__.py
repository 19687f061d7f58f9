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
from cases.models.case_file import BuildState, CaseFile
from cases.models.contact import ContactAttempt, ContactOutcome, Direction
from cases.models.custody import CustodyEntry
from cases.models.deadline import Binds, Deadline, DropReason, Whose
from cases.models.exhibit import Exhibit, ExhibitSource, WorkingCopy, WorkingCopyKind
from cases.models.membership import Membership, Role
from cases.models.milestone import CountdownStep, Milestone, MilestoneKind
from cases.models.order import Order, OrderNumber, OrderNumberKind
from cases.models.own_playbook import OwnPlaybook
from cases.models.reminder import Reminder
from cases.models.work_calendar import CalendarCode, CalendarDay, CalendarYear, Recount

__all__ = [
    "Binds",
    "BuildState",
    "CalendarCode",
    "CalendarDay",
    "CalendarToken",
    "CalendarYear",
    "Case",
    "CaseFile",
    "Complexity",
    "ContactAttempt",
    "ContactOutcome",
    "CountdownStep",
    "CustodyEntry",
    "Deadline",
    "Direction",
    "DropReason",
    "Exhibit",
    "ExhibitSource",
    "Membership",
    "MerchantKind",
    "Milestone",
    "MilestoneKind",
    "Order",
    "OrderNumber",
    "OrderNumberKind",
    "Outcome",
    "OwnPlaybook",
    "PaymentMethod",
    "ProblemKind",
    "Recount",
    "Reminder",
    "Risk",
    "Role",
    "Status",
    "Urgency",
    "Whose",
    "WorkingCopy",
    "WorkingCopyKind",
]
