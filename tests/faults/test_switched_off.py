"""What falls due while everything is switched off goes out once at the next start, and is called late."""

from __future__ import annotations

import subprocess
import sys
from email import policy
from email.parser import BytesParser
from pathlib import Path

from tests.programs import wait_until
from tests.running import CHECKOUT, clean_environment, run_site

# A shop was written to five days and half an hour ago; half an hour later its answer was due.
FIVE_DAYS_AGO = """
from datetime import timedelta
from django.utils import timezone
from cases.models import ReminderPreferences
from cases.services import contacts
from tests import factories
due = timezone.now() - timedelta(days=5)
user = factories.make_user("off@example.org", language="en")
ReminderPreferences.objects.create(user=user, quiet_from=None, quiet_until=None)
case = factories.make_case(owner=user, at=due - timedelta(hours=5))
contacts.log_contact(
    case=case, by=user, at=due - timedelta(minutes=30), channel="shop_message", outcome="no_answer"
)
case.deadlines.exclude(rule="douyin.shop_message.no_reply").delete()
case.deadlines.get().reminders.update(due_at=due)
"""


def mails_in(outbox: Path) -> list[str]:
    parser = BytesParser(policy=policy.default)
    return [str(parser.parsebytes(path.read_bytes())["Subject"]) for path in sorted(outbox.glob("*.eml"))]


def test_after_five_days_it_is_told_once_and_called_late(tmp_path: Path):
    home = tmp_path / "var"
    environment = clean_environment(DATA_DIR=str(home))
    for command in (["migrate", "--verbosity=0"], ["shell", "--verbosity=0", "--command", FIVE_DAYS_AGO]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=CHECKOUT, env=environment, check=True)

    with run_site(home) as site:
        wait_until(lambda: mails_in(site.outbox), seconds=30, what="the mail is out")
        site.manage("send_due_reminders")
        subjects = mails_in(site.outbox)

    (subject,) = subjects
    assert subject.startswith("Late: ")
    assert len(subject) <= 60

    with run_site(home) as site:
        site.manage("send_due_reminders")
        assert mails_in(site.outbox) == subjects
