"""A mistake in a playbook names its file, its key and the reason, and all are named together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cases.rules.playbooks import SHIPPED_FOLDER, PlaybookErrors, load_playbooks, read_playbooks

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
            'kind = "minutes", minutes = 30 }',
            'kind = "minutes", minutes = 0 }',
            "rules.shop_message.no_reply.clock.minutes",
            "is 0, but a whole number from 1 to 527040 is needed.",
            id="a number out of range",
        ),
        pytest.param(
            "margin_minutes = 5",
            f"margin_minutes = {10**30}",
            "channels.hotline.margin_minutes",
            f"is {10**30}, but a whole number from 0 to 120 is needed.",
            id="a number beyond all measure",
        ),
        pytest.param(
            "ask_after = 2, due_after = 3",
            "ask_after = 3, due_after = 2",
            "rules.partner_platform.extra_time.clock.due_after",
            "is 2, which is less than ask_after, 3.",
            id="a window that ends before it begins",
        ),
        pytest.param(
            'confidence = "reported"',
            'confidence = "M"',
            "cited.confidence",
            "“M” is not known here; known are S, S+, V, V-, reported.",
            id="from memory only",
        ),
        pytest.param(
            'source = "seed-article"',
            'source = "hearsay"',
            "cited.source",
            "“hearsay” is not known here; known are seed-article.",
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
            'whose = "theirs"\n',
            'whose = "theirs"\neffective_from = 2026-02-01\neffective_to = 2026-01-01\n',
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
            "“order_nummer” is not known here; did you mean “order_number”; known are demand, order_number, "
            "problem_statement, proof_of_payment, screenshots.",
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


def test_all_mistakes_of_all_files_are_named_together(tmp_path):
    (tmp_path / "first.toml").write_text(DOUYIN.replace("Asia/Shanghai", "Nowhere", 1), encoding="utf-8")
    (tmp_path / "second.toml").write_text("name = 'x'\n[[[", encoding="utf-8")
    (tmp_path / "Third File.toml").write_text(
        DOUYIN.replace('edition = "2026-11-22"', "edition = 7", 1).replace('en = "Douyin"', 'en = ""', 1),
        encoding="utf-8",
    )

    with pytest.raises(PlaybookErrors) as raised:
        load_playbooks(tmp_path)

    assert {mistake.file for mistake in raised.value.mistakes} == {
        "first.toml",
        "second.toml",
        "Third File.toml",
    }
    lines = str(raised.value).splitlines()
    assert "first.toml: zone: “Nowhere” is no time zone; write one such as Asia/Shanghai." in lines
    assert "Third File.toml: edition: is “7”, but a string is needed." in lines
    assert "Third File.toml: name.en: is missing or empty; every text is in both languages." in lines
    assert any(line.startswith("second.toml: This cannot be read as TOML in UTF-8") for line in lines)
    assert any(
        line.startswith("Third File.toml: The name of the file is the playbook's key") for line in lines
    )


def test_an_empty_file_says_everything_that_it_needs(tmp_path):
    (tmp_path / "empty.toml").write_text("", encoding="utf-8")

    with pytest.raises(PlaybookErrors) as raised:
        load_playbooks(tmp_path)

    missing = {mistake.key for mistake in raised.value.mistakes if "is missing" in mistake.reason}
    assert {
        "name",
        "edition",
        "zone",
        "zone_name",
        "sources",
        "cited",
        "channels",
        "rules",
        "situations",
    } <= missing


def test_a_file_of_the_wrong_shape_is_a_list_of_mistakes_and_no_crash(tmp_path):
    (tmp_path / "odd.toml").write_text(
        'name = 1\nedition = []\nzone = {}\nsources = [1]\ncited = "x"\nchannels = { a = 1 }\n'
        "rules = { b = { clock = 1, starts = [1], met_by = {} } }\n"
        'situations = [{ when = [], channels = "x" }]\n'
        "figures = [{ low = 3, high = 1 }]\nnotes = 5\n",
        encoding="utf-8",
    )

    with pytest.raises(PlaybookErrors) as raised:
        load_playbooks(tmp_path)

    assert len(raised.value.mistakes) > 20
    assert all(mistake.reason.endswith(".") for mistake in raised.value.mistakes)


def test_a_file_that_is_not_utf_8_is_a_mistake(tmp_path):
    (tmp_path / "gbk.toml").write_bytes('name = "抖音"'.encode("gbk"))

    with pytest.raises(PlaybookErrors, match=r"gbk\.toml: This cannot be read as TOML in UTF-8"):
        load_playbooks(tmp_path)


def test_a_folder_without_playbooks_is_a_mistake(tmp_path):
    with pytest.raises(PlaybookErrors, match=r"There is no \.toml file here"):
        load_playbooks(tmp_path)


def test_a_good_file_loads_from_any_folder_and_is_named_by_it(tmp_path):
    (tmp_path / "copy.toml").write_text(DOUYIN, encoding="utf-8")

    playbooks = load_playbooks(tmp_path)

    assert list(playbooks) == ["copy"]
    assert playbooks["copy"].rule_named("copy.promise.kept") is playbooks["copy"].rules["promise.kept"]
    assert playbooks["copy"].rule_named("douyin.promise.kept") is None


def test_a_rule_may_have_a_source_of_its_own(tmp_path):
    law = (
        '[[sources]]\nkey = "law"\ntitle = { zh-hans = "消费者权益保护法", en = "Consumer law" }\n'
        'url = "https://example.org/law"\n\n[[sources]]\nkey = "seed-article"'
    )
    own = 'source = "law"\narticle = { zh-hans = "第二十五条", en = "Art. 25" }\nconfidence = "V"\nclock'
    text = DOUYIN.replace('[[sources]]\nkey = "seed-article"', law, 1).replace("clock", own, 1)
    (tmp_path / "copy.toml").write_text(text, encoding="utf-8")

    rules = read_playbooks([tmp_path / "copy.toml"])["copy"].rules

    cited = rules["shop_message.no_reply"].citation.as_json()
    assert cited == {
        "key": "law",
        "title": {"zh-hans": "消费者权益保护法", "en": "Consumer law"},
        "article": {"zh-hans": "第二十五条", "en": "Art. 25"},
        "url": "https://example.org/law",
        "confidence": "V",
        "checked_on": "2026-11-22",
    }
    assert rules["promise.kept"].citation.confidence == "reported"


def test_hours_may_differ_by_weekday_and_on_days_off(tmp_path):
    hours = (
        'hours = { daily = ["09:00-12:00", "14:00-18:00"], saturday = ["10:00-24:00"], sunday = [], '
        "days_off = [] }"
    )
    (tmp_path / "copy.toml").write_text(
        DOUYIN.replace('hours = { daily = ["09:00-21:00"] }', hours, 1), encoding="utf-8"
    )

    found = load_playbooks(tmp_path)["copy"].channels["hotline"].hours

    assert [len(frames) for frames in found.week] == [2, 2, 2, 2, 2, 1, 0]
    assert found.week[5][0].closes is None
    assert found.days_off == ()


def test_the_shipped_playbooks_are_read_once():
    assert load_playbooks() is load_playbooks()
