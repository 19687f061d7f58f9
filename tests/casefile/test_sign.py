from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cases.casefile.sign import KeyUnusable, is_signed, public_key, signing_key


def test_the_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "signing-key.pem"

    first, second = signing_key(path), signing_key(path)

    assert first.fingerprint == second.fingerprint
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["signing-key.pem"]


def test_eight_first_uses_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _round: signing_key(tmp_path / "k.pem").fingerprint, range(8)))

    assert len(set(keys)) == 1


def test_a_signature_holds_for_these_bytes_and_no_others(tmp_path: Path) -> None:
    key = signing_key(tmp_path / "k.pem")
    public = public_key(key.public_pem)
    signature = key.sign(b"a list of hashes")

    assert signature == key.sign(b"a list of hashes")
    assert is_signed(b"a list of hashes", signature, public)
    assert not is_signed(b"another list", signature, public)
    assert not is_signed(b"a list of hashes", signature + b"\0", public)


def test_a_file_that_holds_no_key_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "k.pem").write_text("not a key")

    with pytest.raises(KeyUnusable, match="restore it from a backup"):
        signing_key(tmp_path / "k.pem")
