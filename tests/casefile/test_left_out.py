"""Exhibits that a case file says it leaves out, and those that somebody took out."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from cases.casefile import layout
from cases.casefile.bag import member_of
from cases.casefile.verify import verify
from tests.casefile.bags import EXHIBIT, KEY, PICTURE, make_bag, payload
from tests.casefile.spoiling import reasons

E1 = {"number": 1, "sha256": hashlib.sha256(PICTURE).hexdigest()}


def case_json(**changed: Any) -> bytes:
    with next(member for member in payload() if member.path == layout.CASE_JSON).open() as file:
        return json.dumps({**json.load(file), **changed}).encode()


def bag_without_e1(target: Path, left_out: list[dict[str, Any]]) -> Path:
    """All lists made anew and signed."""
    stated = member_of(layout.CASE_JSON, case_json(exhibits=[], left_out=left_out))
    members = [stated if member.path == layout.CASE_JSON else member for member in payload()]
    make_bag(target, members=[member for member in members if member.path != EXHIBIT])
    return target


def test_an_exhibit_that_only_the_chain_knows_is_found(tmp_path: Path):
    verdict = verify(bag_without_e1(tmp_path / "x.zip", []), key=KEY.public_pem)

    assert reasons(verdict) == {("contradiction", layout.CUSTODY)}


def test_one_that_is_said_to_be_left_out_is_told_and_no_finding(tmp_path: Path):
    verdict = verify(bag_without_e1(tmp_path / "x.zip", [E1]), key=KEY.public_pem)

    assert verdict.is_unaltered
    assert [note.text.en for note in verdict.notes if note.reason == "left_out"] == [
        "Whoever made this case file left these exhibits out: E1. Their SHA-256 stand in data/case.json."
    ]


def test_its_hash_must_be_that_of_its_receipt(tmp_path: Path):
    other = {"number": 1, "sha256": "0" * 64}

    verdict = verify(bag_without_e1(tmp_path / "x.zip", [other]), key=KEY.public_pem)

    assert reasons(verdict) == {("contradiction", layout.CUSTODY)}


@pytest.mark.parametrize("left_out", [[{"number": 1}], [{"number": "x", "sha256": "y"}], 7, None, [E1]])
def test_what_is_left_out_must_be_in_its_form_and_not_in_the_case_file(tmp_path: Path, left_out: object):
    make_bag(tmp_path / "x.zip", members=payload(case_json=case_json(left_out=left_out)))

    assert reasons(verify(tmp_path / "x.zip", key=KEY.public_pem)) == {("malformed", layout.CASE_JSON)}
