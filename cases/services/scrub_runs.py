"""Re-reads everything that is stored, a little with every tick, and raises the alarm for what it finds.

The row of the run is the truth: where it is and what it found commit together, so that whoever is killed
in between is followed by another who goes on there. Its lease is also what keeps the rate: after a
slice nobody reads before the bytes of that slice have paid for themselves.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.evidence import store
from cases.models import Exhibit, ScrubFinding, ScrubRun
from cases.services import scrub, scrub_alarm, stored_files
from cases.services.scrub import Finding
from tracker.queue import enqueue_on_commit

log = logging.getLogger(__name__)

# The longest that one file may take; a reader that is silent for longer is dead.
LEASE = timedelta(minutes=30)
WAIT_AFTER_TROUBLE = timedelta(minutes=5)
SECONDS_BETWEEN_SAVES = 1.0
MOST_FINDINGS = 1_000
MOST_MAILS_TRIED = 12
PHASES = (*(model.__name__ for model in stored_files.CASE_OF), "chains", "unnamed", "tell")
_BY_NAME = {model.__name__: model for model in stored_files.CASE_OF}


class _Lost(Exception):
    """The lease ran out or the run was ended, and another reader has the work."""


def wake_if_due(at: datetime | None = None) -> bool:
    """What the tick calls: wake a worker where a run is to go on or to begin; whether that was so."""
    now = at or timezone.now()
    run = ScrubRun.objects.filter(ended_at=None).first()
    is_due = _free(now).filter(pk=run.pk).exists() if run else _is_due(now)
    if is_due:
        enqueue_on_commit("cases.tasks.scrub")
    return is_due


def go_on(*, seconds: float = 5, at: datetime | None = None) -> ScrubRun | None:
    """Read for so many seconds, or as much as SCRUB_MB_PER_SECOND allows for one tick, whichever is less.

    Begins a run where one is due; None where nothing is to be done, or another worker reads.
    """
    now = at or timezone.now()
    run = ScrubRun.objects.filter(ended_at=None).first()
    if run is None:
        run = _begin(now) if _is_due(now) else None
    if run is None or not _take(run, now):
        return None
    most = int(settings.SCRUB_MB_PER_SECOND) * 1024 * 1024 * int(settings.TICK_SECONDS)
    reader = _Reader(run, until=time.monotonic() + seconds, most=most)
    try:
        for _finding in reader.read():
            pass
    except _Lost:
        log.warning("Re-reading %s: another worker has taken it over", run.pk)
    except store.StoreTrouble as trouble:
        log.warning("Re-reading %s stops for now: %s", run.pk, trouble)
        _free_at(run, timezone.now() + WAIT_AFTER_TROUBLE)
    return run


def read_everything(*, at: datetime) -> Iterator[Finding]:
    """A whole run at full speed, from the beginning, in this process; findings as they are kept.

    Ends the run under way, if there is one: this takes its place. Raises ValidationError when another
    began at the same moment, store.StoreTrouble where the list of files cannot be read.
    """
    ScrubRun.objects.filter(ended_at=None).update(ended_at=at, lease_until=None)
    run = _begin(at)
    if run is None or not _take(run, at):
        raise ValidationError(_("Another re-reading just began. Wait a minute, then run this again."))
    try:
        yield from _Reader(run).read()
    except _Lost as lost:
        raise ValidationError(
            _("Another re-reading has taken the place of this one; its findings count.")
        ) from lost
    except store.StoreTrouble:
        _free_at(run, timezone.now())
        raise


def latest() -> QuerySet[ScrubFinding]:
    """What the run that ended last found, and the one under way up to now."""
    ended = ScrubRun.objects.exclude(ended_at=None).order_by("-ended_at", "-pk").values_list("pk", flat=True)
    return ScrubFinding.objects.filter(Q(run__ended_at=None) | Q(run__in=list(ended[:1])))


def troubles_of(exhibit: Exhibit) -> list[str]:
    """What is wrong with the stored files of one exhibit, as Trouble values; empty when all are whole."""
    keys = [exhibit.storage_key]
    for rows in (exhibit.working_copies, exhibit.redactions):
        keys += rows.exclude(storage_key="").values_list("storage_key", flat=True)
    found = latest().filter(storage_key__in=keys).order_by().values_list("trouble", flat=True)
    return sorted(set(found))


def _is_due(now: datetime) -> bool:
    last = ScrubRun.objects.order_by("-began_at").first()
    return last is None or last.began_at <= now - timedelta(days=int(settings.SCRUB_DAYS))


def _begin(now: datetime) -> ScrubRun | None:
    """None when another process was faster."""
    try:
        with transaction.atomic():
            return ScrubRun.objects.create(began_at=now, last_at=now, place={"phase": PHASES[0], "after": 0})
    except IntegrityError:
        return None


def _free(now: datetime) -> QuerySet[ScrubRun]:
    """Runs that nobody reads; a lease that ends later than any can is from a clock that was wrong."""
    free = Q(lease_until=None) | Q(lease_until__lte=now) | Q(lease_until__gt=now + LEASE + LEASE)
    return ScrubRun.objects.filter(free, ended_at=None)


def _take(run: ScrubRun, now: datetime) -> bool:
    until = now + LEASE
    taken = bool(_free(now).filter(pk=run.pk).update(lease_until=until))
    run.refresh_from_db()
    return taken and run.lease_until == until


def _free_at(run: ScrubRun, moment: datetime) -> None:
    _ours(run).update(lease_until=moment)


def _ours(run: ScrubRun) -> QuerySet[ScrubRun]:
    """The row, as long as nobody else has its lease: each has a moment of its own."""
    return ScrubRun.objects.filter(pk=run.pk, ended_at=None, lease_until=run.lease_until)


@dataclass(slots=True)
class _Reader:
    """One slice of a run, or all of what is left where there is no limit."""

    run: ScrubRun
    until: float = float("inf")
    most: float = float("inf")
    bytes: int = 0
    found: int = 0  # by the whole run
    _saved_at: float = field(default_factory=time.monotonic)
    _kept: list[Finding] = field(default_factory=list)

    def read(self) -> Iterator[Finding]:
        began = time.monotonic()
        self.found = self.run.findings.count()
        while self.run.ended_at is None:
            yield from self._phase(self.run.place["phase"])
            if self._is_over():
                break
        if self.run.ended_at is None:
            # The next slice begins when these bytes have had their time.
            owed = self.bytes / (int(settings.SCRUB_MB_PER_SECOND) * 1024 * 1024) - (time.monotonic() - began)
            self._save(lease=timedelta(seconds=min(max(owed, 0), LEASE.total_seconds())))

    def _phase(self, phase: str) -> Iterator[Finding]:
        """Each step gives a finding or, where all is whole, None."""
        steps: dict[str, Callable[[], Iterator[Finding | None]]] = {
            "chains": self._chains,
            "unnamed": self._unnamed,
            "tell": self._tell,
        }
        going = steps[phase]() if phase in steps else self._files(_BY_NAME[phase])
        for finding in going:
            if finding is not None:
                yield finding
            if self.found >= MOST_FINDINGS:
                phase = PHASES[-2]
                break
            if self._is_over() and phase not in {"unnamed", "tell"}:
                return
        if phase != "tell":
            self.run.place = {"phase": PHASES[PHASES.index(phase) + 1], "after": 0}
            self._save()

    def _files(self, model: type[models.Model]) -> Iterator[Finding | None]:
        for named in stored_files.named_by(model, after=self.run.place["after"]):
            finding = scrub.look_at(named)
            self._count(named.key)
            self._keep([finding] if finding else [], after=named.pk)
            yield finding

    def _chains(self) -> Iterator[Finding | None]:
        cases = stored_files.with_words().filter(pk__gt=self.run.place["after"]).order_by("pk")
        for case in cases.iterator(chunk_size=100):
            found = list(scrub.chain_finding(case))
            self._keep(found, after=case.pk)
            yield from found
            if not found:
                yield None

    def _unnamed(self) -> Iterator[Finding | None]:
        """In one go, and the seals with it: the list of files has no order to go on in."""
        scrub.remove_rests()
        everything = chain(scrub.seal_findings(), scrub.unnamed_findings())
        found = list(islice(everything, max(0, MOST_FINDINGS - self.found)))
        self._keep(found, after=0)
        yield from found

    def _tell(self) -> Iterator[Finding | None]:
        """The alarm before the end: who is killed in between tells again, with the same Message-ID."""
        tried = int(self.run.place.get("tried", 0))
        is_told = scrub_alarm.tell(self.run)
        now = timezone.now()
        if is_told or tried + 1 >= MOST_MAILS_TRIED:
            if _ours(self.run).update(ended_at=now, last_at=now, lease_until=None):
                self.run.ended_at = now
                return iter(())
            raise _Lost
        self.run.place = {**self.run.place, "tried": tried + 1}
        self._save()
        raise store.StoreTrouble(_("The alarm could not be sent; it is tried again."))

    def _count(self, key: str) -> None:
        self.run.files += 1
        try:
            size = store.size(key)
        except store.StoreTrouble:
            size = 0
        self.run.bytes += size
        self.bytes += size

    def _is_over(self) -> bool:
        return time.monotonic() >= self.until or self.bytes >= self.most

    def _keep(self, found: list[Finding], *, after: int) -> None:
        """At once where something was found, else now and then."""
        self._kept += found
        self.found += len(found)
        self.run.place = {**self.run.place, "after": after}
        if found or time.monotonic() - self._saved_at >= SECONDS_BETWEEN_SAVES:
            self._save()

    def _save(self, *, lease: timedelta = LEASE) -> None:
        """Where it is and what it found, in one transaction; raises _Lost when it is not ours any more."""
        now = timezone.now()
        run = self.run
        with transaction.atomic():
            mine = {"place": run.place, "files": run.files, "bytes": run.bytes}
            if not _ours(run).update(last_at=now, lease_until=now + lease, **mine):
                raise _Lost
            ScrubFinding.objects.bulk_create(
                ScrubFinding(
                    run=run,
                    trouble=one.trouble,
                    storage_key=one.key[:300],
                    whose=one.whose[:100],
                    text=one.text[:500],
                    found_at=now,
                )
                for one in self._kept
            )
        run.lease_until = now + lease
        self._kept.clear()
        self._saved_at = time.monotonic()
