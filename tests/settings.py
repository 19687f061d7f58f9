"""The site's own settings, in a data folder that goes away with the test run.

DATABASE_URL and REDIS_URL are taken from the environment where the runner sets them, so the same
tests run on SQLite and on PostgreSQL with Redis.
"""

import atexit
import os
import shutil
import tempfile

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="tracker-tests-")
atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
_TAKEN = (
    "SITE_URL",
    "EMAIL_URL",
    "STORAGE_URL",
    "TSA_URL",
    "TSA_CHAIN",
    "SECRET_KEY",
    "DEBUG",
    "STATIC_ROOT",
)
for name in _TAKEN:
    os.environ.pop(name, None)
# Each test process has a database of its own on the one Redis, as pytest-django makes them on PostgreSQL.
if os.environ.get("REDIS_URL") and (worker := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")):
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{worker}"

from tracker.settings import *  # noqa: E402, F403

STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
STATIC_ROOT.mkdir()  # noqa: F405  (whitenoise warns of one that is not there)
# The real hasher takes a tenth of a second for each user made.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_RATE_LIMITS = False
