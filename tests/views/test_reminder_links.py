"""Links in mails, opened without log-in: a page, a second tap, and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from cases.models import (
    Case,
    ContactAttempt,
    Deadline,
    Membership,
    OwnReminder,
    Reminder,
    ReminderPreferences,
    Role,
)
from cases.services import (
    cases,
    contacts,
    deadlines,
    exhibits,
    mail,
    own_reminders,
    reminder_links,
    reminder_stops,
)
from tests import factories, pictures
from tests.services.when import shanghai
from tests.test_boundaries import every_address
from tests.views.asking import text_of
from tests.views.test_pages import INLINE
from tracker.accounts.models import User
from tracker.logs import LineFormatter

NOW = factories.NOON


@pytest.fixture
def reminder(case: Case, alice: User) -> Reminder:
    """That the hotline promised a call until Thursday 10:00."""
    contacts.log_contact(
        case=case,
        by=alice,
        at=NOW,
        channel="hotline",
        outcome="promised",
        promise="Call back with the parcel's number",
        promised_by=shanghai("2026-09-03 10:00"),
    )
    return Reminder.objects.get(deadline__rule="douyin.promise.kept", step="day_before")


@pytest.fixture
def own(case: Case, alice: User) -> Reminder:
    set_by_alice = own_reminders.add(
        case=case, by=alice, text="Ask the carrier", remind_at=shanghai("2026-09-22 10:00"), at=NOW
    )
    return Reminder.objects.get(own_reminder=set_by_alice)


def path(reminder: Reminder, action: str = "done") -> str:
    reminder = Reminder.objects.select_related("user").get(pk=reminder.pk)
    return reminder_links.url_of(reminder, action, at=NOW).removeprefix(settings.SITE_URL)


def stop_path(user: User, case: Case | None = None) -> str:
    return reminder_links.unsubscribe_url(user, case, at=NOW).removeprefix(settings.SITE_URL)


def everything() -> list[object]:
    """All that an act could change."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Deadline, Reminder, OwnReminder, ContactAttempt, Membership, ReminderPreferences, User)
    ]


def browser() -> Client:
    """One without cookies that checks what a real one is held to."""
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("action", [*reminder_links.ACTIONS, "", "nonsense"])
def test_opening_a_link_changes_nothing(reminder: Reminder, own: Reminder, action: str):
    before, entries = everything(), reminder.deadline.case.custody_entries.count()

    for row in (reminder, own):
        for _scanner in range(2):
            assert browser().get(path(row, action)).status_code == 200
            assert browser().head(path(row, action)).status_code == 200

    assert everything() == before
    assert reminder.deadline.case.custody_entries.count() == entries


def test_other_methods_are_refused(reminder: Reminder, alice: User):
    for method in ("put", "patch", "delete", "options", "trace"):
        assert getattr(browser(), method)(path(reminder)).status_code == 405
        assert getattr(browser(), method)(stop_path(alice)).status_code == 405


def test_the_page_says_what_until_when_why_and_in_which_case(reminder: Reminder):
    page = text_of(browser().get(path(reminder)))

    assert "They have until Thu 3 Sept 2026 10:00 (China Standard Time)." in page
    assert "Case: Parcel never arrived" in page
    assert "Why this date: " in page
    assert reminder.deadline.because["action"]["en"] in page
    for step in reminder.deadline.because["steps"]:
        assert step["text"]["en"] in page


def test_it_speaks_the_users_language_on_their_clock_whatever_the_browser_asks(
    reminder: Reminder, alice: User, mallory_client: Client
):
    User.objects.filter(pk=alice.pk).update(language="zh-hans", time_zone="Europe/Berlin")

    response = mallory_client.get(path(reminder), headers={"Accept-Language": "en"})

    page = text_of(response)
    assert response["Content-Language"] == "zh-hans"
    assert '<html lang="zh-Hans">' in response.content.decode()
    assert "2026年9月3日星期四 04:00" in page
    assert reminder.deadline.because["action"]["zh-hans"] in page
    assert "mallory" not in page


