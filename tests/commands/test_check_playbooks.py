"""check_playbooks names every mistake on a line of its own; the system check says the same."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.checks.registry import registry
from django.core.management import CommandError, call_command

from cases import checks
from cases.rules.playbooks import SHIPPED_FOLDER, Mistake, PlaybookErrors


def check(*paths):
    out, err = StringIO(), StringIO()
    call_command("check_playbooks", *paths, stdout=out, stderr=err)
    assert err.getvalue() == ""
    return out.getvalue()


def check_and_fail(*paths):
    err = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("check_playbooks", *paths, stdout=StringIO(), stderr=err)
    assert raised.value.returncode == 1
    return err.getvalue().splitlines(), str(raised.value)


def test_the_shipped_playbooks_have_no_mistake():
    assert "douyin: 8 channels, 22 situations, 15 deadline rules, edition 2026-11-22: no mistake." in check()


def test_a_single_file_can_be_checked():
    assert check(SHIPPED_FOLDER / "douyin.toml").startswith("douyin: 8 channels")


def test_every_mistake_of_a_folder_gets_a_line_with_file_key_and_reason(tmp_path):
    text = (SHIPPED_FOLDER / "douyin.toml").read_text(encoding="utf-8")
    (tmp_path / "shop.toml").write_text(
        text.replace("Asia/Shanghai", "Nowhere", 1).replace("margin_minutes = 5", "margin_minutes = 500", 1),
        encoding="utf-8",
    )

    lines, sentence = check_and_fail(tmp_path)

    assert sorted(lines) == [
        "shop.toml: channels.hotline.margin_minutes: is 500, but a whole number from 0 to 120 is needed.",
        "shop.toml: zone: “Nowhere” is no time zone; write one such as Asia/Shanghai.",
    ]
    assert sentence == "Mistakes found: 2. No playbook was loaded."


def test_a_path_that_is_not_there_is_one_sentence(tmp_path):
    lines, sentence = check_and_fail(tmp_path / "nothing.toml")

    assert lines == []
    assert sentence.startswith("There is no file or folder ")


def test_the_system_check_is_content_with_the_shipped_playbooks():
    assert checks.playbooks_load in registry.registered_checks
    assert checks.playbooks_load() == []


def test_the_system_check_names_each_mistake(monkeypatch):
    def broken():
        raise PlaybookErrors((Mistake("shop.toml", "zone", "is missing."), Mistake("shop.toml", "", "Odd.")))

    monkeypatch.setattr(checks, "load_playbooks", broken)

    found = checks.playbooks_load()

    assert [(error.id, error.msg) for error in found] == [
        ("cases.E001", "shop.toml: zone: is missing."),
        ("cases.E001", "shop.toml: Odd."),
    ]
    assert all("docs/playbooks.md" in error.hint for error in found)
