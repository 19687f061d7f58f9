"""What a stored choice is called."""

from __future__ import annotations

from django.utils import translation

from cases.models import Case, ContactAttempt, Milestone, OrderNumber


def test_a_choice_is_named_in_the_language_of_the_page() -> None:
    contact = ContactAttempt(outcome="bot_only")

    with translation.override("en"):
        assert contact.get_outcome_display() == "Only the bot answered"
    with translation.override("zh-hans"):
        assert contact.get_outcome_display() == "只有机器人回复"


def test_every_model_that_is_listed_names_its_own() -> None:
    with translation.override("en"):
        assert Case(status="waiting").get_status_display() == "Waiting for the other side"
        assert Case(problem_kind="fake_goods").get_problem_kind_display() == "Fake goods"
        assert Milestone(kind="goods_received").get_kind_display() == "Goods received"
        assert OrderNumber(kind="after_sales").get_kind_display() == "After-sales number"


def test_a_value_that_no_version_knows_is_shown_as_it_stands() -> None:
    assert ContactAttempt(outcome="telepathy").get_outcome_display() == "telepathy"
