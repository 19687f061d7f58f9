"""Finding playbooks and channels, also those that are gone."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from cases.models import Case, ContactAttempt
from cases.services import playbooks
from tests.services.when import shanghai

AT = shanghai("2026-09-01 10:00")


def test_the_playbook_of_a_case_is_found_by_its_key(case: Case):
    playbook = playbooks.playbook_of(case)

    assert playbook is not None
    assert playbook.key == "douyin"
    assert playbook is playbooks.all_playbooks()["douyin"], "read once"


def test_a_playbook_that_is_gone_is_none(case: Case):
    case.playbook = "gone"

    assert playbooks.playbook_of(case) is None


def test_the_channel_of_a_contact_is_that_of_the_playbook(case: Case):
    contact = ContactAttempt(case=case, channel="hotline", started_at=AT)

    assert playbooks.channel_of(contact).name.en == "Phone hotline"


def test_a_channel_that_is_gone_is_shown_by_its_key(case: Case):
    contact = ContactAttempt(case=case, channel="telex", started_at=AT)

    channel = playbooks.channel_of(contact)

    assert channel.name.en == "telex"
    assert channel.hours.is_open(AT) is None
    assert not channel.is_official


def test_days_count_in_the_zone_of_the_playbook(case: Case):
    assert playbooks.zone_of(case) == ZoneInfo("Asia/Shanghai")


def test_without_a_playbook_days_count_in_the_owners_zone(case: Case):
    case.playbook = "gone"
    case.owner.__class__.objects.filter(pk=case.owner.pk).update(time_zone="Europe/Berlin")

    assert playbooks.zone_of(case) == ZoneInfo("Europe/Berlin")
