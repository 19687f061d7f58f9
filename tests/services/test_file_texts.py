"""The own words of texts and e-mails are searched and offered, without any machine."""

from __future__ import annotations

import pytest

from cases.evidence import store
from cases.models import Case, CustodyEntry, Exhibit, Recognition
from cases.services import file_texts, recognitions, search
from tests import stored

CHAT = "客服：仓库缺货\n订单编号：6930112233445566778\n实付款 ¥128.00\n工单号：20260829001733\n2026"
MAIL = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: TK refund\r\n\r\nShort of stock\r\n"


def test_their_words_are_found_and_their_numbers_offered_once(case: Case):
    chat = stored.exhibit_of(case, CHAT.encode(), "text/plain")
    mail = stored.exhibit_of(case, MAIL, "message/rfc822")

    assert (file_texts.read_waiting(), file_texts.read_waiting()) == (2, 0)

    chat.refresh_from_db()
    mail.refresh_from_db()
    assert chat.recognised_text == CHAT
    assert "TK refund" in mail.recognised_text and "Short of stock" in mail.recognised_text
    offered = recognitions.proposals_of(chat, recognitions.of_exhibit(chat))
    assert [(one.kind, one.value) for one in offered] == [
        ("order_number", "6930112233445566778"),
        ("amount", "128.00 CNY"),
        ("ticket_number", "20260829001733"),
    ]
    found = search.places_in([case], ["仓库缺货"])[case.pk].found
    assert [(one.number, one.is_machine_read) for one in found] == [(chat.number, False)]
    assert not CustodyEntry.objects.filter(case=case, action="exhibit_read").exists()
    assert Recognition.objects.get(exhibit=chat).lines == []


def test_one_that_the_store_cannot_give_now_keeps_no_other_waiting(
    case: Case, monkeypatch: pytest.MonkeyPatch
):
    held, other = (stored.exhibit_of(case, words, "text/plain") for words in (b"held back", b"at hand"))
    contents_of = file_texts.contents_of

    def without_the_first(exhibit: Exhibit) -> object:
        if exhibit.pk == held.pk:
            raise store.StoreTrouble("no answer")
        return contents_of(exhibit)

    with monkeypatch.context() as patch:
        patch.setattr(file_texts, "contents_of", without_the_first)
        assert file_texts.read_waiting() == 1
    other.refresh_from_db()
    assert other.recognised_text == "at hand"

    assert file_texts.read_waiting() == 1


def test_one_that_is_missing_is_not_tried_again_and_again(case: Case):
    row = stored.exhibit_of(case, b"words", "text/plain")
    store.delete(row.storage_key)

    assert (file_texts.read_waiting(), file_texts.read_waiting()) == (0, 0)
    assert Recognition.objects.get(exhibit=row).state == "failed"


def test_a_long_text_is_found_by_its_first_two_hundred_kilobytes(case: Case):
    row = stored.exhibit_of(case, b"begin " + b"x" * 300_000 + b" end", "text/plain")

    file_texts.read_waiting()

    row.refresh_from_db()
    assert row.recognised_text.startswith("begin x")
    assert len(row.recognised_text) <= 205_000
