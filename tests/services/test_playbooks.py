"""Finding playbooks and channels, also those that are gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cases.models import Case, Deadline
from cases.rules.playbooks import Playbook
from cases.services import playbooks
from tracker.accounts.models import User


def test_the_playbook_of_a_case_is_found_by_its_key(case: Case):
    playbook = playbooks.playbook_of(case)

    assert playbook is not None
    assert playbook.key == "douyin"
    assert playbook is playbooks.all_playbooks()["douyin"], "read once"


def test_a_playbook_that_is_gone_is_none(case: Case):
    case.playbook = "gone"

    assert playbooks.playbook_of(case) is None


def test_days_count_in_the_zone_of_the_playbook(case: Case):
    assert playbooks.zone_of(case) == ZoneInfo("Asia/Shanghai")


def test_without_a_playbook_days_count_in_the_owners_zone(case: Case):
    case.playbook = "gone"
    case.owner.__class__.objects.filter(pk=case.owner.pk).update(time_zone="Europe/Berlin")

    assert playbooks.zone_of(case) == ZoneInfo("Europe/Berlin")


LAW, BANK = (
    replace(playbooks.all_playbooks()["douyin"], key=key, kind=kind, channels={}, rules={}, situations=())
    for key, kind in (("law", "law"), ("bank", "payment"))
)


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Playbook]:
    """Douyin, which a law goes with, and a bank that has to be added."""
    douyin = replace(playbooks.all_playbooks()["douyin"], goes_with=("law", "moon"))
    found = {"bank": BANK, "douyin": douyin, "law": LAW}
    monkeypatch.setattr(playbooks, "all_playbooks", lambda: found)
    return found


def keys(found: Iterable[Playbook]) -> list[str]:
    return [playbook.key for playbook in found]


class TestAllThatApplies:
    def test_the_platform_comes_first_then_what_goes_with_it(self, shipped: object, case: Case):
        assert keys(playbooks.playbooks_of(case)) == ["douyin", "law"]

    def test_what_was_added_to_the_case_comes_last_and_once(self, shipped: object, case: Case):
        case.also_playbooks = ["bank", "law", "gone"]

        assert keys(playbooks.playbooks_of(case)) == ["douyin", "law", "bank"]

    def test_a_case_that_names_others_is_looked_at_anew(self, shipped: object, case: Case):
        assert keys(playbooks.playbooks_of(case)) == ["douyin", "law"]

        case.playbook = "bank"

        assert keys(playbooks.playbooks_of(case)) == ["bank"]

    def test_it_is_found_without_a_query(
        self, shipped: object, case: Case, django_assert_num_queries: Callable[[int], Any]
    ):
        with django_assert_num_queries(0):
            playbooks.playbooks_of(case)

    def test_the_channels_are_those_of_all(self, shipped: dict[str, Playbook], case: Case):
        hotline = shipped["douyin"].channels["hotline"]
        shipped["law"] = replace(LAW, channels={"law.counter": replace(hotline, key="law.counter")})

        channels = playbooks.channels_of(Case.objects.get(pk=case.pk))

        assert next(iter(channels)) == next(iter(shipped["douyin"].channels))
        assert list(channels)[-1] == "law.counter"


class TestTheRuleOfADeadline:
    def test_is_found_with_its_playbook(self, case: Case):
        found = playbooks.rule_of(Deadline(case=case, rule="douyin.hotline.closing"))

        assert found is not None
        assert (found[0].key, found[1].key) == ("douyin", "hotline.closing")

    def test_is_found_when_its_playbook_no_longer_applies(self, shipped: object, case: Case):
        case.playbook = "bank"

        assert playbooks.rule_of(Deadline(case=case, rule="douyin.hotline.closing")) is not None

    def test_is_none_when_it_is_gone(self, case: Case):
        assert playbooks.rule_of(Deadline(case=case, rule="douyin.moon")) is None
        assert playbooks.rule_of(Deadline(case=case, rule="moon.landing")) is None

    def test_says_in_which_zone_it_counts(self, shipped: dict[str, Playbook], case: Case):
        rules = shipped["douyin"].rules
        shipped["bank"] = replace(BANK, rules=rules, zone=ZoneInfo("America/New_York"))

        def zone(rule: str) -> str:
            return playbooks.zone_of_deadline(Deadline(case=case, rule=rule)).key

        assert zone("bank.hotline.closing") == "America/New_York"
        assert zone("douyin.hotline.closing") == "Asia/Shanghai"
        assert zone("moon.landing") == "Asia/Shanghai"


class TestTheChoices:
    def test_are_platforms_and_what_else_applies(self, alice: User, shipped: object):
        platforms, others = playbooks.choices_for(alice)

        assert (keys(platforms), keys(others)) == (["douyin"], ["bank", "law"])
