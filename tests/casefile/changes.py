"""Random changes of a case file, in memory: of ranges of bytes and of files, in the ZIP and in the PDF."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from random import Random

from cases.casefile import layout
from cases.casefile.bag import FILE_MODE

Files = dict[str, bytes]


def files_of(whole: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Mapping[str, bytes]) -> bytes:
    """A ZIP as the writer makes it, whatever is in it: every check value is right."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (2026, 9, 1, 2, 0, 0))
            entry.external_attr, entry.create_system = FILE_MODE, 3
            archive.writestr(entry, content)
    return target.getvalue()


def _range(random: Random, content: bytes) -> tuple[int, int]:
    start = random.randrange(len(content))
    return start, min(len(content), start + random.choice((1, 1, 2, 16, 400)))


def change_range(random: Random, content: bytes) -> bytes:
    start, end = _range(random, content)
    return content[:start] + random.randbytes(end - start) + content[end:]


def remove_range(random: Random, content: bytes) -> bytes:
    start, end = _range(random, content)
    return content[:start] + content[end:]


def add_range(random: Random, content: bytes) -> bytes:
    start = random.randrange(len(content) + 1)
    return content[:start] + random.randbytes(random.choice((1, 2, 16, 400))) + content[start:]


def swap_ranges(random: Random, content: bytes) -> bytes:
    first, middle, second, end = sorted(random.randrange(len(content) + 1) for _ in range(4))
    swapped = content[second:end] + content[middle:second] + content[first:middle]
    return content[:first] + swapped + content[end:]


def records_of(whole: bytes) -> list[int]:
    """Where the ZIP's own records stand: the header before each file, the directory, the end."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        starts = [(entry.header_offset, len(entry.orig_filename.encode())) for entry in archive.infolist()]
        directory = range(archive.start_dir, len(whole))
    return [start + at for start, name in starts for at in range(30 + name)] + list(directory)


def change_record(random: Random, content: bytes) -> bytes:
    """One byte of the ZIP's own records."""
    at = random.choice(records_of(content))
    return content[:at] + random.randbytes(1) + content[at + 1 :]


def remove_file(random: Random, files: Files) -> Files:
    gone = random.choice(list(files))
    return {name: content for name, content in files.items() if name != gone}


def add_file(random: Random, files: Files) -> Files:
    folder = random.choice(("", "data/", layout.EXHIBITS))
    return {**files, f"{folder}new{random.randrange(99)}.png": random.randbytes(random.randrange(40))}


def rename_file(random: Random, files: Files) -> Files:
    old, number = random.choice(list(files)), random.randrange(99)
    return {f"{name}.{number}" if name == old else name: content for name, content in files.items()}


def swap_files(random: Random, files: Files) -> Files:
    first, second = random.sample(list(files), 2)
    return {**files, first: files[second], second: files[first]}


OF_BYTES: tuple[Callable[[Random, bytes], bytes], ...] = (change_range, remove_range, add_range, swap_ranges)
OF_FILES: tuple[Callable[[Random, Files], Files], ...] = (remove_file, add_file, rename_file, swap_files)


def changes(whole: bytes, *, rounds: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """In each round 17 changes, each with its description: one of the ZIP's own records, four of bytes of the
    ZIP; with all check values made right, four of bytes of the PDF, four of another file's, four of files.
    """
    random, files = Random(seed), files_of(whole)  # noqa: S311  (the same changes in every run)
    others = [name for name in files if name != layout.DOCUMENT]
    for number in range(rounds):
        yield f"{number} change_record of the ZIP", _until_other(whole, change_record, random)
        for change in OF_BYTES:
            yield f"{number} {change.__name__} of the ZIP", _until_other(whole, change, random)
            for name in (layout.DOCUMENT, random.choice(others)):
                content = _until_other(files[name], change, random)
                yield f"{number} {change.__name__} of {name}", packed({**files, name: content})
        for alter in OF_FILES:
            yield f"{number} {alter.__name__}", packed(alter(random, files))


def _until_other(content: bytes, change: Callable[[Random, bytes], bytes], random: Random) -> bytes:
    while (changed := change(random, content)) == content:
        pass
    return changed
