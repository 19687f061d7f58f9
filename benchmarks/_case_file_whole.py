"""One build of a whole case file of many screenshots: its time, and its memory in worker and children.

Run by benchmarks/case_file.py: `make FOLDER COUNT` in one process, then `build FOLDER` in another, so that
nothing of the making counts. The last line of `build` is JSON; times are CPU seconds, memory is MB.
"""

from __future__ import annotations

import io
import json
import logging
import os
import random
import resource
import sys
import time
from pathlib import Path

from _case_file_signature import memory_used

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
EMAIL = "benchmark@example.org"
PHONE = (1080, 2400)
# A corner of noise makes a screenshot weigh what one of a phone does, some 600 kB.
NOISE = (430, 450)


def set_up(folder: Path) -> None:
    os.environ.update(DATA_DIR=str(folder / "whole"), DJANGO_SETTINGS_MODULE="tracker.settings")
    for name in ("DATABASE_URL", "STORAGE_URL", "REDIS_URL", "SECRET_KEY", "TSA_URL", "TSA_CHAIN"):
        os.environ.pop(name, None)
    import django

    django.setup()
    logging.disable(logging.WARNING)


def make(folder: Path, count: int) -> None:
    from django.core.management import call_command
    from PIL import Image

    from tests.casefile import stories
    from tracker.accounts.models import User

    call_command("migrate", verbosity=0)
    owner = User.objects.create_user(EMAIL)
    case = stories.lost_parcel(owner)
    dice = random.Random(1)  # noqa: S311  (noise, not a secret)
    for number in range(count):
        picture = Image.new("RGB", PHONE, (242, 243, number % 256))
        picture.paste(Image.frombytes("RGB", NOISE, dice.randbytes(3 * NOISE[0] * NOISE[1])), (40, 300))
        file = io.BytesIO()
        picture.save(file, "PNG", compress_level=1)
        stories.add_exhibit(case, owner, stories.at(9, 11), file.getvalue(), f"{number}.png", "订单详情")


def build(folder: Path) -> dict[str, float]:
    from cases.models import Case
    from cases.services import case_files
    from tests.casefile import stories

    case = Case.objects.get()
    idle, began, before = memory_used(), time.monotonic(), _cpu()
    case_file = stories.ready_case_file(case, case.owner)
    with case_files.open_zip(case_file) as file:
        size = file.seek(0, os.SEEK_END)
    return {
        "exhibits": case.exhibits.count(),
        "megabytes": size / 1e6,
        "wall": time.monotonic() - began,
        "cpu": _cpu() - before,
        "idle": idle,
        "worker": memory_used(),
        "child": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    set_up(Path(sys.argv[2]))
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        print(json.dumps(build(Path(sys.argv[2]))))
