"""The page of all parts: there in DEBUG alone, whole in both languages, and colours are tokens alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client

ROOT = Path(site.BASE_DIR)
CSS = ROOT / "static" / "css"
# The language itself; what else there is belongs to one screen each and stands there.
LANGUAGE = ("base.css", "forms.css", "parts.css")
# Of a state that no page has at rest.
NEVER_AT_REST = {"htmx-request", "is-over", "case-link", "shared-picture"}
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|color-mix)a?\(", re.IGNORECASE)


def without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def classes_of(path: Path) -> set[str]:
    """Those of the selectors: what stands before each opening brace."""
    selectors = re.findall(r"([^{};]+)\{", without_comments(path))
    return {name for selector in selectors for name in re.findall(r"\.([a-z][\w-]*)", selector)}


def test_it_is_no_address_of_a_site_that_serves_people(alice_client: Client):
    assert alice_client.get("/styleguide/").status_code == 404


@pytest.mark.urls("tests.views.urls_with_styleguide")
class TestInDebug:
    @pytest.fixture(autouse=True)
    def debug(self, settings: Any) -> None:
        settings.DEBUG = True

    def test_without_debug_the_view_itself_says_404(self, alice_client: Client, settings: Any):
        settings.DEBUG = False

        assert alice_client.get("/styleguide/").status_code == 404

    @pytest.mark.parametrize(
        ("language", "words"), [("zh-hans", "收到的不是我订的杯子"), ("en", "Not the cup I ordered")]
    )
    def test_it_speaks_both_languages(self, alice_client: Client, language: str, words: str):
        html = alice_client.get(f"/styleguide/?language={language}").content.decode()

        assert words in html
        assert f'lang="{language.replace("hans", "Hans")}"' in html
        assert " style=" not in html

    @pytest.mark.parametrize("name", LANGUAGE)
    def test_every_class_of_the_language_stands_in_it(self, alice_client: Client, name: str):
        html = alice_client.get("/styleguide/").content.decode()
        shown = {word for words in re.findall(r'class="([^"]*)"', html) for word in words.split()}
        named = set(re.findall(r"\.([a-z][\w-]*)", "".join(re.findall(r"<code[^>]*>[^<]*</code>", html))))

        assert classes_of(CSS / name) - shown - named - NEVER_AT_REST == set()


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_colours_are_tokens_and_tokens_stand_in_one_file(path: Path):
    assert path.name == "tokens.css" or not COLOUR.findall(without_comments(path))
