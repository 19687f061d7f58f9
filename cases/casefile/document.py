"""Prints a snapshot: prepares what the template sets, and runs the child that draws and prints it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import translation

from cases.casefile import compile as child
from cases.casefile import layout
from cases.casefile.chart_layout import placed
from cases.casefile.hearing import lines_of
from cases.casefile.pages import Pages
from cases.casefile.printable import all_printable
from cases.casefile.profiles import profile_named
from cases.casefile.side_by_side import side_by_side
from cases.casefile.snapshot import Snapshot

ATTACHED_AT_MOST = 50 * 1024 * 1024
# For each step of the child; a picture takes a tenth of a second, a volume a few seconds.
STEP_SECONDS = 900


class NotPrinted(Exception):
    """The child failed; the message is for the log, not for people."""


@dataclass(frozen=True, slots=True)
class Work:
    """A folder of its own, with each original as `o1`, `o2`, ... by number, gone when the build ends."""

    folder: Path

    def original(self, number: int) -> Path:
        return self.folder / f"o{number}"


def print_document(
    snapshot: Snapshot, work: Work, *, heard: Callable[[str], None] = lambda line: None
) -> list[Path]:
    """The volumes of the document, in order; nearly always one.

    Every exhibit must lie in `work`. `heard` gets "drawn" when one more exhibit has been drawn, "set" when
    the setting begins, and "alive" about once a second besides; when it raises, the child is killed.
    The same snapshot gives the same bytes. Raises NotPrinted.
    """
    for name in child.TEMPLATES:
        shutil.copyfile(Path(__file__).with_name(name), work.folder / name)
    (work.folder / "case.json").write_bytes(case_json(snapshot))
    job = pages(snapshot)
    job["timestamp"] = int(datetime.fromisoformat(snapshot.state_at).timestamp())
    job["attachments"] = _attachments(snapshot)
    job["small_pictures"] = snapshot.case_file.small_pictures
    job["exhibits"] = [
        {**page, "original": work.original(exhibit.number).name, "media_type": exhibit.media_type}
        for page, exhibit in zip(job["exhibits"], snapshot.exhibits, strict=True)
    ]
    (work.folder / child.JOB).write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
    _run("draw", work.folder, heard=heard)
    count = len(json.loads((work.folder / child.PICTURES).read_text()))
    heard("set")
    for volume in range(1, count + 1):
        _run("print", work.folder, str(volume), heard=heard)
    return [work.folder / f"case-file-{volume}.pdf" for volume in range(1, count + 1)]


def pages(snapshot: Snapshot) -> dict[str, Any]:
    """All that the template sets but the pictures of the exhibits, every sign of it printable."""
    beside = snapshot.beside
    with translation.override(snapshot.language):
        told = Pages(snapshot, is_both=beside is not None).as_json()
    if beside is not None:
        with translation.override(beside.language):
            told = side_by_side(told, Pages(beside, is_both=True).as_json()) | {"lang": "both"}
    job: dict[str, Any] = all_printable(told)
    # How wide a label is depends on what is printed of it.
    return job | {"chart": placed(job["chart"])}


def case_json(snapshot: Snapshot) -> bytes:
    """The content of data/case.json."""
    return json.dumps(snapshot.as_json(), ensure_ascii=False, indent=1).encode()


def are_attached(snapshot: Snapshot) -> bool:
    """Whether the originals are in the document too: where its recipient takes them, up to 50 MB in all."""
    if not profile_named(snapshot.case_file.profile).has_attachments:
        return False
    return sum(exhibit.size for exhibit in snapshot.exhibits) <= ATTACHED_AT_MOST


def _attachments(snapshot: Snapshot) -> list[Mapping[str, str]]:
    exhibits = snapshot.exhibits if are_attached(snapshot) else ()
    originals = [
        {
            "file": f"o{exhibit.number}",
            "name": exhibit.file.removeprefix(layout.EXHIBITS),
            "mime": exhibit.media_type,
            "description": f"E{exhibit.number} SHA-256 {exhibit.sha256}",
        }
        for exhibit in exhibits
    ]
    data = {"file": "case.json", "name": "case.json", "mime": "application/json", "description": "case.json"}
    return [data, *originals]


def _run(action: str, folder: Path, *arguments: str, heard: Callable[[str], None]) -> None:
    """One step of the child, to its end; it gets nothing of our environment but what Python needs."""
    root = Path(__file__).resolve().parents[2]
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP") if name in os.environ}
    with (folder / "errors.txt").open("w+b") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "cases.casefile.compile", action, str(folder), *arguments],
            cwd=root,
            env={**kept, "PYTHONPATH": str(root), "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        watch = threading.Timer(STEP_SECONDS, process.kill)
        watch.start()
        try:
            for line in lines_of(process.stdout):
                heard(line)
            code = process.wait()
        finally:
            watch.cancel()
            if process.poll() is None:
                process.kill()
                process.wait()
        errors.seek(0)
        tail = errors.read()[-2000:].decode(errors="replace")
    if code != 0:
        raise NotPrinted(f"The step “{action}” ended with {code}: {tail}")
