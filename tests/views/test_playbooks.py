"""What is known about a platform, open to everybody."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from cases.services.playbooks import all_playbooks
from tests.views.asking import text_of

DOUYIN = all_playbooks()["douyin"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("key", DOUYIN.channels)
def test_every_word_about_a_channel_is_on_the_page(db: None, client: Client, key: str, language: str):
    text = text_of(client.get("/playbooks/douyin/", headers={"Accept-Language": language}))

    channel = DOUYIN.channels[key]
    texts = [channel.name, channel.opening, channel.usual_answer, channel.good_for]
    texts += [*channel.way, *channel.limits]
    texts += [item.text for item in channel.prepare] + [figure.text for figure in channel.figures]
    for words in texts:
        assert " ".join(words.in_language(language).split()) in text


@pytest.mark.parametrize(
    "words",
    [
        "About platform rules: usually a wait of about 3 minutes (depth 3 of 5)",
        "About a trade dispute: usually a wait of about 8 minutes (depth 4 of 5)",
    ],
)
def test_the_hotlines_waits_are_told_once_each(db: None, client: Client, words: str):
    text = text_of(client.get("/playbooks/douyin/", headers={"Accept-Language": "en"}))

    assert text.count(words) == 1


@pytest.mark.parametrize("key", DOUYIN.rules)
def test_every_rule_is_shown_with_source_and_confidence(db: None, client: Client, key: str):
    content = client.get("/playbooks/douyin/", headers={"Accept-Language": "en"}).content.decode()

    article = html.unescape(content[content.index(f'id="rule-{key}"') :].split("</article>")[0])
    rule = DOUYIN.rules[key]
    assert rule.action.en in article
    assert rule.citation.source.title.en in article
    assert "reported, not checked against an official text" in article
    assert "checked on 2026-11-22" in article


def test_every_situation_habit_and_figure_of_the_platform_is_shown(db: None, client: Client):
    text = text_of(client.get("/playbooks/douyin/", headers={"Accept-Language": "en"}))

    for row in DOUYIN.situations:
        assert row.title.en in text
        assert row.reason.en in text
    for note in [*DOUYIN.notes, *DOUYIN.figures]:
        assert note.text.en in text


def test_the_list_leads_to_each_playbook(db: None, client: Client):
    assert 'href="/playbooks/douyin/"' in client.get("/playbooks/").content.decode()


def test_a_playbook_that_is_not_there_is_404(db: None, client: Client):
    assert client.get("/playbooks/nowhere/").status_code == 404


def test_searchers_may_find_these_pages_and_no_others(db: None, client: Client):
    assert "noindex" not in client.get("/playbooks/douyin/").content.decode()
    assert 'name="description"' in client.get("/playbooks/douyin/").content.decode()


def test_they_are_for_reading(db: None, client: Client):
    assert client.post("/playbooks/").status_code in {403, 405}


ALL = all_playbooks()


def page_of(client: Client, key: str, language: str) -> str:
    return text_of(client.get(f"/playbooks/{key}/", headers={"Accept-Language": language}))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("key", ALL)
def test_the_page_tells_all_that_the_playbook_knows(db: None, client: Client, key: str, language: str):
    text = page_of(client, key, language)

    playbook = ALL[key]
    texts = [note.text for note in playbook.notes]
    for row in playbook.situations:
        texts += [row.title, row.reason, *([row.action] if row.action else [])]
    texts += [bar.reason for bar in playbook.bars]
    for rule in playbook.rules.values():
        texts += [rule.title, rule.action, rule.counted_from, *rule.notes]
        texts += [rule.citation.article, rule.citation.source.title]
        texts += [rule.consequence] if rule.consequence else []
    missing = [one for one in texts if " ".join(one.in_language(language).split()) not in text]
    assert missing == []


@pytest.mark.parametrize("key", ALL)
def test_every_address_of_a_source_is_a_link(db: None, client: Client, key: str):
    content = html.unescape(client.get(f"/playbooks/{key}/").content.decode())

    for rule in ALL[key].rules.values():
        url = rule.citation.source.url
        assert not url or f'href="{url}"' in content


def rule_of(client: Client, playbook: str, rule: str, language: str = "en") -> str:
    """What the page says of one rule."""
    content = client.get(f"/playbooks/{playbook}/", headers={"Accept-Language": language}).content.decode()
    article = content[content.index(f'id="rule-{rule}"') :].split("</article>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", article)).split())


def test_a_rule_says_how_it_is_counted_whom_it_binds_and_since_when(db: None, client: Client):
    text = rule_of(client, "cn_12315", "mediation")

    assert "60 days" in text
    assert "The day it starts on is not counted." in text
    assert "from 2026-04-15" in text
    assert "before it:" in text
    assert "the authority" in text
    assert "read in the official text" in text
    assert "checked on 2026-11-22" in text


def test_it_says_so_in_chinese_too(db: None, client: Client):
    text = rule_of(client, "cn_12315", "acceptance", "zh-hans")

    assert "7 个工作日" in text
    assert "起算当天不计入。" in text
    assert "主管部门" in text


def test_a_pause_is_told_by_what_begins_and_what_ends_it(db: None, client: Client):
    pauses = [
        (key, rule.key) for key, playbook in ALL.items() for rule in playbook.rules.values() if rule.pauses
    ]
    assert pauses
    for playbook, rule in pauses:
        assert "Does not count" in rule_of(client, playbook, rule)


def test_the_list_is_grouped_by_kind(db: None, client: Client):
    text = text_of(client.get("/playbooks/", headers={"Accept-Language": "en"}))

    places = [
        text.index(words)
        for words in (
            "Platforms: where one buys",
            "Douyin",
            "Payment: how one paid",
            "Authorities: who mediates and decides",
            "Laws: what holds whatever the platform",
        )
    ]
    assert places == sorted(places)