@pytest.mark.parametrize(
    ("action", "order"),
    [
        ("log", ["Log it, now", "Yes, it is done", "Remind me tomorrow"]),
        ("done", ["Yes, it is done", "Log what happened", "Remind me tomorrow"]),
        ("tomorrow", ["Remind me tomorrow", "Log what happened", "Yes, it is done"]),
    ],
)
def test_the_action_that_was_tapped_comes_first(own: Reminder, action: str, order: list[str]):
    page = text_of(browser().get(path(own, action)))

    assert sorted(order, key=page.index) == order


def test_done_on_the_second_tap(reminder: Reminder):
    response = browser().post(path(reminder), {"do": "done"})

    assert response.status_code == 200
    assert "Noted as done. No more reminders come for it." in text_of(response)
    assert "after logging in" in text_of(response)
    assert reminder.deadline.case.get_absolute_url() in response.content.decode()
    reminder.deadline.refresh_from_db()
    assert (reminder.deadline.met_at, reminder.deadline.met_by) == (NOW, "user")
    assert not Reminder.objects.pending().filter(deadline=reminder.deadline).exists()


@pytest.mark.parametrize(
    ("do", "kind", "sentence"),
    [
        ("kept", "promise_kept", "Noted as kept. No more reminders come for it."),
        ("broken", "promise_broken", "Noted as broken. What follows from it stands in the case."),
    ],
)
def test_of_a_promise_it_asks_whether_it_was_kept(reminder: Reminder, do: str, kind: str, sentence: str):
    page = text_of(browser().get(path(reminder)))
    assert page.index("Kept") < page.index("Broken") < page.index("Log what happened")
    assert "it is done" not in page

    assert sentence in text_of(browser().post(path(reminder), {"do": do}))
    milestone = reminder.deadline.case.milestones.get()
    assert (milestone.kind, milestone.happened_at, milestone.contact) == (
        kind,
        NOW,
        reminder.deadline.contact,
    )
    reminder.deadline.refresh_from_db()
    assert reminder.deadline.met_at == NOW


def test_only_of_a_promise_it_is_said_that_it_was_kept(own: Reminder):
    assert browser().post(path(own), {"do": "kept"}).status_code == 422


def test_it_is_noted_as_the_users_doing(reminder: Reminder, alice: User):
    browser().post(path(reminder), {"do": "done"})

    last = reminder.deadline.case.custody_entries.order_by("-pk").first()
    assert str(alice.pk) in str(last.actor) or alice.email in str(last.actor)


def test_tomorrow_says_when_exactly(reminder: Reminder):
    page = text_of(browser().post(path(reminder, "tomorrow"), {"do": "tomorrow"}))

    assert "You are reminded again on Wed 2 Sept 2026 09:00 (China Standard Time)." in page
    snoozed = Reminder.objects.get(deadline=reminder.deadline, step="snoozed_1")
    assert snoozed.due_at == shanghai("2026-09-02 09:00")


def test_tomorrow_is_the_users_own(reminder: Reminder, alice: User):
    """10:00 in Shanghai is 22:00 of the day before in New York, where summer time holds."""
    User.objects.filter(pk=alice.pk).update(time_zone="America/New_York")

    page = text_of(browser().post(path(reminder, "tomorrow"), {"do": "tomorrow"}))

    assert "You are reminded again on Tue 1 Sept 2026 09:00 (Eastern Daylight Time)." in page


def test_tomorrow_is_never_too_late_for_ones_own_deadline(reminder: Reminder):
    Deadline.objects.filter(pk=reminder.deadline_id).update(whose="mine", due_at=shanghai("2026-09-01 18:00"))
    Reminder.objects.filter(step="hours_before").update(due_at=shanghai("2026-09-01 16:00"))
    Reminder.objects.filter(step="due").update(due_at=shanghai("2026-09-01 18:00"))

    page = text_of(browser().post(path(reminder, "tomorrow"), {"do": "tomorrow"}))

    assert "reminded again on Tue 1 Sept 2026 18:00 (China Standard Time): later would be too late" in page


def test_a_contact_is_logged_with_what_matters(reminder: Reminder, alice: User):
    form = {
        "do": "log",
        "channel": "hotline",
        "outcome": "promised",
        "promise": "The money",
        "promised_by": "2026-09-05T18:30",
        "summary": "They looked it up.",
    }
    response = browser().post(path(reminder, "log"), form)

    assert "Logged." in text_of(response)
    logged = ContactAttempt.objects.latest("pk")
    assert (logged.channel, logged.outcome, logged.started_at) == ("hotline", "promised", NOW)
    assert (logged.promise, logged.summary) == ("The money", "They looked it up.")
    assert logged.promised_by == shanghai("2026-09-05 18:30")
    assert logged.logged_by == alice


