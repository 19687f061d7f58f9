"""Takes a case file of another installation in as a new case: checked first, then all of it or nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.casefile.box import Damaged, Unreadable
from cases.casefile.contents import Redacted, redacted
from cases.casefile.verify import Verdict, verify
from cases.evidence import store
from cases.models import (
    Case,
    CaseOrigin,
    ContactAttempt,
    Deadline,
    Exhibit,
    ExhibitSource,
    Membership,
    Milestone,
    Order,
    OrderNumber,
    Role,
)
from cases.services import case_origins, custody, reminders
from cases.services.importing_files import NOT_OURS, stored, unpacked
from cases.services.importing_rows import NO_CODE, amount_of, check_link, saved
from cases.services.moments import from_text, moment_or_none
from cases.services.own_playbooks import named_for
from tracker.accounts.models import User
from tracker.queue import enqueue_on_commit


def import_case_file(
    *, path: Path, owner: User, at: datetime, then: Callable[[Case], None] = lambda case: None
) -> Case:
    """A new case of `owner` with everything that the case file at `path` holds, exhibits bit for bit.

    The case has a reference and a chain of its own, which begins with where it came from; the chain it came
    with is kept beside it; `then` is called with it before the commit. Raises
    ValidationError, and keeps nothing, for a case file that is altered, unreadable or beyond us.
    """
    verdict = verify(path)
    if not verdict.is_unaltered:
        raise ValidationError(_refusal(verdict), code="altered")
    with tempfile.TemporaryDirectory(prefix="import-", dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        try:
            content, origins = unpacked(path, Path(folder), verdict)
            with stored(content, Path(folder), owner) as make_sure:
                return _Import(content, origins, verdict, owner, at).run(make_sure, then)
        except (Damaged, Unreadable, *NOT_OURS) as error:
            raise ValidationError(
                _("This case file holds something that this version cannot read: %(reason)s")
                % {"reason": f"{type(error).__name__}: {error}"},
                code="not_ours",
            ) from error
        except OSError as error:
            reason = error.strerror or type(error).__name__
            sentence = _(
                "It could not be unpacked: %(reason)s. Nothing was kept; check the disk, then try again."
            )
            raise ValidationError(sentence % {"reason": reason}, code="not_unpacked") from error


def _refusal(verdict: Verdict) -> list[str]:
    language = get_language() or "en"
    found = [finding.text.in_language(language) for finding in verdict.findings[:20]]
    return [verdict.summary().in_language(language), *found]


@dataclass(slots=True)
class _Import:
    content: dict[str, Any]
    origins: list[CaseOrigin]
    verdict: Verdict
    owner: User
    at: datetime

    @property
    def redacted(self) -> dict[int, Redacted]:
        """Exhibits whose bytes are a redacted copy, as the chain of that case file says too."""
        return redacted(self.content["exhibits"])

    @transaction.atomic
    def run(self, make_sure: Callable[[], None], then: Callable[[Case], None]) -> Case:
        make_sure()
        case = self._case()
        Membership.objects.create(case=case, user=self.owner, role=Role.OWNER, since=self.at)
        case_origins.keep(case, self.origins)
        details = case_origins.told_of(self.origins)
        custody.record(case=case, action="case_imported", at=self.at, details=details)
        for order in self.content["orders"]:
            self._order(case, order)
        exhibits = {record["number"]: self._exhibit(case, record) for record in self.content["exhibits"]}
        contacts = {
            record["number"]: self._contact(case, record, exhibits) for record in self.content["contacts"]
        }
        milestones = [self._milestone(case, record, contacts) for record in self.content["milestones"]]
        for record in self.content["deadlines"]:
            self._deadline(case, record, contacts, milestones)
        then(case)
        return case

    def _case(self) -> Case:
        record = self.content["case"]
        coded = (
            "status",
            "outcome",
            "problem_kind",
            "risk",
            "urgency",
            "complexity",
            "merchant_kind",
        )
        plain = ("title", "merchant", "partner_platform", "problem_statement", "demand", "currency")
        # Case files of earlier editions know nothing of what is asked for with a default.
        also = [named_for(self.owner, other["code"]) for other in record.get("also_playbooks", [])]
        return saved(
            Case(
                **{name: record[name]["code"] for name in coded},
                **{name: record[name] for name in plain},
                playbook=named_for(self.owner, record["playbook"]["code"]),
                also_playbooks=also,
                merchant_address=record.get("merchant_address", ""),
                payment_method=record.get("payment_method", NO_CODE)["code"],
                during_big_sale=record["during_big_sale"],
                amount=amount_of(record["amount"]),
                recovered_amount=amount_of(record["recovered_amount"]),
                created_at=from_text(record["created_at"]),
                closed_at=moment_or_none(record["closed_at"]),
            )
        )

    def _order(self, case: Case, record: dict[str, Any]) -> None:
        order = saved(
            Order(
                case=case,
                platform=record["platform"],
                item=record["item"],
                amount=amount_of(record["amount"]),
                currency=record["currency"],
                paid_at=moment_or_none(record["paid_at"]),
                received_at=moment_or_none(record["received_at"]),
                created_at=from_text(record["created_at"]),
            )
        )
        for number in record["numbers"]:
            saved(OrderNumber(order=order, kind=number["kind"]["code"], number=number["number"]))

    def _exhibit(self, case: Case, record: dict[str, Any]) -> Exhibit:
        kept = ("number", "sha256", "size", "media_type", "original_name")
        measures = ("width", "height", "page_count", "duration_ms")
        exhibit = saved(
            Exhibit(
                case=case,
                **{name: record[name] for name in (*kept, *measures, "shows", "recognised_text")},
                storage_key=store.original_key(self.owner.pk, record["sha256"]),
                source=ExhibitSource.IMPORT,
                claimed_at=moment_or_none(record["claimed_at"]),
                received_at=from_text(record["received_at"]),
            )
        )
        copy = self.redacted.get(exhibit.number)
        details = {"redacted_from": copy.original, "redaction": copy.number} if copy else None
        custody.record(case=case, action="exhibit_imported", at=self.at, exhibit=exhibit, details=details)
        enqueue_on_commit("cases.tasks.make_working_copies", exhibit.pk)
        return exhibit

    def _contact(self, case: Case, record: dict[str, Any], exhibits: dict[int, Exhibit]) -> ContactAttempt:
        contact = saved(
            ContactAttempt(
                case=case,
                **{name: record[name]["code"] for name in ("channel", "direction", "outcome")},
                **{name: record[name] for name in ("person", "ticket_number", "summary", "promise")},
                **{name: moment_or_none(record[name]) for name in ("ended_at", "promised_by")},
                **{name: from_text(record[name]) for name in ("started_at", "logged_at")},
            )
        )
        contact.exhibits.set([exhibits[number] for number in record["exhibits"]])
        return contact

    def _milestone(
        self, case: Case, record: dict[str, Any], contacts: dict[int, ContactAttempt]
    ) -> Milestone:
        return saved(
            Milestone(
                case=case,
                kind=record["kind"]["code"],
                channel=record.get("channel", NO_CODE)["code"],
                happened_at=from_text(record["happened_at"]),
                facts=record["facts"],
                contact=contacts[record["contact"]] if record["contact"] else None,
                note=record["note"],
                logged_at=from_text(record["logged_at"]),
            )
        )

    def _deadline(
        self,
        case: Case,
        record: dict[str, Any],
        contacts: dict[int, ContactAttempt],
        milestones: list[Milestone],
    ) -> None:
        check_link(record["because"])
        kept = ("facts", "in_days", "because", "is_provisional", "version", "met_by")
        deadline = saved(
            Deadline(
                case=case,
                rule=named_for(self.owner, record["rule"]),
                **{name: record[name] for name in kept},
                is_paused=record.get("is_paused", False),
                **{name: record[name]["code"] for name in ("whose", "drop_reason")},
                **{name: from_text(record[name]) for name in ("triggered_at", "due_at", "computed_at")},
                **{name: moment_or_none(record[name]) for name in ("window_from", "met_at", "dropped_at")},
                contact=contacts[record["contact"]] if record["contact"] else None,
                milestone=milestones[record["milestone"] - 1] if record["milestone"] else None,
            )
        )
        if deadline.is_open and not case.is_closed:
            reminders.plan_for(deadline=deadline, at=self.at)
