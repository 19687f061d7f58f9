from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.casefile.bags import EXHIBIT, KEY, OTHER_KEY, make_bag


def run(path: Path, *options: str) -> int:
    with pytest.raises(SystemExit) as left:
        call_command("verify_case_file", str(path), *options)
    return int(left.value.code or 0)


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    make_bag(tmp_path / "case-file.zip")
    return tmp_path / "case-file.zip"


def test_an_unaltered_case_file_gives_zero_without_a_database(
    bag: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(bag, "--language", "en")

    printed = capsys.readouterr().out
    assert code == 0
    assert "It agrees with itself; the signer is not known here." in printed
    assert "Unchanged since" not in printed
    assert "6141dcce43fb19da" in printed
    assert "authentic" not in printed


def test_an_altered_case_file_gives_one_and_names_the_file(
    bag: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = bytearray(bag.read_bytes())
    whole[whole.index(b"\x89PNG") + 9] ^= 1
    bag.write_bytes(whole)

    code = run(bag, "--language", "zh-hans")

    printed = capsys.readouterr().out
    assert code == 1
    assert EXHIBIT in printed
    assert "制作之后有改动" in printed


def test_what_is_no_case_file_gives_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.zip").write_text("no zip")

    assert run(tmp_path / "x.zip") == 2
    assert run(tmp_path / "nowhere.zip") == 2


def test_programs_get_the_verdict_as_json(bag: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(bag, "--json")

    verdict = json.loads(capsys.readouterr().out)
    assert verdict["verdict"] == "unaltered"
    assert verdict["findings"] == []
    assert set(verdict["summary"]) == {"zh-hans", "en"}


def test_a_given_key_is_held_against_the_signature(
    bag: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "known.pem").write_bytes(KEY.public_pem)
    (tmp_path / "other.pem").write_bytes(OTHER_KEY.public_pem)
    (tmp_path / "none.pem").write_text("no key")

    assert run(bag, "--key", str(tmp_path / "known.pem"), "--language", "en") == 0
    printed = capsys.readouterr().out
    assert "Unchanged since it was made at 2026-09-01" in printed
    assert "Signed with the key you gave." in printed
    assert run(bag, "--key", str(tmp_path / "other.pem")) == 1
    assert run(bag, "--key", str(tmp_path / "none.pem")) == 2
