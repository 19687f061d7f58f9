"""Programs that change pictures, by the names they write into files. A phone's system is none of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

# What is shown → how it is written in files. Only what exists to change pictures, or pages of a PDF: what
# merely takes, sends, scans or prints them is not here.
_EDITORS = {
    "Adobe Photoshop": r"photoshop(?! lightroom)",
    "Adobe Lightroom": r"lightroom",
    "Adobe Illustrator": r"adobe illustrator",
    "Affinity": r"affinity (?:photo|designer)",
    "BeautyCam 美颜相机": r"beautycam|美颜相机",
    "BeautyPlus": r"beautyplus",
    "CapCut 剪映": r"capcut|jianying|剪映",
    "Canva": r"canva",
    "Corel": r"coreldraw|paintshop|photo-paint",
    "Faceu 激萌": r"faceu|激萌",
    "Fotor": r"fotor",
    "GIMP": r"gimp",
    "Hypic 醒图": r"hypic|xingtu|retouch-xt|醒图",
    "Krita": r"krita",
    "Meitu 美图": r"meitu[a-z]*|mtxx|美图",
    "Paint": r"(?:microsoft|ms) paint|mspaint|画图|paint",
    "Paint.NET": r"paint\.net",
    "PDF editor": r"sejda|pdfescape|ilovepdf|smallpdf|pdf-xchange editor|foxit pdf editor|phantompdf|福昕",
    "Photopea": r"photopea",
    "Picsart": r"pics ?art",
    "Pixelmator": r"pixelmator",
    "Pixlr": r"pixlr",
    "Polarr 泼辣": r"polarr|泼辣",
    "Snapseed": r"snapseed",
    "Ulike 轻颜": r"ulike|轻颜",
    "VSCO": r"vsco",
    "光影魔术手": r"neoimaging|光影魔术手",
}
# Latin names stand alone: “paint” is no editor in “Paintball camera”, “gimp” none in “Gimpel”. A
# version may follow at once.
_NAMED = [
    (shown, re.compile(rf"(?<![a-z0-9.])(?:{written})(?![a-z.])", re.IGNORECASE))
    for shown, written in sorted(_EDITORS.items(), key=lambda entry: -len(entry[0]))
]


def editors_in(software: Iterable[str]) -> tuple[str, ...]:
    """The editing programs that these notes of a file name, each once, in the order of the notes."""
    found: dict[str, None] = {}
    for note in software:
        found |= dict.fromkeys(shown for shown, written in _NAMED if written.search(note))
    return tuple(found)
