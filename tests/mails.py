"""E-mails that tests send in, as mail programs save them."""

from __future__ import annotations

from email.message import EmailMessage

WORDS = "您好：\n您的退款申请已受理，工单号 20261120001。\n"


def mail(
    text: str = WORDS,
    *,
    subject: str = "退款进度",
    attachments: tuple[str, ...] = (),
    html: str = "",
    charset: str = "utf-8",
    cte: str = "base64",
) -> bytes:
    """A whole mail from a shop, as .eml."""
    made = EmailMessage()
    made["Received"] = "from mx.shop.example by mail.example; Fri, 20 Nov 2026 10:00:00 +0800"
    made["From"] = "客服 <service@shop.example>"
    made["To"] = "alice@example.org"
    made["Date"] = "Fri, 20 Nov 2026 10:00:00 +0800"
    made["Subject"] = subject
    made["Message-ID"] = "<1@shop.example>"
    made.set_content(text, charset=charset, cte=cte)
    if html:
        made.add_alternative(html, subtype="html", cte="quoted-printable")
    for name in attachments:
        made.add_attachment(b"\0\1\2" * 100, maintype="application", subtype="pdf", filename=name)
    return made.as_bytes()
