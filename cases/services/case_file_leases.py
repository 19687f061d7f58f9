"""The right to build one case file for a while, and the signs of life by which its builder keeps it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from cases.models import BuildStage, BuildState, CaseFile
from cases.services.case_file_progress import Pace

LEASE = timedelta(minutes=2)
# Storing a large file elsewhere says nothing until it is done.
LEASE_FOR_STORING = timedelta(minutes=30)
# A page asks once in two seconds; more writes than this would only cost. It is also how soon a builder
# finds out that its case file was cancelled.
SECONDS_BETWEEN_SIGNS = 0.5


class Lost(Exception):
    """The case file is not this builder's any more: it was cancelled, or another worker has taken it over."""


@dataclass(slots=True)
class Lease:
    """The right to build one case file, told apart from earlier ones by the number of the attempt."""

    case_file_id: int
    attempt: int
    exhibits_total: int = 0
    stage: str = BuildStage.GATHERING
    exhibits_done: int = 0
    _pace: Pace = field(default_factory=Pace)
    _signed_at: float = field(default_factory=time.monotonic)

    def rows(self) -> QuerySet[CaseFile]:
        """The row, as long as it is ours."""
        return CaseFile.objects.filter(pk=self.case_file_id, state=BuildState.BUILDING, attempts=self.attempt)

    def entered(self, stage: str, lease: timedelta = LEASE) -> None:
        """The next stage begins; no exhibit of it is done. Raises Lost."""
        self.stage, self.exhibits_done = stage, 0
        self.keep(lease)

    def made(self) -> None:
        """One more exhibit is done in this stage."""
        self.exhibits_done += 1
        self.alive()

    def alive(self) -> None:
        if time.monotonic() - self._signed_at >= SECONDS_BETWEEN_SIGNS:
            self.keep()

    def keep(self, lease: timedelta = LEASE) -> None:
        """Show the progress and prolong the lease; raises Lost when it is not ours any more."""
        self._signed_at = time.monotonic()
        left = self._pace.left(
            stage=self.stage, done=self.exhibits_done, total=self.exhibits_total, now=self._signed_at
        )
        now = timezone.now()
        is_ours = self.rows().update(
            stage=self.stage,
            exhibits_done=self.exhibits_done,
            exhibits_total=self.exhibits_total,
            expected_at=None if left is None else now + timedelta(seconds=left),
            lease_until=now + lease,
        )
        if not is_ours:
            raise Lost
