"""Measures how fast a case file leaves the house, against the work that nothing can avoid.

Run as: python benchmarks/case_file.py [FILES] [ROUNDS] [WHOLE]. It makes its own files, data folder and
SQLite database, measures floor and ourselves in turn, each in a process of its own, prints medians as a
table, and ends with one JSON line per claim. FILES: how many screenshots of 600 kB go into the bag (1000 are
600 MB). WHOLE: how many go through a whole build, from originals to signed bundle; 1000 take minutes.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from _case_file_signature import build_whole, make_large_pdf, memory_used, sign_floor, sign_ours

ROOT = Path(__file__).resolve().parent.parent
WHEN = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
PRINTED = 30  # screenshots in the document
sys.path.insert(0, str(ROOT))

BARE = """
#let d = json("bare.json")
#set document(title: "bare", date: auto)
#set text(font: "Noto Sans CJK SC", fallback: false, lang: "zh", size: 10pt)
= bare
#for text in json("texts.json") [#text #parbreak()]
#for s in d { block(breakable: false)[== #s.caption
  #figure(image(s.preview, height: 170mm, alt: s.caption), caption: [#s.sha256])] }
#for s in d { pdf.attach(s.name, read(s.original, encoding: none), relationship: "source",
  mime-type: "image/png", description: s.caption) }
"""


def nothing(folder: Path) -> None:
    """Imports alone: what an idle worker weighs."""
    from cases.casefile import bag, verify  # noqa: F401


def bag_floor(folder: Path) -> None:
    """The standard library: each file read once, hashed twice and stored; manifests at the end."""
    lines: dict[str, list[str]] = {"sha256": [], "sha512": []}
    target = folder / "floor.zip"
    target.unlink(missing_ok=True)
    with zipfile.ZipFile(target, "x") as archive:
        for source in sorted((folder / "files").iterdir()):
            entry = zipfile.ZipInfo(f"data/{source.name}", (2026, 9, 1, 2, 0, 0))
            hashes = {name: hashlib.new(name) for name in lines}
            with source.open("rb") as file, archive.open(entry, "w") as out:
                while chunk := file.read(1024 * 1024):
                    for one in hashes.values():
                        one.update(chunk)
                    out.write(chunk)
            for name, one in hashes.items():
                lines[name].append(f"{one.hexdigest()}  data/{source.name}\n")
        for name, listed in lines.items():
            archive.writestr(f"manifest-{name}.txt", "".join(listed))


def bag_ours(folder: Path) -> None:
    from tests.casefile.bags import make_bag_of

    target = folder / "ours.zip"
    target.unlink(missing_ok=True)
    hashes = json.loads((folder / "hashes.json").read_text())
    make_bag_of(target, [(folder / "files" / name, sha256) for name, sha256 in hashes.items()])


def verify_ours(folder: Path) -> None:
    from cases.casefile.verify import verify

    verdict = verify(folder / "ours.zip")
    assert verdict.exit_code == 0, verdict.findings


def verify_floor(folder: Path) -> None:
    with (folder / "sums.txt").open("w") as sums:
        for name, sha256 in json.loads((folder / "hashes.json").read_text()).items():
            sums.write(f"{sha256}  files/{name}\n")
    subprocess.run(["sha256sum", "--quiet", "-c", "sums.txt"], cwd=folder, check=True)


def print_floor(folder: Path) -> None:
    """The bare engine: the same texts, a paragraph each, the same pictures, the same originals attached."""
    import typst

    from cases.casefile.fonts import font_path

    work = folder / "document"
    pictures = json.loads((work / "pictures.json").read_text())[0]
    job = json.loads((work / "job.json").read_text())
    exhibits = job["exhibits"]
    shots = [
        {
            "caption": exhibit["title"],
            "preview": drawn[0]["file"],
            "sha256": exhibit["sha256"],
            "name": f"{exhibit['number']}.png",
            "original": exhibit["original"],
        }
        for exhibit, drawn in zip(exhibits, pictures, strict=True)
    ]
    (work / "bare.json").write_text(json.dumps(shots))
    (work / "texts.json").write_text(json.dumps(list(texts_of(job))))
    (work / "bare.typ").write_text(BARE)
    pdf = typst.compile(
        str(work / "bare.typ"),
        root=str(work),
        font_paths=[str(font_path().parent)],
        ignore_system_fonts=True,
        pdf_standards=["a-3a", "ua-1"],
        timestamp=int(WHEN.timestamp()),
    )
    (work / "bare.pdf").write_bytes(pdf)


def texts_of(value: object) -> Iterator[str]:
    """Every text that the document sets, but for the fixed words."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in ("words", "attachments"):
                yield from texts_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)


