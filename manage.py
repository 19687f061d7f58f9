#!/usr/bin/env python3
"""The one entry point: every command of the project starts here."""

import os
import sys


def main() -> None:
    os.umask(0o077)  # what a command writes is for this user alone
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed for this Python. "
            "Run script/server once, then use .venv/bin/python manage.py."
        )
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
