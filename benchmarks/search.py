"""Measures how long the list of cases takes to search all that stands in 1,000 cases of one owner.

Run as: python benchmarks/search.py [CASES]. It makes its own data folder and database (SQLite, or the one
that DATABASE_URL names, which it fills), prints a table, and ends with one JSON line per claim.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.accounts.models import User

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 15
EXHIBITS, CONTACTS = 5, 4
AT = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
# What a machine reads on an order screenshot, and again as often as a long chat has it.
READ = (
    "订单详情 商家已发货 订单编号 69301122{:011d} 实付款 ¥128.00 "
    "下单时间 2026-08-20 19:32:05 物流信息 包裹三天没有更新\n"
)
LOOKED_FOR = {
    "a word in every case": "包裹",
    "one order number": "00000000777",
    "nothing": "zebra",
    "three words": "parcel 实付款 refused",
}


def fill(count: int) -> User:
    """One owner with `count` cases, five exhibits of about 800 signs and four contacts each."""
    from cases.models import Case, ContactAttempt, Exhibit, Membership, Role
    from tracker.accounts.models import User

    owner = User.objects.create_user("owner@example.org", "a long password for this")
    cases = Case.objects.bulk_create(
        Case(title=f"Parcel {n} never arrived", playbook="douyin", problem_kind="parcel_lost",
             merchant=f"潮鞋严选 {n}", created_at=AT) for n in range(count)
    )  # fmt: skip
    Membership.objects.bulk_create(
        Membership(case=case, user=owner, role=Role.OWNER, since=AT) for case in cases
    )
    Exhibit.objects.bulk_create(
        (
            Exhibit(case=case, number=n + 1, sha256=f"{case.pk:032x}{n:032x}", size=1, media_type="image/png",
                    storage_key="none", source="upload", shows=f"Chat {n} with the shop",
                    recognised_text=READ.format(case.pk * 10 + n) * 9, received_at=AT)
            for case in cases for n in range(EXHIBITS)
        ),
        batch_size=500,
    )  # fmt: skip
    ContactAttempt.objects.bulk_create(
        (
            ContactAttempt(case=case, channel="hotline", started_at=AT, outcome="refused", logged_at=AT,
                           summary="They refused, and said that it is with the courier. " * 4,
                           ticket_number=f"TK{case.pk}-{n}")
            for case in cases for n in range(CONTACTS)
        ),
        batch_size=500,
    )  # fmt: skip
    return owner


def measure(owner: User, typed: str) -> float:
    """Median milliseconds of the whole answer: queries, rendering and all."""
    from django.test import Client

    client = Client()
    client.force_login(owner)
    took = []
    for _round in range(ROUNDS + 2):
        begin = time.perf_counter()
        answer = client.get("/cases/", {"q": typed, "state": "all"}, headers={"HX-Request": "true"})
        took.append((time.perf_counter() - begin) * 1000)
        assert answer.status_code == 200
    return statistics.median(took[2:])


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory(prefix="tracker-search-") as folder:
        os.environ.update(DATA_DIR=folder, STATIC_ROOT=folder, ALLOWED_HOSTS="testserver")
        os.environ["DJANGO_SETTINGS_MODULE"] = "tracker.settings"
        sys.path.insert(0, str(ROOT))
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        from django.db import connection

        owner = fill(count)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        claims = []
        for name, typed in LOOKED_FOR.items():
            took = measure(owner, typed)
            print(f"{connection.vendor:<12} {count} cases  {name:<24} {took:7.1f} ms")
            claims.append({"claim": f"search, {name}, {connection.vendor}", "value": round(took, 1),
                           "unit": "ms", "against": 100, "ratio": round(took / 100, 2)})  # fmt: skip
        for claim in claims:
            print(json.dumps(claim))


if __name__ == "__main__":
    main()