def test_times_are_typed_on_the_users_clock(reminder: Reminder, alice: User):
    User.objects.filter(pk=alice.pk).update(time_zone="Europe/Berlin")
    form = {"do": "log", "channel": "hotline", "outcome": "promised", "promised_by": "2026-09-05T12:30"}

    browser().post(path(reminder, "log"), form)

    assert ContactAttempt.objects.latest("pk").promised_by == shanghai("2026-09-05 18:30")


def test_logging_what_ends_the_deadline_says_so(case: Case, alice: User):
    contacts.log_contact(case=case, by=alice, at=NOW, channel="shop_message", outcome="no_answer")
    waiting = Reminder.objects.get(deadline__rule="douyin.shop_message.no_reply")

    form = {"do": "log", "channel": "shop_message", "outcome": "answered"}
    page = text_of(browser().post(path(waiting, "log"), form))

    assert "Logged, and with it this is done. No more reminders come for it." in page


def test_a_form_that_lacks_something_comes_back_with_what_was_typed(reminder: Reminder):
    contacts_before = ContactAttempt.objects.count()

    response = browser().post(
        path(reminder, "log"), {"do": "log", "summary": "They hung up.", "channel": "x"}
    )

    assert response.status_code == 422
    assert "They hung up." in text_of(response)
    assert ContactAttempt.objects.count() == contacts_before


def test_what_cannot_have_happened_is_said_at_its_field(reminder: Reminder):
    form = {"do": "log", "channel": "hotline", "outcome": "promised", "promised_by": "2026-08-01T10:00"}

    response = browser().post(path(reminder, "log"), form)

    assert response.status_code == 422
    assert "The promised time lies before the contact; check both times." in text_of(response)


def test_the_channel_of_the_deadline_is_chosen_already(reminder: Reminder):
    Deadline.objects.filter(pk=reminder.deadline_id).update(rule="douyin.hotline.closing")

    page = browser().get(path(reminder, "log")).content.decode()

    assert re.findall(r'name="channel" value="(\w+)" required checked', page) == ["hotline"]


@pytest.mark.parametrize("form", [{}, {"do": ""}, {"do": "delete"}, {"do": "log\x00"}, {"do": "done,log"}])
def test_a_tap_that_says_nothing_changes_nothing(reminder: Reminder, form: dict[str, str]):
    before = everything()

    response = browser().post(path(reminder), form)

    assert response.status_code == 422
    assert "Nothing was changed. Choose one of the buttons." in text_of(response)
    assert everything() == before


@pytest.mark.parametrize("do", ["done", "kept", "tomorrow", "log"])
def test_a_double_tap_acts_once_and_answers_alike(reminder: Reminder, do: str):
    shown = browser().get(path(reminder, do)).content.decode()
    key = re.findall(r'name="submission" value="([^"]+)"', shown)[0]
    form = {"do": do, "channel": "hotline", "outcome": "no_answer", "submission": key}

    first = browser().post(path(reminder, do), form)
    after = everything()
    second = browser().post(path(reminder, do), form)

    assert first.content == second.content
    assert everything() == after


def test_an_own_reminder_is_done(own: Reminder):
    page = browser().get(path(own))
    assert "Ask the carrier" in text_of(page)
    assert "Your own reminder for Tue 22 Sept 2026 10:00 (China Standard Time)." in text_of(page)

    assert "Nothing more is said of this reminder." in text_of(browser().post(path(own), {"do": "done"}))
    assert OwnReminder.objects.get().done_at == NOW


def test_an_own_reminder_is_put_off(own: Reminder):
    page = text_of(browser().post(path(own, "tomorrow"), {"do": "tomorrow"}))

    assert "You are reminded again on Wed 2 Sept 2026 09:00 (China Standard Time)." in page
    assert OwnReminder.objects.get().remind_at == shanghai("2026-09-02 09:00")
    assert "You moved this reminder after the mail was sent." in text_of(browser().get(path(own)))


