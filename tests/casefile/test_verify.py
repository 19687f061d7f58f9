from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random

import bagit
import pytest

from cases.casefile import layout
from cases.casefile.bag import member_of
from cases.casefile.verify import Verdict, verify
from tests.casefile.bags import EXHIBIT, KEY, OTHER_KEY, PICTURE, chain, chain_lines, make_bag, payload


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    make_bag(tmp_path / "case-file.zip")
    return tmp_path / "case-file.zip"


@pytest.fixture
def folder(bag: Path, tmp_path: Path) -> Path:
    with zipfile.ZipFile(bag) as archive:
        archive.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked"


def named(verdict: Verdict) -> set[str]:
    return {found.name for found in verdict.findings}


def reasons(verdict: Verdict) -> set[tuple[str, str]]:
    return {(found.reason, found.name) for found in verdict.findings}


def flip(content: bytes, at: int, bit: int = 0) -> bytes:
    return content[:at] + bytes([content[at] ^ (1 << bit)]) + content[at + 1 :]


def rewrite(bag: Path, target: Path, changed: dict[str, bytes | None]) -> Path:
    """The same ZIP with members changed, removed (None) or added, all check values right."""
    with zipfile.ZipFile(bag) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            content = changed.get(entry.filename, old.read(entry))
            if content is not None:
                new.writestr(entry, content)
        for name in changed.keys() - set(old.namelist()):
            new.writestr(name, changed[name] or b"")
    return target


def test_an_untouched_case_file_is_unchanged_since_it_was_made(bag: Path) -> None:
    verdict = verify(bag)

    assert verdict.exit_code == 0
    assert verdict.findings == ()
    assert verdict.since == "2026-09-01T02:00:00+00:00"
    assert verdict.summary().en.startswith("Unchanged since it was made at 2026-09-01 02:00 +00:00")
    assert "authentic" not in verdict.summary().en


def test_an_unpacked_case_file_is_checked_like_the_zip(folder: Path) -> None:
    assert verify(folder).exit_code == 0


