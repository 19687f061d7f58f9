"""Links in mails: what they are made of, and whom they still let act."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from cases.models import Case, Membership, Reminder, Role
from cases.services import calendar_feed, contacts, own_reminders, reminder_links
from cases.services.reminder_links import LinkRefused, Refusal
from tests import factories
from tests.services.when import shanghai
from tracker.accounts.models import User

NOW = shanghai("2026-09-01 10:00")
SECOND = timedelta(seconds=1)


@pytest.fixture
def reminder(case: Case, alice: User) -> Reminder:
    """That the seller promised a call until Thursday."""
    contacts.log_contact(
        case=case,
        by=alice,
        at=NOW,
        channel="hotline",
        outcome="promised",
        promised_by=shanghai("2026-09-03 10:00"),
    )
    return Reminder.objects.get(deadline__rule="douyin.promise.kept", step="due")


def token_of(url: str) -> str:
    return url.partition("?")[0].rstrip("/").rpartition("/")[2]


def made(reminder: Reminder) -> str:
    return token_of(reminder_links.url_of(reminder, "done", at=NOW))


def refusal(token: str, *, at=NOW) -> Refusal:
    with pytest.raises(LinkRefused) as refused:
        reminder_links.open_link(token, at=at)
    return refused.value.why


def test_a_link_is_an_address_that_fits_into_a_mail(reminder: Reminder, settings):
    settings.SITE_URL = "https://cases.example.org"

    urls = {action: reminder_links.url_of(reminder, action) for action in reminder_links.ACTIONS}

    assert list(urls) == ["log", "done", "tomorrow"]
    for action, url in urls.items():
        assert re.fullmatch(rf"https://cases\.example\.org/reminders/[\w:-]+/\?do={action}", url)
        assert len(url) <= 200
    assert re.fullmatch(
        r"https://cases\.example\.org/unsubscribe/[\w:-]+/", reminder_links.unsubscribe_url(reminder.user)
    )


def test_it_names_the_reminder_and_its_user(reminder: Reminder, alice: User, case: Case):
    link = reminder_links.open_link(made(reminder), at=NOW)

    assert (link.reminder, link.about, link.user, link.case) == (reminder, reminder.deadline, alice, case)
    assert link.may_write


def test_each_reminder_of_a_mail_has_its_own(reminder: Reminder):
    other = Reminder.objects.get(deadline__rule="douyin.promise.kept", step="overdue_1")

    assert reminder_links.open_link(made(other), at=NOW).reminder == other
    assert made(other) != made(reminder)


def test_it_is_good_for_14_days(reminder: Reminder):
    token = made(reminder)

    assert reminder_links.open_link(token, at=shanghai("2026-09-15 10:00"))
    assert refusal(token, at=shanghai("2026-09-15 10:00") + SECOND) == Refusal.EXPIRED


SPOILT: dict[str, Callable[[str], str]] = {
    "cut": lambda token: token[:-1],
    "extended": lambda token: token + "A",
    "reversed": lambda token: token[::-1],
    "another case": str.swapcase,
    "another reminder": lambda token: re.sub(r"^\w+", "1z", token),
    "without its signature": lambda token: token.rpartition(":")[0],
    "with an empty signature": lambda token: token.rpartition(":")[0] + ":",
    "nothing but colons": lambda _token: ":::::",
    "a guess": lambda _token: "guess",
    "no ASCII": lambda token: token + "期限",
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_one_that_was_tampered_with_opens_nothing(reminder: Reminder, spoil: Callable[[str], str]):
    token = made(reminder)
    assert spoil(token) != token

    assert refusal(spoil(token)) == Refusal.FORGED
    with pytest.raises(LinkRefused, match="forged"):
        reminder_links.open_unsubscribe(spoil(token), at=NOW)


def test_one_kind_of_link_does_not_open_what_another_does(reminder: Reminder, alice: User):
    unsubscribe = token_of(reminder_links.unsubscribe_url(alice, at=NOW))

    assert refusal(unsubscribe) == Refusal.FORGED
    assert refusal(calendar_feed.token_for_new(alice, at=NOW)) == Refusal.FORGED
    with pytest.raises(LinkRefused, match="forged"):
        reminder_links.open_unsubscribe(made(reminder), at=NOW)
    assert calendar_feed.user_of(made(reminder)) is None


def test_another_site_cannot_make_one(reminder: Reminder, settings):
    token = made(reminder)
    reminder_links._signed.cache_clear()
    settings.SECRET_KEY = "another secret of another site, as long as ours is"

    assert refusal(token) == Refusal.FORGED


def test_a_changed_password_ends_it(reminder: Reminder, alice: User):
    token = made(reminder)
    alice.set_password("a new password, long enough")
    alice.save()

    assert refusal(token) == Refusal.CHANGED


def test_a_changed_address_ends_it(reminder: Reminder, alice: User):
    """Whoever reads mails at the old address is nobody here any more."""
    token = made(reminder)
    alice.email = "alice@example.net"
    alice.save()

    assert refusal(token) == Refusal.CHANGED


def test_one_whose_account_is_switched_off_opens_nothing(reminder: Reminder, alice: User):
    alice.is_active = False
    alice.save()

    assert refusal(made(reminder)) == Refusal.INACTIVE


def test_one_who_is_no_member_any_more_is_refused(reminder: Reminder, alice: User):
    token = made(reminder)
    Membership.objects.filter(user=alice).delete()

    assert refusal(token) == Refusal.NO_MEMBER


def test_a_reminder_that_is_anothers_by_now_opens_nothing(reminder: Reminder, helga: User):
    token = made(reminder)
    Reminder.objects.filter(pk=reminder.pk).update(user=helga)

    assert refusal(token) == Refusal.GONE


def test_what_was_removed_is_gone(case: Case, alice: User):
    own = own_reminders.add(
        case=case, by=alice, text="Ask again", remind_at=shanghai("2026-09-22 10:00"), at=NOW
    )
    token = made(Reminder.objects.get(own_reminder=own))
    own_reminders.remove(own=own, by=alice, at=NOW)

    assert refusal(token) == Refusal.GONE


def test_a_user_who_is_gone_has_no_links(reminder: Reminder):
    reminder.user = User(pk=reminder.user_id + 1000, email="nobody@example.org")

    assert refusal(made(reminder)) == Refusal.GONE
    with pytest.raises(LinkRefused, match="gone"):
        token = token_of(reminder_links.unsubscribe_url(reminder.user, at=NOW))
        reminder_links.open_unsubscribe(token, at=NOW)


def test_a_summary_has_nothing_to_act_on(alice: User):
    summary = Reminder.objects.create(user=alice, step="morning_summary", due_at=NOW, message_id="<1@x>")

    assert refusal(made(summary)) == Refusal.GONE


@pytest.mark.parametrize(("role", "may_write"), [(Role.HELPER, True), (Role.READER, False)])
def test_it_gives_the_rights_that_the_user_has_now(
    reminder: Reminder, alice: User, role: Role, may_write: bool
):
    Membership.objects.filter(user=alice).update(role=role)

    assert reminder_links.open_link(made(reminder), at=NOW).may_write is may_write


def test_mails_can_be_stopped_for_a_year(case: Case, alice: User):
    token = token_of(reminder_links.unsubscribe_url(alice, case, at=NOW))

    assert reminder_links.open_unsubscribe(token, at=shanghai("2027-09-01 10:00")).user == alice
    with pytest.raises(LinkRefused, match="expired"):
        reminder_links.open_unsubscribe(token, at=shanghai("2027-09-01 10:00") + SECOND)


def test_mails_can_be_stopped_after_the_password_and_address_changed(case: Case, alice: User):
    token = token_of(reminder_links.unsubscribe_url(alice, case, at=NOW))
    alice.email, alice.is_active = "alice@example.net", False
    alice.set_password("a new password, long enough")
    alice.save()

    assert reminder_links.open_unsubscribe(token, at=NOW).user == alice


def test_the_case_of_a_mail_is_known_to_members_alone(case: Case, alice: User, mallory: User):
    def membership(user: User, case: Case | None) -> Membership | None:
        token = token_of(reminder_links.unsubscribe_url(user, case, at=NOW))
        return reminder_links.open_unsubscribe(token, at=NOW).membership

    assert membership(alice, case) == Membership.objects.get(user=alice)
    assert membership(alice, None) is None
    assert membership(mallory, case) is None


def test_links_are_written_without_asking_the_database(reminder: Reminder, django_assert_num_queries):
    reminder = Reminder.objects.select_related("user").get(pk=reminder.pk)

    with django_assert_num_queries(0):
        reminder_links.url_of(reminder, "log")
        reminder_links.unsubscribe_url(reminder.user)


def test_a_link_does_not_tell_the_password_hash_or_the_address(reminder: Reminder, alice: User):
    token = made(reminder)

    assert factories.PASSWORD not in token
    assert not {alice.password, alice.email, "alice"} & set(token.split(":"))
