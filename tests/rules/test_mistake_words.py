"""Every sentence about a mistake is there in Chinese too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases.rules.mistake_words import reason_text

RULES = Path(__file__).resolve().parents[2] / "cases" / "rules"
TELLING = ("wrong", "add", "Mistake")
# What is written into a sentence as it stands, by the expression that stands for it in the code.
WRITTEN = {
    "meant": ["", "; did you mean “seller”"],
    "close": ["", "; did you mean “cn_12315”"],
    "wanted": [
        "a text in both languages, zh-hans and en,",
        "a list of texts",
        "a string",
        "a list of strings",
        "a whole number from 0 to 10",
        "true or false",
        "a date such as 2026-11-22",
        "a table",
        "a list of tables",
    ],
    "shown(value)": ["a table", "a list", "true", "“7”"],
}


def sentences(node: ast.expr) -> list[str]:
    """What a literal may say, its gaps filled; nothing for what is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if not isinstance(node, ast.JoinedStr):
        return []
    told = [""]
    for part in node.values:
        if isinstance(part, ast.Constant):
            told = [one + str(part.value) for one in told]
        else:
            assert isinstance(part, ast.FormattedValue)
            told = [one + more for one in told for more in WRITTEN.get(ast.unparse(part.value), ["X9"])]
    return told


def told_by(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in TELLING and len(node.args) > 1:
                yield from sentences(node.args[-1])
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            yield from sentences(node.value.elts[-1])


REASONS = sorted(
    {
        reason
        for path in [RULES / "reading.py", RULES / "documents.py", *RULES.glob("schema*.py")]
        for reason in told_by(path)
    }
)


def test_the_sentences_are_found():
    assert len(REASONS) > 60


@pytest.mark.parametrize("reason", REASONS)
def test_every_sentence_of_the_loader_is_there_in_chinese(reason: str):
    said = reason_text(reason)

    assert said.en == reason
    assert said.zh_hans != reason, "Add it to cases/rules/mistake_words.py."
    assert " is " not in said.zh_hans


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("is missing; a string is needed.", "缺少此项，需要填写字符串。"),
        ("is “x”, but a whole number from 1 to 20 is needed.", "现在是“x”，需要的是从 1 到 20 的整数。"),
        (
            "“saller” is not known here; did you mean “seller”; known are court, seller.",
            "这里没有“saller”，您是不是想写“seller”？可用的有：court, seller。",
        ),
        ("something new.", "something new."),
    ],
)
def test_a_reason_in_chinese(english: str, chinese: str):
    assert reason_text(english).zh_hans == chinese
