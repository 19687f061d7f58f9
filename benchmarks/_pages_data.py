"""The cases that the benchmark of the pages looks at: a hundred made by the services, then copies of them.

They belong to four owners, with 10, 20, 30 and 40 cases; the last is looked at. A copy of all four has its
ids moved by STEP and is written by one INSERT ... SELECT for each table: a million cases take minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

SHARES = (10, 20, 30, 40)
BLOCK = sum(SHARES)
# More than any table has rows for one block, with room for what the benchmark itself adds.
STEP = 20_000
AT_ONCE = 100
RARE = "zirconium"
EMAIL = "owner{}@example.org"
READ = "订单详情 商家已发货 订单编号 69301122{:011d} 实付款 ¥128.00 下单时间 2026-08-20 19:32:05\n"
# Five tries to reach the other side: channel, outcome, days after the case was opened.
CONTACTS = (
    ("shop_message", "no_answer", 1),
    ("order_card", "bot_only", 3),
    ("official_service", "answered", 5),
    ("hotline", "promised", 8),
    ("hotline", "refused", 11),
)
KINDS = ("parcel_lost", "fake_goods", "refund_refused", "defective_goods", "late_delivery")


def fill(blocks: int, *, now: datetime) -> None:
    """One block by the services, then its copies."""
    make_block(now=now)
    copy_block(1, blocks)


def make_block(*, now: datetime) -> None:
    from django.db.models import F

    from cases.models import Case, Reminder

    for number, cases in enumerate(SHARES):
        owner = _owner(number)
        for turn in range(cases):
            _case(owner, turn, now - timedelta(days=12 + turn % 25, hours=turn % 7))
    # What was due before today was sent in its time.
    Reminder.objects.pending().filter(due_at__lt=now + timedelta(hours=6)).update(sent_at=F("due_at"))
    Case.objects.filter(status="waiting").update(status="open")


def _owner(number: int) -> Any:
    from allauth.account.models import EmailAddress

    from cases.models import ReminderPreferences
    from tracker.accounts.models import User

    owner = User.objects.create_user(EMAIL.format(number), "a long password for this", language="zh-hans")
    EmailAddress.objects.create(user=owner, email=owner.email, primary=True, verified=True)
    ReminderPreferences.objects.get_or_create(user=owner)
    return owner


def _case(owner: Any, turn: int, opened: datetime) -> None:
    """Opened, with an order, two exhibits and five contacts; every seventh is closed in the end."""
    from cases.services import cases, contacts, orders

    case = cases.open_case(
        by=owner, at=opened, title=f"第{turn + 1}件包裹一直没有送到", playbook="douyin",
        problem_kind=KINDS[turn % len(KINDS)], merchant=f"潮鞋严选 {turn}", amount=128 + turn,
        problem_statement="下单后一直没有收到货，物流三天没有更新。" * 3, demand="全额退款。",
    )  # fmt: skip
    numbers = [("order", f"69301122{case.pk:011d}"), ("parcel", f"SF{case.pk:012d}")]
    orders.add_order(case=case, by=owner, at=opened, platform="抖音", item="跑鞋 42 码", numbers=numbers)
    logged = []
    for channel, outcome, days in CONTACTS:
        at = opened + timedelta(days=days, hours=1)
        promised: Any = {"promise": "三天内退款", "promised_by": at + timedelta(days=3)}
        logged.append(contacts.log_contact(
            case=case, by=owner, at=at, channel=channel, outcome=outcome,
            started_at=at - timedelta(minutes=9),
            summary="他们说要再等等，物流会联系我；我要求今天之内给出答复。" * 2, person=f"客服 {turn}",
            **(promised if outcome == "promised" else {}),
        ))  # fmt: skip
    _exhibits(case, owner, logged)
    if turn % 7 == 6:
        cases.close_case(case=case, by=owner, at=opened + timedelta(days=11, hours=2), outcome="solved")


def _exhibits(case: Any, owner: Any, logged: Sequence[Any]) -> None:
    """Two rows without bytes, each with its thumbnail, proving the first and the third contact."""
    from cases.models import Exhibit, WorkingCopy

    for number, contact in enumerate(logged[::2][:2], start=1):
        at = contact.started_at + timedelta(minutes=5)
        exhibit = Exhibit.objects.create(
            case=case, number=number, sha256=f"{case.pk:032x}{number:032x}", size=480_000, source="upload",
            media_type="image/png", storage_key="none", shows="与店铺的聊天", added_by=owner, claimed_at=at,
            recognised_text=READ.format(case.pk) * 6, received_at=at, width=1080, height=2400,
        )  # fmt: skip
        WorkingCopy.objects.create(
            exhibit=exhibit, kind="thumbnail", sha256="0" * 64, size=9_000, media_type="image/jpeg",
            storage_key="none", width=240, height=533, made_at=at,
        )  # fmt: skip
        contact.exhibits.add(exhibit)


def tables() -> list[Any]:
    """What is copied, in an order in which each row finds those that it names."""
    from allauth.account.models import EmailAddress

    from cases import models
    from tracker.accounts.models import User

    return [
        User, EmailAddress, models.ReminderPreferences, models.Case, models.Membership, models.Order,
        models.OrderNumber, models.Exhibit, models.WorkingCopy, models.ContactAttempt,
        models.ContactAttempt.exhibits.through, models.Milestone, models.Deadline, models.Reminder,
        models.CustodyEntry,
    ]  # fmt: skip


def copy_block(start: int, end: int) -> None:
    """The copies numbered from `start` to `end`, the last left out."""
    from django.db import connection, transaction

    for first in range(start, end, AT_ONCE):
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":  # the rows that are named are copied as well
                cursor.execute("SET LOCAL session_replication_role = replica")
            for model in tables():
                cursor.execute(_copying(model, connection), [first, min(first + AT_ONCE, end) - 1])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _copying(model: Any, connection: Any) -> str:
    columns, values = [], []
    for field in model._meta.concrete_fields:
        name = connection.ops.quote_name(field.column)
        columns.append(name)
        if field.primary_key or field.remote_field:
            values.append(f"{name} + n.i * {STEP}")
        elif field.name == "email":
            values.append(f"n.i || {name}")
        elif field.name == "reference":
            padded = (
                "lpad({}::text, 10, '0')" if connection.vendor == "postgresql" else "printf('%%010d', {})"
            )
            values.append(padded.format(f"(id + n.i * {STEP})"))
        else:
            values.append(name)
    key = connection.ops.quote_name(model._meta.pk.column)
    table = connection.ops.quote_name(model._meta.db_table)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608 - names of our own columns
        "WITH RECURSIVE n(i) AS (SELECT %s UNION ALL SELECT i + 1 FROM n WHERE i < %s) "
        f"SELECT {', '.join(values)} FROM {table} CROSS JOIN n WHERE {key} < {STEP} ORDER BY n.i, {key}"
    )


def owner() -> Any:
    """Whose pages are looked at."""
    from tracker.accounts.models import User

    return User.objects.get(email=EMAIL.format(len(SHARES) - 1))


def hide_rare_word() -> None:
    """In one contact of all that there are, an old one."""
    from cases.models import Case, ContactAttempt

    case = Case.objects.visible_to(owner()).open().order_by("created_at").first()
    contact = ContactAttempt.objects.filter(case=case).earliest("started_at")
    contact.summary += f" {RARE}"
    contact.save(update_fields=["summary"])
