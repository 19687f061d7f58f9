"""tracker.messages: gathers, checks and compiles, tried on a little site; tests/test_messages.py has ours."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

from tracker import messages


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A little site with one view and one template, and no catalogue yet."""
    (tmp_path / "cases").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "cases" / "views.py").write_text(
        'title = _("Cases")\ncount = ngettext("%(n)d case", "%(n)d cases", n)\nnot_for_people = "id-7"\n'
    )
    (tmp_path / "templates" / "page.html").write_text(
        "{% load i18n %}<h1>{% translate 'Today' %}</h1>"
        "{% blocktranslate %}Due on {{ day }}{% endblocktranslate %}"
        "<p>{% translate 'May' context 'month' %}</p>"
    )
    monkeypatch.setattr(messages, "CHECKOUT", tmp_path)
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "locale")
    return tmp_path


def translate(site: Path, **words: str) -> None:
    """Write the Chinese words into the catalogue, as a translator does."""
    path = messages.po_path("zh_Hans")
    text = path.read_text(encoding="utf-8")
    for english, chinese in words.items():
        text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{chinese}"')
    path.write_text(text, encoding="utf-8")


def test_words_are_gathered_from_python_and_from_templates(site: Path) -> None:
    found = {(message.id, message.context) for message in messages.gather() if message.id}

    assert found == {
        ("Cases", None),
        (("%(n)d case", "%(n)d cases"), None),
        ("Today", None),
        ("Due on %(day)s", None),
        ("May", "month"),
    }


def test_english_says_itself_and_chinese_waits_for_a_translator(site: Path) -> None:
    messages.update()

    assert [problem for problem in messages.problems() if problem.startswith("en")] == []
    assert "zh_Hans: 'Today' has no translation." in messages.problems()


def test_a_translation_outlives_an_update_and_goes_with_its_word(site: Path) -> None:
    messages.update()
    translate(site, Today="今天", Cases="案件")

    (site / "cases" / "views.py").write_text("")
    messages.update()

    text = messages.po_path("zh_Hans").read_text(encoding="utf-8")
    assert "今天" in text
    assert "案件" not in text


def test_a_word_that_is_new_in_the_sources_is_missed(site: Path) -> None:
    messages.update()
    (site / "cases" / "views.py").write_text('_("Brand new")\n')

    assert "en: 'Brand new' is not in the catalogue; run script/messages update." in messages.problems()
    assert "en: 'Cases' is no longer in the sources; run script/messages update." in messages.problems()


def test_a_placeholder_misspelt_in_a_translation_is_found(site: Path) -> None:
    messages.update()
    translate(site, **{"Due on %(day)s": "截止%(dya)s"})

    assert [problem for problem in messages.problems() if "Due on" in problem and "placeholder" in problem]


def test_what_is_compiled_is_what_gettext_reads(site: Path) -> None:
    messages.update()
    translate(site, Today="今天")
    messages.compile_catalogues()

    with messages.po_path("zh_Hans").with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Today") == "今天"
