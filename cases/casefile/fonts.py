"""The one font of every document: Noto Sans CJK, checked to be the file we know. No Django."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from noto_cjk_sans_otc import FONT_PATH

FACE = "Noto Sans CJK SC"
FACE_FOR_HASHES = "Noto Sans Mono CJK SC"
# Faces of the collection by language; 2 is Simplified Chinese.
FACE_INDEX = 2
SHA256 = "b76b0433203017ca80401b2ee0dd69350349871c4b19d504c34dbdd80541690a"


class FontUnusable(Exception):
    """The font is not the one we know; the message is one sentence."""


@cache
def font_path() -> Path:
    """Where the font lies; read once to see that it is the right one. Raises FontUnusable."""
    path = Path(FONT_PATH)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FontUnusable(
            f"The font {path.name} cannot be read; install noto-cjk-sans-otc again."
        ) from error
    if digest != SHA256:
        raise FontUnusable(f"The font {path.name} is not the one we know; install noto-cjk-sans-otc again.")
    return path


@cache
def coverage() -> frozenset[int]:
    """The code points that the face can print."""
    with TTFont(font_path(), fontNumber=FACE_INDEX, lazy=True) as font:
        return frozenset(font.getBestCmap())
