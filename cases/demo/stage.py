"""What the stories are told with: the services a user would reach through the pages, at times in the past."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.utils.translation import gettext as _
from PIL import Image

from cases.demo.screenshots import as_jpeg, as_png
from cases.models import Case, ContactAttempt, Exhibit, ExhibitSource
from cases.services import cases, exhibits
from tracker.accounts.models import User

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Stage:
    """The user who tells, and the moment at which the story is told (aware)."""

    user: User
    now: datetime
    is_example: bool = False

    def open_case(self, *, at: datetime, title: str, **fields: Any) -> Case:
        """A case of the user; an example says so in its title, wherever that is shown."""
        if self.is_example:
            title = _("Example: %(title)s") % {"title": title}
        return cases.open_case(by=self.user, at=at, title=title, is_example=self.is_example, **fields)

    def ago(self, *, days: int, at: str) -> datetime:
        """`at` (as in 20:15, Chinese time) so many days before today; one day at least, so it is past."""
        if days < 1:
            raise ValueError("A time of today may not have come yet; use minutes_ago.")
        hour, minute = map(int, at.split(":"))
        day = self.now.astimezone(CHINA) - timedelta(days=days)
        return day.replace(hour=hour, minute=minute, second=0, microsecond=0)

    def minutes_ago(self, minutes: int) -> datetime:
        return self.now - timedelta(minutes=minutes)

    def ahead(self, *, days: int, at: str) -> datetime:
        hour, minute = map(int, at.split(":"))
        day = self.now.astimezone(CHINA) + timedelta(days=days)
        return day.replace(hour=hour, minute=minute, second=0, microsecond=0)

    def add_screenshot(
        self,
        case: Case,
        image: Image.Image,
        *,
        name: str,
        shows: str,
        taken_at: datetime,
        contact: ContactAttempt | None = None,
    ) -> Exhibit:
        """Upload a drawn picture, as JPEG or PNG by its name, a minute after it was taken."""
        content, media_type = (
            (as_png(image), "image/png") if name.endswith(".png") else (as_jpeg(image), "image/jpeg")
        )
        upload = InMemoryUploadedFile(io.BytesIO(content), "files", name, media_type, len(content), None)
        return exhibits.add_exhibit(
            case=case,
            by=self.user,
            at=min(taken_at + timedelta(minutes=1), self.now),
            upload=upload,
            shows=shows,
            claimed_at=taken_at,
            contact=contact,
            source=ExhibitSource.DEMO,
        )
