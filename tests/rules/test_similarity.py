"""Alike is what shares its pieces; what looks alike and holds other numbers is not the same."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.rules.similarity import folded, likeness, long_numbers, nearly_same, shingles


def test_blanks_punctuation_and_width_do_not_count():
    assert folded("订单 编号：ＡＢ－１２") == "订单编号ab12"


def test_pieces_are_three_signs_long():
    assert shingles("退款审核中") == {"退款审", "款审核", "审核中"}
    assert shingles("退款") == {"退款"}
    assert shingles("……") == frozenset()


def test_likeness_is_the_share_that_both_have():
    # Three pieces each, two of them the same: 2 of 4.
    assert likeness(shingles("退款审核中"), shingles("退款审核完")) == 0.5
    assert likeness(shingles(""), shingles("")) == 0.0


def test_long_numbers_are_of_four_digits_or_more():
    assert long_numbers("订单 6930112233 共 128 元，１２３４") == {"6930112233", "1234"}


def test_two_pages_that_differ_in_a_number_alone_are_not_the_same():
    page = "商家已发货，请耐心等待快递上门，订单编号 6930112233445566"

    assert nearly_same({1: page, 2: page + "。"}) == [(1, 2)]
    assert nearly_same({1: page, 2: page.replace("5566", "5567")}) == []


texts = st.lists(st.text("退款审核中1a", max_size=30), max_size=8)


@settings(deadline=None)
@given(texts, st.sampled_from((0.3, 0.5, 0.85, 0.9, 1.0)))
def test_no_pair_is_missed_and_none_made_up(found: list[str], least: float):
    numbered = dict(enumerate(found))

    every = [
        (one, other)
        for one, other in combinations(numbered, 2)
        if likeness(shingles(numbered[one]), shingles(numbered[other])) >= least
        and long_numbers(numbered[one]) == long_numbers(numbered[other])
    ]

    assert nearly_same(numbered, least=least) == every


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_goes_both_ways_and_a_text_is_like_itself(one: str, other: str):
    assert likeness(shingles(one), shingles(other)) == likeness(shingles(other), shingles(one))
    assert 0 <= likeness(shingles(one), shingles(other)) <= 1
    assert likeness(shingles(one), shingles(one)) == (1.0 if folded(one) else 0.0)
