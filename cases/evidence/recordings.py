"""Sound and video: calls and screen recordings, opened only by a program of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image

from cases.evidence import child, recording_door, recording_ends
from cases.evidence.facts import Facts
from cases.evidence.refused import Refused

MEDIA_TYPES = frozenset(recording_door.FORMATS)
MAX_HOURS = 12
# A film without pictures is sound, and the other way round; what follows from it is the player.
_WITHOUT_PICTURES = {"video/mp4": "audio/mp4", "video/quicktime": "audio/mp4", "video/webm": "audio/webm"}
_WITH_PICTURES = {"audio/mp4": "video/mp4"}


def inspect(path: Path, media_type: str) -> Facts:
    """Read it to its last packet; nothing is decoded. Raises Refused."""
    if not recording_ends.is_whole(path, media_type):
        raise _damaged()
    found = _looked_into(path, media_type)
    if found.get("film"):
        media_type = _WITH_PICTURES.get(media_type, media_type)
        if found["width"] * found["height"] > settings.EXHIBIT_MAX_PIXELS:
            raise _damaged()
    else:
        media_type = _WITHOUT_PICTURES.get(media_type, media_type)
    if media_type not in MEDIA_TYPES or (found.get("film") and media_type.startswith("audio/")):
        raise Refused(
            _("This is a film in a container for sound. Save it as MP4 and send that."),
            code="other_recording",
        )
    if found["duration_ms"] > MAX_HOURS * 3_600_000:
        raise Refused(
            _("The recording says that it lasts longer than %(most)s hours. Send the part that matters."),
            code="too_long",
            params={"most": MAX_HOURS},
        )
    return Facts(
        media_type,
        width=found["width"] or None,
        height=found["height"] or None,
        duration_ms=found["duration_ms"],
    )


def draw(path: Path, media_type: str, *, width: int) -> Image.Image | None:
    """The poster of a film, upright, RGB, at most `width` pixels wide; None for sound. Raises Refused."""
    if media_type.startswith("audio/"):
        return None
    try:
        return recording_door.poster(path, media_type, width=width)
    except child.ChildFailed as error:
        raise _damaged() from error


def playable(path: Path, media_type: str) -> bytes | None:
    """An MP3 of sound that browsers do not play (AMR, A-law, ...); None where they do. Raises Refused."""
    if not media_type.startswith("audio/"):
        return None
    try:
        answer, data = recording_door.ask("play", path, media_type)
    except child.ChildFailed as error:
        raise _damaged() from error
    if answer.get("refused") == "played":
        return None
    if "refused" in answer:
        raise _damaged()
    return data


def _looked_into(path: Path, media_type: str) -> dict[str, Any]:
    try:
        found, _nothing = recording_door.ask("inspect", path, media_type)
    except child.ChildFailed as error:
        raise _damaged() from error
    if "refused" in found:
        raise _damaged()
    return found


def _damaged() -> Refused:
    return Refused(
        _(
            "The recording is damaged, was cut off on its way here, or is too much to open. "
            "Look whether it plays for you, then send it again, or save it as MP4 or MP3 and send that."
        ),
        code="damaged",
    )