@pytest.mark.parametrize("name", [*layout.REQUIRED, EXHIBIT])
def test_one_flipped_byte_of_any_file_is_found_and_the_file_named(
    bag: Path, tmp_path: Path, name: str
) -> None:
    with zipfile.ZipFile(bag) as archive:
        entry, content = archive.getinfo(name), archive.read(name)
    starts = entry.header_offset + 30 + len(name.encode())
    for at in {0, len(content) // 2, len(content) - 1}:
        raw = tmp_path / "flipped.zip"
        raw.write_bytes(flip(bag.read_bytes(), starts + at))
        again = rewrite(bag, tmp_path / "rewritten.zip", {name: flip(content, at)})

        for changed in (raw, again):
            verdict = verify(changed)
            assert verdict.exit_code == 1
            assert name in named(verdict), (changed.name, at)


def test_three_hundred_random_flips_of_the_zip_are_all_noticed(bag: Path, tmp_path: Path) -> None:
    random = Random(8493)  # noqa: S311  (the same changes in every run)
    whole, changed = bag.read_bytes(), tmp_path / "changed.zip"
    for _round in range(300):
        at = random.randrange(len(whole))
        changed.write_bytes(flip(whole, at, random.randrange(8)))

        assert verify(changed).exit_code != 0, at


def test_every_byte_of_the_zips_own_records_counts(bag: Path, tmp_path: Path) -> None:
    whole, changed = bag.read_bytes(), tmp_path / "changed.zip"
    directory = whole.index(b"PK\x01\x02")
    for at in range(directory, len(whole), 3):
        changed.write_bytes(flip(whole, at, at % 8))

        assert verify(changed).exit_code != 0, at


@pytest.mark.parametrize("name", [*layout.REQUIRED, EXHIBIT])
def test_a_file_that_is_taken_out_is_named(bag: Path, tmp_path: Path, name: str) -> None:
    verdict = verify(rewrite(bag, tmp_path / "without.zip", {name: None}))

    assert verdict.exit_code == 1
    assert ("missing", name) in reasons(verdict)


@pytest.mark.parametrize("name", ["data/exhibits/E002.png", "data/note.txt", "note.txt"])
def test_a_file_that_was_put_in_is_named(bag: Path, tmp_path: Path, name: str) -> None:
    verdict = verify(rewrite(bag, tmp_path / "more.zip", {name: b"new"}))

    assert reasons(verdict) >= {("added", name)}


def test_a_renamed_file_is_named_with_both_names(folder: Path) -> None:
    (folder / EXHIBIT).rename(folder / "data/exhibits/E009.png")

    verdict = verify(folder)

    assert reasons(verdict) == {("renamed", EXHIBIT)}
    assert "E009.png" in verdict.findings[0].text.en


def test_two_swapped_files_are_both_named(bag: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bag) as archive:
        first, second = archive.read(layout.CONTACTS_CSV), archive.read(layout.CUSTODY)

    swapped = rewrite(bag, tmp_path / "s.zip", {layout.CONTACTS_CSV: second, layout.CUSTODY: first})

    assert named(verify(swapped)) == {layout.CONTACTS_CSV, layout.CUSTODY}


def test_bytes_before_behind_and_between_are_found(bag: Path, tmp_path: Path) -> None:
    whole, changed = bag.read_bytes(), tmp_path / "changed.zip"
    for content in (b"MZ" + whole, whole + b"\0", whole[:-1], whole[:100] + b"xx" + whole[100:]):
        changed.write_bytes(content)

        assert verify(changed).exit_code != 0


def test_a_second_file_of_the_same_name_is_found(bag: Path) -> None:
    with zipfile.ZipFile(bag, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(layout.CASE_JSON, b"{}")

    assert ("duplicate", layout.CASE_JSON) in reasons(verify(bag))


@pytest.mark.parametrize(
    "name", ["../outside.txt", "/etc/outside", "data/../../x", "C:/x", "data\\x", "data/./x"]
)
def test_a_name_that_points_outside_is_found_and_nothing_is_written(bag: Path, name: str) -> None:
    with zipfile.ZipFile(bag, "a") as archive:
        archive.writestr(name, b"x")

    assert ("outside", name) in reasons(verify(bag))


def test_a_link_in_the_zip_is_found(bag: Path) -> None:
    entry = zipfile.ZipInfo("data/exhibits/link.png")
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(bag, "a") as archive:
        archive.writestr(entry, b"/etc/passwd")

    assert ("link", "data/exhibits/link.png") in reasons(verify(bag))


def test_a_link_in_a_folder_is_found_and_not_followed(folder: Path) -> None:
    (folder / EXHIBIT).unlink()
    (folder / EXHIBIT).symlink_to("/etc/passwd")

    assert reasons(verify(folder)) >= {("link", EXHIBIT), ("missing", EXHIBIT)}


def test_a_zip_that_claims_to_grow_without_end_is_refused_before_it_is_read(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(layout.MANIFEST, b"\0" * (80 * 1024 * 1024))

    verdict = verify(bomb)

    assert verdict.exit_code == 2
    assert verdict.findings[0].reason == "too_much"


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"PK\x05\x06" + b"\0" * 18, b"%PDF-1.7 no zip at all", b"PK\x05\x06" + b"\xff" * 40],
)
def test_what_is_no_case_file_is_unreadable(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)

    assert verify(tmp_path / "x.zip").exit_code == 2


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    verdict = verify(tmp_path / "nowhere.zip")

    assert (verdict.exit_code, verdict.findings[0].reason) == (2, "no_file")


def test_a_case_file_packed_again_by_another_program_is_still_unaltered(folder: Path, tmp_path: Path) -> None:
    packed = Path(shutil.make_archive(str(tmp_path / "again"), "zip", tmp_path, folder.name))

    verdict = verify(packed)

    assert verdict.exit_code == 0
    assert "packed_again" in {note.reason for note in verdict.notes}


def test_the_signer_is_unknown_until_its_key_is_given(bag: Path) -> None:
    unknown, known = verify(bag), verify(bag, key=KEY.public_pem)

    assert "unknown_signer" in {note.reason for note in unknown.notes}
    assert unknown.fingerprint in next(note.text.en for note in unknown.notes)
    assert not unknown.is_signer_known
    assert known.is_signer_known
    assert "unknown_signer" not in {note.reason for note in known.notes}


def test_a_forgery_that_hashes_everything_again_shows_another_key(bag: Path, tmp_path: Path) -> None:
    forged = tmp_path / "forged.zip"
    make_bag(forged, members=[*payload()[:-1], member_of(EXHIBIT, PICTURE)], key=OTHER_KEY)

    against_the_key, against_none = verify(forged, key=KEY.public_pem), verify(forged)

    assert reasons(against_the_key) == {("other_key", layout.SIGNATURE)}
    assert against_none.fingerprint != verify(bag).fingerprint


def test_a_forgery_that_keeps_the_old_signature_is_found(bag: Path, tmp_path: Path) -> None:
    forged = tmp_path / "forged.zip"
    members = [*payload()[:2], member_of(layout.CONTACTS_CSV, b"nothing happened"), *payload()[3:]]
    make_bag(forged, members=members, key=OTHER_KEY)
    with zipfile.ZipFile(bag) as archive:
        kept = {name: archive.read(name) for name in (layout.SIGNATURE, layout.PUBLIC_KEY)}

    verdict = verify(rewrite(forged, tmp_path / "mixed.zip", dict(kept)))

    assert verdict.exit_code == 1
    assert ("signature", layout.SIGNATURE) in reasons(verdict)


def test_a_byte_behind_the_signature_is_found(bag: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bag) as archive:
        signature = archive.read(layout.SIGNATURE)

    longer = rewrite(bag, tmp_path / "longer.zip", {layout.SIGNATURE: signature + b"\0"})

    assert named(verify(longer)) == {layout.SIGNATURE}


def test_a_broken_chain_is_found_even_when_the_maker_signed_it(tmp_path: Path) -> None:
    for spoiled, at in ((chain()[1:], "1"), ([*chain()[:1], *chain()[2:]], "2"), (chain()[:2], "")):
        members = payload(custody=chain_lines(spoiled))
        make_bag(tmp_path / f"spoiled{at}.zip", members=members)

        verdict = verify(tmp_path / f"spoiled{at}.zip")

        assert named(verdict) == {layout.CUSTODY}
        assert at in verdict.findings[0].text.en


def test_an_exhibit_that_contradicts_case_json_is_found_even_when_signed(tmp_path: Path) -> None:
    make_bag(tmp_path / "x.zip", members=payload(picture=b"another picture"))

    assert reasons(verify(tmp_path / "x.zip")) == {("contradiction", layout.CASE_JSON)}


@pytest.mark.parametrize(
    "case_json",
    [b"", b"[]", b'{"schema": "case-file/1"}', b'{"a": 1, "a": 2}', b"[" * 100_000, b'{"schema": 7}'],
)
def test_a_case_json_of_another_form_is_a_finding_and_no_crash(tmp_path: Path, case_json: bytes) -> None:
    make_bag(tmp_path / "x.zip", members=payload(case_json=case_json))

    assert ("malformed", layout.CASE_JSON) in reasons(verify(tmp_path / "x.zip"))


@pytest.mark.parametrize(
    "custody", [b"\n", b"{}\n", b'{"entry": 5, "hash": ""}\n', b"\xff\xfe\n", b'{"entry":{}}\n']
)
def test_a_chain_of_another_form_is_a_finding_and_no_crash(tmp_path: Path, custody: bytes) -> None:
    make_bag(tmp_path / "x.zip", members=payload(custody=custody))

    assert ("malformed", layout.CUSTODY) in reasons(verify(tmp_path / "x.zip"))


def test_names_of_strangers_cannot_play_with_the_terminal(bag: Path) -> None:
    with zipfile.ZipFile(bag, "a") as archive:
        archive.writestr("data/\u202egnp.exe", b"x")

    verdict = verify(bag)

    assert all("\u202e" not in found.text.en for found in verdict.findings)
    assert any("[U+202E]" in found.text.en for found in verdict.findings)


def test_other_programs_agree(bag: Path, folder: Path) -> None:
    run = {"cwd": folder, "check": True, "capture_output": True}
    bagit.Bag(str(folder)).validate(processes=1)
    subprocess.run(["sha256sum", "-c", "--strict", layout.MANIFEST], **run)  # type: ignore[call-overload]
    subprocess.run(["sha256sum", "-c", "--strict", layout.TAG_MANIFEST], **run)  # type: ignore[call-overload]
    files = f"-verify {layout.PUBLIC_KEY} -signature {layout.SIGNATURE} {layout.TAG_MANIFEST}"
    command = f"openssl dgst -sha256 {files}"
    answer = subprocess.run(command.split(), **run)  # type: ignore[call-overload]
    assert answer.stdout == b"Verified OK\n"
    subprocess.run(["unzip", "-tq", str(bag)], check=True, capture_output=True)


def test_the_verifier_needs_no_django(bag: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from cases.casefile.verify import verify\n"
        "code = verify(Path(sys.argv[1])).exit_code\n"
        "assert not [name for name in sys.modules if name.split('.')[0] == 'django'], 'Django was imported'\n"
        "sys.exit(code)"
    )
    root = Path(__file__).parents[2]
    answer = subprocess.run(
        [sys.executable, "-c", program, str(bag)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
    )
    assert answer.returncode == 0
