"""What is the same to a reader is found, and the words are marked where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.finding import LONGEST_EXCERPT, excerpt, fold, spellings, words_of


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("运 费 险", "运费险"),
        ("order 运费险 no", "order 运费险 no"),
        ("Straße", "strasse"),
        ("a\u200bb", "ab"),
        ("cafe\u0301", "café"),
    ],
)
def test_full_width_signs_capitals_and_blanks_between_chinese_signs_make_no_difference(
    text: str, folded: str
):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("word", "ways"),
    [
        ("退款", ["退款"]),
        ("6920", ["6920"]),
        ("耳机,左耳", ["耳机,左耳", "耳机，左耳"]),
        ("退款(急)", ["退款(急)", "退款（急）"]),
        ("¥128", ["¥128", "￥128"]),
        ("nike", ["nike", "ｎｉｋｅ", "ＮＩＫＥ"]),
    ],
)
def test_a_folded_word_is_looked_for_in_plain_signs_and_in_wide_ones(word: str, ways: list[str]):
    assert spellings(word) == ways


def test_a_word_has_two_signs_at_least_and_counts_once():
    assert words_of("包 包裹 Parcel parcel x") == (["包裹", "parcel"], ["包", "x"])
    assert words_of(" ".join(f"word{number}" for number in range(20)))[0] == [
        "word0", "word1", "word2", "word3", "word4", "word5", "word6", "word7",
    ]  # fmt: skip


def test_a_line_of_the_text_shows_the_words_as_they_were_written():
    assert excerpt("They said 运 费 险 is Not included", ["运费险", "not"]) == [
        ("They said ", False),
        ("运 费 险", True),
        (" is ", False),
        ("Not", True),
        (" included", False),
    ]


def test_of_a_long_text_what_stands_around_the_first_word_is_shown():
    pieces = excerpt("x" * 500 + " refund " + "y" * 500, ["refund"])

    assert pieces[0] == ("…", False)
    assert pieces[2] == ("refund", True)
    assert pieces[1] == ("x" * 29 + " ", False)
    assert pieces[3][0].endswith("…")


def test_where_no_word_stands_nothing_is_shown():
    assert excerpt("nothing of the kind", ["refund"]) == []


@given(st.text(max_size=300), st.lists(st.text(min_size=2, max_size=6).map(fold).filter(bool), max_size=3))
def test_an_excerpt_is_short_and_each_marked_piece_is_one_of_the_words(text: str, words: list[str]):
    pieces = excerpt(text, words)

    assert all(any(fold(piece) == word for word in words) for piece, is_word in pieces if is_word)
    assert sum(len(piece) for piece, _is_word in pieces) <= max(LONGEST_EXCERPT, 300) + 2
