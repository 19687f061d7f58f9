from __future__ import annotations

import shlex
import shutil
import subprocess
import zipfile
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509

from cases.casefile import layout
from cases.casefile.timestamp import request_stamp
from cases.casefile.verify import verify
from tests.casefile.authority import running_authority
from tests.casefile.bags import make_bag
from tests.casefile.spoiling import reasons


@pytest.mark.parametrize("is_direct", [True, False], ids=["under the root", "another between"])
def test_the_command_that_the_bag_names_works_with_its_files_and_the_root(
    tmp_path: Path, is_direct: bool
) -> None:
    with running_authority(tmp_path, is_direct=is_direct) as authority:
        make_bag(
            tmp_path / "x.zip",
            stamp=partial(request_stamp, url=authority.url),
            stamp_chain=None if is_direct else authority.between,
        )
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        archive.extractall(folder)
    shutil.copy(authority.root, tmp_path / "tsa-root.pem")

    told = (folder / layout.HOW_TO_VERIFY).read_text().splitlines()
    commands = {line.strip() for line in told if "openssl ts -verify" in line}
    (command,) = commands
    done = subprocess.run(shlex.split(command), cwd=folder, capture_output=True, check=True)

    assert b"Verification: OK" in done.stdout
    assert any("“CN=Root”" in line for line in told)
    names = [one.subject.rfc4514_string() for one in _chain(folder)]
    assert names == (["CN=Authority"] if is_direct else ["CN=Authority", "CN=Between"])
    assert verify(tmp_path / "x.zip", stamp_root=authority.root).findings == ()


def test_an_authority_that_sends_its_own_certificate_only_needs_the_setting(tmp_path: Path) -> None:
    with running_authority(tmp_path, is_direct=False) as authority:
        make_bag(tmp_path / "x.zip", stamp=partial(request_stamp, url=authority.url))

    assert reasons(verify(tmp_path / "x.zip", stamp_root=authority.root)) == {("stamp", layout.TIMESTAMP)}


def test_a_setting_that_names_no_certificates_costs_the_stamp_and_is_told(tmp_path: Path) -> None:
    with running_authority(tmp_path) as authority:
        bag = make_bag(
            tmp_path / "x.zip",
            stamp=partial(request_stamp, url=authority.url),
            stamp_chain=tmp_path / "nowhere.pem",
        )

    assert bag.no_stamp is not None
    assert bag.no_stamp.en == "The file that TSA_CHAIN names holds no certificates."
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert not {layout.TIMESTAMP, layout.TSA_CHAIN} & set(archive.namelist())
        assert "this installation's own" in archive.read(layout.BAG_INFO).decode()


def _chain(folder: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates((folder / layout.TSA_CHAIN).read_bytes())