def print_ours(folder: Path) -> None:
    from cases.casefile.compile import print_volume

    print_volume(folder / "document", 1)


RUNS: dict[str, Callable[[Path], None]] = {
    one.__name__: one
    for one in (
        nothing,
        bag_floor,
        bag_ours,
        verify_floor,
        verify_ours,
        print_floor,
        print_ours,
        make_large_pdf,
        sign_floor,
        sign_ours,
    )
}


def run(name: str, folder: Path) -> dict[str, float]:
    """CPU seconds and peak memory (MB) of one step, in a process of its own; imports are not counted."""
    done = subprocess.run(
        [sys.executable, __file__, "--run", name, str(folder)], check=True, stdout=subprocess.PIPE, text=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def step(name: str, folder: Path) -> None:
    nothing(folder)
    if name.startswith("print"):
        import typst  # noqa: F401

        from cases.casefile.fonts import font_path

        font_path()
    if name.startswith("sign"):
        from cases.casefile import sign_pdf  # noqa: F401
    before = _cpu()
    RUNS[name](folder)
    spent = _cpu() - before
    memory = max(memory_used(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
    print(json.dumps({"cpu": spent, "memory": memory}))


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def make_files(folder: Path, count: int) -> int:
    """`count` files of 600 kB that do not shrink; their hashes in hashes.json. Returns the bytes."""
    (folder / "files").mkdir()
    hashes, total = {}, 0
    for number in range(count):
        content = os.urandom(525_000 + number * 7919 % 150_000)
        (folder / "files" / f"{number:04d}").write_bytes(content)
        hashes[f"{number:04d}"] = hashlib.sha256(content).hexdigest()
        total += len(content)
    (folder / "hashes.json").write_text(json.dumps(hashes))
    return total


def whole_case(folder: Path) -> tuple[list[float], Path]:
    """Seconds from the tap to the finished ZIP for a case with PRINTED screenshots, three times; and a copy
    of the folder in which the document was printed."""
    os.environ.update(DATA_DIR=str(folder / "var"), DJANGO_SETTINGS_MODULE="tracker.settings")
    for name in ("DATABASE_URL", "STORAGE_URL", "REDIS_URL", "SECRET_KEY", "TSA_URL"):
        os.environ.pop(name, None)
    import logging

    import django

    django.setup()
    logging.disable()
    from django.core.management import call_command

    from cases.casefile import document
    from tests import pictures
    from tests.casefile import stories
    from tracker.accounts.models import User

    call_command("migrate", verbosity=0)
    owner = User.objects.create_user("benchmark@example.org")
    case = stories.lost_parcel(owner)
    for number in range(PRINTED - case.exhibits.count()):
        kind = "PNG" if number % 2 else "JPEG"
        content = pictures.encoded(pictures.screenshot(seed=100 + number), kind)
        stories.add_exhibit(case, owner, stories.at(9, 11), content, f"{number}.png", "订单详情")
    kept = folder / "document"
    run_child = document._run

    def keep(action: str, where: Path, *arguments: str, heard: Callable[[str], None]) -> None:
        run_child(action, where, *arguments, heard=heard)
        shutil.copytree(where, kept, dirs_exist_ok=True)

    seconds = []
    for _turn in range(3):
        before = time.perf_counter()
        stories.ready_case_file(case, owner)
        seconds.append(time.perf_counter() - before)
    document._run = keep  # type: ignore[assignment]  # to see what a build leaves
    stories.ready_case_file(case, owner)
    return seconds, kept


def compare(title: str, floor: str, ours: str, folder: Path, rounds: int) -> dict[str, float]:
    """Medians of both, measured in turn."""
    spent: dict[str, list[float]] = {floor: [], ours: []}
    memory: dict[str, float] = {}
    for turn in range(rounds):
        for name in (floor, ours) if turn % 2 else (ours, floor):
            measured = run(name, folder)
            spent[name].append(measured["cpu"])
            memory[name] = max(memory.get(name, 0), measured["memory"])
    low, own = statistics.median(spent[floor]), statistics.median(spent[ours])
    print(f"{title:34}{low:9.2f}{own:9.2f}{own / low:8.2f}{memory[ours]:9.0f}")
    return {"floor": low, "ours": own, "ratio": own / low, "memory": memory[ours]}


def claim(what: str, value: float, unit: str, against: str, ratio: float) -> str:
    line = {
        "claim": what,
        "value": round(value, 2),
        "unit": unit,
        "against": against,
        "ratio": round(ratio, 2),
    }
    return json.dumps(line, ensure_ascii=False)


def main(count: int, rounds: int, whole_count: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="tracker-case-file-"))
    try:
        megabytes = make_files(folder, count) / 1e6
        idle = run("nothing", folder)["memory"]
        run("bag_ours", folder)  # what is verified below
        print(f"{'median CPU seconds':34}{'floor':>9}{'ours':>9}{'ratio':>8}{'MB':>9}")
        bag = compare(f"bag of {count} files, {megabytes:.0f} MB", "bag_floor", "bag_ours", folder, rounds)
        checked = compare("the same, verified", "verify_floor", "verify_ours", folder, rounds)
        seconds, _kept = whole_case(folder)
        printed = compare(f"document with {PRINTED} pictures", "print_floor", "print_ours", folder, rounds)
        run("make_large_pdf", folder)
        signed = compare("a document of 50 MB, signed", "sign_floor", "sign_ours", folder, rounds)
        tapped = statistics.median(seconds)
        print(f"\n{PRINTED} screenshots, from the tap to the ZIP: {tapped:.1f} s")
        floor = f"stdlib zipfile with two hashes: {bag['floor']:.2f} s"
        print(claim(f"bag of {megabytes:.0f} MB written", bag["ours"], "CPU s", floor, bag["ratio"]))
        more = bag["memory"] - idle
        print(claim("memory of the bag above an idle worker", more, "MB", "64 MB allowed", more / 64))
        against = f"sha256sum on the same files: {checked['floor']:.2f} s"
        speed = 1 / checked["ratio"]
        print(claim(f"{megabytes:.0f} MB verified, speed", checked["ours"], "CPU s", against, speed))
        against = f"bare typst with the same pictures attached: {printed['floor']:.2f} s"
        print(claim(f"document with {PRINTED} pictures", printed["ours"], "CPU s", against, printed["ratio"]))
        against = f"one hash and one signature: {signed['floor']:.2f} s"
        print(claim("document of 50 MB signed", signed["ours"], "CPU s", against, signed["ratio"]))
        more = signed["memory"] - idle
        print(claim("memory of signing it above an idle worker", more, "MB", "64 MB allowed", more / 64))
        print(claim(f"case file with {PRINTED} exhibits, wall", tapped, "s", "5 s allowed", tapped / 5))
        whole = build_whole(folder, whole_count)
        bare = bag["floor"] / megabytes * whole["megabytes"] + printed["floor"] / PRINTED * whole["exhibits"]
        against = f"stdlib zipfile and bare typst for as much: {bare:.2f} s"
        what = f"whole build of {whole['exhibits']} exhibits, {whole['megabytes']:.0f} MB"
        print(claim(what, whole["cpu"], "CPU s", against, whole["cpu"] / bare))
        more = whole["worker"] - whole["idle"]
        print(claim("memory of its worker above an idle one", more, "MB", "64 MB allowed", more / 64))
        largest = whole["child"]
        print(claim("memory of its largest child", largest, "MB", "1200 MB allowed", largest / 1200))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        step(sys.argv[2], Path(sys.argv[3]))
    else:
        numbers = [int(argument) for argument in sys.argv[1:]]
        main(*(numbers + [1000, 5, 100][len(numbers) :]))
