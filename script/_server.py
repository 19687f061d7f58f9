"""Prepares .venv with the system's Python, then becomes the supervisor inside it."""

from __future__ import annotations

import os
import sys

from _environment import ROOT, CannotInstall, environment

try:
    python = environment("requirements.txt")
except CannotInstall as error:
    sys.exit(str(error))
except KeyboardInterrupt:
    sys.exit(130)
os.chdir(ROOT)
os.execv(python, [str(python), "-m", "tracker.supervisor", *sys.argv[1:]])  # noqa: S606
