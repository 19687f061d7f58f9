"""Reads the environment; every value that cannot be used is refused with one sentence.

A secret may also be given as a file: NAME_FILE holds the path of it.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"", "0", "false", "no", "off"}


def env_text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool = False) -> bool:
    value = env_text(name, str(default)).lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is “{value}”; write true or false.")


def env_int(name: str, default: int, *, low: int, high: int) -> int:
    value = env_text(name, str(default))
    if not value.isdecimal() or not low <= int(value) <= high:
        raise ImproperlyConfigured(f"{name} is “{value}”; write a whole number from {low} to {high}.")
    return int(value)


def env_minutes(name: str, default: str) -> tuple[timedelta, ...]:
    """Minutes from 0.01 to 1440, with commas between them; at most ten."""
    items = [item.strip() for item in env_text(name, default).split(",")]
    are_numbers = all(re.fullmatch(r"\d{1,4}(\.\d{1,3})?", item, re.ASCII) for item in items)
    if len(items) > 10 or not are_numbers or not all(0.01 <= float(item) <= 1440 for item in items):
        raise ImproperlyConfigured(
            f"{name} is “{','.join(items)}”; write up to ten numbers of minutes from 0.01 to 1440, "
            f"as in {default}."
        )
    return tuple(timedelta(minutes=float(item)) for item in items)


def env_list(name: str) -> list[str]:
    return [item.strip() for item in env_text(name).split(",") if item.strip()]


def env_secret(name: str) -> str:
    """The value of NAME, or the content of the file that NAME_FILE names; empty when neither is set."""
    path = env_text(f"{name}_FILE")
    if not path:
        return env_text(name)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {error}.") from error


def data_folder(path: Path, *, is_private: bool = False) -> Path:
    """Make the folder (mode 0700) unless it is there; refuse one that cannot be written.

    With `is_private`, one that is there already, ours and open to others, is closed to them.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {path} cannot be made: {error.strerror}. "
            "Set DATA_DIR to a folder that this user may write to."
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(
            f"The data folder {path} cannot be written to. "
            "Set DATA_DIR to a folder that this user may write to."
        )
    if is_private:
        found = path.stat()
        if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) & 0o077:
            path.chmod(0o700)
    return path


def kept_secret(path: Path) -> str:
    """The secret kept in `path`, made at the first call; safe when several processes start at once."""
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # fails, atomically, where another process was first
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()


def database(default: Path) -> dict[str, Any]:
    """DATABASE_URL as Django's database settings; SQLite at `default` when it is not set."""
    url = env_secret("DATABASE_URL") or f"sqlite:///{default}"
    try:
        config: dict[str, Any] = environ.Env.db_url_config(url)
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"DATABASE_URL is not understood: {error}.") from error
    engine = config.get("ENGINE", "")
    if engine.endswith("sqlite3"):
        config["OPTIONS"] = {
            # A writer that asks for the lock at BEGIN waits its turn; one that asks later fails at once.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-20000; PRAGMA mmap_size=134217728;"
            ),
        }
    elif engine.endswith("postgresql"):
        server = urlsplit(url).netloc.rpartition("@")[2]
        if server.lower().startswith("%2f"):  # the folder of a Unix socket
            config["HOST"] = unquote(server)
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
        config.setdefault("OPTIONS", {}).setdefault("connect_timeout", 10)
    else:
        raise ImproperlyConfigured(
            "DATABASE_URL names a database this project does not support; "
            "write postgres://user:password@host:5432/name or sqlite:////path/to/file."
        )
    return config


def caches(redis_url: str, *, is_debug: bool) -> dict[str, dict[str, Any]]:
    """What all processes share, in Redis where there is one; and pieces of pages that are the same for
    everybody, in the memory of each process, but not while templates are being changed.
    """
    backends = "django.core.cache.backends"
    local = {"BACKEND": f"{backends}.locmem.LocMemCache"}
    shared = {"BACKEND": f"{backends}.redis.RedisCache", "LOCATION": redis_url}
    pieces = {"BACKEND": f"{backends}.dummy.DummyCache"} if is_debug else {**local, "LOCATION": "pieces"}
    return {"default": shared if redis_url else local, "template_fragments": pieces}


def email(outbox: str) -> dict[str, Any]:
    """EMAIL_URL as Django's EMAIL_* settings; .eml files in `outbox` when it is not set."""
    url = env_secret("EMAIL_URL")
    if not url:
        return {"EMAIL_BACKEND": "tracker.mail.OutboxBackend", "EMAIL_FILE_PATH": outbox}
    try:
        config: dict[str, Any] = environ.Env.email_url_config(url)
    except (KeyError, ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(
            "EMAIL_URL is not understood; write smtp+tls://user:password@host:587."
        ) from error
    if "smtp" not in config["EMAIL_BACKEND"]:
        raise ImproperlyConfigured(
            "EMAIL_URL must name a mail server: smtp://, smtp+tls:// or smtp+ssl://. "
            "Leave it empty to keep mails as files."
        )
    config.pop("OPTIONS", None)
    # For each step of making a connection; what one mail may take is set in cases.services.delivery.
    config["EMAIL_TIMEOUT"] = 10
    return config


def storage(default: Path) -> dict[str, Any]:
    """STORAGE_URL as an entry of Django's STORAGES.

    s3://KEY:SECRET@HOST[:PORT]/BUCKET[?region=NAME&secure=false], file:///absolute/folder, or not set.
    """
    url = env_secret("STORAGE_URL")
    parts = urlsplit(url)
    if not url:
        return _folder(default)
    if parts.scheme == "file":
        return _folder(Path(unquote(parts.path)))
    if parts.scheme != "s3" or not parts.hostname or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            "STORAGE_URL is not understood; write s3://KEY:SECRET@host/bucket or file:///folder."
        )
    return _bucket(parts)


def _folder(folder: Path) -> dict[str, Any]:
    if not folder.is_absolute():
        raise ImproperlyConfigured("STORAGE_URL must name an absolute folder, as in file:///srv/evidence.")
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": str(folder),
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }


def _bucket(parts: SplitResult) -> dict[str, Any]:
    from botocore.config import Config  # slow to import, and only needed here

    query = parse_qs(parts.query)
    scheme = "http" if query.get("secure", ["true"])[0].lower() in _FALSE else "https"
    host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "access_key": unquote(parts.username or "") or None,
            "secret_key": unquote(parts.password or "") or None,
            "bucket_name": parts.path.strip("/"),
            "endpoint_url": f"{scheme}://{host}",
            "region_name": query.get("region", ["us-east-1"])[0],
            "file_overwrite": False,
            "default_acl": None,
            "querystring_auth": True,
            # A page waits for the store no longer than a person waits for the page.
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=3,
                read_timeout=30,
                retries={"max_attempts": 2, "mode": "standard"},
            ),
        },
    }
