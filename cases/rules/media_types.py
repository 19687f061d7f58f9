"""The media types that an exhibit may have, and how the names of their files end."""

from __future__ import annotations

EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/heif": "heif",
    "image/avif": "avif",
    "image/gif": "gif",
    "application/pdf": "pdf",
    "text/plain": "txt",
    "message/rfc822": "eml",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/amr": "amr",
    "audio/ogg": "ogg",
    "audio/webm": "weba",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}


def extension_for(media_type: str) -> str:
    """Without the dot; “bin” for a type that is not among those taken in."""
    return EXTENSIONS.get(media_type, "bin")
