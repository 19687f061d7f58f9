"""The reader: a program of its own, kept within its limits and away from every network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from cases.evidence import recognition, recognition_child
from cases.evidence.recognition import Reader, ReaderFailed, Unreadable
from tests import pictures

needs_the_engine = pytest.mark.skipif(
    not recognition.is_installed(), reason="rapidocr is not installed (script/recognition)"
)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


def stand_in(folder: Path, answers: str) -> Path:
    """A child that says the same to everything, in place of the real one."""
    program = folder / "stand_in.py"
    program.write_text(f"import os, sys, time\nfor line in sys.stdin:\n    {answers}\n")
    return program


@needs_the_engine
def test_a_screenshot_is_read_line_by_line_with_where_each_line_stands(reader: Reader, tmp_path: Path):
    path = tmp_path / "screenshot"
    path.write_bytes(pictures.encoded(pictures.screenshot()))

    read = reader.read(path, "image/png")

    texts = [line["text"].replace(" ", "") for line in read.lines]
    assert texts[:4] == ["20:46", "订单详情", "商家已发货", "订单编号6930112233445566778"]
    assert read.engine.startswith("rapidocr 3.")
    x, y, width, height = read.lines[3]["box"]
    # Drawn from (80, 500) on 1080 × 2400, 40 high: the box is a little wider.
    assert (650 <= x <= 780, 2050 <= y <= 2250, height < 300, width > 4500) == (True,) * 4
    assert all(line["page"] == 1 and 500 <= line["score"] <= 1000 for line in read.lines)


@needs_the_engine
def test_a_picture_that_lies_on_its_side_is_read_upright(reader: Reader, tmp_path: Path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees to the right
    image = pictures.screenshot(size=(720, 1600)).transpose(Image.Transpose.ROTATE_90)
    path = tmp_path / "photo"
    path.write_bytes(pictures.encoded(image, "JPEG", exif=exif))

    texts = [line["text"] for line in reader.read(path, "image/jpeg").lines]

    assert "订单详情" in texts


@needs_the_engine
def test_each_line_of_a_long_picture_is_read_once(reader: Reader, tmp_path: Path):
    lines = tuple(f"第{number}行 {693011223344 + number}" for number in range(40))
    path = tmp_path / "long"
    path.write_bytes(pictures.encoded(pictures.screenshot(lines, size=(540, 3400))))

    texts = [line["text"].replace(" ", "") for line in reader.read(path, "image/png").lines]

    assert texts == ["20:46", *(line.replace(" ", "") for line in lines)]


@needs_the_engine
def test_a_pdf_is_read_by_its_text_and_where_it_has_none_by_its_picture(reader: Reader, tmp_path: Path):
    written, scanned = tmp_path / "written", tmp_path / "scanned"
    written.write_bytes(pictures.pdf())
    scanned.write_bytes(pictures.encoded(pictures.screenshot(size=(720, 1600)), "PDF"))

    # The second page holds too little text to be taken for all of it, and is read from its picture.
    first = reader.read(written, "application/pdf", 1).lines
    second = reader.read(written, "application/pdf", 2).lines
    drawn = reader.read(scanned, "application/pdf", 1).lines

    assert [(line["text"], line["score"]) for line in first] == [("Statement of account", 1000)]
    assert [(line["text"], line["page"]) for line in second] == [("Page two", 2)]
    assert "订单详情" in [line["text"] for line in drawn]


@needs_the_engine
def test_what_is_no_picture_is_said_to_be_unreadable_and_the_reader_goes_on(reader: Reader, tmp_path: Path):
    broken, whole = tmp_path / "broken", tmp_path / "whole"
    broken.write_bytes(pictures.picture()[:2000])
    whole.write_bytes(pictures.picture())

    with pytest.raises(Unreadable):
        reader.read(broken, "image/png")
    with pytest.raises(Unreadable):
        reader.read(broken, "application/pdf")

    assert reader.read(whole, "image/png").lines


@needs_the_engine
def test_nothing_of_the_engine_is_loaded_here_and_the_child_holds_no_connection(
    reader: Reader, tmp_path: Path
):
    path = tmp_path / "picture"
    path.write_bytes(pictures.picture())
    reader.read(path, "image/png")

    child = reader._child
    assert child is not None
    open_files = [os.readlink(file) for file in Path(f"/proc/{child.pid}/fd").iterdir()]

    assert open_files
    assert [name for name in open_files if name.startswith("socket:")] == []
    assert {"rapidocr", "onnxruntime", "cv2"} & set(sys.modules) == set()


@needs_the_engine
@pytest.mark.parametrize(
    ("limit", "least"),
    [("MEMORY_BYTES = 2 * 1024**3", "MEMORY_BYTES = 400 * 1024**2"), ("CPU_SECONDS = 60", "CPU_SECONDS = 1")],
    ids=["memory", "CPU"],
)
def test_a_picture_that_takes_more_than_a_reader_may_ends_the_reader_and_not_us(
    limit: str, least: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    program = recognition.CHILD.read_text()
    assert limit in program
    (tmp_path / "child.py").write_text(program.replace(limit, least))
    monkeypatch.setattr(recognition, "CHILD", tmp_path / "child.py")
    path = tmp_path / "picture"
    path.write_bytes(pictures.encoded(pictures.screenshot(("订单编号 6930112233445566778",) * 20)))

    with Reader() as reader, pytest.raises(ReaderFailed):
        reader.read(path, "image/png")


def test_the_child_can_open_no_connection_whatever_a_library_tries():
    tries = (
        "import runpy, sys; runpy.run_path(sys.argv[1])['forbid_connections']()\n"
        "import socket, urllib.request\n"
        "for act in (lambda: socket.socket(), lambda: socket.getaddrinfo('localhost', 80),\n"
        "            lambda: socket.create_connection(('127.0.0.1', 9)),\n"
        "            lambda: urllib.request.urlopen('http://127.0.0.1:9')):\n"
        "    try: act()\n"
        "    except OSError as error: print(getattr(error, 'reason', error))\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", tries, str(recognition.CHILD)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "The reader opens no connection.\n" * 4


def test_a_child_that_dies_is_a_failure_for_now_and_the_next_page_gets_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recognition, "CHILD", stand_in(tmp_path, "os.kill(os.getpid(), 9)"))
    with Reader() as reader:
        with pytest.raises(ReaderFailed, match="ended before it answered"):
            reader.read(tmp_path, "image/png")

        said = json.dumps({"lines": [["订单", 990, 1, 2, 3, 4]], "engine": "e"})
        monkeypatch.setattr(recognition, "CHILD", stand_in(tmp_path, f"print({said!r}, flush=True)"))
        read = reader.read(tmp_path, "image/png", 7)

    assert read.lines == [{"page": 7, "text": "订单", "score": 990, "box": [1, 2, 3, 4]}]


@pytest.mark.parametrize(
    "answers",
    [
        "print('{}'[:1], flush=True)",
        "print('[]', flush=True)",
        """print('{"error": "MemoryError", "again": true}', flush=True)""",
        "time.sleep(60)",
    ],
    ids=["no JSON", "no object", "out of memory", "never"],
)
def test_a_child_that_answers_wrong_or_never_is_a_failure_for_now(
    answers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recognition, "CHILD", stand_in(tmp_path, answers))
    monkeypatch.setattr(recognition, "TIMEOUT_SECONDS", 0.5)

    with Reader() as reader, pytest.raises(ReaderFailed):
        reader.read(tmp_path, "image/png")


def test_the_child_goes_away_with_its_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        recognition, "CHILD", stand_in(tmp_path, 'print(\'{"lines": [], "engine": ""}\', flush=True)')
    )
    with Reader() as reader:
        reader.read(tmp_path, "image/png")
        child = reader._child

    assert child is not None
    assert child.poll() is not None


def test_only_one_process_of_a_machine_reads(tmp_path: Path, settings):
    settings.DATA_DIR = tmp_path

    with recognition.only_one() as first, recognition.only_one() as second:
        assert (first, second) == (True, False)
    with recognition.only_one() as third:
        assert third


def test_a_long_picture_is_cut_into_parts_that_overlap_and_share_their_lines_in_the_middle():
    # 1000 wide: parts of 2400 that overlap by 200; 25 more on either side of the middle of an overlap.
    assert list(recognition_child.parts(1000, 2400)) == [(0, 2400, 0, 2401)]
    assert list(recognition_child.parts(1000, 5000)) == [
        (0, 2400, 0.0, 2325.0),
        (2200, 4600, 2275.0, 4525.0),
        (4400, 5000, 4475.0, 5001.0),
    ]


def test_a_line_that_a_browser_printed_sign_by_sign_is_one_line_again():
    layer = Layer(
        ("订", 7, 700, 19, 712), ("单", 20, 700, 32, 712), ("号", 34, 700, 46, 712), ("：", 52, 702, 54, 710),
        ("692648", 61, 701, 100, 711), ("0917", 102, 701, 128, 711), ("¥329.00", 300, 701, 340, 711),
        ("Order ", 7, 680, 40, 690), ("number", 43, 680, 80, 690), ("of", 84, 680, 92, 690),
    )  # fmt: skip

    assert [(text, left, right) for text, left, _down, right, _up in recognition_child._layer(layer)] == [
        ("订单号：6926480917", 7, 128),
        ("¥329.00", 300, 340),
        ("Order number of", 7, 92),
    ]


class Layer:
    """The text of a page: pieces and their edges, left, lower, right, upper, in points."""

    def __init__(self, *pieces: tuple[str, int, int, int, int]) -> None:
        self.pieces = pieces

    def count_rects(self) -> int:
        return len(self.pieces)

    def get_rect(self, number: int) -> tuple[int, ...]:
        return self.pieces[number][1:]

    def get_text_bounded(self, *edges: int) -> str:
        return next(text for text, *stands in self.pieces if tuple(stands) == edges)
