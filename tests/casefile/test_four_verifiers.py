"""Each of the four ways to check a case file finds each of the same 306 changes."""

from __future__ import annotations

import base64
import io
import shutil
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import sync_playwright

from cases.casefile import layout
from cases.casefile.verify import verify
from tests.casefile.bags import make_bag
from tests.casefile.changes import changes, files_of
from tests.casefile.pages import ARGUMENTS, opened, unpacked_page

ROUNDS, SEED = 18, 2026

# The page's own function, in one call for all; bytes in memory stand for a file, as reading tens of
# thousands of pieces of real ones takes the browser half a minute.
CHECK_ALL = """async ([text, splices]) => {
  const whole = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const verdicts = [];
  for (const [from, to, text] of splices) {
    const put = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
    const bytes = new Uint8Array(from + put.length + whole.length - to);
    bytes.set(whole.subarray(0, from));
    bytes.set(put, from);
    bytes.set(whole.subarray(to), from + put.length);
    const slice = (from, to) => {
      const part = bytes.slice(from, to);
      return { arrayBuffer: async () => part.buffer, stream: () => new Blob([part]).stream() };
    };
    const { code, findings } = await checkZip({ size: bytes.length, slice }, "changed.zip");
    verdicts.push({ code, findings: findings.map(({ code, name }) => [code, name]) });
  }
  return verdicts;
}"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "case-file.zip"
    make_bag(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def changed(whole: bytes) -> dict[str, bytes]:
    return dict(changes(whole, rounds=ROUNDS, seed=SEED))


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory where there is one: each change is written and read once."""
    memory = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def command_finds(path: Path) -> int:
    said = io.StringIO()
    with redirect_stdout(said), pytest.raises(SystemExit) as ended:
        call_command("verify_case_file", path, language="en", stdout=said)
    return int(ended.value.code or 0)


def commands_of_the_text_find(content: bytes, folder: Path) -> bool:
    """What HOW-TO-VERIFY.txt says, in a folder to which the ZIP was unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        return True  # No program unpacks that.
    signature = f"-verify {layout.PUBLIC_KEY} -signature {layout.SIGNATURE} {layout.TAG_MANIFEST}"
    commands = (
        f"sha256sum -c --strict {layout.MANIFEST} && sha256sum -c --strict {layout.TAG_MANIFEST} "
        f"&& openssl dgst -sha256 {signature}"
    )
    if subprocess.run(["sh", "-c", commands], cwd=folder, check=False, capture_output=True).returncode:
        return True
    lists = (folder / layout.MANIFEST).read_text() + (folder / layout.TAG_MANIFEST).read_text()
    named = {line.partition("  ")[2] for line in lists.splitlines()} | layout.OUTSIDE_THE_MANIFESTS
    there = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    return not there <= named or not set(layout.REQUIRED) <= there


def test_the_changes_are_at_least_three_hundred_and_all_different_from_the_whole(
    whole: bytes, changed: dict[str, bytes]
) -> None:
    assert len(changed) == 306
    assert whole not in changed.values()


def test_the_command_finds_every_change(whole: bytes, changed: dict[str, bytes], place: Path) -> None:
    path = place / "changed.zip"
    path.write_bytes(whole)
    assert command_finds(path) == 0

    for what, content in changed.items():
        path.write_bytes(content)
        assert command_finds(path) in (1, 2), what


@pytest.mark.django_db
def test_the_page_of_the_site_finds_every_change(whole: bytes, changed: dict[str, bytes]) -> None:
    def verdict(content: bytes) -> str:
        upload = SimpleUploadedFile("changed.zip", content)
        page = Client().post("/verify/", {"file": upload}, headers={"accept-language": "en"})
        return page.content.decode().partition('data-verdict="')[2][:1]

    assert verdict(whole) == "0"
    for what, content in changed.items():
        assert verdict(content) in ("1", "2"), what


def test_the_page_in_the_case_file_finds_every_change_and_the_same_as_the_command(
    whole: bytes, changed: dict[str, bytes], place: Path, chromium_path: Path
) -> None:
    splices = [splice(whole, content) for content in (whole, *changed.values())]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        with opened(browser, unpacked_page(place)) as page:
            untouched, *verdicts = page.evaluate(CHECK_ALL, [printed(whole), splices])
        browser.close()

    assert untouched == {"code": 0, "findings": []}
    path = place / "changed.zip"
    for (what, content), verdict in zip(changed.items(), verdicts, strict=True):
        assert verdict["code"] in (1, 2), what
        path.write_bytes(content)
        assert found(verdict) == {(one.reason, one.name) for one in verify(path).findings}, what


def splice(whole: bytes, content: bytes) -> tuple[int, int, str]:
    """What to put where into the whole to get the changed one: from, to, bytes; it saves sending it all."""
    start = shared(whole, content)
    most = min(len(whole), len(content)) - start
    end = shared(whole[::-1][:most], content[::-1][:most])
    return start, len(whole) - end, printed(content[start : len(content) - end])


def shared(first: bytes, second: bytes) -> int:
    """How many bytes both begin with."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if first[:middle] == second[:middle] else (low, middle - 1)
    return low


def printed(content: bytes) -> str:
    return base64.b64encode(content).decode()


def found(verdict: dict[str, Any]) -> set[tuple[str, str]]:
    return {(code, name) for code, name in verdict["findings"]}


def test_the_commands_of_how_to_verify_find_every_change_that_reaches_the_files(
    whole: bytes, changed: dict[str, bytes], place: Path
) -> None:
    """They look at the unpacked files: of a change that only the ZIP's own records bear, they cannot know."""
    original = files_of(whole)
    assert not commands_of_the_text_find(whole, place / "whole")

    unseen = 0
    for number, (what, content) in enumerate(changed.items()):
        folder = place / str(number)
        if not commands_of_the_text_find(content, folder):
            there = {file for file in folder.rglob("*") if file.is_file()}
            assert {file.relative_to(folder).as_posix(): file.read_bytes() for file in there} == original, (
                what
            )
            unseen += 1
        shutil.rmtree(folder, ignore_errors=True)
    assert unseen <= ROUNDS  # there is one change of the records in each round
