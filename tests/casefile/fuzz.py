"""Builds case files of random cases and says what is wrong with them.

Run as: python -m tests.casefile.fuzz [CASES] [FIRST]. Each case has a number, FIRST and those after it; the
same number gives the same case. It makes its own data folder and database, holds every tenth document
against PDF/A-3a and PDF/UA-1 too where there is Java, and exits with 1 when one case file failed or is wrong.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pypdfium2

if TYPE_CHECKING:
    from tests.casefile.random_cases import RandomCase
    from tracker.accounts.models import User

# As cases.casefile.names promises; no part begins with a dot, and none is a way up.
SAFE_PATH = re.compile(
    r"([0-9A-Za-z_\u3400-\u4dbf\u4e00-\u9fff][-0-9A-Za-z_.\u3400-\u4dbf\u4e00-\u9fff]*/?)+"
)
NOT_SEEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u2060\ufeff\x00-\x08\x0e-\x1f]")
FORMULA = tuple("=+-@\t\r\n＝＋－＠|%")


@contextlib.contextmanager
def printing_here() -> Iterator[None]:
    """Documents are drawn and printed in this process: starting one for each takes longer than the rest."""
    from cases.casefile import compile as child
    from cases.casefile import document

    def run(action: str, folder: Path, *arguments: str, heard: Callable[[str], None]) -> None:
        child.main(action, str(folder), *arguments)

    with (
        mock.patch.object(document, "_run", run),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        yield


def wrong_with(random_case: RandomCase, owner: User, folder: Path) -> list[str]:
    """What is wrong with the case file of one random case; its document stays as `folder`/NUMBER.pdf."""
    from cases.casefile.verify import verify

    case = random_case.made(owner)
    case_file, content = random_case.case_file(case, owner)
    if case_file.state != "ready":
        return [f"It failed: {case_file.failure}"]
    path = folder / "case-file.zip"
    path.write_bytes(content.getvalue())
    wrong = [found.text.en for found in verify(path).findings]
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        wrong += [f"unsafe name {name!r}" for name in names if not SAFE_PATH.fullmatch(name) or ".." in name]
        if len({name.casefold() for name in names}) != len(names):
            wrong.append("two names are one on some systems")
        pdf = archive.read("data/case-file.pdf")
        wrong += _wrong_in_json(json.loads(archive.read("data/case.json")), case)
        wrong += _wrong_in_csv(archive.read("data/contacts.csv").decode("utf-8-sig"), case)
    (folder / f"{random_case.number}.pdf").write_bytes(pdf)
    return [*wrong, *_wrong_in_text(text_of(pdf), random_case)]


def _wrong_in_json(content: dict[str, Any], case: Any) -> Iterator[str]:
    """Every sign that people wrote must be there as it was written."""
    for name in ("title", "merchant", "problem_statement", "demand"):
        if content["case"][name] != getattr(case, name):
            yield f"case.json changed {name}"
    summaries = [contact["summary"] for contact in content["contacts"]]
    if sorted(summaries) != sorted(case.contacts.values_list("summary", flat=True)):
        yield "case.json changed what was said"


def _wrong_in_csv(text: str, case: Any) -> Iterator[str]:
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if len(rows) != 1 + case.contacts.count() or len({len(row) for row in rows}) != 1:
        yield "contacts.csv has other rows or cells than it should"
    for cell in (cell for row in rows for cell in row):
        if cell.lstrip(" ").startswith(FORMULA):
            yield f"a formula in contacts.csv: {cell[:20]!r}"


def _wrong_in_text(text: str, random_case: RandomCase) -> Iterator[str]:
    yield from (f"the document lacks {mark}" for mark in random_case.marks if mark not in text)
    if "root:x:0" in text:
        yield "the document shows a file of this machine"
    if found := NOT_SEEN.search(text):
        yield f"the document has an invisible sign: {found[0]!r}"


def text_of(pdf: bytes) -> str:
    """The text without blanks and breaks, which each reader sets as it likes."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    return re.sub(r"[\s\u200b\ufffe\x02]+", "", text)


def main(count: int, first: int) -> int:
    folder = Path(tempfile.mkdtemp(prefix="tracker-fuzz-"))
    try:
        for name in ("DATABASE_URL", "STORAGE_URL", "REDIS_URL", "SECRET_KEY", "TSA_URL", "TSA_CHAIN"):
            os.environ.pop(name, None)
        os.environ.update(DATA_DIR=str(folder / "var"), DJANGO_SETTINGS_MODULE="tracker.settings")
        return _run(count, first, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(count: int, first: int, folder: Path) -> int:
    import logging

    import django
    from django.core.management import call_command

    django.setup()
    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)
    from tests.casefile.random_cases import RandomCase
    from tracker.accounts.models import User

    owner, spoiled, began = User.objects.create_user("fuzz@example.org"), 0, time.monotonic()
    for number in range(first, first + count):
        with printing_here():
            wrong = wrong_with(RandomCase(number), owner, folder)
        spoiled += bool(wrong)
        for sentence in wrong:
            print(f"{number}: {sentence}", flush=True)
        if number % 10 != first % 10:
            (folder / f"{number}.pdf").unlink(missing_ok=True)
    seconds = time.monotonic() - began
    spoiled += _against_the_book(sorted(folder.glob("*.pdf")))
    print(json.dumps({"cases": count, "first": first, "wrong": spoiled, "seconds": round(seconds, 1)}))
    return 1 if spoiled else 0


def _against_the_book(pdfs: list[Path]) -> int:
    """How many of the documents break PDF/A-3a or PDF/UA-1; each is told."""
    from tests.casefile.pdf_check import failures
    from tests.programs import NotInstalled

    try:
        broken = failures(*pdfs)
    except NotInstalled as error:
        print(f"Not held against PDF/A: {error}")
        return 0
    print(f"{len(pdfs)} documents held against PDF/A-3a and PDF/UA-1", *broken, sep="\n")
    return sum(line.startswith("FAIL ") for line in broken)


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(arguments + [500, 1][len(arguments) :])))
