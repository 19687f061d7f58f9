"""Recipient profiles are files; a mistake in one is told with its name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cases.casefile import profiles
from cases.casefile.profiles import ProfileError, all_profiles, profile_named, read_profiles

GOOD = """
order = 2
name = { zh-hans = "法院", en = "Court" }
hint = { zh-hans = "清单在前。", en = "The list first." }
parts = ["evidence_list", "exhibits", "verify"]
has_attachments = false

[budget]
pages = 20
source = { zh-hans = "来源", en = "A source" }
confidence = "S"
checked_on = 2026-11-22
"""


def folder_with(tmp_path: Path, text: str) -> Path:
    (tmp_path / "full.toml").write_text(GOOD.split("[budget]")[0], encoding="utf-8")
    (tmp_path / "court.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_shipped_ones_are_offered_in_their_order():
    assert list(all_profiles()) == [
        "full",
        "court",
        "samr_12315",
        "platform_appeal",
        "bank_chargeback",
        "seller_letter",
    ]
    assert all_profiles()["full"].parts == profiles.PARTS
    bank = all_profiles()["bank_chargeback"].budget
    assert bank is not None
    assert (bank.pages, bank.megabytes, bank.confidence) == (20, 8.0, "S")


def test_a_profile_is_read_from_any_folder(tmp_path: Path):
    court = read_profiles(folder_with(tmp_path, GOOD))["court"]

    assert (court.name.en, court.parts) == ("Court", ("evidence_list", "exhibits", "verify"))
    assert court.budget is not None
    assert (court.budget.pages, court.budget.megabytes) == (20, None)
    assert court.budget.checked_on == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("order = 2", "", "court.toml: 'order' is missing."),
        ("order = 2", "order = 2\ncolour = 3", "court.toml: nobody knows colour."),
        ('"evidence_list", ', "", "court.toml: parts are some of "),
        ('"exhibits",', '"exhibits", "exhibits",', "court.toml: parts are some of "),
        ("pages = 20\n", "", "court.toml: a budget has pages or megabytes."),
        ("pages = 20\n", "pages = 0\n", "court.toml: pages and megabytes of a budget are above 0."),
        ('confidence = "S"', 'confidence = "sure"', "court.toml: confidence is one of "),
        ("checked_on = 2026-11-22", 'checked_on = "soon"', "court.toml: checked_on is a day."),
        ("[budget]", "[budget", "court.toml: "),
        (', en = "Court"', "", "court.toml: 'en' is missing."),
    ],
)
def test_a_mistake_is_told_with_its_file(tmp_path: Path, old: str, new: str, said: str):
    with pytest.raises(ProfileError) as error:
        read_profiles(folder_with(tmp_path, GOOD.replace(old, new, 1)))

    assert str(error.value).startswith(said)


def test_without_the_full_one_no_folder_will_do(tmp_path: Path):
    with pytest.raises(ProfileError, match=r"there is no full\.toml"):
        read_profiles(tmp_path)


def test_one_that_is_gone_is_printed_in_full():
    assert profile_named("gone").key == "full"
