"""A mistake in a playbook names its file, its key and the reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cases.rules.playbooks import SHIPPED_FOLDER, PlaybookErrors, load_playbooks

DOUYIN = (SHIPPED_FOLDER / "douyin.toml").read_text(encoding="utf-8")


@pytest.fixture
def mistakes(tmp_path: Path) -> Callable[..., list[tuple[str, str]]]:
    """The mistakes found in Douyin's playbook after one change, as (key, reason)."""

    def find(before: str, after: str) -> list[tuple[str, str]]:
        assert before in DOUYIN, f"the playbook does not hold {before!r}"
        (tmp_path / "shop.toml").write_text(DOUYIN.replace(before, after, 1), encoding="utf-8")
        with pytest.raises(PlaybookErrors) as raised:
            load_playbooks(tmp_path)
        assert {mistake.file for mistake in raised.value.mistakes} == {"shop.toml"}
        return [(mistake.key, mistake.reason) for mistake in raised.value.mistakes]

    return find


@pytest.mark.parametrize(
    ("before", "after", "key", "reason"),
    [
        pytest.param(
            'edition = "2026-11-22"\n', "", "edition", "is missing; a string is needed.", id="a missing key"
        ),
        pytest.param(
            "is_official = true",
            "is_offical = true\nis_official = true",
            "channels.official_service.is_offical",
            "is not known here; did you mean “is_official”.",
            id="an unknown key",
        ),
        pytest.param(
            "is_official = true",
            'is_official = "yes"',
            "channels.official_service.is_official",
            "is “yes”, but true or false is needed.",
            id="a wrong type",
        ),
        pytest.param(
            'name = { zh-hans = "官方客服", en = "Official in-app service" }',
            'name = { en = "Official in-app service" }',
            "channels.official_service.name.zh-hans",
            "is missing or empty; every text is in both languages.",
            id="one language only",
        ),
        pytest.param(
            'name = { zh-hans = "抖音", en = "Douyin" }',
            'name = { zh-hans = "抖音", en = "Douyin", de = "Douyin" }',
            "name.de",
            "is not a language of the product; there are zh-hans and en.",
            id="a third language",
        ),
        pytest.param(
            'zone = "Asia/Shanghai"',
            'zone = "Asia/Shangai"',
            "zone",
            "“Asia/Shangai” is no time zone; write one such as Asia/Shanghai.",
            id="no time zone",
        ),
        pytest.param(
            'daily = ["09:00-21:00"]',
            'daily = ["21:00-09:00"]',
            "channels.hotline.hours.daily",
            "“21:00-09:00” ends before it begins; through midnight, write …-24:00 and 00:00-… the next day.",
            id="hours backward",
        ),
        pytest.param(
            'daily = ["09:00-21:00"]',
            'daily = ["9-21"]',
            "channels.hotline.hours.daily",
            "“9-21” is no time of opening; write it as 09:00-21:00, in 24 hours.",
            id="hours unreadable",
        ),
        pytest.param(
            'daily = ["09:00-21:00"]',
            'daily = ["09:00-14:00", "13:00-21:00"]',
            "channels.hotline.hours.daily",
            "13:00 begins before the time in front of it ends; put them in order.",
            id="hours overlap",
        ),
        pytest.param(
            'hours = "always"',
            'hours = "sometimes"',
            "channels.official_service.hours",
            "“sometimes” is not known here; known are always, unknown.",
            id="hours by an unknown word",
        ),
        pytest.param(
            'channels = ["official_service", "hotline"]\nconfirm_all',
            'channels = ["official_service", "hotlin"]\nconfirm_all',
            "situations[high_risk].channels",
            "“hotlin” is not known here; did you mean “hotline”; known are appeal_upload, hotline, "
            "live_room, official_service, order_card, partner_platform, self_service, shop_message.",
            id="a channel that is not there",
        ),
        pytest.param(
            'outcomes = ["no_answer"] }]\nclock',
            'outcomes = ["no_anser"] }]\nclock',
            "rules.shop_message.no_reply.starts[0].outcomes",
            "“no_anser” is not known here; did you mean “no_answer”; known are answered, bot_only, "
            "no_answer, promised, refused, solved.",
            id="an outcome that is not there",
        ),
        pytest.param(
            'amount = 30, unit = "minutes" }',
            'amount = 0, unit = "minutes" }',
            "rules.shop_message.no_reply.clock.amount",
            "is 0, but a whole number from 1 to 527040 is needed.",
            id="a number out of range",
        ),
        pytest.param(
            'values = { step = ["seller_answers"] }',
            'values = { step = ["seller_answer"] }',
            "rules.after_sale.seller_answer.starts[0].values.step",
            "“seller_answer” is not known here; did you mean “seller_answers”; known are ask_platform, "
            "evidence, other, platform_decides, seller_answers, seller_confirms, send_back.",
            id="a countdown towards nothing",
        ),
        pytest.param(
            "margin_minutes = 5",
            f"margin_minutes = {10**30}",
            "channels.hotline.margin_minutes",
            f"is {10**30}, but a whole number from 0 to 120 is needed.",
            id="a number beyond all measure",
        ),
        pytest.param(
            "amount = 2, at_most = 3",
            "amount = 3, at_most = 2",
            "rules.partner_platform.extra_time.clock.at_most",
            "is 2, which is less than amount, 3.",
            id="a window that ends before it begins",
        ),
        pytest.param(
            'confidence = "reported"',
            'confidence = "M"',
            "cited.confidence",
            "“M” is not known here; known are S, S+, V, V-, own, reported.",
            id="from memory only",
        ),
        pytest.param(
            'source = "seed-article"',
            'source = "hearsay"',
            "cited.source",
            "“hearsay” is not known here; known are app-countdown, seed-article.",
            id="a source that is not there",
        ),
        pytest.param(
            "checked_on = 2026-11-22",
            'checked_on = "last week"',
            "cited.checked_on",
            "is “last week”, but a date such as 2026-11-22 is needed.",
            id="no date",
        ),
        pytest.param(
            'binds = "seller"\n',
            'binds = "seller"\neffective_from = 2026-02-01\neffective_to = 2026-01-01\n',
            "rules.shop_message.no_reply.effective_to",
            "is 2026-01-01, before effective_from, 2026-02-01.",
            id="effective dates backward",
        ),
        pytest.param(
            'clock = { kind = "last_call", channel = "hotline"',
            'clock = { kind = "last_call", channel = "official_service"',
            "rules.hotline.closing.clock.channel",
            "“official_service” needs opening hours and waits, so that a last call can be told.",
            id="a last call where nothing closes",
        ),
        pytest.param(
            'key = "high_risk"',
            'key = "urgent"',
            "situations[urgent].key",
            "“urgent” is the key of two situations.",
            id="a key twice",
        ),
        pytest.param(
            'key = "order_number", text',
            'key = "order_nummer", text',
            "channels.official_service.prepare[order_nummer].key",
            "“order_nummer” is not known here; did you mean “order_number”; known are demand, "
            "merchant_address, merchant_name, order_number, own_details, problem_statement, "
            "proof_of_payment, screenshots, their_answer, tracking_number.",
            id="a preparation that no case can have",
        ),
        pytest.param(
            "[channels.hotline]",
            "[channels.Hotline]",
            "channels.Hotline",
            None,
            id="a key in capital letters",
        ),
    ],
)
def test_a_mistake_names_file_key_and_reason(mistakes, before, after, key, reason):
    found = mistakes(before, after)

    assert key in [where for where, _why in found]
    if reason is not None:
        assert found == [(key, reason)]
