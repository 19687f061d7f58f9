"""The design of others: a Celery task with an ETA for each reminder, a connection for each mail.

Celery loads this module in a worker of its own. A task does no more than such designs do: it reads its row,
leaves it when it was sent, writes the same mail as we do, sends it, and marks it sent; there is no claim
and no custody entry.
"""

from __future__ import annotations

import os

from _reminder_data import start_django
from celery import Celery

start_django()

app = Celery("eta", broker=os.environ["REDIS_URL"])
app.conf.update(
    task_default_queue="eta", task_ignore_result=True, worker_hijack_root_logger=False, enable_utc=True
)


@app.task
def remind(key: int) -> None:
    from django.utils import timezone

    from cases.models import Reminder
    from cases.services import mail

    row = Reminder.objects.select_related("user", "deadline__case").get(pk=key)
    if row.sent_at is not None:
        return
    message = mail.write([row], mail.Recipient(row.user, is_confirmed=True), at=timezone.now())
    assert message is not None
    message.send()
    Reminder.objects.filter(pk=key).update(sent_at=timezone.now())
