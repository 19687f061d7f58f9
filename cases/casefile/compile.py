"""The child process that draws and prints: `python -m cases.casefile.compile draw|print FOLDER [VOLUME]`.

It sees one folder of its own with copies under neutral names, no database, no setting, no network.
A process of its own gives back all memory at its end, and its death costs a build, not a worker.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

TEMPLATE = "document.typ"
TEMPLATES = (TEMPLATE, "base.typ", "chart.typ", "exhibits.typ", "page_one.typ", "parts.typ")
JOB, PICTURES = "job.json", "pictures.json"
# typst keeps every picture decoded, about 4 bytes a pixel: 600 MB for a volume.
MOST_PIXELS_IN_A_VOLUME = 150_000_000
PDF = "application/pdf"


def draw_all(folder: Path) -> None:
    """Draw every exhibit of job.json; write pictures.json; say "drawn" on standard output for each."""
    from cases.casefile.measures import FINE, SMALL
    from cases.casefile.pictures import CANNOT_DRAW, draw

    job = json.loads((folder / JOB).read_bytes())
    fineness = SMALL if job["small_pictures"] else FINE

    def drawn(exhibit: dict[str, Any]) -> list[dict[str, Any]]:
        stem, original = f"p{exhibit['number']}", folder / exhibit["original"]
        try:
            pictures = draw(original, exhibit["media_type"], folder=folder, stem=stem, fineness=fineness)
        except CANNOT_DRAW:
            pictures = []
        print("drawn", flush=True)
        return [asdict(picture) for picture in pictures]

    exhibits = job["exhibits"]
    # Two at a time: Pillow lets other threads run, and memory holds two pictures, not all.
    with ThreadPoolExecutor(2) as pool:
        pictures = list(pool.map(drawn, [exhibit for exhibit in exhibits if exhibit["media_type"] != PDF]))
    # pdfium is not made for threads.
    pictures_of_pdfs = [drawn(exhibit) for exhibit in exhibits if exhibit["media_type"] == PDF]
    by_kind = {True: iter(pictures_of_pdfs), False: iter(pictures)}
    in_order = [next(by_kind[exhibit["media_type"] == PDF]) for exhibit in exhibits]
    (folder / PICTURES).write_text(json.dumps(volumes(in_order)))


def volumes(pictures: list[list[dict[str, Any]]]) -> list[list[list[dict[str, Any]] | None]]:
    """For each volume the pictures of each exhibit; None where an exhibit is in another volume.

    An exhibit is never torn apart: a volume ends before the exhibit that would be too much.
    """
    filled: list[list[int]] = [[]]
    pixels = 0
    for index, exhibit in enumerate(pictures):
        more = sum(picture["width"] * picture["height"] for picture in exhibit)
        if filled[-1] and pixels + more > MOST_PIXELS_IN_A_VOLUME:
            filled.append([])
            pixels = 0
        filled[-1].append(index)
        pixels += more
    return [
        [pictures[i] if i in volume else None for i in range(len(pictures))] for volume in map(set, filled)
    ]


def print_volume(folder: Path, number: int) -> None:
    """Set one volume (1, 2, ...) as case-file-NUMBER.pdf: PDF/A-3a and PDF/UA-1, the same bytes each time."""
    import typst

    from cases.casefile.fonts import font_path

    job = json.loads((folder / JOB).read_bytes())
    pdf = typst.compile(
        str(folder / TEMPLATE),
        root=str(folder),
        font_paths=[str(font_path().parent)],
        ignore_system_fonts=True,
        package_path=str(folder),
        package_cache_path=str(folder),
        sys_inputs={"job": JOB, "pictures": PICTURES, "volume": str(number)},
        pdf_standards=["a-3a", "ua-1"],
        timestamp=job["timestamp"],
    )
    # A line of its own for what a signer appends: otherwise the file would no longer be PDF/A.
    (folder / f"case-file-{number}.pdf").write_bytes(pdf + b"\n")


def main(action: str, folder: str, volume: str = "1") -> None:
    if action == "draw":
        draw_all(Path(folder))
    else:
        print_volume(Path(folder), int(volume))


if __name__ == "__main__":
    main(*sys.argv[1:])
