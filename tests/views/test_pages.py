"""What holds for every page: strict policy, both languages, errors that say nothing internal."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from cases.models import Case
from cases.services import case_files, contacts, exhibits, milestones, orders, own_reminders
from tests import factories, pictures
from tests.views.asking import text_of
from tracker.accounts.models import User

SCREENS = [
    "/",
    "/cases/",
    "/cases/?q=nothing",
    "/cases/new/",
    "/insights/",
    "/playbooks/",
    "/playbooks/douyin/",
    "/playbooks/own/",
    "/playbooks/own/new/",
    "/verify/",
    "/settings/",
    "/settings/reminders/",
    "/settings/phone/",
    "/share/",
    "/cases/{}/",
    "/cases/{}/?ways=all",
    "/cases/{}/edit/",
    "/cases/{}/close/",
    "/cases/{}/orders/",
    "/cases/{}/contacts/",
    "/cases/{}/milestones/",
    "/cases/{}/exhibits/",
    "/cases/{}/exhibits/1/",
    "/cases/{}/exhibits/1/redactions/",
    "/cases/{}/deadlines/",
    "/cases/{}/own-reminders/",
    "/cases/{}/drafts/",
    "/cases/{}/custody/",
    "/cases/{}/case-files/",
]
INLINE = re.compile(
    r"\sstyle=|<style|\son[a-z]+=|\s(?:data-)?hx-on|<script(?![^>]*\bsrc=)[^>]*>|javascript:", re.IGNORECASE
)
NAUGHTY = "\"><script>alert(1)</script><b style=x onclick=y>' {{ 7*7 }}"


@pytest.fixture
def full_case(alice: User) -> Case:
    """One with everything in it, and every word of it hostile."""
    at = factories.NOON
    case = factories.make_case(
        owner=alice, title=NAUGHTY[:110], merchant=NAUGHTY, problem_statement=NAUGHTY, demand=NAUGHTY
    )
    orders.add_order(
        case=case, by=alice, at=at, platform=NAUGHTY[:60], item=NAUGHTY, numbers=[("order", NAUGHTY[:40])]
    )
    contact = contacts.log_contact(
        case=case,
        by=alice,
        at=at,
        channel="shop_message",
        outcome="promised",
        promised_by=at.replace(hour=9),
        promise=NAUGHTY,
        summary=NAUGHTY,
        person=NAUGHTY,
        ticket_number=NAUGHTY[:60],
    )
    contacts.log_contact(case=case, by=alice, at=at, channel="shop_message", outcome="no_answer")
    milestones.log_milestone(
        case=case,
        by=alice,
        at=at,
        kind="handed_to_partner",
        happened_at=at,
        facts={"usual_workdays": 1},
        note=NAUGHTY,
    )
    exhibits.add_exhibit(
        case=case,
        by=alice,
        at=at,
        upload=pictures.upload(pictures.picture(), "<script>.png"),
        shows=NAUGHTY,
        contact=contact,
    )
    case_files.request_case_file(case=case, by=alice, at=at, language="en")
    own_reminders.add(case=case, by=alice, text=NAUGHTY, remind_at=at + timedelta(days=1), at=at)
    return case


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_is_inline_and_what_people_typed_stays_text(
    full_case: Case, alice_client: Client, screen: str
):
    response = alice_client.get(screen.format(full_case.reference))

    assert response.status_code == 200
    content = re.sub(r"&lt;.*?&gt;", "", response.content.decode())
    assert not INLINE.search(content), INLINE.search(content)
    assert "script-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("screen", SCREENS)
def test_in_chinese_no_english_is_left(alice: User, screen: str):
    User.objects.filter(pk=alice.pk).update(language="zh-hans", name="林晓雨")
    case = factories.make_case(owner=alice, title="丢了一个包裹")
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer")
    exhibits.add_exhibit(
        case=case, by=alice, at=factories.NOON, upload=pictures.upload(pictures.picture(), "截图.png")
    )

    response = factories.logged_in(User.objects.get(pk=alice.pk)).get(screen.format(case.reference))

    assert 'lang="zh-Hans"' in response.content.decode()
    left = re.findall(r"[A-Za-z]{3,}(?: [A-Za-z]{2,}){2,}", text_of(response))
    assert [words for words in left if words != "bagit.txt"] == []


@pytest.mark.parametrize("screen", SCREENS)
def test_every_id_is_there_once_and_every_label_has_its_control(
    full_case: Case, alice_client: Client, screen: str
):
    content = alice_client.get(screen.format(full_case.reference)).content.decode()

    ids = re.findall(r'\sid="([^"]+)"', content)
    assert len(ids) == len(set(ids)), sorted({one for one in ids if ids.count(one) > 1})
    labels = re.findall(r'\s(?:for|aria-labelledby)="([^"]+)"', content)
    named = {one for label in labels for one in label.split()}  # a name may be put together of several
    assert named <= set(ids), named - set(ids)
    assert content.count("<h1") == 1


@pytest.mark.parametrize("screen", SCREENS)
def test_what_a_user_sees_is_never_kept_by_a_cache(full_case: Case, alice_client: Client, screen: str):
    assert "no-store" in alice_client.get(screen.format(full_case.reference))["Cache-Control"]


@pytest.mark.parametrize("screen", SCREENS)
def test_a_page_stays_under_a_hundred_kilobytes(full_case: Case, alice_client: Client, screen: str):
    assert len(alice_client.get(screen.format(full_case.reference)).content) < 100_000


@pytest.mark.parametrize(
    ("language", "words"), [("en", "There is nothing at this address"), ("zh-hans", "这个地址没有内容")]
)
def test_what_is_not_there_is_told_in_the_users_language(alice: User, language: str, words: str):
    User.objects.filter(pk=alice.pk).update(language=language)

    response = factories.logged_in(User.objects.get(pk=alice.pk)).get("/nowhere/<script>/")

    assert response.status_code == 404
    assert words in text_of(response)
    assert "nowhere" not in response.content.decode()


def test_an_expired_form_says_that_nothing_was_stored(alice: User):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)

    response = client.post("/cases/new/", {"title": "x"}, headers={"HX-Request": "true"})

    assert response.status_code == 403
    assert "Nothing was stored." in text_of(response)


def test_an_error_of_ours_says_so_in_both_languages_and_nothing_else(
    alice: User, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_arguments: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("cases.services.own_reminders.open_for", fail)
    client = Client(raise_request_exception=False)
    client.force_login(alice)

    response = client.get("/")

    assert response.status_code == 500
    assert "出错了" in response.content.decode()
    assert "Something went wrong" in response.content.decode()
    assert "secret detail" not in response.content.decode()
