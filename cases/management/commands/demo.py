"""A believable user with cases, exhibits and due deadlines; prints how to log in."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from cases.services import demo
from tracker.accounts.models import Language


class Command(BaseCommand):
    help = "Make a believable user with six cases, exhibits and due deadlines, and print how to log in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", default=demo.DEMO_EMAIL, help="address of the demo user")
        parser.add_argument("--language", choices=Language.values, default=Language.ZH_HANS.value)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = demo.make_demo(at=timezone.now(), email=options["email"], language=options["language"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{len(made.cases)} cases made. Log in with:")
        self.stdout.write(f"  address   {settings.SITE_URL}{reverse('account_login')}")
        self.stdout.write(f"  email     {made.user.email}")
        self.stdout.write(f"  password  {made.password}")
