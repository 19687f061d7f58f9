"""What a phone is given to keep the site among its apps: manifest, icons, service worker, a page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from tests import factories
from tracker.accounts.models import User
from tracker.home import views

LANGUAGES = ["zh-hans", "en"]
CSS = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"


def manifest(client: Client, language: str) -> dict[str, object]:
    response = client.get(f"/manifest.webmanifest?language={language}")
    assert response.status_code == 200
    return json.loads(response.content)


def icon_at(src: str) -> Image.Image:
    path = finders.find(src.removeprefix("/static/"))
    assert path
    return Image.open(path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manifest_is_whole_in_each_language(client: Client, language: str):
    read = manifest(client, language)

    assert (read["id"], read["start_url"], read["scope"], read["display"]) == ("/", "/", "/", "standalone")
    assert [one["url"] for one in read["shortcuts"]] == ["/cases/new/", "/"]  # type: ignore[attr-defined]
    assert len(str(read["short_name"])) <= 12


def test_the_manifest_speaks_the_language_of_the_page_that_names_it(client: Client):
    assert manifest(client, "zh-hans")["name"] == "维权案件簿"
    assert manifest(client, "en")["name"] == "Dispute case tracker"
    assert manifest(client, "de")["lang"] == "en"

    page = client.get("/accounts/login/", headers={"Accept-Language": "zh-CN"}).content.decode()
    assert 'href="/manifest.webmanifest?language=zh-hans"' in page


def test_the_manifest_is_served_as_one(client: Client):
    response = client.get("/manifest.webmanifest")

    assert response["Content-Type"] == "application/manifest+json; charset=utf-8"
    assert "public" in response["Cache-Control"]


def test_every_icon_has_the_size_that_the_manifest_says(client: Client):
    read = manifest(client, "en")
    drawn = [*read["icons"], *(one["icons"][0] for one in read["shortcuts"])]  # type: ignore[misc, attr-defined]

    sizes = {icon["src"]: icon["sizes"] for icon in drawn if icon["type"] == "image/png"}

    assert {src: "{}x{}".format(*icon_at(src).size) for src in sizes} == sizes
    assert {icon.get("purpose") for icon in drawn} == {"any", "maskable", None}
    assert icon_at("/static/icons/apple-touch-icon.png").size == (180, 180)


@pytest.mark.parametrize("name", ["maskable-192", "maskable-512", "apple-touch-icon"])
def test_what_a_phone_cuts_to_its_own_shape_has_no_hole(name: str):
    picture = icon_at(f"/static/icons/{name}.png").convert("RGBA")

    assert picture.getextrema()[3] == (255, 255)
    # Outside the circle that is sure to be shown there is nothing but the field.
    assert picture.getpixel((0, 0)) == picture.getpixel((picture.width // 2, 2))


def test_the_colours_are_those_of_the_paper(client: Client):
    light, dark, _printed = re.findall(r"--paper: (#[0-9a-f]{6});", CSS.read_text(encoding="utf-8"))
    page = client.get("/accounts/login/").content.decode()

    assert (light, dark) == (views.PAPER_LIGHT, views.PAPER_DARK)
    assert manifest(client, "en")["theme_color"] == light
    for colour, scheme in ((light, "light"), (dark, "dark")):
        assert f'content="{colour}" media="(prefers-color-scheme: {scheme})"' in page
        assert f'content="{colour}" media="(prefers-color-scheme: {scheme})"' in (
            client.get("/offline/").content.decode()
        )


def test_the_service_worker_is_asked_for_anew_each_time(client: Client):
    response = client.get("/service-worker.js")

    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cache-Control"] == "no-cache"
    assert "worker-src 'self'" in response["Content-Security-Policy"]


def test_the_shell_is_what_is_there_and_nothing_of_anybody(client: Client, alice_client: Client):
    served = client.get("/service-worker.js").content
    shell = json.loads(re.findall(r"const SHELL = (\[.*\]);", served.decode())[0])

    assert all(one.startswith("/static/") for one in shell)
    assert all(finders.find(one.removeprefix("/static/")) for one in shell)
    assert served == alice_client.get("/service-worker.js").content


def test_another_release_is_another_service_worker(client: Client, monkeypatch: pytest.MonkeyPatch):
    before = client.get("/service-worker.js").content
    assert client.get("/service-worker.js").content == before

    monkeypatch.setattr(views.staticfiles_storage, "manifest_hash", "another", raising=False)

    assert client.get("/service-worker.js").content != before


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_without_a_line_is_the_same_for_everybody(client: Client, alice: User, language: str):
    address = f"/offline/?language={language}"
    alone = client.get(address)

    assert alone.content == factories.logged_in(alice).get(address).content
    assert "csrf" not in alone.content.decode().lower()
    assert not alone.cookies
    assert alone["Content-Language"] == language


def test_the_page_without_a_line_is_in_both_languages(client: Client):
    assert "You are offline" in client.get("/offline/?language=en").content.decode()
    assert "现在没有网络" in client.get("/offline/?language=zh-hans").content.decode()


def test_the_session_says_who_is_logged_in_to_themselves_alone(client: Client, alice: User):
    assert client.get("/session.json").json() == {"user": "", "token": ""}

    response = factories.logged_in(alice).get("/session.json")

    assert response.json()["user"] == str(alice.pk)
    assert len(response.json()["token"]) == 64
    assert "no-store" in response["Cache-Control"]


def test_how_to_install_it_is_told_in_the_settings(alice_client: Client):
    assert 'href="/settings/phone/"' in alice_client.get("/settings/").content.decode()
    assert "Add to Home Screen" in alice_client.get("/settings/phone/").content.decode()
