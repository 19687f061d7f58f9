"""E-mails: told by their headers, read by a scanner that no mail keeps busy."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cases.evidence import emails, inspection
from cases.evidence.refused import Refused
from tests.mails import WORDS, mail


def path_of(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


def read(folder: Path, data: bytes) -> emails.Email:
    path = path_of(folder, data)
    assert inspection.inspect(path).media_type == "message/rfc822"
    return emails.read(path)


def refusal_of(folder: Path, data: bytes) -> str | None:
    with pytest.raises(Refused) as refused:
        inspection.inspect(path_of(folder, data))
    return refused.value.code


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "gb2312"])
@pytest.mark.parametrize("cte", ["base64", "quoted-printable", "8bit"])
def test_headers_and_words_are_read_in_the_encodings_mails_have(
    tmp_path: Path, charset: str, cte: str
) -> None:
    found = read(tmp_path, mail(charset=charset, cte=cte))

    assert found.headers == (
        ("From", "客服 <service@shop.example>"),
        ("To", "alice@example.org"),
        ("Date", "Fri, 20 Nov 2026 10:00:00 +0800"),
        ("Subject", "退款进度"),
    )
    assert found.text == WORDS
    assert found.attachments == ()


def test_the_names_of_what_is_attached_are_listed(tmp_path: Path) -> None:
    found = read(tmp_path, mail(attachments=("发票.pdf", "photo of box.pdf"), html="<p>您好</p>"))

    assert found.attachments == ("发票.pdf", "photo of box.pdf")
    assert found.text == WORDS


def test_a_mail_of_html_alone_gives_its_words_and_nothing_of_its_code(tmp_path: Path) -> None:
    page = (
        "<html><head><title>x</title><style>p {color: red}</style></head>"
        "<body><p>您好&nbsp;&lt;客户&gt;</p><script>alert(1)</script><div>退款&amp;赔付</div></body></html>"
    )
    data = mail(page).replace(b"text/plain", b"text/html")

    assert read(tmp_path, data).text == "您好 <客户>\n\n退款&赔付"


def test_a_mail_from_a_mailbox_file_is_a_mail(tmp_path: Path) -> None:
    assert read(tmp_path, b"From alice@example.org Fri Nov 20 10:00:00 2026\n" + mail()).text == WORDS


def test_marks_that_turn_a_line_around_do_not_reach_the_page(tmp_path: Path) -> None:
    found = read(tmp_path, mail(subject="a\u202eb", attachments=("x\u202efdp.exe",)))

    assert dict(found.headers)["Subject"] == "ab"
    assert found.attachments == ("xfdp.exe",)


def test_a_chat_with_one_colon_at_its_beginning_is_no_mail(tmp_path: Path) -> None:
    path = path_of(tmp_path, "Alice: 在吗\nDate: tomorrow?\n".encode())

    assert inspection.inspect(path).media_type == "text/plain"


@pytest.mark.parametrize("percent", range(10, 100, 10))
def test_a_mail_with_attachments_that_was_cut_off_is_refused(tmp_path: Path, percent: int) -> None:
    data = mail(attachments=("发票.pdf",))

    assert refusal_of(tmp_path, data[: len(data) * percent // 100]) == "damaged"


@pytest.mark.parametrize(
    "data",
    [
        b"Received: x\nSubject: y\nContent-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\n\n" * 300_000
        + b"--b--\n",
        b"Received: x\nSubject: y\nContent-Type: multipart/mixed; boundary=b\n\n"
        + b"--bb\n" * 300_000
        + b"--b--\n",
        b"Received: x\nSubject: y\n\n" + b"\n" * 3_000_000,
        b"Received: x\nSubject: " + b"=?utf-8?b?" * 200_000 + b"\n\nhello",
        b"Received: x\nSubject: y\nContent-Type: text/plain; charset=punycode\n\n" + b"a" * 900_000,
        b"Received: x\nSubject: y\nContent-Type: text/html\n\n" + b"<style" * 200_000,
        b"Received: x\nSubject: y\nContent-Type: text/html\n\n" + b"<!--" * 200_000,
    ],
    ids=["parts", "near boundaries", "lines", "encoded words", "slow charset", "open tags", "open comments"],
)
def test_no_mail_keeps_its_reader_busy(tmp_path: Path, data: bytes) -> None:
    path, started = path_of(tmp_path, data), time.process_time()

    try:
        inspection.inspect(path)
        emails.read(path)
    except Refused as refused:
        assert refused.code == "damaged"
    assert time.process_time() - started < 4


def test_mails_within_mails_end_somewhere(tmp_path: Path) -> None:
    data = b"Received: x\nSubject: y\n"
    for depth in range(400):
        data += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth)
    data += b"\nhello\n" + b"".join(b"--b%d--\n" % depth for depth in reversed(range(400)))

    assert read(tmp_path, data).text == ""


def test_a_mail_is_drawn_with_its_headers(tmp_path: Path) -> None:
    image = emails.draw(path_of(tmp_path, mail()), "message/rfc822", width=720)

    assert image.size == (720, 1000)
    assert image.convert("L").getextrema()[0] < 60  # type: ignore[operator]
