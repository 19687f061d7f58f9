"""A platform and rules of one's own: made in the browser, uploaded, downloaded, seen by nobody else."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.models import Case, Membership, OwnPlaybook, Role
from cases.rules.playbooks import SHIPPED_FOLDER, load_playbooks
from cases.services import contacts, milestones, own_playbooks
from tests import factories
from tests.views.asking import text_of
from tests.views.test_pages import INLINE, NAUGHTY
from tracker.accounts.models import User

HEAD = {"kind": "platform", "name": "Corner shop", "zone": "Asia/Shanghai", "calendar": "CN"}
CHANNEL = {
    "name": "Phone",
    "body": "seller",
    "way": "Dial 010 1234\nAsk for Mr Li",
    "hours": "frames",
    "daily": "9:00-12:00，14:00～18:00",
    "sunday": "closed",
    "usual_answer": "At once",
    "limits": "No pictures",
    "prepare": ["order_number"],
}
RULE = {
    "title": "The shop sends another one",
    "action": "Call and ask.",
    "binds": "seller",
    "amount": "7",
    "unit": "workdays",
    "start": "return_sent",
    "outcome": "no_answer",
    "met": "goods_received",
    "roll": "none",
    "step": "other",
    "confidence": "V",
    "source_title": "The guarantee card",
    "source_url": "https://shop.example/card",
    "article": "Section 3",
}


def make(client: Client, **fields: str) -> OwnPlaybook:
    response = client.post("/playbooks/own/new/", {**HEAD, **fields})
    assert response.status_code == 302, text_of(response)
    return OwnPlaybook.objects.get(key=response["Location"].split("/")[-2])


def add_channel(client: Client, own: OwnPlaybook, **fields: object) -> None:
    response = client.post(f"/playbooks/own/{own.key}/new-channel/", {**CHANNEL, **fields})
    assert response.status_code == 302, text_of(response)


def add_rule(client: Client, own: OwnPlaybook, **fields: object) -> None:
    response = client.post(f"/playbooks/own/{own.key}/new-rule/", {**RULE, **fields})
    assert response.status_code == 302, text_of(response)


@pytest.fixture
def own(alice_client: Client) -> OwnPlaybook:
    """A platform with a channel and a rule, as typed."""
    made = make(alice_client)
    add_channel(alice_client, made)
    add_rule(alice_client, made)
    made.refresh_from_db()
    return made


def test_what_was_typed_is_a_playbook_with_a_channel_and_a_rule(own: OwnPlaybook):
    playbook = own_playbooks.own_named(own.key)

    assert playbook is not None
    assert (playbook.kind, playbook.name.en, playbook.name.zh_hans) == (
        "platform",
        "Corner shop",
        "Corner shop",
    )
    channel = playbook.channels["phone"]
    assert [step.en for step in channel.way] == ["Dial 010 1234", "Ask for Mr Li"]
    assert channel.opening.en == "Monday to Saturday 09:00–12:00 and 14:00–18:00; Sunday closed"
    assert not channel.is_official
    assert playbook.situations[0].channels == ("phone",)
    rule = playbook.rules["the_shop_sends_another_one"]
    assert (rule.clock.amount, rule.clock.unit, rule.binds) == (7, "workdays", "seller")
    assert (rule.citation.source.url, rule.citation.confidence) == ("https://shop.example/card", "V")
    assert rule.counted_from.en == "Return sent"
    assert rule.citation.checked_on.isoformat() == "2026-09-01"


def test_whoever_reads_the_other_language_sees_the_same_words(alice: User):
    User.objects.filter(pk=alice.pk).update(language="zh-hans")
    made = make(factories.logged_in(User.objects.get(pk=alice.pk)), name="街角小店")

    playbook = own_playbooks.read(made)

    assert playbook is not None
    assert playbook.name.as_json() == {"zh-hans": "街角小店", "en": "街角小店"}
    assert playbook.zone_name.as_json() == {"zh-hans": "中国时间", "en": "China Time"}


def test_its_page_shows_what_a_shipped_one_shows_and_leads_to_the_forms(
    own: OwnPlaybook, alice_client: Client
):
    response = alice_client.get(f"/playbooks/own/{own.key}/")

    text = text_of(response)
    assert "Corner shop" in text
    assert "Monday to Saturday 09:00–12:00 and 14:00–18:00; Sunday closed" in text
    assert "7 workdays" in text
    assert "The day it starts on is not counted." in text
    assert "The guarantee card · Section 3 · read in the official text · checked on 2026-09-01" in text
    content = response.content.decode()
    assert f'href="/playbooks/own/{own.key}/channels/phone/"' in content
    assert f'href="/playbooks/own/{own.key}/rules/the_shop_sends_another_one/"' in content


def test_the_forms_come_back_with_what_was_typed(own: OwnPlaybook, alice_client: Client):
    channel = alice_client.get(f"/playbooks/own/{own.key}/channels/phone/").content.decode()
    rule = alice_client.get(f"/playbooks/own/{own.key}/rules/the_shop_sends_another_one/").content.decode()
    head = alice_client.get(f"/playbooks/own/{own.key}/edit/").content.decode()

    assert 'value="09:00-12:00, 14:00-18:00"' in channel
    assert "Dial 010 1234\nAsk for Mr Li" in channel
    assert 'name="sunday" value="-"' in channel
    assert 'value="The guarantee card"' in rule
    assert '<option value="workdays" selected>' in rule
    assert 'value="Corner shop"' in head


def test_saving_a_form_unchanged_changes_nothing_but_the_edition(own: OwnPlaybook, alice_client: Client):
    before = own.document
    rule = "the_shop_sends_another_one"

    alice_client.post(
        f"/playbooks/own/{own.key}/channels/phone/", {**CHANNEL, "daily": "09:00-12:00, 14:00-18:00"}
    )
    alice_client.post(f"/playbooks/own/{own.key}/rules/{rule}/", RULE)
    alice_client.post(f"/playbooks/own/{own.key}/edit/", HEAD)

    own.refresh_from_db()
    assert own.document == before


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"title": ""}, "This field is required"),
        ({"amount": ""}, "Give a number, or choose the app's countdown."),
        ({"amount": "99999"}, "In this unit 2000 is the most"),
        ({"amount": "9" * 400}, "Ensure this value is less than or equal to"),
        ({"at_most": "3"}, "This cannot be less than the first number."),
        ({"unit": "desk_hours"}, "Give the hours of the desk"),
        ({"unit": "desk_hours", "desk_daily": "18:00-9:00"}, "Write times as in"),
        ({"source_url": "javascript:alert(1)"}, "An address begins with https://"),
        ({"source_url": "https://a.example", "source_title": ""}, "Say what the address leads to."),
        ({"start": "nothing"}, "not one of the available choices"),
        ({"channel": "fax"}, "not one of the available choices"),
        ({"title": "a\u0007b"}, "holds a control character"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_a_sentence(
    own: OwnPlaybook, alice_client: Client, typed: dict[str, str], told: str
):
    before = own.document

    response = alice_client.post(f"/playbooks/own/{own.key}/new-rule/", {**RULE, **typed})

    assert response.status_code == 422
    assert told in text_of(response)
    own.refresh_from_db()
    assert own.document == before


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": ""}, "This field is required"),
        ({"daily": "9-12"}, "Write times as in 9:00-12:00"),
        ({"daily": "14:00-18:00, 9:00-12:00"}, "Write times as in 9:00-12:00"),
        ({"daily": "", "sunday": ""}, "Give the hours of at least one day"),
        ({"body": "friend"}, "not one of the available choices"),
        ({"way": "a" * 3000}, "A line has more than 2000 signs"),
    ],
)
def test_a_channel_that_cannot_be_is_refused_with_a_sentence(
    own: OwnPlaybook, alice_client: Client, typed: dict[str, str], told: str
):
    response = alice_client.post(f"/playbooks/own/{own.key}/new-channel/", {**CHANNEL, **typed})

    assert response.status_code == 422
    assert told in text_of(response)


def test_a_countdown_of_the_app_and_desk_hours_can_be_rules(own: OwnPlaybook, alice_client: Client):
    add_rule(alice_client, own, title="Refund", unit="countdown", amount="", step="seller_answers", met="")
    add_rule(
        alice_client,
        own,
        title="Answer",
        unit="desk_hours",
        amount="4",
        desk_daily="9:00-18:00",
        start="contact",
    )
    add_rule(
        alice_client,
        own,
        title="Back",
        unit="months",
        amount="1",
        at_most="2",
        roll="statutory",
        met="answer",
    )

    own.refresh_from_db()
    playbook = own_playbooks.read(own)
    assert playbook is not None
    refund, answer, back = (playbook.rules[key] for key in ("refund", "answer", "back"))
    assert refund.clock.fact == "countdown"
    assert refund.triggers[0].pattern.values == (("step", frozenset({"seller_answers"})),)
    assert refund.met_by == ()
    assert (answer.clock.amount, answer.clock.unit) == (4, "desk_hours")
    assert answer.triggers[0].pattern.outcomes == {"no_answer"}
    assert (back.clock.at_most, back.clock.roll) == (2, "statutory")
    for key in ("refund", "answer", "back"):
        assert alice_client.get(f"/playbooks/own/{own.key}/rules/{key}/").context["form"].initial["title"]


def test_a_source_that_no_rule_cites_any_more_is_forgotten(own: OwnPlaybook, alice_client: Client):
    url = f"/playbooks/own/{own.key}/rules/the_shop_sends_another_one/"

    for title in ("The second card", "The third card"):
        alice_client.post(url, {**RULE, "source_title": title})

    own.refresh_from_db()
    playbook = own_playbooks.read(own)
    assert playbook is not None
    assert [source.title.en for source in playbook.sources.values()] == [
        "Entered by the user, not checked",
        "The third card",
    ]


@pytest.mark.parametrize("address", ["new-channel/", "new-rule/", "edit/", "replace/"])
def test_an_empty_form_is_refused_with_sentences(own: OwnPlaybook, alice_client: Client, address: str):
    response = alice_client.post(f"/playbooks/own/{own.key}/{address}", {"x": "y"})

    assert response.status_code == 422


def test_a_rule_that_holds_more_than_the_form_is_changed_by_file(own: OwnPlaybook, alice_client: Client):
    OwnPlaybook.objects.filter(pk=own.pk).update(
        document=own.document.replace('kinds = [\n    "return_sent",\n]', 'kinds = ["return_sent", "paid"]')
    )

    response = alice_client.get(f"/playbooks/own/{own.key}/rules/the_shop_sends_another_one/")

    assert "This rule holds more than the form can show." in text_of(response)


# --- Files -----------------------------------------------------------------------------------------


def upload(client: Client, content: bytes, address: str = "/playbooks/own/upload/"):
    return client.post(address, {"file": SimpleUploadedFile("../../x.toml", content)})


def test_what_is_downloaded_and_uploaded_again_is_the_same_document(own: OwnPlaybook, alice_client: Client):
    file = alice_client.get(f"/playbooks/own/{own.key}/file/")

    response = upload(alice_client, file.content)

    other = OwnPlaybook.objects.exclude(pk=own.pk).get()
    assert response["Location"] == f"/playbooks/own/{other.key}/"
    assert other.document == own.document
    assert other.key.startswith("own_")


@pytest.mark.parametrize("address", ["/playbooks/own/{}/file/", "/playbooks/douyin/file/"])
def test_a_playbook_is_handed_out_to_be_saved_never_to_be_shown(
    own: OwnPlaybook, alice_client: Client, address: str
):
    response = alice_client.get(address.format(own.key))

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"] in {
        'attachment; filename="corner-shop.toml"',
        'attachment; filename="douyin.toml"',
    }
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_shipped_playbook_is_for_everybody_to_download(db: None, client: Client):
    assert b"[channels.official_service]" in client.get("/playbooks/douyin/file/").content
    assert client.get("/playbooks/nowhere/file/").status_code == 404


def test_a_changed_copy_of_a_shipped_law_becomes_ones_own(alice: User, alice_client: Client):
    file = alice_client.get("/playbooks/cn_consumer_law/file/").content

    response = upload(alice_client, b"\xef\xbb\xbf" + file)

    [law] = own_playbooks.all_of(alice)
    assert response.status_code == 302
    assert law.kind == "law"
    assert set(law.rules) == set(load_playbooks()["cn_consumer_law"].rules)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "kind : is missing", id="empty"),
        pytest.param(b"\xff\xfe\x00", "no text in UTF-8", id="no UTF-8"),
        pytest.param(b"#" * 300_000, "larger than 256 KB", id="too large"),
        pytest.param(b"hello", "cannot be read as TOML", id="no TOML"),
        pytest.param(b'kind = "authority"', "name : is missing", id="little"),
        pytest.param(b"kind = " + b"[" * 3000, "nested too deeply", id="deep"),
        pytest.param(b"kind = " + b"9" * 9000, "nobody can count with", id="huge number"),
        pytest.param(b"PK\x03\x04", "cannot be read as TOML", id="a ZIP"),
    ],
)
def test_a_file_with_mistakes_is_refused_and_every_one_is_told(
    alice_client: Client, content: bytes, told: str
):
    response = upload(alice_client, content)

    assert response.status_code == 422
    assert told in text_of(response)
    assert not OwnPlaybook.objects.exists()


def test_no_file_at_all_is_a_sentence(alice_client: Client):
    response = alice_client.post("/playbooks/own/upload/")

    assert response.status_code == 422
    assert "Choose the file first." in text_of(response)


def test_another_file_takes_the_place_of_the_document_under_the_same_key(
    own: OwnPlaybook, alice_client: Client
):
    changed = own.document.replace("Corner shop", "Shop at the corner").encode()

    response = upload(alice_client, changed, f"/playbooks/own/{own.key}/replace/")

    assert response.status_code == 302
    own.refresh_from_db()
    assert own.document.encode() == changed


def test_a_platform_stays_a_platform(own: OwnPlaybook, alice_client: Client):
    changed = own.document.replace('kind = "platform"', 'kind = "law"').encode()

    response = upload(alice_client, changed, f"/playbooks/own/{own.key}/replace/")

    assert response.status_code == 422
    assert "Its kind stays as it is." in text_of(response)


def test_nobody_has_more_than_fifty(alice: User, alice_client: Client, own: OwnPlaybook):
    for _number in range(49):
        OwnPlaybook.objects.create(
            owner=alice, document=own.document, made_at=factories.NOON, changed_at=factories.NOON
        )

    assert upload(alice_client, own.document.encode()).status_code == 422
    response = alice_client.post("/playbooks/own/new/", HEAD)

    assert "the most there can be" in text_of(response)
    assert OwnPlaybook.objects.count() == 50


def test_nobody_keeps_more_than_can_be_read_in_a_moment(alice: User, alice_client: Client, own: OwnPlaybook):
    for _number in range(4):
        OwnPlaybook.objects.create(
            owner=alice, document="#" * 249_900, made_at=factories.NOON, changed_at=factories.NOON
        )

    response = upload(alice_client, own.document.encode())

    assert "Your playbooks together have more than 1000000 signs." in text_of(response)


def test_one_that_a_newer_edition_of_the_site_no_longer_reads_says_so(own: OwnPlaybook, alice_client: Client):
    OwnPlaybook.objects.filter(pk=own.pk).update(
        document=own.document.replace('binds = "seller"', 'whose = "theirs"')
    )

    page = alice_client.get(f"/playbooks/own/{own.key}/")

    assert "This playbook cannot be read as it stands" in text_of(page)
    assert "rules.the_shop_sends_another_one.binds" in text_of(page)
    assert "cannot be read" in text_of(alice_client.get("/playbooks/own/"))
    assert alice_client.get("/playbooks/").status_code == 200
    assert alice_client.get(f"/playbooks/own/{own.key}/file/").status_code == 200
    assert alice_client.get(f"/playbooks/own/{own.key}/edit/").status_code == 404


def test_a_form_keeps_what_a_file_says_beyond_it(alice: User, alice_client: Client):
    upload(alice_client, (SHIPPED_FOLDER / "douyin.toml").read_bytes())
    mine = OwnPlaybook.objects.get()
    before = own_playbooks.read(mine)
    assert before is not None
    url = f"/playbooks/own/{mine.key}/channels/hotline/"
    form = alice_client.get(url).context["form"]
    typed = {name: form[name].value() for name in form.fields}

    alice_client.post(url, {name: value for name, value in typed.items() if value} | {"good_for": "Hurry"})

    mine.refresh_from_db()
    after = own_playbooks.read(mine)
    assert after is not None
    was, now = before.channels["hotline"], after.channels["hotline"]
    assert now.good_for.as_json() == {"zh-hans": "Hurry", "en": "Hurry"}
    assert (now.name, now.way, now.limits, now.opening) == (was.name, was.way, was.limits, was.opening)
    assert (now.waits, now.prepare, now.figures) == (was.waits, was.prepare, was.figures)
    assert after.situations == before.situations
    assert after.rules.keys() == before.rules.keys()


# --- Taking out and deleting -----------------------------------------------------------------------


def test_a_channel_that_a_rule_names_stays(own: OwnPlaybook, alice_client: Client):
    add_rule(alice_client, own, title="Answer", start="contact", channel="phone")

    response = alice_client.post(f"/playbooks/own/{own.key}/channels/phone/delete/", follow=True)

    assert "It stays: it is needed by rules.answer." in text_of(response)


def test_a_channel_on_which_contacts_were_logged_stays(own: OwnPlaybook, alice: User, alice_client: Client):
    case = factories.make_case(owner=alice, playbook=own.key)
    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="phone", outcome="no_answer")

    response = alice_client.post(f"/playbooks/own/{own.key}/channels/phone/delete/", follow=True)

    assert "It stays, because contacts were logged on this channel (1)." in text_of(response)


def test_a_rule_and_then_its_channel_can_be_taken_out(own: OwnPlaybook, alice_client: Client):
    alice_client.post(f"/playbooks/own/{own.key}/rules/the_shop_sends_another_one/delete/")
    alice_client.post(f"/playbooks/own/{own.key}/channels/phone/delete/")

    own.refresh_from_db()
    playbook = own_playbooks.read(own)
    assert playbook is not None
    assert (dict(playbook.rules), dict(playbook.channels), playbook.situations) == ({}, {}, ())


def test_it_is_deleted_only_when_no_case_uses_it(own: OwnPlaybook, case: Case, alice_client: Client):
    Case.objects.filter(pk=case.pk).update(also_playbooks=[own.key])

    kept = alice_client.post(f"/playbooks/own/{own.key}/delete/", follow=True)
    Case.objects.filter(pk=case.pk).update(also_playbooks=[])
    gone = alice_client.post(f"/playbooks/own/{own.key}/delete/", follow=True)

    assert "It stays, because cases use it (1)." in text_of(kept)
    assert "The playbook is deleted." in text_of(gone)
    assert not OwnPlaybook.objects.exists()


# --- Who may see it --------------------------------------------------------------------------------

ADDRESSES = [
    "",
    "file/",
    "edit/",
    "replace/",
    "delete/",
    "new-channel/",
    "channels/phone/",
    "channels/phone/delete/",
    "new-rule/",
    "rules/the_shop_sends_another_one/",
    "rules/the_shop_sends_another_one/delete/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_for_a_stranger_it_is_not_there(own: OwnPlaybook, mallory_client: Client, address: str):
    url = f"/playbooks/own/{own.key}/{address}"

    assert {mallory_client.get(url).status_code, mallory_client.post(url).status_code} <= {404, 405}
    assert mallory_client.get(f"/playbooks/{own.key}/").status_code == 404
    own.refresh_from_db()
    assert "phone" in own.document


@pytest.mark.parametrize("address", ADDRESSES)
def test_whoever_is_not_logged_in_is_sent_to_log_in(own: OwnPlaybook, client: Client, address: str):
    assert client.get(f"/playbooks/own/{own.key}/{address}").status_code == 302
    assert client.get(f"/playbooks/{own.key}/").status_code == 404
    assert client.get(f"/playbooks/{own.key}/file/").status_code == 404


@pytest.mark.parametrize("used_as", ["playbook", "also_playbooks"])
def test_a_member_of_a_case_that_uses_it_reads_it_and_changes_nothing(
    own: OwnPlaybook, case: Case, bob_client: Client, mallory: User, mallory_client: Client, used_as: str
):
    Case.objects.filter(pk=case.pk).update(
        **{used_as: own.key if used_as == "playbook" else ["cn_12315", own.key]}
    )
    other = factories.make_case(owner=mallory)
    Membership.objects.filter(case=other).update(role=Role.OWNER)

    page = bob_client.get(f"/playbooks/{own.key}/")

    assert "Corner shop" in text_of(page)
    assert "A user of this site added this; nobody has checked it." in text_of(page)
    assert "noindex" in page.content.decode()
    assert "/playbooks/own/" not in page.content.decode()
    assert bob_client.get(f"/playbooks/own/{own.key}/").status_code == 404
    assert mallory_client.get(f"/playbooks/{own.key}/").status_code == 404


def test_the_list_shows_ones_own_beside_the_shipped_ones(
    own: OwnPlaybook, alice_client: Client, mallory_client: Client, client: Client
):
    assert "Corner shop" in text_of(alice_client.get("/playbooks/"))
    assert "Corner shop" in text_of(alice_client.get("/playbooks/own/"))
    assert "Corner shop" not in text_of(mallory_client.get("/playbooks/"))
    assert "Corner shop" not in text_of(client.get("/playbooks/"))
    assert "Platforms: where one buys" in text_of(client.get("/playbooks/"))


# --- In a case -------------------------------------------------------------------------------------

NEW_CASE = {"title": "A broken kettle", "problem_kind": "defective_goods", "currency": "CNY"}


def test_a_case_can_be_opened_with_a_platform_of_ones_own(
    own: OwnPlaybook, alice: User, alice_client: Client
):
    assert "Corner shop" in text_of(alice_client.get("/cases/new/"))

    response = alice_client.post("/cases/new/", {**NEW_CASE, "playbook": own.key}, follow=True)

    case = Case.objects.get(playbook=own.key)
    assert case.owner == alice
    assert "Dial 010 1234" in text_of(response)
    assert "You entered this channel yourself." in text_of(response)


def test_nobody_else_can_choose_it(own: OwnPlaybook, mallory_client: Client):
    assert "Corner shop" not in text_of(mallory_client.get("/cases/new/"))

    for choice in ({"playbook": own.key}, {"playbook": "douyin", "also_playbooks": [own.key]}):
        assert mallory_client.post("/cases/new/", {**NEW_CASE, **choice}).status_code == 422
    assert not Case.objects.exists()


def test_rules_of_ones_own_hold_beside_the_platform(alice: User, alice_client: Client):
    law = make(alice_client, kind="law", name="Guarantee")
    add_rule(
        alice_client, law, title="They answer", amount="3", start="contact", outcome="no_answer", met="answer"
    )
    add_channel(alice_client, law, name="Head office")
    case = factories.make_case(owner=alice, also_playbooks=[law.key])

    contacts.log_contact(case=case, by=alice, at=factories.NOON, channel="shop_message", outcome="no_answer")

    deadline = case.deadlines.get(rule=f"{law.key}.they_answer")
    # Tuesday 2026-09-01 and three workdays.
    assert deadline.due_at == datetime(2026, 9, 4, 15, 59, 59, tzinfo=UTC)
    assert deadline.because["source"]["title"]["en"] == "The guarantee card"
    assert (
        f'value="{law.key}.head_office"'
        in alice_client.get(f"/cases/{case.reference}/contacts/").content.decode()
    )


def test_a_change_counts_the_open_deadlines_of_its_cases_anew(
    own: OwnPlaybook, alice: User, alice_client: Client
):
    case = factories.make_case(owner=alice, playbook=own.key)
    milestones.log_milestone(
        case=case, by=alice, at=factories.NOON, kind="return_sent", happened_at=factories.NOON, facts={}
    )
    [deadline] = case.deadlines.filter(rule__startswith=own.key)
    # Tuesday 2026-09-01 and seven workdays: Thursday the 10th.
    assert deadline.due_at == datetime(2026, 9, 10, 15, 59, 59, tzinfo=UTC)

    alice_client.post(f"/playbooks/own/{own.key}/rules/the_shop_sends_another_one/", {**RULE, "amount": "8"})

    deadline.refresh_from_db()
    assert deadline.due_at == datetime(2026, 9, 11, 15, 59, 59, tzinfo=UTC)


# --- How the screens are made ----------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/playbooks/own/", "/playbooks/own/new/", "/playbooks/", *ADDRESSES])
def test_what_people_typed_stays_text_and_every_label_has_its_control(alice_client: Client, address: str):
    made = make(alice_client, name=NAUGHTY[:80])
    add_channel(alice_client, made, name="phone", way=NAUGHTY, usual_answer=NAUGHTY, body="media")
    add_rule(alice_client, made, title="The shop sends another one", action=NAUGHTY, source_title=NAUGHTY)
    url = address if address.startswith("/") else f"/playbooks/own/{made.key}/{address}"

    response = alice_client.get(url)
    if response.status_code == 405 or address == "file/":
        return

    content = response.content.decode()
    assert not INLINE.search(re.sub(r"&lt;.*?&gt;", "", content))
    ids = re.findall(r'\sid="([^"]+)"', content)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'\s(?:for|aria-labelledby)="([^"]+)"', content)) <= set(ids)
    assert content.count("<h1") == 1


def test_in_chinese_the_mistakes_of_a_file_are_told_in_chinese(alice: User):
    User.objects.filter(pk=alice.pk).update(language="zh-hans")
    client = factories.logged_in(User.objects.get(pk=alice.pk))

    text = text_of(upload(client, b'kind = "law"\nnam = 7'))

    assert "zone : 缺少此项，需要填写字符串。" in text
    assert "nam : 这里没有这个键，您是不是想写“name”？" in text
