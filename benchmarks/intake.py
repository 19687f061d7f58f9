"""Measures how fast screenshots come in, against the work that nothing can avoid.

Run as: python benchmarks/intake.py [ROUNDS]. It makes its own pictures, data folder and SQLite database,
measures floor and ourselves in turn, prints medians as a table, and ends with one JSON line per claim.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = 4
EACH = 12  # pictures for each client in one round


def screenshot(kind: str, seed: int) -> bytes:
    """A 1080×2400 screenshot with a photo of the goods in it: about 1.3 MB as PNG, 0.5 MB as JPEG."""
    from PIL import Image, ImageFilter

    from tests import pictures

    image = pictures.screenshot(seed=seed)
    photo = Image.effect_noise((500, 600), 60).filter(ImageFilter.GaussianBlur(1)).convert("RGB")
    image.paste(photo, (60 + seed % 50, 1500))
    return pictures.encoded(image, kind, **({"quality": 88} if kind == "JPEG" else {}))


def floor(source: Path, folder: Path) -> None:
    """Read, hash, write, flush the file and its name: what it takes to have received anything at all."""
    target = folder / "target"
    digest = hashlib.sha256()
    with source.open("rb") as file, target.open("wb") as copy:
        while chunk := file.read(256 * 1024):
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    target.rename(folder / digest.hexdigest())
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def chain(source: Path) -> None:
    """One decode, 720 wide, 240 wide made from that, both as JPEG: the least work for two working copies."""
    from PIL import Image

    with Image.open(source) as image:
        image.load()
        preview = image.resize((720, round(image.height * 720 / image.width)), Image.Resampling.LANCZOS)
    for copy in (preview, preview.resize((240, round(preview.height / 3)), Image.Resampling.LANCZOS)):
        copy.save(io.BytesIO(), "JPEG", quality=85)


def start(data_dir: str) -> None:
    os.environ.update(DATA_DIR=data_dir, DJANGO_SETTINGS_MODULE="tracker.settings")
    for name in ("DATABASE_URL", "STORAGE_URL", "REDIS_URL", "SECRET_KEY"):
        os.environ.pop(name, None)
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()


def take_in(source: Path) -> int:
    """What the web process does for one uploaded file. Returns the exhibit's id."""
    from django.core.files.uploadedfile import UploadedFile
    from django.utils import timezone

    from cases.models import Case
    from cases.services import exhibits

    case = Case.objects.get()
    with source.open("rb") as file:
        upload = UploadedFile(file, name="订单.png", size=source.stat().st_size)
        return exhibits.add_exhibit(case=case, by=case.owner, at=timezone.now(), upload=upload).pk


def draw(exhibit_id: int) -> None:
    from django.utils import timezone

    from cases.services import exhibits

    exhibits.make_working_copies(exhibit_id=exhibit_id, at=timezone.now())


