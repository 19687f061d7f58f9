"""playbook_schema writes the file beside the playbooks, and says whether it is current."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cases.rules import json_schema


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("playbook_schema", *arguments, stdout=out)
    return out.getvalue()


def test_a_file_that_is_out_of_date_is_told_and_written_anew(tmp_path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "playbook.schema.json"
    monkeypatch.setattr(json_schema, "FILE", file)

    with pytest.raises(CommandError, match="out of date"):
        run("--check")
    run()

    assert run("--check") == "playbook.schema.json is current.\n"
    assert file.read_text(encoding="utf-8") == json_schema.written()
