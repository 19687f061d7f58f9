from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from django.utils import translation

from cases.casefile.printable import pdf_safe
from cases.casefile.words import words
from cases.evidence import inspection
from cases.evidence.facts import Facts
from cases.models import Binds, Case, CaseFile
from cases.services import case_files, cases, milestones
from tests import pictures
from tests.casefile import stories
from tests.casefile.stories import at
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db

# Markup, the template's own language, direction marks, zero-width signs, emoji, formulas, NUL-free controls.
HOSTILE = (
    '#panic("x") #read("/etc/passwd") $x^2$ *bold* _it_ `raw` <label> @ref = Heading \\u{41} // comment '
    "<b>html</b> {{ 7*7 }} {% if %} \u202egnp.exe\u202c a\u200bb 😡👨‍👩‍👧 𠮷 ①→¥ =HYPERLINK(1) \ue000 ไทย"
)


def unpacked(case_file: CaseFile, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    with case_files.open_zip(case_file) as file, zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    return folder


def output_of(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, check=True)
    return done.stdout.decode()


def words_of(pdf: Path) -> str:
    """The text in reading order without any blanks: typst and poppler set them where they see fit."""
    return "".join(output_of("pdftotext", pdf, "-").split())


@pytest.fixture
def story(alice: User) -> Case:
    alice.name = "李晓雨"
    alice.save()
    return stories.lost_parcel(alice)


def test_the_document_says_whom_a_rule_binds_what_follows_and_that_a_clock_stands(
    story: Case, alice: User, tmp_path: Path
) -> None:
    for kind, day in (("complaint_filed", 7), ("complaint_accepted", 8), ("testing_started", 9)):
        milestones.log_milestone(
            case=story,
            by=alice,
            at=at(9, 11),
            kind=kind,
            channel="cn_12315.complaint" if kind != "testing_started" else "",
            happened_at=at(day, 9),
        )

    pdf = unpacked(stories.ready_case_file(story, alice), tmp_path / "bag") / "data" / "case-file.pdf"

    text = words_of(pdf)
    mediation = story.deadlines.get(rule="cn_12315.mediation")
    assert mediation.is_paused
    assert "".join(mediation.because["consequence"]["zh-hans"].split()) in text
    with translation.override("zh-hans"):
        for told in (str(Binds.AUTHORITY.label), words()["paused"], "浙江省杭州市余杭区文一西路1号"):
            assert "".join(told.split()) in text, told


def test_other_programs_read_the_document_and_find_all_of_it(
    story: Case, alice: User, tmp_path: Path
) -> None:
    pdf = unpacked(stories.ready_case_file(story, alice), tmp_path / "bag") / "data" / "case-file.pdf"

    text = words_of(pdf)
    for told in (
        "蓝牙耳机显示已签收但从未收到",
        "6930112233445566778",
        "CS20260907000123",
        "工号3307",
        "2026-09-0709:05+08:00",
        "24小时内回电答复退款结果",
        "[U+1F621]",
        "快递公司书面确认包裹丢失",
    ):
        assert told in text, told
    for exhibit in story.exhibits.all():
        assert exhibit.sha256 in text
    assert "Error" not in output_of("qpdf", "--check", pdf)
    fonts = output_of("pdffonts", pdf).splitlines()[2:]
    assert fonts
    assert all("NotoSans" in line and line.split()[-5] == "yes" for line in fonts)
    assert "Tagged:          yes" in output_of("pdfinfo", pdf)
    claimed = output_of("pdfinfo", "-meta", pdf)
    assert "<pdfaid:part>3</pdfaid:part>" in claimed
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in claimed
    assert "<pdfuaid:part>1</pdfuaid:part>" in claimed


def test_the_attached_originals_are_bit_for_bit_what_was_received(
    story: Case, alice: User, tmp_path: Path
) -> None:
    pdf = unpacked(stories.ready_case_file(story, alice), tmp_path / "bag") / "data" / "case-file.pdf"
    (tmp_path / "attached").mkdir()

    output_of("pdfdetach", "-saveall", "-o", tmp_path / "attached", pdf)

    found = {hashlib.sha256(file.read_bytes()).hexdigest() for file in (tmp_path / "attached").iterdir()}
    assert found >= set(story.exhibits.values_list("sha256", flat=True))
    assert (tmp_path / "attached" / "case.json").exists()


def test_what_a_machine_read_is_printed_as_machine_read_and_only_where_something_was(
    story: Case, alice: User, tmp_path: Path
) -> None:
    without = unpacked(stories.ready_case_file(story, alice, language="en"), tmp_path / "without")
    exhibit = story.exhibits.get(number=1)
    exhibit.recognised_text = f"订单编号 6930112233445566778\n{HOSTILE}\n" + "字" * 2000
    exhibit.save(update_fields=["recognised_text"])
    read = unpacked(stories.ready_case_file(story, alice, language="en"), tmp_path / "read")

    text = words_of(read / "data" / "case-file.pdf")
    assert "Machine-readtext" in text
    assert "Itcanbewrong;onlytheexhibitsthemselvescount." in text
    assert "订单编号6930112233445566778" in text.partition("Itcanbewrong")[2]
    assert 1000 < text.count("字") < 1600
    content = json.loads((read / "data" / "case.json").read_text())
    assert content["exhibits"][0]["recognised_text"] == exhibit.recognised_text
    assert "Machine-readtext" not in words_of(without / "data" / "case-file.pdf")


def test_the_document_speaks_english_when_asked(story: Case, alice: User, tmp_path: Path) -> None:
    folder = unpacked(stories.ready_case_file(story, alice, language="en"), tmp_path / "bag")

    text = words_of(folder / "data" / "case-file.pdf")

    assert "Contactattempts" in text
    assert "Phonehotline" in text
    assert "Promisedsomething" in text
    assert "Page1of" in text
    # The long screenshot comes in parts that overlap.
    assert "Part2of3" in text
    assert "repeatstheendofthepartbefore" in text


def test_what_people_write_is_text_and_never_markup(alice: User, tmp_path: Path) -> None:
    case = cases.open_case(
        by=alice,
        at=at(6, 20),
        title=HOSTILE[:100],
        playbook="douyin",
        problem_kind="other",
        merchant=HOSTILE[:110],
        problem_statement=HOSTILE * 10,
        demand=HOSTILE,
    )
    stories.add_exhibit(case, alice, at(6, 21), pictures.picture("PNG"), "../../=x.png", HOSTILE)
    stories.log(
        case, alice, at(6, 22), "hotline", "answered", summary="=1+1\n" + HOSTILE, person="@" + HOSTILE[:90]
    )

    folder = unpacked(stories.ready_case_file(case, alice), tmp_path / "bag")

    text = words_of(folder / "data" / "case-file.pdf").replace("\u200b", "")
    assert '#panic("x")' in text
    assert "{{7*7}}" in text
    assert "[U+202E]gnp.exe" in text
    assert "[U+1F621]" in text
    assert "𠮷" in text
    assert "root:x:0" not in text
    cells = (folder / "data" / "contacts.csv").read_text(encoding="utf-8-sig")
    assert "\"'=1+1" in cells
    assert "\"'@#panic" in cells
    assert HOSTILE in (folder / "data" / "case.json").read_text().replace('\\"', '"').replace("\\\\", "\\")


def test_an_empty_case_makes_a_whole_document(case: Case, alice: User, tmp_path: Path) -> None:
    folder = unpacked(stories.ready_case_file(case, alice, language="en"), tmp_path / "bag")

    text = words_of(folder / "data" / "case-file.pdf")

    assert "Parcelneverarrived" in text
    assert "Nothinghasbeenlogged." in text


def test_a_statement_too_long_for_page_one_stands_in_full_in_its_own_part(
    alice: User, tmp_path: Path
) -> None:
    case = cases.open_case(
        by=alice,
        at=at(6, 20),
        title="长",
        playbook="douyin",
        problem_kind="other",
        problem_statement="句子。" * 3000 + "末句",
    )

    text = words_of(
        unpacked(stories.ready_case_file(case, alice), tmp_path / "bag") / "data" / "case-file.pdf"
    )

    assert "末句" in text


def test_an_exhibit_that_cannot_be_drawn_has_its_page_and_says_so(
    story: Case, alice: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(inspection, "inspect", lambda path: Facts("image/avif"))
        stories.add_exhibit(story, alice, at(6, 21), pictures.picture("PNG", seed=9), "odd.avif", "Odd")

    folder = unpacked(stories.ready_case_file(story, alice, language="en"), tmp_path / "bag")

    assert "Thisexhibitcannotbeshownhere." in words_of(folder / "data" / "case-file.pdf")


def test_originals_beyond_the_budget_are_referred_to_the_bundle(
    story: Case, alice: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.casefile.document.ATTACHED_AT_MOST", 1000)

    pdf = (
        unpacked(stories.ready_case_file(story, alice, language="en"), tmp_path / "bag")
        / "data"
        / "case-file.pdf"
    )

    assert output_of("pdfdetach", "-list", pdf).startswith("1 embedded file")
    assert "Theoriginalsarenotattached" in words_of(pdf)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain 文字 ①→¥", "plain 文字 ①→¥"),
        ("😀", "[U+1F600]"),
        ("a\u202eb", "a[U+202E]b"),
        ("a\x00b\x07", "a[U+0000]b[U+0007]"),
        ("a\tb\r\nc\rd", "a    b\nc\nd"),
        ("→\ufe0f", "→"),
        ("\ud800", "[U+D800]"),
    ],
)
def test_what_cannot_be_printed_is_shown_as_its_number(text: str, printed: str) -> None:
    assert pdf_safe(text) == printed


def test_letters_without_a_blank_may_break() -> None:
    assert max(map(len, pdf_safe("x" * 5000).split("\u200b"))) == 40


def test_a_document_in_both_languages_says_ours_twice_and_theirs_once(
    story: Case, alice: User, tmp_path: Path
) -> None:
    case_file = case_files.build_now(case=story, by=alice, at=at(9, 12), language="both")

    folder = unpacked(case_file, tmp_path / "bag")

    text = words_of(folder / "data" / "case-file.pdf")
    for told in ("最有力的证据", "Thestrongestexhibits", "纠纷一览图", "Thedisputeataglance", "证据目录"):
        assert told in text, told
    first_page = output_of("pdftotext", "-l", "1", folder / "data" / "case-file.pdf", "-")
    assert "".join(first_page.split()).count("".join(stories.DEMAND.split())) == 1
    content = json.loads((folder / "data" / "case.json").read_text())
    assert (content["language"], content["case"]["status"]["label"]) == ("zh-hans", "处理中")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_document_advises_nobody_and_says_you_to_nobody(
    story: Case, alice: User, tmp_path: Path, language: str
) -> None:
    case_file = case_files.build_now(case=story, by=alice, at=at(9, 12), language=language)

    text = words_of(unpacked(case_file, tmp_path / "bag") / "data" / "case-file.pdf")

    advised = [deadline.because["action"][language] for deadline in story.deadlines.all()]
    assert advised
    assert not [told for told in advised if "".join(told.split()) in text]
    assert ("消费者联系对方" if language == "zh-hans" else "Theconsumercontactedthem") in text
