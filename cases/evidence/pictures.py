"""Pictures: PNG, JPEG, WebP, HEIC/HEIF, AVIF and GIF. The one place where Pillow meets what strangers send.

Hostile pictures make Pillow raise nearly anything (ValueError, SyntaxError, struct.error, MemoryError,
...), so everything it raises here becomes one refusal.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image

from cases.evidence import gif_frames, jpeg_scans
from cases.evidence.facts import Facts
from cases.evidence.refused import Refused

try:
    import pillow_heif
except ImportError:
    READS_HEIF = False
else:
    pillow_heif.register_heif_opener()
    READS_HEIF = True

MAX_SIDE = 65_000  # above it a working copy would not fit a JPEG
MAX_FRAMES = 1_000
# A PNG up to this size is decoded at the door; the checksums of a larger one tell that it is whole.
SMALL_PIXELS = 1_000_000

_FORMATS = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WEBP",
    "image/heic": "HEIF",
    "image/heif": "HEIF",
    "image/avif": "AVIF",
    "image/gif": "GIF",
}
MEDIA_TYPES = frozenset(_FORMATS)
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PNG_END = b"\xaeB`\x82"
# Our own limit is lower, and refuses instead of warning.
warnings.simplefilter("ignore", Image.DecompressionBombWarning)
# Memory stays within one decoded picture for each process, however many uploads come at once.
_one_at_a_time = threading.Lock()
PATIENCE_SECONDS = 20


def inspect(path: Path, media_type: str) -> Facts:
    """Look at every part of the picture that could be broken. Raises Refused."""
    _check_scans(path, media_type)
    with path.open("rb") as file, _turn():
        with _opened(file, media_type) as image:
            width, height = image.size
            frame_count = _frame_count(image, path, media_type)
            if frame_count > MAX_FRAMES:
                raise Refused(
                    _(
                        "This moving picture has %(count)s frames, at most %(most)s are taken. "
                        "Send a screenshot of it."
                    ),
                    code="too_many_frames",
                    params={"count": frame_count, "most": MAX_FRAMES},
                )
            _check_whole(image, file, media_type)
        if media_type == "image/png" and width * height <= SMALL_PIXELS:
            file.seek(0)
            with _opened(file, media_type) as image:
                image.load()
    return Facts(media_type, width=width, height=height, frame_count=frame_count)


def draw(path: Path, media_type: str, *, width: int) -> Image.Image:
    """The first frame, upright, RGB, at most `width` pixels wide, on white where it was transparent.

    One decode; a large JPEG is decoded at a part of its size. Waits for its turn as long as it
    takes: a worker has the time, and a refusal here would be kept for good. Raises Refused.
    """
    _check_scans(path, media_type)
    with path.open("rb") as file, _one_at_a_time, _opened(file, media_type) as image:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
        scale = min(1.0, width / (image.height if orientation in {5, 6, 7, 8} else image.width))
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        image.draft("RGB", (size[0] * 2, size[1] * 2))
        flat = _on_white(image).resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
        # Turned when it is small: the same picture for an eighth of the work.
        return flat.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else flat


def taken_at(file: BinaryIO, media_type: str, zone: tzinfo) -> datetime | None:
    """When the camera or phone says the picture was taken, in UTC offsets it states or else in `zone`.

    A hint to offer, never a fact: anyone can write it. None when it says nothing that can be read.
    """
    try:
        with _opened(file, media_type) as image:
            exif = image.getexif().get_ifd(ExifTags.IFD.Exif)
        taken = datetime.strptime(str(exif[ExifTags.Base.DateTimeOriginal]), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
        offset = str(exif.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
        return datetime.fromisoformat(taken.isoformat() + offset) if offset else taken.replace(tzinfo=zone)
    except (Refused, KeyError, ValueError):
        return None


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for the picture before; raises Refused when that takes too long."""
    if not _one_at_a_time.acquire(timeout=PATIENCE_SECONDS):
        raise Refused(
            _("Too many pictures are being looked at just now. Send this one again in a minute."),
            code="busy",
        )
    try:
        yield
    finally:
        _one_at_a_time.release()


def _check_scans(path: Path, media_type: str) -> None:
    """Refuse a JPEG that draws the same pixels over and over."""
    if media_type == "image/jpeg" and jpeg_scans.has_too_many(path):
        raise Refused(
            _(
                "The picture is built in a way that takes too long to draw. "
                "Open it on your phone and send a screenshot of it."
            ),
            code="too_many_scans",
        )


@contextmanager
def _opened(file: BinaryIO, media_type: str) -> Iterator[Image.Image]:
    """The picture, opened as that type only and within the limits; not yet decoded."""
    if _FORMATS[media_type] == "HEIF" and not READS_HEIF:
        raise Refused(
            _(
                "HEIC pictures cannot be read on this site. "
                "Share the picture as JPEG, or take a screenshot of it."
            ),
            code="no_heic",
        )
    try:
        with Image.open(file, formats=[_FORMATS[media_type]]) as image:
            _check_size(image)
            yield image
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except Exception as error:
        raise Refused(
            _(
                "The picture is damaged, or was cut off on its way here. "
                "Look whether it opens on your phone, then send it again or take a new screenshot."
            ),
            code="damaged",
        ) from error


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > settings.EXHIBIT_MAX_PIXELS or max(image.size) > MAX_SIDE:
        raise _too_large()


def _frame_count(image: Image.Image, path: Path, media_type: str) -> int:
    if media_type != "image/gif":
        return int(getattr(image, "n_frames", 1))
    count = gif_frames.count(path, most=MAX_FRAMES)
    if not count:
        raise ValueError("The GIF has no frame, or no end.")
    return count


def _too_large() -> Refused:
    return Refused(
        _(
            "The picture has too many pixels: at most %(millions)s million are taken. "
            "Save it smaller, or take several screenshots instead of one long one."
        ),
        code="too_many_pixels",
        params={"millions": settings.EXHIBIT_MAX_PIXELS // 1_000_000},
    )


def _check_whole(image: Image.Image, file: BinaryIO, media_type: str) -> None:
    """Read it to its last byte; raises whatever Pillow raises."""
    if media_type == "image/png":
        image.verify()
        if file.read(4) != _PNG_END:
            raise ValueError("The last chunk of the PNG is cut off.")
        return
    # verify() does nothing for these. A JPEG is read whole here but drawn at an eighth, which is cheap.
    image.draft("L", (1, 1))
    image.load()


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB" and not image.has_transparency_data:
        return image
    if image.mode.startswith("I;16"):
        image = image.convert("I")
    if image.mode == "I":  # 16 bits for each pixel
        return image.point(lambda value: value / 256).convert("L").convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    alpha = seen.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return seen.convert("RGB")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=alpha)
    return paper
