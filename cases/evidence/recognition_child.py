"""A program of its own that reads pictures and PDF pages aloud, so that models of 32 MB, half a gigabyte of
memory and strangers' files never come near a web or worker process.

Run as: recognition_child.py. It answers every line of JSON on its input, {"path", "media_type", "page"}, by
one line of JSON: {"lines": [[text, score, x, y, width, height], ...], "engine": "..."} from the top down, the
score 0 to 1000, the box in ten-thousandths of the upright page; or {"error": "...", "again": whether the same
may go better another time}. It ends when its input does, after 5 idle seconds, after 200 pictures, and when
it failed itself. It can open no connection. Imports nothing of the site.
"""

from __future__ import annotations

import json
import os
import resource
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

MEMORY_BYTES = 2 * 1024**3
CPU_SECONDS = 60  # for one picture
IDLE_SECONDS = 5.0
MOST_PICTURES = 200
# The longer side of what the finder of lines looks at: a phone's screen, and one that is wider than high.
UPRIGHT_SIDE, WIDE_SIDE = 960, 1600
# A longer picture than this (height over width) is read in parts that overlap by this much of the width.
LONGEST_PART, OVERLAP = 2.4, 0.2
PAGE_WIDTH = 1400  # pixels of a drawn PDF page
LEAST_TEXT = 20  # signs; a page with less in its text layer is read from its picture
WHOLE = 10_000

Line = tuple[str, int, int, int, int, int]


class Unreadable(Exception):
    """The file is damaged, or none of the kinds that can be opened here."""


def forbid_connections() -> None:
    """From here on this process opens no socket, whatever a library tries; it cannot be taken back."""

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith("socket."):
            raise PermissionError("The reader opens no connection.")

    sys.addaudithook(refuse)


def limit() -> None:
    """Memory for good, CPU time for the next picture."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))


class Engine:
    """The models, loaded once from the package's own folder."""

    def __init__(self) -> None:
        import rapidocr

        self.name = f"rapidocr {_version('rapidocr')}, onnxruntime {_version('onnxruntime')}"
        models = Path(rapidocr.__file__).parent / "models"
        self.reader: Any = rapidocr.RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,
                "Global.max_side_len": 4000,
                "Det.limit_type": "max",
                "Det.limit_side_len": UPRIGHT_SIDE,
                "Det.model_path": str(models / "PP-OCRv6_det_small.onnx"),
                "Rec.model_path": str(models / "PP-OCRv6_rec_small.onnx"),
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def read(self, image: Any) -> Iterator[tuple[str, int, float, float, float, float]]:
        """Text, score, and left, top, right, bottom in pixels of the RGB Pillow image."""
        import numpy

        is_wide = image.width > image.height
        self.reader._load_det_model().limit_side_len = WIDE_SIDE if is_wide else UPRIGHT_SIDE
        found = self.reader(numpy.ascontiguousarray(numpy.asarray(image)[:, :, ::-1]))
        if found.txts is None or found.boxes is None:
            return
        for text, score, box in zip(found.txts, found.scores, found.boxes, strict=True):
            xs, ys = [float(point[0]) for point in box], [float(point[1]) for point in box]
            yield text, round(float(score) * 1000), min(xs), min(ys), max(xs), max(ys)


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


def lines_of_picture(engine: Engine, image: Any) -> list[Line]:
    """The lines from the top down; a long picture is read in parts and put together again."""
    width, height = image.size
    kept: list[tuple[str, int, float, float, float, float]] = []
    for top, bottom, first, last in parts(width, height):
        for text, score, left, up, right, down in engine.read(image.crop((0, top, width, bottom))):
            line = (text, score, left, up + top, right, down + top)
            middle = (line[3] + line[5]) / 2
            if first <= middle < last and not any(_is_same(line, other) for other in kept[-30:]):
                kept.append(line)
    return [_in_page(line, width, height) for line in kept]


def parts(width: int, height: int) -> Iterator[tuple[int, int, float, float]]:
    """(top, bottom, first, last): rows to read, and between which heights a line's middle counts there."""
    if height <= LONGEST_PART * width:
        yield 0, height, 0, height + 1
        return
    overlap, size = int(OVERLAP * width), int(LONGEST_PART * width)
    slack = overlap / 8  # the same line may be found a little higher in one part than in the other
    top = 0
    while True:
        bottom = min(top + size, height)
        first = 0.0 if top == 0 else top + overlap / 2 - slack
        last = height + 1.0 if bottom == height else bottom - overlap / 2 + slack
        yield top, bottom, first, last
        if bottom == height:
            return
        top = bottom - overlap


