"""What happens to cases and deadlines when an own playbook is stored or changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from cases.models import Case, OwnPlaybook
from cases.services import cases, contacts, custody, milestones, own_documents, own_playbooks, playbooks
from tests import factories
from tests.rules.test_documents import A_LAW
from tests.services.when import shanghai
from tracker.accounts.models import User

AT = shanghai("2026-09-24 12:00")


def rule(key: str, *, days: int = 5) -> str:
    """A rule that counts days from the arrival of the goods."""
    return f"""
[rules.{key}]
title = {{ zh-hans = "补寄", en = "Another one" }}
action = {{ zh-hans = "去问", en = "Ask" }}
binds = "consumer"
counted_from = {{ zh-hans = "收货", en = "Goods received" }}
starts = [{{ on = "milestone", kinds = ["goods_received"] }}]
met_by = []
clock = {{ kind = "span", amount = {days}, unit = "days" }}
"""


def law(*rules: str) -> bytes:
    return (A_LAW + "".join(rules)).encode()


def take(user: User, *rules: str) -> OwnPlaybook:
    return own_documents.take_document(by=user, at=AT, content=law(*rules))


def received(owner: User, own: OwnPlaybook) -> Case:
    """A case under the own playbook, in which the goods have arrived."""
    case = factories.make_case(owner=owner, also_playbooks=[own.key])
    happened_at = shanghai("2026-09-23 10:00")
    milestones.log_milestone(case=case, by=owner, at=AT, kind="goods_received", happened_at=happened_at)
    return case


@pytest.fixture
def read_while_locked(db: None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of documents that were read for the first time within a transaction of ours."""
    found: list[str] = []
    of_the_test = len(connection.atomic_blocks)
    read_text = own_playbooks.read_text

    def noted(key: str, document: str) -> Any:
        misses = read_text.cache_info().misses
        answer = read_text(key, document)
        if read_text.cache_info().misses > misses and len(connection.atomic_blocks) > of_the_test:
            found.append(key)
        return answer

    monkeypatch.setattr(own_playbooks, "read_text", noted)
    monkeypatch.setattr(own_documents, "read_text", noted)
    return found


def test_a_document_is_read_before_anything_is_locked(read_while_locked: list[str]):
    alice = factories.make_user("alice@example.org")

    own = take(alice, rule("a"), rule("b"))
    own_documents.replace_document(own=own, at=AT, content=law(rule("a", days=6), rule("b")))
    own = OwnPlaybook.objects.get()
    own_documents.take_out(own=own, by=alice, at=AT, group="rules", key="a")

    assert list(own_documents.document_of(OwnPlaybook.objects.get())["rules"]) == ["b"]
    assert read_while_locked == []


def test_a_file_that_is_uploaded_is_too(read_while_locked: list[str]):
    alice = factories.make_user("alice@example.org")
    client = factories.logged_in(alice)
    file = SimpleUploadedFile("law.toml", law(rule("a")))

    answer = client.post("/playbooks/own/upload/", {"file": file, "submission": "k" * 32})

    assert (answer.status_code, OwnPlaybook.objects.count()) == (302, 1)
    assert read_while_locked == []


class TestHowManyRules:
    def test_one_user_may_have_two_hundred_together(self, alice: User):
        for number in range(3):
            take(alice, *(rule(f"r{number}_{other}") for other in range(60)))
        last = take(alice, *(rule(f"r{number}") for number in range(20)))

        with pytest.raises(ValidationError, match="together have more than 200 rules"):
            own_documents.replace_document(
                own=last, at=AT, content=law(*(rule(f"r{number}") for number in range(21)))
            )
        with pytest.raises(ValidationError, match="together have more than 200 rules"):
            take(alice, rule("one_more"))


class TestARuleIsTakenOut:
    def test_its_deadlines_are_dropped_and_nobody_is_reminded(self, alice: User):
        own = take(alice, rule("a"), rule("b"))
        case = received(alice, own)

        own_documents.take_out(own=own, by=alice, at=AT, group="rules", key="a")

        gone, kept = (case.deadlines.get(rule=f"{own.key}.{key}") for key in "ab")
        assert (gone.drop_reason, gone.dropped_at) == ("no_longer_applies", AT)
        assert not gone.reminders.pending().exists()
        assert kept.is_open
        assert kept.reminders.pending().exists()
        assert custody.verify(case) == []

    def test_by_another_file_in_its_place_just_so(self, alice: User):
        own = take(alice, rule("a"), rule("b"))
        case = received(alice, own)

        own_documents.replace_document(own=own, at=AT, content=law(rule("b", days=7)))

        gone, kept = (case.deadlines.get(rule=f"{own.key}.{key}") for key in "ab")
        assert not gone.is_open
        # Seven days after 23 September.
        assert kept.due_at == shanghai("2026-09-30 23:59:59")

    def test_what_was_met_stays_met(self, alice: User):
        own = take(alice, rule("a"))
        case = received(alice, own)
        case.deadlines.filter(rule=f"{own.key}.a").update(met_at=AT, met_by="user")

        own_documents.take_out(own=own, by=alice, at=AT, group="rules", key="a")

        assert case.deadlines.get(rule=f"{own.key}.a").met_by == "user"

    def test_a_case_that_ended_is_left_alone(self, alice: User):
        own = take(alice, rule("a"))
        case = received(alice, own)
        cases.close_case(case=case, by=alice, at=AT, outcome="solved")

        own_documents.take_out(own=own, by=alice, at=AT, group="rules", key="a")

        assert case.deadlines.get(rule=f"{own.key}.a").drop_reason == "case_closed"


class TestAPlaybookIsChangedWhileARequestWaits:
    """The request has read the case and its playbooks before it gets its turn."""

    @pytest.fixture
    def own(self, alice: User) -> OwnPlaybook:
        return take(alice, rule("a"))

    @pytest.fixture
    def waiting(self, alice: User, own: OwnPlaybook) -> Case:
        case = factories.make_case(owner=alice, also_playbooks=[own.key])
        known = {playbook.key for playbook in playbooks.playbooks_of(case)}
        assert own.key in known
        own_documents.replace_document(own=own, at=AT, content=law(rule("a", days=50)))
        return case

    def test_a_milestone_is_counted_by_the_new_text(self, alice: User, own: OwnPlaybook, waiting: Case):
        happened_at = shanghai("2026-09-23 10:00")

        milestones.log_milestone(
            case=waiting, by=alice, at=AT, kind="goods_received", happened_at=happened_at
        )

        # Fifty days after 23 September.
        due_at = waiting.deadlines.get(rule=f"{own.key}.a").due_at
        assert due_at == shanghai("2026-11-12 23:59:59")

    def test_a_contact_finds_the_playbooks_of_now(self, alice: User, own: OwnPlaybook, waiting: Case):
        contacts.log_contact(case=waiting, by=alice, at=AT, channel="shop_message", outcome="answered")

        rules = {one.key: one.rules for one in playbooks.playbooks_of(waiting)}[own.key]
        assert rules["a"].clock.amount == 50

    def test_a_case_that_was_closed_meanwhile_takes_nothing(self, alice: User, waiting: Case):
        closed = Case.objects.get(pk=waiting.pk)
        cases.close_case(case=closed, by=alice, at=AT, outcome="solved")

        with pytest.raises(ValidationError, match="closed"):
            contacts.log_contact(case=waiting, by=alice, at=AT, channel="shop_message", outcome="answered")
        with pytest.raises(ValidationError, match="closed"):
            milestones.log_milestone(case=waiting, by=alice, at=AT, kind="goods_received", happened_at=AT)
