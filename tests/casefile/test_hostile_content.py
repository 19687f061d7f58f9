from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from cases.casefile.verify import verify
from cases.models import Case
from cases.services import case_files, cases, exhibits
from tests import pictures
from tests.casefile import stories
from tests.casefile.fuzz import FORMULA, SAFE_PATH, printing_here, text_of
from tests.casefile.random_cases import as_sent
from tests.casefile.stories import at
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db
NAMES = (
    "../../etc/passwd",
    "..\\..\\windows\\system32\\x.png",
    "/absolute.png",
    "C:\\x.png",
    "CON.png",
    ".htaccess",
    "a\nb.png",
    "\u202egnp.exe",
    "😀.png",
    "é" * 300 + ".png",
)


def opened(owner: User, **more: str) -> Case:
    fields = {"title": "退款", "playbook": "douyin", "problem_kind": "other", **more}
    return cases.open_case(by=owner, at=at(6, 20), **fields)


def built(case: Case, owner: User, folder: Path) -> zipfile.ZipFile:
    with printing_here():
        case_file = stories.ready_case_file(case, owner)
    with case_files.open_zip(case_file) as file:
        (folder / "x.zip").write_bytes(file.read())
    assert verify(folder / "x.zip").findings == ()
    return zipfile.ZipFile(folder / "x.zip")


def test_statements_of_a_hundred_thousand_signs_stand_in_full(alice: User, tmp_path: Path) -> None:
    case = opened(alice, problem_statement="短")
    # Longer than the form takes; an import or an older edition may hold it.
    statement = "甲" + "句子，#panic。😀\n" * 10_000 + "末"
    unbroken = "x" * 99_999 + "Y"
    Case.objects.filter(pk=case.pk).update(problem_statement=statement, demand=unbroken)
    case.refresh_from_db()

    with built(case, alice, tmp_path) as archive:
        text = text_of(archive.read("data/case-file.pdf"))
        content = json.loads(archive.read("data/case.json"))

    assert len(statement) > 100_000
    assert content["case"]["problem_statement"] == statement
    assert content["case"]["demand"] == unbroken
    assert text.count("句子，#panic。[U+1F600]") >= 10_000
    assert "x" * 200 + "Y" in text


def test_names_that_lead_elsewhere_become_safe_files_and_are_told_as_they_came_in(
    alice: User, tmp_path: Path
) -> None:
    case = opened(alice)
    for seed, name in enumerate(NAMES):
        picture = pictures.picture("PNG", size=(60, 90), seed=seed)
        exhibits.add_exhibit(case=case, by=alice, at=at(6, 21), upload=as_sent(picture, name), shows="聊天")
    kept = list(case.exhibits.order_by("number").values_list("original_name", flat=True))

    with built(case, alice, tmp_path) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "unpacked")
        content = json.loads(archive.read("data/case.json"))

    assert [name for name in names if not SAFE_PATH.fullmatch(name) or ".." in name] == []
    assert sum(name.startswith("data/exhibits/E0") for name in names) == len(NAMES)
    assert {path.name for path in tmp_path.iterdir()} == {"x.zip", "unpacked"}
    assert [one["original_name"] for one in content["exhibits"]] == kept
    assert [name for name in kept if "/" in name or "\\" in name] == []


def test_formulas_come_out_as_text_for_every_spreadsheet(alice: User, tmp_path: Path) -> None:
    case = opened(alice)
    formulas = ("=1+1", " =1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "|cmd", "%0A")
    for formula in formulas:
        stories.log(
            case, alice, at(6, 22), "hotline", "answered", summary=formula + "\n=2", person=formula.strip()
        )

    with built(case, alice, tmp_path) as archive:
        rows = list(
            csv.reader(io.StringIO(archive.read("data/contacts.csv").decode("utf-8-sig"), newline=""))
        )

    assert len(rows) == 1 + len(formulas)
    assert [cell for row in rows for cell in row if cell.lstrip(" ").startswith(FORMULA)] == []
    assert sum("=2" in cell for row in rows for cell in row) == len(formulas)
