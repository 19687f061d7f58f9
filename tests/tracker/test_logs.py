"""tracker.logs: one line an event, no person's address, no token."""

from __future__ import annotations

import logging
import sys

from tracker.logs import LineFormatter


def line(message: str, *args: object, exc_info: object = None) -> str:
    record = logging.LogRecord("test", logging.INFO, "here", 1, message, args, exc_info)  # type: ignore[arg-type]
    return LineFormatter("%(levelname)s %(message)s").format(record)


def test_a_line_break_in_a_name_makes_no_second_line() -> None:
    assert line("Kept %s", "a\nERROR forged\x1b[31m") == r"INFO Kept a\nERROR forged\x1b[31m"


def test_email_addresses_are_masked() -> None:
    assert line("550 <alice@example.org>: unknown") == "INFO 550 <[email]>: unknown"


def test_tokens_in_paths_are_masked_and_case_references_are_not() -> None:
    text = line("Failed: /calendar/Zx3kQ9vLw2RtY7uPmN4bAc.ics and /cases/K7WXQ2MNPR/exhibits/")

    assert text == "INFO Failed: /calendar/[token].ics and /cases/K7WXQ2MNPR/exhibits/"


def test_the_name_of_a_file_is_no_token() -> None:
    assert line('File "/srv/cases/services/deadline_corrections.py"').endswith('/deadline_corrections.py"')


def test_the_lines_of_a_traceback_are_indented_so_that_none_can_pose_as_an_event() -> None:
    try:
        raise ValueError("bob@example.org\nINFO all is well")
    except ValueError:
        text = line("Failed", exc_info=sys.exc_info())

    assert "\n  ValueError: [email]\n  INFO all is well" in text
    assert not [part for part in text.splitlines()[1:] if not part.startswith("  ")]
