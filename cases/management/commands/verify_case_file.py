"""Checks a case file without the database: 0 unaltered, 1 altered (every finding named), 2 unreadable."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from cases.casefile.sign import KeyUnusable
from cases.casefile.verify import Verdict, verify
from cases.rules.text import Text

_FINGERPRINT = Text("公钥指纹：{fingerprint}", "Key fingerprint: {fingerprint}")
_KNOWN = Text("签名出自您给出的公钥。", "Signed with the key you gave.")


class Command(BaseCommand):
    help = (
        "Checks whether a case file (ZIP or unpacked folder) was altered since it was made. "
        "Exit code: 0 unaltered, 1 altered, 2 unreadable."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="The ZIP, or the folder it was unpacked into.")
        parser.add_argument("--key", type=Path, help="Public key (PEM) that the signature must be made with.")
        parser.add_argument(
            "--tsa-root", type=Path, help="Root certificate (PEM) of the time-stamp authority."
        )
        parser.add_argument("--json", action="store_true", help="Print the verdict as one JSON object.")
        parser.add_argument(
            "--language", choices=["zh-hans", "en"], help="Default: as the environment's LANG."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        language = options["language"] or ("zh-hans" if os.environ.get("LANG", "").startswith("zh") else "en")
        try:
            key = options["key"].read_bytes() if options["key"] else None
            verdict = verify(options["path"], key=key, stamp_root=options["tsa_root"])
        except (OSError, KeyUnusable) as error:
            self.stderr.write(f"--key {options['key']}: {error}")
            sys.exit(2)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(verdict), ensure_ascii=False, indent=2))
        else:
            for line in _lines(verdict, language):
                self.stdout.write(line)
        sys.exit(verdict.exit_code)


def as_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict with both languages, for programs."""
    return {
        "verdict": {0: "unaltered", 1: "altered", 2: "unreadable"}[verdict.exit_code],
        "summary": verdict.summary().as_json(),
        "reference": verdict.reference,
        "since": verdict.since,
        "key_fingerprint": verdict.fingerprint,
        "is_signer_known": verdict.is_signer_known,
        "stamp": asdict(verdict.stamp) | {"at": verdict.stamp.at.isoformat()} if verdict.stamp else None,
        "files": verdict.file_count,
        "findings": [
            {"name": found.name, "reason": found.reason, "text": found.text.as_json()}
            for found in verdict.findings
        ],
        "notes": [
            {"name": found.name, "reason": found.reason, "text": found.text.as_json()}
            for found in verdict.notes
        ],
    }


def _lines(verdict: Verdict, language: str) -> list[str]:
    lines = [verdict.summary().in_language(language)]
    lines += [f"- {found.text.in_language(language)}" for found in verdict.findings]
    if verdict.fingerprint:
        lines.append(_FINGERPRINT.fill(fingerprint=verdict.fingerprint).in_language(language))
    if verdict.is_signer_known and verdict.is_unaltered:
        lines.append(_KNOWN.in_language(language))
    lines += [f"· {note.text.in_language(language)}" for note in verdict.notes]
    return lines
