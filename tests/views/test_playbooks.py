"""What is known about a platform, open to everybody."""

from __future__ import annotations

import html

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
