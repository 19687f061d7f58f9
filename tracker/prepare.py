"""Before the site starts: settings that make sense, data migrated, translations and static files in place."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


class CannotStart(Exception):
    """One sentence for the person at the terminal: what is wrong, why, and what to do."""


def set_up_django() -> None:
    """Load the settings and the apps. Raises CannotStart for an environment that cannot be used."""
    import django
    from django.core.checks import ERROR, run_checks
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise CannotStart(str(error)) from error
    wrong = [message for message in run_checks() if message.is_serious(ERROR)]
    if wrong:
        raise CannotStart("\n".join(f"{m.msg} {m.hint or ''} ({m.id})".strip() for m in wrong))


def claim_port(port: int) -> None:
    """Raise CannotStart unless this process could listen at 127.0.0.1:`port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except PermissionError as error:
            raise CannotStart(
                f"Port {port} is reserved for the system. Choose one above 1023: PORT=8000 script/server"
            ) from error
        except OSError as error:
            raise CannotStart(
                f"Port {port} is in use by another program, perhaps by another copy of this site. "
                "Stop that one, or choose another port, as in: PORT=8001 script/server"
            ) from error


def bring_up_to_date() -> None:
    """Compile the translations, migrate the data, collect the static files; each only where needed."""
    from django.db import Error

    try:
        compile_messages()
        _migrate()
        _collect_static()
    except Error as error:
        first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise CannotStart(
            f"The database cannot be used: {first_line}. "
            "Look at DATABASE_URL, or at the disk, and start again."
        ) from error
    except OSError as error:
        raise CannotStart(
            f"{error.filename or 'A file'} cannot be written: {error.strerror}. "
            "Make room or make it writable for this user, and start again."
        ) from error


def compile_messages() -> None:
    """Compile the translations when a .po file is newer than its .mo, or has none."""
    for source in (CHECKOUT / "locale").glob("*/LC_MESSAGES/django.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns:
            from tracker import messages

            return messages.compile_catalogues()


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Preparing the database ...")
        call_command("migrate", verbosity=0, interactive=False)


def _collect_static() -> None:
    from django.conf import settings
    from django.core.management import call_command

    stamp = Path(settings.STATIC_ROOT) / ".collected"
    state = _static_state()
    if not stamp.exists() or stamp.read_text() != state:
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(state)


def _static_state() -> str:
    """A hash over name, size and time of every static file, and over how they are stored."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = os.stat(storage.path(name))
            digest.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def has_users() -> bool:
    from django.contrib.auth import get_user_model
    from django.db import connection

    try:
        return get_user_model().objects.exists()
    finally:
        connection.close()
