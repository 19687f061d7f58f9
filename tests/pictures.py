"""Draws the pictures and PDFs that tests send in: phone screenshots in Chinese, photos, hostile files."""

from __future__ import annotations

import io
import struct
import zlib
from functools import lru_cache

import pillow_heif
from django.core.files.uploadedfile import SimpleUploadedFile
from noto_cjk_sans_otc import FONT_PATH
from PIL import Image, ImageDraw, ImageFont

pillow_heif.register_heif_opener()

SIMPLIFIED_CHINESE_FACE = 2
PHONE = (1080, 2400)
ORDER_LINES = (
    "订单详情",
    "商家已发货",
    "订单编号 6930112233445566778",
    "实付款 ¥128.00",
    "下单时间 2026-08-20 19:32:05",
    "物流信息：包裹已三天没有更新",
)
PDF_WITH_TWO_PAGES = ("Statement of account", "Page two")


@lru_cache(maxsize=8)
def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_PATH), size, index=SIMPLIFIED_CHINESE_FACE)


def screenshot(
    lines: tuple[str, ...] = ORDER_LINES, *, size: tuple[int, int] = PHONE, seed: int = 0
) -> Image.Image:
    """A screenshot with those lines; another `seed` draws other colours, so other bytes."""
    image = Image.new("RGB", size, "#f2f3f5")
    draw = ImageDraw.Draw(image)
    width, unit = size[0], max(size[0] // 27, 8)
    draw.rectangle((0, 0, width, unit * 2), fill="#1b1b1f")
    draw.text((unit, unit // 3), "20:46", font=font(unit), fill="white")
    for row, line in enumerate(lines):
        top = unit * (4 + row * 4)
        tint = zlib.crc32(f"{seed}:{row}".encode()) & 0x3F3F3F
        draw.rounded_rectangle((unit, top, width - unit, top + unit * 3), unit // 2, fill=0xFFFFFF ^ tint)
        draw.text((unit * 2, top + unit // 2), line, font=font(unit), fill="#1b1b1f")
    return image


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The image as a file of that Pillow format: PNG, JPEG, WEBP, HEIF, AVIF, GIF, ..."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@lru_cache(maxsize=32)
def picture(kind: str = "PNG", *, size: tuple[int, int] = (270, 600), seed: int = 0) -> bytes:
    """A small screenshot as a file; made once for each set of arguments."""
    return encoded(screenshot(size=size, seed=seed), kind)


def upload(data: bytes, name: str = "screenshot.png") -> SimpleUploadedFile:
    """The bytes as a browser would send them; what it says of their type is a lie on purpose."""
    return SimpleUploadedFile(name, data, content_type="application/x-anything")


def pdf(pages: tuple[str, ...] = PDF_WITH_TWO_PAGES, *, size: tuple[float, float] = (595, 842)) -> bytes:
    """A PDF with one line of Latin text on each page, sizes in points."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(pages):
        content = f"BT /F1 24 Tf 40 {size[1] - 60:g} Td ({text}) Tj ET".encode()
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]:g} {size[1]:g}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>".encode(),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        ]
    out = bytearray(b"%PDF-1.7\n%\xe4\xbd\xa0\xe5\xa5\xbd\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, xref)
    return bytes(out)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes whose pixels would fill gigabytes: one bit each, all of them zero."""
    deflate = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    body = b"".join(deflate.compress(row * 64) for _block in range(height // 64)) + deflate.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        png_chunk(kind, data) for kind, data in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    )
