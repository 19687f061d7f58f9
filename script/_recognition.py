"""Installs the packages that read screenshots beside those of the site."""

from __future__ import annotations

import sys

from _environment import CannotInstall, environment

if __name__ == "__main__":
    try:
        environment("requirements.txt", "requirements-recognition.txt")
    except CannotInstall as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    print("Screenshots can be read now. If script/server runs, start it anew; it reads what is stored, too.")
