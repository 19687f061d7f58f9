"""Reads a case from the database into a frozen snapshot, in a fixed order, in one language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import translation

from cases.casefile import labels
from cases.casefile.chain import Chain
from cases.casefile.layout import EXHIBITS
from cases.casefile.moments import days_off, days_that_matter
from cases.casefile.names import exhibit_file_name
from cases.casefile.redacted import redacted_facts
from cases.casefile.snapshot import (
    CaseFacts,
    CaseFileFacts,
    Coded,
    ContactFacts,
    CustodyFacts,
    DeadlineFacts,
    ExhibitFacts,
    LeftOutFacts,
    MilestoneFacts,
    NumberFacts,
    OrderFacts,
    OriginFacts,
    Snapshot,
)
from cases.models import (
    Case,
    CaseFile,
    ContactAttempt,
    Deadline,
    DocumentLanguage,
    Exhibit,
    Membership,
    Milestone,
    Order,
    Redaction,
)
from cases.rules.calendars import WorkCalendar
from cases.rules.custody import Entry
from cases.rules.playbooks import Playbook


@dataclass(frozen=True, slots=True)
class Sources:
    """What a snapshot is made of besides the rows of the case. `chain` is its whole custody chain,
    `playbooks` are all that apply to the case.
    """

    case_file: CaseFile
    chain: Chain
    playbooks: Sequence[Playbook]
    zone: ZoneInfo
    calendar: WorkCalendar
    key_fingerprint: str
    stamp_from: str
    origins: Sequence[OriginFacts] = ()


def gather(sources: Sources) -> Snapshot:
    """The case as it is now. The caller holds the lock on its row, so that all parts fit each other."""
    first = _gathered(sources, sources.case_file.main_language)
    if sources.case_file.language != DocumentLanguage.BOTH:
        return first
    return replace(first, beside=_gathered(sources, "en"))


def _gathered(sources: Sources, language: str) -> Snapshot:
    with translation.override(language):
        snapshot = _Gathering(sources, language).snapshot()
    days = days_that_matter(snapshot)
    return replace(snapshot, days_off=days_off(sources.calendar, days[0], days[-1], language))


class _Gathering:
    """Reads each kind of row once and numbers what has no number of its own."""

    def __init__(self, sources: Sources, language: str) -> None:
        self.sources = sources
        self.language = language
        self.case: Case = sources.case_file.case
        self.left_out = frozenset(sources.case_file.left_out)
        self.state_at = sources.chain[-1][0].at
        self.contacts = list(
            ContactAttempt.objects.filter(case=self.case)
            .order_by("started_at", "pk")
            .prefetch_related("exhibits")
        )
        self.milestones = list(Milestone.objects.filter(case=self.case).order_by("happened_at", "pk"))
        self.playbooks = {playbook.key: playbook for playbook in sources.playbooks}
        self.channels = {
            key: channel for playbook in sources.playbooks for key, channel in playbook.channels.items()
        }
        self.contact_numbers = {contact.pk: number for number, contact in enumerate(self.contacts, start=1)}
        self.milestone_numbers = {item.pk: number for number, item in enumerate(self.milestones, start=1)}
        self.names = {
            f"user:{membership.user_id}": membership.user.name or str(membership.get_role_display())
            for membership in Membership.objects.filter(case=self.case).select_related("user")
        }

    def snapshot(self) -> Snapshot:
        sources, case_file = self.sources, self.sources.case_file
        orders = Order.objects.filter(case=self.case).order_by("created_at", "pk").prefetch_related("numbers")
        deadlines = Deadline.objects.filter(case=self.case).order_by("due_at", "pk")
        exhibits = list(Exhibit.objects.filter(case=self.case).order_by("number"))
        return Snapshot(
            language=self.language,
            zone=str(sources.zone),
            state_at=self.moment(self.state_at),
            chain_head=sources.chain[-1][1],
            case_file=CaseFileFacts(
                number=case_file.number,
                identifier=f"{self.case.reference}/{case_file.number}",
                profile=case_file.profile,
                small_pictures=case_file.small_pictures,
                requested_at=self.moment(case_file.requested_at),
                key_fingerprint=sources.key_fingerprint,
                stamp_from=sources.stamp_from,
            ),
            case=self.case_facts(),
            orders=tuple(self.order(order) for order in orders),
            contacts=tuple(self.contact(contact) for contact in self.contacts),
            milestones=tuple(self.milestone(milestone) for milestone in self.milestones),
            deadlines=tuple(self.deadline(deadline) for deadline in deadlines),
            exhibits=tuple(self.exhibit(one) for one in exhibits if one.number not in self.left_out),
            left_out=tuple(
                LeftOutFacts(one.number, one.sha256) for one in exhibits if one.number in self.left_out
            ),
            origins=tuple(sources.origins),
            custody=tuple(self.custody(entry, digest) for entry, digest in sources.chain),
        )

    def moment(self, at: datetime | None) -> str:
        return at.astimezone(self.sources.zone).isoformat() if at is not None else ""

    def actor(self, user_id: int | None) -> str:
        return f"user:{user_id}" if user_id is not None else ""

    def case_facts(self) -> CaseFacts:
        case = self.case
        owner = next((name for actor, name in self.names.items() if actor == self.actor(case.owner.pk)), "")
        return CaseFacts(
            reference=case.reference,
            title=case.title,
            owner=case.owner.name or owner,
            playbook=self.playbook(case.playbook),
            also_playbooks=tuple(self.playbook(key) for key in self.also()),
            status=labels.coded(case, "status"),
            outcome=labels.coded(case, "outcome"),
            problem_kind=labels.coded(case, "problem_kind"),
            risk=labels.coded(case, "risk"),
            urgency=labels.coded(case, "urgency"),
            complexity=labels.coded(case, "complexity"),
            during_big_sale=case.during_big_sale,
            merchant=case.merchant,
            merchant_kind=labels.coded(case, "merchant_kind"),
            merchant_address=case.merchant_address,
            partner_platform=case.partner_platform,
            problem_statement=case.problem_statement,
            demand=case.demand,
            amount=_money(case.amount),
            currency=case.currency,
            payment_method=labels.coded(case, "payment_method"),
            recovered_amount=_money(case.recovered_amount),
            created_at=self.moment(case.created_at),
            closed_at=self.moment(case.closed_at),
        )

    def playbook(self, key: str) -> Coded:
        known = self.playbooks.get(key)
        return Coded(key, known.name.in_language(self.language) if known else key)

    def also(self) -> list[str]:
        """What was added to the case, known or not."""
        return [key for key in self.case.also_playbooks if key != self.case.playbook]

    def channel(self, key: str) -> Coded:
        known = self.channels.get(key)
        return Coded(key, known.name.in_language(self.language) if known else key)

    def order(self, order: Order) -> OrderFacts:
        numbers = sorted(order.numbers.all(), key=lambda number: number.pk)
        return OrderFacts(
            platform=order.platform,
            item=order.item,
            amount=_money(order.amount),
            currency=order.currency,
            paid_at=self.moment(order.paid_at),
            received_at=self.moment(order.received_at),
            created_at=self.moment(order.created_at),
            numbers=tuple(NumberFacts(labels.coded(number, "kind"), number.number) for number in numbers),
        )

    def contact(self, contact: ContactAttempt) -> ContactFacts:
        return ContactFacts(
            number=self.contact_numbers[contact.pk],
            channel=self.channel(contact.channel),
            direction=labels.coded(contact, "direction"),
            started_at=self.moment(contact.started_at),
            ended_at=self.moment(contact.ended_at),
            person=contact.person,
            ticket_number=contact.ticket_number,
            summary=contact.summary,
            outcome=labels.coded(contact, "outcome"),
            promise=contact.promise,
            promised_by=self.moment(contact.promised_by),
            logged_at=self.moment(contact.logged_at),
            logged_by=self.actor(contact.logged_by_id),
            exhibits=tuple(sorted({one.number for one in contact.exhibits.all()} - self.left_out)),
        )

    def milestone(self, milestone: Milestone) -> MilestoneFacts:
        return MilestoneFacts(
            kind=labels.coded(milestone, "kind"),
            channel=self.channel(milestone.channel),
            happened_at=self.moment(milestone.happened_at),
            facts=milestone.facts,
            contact=self.contact_numbers.get(milestone.contact_id or 0),
            note=milestone.note,
            logged_at=self.moment(milestone.logged_at),
            logged_by=self.actor(milestone.logged_by_id),
        )

    def deadline(self, deadline: Deadline) -> DeadlineFacts:
        return DeadlineFacts(
            rule=deadline.rule,
            whose=labels.coded(deadline, "whose"),
            state=labels.deadline_state(deadline, self.state_at),
            contact=self.contact_numbers.get(deadline.contact_id or 0),
            milestone=self.milestone_numbers.get(deadline.milestone_id or 0),
            triggered_at=self.moment(deadline.triggered_at),
            facts=deadline.facts,
            window_from=self.moment(deadline.window_from),
            due_at=self.moment(deadline.due_at),
            in_days=deadline.in_days,
            because=deadline.because,
            is_provisional=deadline.is_provisional,
            is_paused=deadline.is_paused,
            version=deadline.version,
            computed_at=self.moment(deadline.computed_at),
            met_at=self.moment(deadline.met_at),
            met_by=deadline.met_by,
            dropped_at=self.moment(deadline.dropped_at),
            drop_reason=labels.coded(deadline, "drop_reason"),
        )

    def exhibit(self, exhibit: Exhibit) -> ExhibitFacts:
        """What is known of it; nothing of what is under the boxes where it goes out redacted."""
        facts, number = self.original(exhibit), self.sources.case_file.redactions.get(str(exhibit.number))
        if number is None:
            return facts
        redaction = Redaction.objects.get(exhibit=exhibit, number=number, made_at__isnull=False)
        made_at = self.moment(redaction.made_at)
        return redacted_facts(facts, redaction, made_at=made_at, chain=self.sources.chain)

    def original(self, exhibit: Exhibit) -> ExhibitFacts:
        return ExhibitFacts(
            number=exhibit.number,
            file=EXHIBITS + exhibit_file_name(exhibit.number, exhibit.original_name, exhibit.media_type),
            sha256=exhibit.sha256,
            size=exhibit.size,
            media_type=exhibit.media_type,
            original_name=exhibit.original_name,
            width=exhibit.width,
            height=exhibit.height,
            page_count=exhibit.page_count,
            duration_ms=exhibit.duration_ms,
            source=labels.coded(exhibit, "source"),
            shows=exhibit.shows,
            claimed_at=self.moment(exhibit.claimed_at),
            received_at=self.moment(exhibit.received_at),
            recognised_text=exhibit.recognised_text,
            added_by=self.actor(exhibit.added_by_id),
            contacts=tuple(
                self.contact_numbers[contact.pk]
                for contact in self.contacts
                if exhibit.number in {linked.number for linked in contact.exhibits.all()}
            ),
        )

    def custody(self, entry: Entry, digest: str) -> CustodyFacts:
        return CustodyFacts(
            sequence=entry.sequence,
            at=self.moment(entry.at),
            actor=labels.person(entry.actor, self.names),
            action=labels.act(entry.action),
            exhibit=entry.exhibit_number,
            hash=digest,
        )


def _money(amount: Decimal | None) -> str:
    return f"{amount:.2f}" if amount is not None else ""