def test_an_own_reminder_of_a_closed_case_is_put_off_and_done_but_nothing_is_logged(
    own: Reminder, case: Case, alice: User
):
    cases.close_case(case=case, by=alice, at=NOW, outcome="solved")

    page = text_of(browser().get(path(own, "log")))
    assert "Log what happened" not in page
    assert browser().post(path(own, "log"), {"do": "log"}).status_code == 422
    assert "reminded again" in text_of(browser().post(path(own), {"do": "tomorrow"}))
    assert "Done." in text_of(browser().post(path(own), {"do": "done"}))


def test_a_reader_calls_a_reminder_that_they_set_done(case: Case, bob: User):
    at = NOW + timedelta(days=1)
    row = own_reminders.add(case=case, by=bob, text="Ask", remind_at=at, at=NOW).reminders.get()

    assert "Yes, it is done" in text_of(browser().get(path(row, "done")))
    assert "Done." in text_of(browser().post(path(row), {"do": "done"}))
    assert OwnReminder.objects.get().done_at == NOW


def test_a_mail_that_tells_several_things_has_links_for_each(reminder: Reminder, own: Reminder, alice: User):
    rows = [
        Reminder.objects.select_related("deadline__case", "own_reminder__case", "user").get(pk=row.pk)
        for row in (reminder, own)
    ]
    written = mail.write(rows, mail.Recipient(alice, is_confirmed=True), at=NOW)

    links = re.findall(rf"{settings.SITE_URL}(/reminders/\S+)", written.body)
    about: dict[int, set[str]] = {row.pk: set() for row in rows}
    for link in links:
        token, _slash, action = link.removeprefix("/reminders/").partition("/?do=")
        about[reminder_links.open_link(token, at=NOW).reminder.pk].add(action)
        assert browser().get(link).status_code == 200
    assert about == {reminder.pk: {"log", "done", "tomorrow"}, own.pk: {"done", "tomorrow"}}

    stop = written.extra_headers["List-Unsubscribe"].strip("<>").removeprefix(settings.SITE_URL)
    assert browser().post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert ReminderPreferences.objects.get(user=alice).stopped_at == NOW


class TestWhatBecameOfIt:
    def says(self, reminder: Reminder, sentence: str) -> None:
        """On opening as on a tap, which then changes nothing."""
        before = everything()
        for action in reminder_links.ACTIONS:
            response = browser().get(path(reminder, action))
            assert response.status_code == 200
            assert sentence in text_of(response)
            assert "<form" not in response.content.decode()
        for do in ("done", "tomorrow"):
            response = browser().post(path(reminder, do), {"do": do})
            assert (response.status_code, sentence in text_of(response)) == (200, True)
        assert everything() == before

    def test_called_done(self, reminder: Reminder, alice: User):
        deadlines.mark_met(deadline=reminder.deadline, by=alice, at=NOW + timedelta(hours=1))

        self.says(reminder, "This was called done on Tue 1 Sept 2026 11:00.")

    def test_met_by_what_was_logged(self, case: Case, alice: User):
        contacts.log_contact(case=case, by=alice, at=NOW, channel="shop_message", outcome="no_answer")
        contacts.log_contact(case=case, by=alice, at=NOW, channel="shop_message", outcome="answered")
        waiting = Reminder.objects.filter(deadline__rule="douyin.shop_message.no_reply").earliest("pk")

        self.says(waiting, "This is done since Tue 1 Sept 2026 10:00, by what was logged in the case.")

    def test_dropped(self, reminder: Reminder, alice: User):
        deadlines.drop(deadline=reminder.deadline, by=alice, at=NOW)

        self.says(reminder, "This no longer matters since Tue 1 Sept 2026 10:00. Why: Dropped by hand.")

    def test_the_case_was_closed(self, reminder: Reminder, case: Case, alice: User):
        cases.close_case(case=case, by=alice, at=NOW, outcome="solved")

        self.says(reminder, "This no longer matters since Tue 1 Sept 2026 10:00. Why: The case was closed.")

    def test_an_own_one_was_done(self, own: Reminder, alice: User):
        own_reminders.mark_done(own=own.own_reminder, by=alice, at=NOW)

        self.says(own, "This was called done on Tue 1 Sept 2026 10:00.")

    def test_moved_shows_the_new_date_and_still_acts(self, reminder: Reminder):
        Deadline.objects.filter(pk=reminder.deadline_id).update(
            version=2, due_at=shanghai("2026-09-08 10:00")
        )

        page = text_of(browser().get(path(reminder)))
        assert "This date moved after the mail was sent." in page
        assert "They have until Tue 8 Sept 2026 10:00" in page
        assert "Noted as done." in text_of(browser().post(path(reminder), {"do": "done"}))

    def test_what_happened_is_logged_all_the_same(self, reminder: Reminder, alice: User):
        """Nothing typed is lost because somebody else was quicker."""
        deadlines.mark_met(deadline=reminder.deadline, by=alice, at=NOW)
        form = {"do": "log", "channel": "hotline", "outcome": "no_answer"}

        assert "Logged" in text_of(browser().post(path(reminder, "log"), form))


