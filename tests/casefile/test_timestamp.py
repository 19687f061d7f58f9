from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from cases.casefile import layout
from cases.casefile.timestamp import NoStamp, read_stamp, request_stamp
from cases.casefile.verify import verify
from tests.casefile.authority import Authority, running_authority
from tests.casefile.bags import make_bag
from tests.casefile.spoiling import flip, reasons, rewrite


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running_authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


@pytest.fixture
def stamped(authority: Authority, tmp_path: Path) -> Path:
    make_bag(tmp_path / "stamped.zip", stamp=partial(request_stamp, url=authority.url))
    return tmp_path / "stamped.zip"


def member(bag: Path, name: str) -> bytes:
    with zipfile.ZipFile(bag) as archive:
        return archive.read(name)


def test_a_stamp_is_over_the_manifest_and_leads_to_the_authoritys_root(
    stamped: Path, authority: Authority
) -> None:
    checked, unchecked = verify(stamped, stamp_root=authority.root), verify(stamped)

    assert checked.findings == unchecked.findings == ()
    assert checked.stamp is not None
    assert checked.stamp.is_checked
    assert checked.stamp.authority == "CN=Authority"
    assert "stamp_checked" in {note.reason for note in checked.notes}
    assert "stamp_unchecked" in {note.reason for note in unchecked.notes}
    assert "own_time" not in {note.reason for note in checked.notes}


def test_openssl_agrees(stamped: Path, authority: Authority, tmp_path: Path) -> None:
    for name in (layout.MANIFEST, layout.TIMESTAMP):
        (tmp_path / name).write_bytes(member(stamped, name))

    command = f"openssl ts -verify -data {layout.MANIFEST} -in {layout.TIMESTAMP} -CAfile {authority.root}"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=True)

    assert b"Verification: OK" in done.stdout
    assert "openssl ts -verify" in member(stamped, layout.HOW_TO_VERIFY).decode()


def test_a_changed_stamp_is_found(stamped: Path, tmp_path: Path) -> None:
    token = member(stamped, layout.TIMESTAMP)
    for at in (0, len(token) // 2, len(token) - 1):
        changed = rewrite(stamped, tmp_path / "changed.zip", {layout.TIMESTAMP: flip(token, at)})

        assert ("altered", layout.TIMESTAMP) in reasons(verify(changed))


def test_a_stamp_taken_away_is_found(stamped: Path, tmp_path: Path) -> None:
    without = rewrite(stamped, tmp_path / "without.zip", {layout.TIMESTAMP: None})

    assert reasons(verify(without)) == {("missing", layout.TIMESTAMP)}


def test_a_stamp_of_other_bytes_is_found_even_when_the_maker_signed_it(
    authority: Authority, tmp_path: Path
) -> None:
    foreign = request_stamp(b"other bytes", authority.url)
    make_bag(tmp_path / "x.zip", stamp=lambda manifest: foreign)

    assert reasons(verify(tmp_path / "x.zip")) == {("stamp", layout.TIMESTAMP)}


def test_a_stamp_that_leads_to_another_root_is_found(stamped: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with running_authority(tmp_path / "other") as other:
        assert reasons(verify(stamped, stamp_root=other.root)) == {("stamp", layout.TIMESTAMP)}


def test_bytes_behind_a_stamp_are_refused(authority: Authority) -> None:
    token = request_stamp(b"a manifest", authority.url)

    with pytest.raises(NoStamp):
        read_stamp(token + b"\0", b"a manifest")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "ftp://127.0.0.1/", "no address"])
def test_an_authority_out_of_reach_is_a_sentence(url: str) -> None:
    with pytest.raises(NoStamp) as refused:
        request_stamp(b"a manifest", url)

    assert refused.value.text.en.endswith(".")
    assert refused.value.text.zh_hans.endswith("。")


@pytest.mark.parametrize("answer", [b"", b"<html>no</html>", b"\x30\x03\x02\x01\x00", b"\x30" * 300_000])
def test_an_answer_that_is_no_stamp_is_a_sentence(answer: bytes) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        with pytest.raises(NoStamp):
            request_stamp(b"a manifest", f"http://127.0.0.1:{server.server_address[1]}/")
        thread.join()
