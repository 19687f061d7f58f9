"""Tells whoever runs the site what a re-reading found: one mail for a run, and none when all is whole."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import ScrubRun

log = logging.getLogger(__name__)

NAMED_IN_THE_MAIL = 50


def tell(run: ScrubRun) -> bool:
    """Mail the findings of the run to OPERATOR_EMAIL; True when sent, or when there is nothing to send."""
    count = run.findings.count()
    if count:
        log.error("Re-reading %s found %s: see manage.py scrub_evidence", run.pk, count)
    if not count or not settings.OPERATOR_EMAIL:
        return True
    try:
        _mail(run, count).send()
    except (OSError, SMTPException) as error:
        log.warning("The alarm of re-reading %s was not sent (%s)", run.pk, type(error).__name__)
        return False
    return True


def _mail(run: ScrubRun, count: int) -> EmailMessage:
    subject = ngettext("Stored evidence: %(count)s finding", "Stored evidence: %(count)s findings", count) % {
        "count": count
    }
    lines = [f"- {finding.text}" for finding in run.findings.all()[:NAMED_IN_THE_MAIL]]
    if count > NAMED_IN_THE_MAIL:
        lines.append(_("- and %(more)s more") % {"more": count - NAMED_IN_THE_MAIL})
    text = _(
        "Everything that is stored was read again, and this is not as it should be. Nothing was changed.\n\n"
        "%(lines)s\n\nAll of them: %(url)s\n"
        "What to do: docs/operations.md, “When stored files are not whole”. In short: put the files back "
        "from a backup, then run manage.py scrub_evidence."
    )
    url = settings.SITE_URL + reverse("admin:cases_scrubfinding_changelist") + f"?run__id__exact={run.pk}"
    host = urlsplit(settings.SITE_URL).hostname
    return EmailMessage(
        subject,
        text % {"lines": "\n".join(lines), "url": url},
        settings.DEFAULT_FROM_EMAIL,
        [settings.OPERATOR_EMAIL],
        headers={"Message-ID": f"<scrub-run-{run.pk}@{host}>", "Auto-Submitted": "auto-generated"},
    )