def test_putting_off_stopped_reminders_is_refused_with_the_reason(reminder: Reminder, alice: User):
    reminder_stops.stop_all(alice, at=NOW)

    response = browser().post(path(reminder, "tomorrow"), {"do": "tomorrow"})

    assert response.status_code == 422
    assert "You stopped these reminders. Let them come again first" in text_of(response)


class TestAReader:
    """A user whose rights were taken since, or who set a reminder in a case they may only read."""

    @pytest.fixture(autouse=True)
    def reads(self, reminder: Reminder, own: Reminder, alice: User) -> None:
        Membership.objects.filter(user=alice).update(role=Role.READER)

    def test_is_offered_to_put_off_and_no_more(self, reminder: Reminder):
        for action in reminder_links.ACTIONS:
            page = text_of(browser().get(path(reminder, action)))
            assert "Remind me tomorrow" in page
            assert "here you can only put the reminder off" in page
            assert "Kept" not in page
            assert "it is done" not in page
            assert "Log" not in page.replace("log in", "")

    @pytest.mark.parametrize("do", ["done", "log", "kept", "broken", "nonsense"])
    def test_is_refused_the_rest(self, reminder: Reminder, own: Reminder, do: str):
        before = everything()
        form = {"do": do, "channel": "hotline", "outcome": "no_answer"}

        # An own reminder is its user's to end.
        for row in (reminder, own) if do != "done" else (reminder,):
            response = browser().post(path(row), form)
            assert response.status_code == 403
            assert "You may read this case, not change it." in text_of(response)
        assert everything() == before

    def test_puts_off_their_own(self, reminder: Reminder, own: Reminder):
        for row in (reminder, own):
            page = text_of(browser().post(path(row), {"do": "tomorrow"}))
            assert "You are reminded again on Wed 2 Sept 2026 09:00" in page


class TestRefused:
    def sees(self, address: str, status: int, heading: str, sentence: str) -> None:
        before = everything()
        for method in ("get", "post"):
            response = getattr(browser(), method)(address, {"do": "done"})
            page = text_of(response)
            assert response.status_code == status
            assert heading in page
            assert sentence in page
            assert "Log in" in page
            assert "Parcel never arrived" not in page
            assert response["Cache-Control"] == "private, no-store"
        assert everything() == before

    def test_forged(self, reminder: Reminder, alice: User):
        for address in (
            path(reminder).replace("/?", "A/?"),
            stop_path(alice)[:-2] + "/",
            "/reminders/guess/",
            "/unsubscribe/guess/",
        ):
            self.sees(address, 404, "There is nothing at this address", "was never valid")

    def test_expired(self, reminder: Reminder, alice: User, monkeypatch: pytest.MonkeyPatch):
        link, stop = path(reminder), stop_path(alice)
        monkeypatch.setattr(timezone, "now", lambda: shanghai("2026-09-15 10:01"))
        self.sees(link, 410, "This link is too old", "work for 14 days")
        assert browser().get(stop).status_code == 200

        monkeypatch.setattr(timezone, "now", lambda: shanghai("2027-09-01 10:01"))
        self.sees(stop, 410, "This link is too old", "for a year")

    def test_after_the_password_changed(self, reminder: Reminder, alice: User):
        link = path(reminder)
        alice.set_password("a new password, long enough")
        alice.save()

        self.sees(link, 410, "This link no longer works", "password or email address was changed")

    def test_an_account_that_is_switched_off(self, reminder: Reminder, alice: User):
        User.objects.filter(pk=alice.pk).update(is_active=False)

        self.sees(path(reminder), 410, "This link no longer works", "switched off")

    def test_no_member_any_more(self, reminder: Reminder, alice: User):
        Membership.objects.filter(user=alice).delete()

        self.sees(path(reminder), 410, "This link no longer works", "no longer a member of this case")

    def test_of_another_user(self, reminder: Reminder, helga: User):
        link = path(reminder)
        Reminder.objects.filter(pk=reminder.pk).update(user=helga)

        self.sees(link, 410, "This link no longer works", "was removed since")

    def test_in_the_language_of_the_user(self, reminder: Reminder, alice: User):
        link = path(reminder)
        User.objects.filter(pk=alice.pk).update(password="other", language="zh-hans")

        response = browser().get(link, headers={"Accept-Language": "en"})

        assert '<html lang="zh-Hans">' in response.content.decode()


