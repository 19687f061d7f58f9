from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random

import bagit
import pytest

from cases.casefile import layout
from cases.casefile.bag import member_of
from cases.casefile.verify import verify
from tests.casefile.bags import EXHIBIT, KEY, OTHER_KEY, PICTURE, chain, chain_lines, make_bag, payload
from tests.casefile.spoiling import flip, named, reasons, rewrite


def test_an_untouched_case_file_is_unchanged_since_it_was_made(bag: Path) -> None:
    verdict = verify(bag, key=KEY.public_pem)

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


def test_a_link_in_a_folder_is_found_and_not_followed(folder: Path) -> None:
    (folder / EXHIBIT).unlink()
    (folder / EXHIBIT).symlink_to("/etc/passwd")

    assert reasons(verify(folder)) >= {("link", EXHIBIT), ("missing", EXHIBIT)}


def test_the_signer_is_unknown_until_its_key_is_given(bag: Path) -> None:
    unknown, known = verify(bag), verify(bag, key=KEY.public_pem)

    assert "unknown_signer" in {note.reason for note in unknown.notes}
    assert unknown.fingerprint in next(note.text.en for note in unknown.notes)
    assert not unknown.is_signer_known
    assert unknown.exit_code == 0
    assert unknown.summary().en == "It agrees with itself; the signer is not known here."
    assert unknown.summary(is_signer_known=True) == known.summary()
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


@pytest.mark.parametrize("number", ["1e400", "[]", '"x"'])
def test_a_number_that_is_none_is_a_finding_and_no_crash(tmp_path: Path, number: str) -> None:
    case_json = payload_json().replace('"number": 1', f'"number": {number}')
    make_bag(tmp_path / "x.zip", members=payload(case_json=case_json.encode()))

    assert ("malformed", layout.CASE_JSON) in reasons(verify(tmp_path / "x.zip"))


@pytest.mark.parametrize(
    ("was", "put"),
    [
        (b'"at":"2026-09-01T02:00:00.000000Z"', b'"at":"0001-01-01T00:00:00+14:00"'),
        (b'"exhibit_number":1', b'"exhibit_number":[1]'),
    ],
)
def test_a_custody_entry_that_cannot_be_is_a_finding_and_no_crash(
    tmp_path: Path, was: bytes, put: bytes
) -> None:
    lines = chain_lines(chain())
    assert was in lines
    make_bag(tmp_path / "x.zip", members=payload(custody=lines.replace(was, put)))

    assert ("malformed", layout.CUSTODY) in reasons(verify(tmp_path / "x.zip"))


def test_a_chain_of_another_case_is_found_even_when_signed(tmp_path: Path) -> None:
    other = chain("h7j8k9m2n3")
    stated = payload_json().replace(chain()[-1][1], other[-1][1]).encode()
    members = payload(custody=chain_lines(other), case_json=stated)
    make_bag(tmp_path / "x.zip", members=members, head=other[-1][1])

    assert reasons(verify(tmp_path / "x.zip")) == {("contradiction", layout.CUSTODY)}


@pytest.mark.parametrize("kept", [0, 2])
def test_a_chain_that_was_emptied_or_cut_is_found_even_when_signed(tmp_path: Path, kept: int) -> None:
    head = chain()[kept - 1][1] if kept else "0" * 64
    make_bag(tmp_path / "x.zip", members=payload(custody=chain_lines(chain()[:kept])), head=head)

    assert reasons(verify(tmp_path / "x.zip")) == {("contradiction", layout.CUSTODY)}


@pytest.mark.parametrize(
    ("name", "size"),
    [(layout.CASE_JSON, 8 * 1024 * 1024), (layout.CUSTODY, 8 * 1024 * 1024), (layout.TAG_MANIFEST, 2**21)],
)
def test_a_text_far_too_long_is_a_finding_and_is_not_read(
    bag: Path, tmp_path: Path, name: str, size: int
) -> None:
    verdict = verify(rewrite(bag, tmp_path / "long.zip", {name: b"{}," * (size // 3 + 1)}))

    assert verdict.exit_code == 1
    assert ("too_long", name) in reasons(verdict)


def test_a_manifest_of_more_lines_than_a_case_file_has_files_is_not_read(bag: Path, tmp_path: Path) -> None:
    verdict = verify(rewrite(bag, tmp_path / "lines.zip", {layout.MANIFEST: b"x\n" * 20_001}))

    assert verdict.exit_code == 2
    assert reasons(verdict) == {("too_much", layout.MANIFEST)}


def test_of_very_many_findings_the_first_are_named_and_the_others_counted(folder: Path) -> None:
    for number in range(250):
        (folder / f"data/new{number}.txt").touch()

    verdict = verify(folder)

    assert len(verdict.findings) == 201
    assert verdict.findings[-1].text.en == f"And {verdict.finding_count - 200} more, not listed here."
    assert verdict.finding_count >= 250
    assert str(verdict.finding_count) in verdict.summary().en


def test_many_renamed_files_are_each_named_with_their_new_name(folder: Path, tmp_path: Path) -> None:
    for name in (layout.CONTACTS_CSV, EXHIBIT):
        (folder / name).rename(folder / f"{name}.old")

    found = {finding.name: finding.text.en for finding in verify(folder).findings}

    assert found[EXHIBIT] == f"{EXHIBIT} was renamed to {EXHIBIT}.old."
    assert found[layout.CONTACTS_CSV].endswith("contacts.csv.old.")


def payload_json() -> str:
    with next(member for member in payload() if member.path == layout.CASE_JSON).open() as file:
        return file.read().decode()


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
