"""Recordings that tests send in: calls and films of a second or three, made with the library, never kept."""

from __future__ import annotations

import io
import math
import struct
import tempfile
import wave
from functools import cache
from pathlib import Path

import av
from PIL import Image

# name: (media type, container, codec of the sound, codec of the film)
KINDS = {
    "m4a": ("audio/mp4", "ipod", "aac", ""),
    "mp3": ("audio/mpeg", "mp3", "libmp3lame", ""),
    "wav": ("audio/wav", "", "", ""),
    "amr": ("audio/amr", "amr", "libopencore_amrnb", ""),
    "ogg": ("audio/ogg", "ogg", "libopus", ""),
    "weba": ("audio/webm", "webm", "libopus", ""),
    "mp4": ("video/mp4", "mp4", "aac", "libx264"),
    "mov": ("video/quicktime", "mov", "aac", "libx264"),
    "webm": ("video/webm", "webm", "libopus", "libvpx"),
}
MEDIA_TYPES = {name: kind[0] for name, kind in KINDS.items()}
FILM_SIZE = (180, 320)


@cache
def recording(
    name: str, seconds: float = 2.0, *, seed: int = 0, options: tuple[tuple[str, str], ...] = ()
) -> bytes:
    """A whole recording of that kind: a tone, and where there are pictures one colour after another."""
    if name == "wav":
        return wav(seconds, seed=seed)
    _media_type, container, sound, film = KINDS[name]
    return encoded(container, seconds, sound=sound, film=film, seed=seed, options=dict(options))


def encoded(
    container: str,
    seconds: float,
    *,
    sound: str = "",
    film: str = "",
    seed: int = 0,
    size: tuple[int, int] = FILM_SIZE,
    options: dict[str, str] | None = None,
) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording"
        _write(path, container, seconds, sound, film, seed, size, options or {})
        return path.read_bytes()


def _write(
    path: Path,
    container: str,
    seconds: float,
    sound: str,
    film: str,
    seed: int,
    size: tuple[int, int],
    options: dict[str, str],
) -> None:
    with av.open(str(path), "w", format=container, options=options) as made:
        streams = []
        if film:
            pictures = made.add_stream(film, rate=10)
            pictures.width, pictures.height, pictures.pix_fmt = *size, "yuv420p"
            streams.append((pictures, _pictures(seconds, size, seed)))
        if sound:
            rate = 8000 if "amr" in sound else 48000
            tone = made.add_stream(sound, rate=rate, layout="mono")
            if "amr" in sound:
                tone.bit_rate = 12200
            streams.append((tone, _tones(seconds, rate, seed)))
        for stream, frames in streams:
            for frame in frames:
                made.mux(stream.encode(frame))
            made.mux(stream.encode(None))


def wav(seconds: float = 2.0, *, rate: int = 8000, seed: int = 0) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(rate)
        made.writeframes(_samples(int(seconds * rate), rate, seed, 0))
    return target.getvalue()


def _samples(count: int, rate: int, seed: int, start: int) -> bytes:
    tone = 440 + 10 * seed
    values = (int(9000 * math.sin(2 * math.pi * tone * (start + n) / rate)) for n in range(count))
    return struct.pack(f"<{count}h", *values)


def _tones(seconds: float, rate: int, seed: int) -> list[av.AudioFrame]:
    frames, size = [], rate // 50
    for number in range(int(seconds * 50)):
        frame = av.AudioFrame(format="s16", layout="mono", samples=size)
        frame.planes[0].update(_samples(size, rate, seed, number * size))
        frame.sample_rate, frame.pts = rate, number * size
        frames.append(frame)
    return frames


def _pictures(seconds: float, size: tuple[int, int], seed: int) -> list[av.VideoFrame]:
    """Red for the first second, then green."""
    frames = []
    for number in range(int(seconds * 10)):
        colour = (200, seed % 200, 0) if number < 10 else (0, 200, seed % 200)
        frame = av.VideoFrame.from_image(Image.new("RGB", size, colour))
        frame.pts = number
        frames.append(frame)
    return frames