class TestItIsNoLogIn:
    def test_neither_opening_nor_acting_logs_in_or_sets_a_cookie(self, reminder: Reminder, alice: User):
        client = browser()
        answers = [
            client.get(path(reminder, "log")),
            client.post(path(reminder), {"do": "tomorrow"}),
            client.get(stop_path(alice)),
            client.post(stop_path(alice), {"do": "stop_all"}),
        ]

        assert [answer.status_code for answer in answers] == [200, 200, 200, 200]
        assert not client.cookies
        assert client.get(reminder.deadline.case.get_absolute_url()).status_code == 302

    def test_the_page_shows_nothing_else_of_the_case_or_the_account(
        self, reminder: Reminder, case: Case, alice: User, alice_client: Client
    ):
        """Not even in the browser of whoever is logged in: it is for whoever holds the mail."""
        Case.objects.filter(pk=case.pk).update(problem_statement="A secret story", demand="A secret demand")
        own_reminders.add(
            case=case, by=alice, text="Secret plan", remind_at=shanghai("2026-10-01 10:00"), at=NOW
        )
        upload = pictures.upload(pictures.picture(), "secret.png")
        exhibits.add_exhibit(case=case, by=alice, at=NOW, upload=upload, shows="A secret exhibit")
        contacts.log_contact(
            case=case,
            by=alice,
            at=NOW,
            channel="official_service",
            outcome="no_answer",
            summary="A secret talk",
            person="Secret clerk",
        )
        others = Deadline.objects.exclude(pk=reminder.deadline_id).values_list("because", flat=True)
        titles = [because["title"]["en"] for because in others]
        assert titles

        for client in (browser(), alice_client):
            answers = [client.get(path(reminder, action)) for action in reminder_links.ACTIONS]
            answers += [client.get(stop_path(alice, case)), client.post(path(reminder), {"do": "tomorrow"})]
            for answer in answers:
                page = text_of(answer)
                assert "secret" not in page.lower()
                assert alice.email not in page
                assert [title for title in titles if title in page] == []

    def test_an_address_nobody_confirmed_sees_no_words_of_users(
        self, reminder: Reminder, own: Reminder, alice: User, case: Case
    ):
        alice.emailaddress_set.update(verified=False)

        for address in (path(reminder), path(reminder, "log"), path(own), stop_path(alice, case)):
            page = text_of(browser().get(address))
            assert "Parcel never arrived" not in page
            assert "Ask the carrier" not in page
            assert case.reference in page

    def test_it_needs_no_cookie_and_no_script_and_may_be_neither_kept_nor_found(
        self, reminder: Reminder, alice: User
    ):
        for address in (path(reminder, "log"), path(reminder), stop_path(alice), "/reminders/guess/"):
            response = browser().get(address)
            page = response.content.decode()
            assert response["Cache-Control"] == "private, no-store"
            assert response["X-Robots-Tag"] == "noindex"
            assert response["Referrer-Policy"] == "no-referrer"
            assert "default-src 'none'" in response["Content-Security-Policy"]
            assert not INLINE.search(page)
            assert "<script" not in page
            assert page.count("<h1") == 1
            assert re.findall(r"//(?!localhost)[\w.]+\.\w+", page) == []

    def test_no_other_address_goes_without_a_csrf_token(self):
        exempt = {route for route, entry in every_address() if getattr(entry.callback, "csrf_exempt", False)}

        assert exempt == {
            "reminders/<str:token>/",
            "unsubscribe/<str:token>/",
            "shared/<str:token>/",
            "share/",
        }

    def test_no_token_enters_a_log(
        self, reminder: Reminder, alice: User, caplog: pytest.LogCaptureFixture, monkeypatch
    ):
        token = path(reminder).split("/")[2]
        forged = f"/reminders/{token}A/"
        for address in (forged, f"/unsubscribe/{token}/", path(reminder)):
            browser().get(address)
            browser().put(address)
            browser().post(address, {"do": "nonsense"})
        assert caplog.records == []

        def fails(*_args: object, **_kwargs: object) -> None:
            raise RuntimeError(f"Trouble at {path(reminder)}")

        monkeypatch.setattr(reminder_links, "open_link", fails)
        Client(raise_request_exception=False).get(path(reminder))
        written = [LineFormatter("%(message)s").format(record) for record in caplog.records]
        assert "Internal Server Error: /reminders/[token]/" in "".join(written)
        assert token not in "".join(written)


