"""The way to the program that opens recordings; here nothing is loaded that reads them. No Django."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from cases.evidence import child

PROGRAM = str(Path(__file__).with_name("recording_child.py"))
# Wall clock. Somebody waits for the first; what the others fail at is noted for good, so they get longer.
SECONDS = {"inspect": 90, "draw": 90, "play": 600}
FORMATS = {
    "audio/mp4": "mov",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/amr": "amr",
    "audio/ogg": "ogg",
    "audio/webm": "matroska",
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/webm": "matroska",
}


def ask(action: str, path: Path, media_type: str, *more: str) -> tuple[dict[str, Any], bytes]:
    """What the program answers; `action` is “inspect”, “draw” or “play”. Raises child.ChildFailed."""
    request = (action, str(path), FORMATS[media_type], *more)
    return child.ask(PROGRAM, *request, seconds=SECONDS[action])


def poster(path: Path, media_type: str, *, width: int) -> Image.Image:
    """A picture of the film, upright, RGB, at most `width` pixels wide. Raises child.ChildFailed."""
    size, pixels = ask("draw", path, media_type, str(width))
    if "refused" in size:
        raise child.ChildFailed(str(size["refused"]))
    return Image.frombytes("RGB", (size["width"], size["height"]), pixels)
