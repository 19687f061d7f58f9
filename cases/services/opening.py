"""Opens a case with what came along: the numbers of its order and the first screenshots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from cases.models import Case
from cases.services import case_drafts, cases, exhibits, orders
from tracker.accounts.models import User


@transaction.atomic
def open_with_numbers(
    *, by: User, at: datetime, platform: str, numbers: Sequence[tuple[str, str]], **fields: Any
) -> Case:
    """The case and, where there are numbers, its order; what was kept of the form is dropped with it.

    `fields` are those of `cases.open_case`. Raises ValidationError, and then nothing is stored.
    """
    case = cases.open_case(by=by, at=at, **fields)
    if numbers:
        orders.add_order(case=case, by=by, at=at, platform=platform, numbers=numbers)
    case_drafts.discard(by=by)
    return case


def add_first_exhibits(*, case: Case, by: User, at: datetime, files: Iterable[UploadedFile]) -> list[str]:
    """Each on its own; the sentences about those that were refused, which leave the case as it is."""
    refused = []
    for file in files:
        said = exhibits.Said(file.name or "")
        try:
            exhibits.take_in(case=case, by=by, at=at, upload=file, said=said)
        except ValidationError as error:
            refused += [f"{file.name}: {sentence}" for sentence in error.messages]
    return refused
