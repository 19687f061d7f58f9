"""Random cases full of what nobody should be able to smuggle into a document, and what to look for in it."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cases.models import Case, CaseFile, Exhibit
from cases.services import case_files, cases, contacts, exhibits, orders
from cases.services.playbooks import playbooks_of
from tests import pictures
from tests.casefile.stories import at
from tracker.accounts.models import User

# Markup, the engine's own language, marks that turn lines or are not seen, emoji, formulas, paths.
PIECES = (
    '#panic("x")',
    '#read("/etc/passwd")',
    '#import "@preview/x:1.0.0"',
    "#sys.inputs",
    "$x^2$ $ sum",
    "*bold*",
    "_it_",
    "`raw` ```",
    "<label> @ref",
    "= Heading",
    "- item\n+ item\n/ term: x",
    "\\u{41} \\",
    "// comment /* x",
    "#[ { ( [",
    "<script>alert(1)</script>",
    "<b>&amp;&#x41;",
    "{{ 7*7 }} {% if %}",
    "\u202egnp.exe\u202c",
    "\u2067rtl\u2069",
    "a\u200bb\u200dc\u2060d",
    "\ufeffbom",
    "\u00adsoft",
    "😡👨‍👩‍👧🇨🇳",
    "𠮷𪚥",
    "①→¥",
    "ไทย ہیلو",
    "e\u0301\u0323\u0300" * 9,
    "\ue000\U000f0000",
    "\x07\x1b[31m\x7f",
    "\u2028\u2029\x85",
    "\r\n\r\n",
    "\t\t",
    "=HYPERLINK(1)",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "＝1+1",
    "|cmd",
    "%0A%0D",
    "../../x",
    "C:\\x",
    "CON",
    "W" * 300,
    "中" * 90,
    "https://example.org/?a=b&c=" + "d" * 90,
    "'\";--",
    "\\\\",
    "%PDF-1.7\nstream\nendstream\nendobj",
    ")",
)
NAMES = (
    "../../x.png",
    "..\\..\\x.png",
    "CON.png",
    "a/b:c*?.png",
    "\u202egnp.exe",
    ".png",
    "名字 😀.PNG",
    "x" * 200,
)


def as_sent(data: bytes, name: str) -> SimpleUploadedFile:
    """An upload under this very name; Django's own class takes paths off, and another way in might not."""
    upload = pictures.upload(data)
    upload._name = name
    return upload


@dataclass
class RandomCase:
    """The same number always gives the same case. `marks`: words that the document must show."""

    number: int
    marks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.number)  # noqa: S311  (the same case each time)

    def text(self, most: int, *, at_least: int = 0) -> str:
        """Pieces and random signs, then a mark; `most` signs in all."""
        mark = f"Zq{self.dice.randrange(16**6):06x}"
        parts = [self.dice.choice(self.pieces()) for _part in range(self.dice.randrange(12))]
        text = self.dice.choice(("", " ", "\n")).join(parts)[: most - len(mark) - 1]
        if len(text) < at_least:
            text += "句子。" * ((at_least - len(text)) // 3)
        self.marks.append(mark)
        return f"{text} {mark}"

    def pieces(self) -> tuple[str, ...]:
        signs = "".join(chr(code) for code in self._codes(20) if not 0xD800 <= code <= 0xDFFF)
        return (*PIECES, signs, signs[:3])

    def _codes(self, count: int) -> list[int]:
        return [
            1 + self.dice.randrange(self.dice.choice((0x250, 0xFFFF, 0x10FFFF))) for _sign in range(count)
        ]

    def made(self, owner: User) -> Case:
        dice = self.dice
        case = cases.open_case(
            by=owner,
            at=at(6, 20),
            title=self.text(100),
            playbook=dice.choice(("douyin", "jd", "cn_12315")),
            problem_kind="other",
            merchant=self.text(110),
            problem_statement=self.text(5000, at_least=dice.choice((0, 0, 0, 3000))),
            demand=self.text(900),
            amount=dice.choice((None, Decimal("0.01"), Decimal("99999999.99"))),
        )
        proofs = [self._exhibit(case, owner, number) for number in range(dice.randrange(4))]
        for _order in range(dice.randrange(3)):
            numbers = [("order", f"{dice.randrange(10**18)}")]
            orders.add_order(
                case=case, by=owner, at=at(6, 21), platform=self.text(50), item=self.text(90), numbers=numbers
            )
        channels = sorted({key for playbook in playbooks_of(case) for key in playbook.channels})
        for _contact in range(dice.randrange(5)):
            contacts.log_contact(
                case=case,
                by=owner,
                at=at(7, 9) + timedelta(minutes=dice.randrange(900)),
                channel=dice.choice(channels),
                outcome="answered",
                person=self.text(90),
                ticket_number=dice.choice(("", "=1", "@x", "<b>")),
                summary=self.text(1500),
                exhibits=proofs[:1],
            )
        return case

    def _exhibit(self, case: Case, owner: User, number: int) -> Exhibit:
        size = self.dice.randrange(1, 90), self.dice.randrange(1, 200)
        picture = Image.new("RGB", size, (number, self.number % 256, self.number // 256 % 256))
        name = self.dice.choice(NAMES)
        upload = as_sent(pictures.encoded(picture), name)
        return exhibits.add_exhibit(case=case, by=owner, at=at(6, 21), upload=upload, shows=self.text(90))

    def case_file(self, case: Case, owner: User) -> tuple[CaseFile, io.BytesIO]:
        language = self.dice.choice(("zh-hans", "en"))
        case_file = case_files.build_now(case=case, by=owner, at=at(9, 12), language=language)
        if case_file.state != "ready":
            return case_file, io.BytesIO()
        with case_files.open_zip(case_file) as file:
            return case_file, io.BytesIO(file.read())
