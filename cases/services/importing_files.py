"""Unpacks a case file that was found unaltered, and puts its originals into the store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from cases.casefile import layout
from cases.casefile.bag import hash_file
from cases.casefile.box import Box, Damaged, open_box
from cases.casefile.verify import Verdict
from cases.evidence import inspection, store
from cases.evidence.refused import Refused
from cases.models import CaseOrigin
from cases.services import case_origins, exhibit_intake
from tracker.accounts.models import User

# What foreign data may make Python raise.
NOT_OURS = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, IndexError, RecursionError)


class TakenOver(Exception):
    """Whoever imports has lost the work to another, who may be storing the same files."""


def read_content(box: Box) -> dict[str, Any]:
    """case.json of a case file that was found unaltered. Raises ValueError for text that no row can hold."""
    content: dict[str, Any] = json.loads(b"".join(box.chunks(layout.CASE_JSON)))
    _check_texts(content)
    return content


def _check_texts(value: Any) -> None:
    if isinstance(value, str):
        value.encode()
        if "\0" in value:
            raise ValueError("A text holds a sign that is none.")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_texts(name)
            _check_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_texts(inner)


def unpacked(path: Path, folder: Path, verdict: Verdict) -> tuple[dict[str, Any], list[CaseOrigin]]:
    """The content of case.json, and the chains; each exhibit is copied into `folder` under its number, and
    hashed again.
    """
    box = open_box(path)
    try:
        content = read_content(box)
        for exhibit in content["exhibits"]:
            target = folder / str(int(exhibit["number"]))
            if target.exists():
                raise ValueError(f"Exhibit {target.name} is there twice.")
            with target.open("xb") as file:
                for chunk in box.chunks(str(exhibit["file"])):
                    file.write(chunk)
            sha256, size = hash_file(target)
            if sha256 != exhibit["sha256"]:
                raise Damaged(str(exhibit["file"]))
            exhibit["size"] = size
            _look_into(exhibit, target)
        return content, case_origins.brought_along(path, box, content, verdict)
    finally:
        box.close()


def _look_into(exhibit: dict[str, Any], file: Path) -> None:
    """Set type and measures by the content: what a case file claims of a file is not believed."""
    try:
        facts = inspection.inspect(file)
    except Refused as refused:
        reason = " ".join(refused.messages)
        raise ValidationError(f"E{exhibit['number']}: {reason}", code="exhibit_refused") from refused
    exhibit |= {
        "media_type": facts.media_type,
        "width": facts.width,
        "height": facts.height,
        "page_count": facts.page_count,
        "duration_ms": facts.duration_ms,
    }


@contextmanager
def stored(content: dict[str, Any], folder: Path, owner: User) -> Iterator[Callable[[], None]]:
    """Put the originals into the store; take the new ones out again when the rows do not commit.

    What it yields is to be called in the transaction of the rows: it takes the owner's lock, and puts what a
    failed upload of the same bytes took away meanwhile.
    """
    files = {
        store.original_key(owner.pk, exhibit["sha256"]): folder / str(int(exhibit["number"]))
        for exhibit in content["exhibits"]
    }
    new: list[str] = []

    def make_sure() -> None:
        User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
        for key, file in files.items():
            if not store.exists(key):
                store.put(key, file)

    try:
        for key, file in files.items():
            if store.put(key, file):
                new.append(key)
        yield make_sure
    except TakenOver:
        # What lies there is, or will be, named by rows of the other.
        raise
    except BaseException:
        for key in new:
            exhibit_intake.remove_unnamed(key, owner)
        raise
