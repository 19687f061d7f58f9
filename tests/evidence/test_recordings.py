"""Recordings are read to their last packet by a program of their own, and drawn or made playable there."""

from __future__ import annotations

import contextlib
import io
import random
import subprocess
import sys
from pathlib import Path

import av
import pytest
from PIL import Image

from cases.evidence import child, inspection, recording_door, recordings, working_copies
from cases.evidence.facts import Facts
from cases.evidence.refused import Refused
from tests import recordings as made
from tests.mails import mail
from tests.recordings import KINDS, MEDIA_TYPES


def path_of(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


def inspect(folder: Path, data: bytes) -> Facts:
    return inspection.inspect(path_of(folder, data))


def refusal_of(folder: Path, data: bytes) -> Refused:
    with pytest.raises(Refused) as refused:
        inspect(folder, data)
    return refused.value


@pytest.mark.parametrize("kind", KINDS)
def test_a_recording_of_every_kind_is_measured(tmp_path: Path, kind: str) -> None:
    facts = inspect(tmp_path, made.recording(kind))

    assert facts.media_type == MEDIA_TYPES[kind]
    is_film = facts.media_type.startswith("video/")
    assert (facts.width, facts.height) == (made.FILM_SIZE if is_film else (None, None))
    assert facts.duration_ms is not None and 1_900 <= facts.duration_ms <= 2_100


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("percent", range(0, 100, 10))
def test_a_recording_cut_off_on_its_way_is_refused(tmp_path: Path, kind: str, percent: int) -> None:
    whole = made.recording(kind)

    refusal = refusal_of(tmp_path, whole[: len(whole) * percent // 100 or 4])

    assert refusal.code in {"damaged"} if percent else {"unknown", "program", "other_recording"}


@pytest.mark.parametrize("kind", ["m4a", "wav", "amr", "mp3", "ogg", "mp4", "mov"])
def test_even_the_last_byte_is_missed(tmp_path: Path, kind: str) -> None:
    assert refusal_of(tmp_path, made.recording(kind)[:-1]).code == "damaged"


def test_a_film_whose_index_stands_first_is_missed_as_well(tmp_path: Path) -> None:
    whole = made.recording("mp4", options=(("movflags", "faststart"),))
    assert whole.index(b"moov") < whole.index(b"mdat")

    assert inspect(tmp_path, whole).media_type == "video/mp4"
    assert refusal_of(tmp_path, whole[:-500]).code == "damaged"


def test_a_film_in_fragments_as_phones_stream_it_is_measured(tmp_path: Path) -> None:
    whole = made.recording("mp4", options=(("movflags", "frag_keyframe+empty_moov"),))

    assert 1_900 <= (inspect(tmp_path, whole).duration_ms or 0) <= 2_300


def test_a_film_without_pictures_is_sound(tmp_path: Path) -> None:
    assert inspect(tmp_path, made.encoded("mp4", 1.0, sound="aac")).media_type == "audio/mp4"
    assert inspect(tmp_path, made.encoded("mov", 1.0, sound="aac")).media_type == "audio/mp4"
    assert inspect(tmp_path, made.encoded("webm", 1.0, sound="libopus")).media_type == "audio/webm"


def test_sound_with_pictures_is_a_film(tmp_path: Path) -> None:
    film = made.encoded("ipod", 1.0, sound="aac", film="libx264")

    assert film[8:12] == b"M4A " or film[8:12] == b"M4V "
    assert inspect(tmp_path, film).media_type == "video/mp4"


def test_a_silent_film_is_taken(tmp_path: Path) -> None:
    assert inspect(tmp_path, made.encoded("mp4", 1.0, film="libx264")).media_type == "video/mp4"


def test_a_recording_that_is_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert recordings.MAX_HOURS == 12
    monkeypatch.setattr(recordings, "MAX_HOURS", 0.5)
    silence = b"#!AMR\n" + b"\x7c" * (31 * 60 * 50)

    refusal = refusal_of(tmp_path, silence)

    assert refusal.code == "too_long"
    assert refusal.messages == [
        "The recording says that it lasts longer than 0.5 hours. Send the part that matters."
    ]


def test_the_poster_shows_the_film_after_its_first_second_and_not_larger_than_it_is(tmp_path: Path) -> None:
    path = path_of(tmp_path, made.recording("mp4"))

    poster = recordings.draw(path, "video/mp4", width=720)

    assert poster is not None and (poster.mode, poster.size) == ("RGB", (180, 320))
    red, green, _blue = poster.getpixel((90, 160))  # type: ignore[misc]
    assert green > 150 and red < 60


def test_a_large_film_is_drawn_small(tmp_path: Path) -> None:
    path = path_of(tmp_path, made.encoded("mp4", 0.5, film="libx264", size=(1440, 720)))

    poster = recordings.draw(path, "video/mp4", width=720)

    assert poster is not None and poster.size == (720, 360)


def test_the_same_film_gives_the_same_bytes(tmp_path: Path) -> None:
    path = path_of(tmp_path, made.recording("webm"))

    first, second = ([copy.data for copy in working_copies.draw(path, "video/webm")] for _turn in range(2))

    assert first == second and len(first) == 2


@pytest.mark.parametrize("kind", ["m4a", "mp3", "wav", "ogg", "weba"])
def test_what_browsers_play_needs_no_copy(tmp_path: Path, kind: str) -> None:
    path = path_of(tmp_path, made.recording(kind))

    assert list(working_copies.draw(path, MEDIA_TYPES[kind])) == []


def test_a_call_in_amr_is_turned_into_an_mp3_of_the_same_length(tmp_path: Path) -> None:
    path = path_of(tmp_path, made.recording("amr", 3.0))

    (copy,) = working_copies.draw(path, "audio/amr")

    assert (copy.kind, copy.page, copy.media_type, copy.extension) == ("playable", 1, "audio/mpeg", "mp3")
    assert (copy.width, copy.height) == (0, 0)
    with av.open(io.BytesIO(copy.data), format="mp3") as played:
        assert abs((played.duration or 0) / 1_000_000 - 3.0) < 0.2
    assert recordings.playable(path, "audio/amr") == copy.data


def test_a_call_in_a_wav_of_telephones_is_made_playable(tmp_path: Path) -> None:
    path = path_of(tmp_path, made.encoded("wav", 1.0, sound="pcm_alaw"))

    assert inspection.inspect(path).media_type == "audio/wav"
    assert [copy.kind for copy in working_copies.draw(path, "audio/wav")] == ["playable"]


def test_a_list_of_other_files_is_no_recording(tmp_path: Path) -> None:
    """FFmpeg would follow it to files of this machine, if it were asked what the file is."""
    listed = b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0\nfile:///etc/passwd\n"
    path = path_of(tmp_path, listed)

    answer, _nothing = recording_door.ask("inspect", path, "video/mp4")

    assert answer == {"refused": "damaged"}
    assert inspection.inspect(path).media_type == "text/plain"


def test_a_crash_of_the_program_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crash = tmp_path / "crash.py"
    crash.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(recording_door, "PROGRAM", str(crash))

    assert refusal_of(tmp_path, made.recording("mp4")).code == "damaged"


def test_a_program_that_never_answers_is_ended(tmp_path: Path) -> None:
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time; time.sleep(60)")

    with pytest.raises(child.ChildFailed):
        child.ask(str(sleeper), seconds=0.3)
    with pytest.raises(child.ChildFailed):
        list(child.ask_for_many(str(sleeper), seconds=0.3))


@pytest.mark.parametrize("kind", [*KINDS, "eml", "txt"])
def test_random_damage_ends_in_a_refusal_or_in_copies_and_never_in_a_crash(tmp_path: Path, kind: str) -> None:
    chance = random.Random(f"damage to a {kind}")  # noqa: S311 - what to damage, not a secret
    others = {"eml": mail(attachments=("a.pdf",)), "txt": "订单编号：退款\n".encode() * 50}
    whole = others[kind] if kind in others else made.recording(kind)
    for _turn in range(4 if kind in KINDS else 100):
        damaged = bytearray(whole)
        for _byte in range(chance.choice([1, 3, 30])):
            damaged[chance.randrange(min(len(damaged), chance.choice([64, 1024, len(damaged)])))] = (
                chance.randrange(256)
            )
        path = path_of(tmp_path, bytes(damaged))
        with contextlib.suppress(Refused):
            list(working_copies.draw(path, inspection.inspect(path).media_type))


def test_this_process_does_not_load_what_recordings_are_read_with() -> None:
    code = "import sys, cases.evidence.recordings as r; sys.exit('av' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2]).returncode == 0


def test_the_sides_of_a_film_held_upright_are_turned(tmp_path: Path) -> None:
    whole = bytearray(made.recording("mp4"))
    upright = b"\0\1\0\0" + bytes(12) + b"\0\1\0\0" + bytes(12) + b"\x40\0\0\0"
    turned = bytes(4) + b"\0\1\0\0" + bytes(4) + b"\xff\xff\0\0" + bytes(12) + b"\0" * 4 + b"\x40\0\0\0"
    track = whole.index(upright, whole.index(b"tkhd"))
    whole[track : track + 36] = turned[:36]
    path = path_of(tmp_path, bytes(whole))

    poster = recordings.draw(path, "video/mp4", width=720)

    assert poster is not None and isinstance(poster, Image.Image)
    assert poster.size == (320, 180)
