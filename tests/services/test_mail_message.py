"""The bytes of a mail: headers, parts and line ends, as mail programs and servers read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.mail.message import BadHeaderError, EmailMultiAlternatives

from cases.services.mail_message import ReminderMail
from tests.services.reading_mails import bytes_of, parsed, subject_of, text_of
from tracker.mail import OutboxBackend


def written(kind: type[EmailMultiAlternatives] = ReminderMail, **fields: Any) -> EmailMultiAlternatives:
    fields = {
        "subject": "Until Tue 1 Sept 21:15: Log “no reply”",
        "body": "Log “no reply”.\n\n记录「未回复」。\n",
        "from_email": "Reminders <reminders@cases.example.org>",
        "to": ["alice@example.org"],
        "headers": {"Message-ID": "<reminder.1@cases.example.org>", "Auto-Submitted": "auto-generated"},
        **fields,
    }
    message = kind(**fields)
    message.attach_alternative("<!doctype html>\n<p>Log “no reply”.</p>\n", "text/html")
    return message


def test_a_mail_program_reads_what_djangos_own_classes_would_have_sent():
    ours, djangos = parsed(written()), parsed(written(EmailMultiAlternatives))

    for name in ("Subject", "From", "To", "Message-ID", "Auto-Submitted", "MIME-Version"):
        assert str(ours[name]).strip() == str(djangos[name]).strip()
    assert text_of(ours) == text_of(djangos) == "Log “no reply”.\n\n记录「未回复」。\n"
    assert text_of(ours, "html") == text_of(djangos, "html")
    assert ours.get_content_type() == djangos.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in ours.iter_parts()] == ["text/plain", "text/html"]
    assert len(ours.get_all("Date", [])) == 1


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("Until Tue 1 Sept 21:15: Log what happened", id="plain ASCII"),
        pytest.param("9月1日周二 21:15截止：" + "记录未回复改走订单卡片客服" * 4, id="long Chinese"),
        pytest.param("😀" * 60, id="four bytes each"),
        pytest.param("=?utf-8?q?not_encoded?=", id="what looks encoded already"),
        pytest.param("a" * 120, id="too long for one line"),
        pytest.param("", id="empty"),
    ],
)
def test_every_subject_comes_out_as_it_was_written_on_short_lines(subject: str):
    message = written(subject=subject)

    head = bytes_of(message).partition(b"\r\n\r\n")[0]

    assert subject_of(parsed(message)) == subject
    assert max(map(len, head.split(b"\r\n"))) <= 85
    assert head.isascii()


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\r\n ", "\n\t"])
@pytest.mark.parametrize("where", ["subject", "to", "header"])
def test_a_header_with_a_line_end_is_never_written(where: str, line_end: str):
    hostile = f"x@example.org{line_end}Bcc: mallory@example.org"
    fields: dict[str, dict[str, Any]] = {
        "subject": {"subject": hostile},
        "to": {"to": [hostile]},
        "header": {"headers": {"Message-ID": hostile}},
    }

    with pytest.raises(BadHeaderError):
        bytes_of(written(**fields[where]))


def test_a_line_too_long_for_mail_is_folded_on_the_way_and_whole_again_when_read():
    body = "长" * 400 + "\n= and trailing blanks  \n"
    message = written(body=body)

    assert max(map(len, bytes_of(message).split(b"\r\n"))) <= 998
    assert text_of(parsed(message)) == body


def test_an_address_beyond_ascii_is_written_as_mail_servers_take_it():
    assert parsed(written(to=["li@例子.cn"]))["To"] == "li@xn--fsqu00a.cn"


def test_two_mails_never_share_their_boundary():
    boundaries = {parsed(written()).get_boundary() for _ in range(2)}

    assert len(boundaries) == 2


def test_the_outbox_keeps_it_as_a_file_that_mail_programs_open(settings: Any, tmp_path: Path):
    settings.EMAIL_FILE_PATH = str(tmp_path)

    OutboxBackend().send_messages([written()])

    (path,) = tmp_path.glob("*.eml")
    raw = path.read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n") > 10
    assert "记录「未回复」。".encode() in raw