def took(clock: Callable[[], float], work: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    """Milliseconds by that clock, and what the work returned."""
    before = clock()
    result = work(*arguments)
    return (clock() - before) * 1000, result


def one_at_a_time(folder: Path, rounds: int) -> list[dict[str, Any]]:
    """Floor and intake by the wall clock, chain and drawing in CPU time, in turn, for each kind."""
    claims = []
    print(f"{'one client, median ms':34}{'floor':>9}{'ours':>9}{'ratio':>8}")
    for number, kind in enumerate(("PNG", "JPEG")):
        times: dict[str, list[float]] = {"floor": [], "take_in": [], "chain": [], "draw": []}
        for turn in range(rounds):
            source = folder / f"{kind}-{turn}"
            source.write_bytes(screenshot(kind, 1_000_000 * (number + 1) + turn))
            times["floor"].append(took(time.perf_counter, floor, source, folder)[0])
            spent, exhibit_id = took(time.perf_counter, take_in, source)
            times["take_in"].append(spent)
            times["chain"].append(took(time.process_time, chain, source)[0])
            times["draw"].append(took(time.process_time, draw, exhibit_id)[0])
        for name, least, ours, goal in (
            ("taken in (wall)", "floor", "take_in", "read, SHA-256, write, fsync"),
            (
                "working copies (CPU)",
                "chain",
                "draw",
                "bare Pillow: one decode, two sizes by LANCZOS, two JPEGs",
            ),
        ):
            low, own = statistics.median(times[least]), statistics.median(times[ours])
            print(f"{f'{kind} {name}':34}{low:9.1f}{own:9.1f}{own / low:8.2f}")
            claims.append(claim(f"{kind} screenshot {name}", own, "ms", f"{goal}: {low:.1f} ms", own / low))
    return claims


def all_at_once(folder: Path, rounds: int) -> list[dict[str, Any]]:
    """Four processes take in and draw, against the same four running the bare chain alone."""
    rates: dict[str, list[float]] = {"chain": [], "whole": []}
    for turn in range(rounds):
        sources = folder / f"round-{turn}"
        sources.mkdir()
        for number in range(CLIENTS * EACH):
            kind = "PNG" if number % 2 else "JPEG"
            (sources / str(number)).write_bytes(screenshot(kind, 10_000 * (turn + 1) + number))
        for what in rates if turn % 2 else reversed(rates):
            rates[what].append(CLIENTS * EACH / race(what, sources))
    least, own = statistics.median(rates["chain"]), statistics.median(rates["whole"])
    print(f"\n{f'{CLIENTS} clients at once':34}{'chain':>9}{'ours':>9}{'ratio':>8}")
    print(f"{'screenshots a second, all told':34}{least:9.1f}{own:9.1f}{own / least:8.2f}")
    against = f"the bare chain in {CLIENTS} processes: {least:.1f} a second"
    return [
        claim(f"{CLIENTS} clients at once, taken in and drawn", own, "screenshots/s", against, own / least)
    ]


def race(what: str, sources: Path) -> float:
    """Seconds from the common start until the last client is done."""
    clients = [
        subprocess.Popen(
            [sys.executable, __file__, "--client", what, str(sources), str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(CLIENTS)
    ]
    for client in clients:
        assert client.stdout is not None
        assert client.stdout.readline() == "ready\n"
    before = time.perf_counter()
    for client in clients:
        assert client.stdin is not None
        client.stdin.close()
    assert [client.wait() for client in clients] == [0] * CLIENTS
    return time.perf_counter() - before


def client(what: str, sources: Path, number: int) -> None:
    """One of the four: ready when everything is imported, off when its standard input closes."""
    start(os.environ["DATA_DIR"])
    from cases.services import exhibits  # noqa: F401 - what takes long to import is not part of the race

    print("ready", flush=True)
    sys.stdin.read()
    for source in sorted(sources.iterdir(), key=lambda path: int(path.name))[number::CLIENTS]:
        if what == "chain":
            chain(source)
        else:
            draw(take_in(source))


def claim(what: str, value: float, unit: str, against: str, ratio: float) -> dict[str, Any]:
    return {
        "claim": what,
        "value": round(value, 1),
        "unit": unit,
        "against": against,
        "ratio": round(ratio, 2),
    }


def main(rounds: int) -> None:
    data_dir = tempfile.mkdtemp(prefix="tracker-intake-")
    try:
        start(data_dir)
        from django.core.management import call_command
        from django.utils import timezone

        from cases.models import ProblemKind
        from cases.services import cases
        from tracker.accounts.models import User

        call_command("migrate", verbosity=0)
        owner = User.objects.create_user("benchmark@example.org")
        cases.open_case(
            by=owner, at=timezone.now(), title="B", playbook="douyin", problem_kind=ProblemKind.OTHER
        )
        folder = Path(data_dir) / "pictures"
        folder.mkdir()
        claims = one_at_a_time(folder, rounds) + all_at_once(folder, max(3, rounds // 5))
        for line in claims:
            print(json.dumps(line, ensure_ascii=False))
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--client"]:
        client(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 25)
