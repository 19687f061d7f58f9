"""cases.admin: one way in, and nothing there that would take an account over."""

from __future__ import annotations

from django.test import Client

from tests import factories


def test_the_admin_sends_strangers_to_the_log_in_whose_attempts_are_counted(db: None, client: Client) -> None:
    response = client.post("/admin/login/", {"username": "root@example.org", "password": "guess"})

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


def test_staff_cannot_confirm_an_address_for_another(db: None) -> None:
    root = factories.make_user("root@example.org", is_staff=True, is_superuser=True)
    client = factories.logged_in(root)

    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/account/emailaddress/").status_code == 404
