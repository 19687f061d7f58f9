"""Editing programs are known by their names; phones, cameras and scanners are left alone."""

from __future__ import annotations

import pytest

from cases.rules.editors import editors_in


@pytest.mark.parametrize(
    ("note", "program"),
    [
        ("Adobe Photoshop 25.0 (Windows)", "Adobe Photoshop"),
        ("Adobe Photoshop Lightroom Classic 13.1 (Macintosh)", "Adobe Lightroom"),
        ("GIMP 2.10.36", "GIMP"),
        ("gimp2.10", "GIMP"),
        ("Snapseed 2.0", "Snapseed"),
        ("PicsArt", "Picsart"),
        ("美图秀秀", "Meitu 美图"),
        ("MeituGallery", "Meitu 美图"),
        ("醒图", "Hypic 醒图"),
        ("Canva (Renderer)", "Canva"),
        ("Paint.NET 5.0.13", "Paint.NET"),
        ("Microsoft Paint", "Paint"),
        ("iLovePDF", "PDF editor"),
    ],
)
def test_a_program_that_changes_pictures_is_known(note: str, program: str):
    assert editors_in([note]) == (program,)


@pytest.mark.parametrize(
    "note",
    [
        "iOS 17.5.1",
        "16.5",
        "HarmonyOS 4.2.0",
        "MIUI 14",
        "Android UP1A.231005.007",
        "S918BXXU3BWK5",
        "HDR+ 1.0.585804376zd",
        "Xiaomi 14",
        "macOS 14.5 Quartz PDFContext",
        "Skia/PDF m125",
        "Microsoft: Print To PDF",
        "Painted by Gimpel on canvas",
        "",
    ],
)
def test_a_phone_a_camera_or_a_printer_is_no_editor(note: str):
    assert editors_in([note]) == ()
