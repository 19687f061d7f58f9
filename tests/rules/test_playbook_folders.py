"""Whole files and folders of playbooks: all mistakes are named together, good files load from anywhere."""

from __future__ import annotations

import pytest

from cases.rules.playbooks import SHIPPED_FOLDER, PlaybookErrors, load_playbooks, read_playbooks

DOUYIN = (SHIPPED_FOLDER / "douyin.toml").read_text(encoding="utf-8")


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
        "kind",
        "calendar",
        "name",
        "edition",
        "zone",
        "zone_name",
        "sources",
        "cited",
        "channels",
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
    text = DOUYIN.replace('[[sources]]\nkey = "seed-article"', law, 1).replace("\nclock", f"\n{own}", 1)
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
