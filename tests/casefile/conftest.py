"""One small case file, as a ZIP and unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.casefile.bags import make_bag


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    make_bag(tmp_path / "case-file.zip")
    return tmp_path / "case-file.zip"


@pytest.fixture
def folder(bag: Path, tmp_path: Path) -> Path:
    with zipfile.ZipFile(bag) as archive:
        archive.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked"
