"""Case files that users bring in through the page: kept, shown once they are checked, confirmed or discarded.

Workers check them and take them in (case_import_runs); what makes the case, all or nothing, is importing.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from cases.casefile.bag import hash_file
from cases.evidence import names, store
from cases.models import Case, CaseImport, CaseOrigin, ImportState
from cases.services import evidence_room
from tracker.accounts.models import User
from tracker.queue import enqueue_on_commit

log = logging.getLogger(__name__)

MOST_A_DAY = 20

WORK = {ImportState.QUEUED: ImportState.CHECKING, ImportState.CONFIRMED: ImportState.TAKING_IN}
IN_HAND = tuple(WORK.values())
UNDER_WAY = (ImportState.ARRIVING, *WORK, *IN_HAND, ImportState.CHECKED)


def bring(*, user: User, path: Path, name: str, at: datetime) -> CaseImport:
    """Keep the ZIP at `path` and have it checked; a worker is woken after the commit.

    Raises ValidationError for an empty or too large file, while another one of this user is under way, and
    after MOST_A_DAY on one day; Refused where there is no room; StoreTrouble. Then nothing is kept.
    """
    sha256, size = hash_file(path)
    if size == 0:
        raise ValidationError(_("The file is empty. Choose the ZIP of a case file."), code="empty")
    if size > settings.VERIFY_MAX_BYTES:
        raise ValidationError(
            _("The file is larger than %(limit)s, which is the most that is taken in here.")
            % {"limit": filesizeformat(settings.VERIFY_MAX_BYTES)},
            code="too_large",
        )
    # The row first: a file without one would belong to nobody.
    row = _announced(user, names.clean_name(name), size, sha256, at)
    try:
        store.put(row.storage_key, path)
    except BaseException:
        row.delete()
        raise
    with transaction.atomic():
        arrived = CaseImport.objects.filter(pk=row.pk, state=ImportState.ARRIVING)
        is_wanted = arrived.update(state=ImportState.QUEUED)
        enqueue_on_commit("cases.tasks.run_case_import", row.pk)
    if not is_wanted:
        remove_file(row.storage_key)
        raise ValidationError(_("Nothing of it was kept."), code="discarded")
    row.refresh_from_db()
    return row


@transaction.atomic
def confirm(*, case_import: CaseImport) -> bool:
    """Take it in: its user has seen what it holds. False where it does not wait for that word."""
    is_asked = CaseImport.objects.filter(pk=case_import.pk, state=ImportState.CHECKED).update(
        state=ImportState.CONFIRMED, attempts=0, lease_until=None
    )
    if is_asked:
        enqueue_on_commit("cases.tasks.run_case_import", case_import.pk)
    return bool(is_asked)


def discard(*, case_import: CaseImport, at: datetime) -> bool:
    """Forget its words and its file; False for one that is being taken in, or was. A running check is lost.

    The row stays for a while, or whoever discards could bring in without end.
    """
    over = (ImportState.CONFIRMED, ImportState.TAKING_IN, ImportState.DONE, ImportState.DISCARDED)
    rows = CaseImport.objects.filter(pk=case_import.pk).exclude(state__in=over)
    with transaction.atomic():
        row = rows.select_for_update().first()
        if row is None:
            return False
        key = row.storage_key
        rows.update(state=ImportState.DISCARDED, name="", told={}, findings=[], storage_key="", ended_at=at)
    remove_file(key)
    return True


def before(case_import: CaseImport) -> QuerySet[Case]:
    """Cases of this user that came from the very same state of the very same case."""
    told = case_import.told
    origins = CaseOrigin.objects.filter(
        chain_head=told.get("chain_head", ""), identifier=told.get("identifier", "")
    )
    return Case.objects.visible_to(case_import.user).filter(origins__in=origins).distinct()


def _announced(user: User, name: str, size: int, sha256: str, at: datetime) -> CaseImport:
    with transaction.atomic():
        # Two requests at once wait for each other here.
        User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
        mine = CaseImport.objects.filter(user=user)
        if mine.filter(state__in=UNDER_WAY).exists():
            raise ValidationError(
                _("Another case file of yours is on its way in. Finish or discard that one first."),
                code="under_way",
            )
        if mine.filter(requested_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
            raise ValidationError(
                _("You brought in %(count)s case files within a day. Go on tomorrow.")
                % {"count": MOST_A_DAY},
                code="too_many",
            )
        evidence_room.check_room(user, size)
        row = CaseImport.objects.create(user=user, name=name, size=size, sha256=sha256, requested_at=at)
        row.storage_key = store.import_key(row.pk, sha256)
        row.save(update_fields=["storage_key"])
    return row


def remove_file(key: str) -> None:
    """A file that cannot be removed now is named by nobody, and goes with the next reading of the store."""
    try:
        if key:
            store.delete(key)
    except store.StoreTrouble as trouble:
        log.warning("The file of an import stays for now: %s", trouble)
