from __future__ import annotations

from pathlib import Path

import pytest

from tests.casefile.fuzz import printing_here, wrong_with
from tests.casefile.random_cases import RandomCase
from tracker.accounts.models import User

# `python -m tests.casefile.fuzz` builds 500, in minutes; these are the first of them.
CASES = 25


@pytest.mark.django_db
def test_no_case_file_of_a_random_case_fails_or_is_wrong(alice: User, tmp_path: Path) -> None:
    with printing_here():
        wrong = {number: wrong_with(RandomCase(number), alice, tmp_path) for number in range(1, CASES + 1)}

    assert {number: found for number, found in wrong.items() if found} == {}
