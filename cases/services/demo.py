"""Makes the believable user of `manage.py demo`, all of it or nothing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases.demo.stage import Stage
from cases.demo.stories import STORIES
from cases.models import Case
from tracker.accounts.models import User

DEMO_EMAIL = "demo@example.com"


@dataclass(frozen=True, slots=True)
class Demo:
    user: User
    password: str
    cases: tuple[Case, ...]


@transaction.atomic
def make_demo(*, at: datetime, email: str = DEMO_EMAIL, language: str = "zh-hans") -> Demo:
    """A user with six cases as of `at`. Raises ValidationError when that address already has an account."""
    if User.objects.filter(email=email.lower()).exists():
        raise ValidationError(_("%(email)s already has an account; give another address.") % {"email": email})
    password = "-".join(secrets.token_hex(2) for _part in range(4))
    user = User(email=email.lower(), name="林晓雨", language=language, time_zone="Asia/Shanghai")
    user.set_password(password)
    user.full_clean()
    user.save()
    # Nobody is asked to confirm an address of which no mail can come back.
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    stage = Stage(user=user, now=at)
    return Demo(user=user, password=password, cases=tuple(story(stage) for story in STORIES))
