"""Measures how many order numbers are read exactly on generated screenshots, and what a picture costs.

Run as: python benchmarks/recognition.py [COUNT [SEED]]. It draws the screens of `_order_screens` (light and
dark, two fonts, three sizes, JPEG of quality 60 to 95), reads each by the program that the site uses, and
takes from it what the site would offer. A number counts as read when it is the only one offered, digit for
digit. It needs the packages of requirements-recognition.txt and Debian's fonts-noto-cjk. It lists what
failed, then a table, then one JSON line per claim.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import _order_screens  # noqa: E402

from cases.evidence.recognition import Reader, is_installed  # noqa: E402
from cases.rules import readings  # noqa: E402

GOAL = 0.98
CPU_GOAL = 1.5  # seconds a picture


@dataclass(frozen=True, slots=True)
class Result:
    screen: _order_screens.Screen
    numbers: list[str]
    amounts: list[str]
    cpu: float
    wall: float

    @property
    def is_exact(self) -> bool:
        return self.numbers == [self.screen.order_number]


def cpu_of(process: int) -> float:
    """Seconds of user and system time that it has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_of(process: int) -> float:
    """The most memory that it has held, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def measure(count: int, seed: int) -> Iterator[tuple[Result, float]]:
    """Each screen's result, and the most memory the reader has held until then."""
    with tempfile.TemporaryDirectory() as folder, Reader() as reader:
        path = Path(folder) / "screen"
        for screen in _order_screens.screens(count, seed):
            path.write_bytes(screen.data)
            before, used = time.perf_counter(), cpu_of(reader.process) if reader.process else 0.0
            read = reader.read(path, "image/jpeg")
            assert reader.process is not None
            cpu, wall = cpu_of(reader.process) - used, time.perf_counter() - before
            found = readings.proposals([readings.Line.of(line) for line in read.lines])
            numbers = [one.value for one in found if one.kind == readings.ORDER]
            amounts = [one.value for one in found if one.kind == readings.AMOUNT]
            yield Result(screen, numbers, amounts, cpu, wall), peak_of(reader.process)


def table(results: list[Result]) -> None:
    """How many of each layout, brightness, font and size were read exactly."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for result in results:
        parts = result.screen.name.removesuffix(".jpg").split("-")[1:]
        quality = int(parts.pop()[1:])
        for part in [*parts, "quality 60 to 74" if quality < 75 else "quality 75 to 95"]:
            groups[part].append(result.is_exact)
    print(f"\n{'order numbers read exactly':34}{'of':>6}{'exact':>7}")
    for name, exact in sorted(groups.items()):
        print(f"{name:34}{len(exact):6}{sum(exact):7}")


def claims(results: list[Result], peak: float) -> list[dict[str, Any]]:
    exact, count = sum(result.is_exact for result in results), len(results)
    later = [result.cpu for result in results[1:]]
    paid = [result for result in results if result.amounts]
    right = sum(result.amounts[0] == f"{float(result.screen.amount):.2f} CNY" for result in paid)
    middle, most = statistics.median(later), max(later)
    wall = statistics.median(result.wall for result in results)
    exactly = exact / count / GOAL
    rightly = right / max(len(paid), 1)
    return [
        claim("order numbers read exactly", exact, f"of {count}", f"at least {GOAL:.0%}", exactly),
        claim("amounts offered first that are right", right, f"of {len(paid)}", "all of them", rightly),
        claim("CPU for a picture, median", middle, "s", f"{CPU_GOAL} s", middle / CPU_GOAL),
        claim("CPU for a picture, most", most, "s", f"{CPU_GOAL} s", most / CPU_GOAL),
        claim("CPU for the first picture, models loaded", results[0].cpu, "s", "", None),
        claim("wall clock for a picture, median", wall, "s", "", None),
        claim("most memory of the reader", peak, "MB", "2048 MB, its limit", peak / 2048),
    ]


def claim(what: str, value: float, unit: str, against: str, ratio: float | None) -> dict[str, Any]:
    rounded = None if ratio is None else round(ratio, 2)
    return {"claim": what, "value": round(value, 2), "unit": unit, "against": against, "ratio": rounded}


def main(arguments: list[str]) -> int:
    count = int(arguments[0]) if arguments else 100
    seed = int(arguments[1]) if len(arguments) > 1 else _order_screens.SEED
    if not is_installed():
        print("rapidocr is not installed; run script/recognition first.", file=sys.stderr)
        return 1
    results, most_memory = [], 0.0
    for result, peak in measure(count, seed):
        results.append(result)
        most_memory = max(most_memory, peak)
        if not result.is_exact:
            print(f"{result.screen.name}: {result.screen.order_number} was read as {result.numbers}")
    table(results)
    for line in claims(results, most_memory):
        print(json.dumps(line))
    return 0 if sum(result.is_exact for result in results) >= GOAL * count else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
