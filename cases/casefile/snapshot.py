"""A case as plain data, frozen: what a case file is made of, and what case.json holds.

Every choice is a code with its label in the language of the case file; every moment is ISO 8601 in
the zone of the case's playbook, with its offset; money is a decimal number in text.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from cases.casefile.layout import SCHEMA


@dataclass(frozen=True, slots=True)
class Coded:
    """A stored code and what it is called in the language of the case file; both empty where not known."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class CaseFacts:
    reference: str
    title: str
    owner: str
    playbook: Coded
    also_playbooks: tuple[Coded, ...]
    status: Coded
    outcome: Coded
    problem_kind: Coded
    risk: Coded
    urgency: Coded
    complexity: Coded
    during_big_sale: bool
    merchant: str
    merchant_kind: Coded
    merchant_address: str
    partner_platform: str
    problem_statement: str
    demand: str
    amount: str
    currency: str
    payment_method: Coded
    recovered_amount: str
    created_at: str
    closed_at: str


@dataclass(frozen=True, slots=True)
class NumberFacts:
    kind: Coded
    number: str


@dataclass(frozen=True, slots=True)
class OrderFacts:
    platform: str
    item: str
    amount: str
    currency: str
    paid_at: str
    received_at: str
    created_at: str
    numbers: tuple[NumberFacts, ...]


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """`number` counts the contacts of the case in order of time; `exhibits` are numbers of exhibits."""

    number: int
    channel: Coded
    direction: Coded
    started_at: str
    ended_at: str
    person: str
    ticket_number: str
    summary: str
    outcome: Coded
    promise: str
    promised_by: str
    logged_at: str
    logged_by: str
    exhibits: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MilestoneFacts:
    """`channel` is empty where it belongs to none."""

    kind: Coded
    channel: Coded
    happened_at: str
    facts: dict[str, Any]
    contact: int | None
    note: str
    logged_at: str
    logged_by: str


@dataclass(frozen=True, slots=True)
class DeadlineFacts:
    """`state`: open, met, met_late, missed or dropped at the moment of the case file."""

    rule: str
    whose: Coded
    state: Coded
    contact: int | None
    milestone: int | None
    triggered_at: str
    facts: dict[str, Any]
    window_from: str
    due_at: str
    in_days: bool
    because: dict[str, Any]
    is_provisional: bool
    is_paused: bool
    version: int
    computed_at: str
    met_at: str
    met_by: str
    dropped_at: str
    drop_reason: Coded


@dataclass(frozen=True, slots=True)
class RedactionFacts:
    """The copy that goes out: how many `boxes`, on which `pages`, are blacked out."""

    number: int
    made_at: str
    original_sha256: str
    boxes: int
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ExhibitFacts:
    """`file` is its place in the case file; `original_name` is what the sender called it. With a `redaction`,
    file, hash, size, type and measures are those of the redacted copy.
    """

    number: int
    file: str
    sha256: str
    size: int
    media_type: str
    original_name: str
    width: int | None
    height: int | None
    page_count: int
    duration_ms: int | None
    source: Coded
    shows: str
    claimed_at: str
    received_at: str
    recognised_text: str
    added_by: str
    contacts: tuple[int, ...]
    redaction: RedactionFacts | None = None


@dataclass(frozen=True, slots=True)
class CustodyFacts:
    """One entry of the chain as it is printed; custody.jsonl holds the exact one."""

    sequence: int
    at: str
    actor: str
    action: Coded
    exhibit: int | None
    hash: str


@dataclass(frozen=True, slots=True)
class LeftOutFacts:
    """An exhibit of the case that its owner left out of this case file."""

    number: int
    sha256: str


@dataclass(frozen=True, slots=True)
class OriginFacts:
    """A chain that the case brought along from another installation; `file` is its place in the case file.

    `bundle_sha256` is of the ZIP it came in; the stamp is what that ZIP's outside stamp claims, or empty.
    """

    number: int
    file: str
    identifier: str
    reference: str
    state_at: str
    signing_key: str
    bundle_sha256: str
    stamped_at: str
    stamp_authority: str
    head: str
    count: int


@dataclass(frozen=True, slots=True)
class CaseFileFacts:
    """`key_fingerprint`: of the key that will sign; `stamp_from`: host of the time-stamp authority;
    `profile`: for whom it is made (cases.casefile.profiles).
    """

    number: int
    identifier: str
    profile: str
    small_pictures: bool
    requested_at: str
    key_fingerprint: str
    stamp_from: str


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day on which the offices of the case's calendar are closed; `name` is empty for a plain weekend."""

    day: str
    name: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole case at `state_at`, the moment of the last entry of its chain.

    `days_off`: those between its first and its last moment. `beside`: the same in the second language of a
    document in two. Neither is in case.json, nor is the chain.
    """

    language: str
    zone: str
    state_at: str
    chain_head: str
    case_file: CaseFileFacts
    case: CaseFacts
    orders: tuple[OrderFacts, ...]
    contacts: tuple[ContactFacts, ...]
    milestones: tuple[MilestoneFacts, ...]
    deadlines: tuple[DeadlineFacts, ...]
    exhibits: tuple[ExhibitFacts, ...]
    left_out: tuple[LeftOutFacts, ...] = ()
    origins: tuple[OriginFacts, ...] = ()
    custody: tuple[CustodyFacts, ...] = field(default=())
    days_off: tuple[DayOff, ...] = ()
    beside: Snapshot | None = None

    def as_json(self) -> dict[str, Any]:
        """The content of case.json. The chain is in custody.jsonl; here are its length and its head."""
        content = asdict(replace(self, custody=(), days_off=(), beside=None))
        for name in ("custody", "chain_head", "days_off", "beside"):
            del content[name]
        return {
            "schema": SCHEMA,
            **content,
            "custody": {"count": len(self.custody), "head": self.chain_head},
        }
