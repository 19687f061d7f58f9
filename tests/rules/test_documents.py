"""Whatever somebody uploads as a playbook ends in sentences, soon."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.rules.documents import MOST_MISTAKES, read_document
from cases.rules.opening_words import opening_words
from cases.rules.playbooks import SHIPPED_FOLDER
from cases.rules.schema import read_playbook

TEN_THOUSAND_CHANNELS = "\n".join(f"[channels.c{number}]" for number in range(10_000))
MANY_UNKNOWN_KEYS = "\n".join(
    f"[channels.c{number}]\n" + "\n".join(f"kiud{other} = 1" for other in range(12)) for number in range(12)
)
SIXTY_ONE_RULES = "\n".join(f"[rules.r{number}]" for number in range(61))
A_LAW = """
kind = "law"
name = { zh-hans = "保修合同", en = "Guarantee" }
edition = "1"
zone = "Asia/Shanghai"
zone_name = { zh-hans = "北京时间", en = "Shanghai time" }
calendar = "CN"
[cited]
source = "own"
article = { zh-hans = "全文", en = "all of it" }
confidence = "own"
checked_on = 2026-11-22
[[sources]]
key = "own"
title = { zh-hans = "合同", en = "The contract" }
"""


def mistakes(text: str, companions: tuple[str, ...] = ()) -> list[str]:
    return [str(mistake) for mistake in read_document("x.toml", text, "own_x", companions)[1]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("a = " + "[" * 5000 + "]" * 5000, "is nested too deeply", id="deep list"),
        pytest.param("a = " + "{a=" * 5000 + "1" + "}" * 5000, "is nested too deeply", id="deep table"),
        pytest.param(".".join("a" * 100_000) + " = 1", "more than 8 parts", id="long dotted key"),
        pytest.param("[" + ".".join(['"="'] * 60_000) + "]", "more than 8 parts", id="quoted dotted key"),
        pytest.param("a = " + "9" * 10_000, "nobody can count with", id="huge number"),
        pytest.param("a = 0x" + "f" * 10_000, "a: is a number that nobody", id="huge hexadecimal"),
        pytest.param("a = 2026-13-45", "cannot be read as TOML", id="date out of range"),
        pytest.param('name = "\\u0000"', "name: holds a control character", id="control character"),
        pytest.param('name = "' + "a" * 3000 + '"', "name: has 3000 signs", id="long text"),
        pytest.param("a" * 41 + " = 1", "longer than 40 signs", id="long key"),
        pytest.param('"""\\' * 60_000, "cannot be read as TOML", id="unclosed strings"),
        pytest.param('"""\\"' * 50_000, "cannot be read as TOML", id="escaped quotes"),
        pytest.param("hello", "cannot be read as TOML", id="no TOML"),
        pytest.param("# " + "宝" * 100_000, "is larger than 256 KB", id="too large"),
        pytest.param(TEN_THOUSAND_CHANNELS, "channels: holds 10000 entries, but 200", id="10,000 channels"),
        pytest.param(SIXTY_ONE_RULES, "rules: holds 61 rules, but 60 are the most", id="61 rules"),
        pytest.param("kind = 7\nname = []\nzone = 1.5", "kind: is “7”, but a string is needed", id="types"),
    ],
)
def test_what_cannot_be_a_playbook_is_told_by_key_with_its_reason(text: str, told: str):
    found = mistakes(text)

    assert told in " ".join(found)


def test_no_more_mistakes_are_told_than_anybody_reads():
    assert len(mistakes(MANY_UNKNOWN_KEYS)) == MOST_MISTAKES


def test_what_was_meant_is_told_for_the_first_hundred_slips_only():
    """Looking for it takes its time, and whoever made thousands of mistakes did not slip."""
    slips = "\n".join(f"[name{number}]" for number in range(150))
    _playbook, found = read_playbook("x.toml", "own_x", tomllib.loads(f"{A_LAW}\n{slips}"))

    told = ["did you mean “name”" in mistake.reason for mistake in found]
    assert told == [True] * 100 + [False] * 50


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e", "\ufeff", "\u0085"])
def test_a_sign_that_nobody_sees_is_refused(unseen: str):
    assert mistakes(A_LAW.replace("Guarantee", f"Guar{unseen}antee", 1))


def test_brackets_and_dots_within_texts_and_comments_are_no_nesting():
    text = A_LAW.replace("all of it", "[" * 30 + "a.b.c.d.e.f.g.h.i.j").replace(
        "[cited]", "# " + "[[[[[[[[[[[[[[[[\n[cited]"
    )

    assert mistakes(text) == []


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=300))
def test_any_text_at_all_ends_in_sentences(text: str):
    assert mistakes(text)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_playbook_with_a_piece_cut_out_or_put_in_ends_in_sentences_or_loads(data: st.DataObject):
    start, end = (data.draw(st.integers(0, len(A_LAW))) for _position in range(2))
    piece = data.draw(
        st.sampled_from(["", "[", "]]", '"', '"""', "=", ".a.b", "{", "0x", "1e999", "\u0000", "\n#"])
    )

    text = A_LAW[:start] + piece + A_LAW[max(start, end) :]

    assert all(told.startswith("x.toml: ") for told in mistakes(text))


def test_an_authority_or_a_way_of_payment_cannot_be_ones_own():
    text = A_LAW.replace('"law"', '"authority"', 1) + "[channels]\n"

    assert mistakes(text) == ["x.toml: kind: “authority” cannot be one's own; platform or law is needed."]


def test_a_platform_of_ones_own_goes_with_shipped_playbooks_only():
    text = 'goes_with = ["cn_12351", "own_kbc23456zz"]\nsituations = []\n'
    text += A_LAW.replace('"law"', '"platform"', 1) + "[channels]\n"

    assert mistakes(text, ("cn_12315",)) == [
        "x.toml: goes_with: “cn_12351” is no playbook of this site; did you mean “cn_12315”.",
        "x.toml: goes_with: “own_kbc23456zz” is no playbook of this site.",
    ]


def test_every_shipped_playbook_is_within_the_bounds():
    for path in SHIPPED_FOLDER.glob("*.toml"):
        playbook, found = read_document(path.name, path.read_text(encoding="utf-8"), path.stem, ())
        assert playbook is not None
        assert [one.key for one in found if one.key not in {"kind", "goes_with"}] == []


@pytest.mark.parametrize(
    ("hours", "chinese", "english"),
    [
        ("always", "全天 24 小时", "24 hours a day"),
        ("unknown", "不清楚", "Not known"),
        ({"daily": ["09:00-21:00"]}, "每天 09:00–21:00", "Every day 09:00–21:00"),
        (
            {"daily": ["09:00-12:00", "14:00-18:00"], "sunday": []},
            "周一至周六 09:00–12:00、14:00–18:00；周日休息",
            "Monday to Saturday 09:00–12:00 and 14:00–18:00; Sunday closed",
        ),
        (
            {"saturday": ["10:00-12:00"], "days_off": []},
            "周一至周五休息；周六 10:00–12:00；周日休息；法定节假日休息",
            "Monday to Friday closed; Saturday 10:00–12:00; Sunday closed; public holidays closed",
        ),
    ],
)
def test_opening_hours_in_words(hours, chinese: str, english: str):
    assert opening_words(hours).as_json() == {"zh-hans": chinese, "en": english}
