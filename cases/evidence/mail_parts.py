"""Takes an e-mail apart by its own rules, in bounded time and memory. No Django.

Python's own parser keeps every line of a mail as an object and looks for every boundary in each; what
strangers send is scanned here instead, and only headers are given to the parser, a few kilobytes each.
"""

from __future__ import annotations

import base64
import binascii
import mmap
import quopri
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

MAX_PARTS, MAX_DEPTH = 500, 10
_MAX_HEADER_BYTES, _MAX_BODY_BYTES = 64 * 1024, 1024 * 1024
_MAX_CHECKED_BYTES = 10 * 1024 * 1024
_MAX_VALUE = 2_000
SHOWN = ("From", "To", "Cc", "Date", "Subject")
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{0,60}):")
# Written by mail servers and programs; two headers of which one is among these make a mail.
_TRACES = {
    b"received", b"return-path", b"message-id", b"mime-version", b"dkim-signature", b"delivered-to",
    b"x-received", b"arc-seal", b"x-qq-mid",
}  # fmt: skip
_COMMON = {b"from", b"to", b"cc", b"date", b"subject", b"reply-to", b"content-type", b"sender"}
# Encodings whose decoders take time in proportion to the text.
_CHARSET = re.compile(
    r"(us-)?ascii|utf-?(7|8|16|32)|gb\w+|hz-gb-2312|big5\w*|iso-8859-\d+|windows-\d+|cp\d+|koi8-\w"
    r"|iso-2022-\w+|shift_jis|euc-\w+",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([A-Za-z0-9!-]*)[^<>]*>")
_BREAKS = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "blockquote"}
_UNSEEN = {"style", "script", "head", "title"}
_ENTITIES = {"&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&"}


@dataclass(frozen=True, slots=True)
class Email:
    """What a mail says: headers as (name, value) for From, To, Cc, Date and Subject where present, its
    text (at most a megabyte of it), and the names of the files attached. `is_whole` is False for one
    that was cut off.
    """

    headers: tuple[tuple[str, str], ...]
    text: str
    attachments: tuple[str, ...]
    is_whole: bool


@dataclass(slots=True)
class _Found:
    plain: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    parts: int = 0
    is_whole: bool = True


def looks_like_mail(head: bytes) -> bool:
    """Whether a text that begins so is a mail: headers from its first line on, and telling ones."""
    if head.startswith(b"From ") and b"\n" in head:  # the line that mailboxes put before a mail
        head = head.partition(b"\n")[2]
    names: set[bytes] = set()
    for line in head.removeprefix(b"\xef\xbb\xbf").splitlines():
        if line[:1] in {b" ", b"\t"} and names:
            continue
        found = _HEADER.match(line)
        if not found:
            break
        names.add(found[1].lower())
    known = names & (_TRACES | _COMMON)
    return len(known) >= 3 or (len(known) == 2 and bool(known & _TRACES))