class TestUnsubscribe:
    def test_one_click_by_the_mail_program_stops_all(self, alice: User, case: Case):
        for address in (stop_path(alice), stop_path(alice, case)):
            ReminderPreferences.objects.all().delete()
            response = browser().post(address, {"List-Unsubscribe": "One-Click"})

            assert response.status_code == 200
            assert ReminderPreferences.objects.get(user=alice).stopped_at == NOW

    def test_one_click_may_come_as_a_plain_form(self, alice: User):
        response = browser().post(
            stop_path(alice),
            "List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
        )

        assert response.status_code == 200
        assert ReminderPreferences.objects.get(user=alice).stopped_at == NOW

    def test_opening_it_changes_nothing(self, alice: User, case: Case):
        before = everything()

        for _scanner in range(2):
            assert browser().get(stop_path(alice, case)).status_code == 200
            assert browser().head(stop_path(alice, case)).status_code == 200
        assert everything() == before

    def test_all_are_stopped_and_sent_again(self, alice: User):
        client = browser()
        assert "Stop all reminders" in text_of(client.get(stop_path(alice)))

        page = text_of(client.post(stop_path(alice), {"do": "stop_all"}))
        assert "Stopped. No more reminders and summaries come by mail." in page
        assert "Send them again" in page
        assert "Stop all reminders" not in page

        page = text_of(client.post(stop_path(alice), {"do": "resume_all"}))
        assert "Reminders come again." in page
        assert ReminderPreferences.objects.get(user=alice).stopped_at is None

    def test_those_of_the_case_of_the_mail_are_stopped_and_sent_again(
        self, alice: User, case: Case, bob: User
    ):
        other = factories.make_case(owner=alice, title="A warped table")
        address = stop_path(alice, case)
        page = text_of(browser().get(address))
        assert case.reference in page
        assert case.title not in page, "the link opens for a year, whoever reads that mailbox by then"
        assert other.reference not in page

        page = text_of(browser().post(address, {"do": "stop_case"}))
        assert "Stopped for this case." in page
        assert "Send those of this case again" in page
        stopped = Membership.objects.exclude(reminders_stopped_at=None)
        assert [(row.user, row.case, row.reminders_stopped_at) for row in stopped] == [(alice, case, NOW)]

        browser().post(address, {"do": "resume_case"})
        assert not Membership.objects.exclude(reminders_stopped_at=None).exists()

    def test_a_link_that_names_no_case_stops_none(self, alice: User, case: Case):
        before = everything()

        for do in ("stop_case", "resume_case", "nonsense", ""):
            response = browser().post(stop_path(alice), {"do": do})
            assert response.status_code == 422
            assert "Nothing was changed." in text_of(response)
        assert browser().post(stop_path(alice), {"List-Unsubscribe": "No"}).status_code == 422
        assert everything() == before

    def test_it_works_after_the_password_changed(self, alice: User):
        address = stop_path(alice)
        alice.set_password("a new password, long enough")
        alice.save()

        assert browser().post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert ReminderPreferences.objects.get(user=alice).stopped_at == NOW
