"""Draws exhibits for the document, in the child process: whole, upright, long ones in parts. No Django."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from PIL import ExifTags, Image

from cases.casefile.measures import FINE, PAGE_WIDTH, UPRIGHT_WIDTH, WIDE_WIDTH, Fineness, cuts
from cases.evidence import mail_parts, plain, recording_door, text_pages

try:
    import pillow_heif
except ImportError:
    pass  # HEIC exhibits are then listed and attached, and their page says that they cannot be shown.
else:
    pillow_heif.register_heif_opener()

Image.MAX_IMAGE_PIXELS = None  # The door that took the exhibits in has the limit; nothing else comes here.

FORMATS = {
    "image/png": ("PNG",),
    "image/jpeg": ("JPEG", "MPO"),
    "image/webp": ("WEBP",),
    "image/heic": ("HEIF",),
    "image/heif": ("HEIF",),
    "image/avif": ("AVIF",),
    "image/gif": ("GIF",),
}

# How a picture is turned that says in its EXIF data which way it was held.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """One drawn file; `overlap`: how much of its top repeats the part before, from 0 to 1."""

    file: str
    width: int
    height: int
    page: int
    part: int
    parts: int
    overlap: float


def draw(
    original: Path, media_type: str, *, folder: Path, stem: str, fineness: Fineness = FINE
) -> list[Picture]:
    """Draw every page of the exhibit into `folder` as JPEG; the same bytes each time.

    Raises whatever Pillow or pdfium raise for a file they cannot read (see CANNOT_DRAW).
    """
    drawn: list[Picture] = []
    for page, whole in enumerate(_pages(original, media_type), start=1):
        image = _reduced(whole, fineness.scale)
        pieces = cuts(image.width, image.height)
        for part, (top, bottom, overlap) in enumerate(pieces, start=1):
            name = f"{stem}-{page}-{part}.jpg"
            piece = image if len(pieces) == 1 else image.crop((0, top, image.width, bottom))
            piece.save(folder / name, "JPEG", quality=fineness.quality, subsampling=0)
            drawn.append(Picture(name, piece.width, piece.height, page, part, len(pieces), overlap))
    return drawn


# Hostile pictures make Pillow raise nearly anything; one exhibit that cannot be shown must not stop the rest.
CANNOT_DRAW = (
    OSError,
    ValueError,
    SyntaxError,
    RuntimeError,
    KeyError,
    IndexError,
    TypeError,
    ArithmeticError,
    MemoryError,
    EOFError,
)


def _pages(original: Path, media_type: str) -> Iterator[Image.Image]:
    if media_type == "application/pdf":
        yield from _pdf_pages(original)
    elif media_type in ("text/plain", "message/rfc822"):
        yield from _text_pages(original, media_type)
    elif media_type.startswith("video/"):
        yield recording_door.poster(original, media_type, width=WIDE_WIDTH)
    elif media_type in FORMATS:
        yield _picture(original, media_type)
    # Of sound there is nothing to see: its page says what it is and where it lies.


def _text_pages(original: Path, media_type: str) -> Iterator[Image.Image]:
    is_mail = media_type == "message/rfc822"
    text = mail_parts.as_text(mail_parts.read(original)) if is_mail else plain.read(original)
    for lines in text_pages.pages_of(text[: plain.READ_CHARS]):
        yield text_pages.draw(lines, width=PAGE_WIDTH)


def _picture(original: Path, media_type: str) -> Image.Image:
    with Image.open(original, formats=FORMATS[media_type]) as image:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
        width, height = (image.height, image.width) if orientation in (5, 6, 7, 8) else image.size
        target = UPRIGHT_WIDTH if height >= width else WIDE_WIDTH
        scale = min(1.0, target / width)
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        image.draft("RGB", (size[0] * 2, size[1] * 2))
        flat = _on_white(image)
        if flat.size != size:
            flat = flat.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        if orientation in UPRIGHT:
            flat = flat.transpose(UPRIGHT[orientation])
        # Nothing of the original's metadata goes along, a comment of a JPEG neither.
        flat.info = {}
    return flat


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, "white")
    seen = image.convert("RGBA")
    ground.paste(seen, mask=seen.getchannel("A"))
    return ground


def _pdf_pages(original: Path) -> Iterator[Image.Image]:
    with pypdfium2.PdfDocument(original) as document:
        for number in range(len(document)):
            page = document[number]
            width, height = page.get_size()
            scale = min(PAGE_WIDTH / max(width, 1), 3 * PAGE_WIDTH / max(height, 1))
            yield page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
            page.close()


def _reduced(image: Image.Image, scale: float) -> Image.Image:
    if scale == 1.0:
        return image
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS)