def read(path: Path) -> Email:
    """Raises ValueError for an empty file, OSError."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start = data.find(b"\n") + 1 if data[:5] == b"From " else 0
        headers, body = _headers(data, start, len(data))
        found = _Found(is_whole=body is not None)
        if body is not None:
            _walk(data, headers, body, len(data), found, depth=0)
    text = "\n\n".join(found.plain or [_without_tags(page) for page in found.pages])
    shown = tuple((name, value) for name in SHOWN if (value := _value(headers, name)))
    return Email(shown, text, tuple(found.attachments), found.is_whole)


def as_text(mail: Email) -> str:
    """The mail as one text: its headers, its words, and what was attached."""
    lines = [f"{name}: {value}" for name, value in mail.headers]
    lines += ["", mail.text.rstrip(), ""]
    return "\n".join([*lines, *(f"附件 · Attachment: {name}" for name in mail.attachments)])


def _headers(data: mmap.mmap, start: int, end: int) -> tuple[Message, int | None]:
    """The headers that begin at `start`, and where the body does; None when the headers never end."""
    block = data[start : min(end, start + _MAX_HEADER_BYTES)]
    empty = re.search(rb"\A\r?\n|\n\r?\n", block)
    raw = block[: empty.start()] if empty else block
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    return HeaderParser().parsestr(
        text.removeprefix("\ufeff") + "\n\n"
    ), start + empty.end() if empty else None


def _walk(data: mmap.mmap, headers: Message, start: int, end: int, found: _Found, *, depth: int) -> None:
    found.parts += 1
    if found.parts > MAX_PARTS or depth > MAX_DEPTH:
        return
    boundary = _boundary(headers)
    if boundary:
        for first, last in _between(data, boundary, start, end, found):
            inner, body = _headers(data, first, last)
            if body is not None:
                _walk(data, inner, body, last, found, depth=depth + 1)
        return
    kind, name = headers.get_content_type(), _file_name(headers)
    if name or not kind.startswith("text/"):
        found.attachments.append(name or kind)
        if depth == 0:
            found.is_whole = _is_whole_base64(data, headers, start, end)
        return
    text = _decoded(data[start : min(end, start + _MAX_BODY_BYTES)], headers)
    if depth == 0:
        found.is_whole = _is_whole_base64(data, headers, start, end)
    (found.pages if kind == "text/html" else found.plain).append(text)


def _between(
    data: mmap.mmap, boundary: bytes, start: int, end: int, found: _Found
) -> Iterator[tuple[int, int]]:
    """Where each part begins and ends; notes a mail whose closing boundary never comes."""
    mark, part, position = b"--" + boundary, None, start
    for _turn in range(10 * MAX_PARTS):
        at = data.find(mark, position, end)
        if at < 0:
            found.is_whole = False
            return
        position = at + len(mark)
        follows = data[position : position + 2]
        if (at > start and data[at - 1 : at] != b"\n") or follows[:1] not in {
            b"\r",
            b"\n",
            b" ",
            b"\t",
            b"-",
        }:
            continue
        if part is not None:
            yield part, max(part, at - 1)
        if follows == b"--":
            return
        line_end = data.find(b"\n", position, end)
        if line_end < 0:
            found.is_whole = False
            return
        part, position = line_end + 1, line_end


def _boundary(headers: Message) -> bytes:
    if headers.get_content_maintype() != "multipart":
        return b""
    try:
        return (headers.get_boundary() or "").encode()
    except (ValueError, LookupError, TypeError, AttributeError):
        return b""


def _file_name(headers: Message) -> str:
    try:
        name = headers.get_filename() or ""
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        name = ""
    return _one_line(name)[:255] or ("?" if headers.get_content_disposition() == "attachment" else "")


def _value(headers: Message, name: str) -> str:
    return _one_line(str(headers.get(name, ""))[:_MAX_VALUE])


def _one_line(value: str) -> str:
    """Decoded, blanks made one, and without marks that hide or turn around."""
    with suppress(MessageError, ValueError, LookupError, AssertionError):  # else shown as it stands
        value = str(make_header(decode_header(value[:_MAX_VALUE])))
    return "".join(sign for sign in " ".join(value.split()) if sign.isprintable())


def _decoded(body: bytes, headers: Message) -> str:
    coding = str(headers.get("Content-Transfer-Encoding", "")).strip().lower()
    if coding == "base64":
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
        try:
            body = base64.b64decode(letters[: len(letters) // 4 * 4] + _rest(letters))
        except binascii.Error:
            body = b""
    elif coding == "quoted-printable":
        body = quopri.decodestring(body)
    charset = str(headers.get_content_charset("utf-8"))
    if charset.lower() in {"gb2312", "gbk"}:
        charset = "gb18030"
    if not _CHARSET.fullmatch(charset):
        charset = "utf-8"
    try:
        text = body.decode(charset, errors="replace")
    except (LookupError, ValueError):
        text = body.decode("utf-8", errors="replace")
    return text.replace("\r\n", "\n").replace("\0", "\ufffd")


def _rest(letters: bytes) -> bytes:
    rest = letters[len(letters) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def _is_whole_base64(data: mmap.mmap, headers: Message, start: int, end: int) -> bool:
    coding = str(headers.get("Content-Transfer-Encoding", "")).strip().lower()
    if coding != "base64" or end - start > _MAX_CHECKED_BYTES:
        return True
    return len(re.sub(rb"\s", b"", data[start:end])) % 4 == 0


def _without_tags(page: str) -> str:
    """The words of an HTML mail. Not for browsers: what comes out is text, and escaped where shown."""
    words: list[str] = []
    position, unseen = 0, ""
    for tag in _TAG.finditer(page):
        name = tag[2].lower()
        if not unseen:
            words.append(page[position : tag.start()])
            if name in _BREAKS:
                words.append("\n")
        if unseen and tag[1] and name == unseen:
            unseen = ""
        elif not unseen and not tag[1] and name in _UNSEEN:
            unseen = name
        position = tag.end()
    text = "".join([*words, "" if unseen else page[position:]])
    for entity, sign in _ENTITIES.items():
        text = text.replace(entity, sign)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
