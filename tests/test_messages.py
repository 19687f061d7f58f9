"""Both catalogues say everything that the sources ask for."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from babel.messages.catalog import Message

from tracker import messages

PERCENT = re.compile(r"%\((\w+)\)[sd]")


def strings(message: Message) -> tuple[str, ...]:
    told = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return tuple(text or "" for text in told)


def gaps(text: str) -> set[str]:
    """The names of the values a text takes, in both ways of writing them."""
    braces = {name for _text, name, _form, _conversion in Formatter().parse(text) if name}
    return set(PERCENT.findall(text)) | braces


def all_of(language: str) -> list[Message]:
    return [message for message in messages.load(language) if message.id]


def test_nothing_is_missing_left_over_or_fuzzy():
    assert messages.problems() == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_translation_takes_the_values_of_its_message(language: str):
    for message in all_of(language):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        known = set().union(*(gaps(one) for one in ids))
        for text in strings(message):
            # “The one entry” need not say how many there are.
            assert gaps(text) == known or (len(ids) > 1 and text == ids[0]), message.id


def test_english_says_itself():
    assert [message.id for message in all_of("en") if message.string != message.id] == []


def test_chinese_is_chinese():
    """Latin words stay only where a Chinese reader would write them so."""
    left = [
        message.id
        for message in all_of("zh_Hans")
        if message.id == strings(message)[0] and re.search(r"[A-Za-z]{3}", strings(message)[0])
    ]

    assert left == ["SHA-256"]


def test_chinese_sentences_have_chinese_punctuation():
    wrong = re.compile(r"[\u4e00-\u9fff][,;:?!](?![\w/])|[\u4e00-\u9fff]\.(?:\s|$)")

    assert [text for message in all_of("zh_Hans") for text in strings(message) if wrong.search(text)] == []


def test_one_thing_has_one_name_in_chinese():
    """“您”, never “你”; a case file is a 案件档案."""
    for message in all_of("zh_Hans"):
        for text in strings(message):
            assert "你" not in text, text
            assert not re.search("卷宗|证据包|帐号|登陆", text), text
