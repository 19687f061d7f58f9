"""The two catalogues of translations: gathered from the sources, checked, compiled; without GNU gettext.

script/messages is the door to this room.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

CHECKOUT = Path(__file__).resolve().parent.parent
LOCALE = CHECKOUT / "locale"
# Django's folder name, and the locale as babel knows it.
LANGUAGES = {"en": "en", "zh_Hans": "zh_Hans"}
SOURCES = ("cases", "tracker", "templates")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = "# The words of the site; made by script/messages update, the msgstr lines by people."


def po_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def gather() -> Catalog:
    """Every message of the Python files and templates, with the files it stands in."""
    catalog = Catalog(charset="utf-8")
    for path in _source_files():
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # As Python reads it, which minds how far a line is indented; a template does not.
            lines = templatize(text, origin=str(path)).split("\n")
            text = "\n".join(line.lstrip() for line in lines)
        found = extract("python", BytesIO(text.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"})
        for _line, message, comments, context in found:
            place = (str(path.relative_to(CHECKOUT)), 0)
            catalog.add(message, locations=[place], auto_comments=comments, context=context)
    return catalog


def _source_files() -> Iterator[Path]:
    for folder in SOURCES:
        for path in sorted((CHECKOUT / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield path


def load(language: str) -> Catalog:
    """The catalogue as committed; an empty one where there is none yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=LANGUAGES[language], fuzzy=False, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGES[language], domain="django")


def update() -> None:
    """Bring both .po files to what the sources say; words that are gone go, new ones wait for a translation.

    The English translation of an English message is the message itself.
    """
    for language in LANGUAGES:
        catalog = load(language)
        # A template of its own for each: babel puts the very messages of the template into the catalogue.
        catalog.update(gather(), no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        catalog.header_comment = HEADER
        catalog.project, catalog.version, catalog.revision_date = "cases", "1", catalog.creation_date
        catalog.msgid_bugs_address = catalog.last_translator = catalog.language_team = ""
        if language == "en":
            _say_itself(catalog)
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(
                file, catalog, width=100, omit_header=False, sort_output=True, include_lineno=False,
                ignore_obsolete=True,
            )  # fmt: skip


def _say_itself(catalog: Catalog) -> None:
    for message in catalog:
        if message.id:
            message.string = message.id


def problems() -> list[str]:
    """What is missing or wrong in the catalogues, a sentence each; empty when both are complete."""
    return [problem for language in LANGUAGES for problem in _problems_of(language, gather())]


def _problems_of(language: str, template: Catalog) -> Iterator[str]:
    catalog = load(language)
    known = {(message.id, message.context): message for message in catalog if message.id}
    wanted = {(message.id, message.context) for message in template if message.id}
    for key in sorted(wanted - known.keys(), key=str):
        yield f"{language}: {key[0]!r} is not in the catalogue; run script/messages update."
    for key in sorted(known.keys() - wanted, key=str):
        yield f"{language}: {key[0]!r} is no longer in the sources; run script/messages update."
    for message in known.values():
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.fuzzy or not all(strings):
            yield f"{language}: {message.id!r} has no translation."
        for error in message.check(catalog):
            yield f"{language}: {message.id!r}: {error}."


def compile_catalogues() -> None:
    """Write the .mo file that Django reads beside each .po file."""
    for language in LANGUAGES:
        if not po_path(language).exists():
            continue
        target = po_path(language).with_suffix(".mo")
        draft = target.with_suffix(".mo.part")
        with draft.open("wb") as file:
            write_mo(file, load(language))
        draft.replace(target)  # a process that starts meanwhile reads the old one or the new one


def main(arguments: list[str]) -> int:
    """`compile`, `update` or `check`; 1 when check finds something."""
    match arguments:
        case ["compile"]:
            compile_catalogues()
        case ["update"]:
            update()
            compile_catalogues()
        case ["check"]:
            found = problems()
            print("\n".join(found) or "Both catalogues are complete.")
            return 1 if found else 0
        case _:
            print("script/messages compile | update | check", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