def _is_same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Do both boxes cover mostly the same place?"""
    across = min(one[4], other[4]) - max(one[2], other[2])
    down = min(one[5], other[5]) - max(one[3], other[3])
    least = min((one[4] - one[2]) * (one[5] - one[3]), (other[4] - other[2]) * (other[5] - other[3]))
    return across > 0 and down > 0 and across * down > least / 2


def _in_page(line: tuple[str, int, float, float, float, float], width: float, height: float) -> Line:
    text, score, left, up, right, down = line
    x, y = _share(left, width), _share(up, height)
    return text, score, x, y, _share(right, width) - x, _share(down, height) - y


def _share(value: float, whole: float) -> int:
    return min(max(round(value * WHOLE / max(whole, 1)), 0), WHOLE)


@contextmanager
def opening() -> Iterator[None]:
    """What goes wrong with the file itself, told apart from what goes wrong here."""
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        raise Unreadable(type(error).__name__) from error


def picture(path: str) -> Any:
    """The (first) picture, upright, on white, as RGB. Raises Unreadable."""
    from PIL import Image, ImageOps

    with suppress(ImportError):
        import pillow_heif

        pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # the intake has counted them
    with opening(), Image.open(path) as opened:
        upright = ImageOps.exif_transpose(opened)
        if "A" in upright.getbands() or "transparency" in upright.info:
            clear = upright.convert("RGBA")
            white = Image.new("RGBA", clear.size, "white")
            return Image.alpha_composite(white, clear).convert("RGB")
        return upright.convert("RGB")


def lines_of_page(engine: Engine, path: str, page: int) -> list[Line]:
    """The text layer of that page of a PDF, counted from 1; a page that has none is drawn and read.

    Raises Unreadable.
    """
    import pypdfium2

    with opening():
        sheet = pypdfium2.PdfDocument(path)[page - 1]
        width, height = sheet.get_size()
        lines = [
            _in_page((text, 1000, left, height - up, right, height - down), width, height)
            for text, left, down, right, up in _layer(sheet.get_textpage())
        ]
        if sum(len(line[0]) for line in lines) >= LEAST_TEXT:
            return lines
        scale = min(PAGE_WIDTH / max(width, 1), 4 * PAGE_WIDTH / max(height, 1))
        drawn = sheet.render(scale=scale).to_pil().convert("RGB")
    return lines_of_picture(engine, drawn)


Piece = tuple[str, float, float, float, float]


def _layer(layer: Any) -> Iterator[Piece]:
    """The pieces of text with their edges: left, lower, right, upper. Browsers print Chinese sign by sign."""
    open_piece: Piece | None = None
    for number in range(min(layer.count_rects(), 5_000)):
        edges = layer.get_rect(number)
        piece = (layer.get_text_bounded(*edges), *edges)
        if open_piece is not None and _touch(open_piece, piece):
            open_piece = _joined(open_piece, piece)
            continue
        yield from _folded(open_piece)
        open_piece = piece
    yield from _folded(open_piece)


def _touch(one: Piece, other: Piece) -> bool:
    """Does the other go on in the same line, nearer than a column of a table would be?"""
    (_text, _left, down, right, up), (_other, left, lower, _right, upper) = one, other
    shared = min(up, upper) - max(down, lower)
    gap = left - right
    return shared > min(up - down, upper - lower) / 2 and abs(gap) < 0.75 * max(up - down, upper - lower)


def _joined(one: Piece, other: Piece) -> Piece:
    (text, left, down, right, up), (more, start, lower, end, upper) = one, other
    is_apart = start - right > 0.3 * (up - down) and (text[-1:] + more[:1]).isascii()
    between = " " if is_apart else ""
    return text + between + more, min(left, start), min(down, lower), max(right, end), max(up, upper)


def _folded(piece: Piece | None) -> Iterator[Piece]:
    if piece is not None and (text := " ".join(piece[0].split())):
        yield (text, *piece[1:])


def answer(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """What to say to one request. Raises MemoryError and whatever else the engine does."""
    try:
        if request["media_type"] == "application/pdf":
            lines = lines_of_page(engine, request["path"], int(request["page"]))
        else:
            lines = lines_of_picture(engine, picture(request["path"]))
    except Unreadable as error:
        return {"error": str(error), "again": False}
    return {"lines": lines, "engine": engine.name}


def requests() -> Iterator[dict[str, Any]]:
    """From standard input, until it ends or nobody asked for a while."""
    pending = b""
    while select.select([0], [], [], IDLE_SECONDS)[0]:
        got = os.read(0, 65536)
        if not got:
            return
        *whole, pending = (pending + got).split(b"\n")
        for line in whole:
            yield json.loads(line)


def main() -> None:
    # What a library prints would stand between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.nice(5)
    limit()
    engine: Engine | None = None
    for number, request in enumerate(requests(), start=1):
        limit()
        try:
            engine = engine or Engine()
            said = answer(engine, request)
        except Exception as error:
            # Out of memory, most likely; a library in that state is of no more use.
            said = {"error": type(error).__name__, "again": True}
        answers.write(json.dumps(said) + "\n")
        answers.flush()
        if said.get("again") or number == MOST_PICTURES:
            return


if __name__ == "__main__":
    forbid_connections()
    main()
