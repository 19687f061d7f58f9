"""cases.admin: one way in, nothing there that would take an account over, and the workday calendars."""

from __future__ import annotations

import html
from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from cases.models import CalendarDay, CalendarYear, Recount
from cases.services import recounts
from tests import factories
from tracker.accounts.models import User


def test_the_admin_sends_strangers_to_the_log_in_whose_attempts_are_counted(db: None, client: Client) -> None:
    response = client.post("/admin/login/", {"username": "root@example.org", "password": "guess"})

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


def test_staff_cannot_confirm_an_address_for_another(db: None) -> None:
    root = factories.make_user("root@example.org", is_staff=True, is_superuser=True)
    client = factories.logged_in(root)

    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/account/emailaddress/").status_code == 404


class TestTheCalendars:
    DAY = {
        "calendar": "CN",
        "day": "2026-09-30",
        "works": "",
        "name_zh": "特别假日",
        "name_en": "",
        "source": "Notice 1",
    }
    YEAR = {"calendar": "CN", "year": "2031", "source": "Notice 2", "days_off": "", "workdays": ""}
    ADD_DAY = "/admin/cases/calendarday/add/"
    ADD_YEAR = "/admin/cases/calendaryear/add/"

    @pytest.fixture
    def root(self, db: None) -> User:
        return factories.make_user("root@example.org", is_staff=True, is_superuser=True, language="en")

    @pytest.fixture
    def client(self, root: User) -> Client:
        return factories.logged_in(root)

    @pytest.fixture(autouse=True)
    def woken(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        names: list[str] = []
        monkeypatch.setattr(recounts, "enqueue_on_commit", lambda name: names.append(name))
        return names

    def test_a_day_is_corrected_by_whoever_runs_the_site(self, client: Client, root: User, woken: list[str]):
        response = client.post(self.ADD_DAY, self.DAY, follow=True)

        row = CalendarDay.objects.get()
        assert (row.day, row.works, row.name_zh, row.changed_by) == (
            date(2026, 9, 30),
            False,
            "特别假日",
            root,
        )
        assert woken == ["cases.tasks.recount_deadlines"]
        assert "Every open deadline is now counted anew" in response.text
        assert "says the same" not in response.text

    def test_changing_and_deleting_it_count_anew_as_well(self, client: Client, woken: list[str]):
        client.post(self.ADD_DAY, self.DAY)
        row = CalendarDay.objects.get()

        client.post(f"/admin/cases/calendarday/{row.pk}/change/", {**self.DAY, "works": "on"})
        row.refresh_from_db()
        assert row.works
        client.post(f"/admin/cases/calendarday/{row.pk}/delete/", {"post": "yes"})

        assert not CalendarDay.objects.exists()
        assert len(woken) == 3

    def test_deleting_several_at_once_counts_anew(self, client: Client, woken: list[str]):
        client.post(self.ADD_DAY, self.DAY)
        chosen = {
            "action": "delete_selected",
            "_selected_action": CalendarDay.objects.get().pk,
            "post": "yes",
        }

        client.post("/admin/cases/calendarday/", chosen)

        assert not CalendarDay.objects.exists()
        assert len(woken) == 2

    @pytest.mark.parametrize("day", ["2000-12-31", "2061-01-01"])
    def test_a_day_outside_the_calendars_is_refused(self, client: Client, day: str):
        response = client.post(self.ADD_DAY, {**self.DAY, "day": day})

        assert "The calendars cover the years 2001 to 2060" in response.text
        assert not CalendarDay.objects.exists()

    def test_a_correction_needs_its_source(self, client: Client):
        for address, data in ((self.ADD_DAY, self.DAY), (self.ADD_YEAR, self.YEAR)):
            response = client.post(address, {**data, "source": ""})
            assert "Say where this is announced" in response.text

        assert not CalendarDay.objects.exists()
        assert not CalendarYear.objects.exists()

    def test_saying_what_the_shipped_calendar_says_is_allowed_and_hinted_at(self, client: Client):
        response = client.post(self.ADD_DAY, {**self.DAY, "day": "2026-10-01"}, follow=True)

        assert CalendarDay.objects.exists()
        assert "The shipped calendar says the same of 2026-10-01" in response.text

    def test_a_whole_year_is_pasted_in(self, client: Client, root: User, woken: list[str]):
        announced = {
            **self.YEAR,
            "days_off": "2031-01-01 元旦 / New Year's Day\n\n2031-10-01 - 2031-10-03 国庆节\n",
            "workdays": "2031-10-11",
        }

        response = client.post(self.ADD_YEAR, announced, follow=True)

        assert "5 days were changed" in response.text
        # Labour Day was estimated, and the announcement says nothing of it.
        assert "2031-05-01" in response.text
        assert CalendarYear.objects.get().changed_by == root
        rows = CalendarDay.objects.values_list("day", "works", "name_zh", "name_en", "source")
        assert list(rows) == [
            (date(2031, 1, 1), False, "元旦", "New Year's Day", "Notice 2"),
            (date(2031, 10, 1), False, "国庆节", "", "Notice 2"),
            (date(2031, 10, 2), False, "国庆节", "", "Notice 2"),
            (date(2031, 10, 3), False, "国庆节", "", "Notice 2"),
            (date(2031, 10, 11), True, "", "", "Notice 2"),
        ]
        assert len(woken) == 1

    def test_its_days_are_shown_again_as_they_were_pasted(self, client: Client):
        client.post(
            self.ADD_YEAR, {**self.YEAR, "days_off": "2031-01-01 元旦 / New Year's Day\n2031-10-01 国庆节"}
        )
        address = f"/admin/cases/calendaryear/{CalendarYear.objects.get().pk}/change/"

        form = client.get(address).context["adminform"].form
        assert form.initial["days_off"] == "2031-01-01 元旦 / New Year's Day\n2031-10-01 国庆节"

        response = client.post(
            address, {"source": "Notice 3", "days_off": "2031-01-01 元旦", "workdays": ""}, follow=True
        )
        assert "2 days were changed" in response.text
        assert list(CalendarDay.objects.values_list("day", flat=True)) == [date(2031, 1, 1)]

    def test_days_that_are_there_stay_when_their_year_is_announced(self, client: Client):
        CalendarDay.objects.create(calendar="CN", day=date(2031, 5, 1), works=False, source="Notice 1")

        client.post(self.ADD_YEAR, {**self.YEAR, "days_off": "2031-01-01"})

        assert list(CalendarDay.objects.values_list("source", flat=True)) == ["Notice 2", "Notice 1"]

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("1 January", "write the day as 2027-01-01"),
            ("2031-02-30 春节", "there is no such day"),
            ("2030-01-01 元旦", "it does not lie in the year of this announcement"),
            ("2031-10-07 - 2031-10-01", "a stretch begins with its first day"),
            ("2031-01-01\n2031-01-01", "2031-01-01 is listed twice"),
            (f"2031-01-01 {'元' * 61}", "the name is longer than 60 characters"),
        ],
    )
    def test_a_line_that_makes_no_sense_is_named(self, client: Client, line: str, reason: str):
        response = client.post(self.ADD_YEAR, {**self.YEAR, "days_off": line})

        assert reason in html.unescape(response.text)
        assert not CalendarYear.objects.exists()

    def test_a_year_outside_the_calendars_is_refused(self, client: Client):
        response = client.post(self.ADD_YEAR, {**self.YEAR, "year": "1999"})

        assert "The calendars cover the years 2001 to 2060" in response.text

    def test_a_year_is_announced_once(self, client: Client):
        client.post(self.ADD_YEAR, self.YEAR)

        assert client.post(self.ADD_YEAR, self.YEAR).status_code == 200
        assert CalendarYear.objects.count() == 1

    def test_a_year_taken_back_leaves_its_days(self, client: Client, woken: list[str]):
        client.post(self.ADD_YEAR, {**self.YEAR, "days_off": "2031-01-01"})

        address = f"/admin/cases/calendaryear/{CalendarYear.objects.get().pk}/delete/"
        response = client.post(address, {"post": "yes"}, follow=True)

        assert "The days of 2031 that were entered are still there" in response.text
        assert CalendarDay.objects.count() == 1
        assert len(woken) == 2

    def test_staff_needs_the_right_to_change_calendars(self, db: None):
        staff = factories.logged_in(factories.make_user("staff@example.org", is_staff=True))

        assert staff.get(self.ADD_DAY).status_code == 403
        assert staff.get(self.ADD_YEAR).status_code == 403

    def test_a_year_is_entered_only_by_whoever_may_write_its_days(self, db: None):
        user = factories.make_user("staff@example.org", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(content_type__model="calendaryear"))
        staff = factories.logged_in(user)

        assert staff.get(self.ADD_YEAR).status_code == 403
        user.user_permissions.add(*Permission.objects.filter(content_type__model="calendarday"))
        assert staff.get(self.ADD_YEAR).status_code == 200

    def test_recounts_can_be_seen_and_not_changed(self, client: Client):
        row = Recount.objects.create(knowledge="ab" * 32, started_at=factories.NOON)

        assert client.get("/admin/cases/recount/").status_code == 200
        assert client.get("/admin/cases/recount/add/").status_code == 403
        assert client.post(f"/admin/cases/recount/{row.pk}/change/", {"moved": 3}).status_code == 403
