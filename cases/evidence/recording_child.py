"""A program of its own that opens a stranger's recording, so that a crash, a loop or a flood ends here.

Run as: recording_child.py inspect FILE FORMAT · draw FILE FORMAT WIDTH · play FILE FORMAT. It prints one
line of JSON; after `draw` the RGB rows of a picture follow, after `play` an MP3. Imports nothing of the site.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

import av
from av.container import InputContainer
from av.video.frame import VideoFrame

CPU_SECONDS = {"inspect": 60, "draw": 20, "play": 180}
MEMORY_BYTES = 2 * 1024**3
MAX_STREAMS = 16
MAX_PIXELS = 50_000_000
MAX_POSTER_HEIGHT = 4_000
# A film often begins black: the poster is its picture after a second, or the last one before that.
POSTER_SECONDS, POSTER_FRAMES = 1.0, 90
DRAWN = {"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "h263", "mjpeg", "prores"}
# What browsers play; any other sound is turned into an MP3.
PLAYED = {
    "aac", "mp3", "mp3float", "opus", "vorbis", "flac", "pcm_s16le", "pcm_u8", "pcm_s24le", "pcm_f32le",
}  # fmt: skip
DECODED = {
    "amrnb", "amrwb", "amr_nb", "amr_wb", "libopencore_amrnb", "pcm_alaw", "pcm_mulaw", "alac", "speex",
    "gsm", "gsm_ms", "adpcm_ms", "adpcm_ima_wav", "libspeex", "pcm_s32le", "pcm_f64le",
    "pcm_s16be", "pcm_s24be",
}  # fmt: skip
# Samples and bits a second of the MP3, by how many samples the sound has: speech stays as it was.
RATES = ((8_000, 24_000), (16_000, 32_000), (48_000, 64_000))
# A header may promise more than there is; so much less counts as cut off.
MISSING_SECONDS = 2.0


def inspect(path: str, kind: str) -> dict[str, Any]:
    """{"duration_ms", "sound": codec or "", "film": codec or "", "width", "height"}, or {"refused": why}.

    Reads every packet to the last one, and decodes none.
    """
    with _opened(path, kind) as container:
        if len(container.streams) > MAX_STREAMS:
            return {"refused": "too_many_streams"}
        film = _film(container)
        sound = next(iter(container.streams.audio), None)
        if film is None and sound is None:
            return {"refused": "damaged"}
        promised = float(container.duration or 0) / 1_000_000
        seconds, is_whole = _read_all(container)
        if not is_whole or (
            kind in {"mov", "matroska"} and promised - seconds > max(MISSING_SECONDS, promised / 50)
        ):
            return {"refused": "damaged"}
        return {
            "duration_ms": round(seconds * 1000),
            "sound": sound.codec_context.name if sound else "",
            "film": film.codec_context.name if film else "",
            "width": film.codec_context.width if film else 0,
            "height": film.codec_context.height if film else 0,
        }


def draw(path: str, kind: str, width: int) -> tuple[dict[str, Any], bytes]:
    """A picture of the film, upright, RGB, at most `width` pixels wide; {"refused"} when there is none."""
    with _opened(path, kind) as container:
        film = _film(container)
        if film is None or film.codec_context.name not in DRAWN:
            return {"refused": "not_drawn"}, b""
        if film.codec_context.width * film.codec_context.height > MAX_PIXELS:
            return {"refused": "too_many_pixels"}, b""
        film.codec_context.thread_count = 1
        frame = _poster(container, film)
    if frame is None or frame.width * frame.height > MAX_PIXELS:
        return {"refused": "damaged"}, b""
    turned = int(getattr(frame, "rotation", 0)) % 360
    across = frame.height if turned in {90, 270} else frame.width
    scale = min(1.0, width / across, MAX_POSTER_HEIGHT / (frame.width + frame.height - across))
    size = {"width": max(2, round(frame.width * scale)), "height": max(2, round(frame.height * scale))}
    image = frame.to_image(**size)
    if turned:
        image = image.rotate(turned, expand=True)
    return {"width": image.width, "height": image.height}, image.tobytes()


def play(path: str, kind: str) -> tuple[dict[str, Any], bytes]:
    """The sound as MP3, or {"refused": "played"} when browsers play it as it is."""
    target = io.BytesIO()
    with _opened(path, kind) as container:
        sound = next(iter(container.streams.audio), None)
        if sound is None or sound.codec_context.name in PLAYED:
            return {"refused": "played"}, b""
        if sound.codec_context.name not in DECODED:
            return {"refused": "not_decoded"}, b""
        with av.open(target, "w", format="mp3", options={"id3v2_version": "0"}) as made:
            rate, bit_rate = next(
                (pair for pair in RATES if sound.codec_context.sample_rate <= pair[0]), RATES[-1]
            )
            stream = made.add_stream(
                "libmp3lame", rate=rate, layout="mono", options={"compression_level": "7"}
            )
            stream.bit_rate = bit_rate
            resampler = av.AudioResampler(format="s16p", layout="mono", rate=rate, frame_size=1152)
            for frame in container.decode(sound):
                for piece in resampler.resample(frame):
                    made.mux(stream.encode(piece))
            for piece in resampler.resample(None):
                made.mux(stream.encode(piece))
            made.mux(stream.encode(None))
    return {}, target.getvalue()


def _opened(path: str, kind: str) -> InputContainer:
    # The format is given, so that no list of other files is taken for a recording; nothing but files is read.
    return av.open(f"file:{path}", "r", format=kind, options={"protocol_whitelist": "file"})


def _film(container: InputContainer) -> Any:
    """The first moving picture; the cover of a piece of music is none."""
    for stream in container.streams.video:
        if not stream.disposition & stream.disposition.attached_pic and stream.codec_context is not None:
            return stream
    return None


def _read_all(container: InputContainer) -> tuple[float, bool]:
    """(seconds from the first to the end of the last packet, whether all could be read whole)."""
    spans: dict[int, list[int]] = {}
    for packet in container.demux():
        if packet.is_corrupt:
            return 0.0, False
        start = packet.pts if packet.pts is not None else packet.dts
        if start is None:
            continue
        end = start + (packet.duration or 0)
        span = spans.setdefault(packet.stream_index, [start, end])
        # In whole units of its stream: there may be millions of packets.
        if start < span[0]:
            span[0] = start
        if end > span[1]:
            span[1] = end
    units = {stream.index: float(stream.time_base or 0) for stream in container.streams}
    starts = [span[0] * units[index] for index, span in spans.items()]
    ends = [span[1] * units[index] for index, span in spans.items()]
    return (max(ends) - min(starts), True) if spans else (0.0, False)


def _poster(container: InputContainer, film: Any) -> VideoFrame | None:
    chosen = None
    for count, frame in enumerate(container.decode(film), start=1):
        chosen = frame
        if (frame.time or 0) >= POSTER_SECONDS or count >= POSTER_FRAMES:
            break
    return chosen


def main(action: str, path: str, kind: str, *more: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS[action], CPU_SECONDS[action]))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    data = b""
    try:
        if action == "inspect":
            answer = inspect(path, kind)
        elif action == "draw":
            answer, data = draw(path, kind, int(more[0]))
        else:
            answer, data = play(path, kind)
    except (av.FFmpegError, ValueError, ArithmeticError, MemoryError):
        answer, data = {"refused": "damaged"}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + data)


if __name__ == "__main__":
    main(*sys.argv[1:])
