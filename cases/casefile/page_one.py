"""Page one: the case, to be read in a minute."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cases.casefile.chart import is_answered
from cases.casefile.chart_words import promise_results
from cases.casefile.promises import promises
from cases.casefile.room import cut, room_for
from cases.casefile.snapshot import DeadlineFacts, OrderFacts, Snapshot
from cases.casefile.strongest import Choice, strongest
from cases.casefile.styled import counted, due, fill, joined, moment, money, rows, shortened, title_of

EXHIBIT_SIGNS = 90


class PageOne:
    """Built in the language that is active. `is_both`: whether it stands beside the same in another one."""

    def __init__(self, snapshot: Snapshot, words: dict[str, str], *, is_both: bool) -> None:
        self.snapshot, self.words = snapshot, words
        orders = [self.order(order) for order in snapshot.orders]
        self.room = room_for(
            snapshot.case,
            self.parties(),
            self.stands(),
            [len(one["rows"]) for one in orders],
            is_both=is_both,
        )

    def as_json(self) -> dict[str, Any]:
        case, snapshot, room = self.snapshot.case, self.snapshot, self.room
        return {
            "kind": joined(case.playbook.label, case.problem_kind.label),
            "reference": case.reference,
            "facts": self.facts(),
            "parties": self.parties(),
            "orders": [self.order(order) for order in snapshot.orders[: room.orders]],
            "more_orders": max(0, len(snapshot.orders) - room.orders),
            "happened": cut(case.problem_statement, room.happened),
            "asked": cut(case.demand, room.asked),
            "stands": self.stands(),
            "strongest": [self.strong(choice) for choice in strongest(snapshot)],
            "all_exhibits": self.all_exhibits(),
        }

    def facts(self) -> list[list[str]]:
        """The four figures under the title."""
        case, words, snapshot = self.snapshot.case, self.words, self.snapshot
        answered = sum(is_answered(contact) for contact in snapshot.contacts)
        tried = fill(words["answered_of"], count=len(snapshot.contacts), answered=answered)
        return [
            [words["status_now"], joined(case.status.label, case.outcome.label)],
            [words["amount_in_dispute"], money(case.amount, case.currency) or "–"],
            [words["contact_attempts"], tried if snapshot.contacts else "0"],
            [words["exhibits"], str(len(snapshot.exhibits))],
        ]

    def parties(self) -> list[list[str]]:
        case, words = self.snapshot.case, self.words
        return rows(
            (words["consumer"], case.owner),
            (words["merchant"], joined(case.merchant, case.merchant_kind.label)),
            (words["address"], case.merchant_address),
            (words["platform"], case.playbook.label),
            (words["partner"], case.partner_platform),
            (words["paid_by"], case.payment_method.label),
            (words["also_applies"], joined(*(playbook.label for playbook in case.also_playbooks))),
        )

    def stands(self) -> list[list[str]]:
        """How the contacts went, what was promised, what is due, what came back."""
        case, words, snapshot = self.snapshot.case, self.words, self.snapshot
        outcomes = Counter(contact.outcome.label for contact in snapshot.contacts)
        results = Counter(promise_results()[one.result] for one in promises(snapshot).values())
        states = Counter(deadline.state.label for deadline in snapshot.deadlines)
        following = next((item for item in snapshot.deadlines if item.state.code == "open"), None)
        return rows(
            (words["opened_at"], moment(case.created_at)),
            (words["contact_attempts"], counted(outcomes)),
            (words["promises"], counted(results)),
            (words["deadlines"], counted(states)),
            (words["next_due"], self.next_due(following) if following else ""),
            (words["recovered"], money(case.recovered_amount, case.currency)),
        )

    def next_due(self, deadline: DeadlineFacts) -> str:
        return joined(due(deadline, self.words), title_of(deadline, self.snapshot.language))

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

    def strong(self, choice: Choice) -> dict[str, Any]:
        """An exhibit and why it is among the strongest."""
        exhibit, contact = choice.exhibit, choice.contact
        called = (
            exhibit.shows or exhibit.original_name or self.words["redacted" if exhibit.redaction else "file"]
        )
        proves = fill(self.words["contact"], number=contact.number) if contact else ""
        names = fill(self.words["names_number"], number=choice.number) if choice.number else ""
        return {
            "number": exhibit.number,
            "text": shortened(called, EXHIBIT_SIGNS),
            "why": joined(proves, contact.outcome.label if contact else "", names),
        }

    def all_exhibits(self) -> str:
        count = len(self.snapshot.exhibits)
        return (
            fill(self.words["all_exhibits"], count=count, part=self.words["evidence_list"]) if count else ""
        )

    def statement(self) -> dict[str, Any]:
        """The full texts, where page one had to shorten one of them; else empty."""
        case, room = self.snapshot.case, self.room
        is_whole = cut(case.problem_statement, room.happened) == case.problem_statement
        if (
            is_whole
            and cut(case.demand, room.asked) == case.demand
            and len(self.snapshot.orders) <= room.orders
        ):
            return {}
        orders = [self.order(order) for order in self.snapshot.orders]
        return {"happened": case.problem_statement, "asked": case.demand, "orders": orders}
