"""Every text is in both languages, and each reader gets one of them."""

from __future__ import annotations

import pytest

from cases.rules.text import Text

HELLO = Text("您好", "Hello")


@pytest.mark.parametrize("code", ["zh-hans", "zh", "zh-CN", "ZH_Hans"])
def test_every_kind_of_chinese_reads_the_chinese_text(code):
    assert HELLO.in_language(code) == "您好"


@pytest.mark.parametrize("code", ["en", "en-gb", "de", ""])
def test_everyone_else_reads_the_english_text(code):
    assert HELLO.in_language(code) == "Hello"


def test_a_text_comes_back_from_json_as_it_was():
    assert HELLO.as_json() == {"zh-hans": "您好", "en": "Hello"}
    assert Text.from_json({"zh-hans": "您好", "en": "Hello"}) == HELLO


def test_a_text_put_into_another_goes_in_in_its_own_language():
    filled = Text("对{who}说{n}次", "{n} times to {who}").fill(who=Text("店铺", "the shop"), n="2")

    assert filled == Text("对店铺说2次", "2 times to the shop")


def test_sentences_in_a_row_have_a_blank_between_them_in_english_only():
    assert Text.joined([Text("甲。", "A."), Text("乙。", "B.")]) == Text("甲。乙。", "A. B.")
