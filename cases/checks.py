"""System checks: a bad configuration explains itself."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from cases.rules.playbooks import PlaybookErrors, load_playbooks


@register
def playbooks_load(**_kwargs: Any) -> list[CheckMessage]:
    """cases.E001: every mistake in the shipped playbooks, by file, key and reason."""
    try:
        load_playbooks()
    except PlaybookErrors as errors:
        return [
            Error(
                str(mistake),
                hint="Correct the file in cases/playbooks/; docs/playbooks.md says what it may hold.",
                id="cases.E001",
            )
            for mistake in errors.mistakes
        ]
    return []
