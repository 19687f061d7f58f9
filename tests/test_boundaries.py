"""The house as it was designed: its rooms, which way imports point, which doors are open."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands
from django.urls import URLPattern, URLResolver, get_resolver

from tracker.celery import app

CHECKOUT = Path(__file__).resolve().parent.parent

ROOMS = (
    "manage.py", "requirements.txt", "requirements-dev.txt", "pyproject.toml", "compose.yaml",
    "Dockerfile", "LICENSE", "README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md",
    "CHANGELOG.md", "SECURITY.md", "script/server", "script/test", "script/lint", ".ci/run",
    "tracker/settings.py", "tracker/env.py", "tracker/urls.py", "tracker/celery.py", "tracker/wsgi.py",
    "tracker/health", "tracker/accounts", "cases/playbooks/douyin.toml", "cases/rules", "cases/models",
    "cases/services", "cases/evidence", "cases/casefile/verify.py", "cases/forms",
    "cases/views/access.py", "cases/tasks.py", "cases/management/commands", "cases/checks.py",
    "templates/base.html", "templates/cases", "templates/emails", "static", "locale/zh_Hans", "locale/en",
    "tests/browser", "tests/services", "benchmarks", "docs/operations.md", "docs/decisions",
)  # fmt: skip

# A room imports only from rooms of a lower rank, or of its own. What is not named here has the highest.
RANKS = {"rules": 0, "models": 1, "evidence": 2, "casefile": 2, "demo": 3, "services": 3, "forms": 4}
HIGHEST = 5

# Where the site itself calls the domain, and why.
DOMAIN_IN_SITE = {
    "tracker/accounts/reminder_settings.py": "how one is reminded is set beside language and time zone",
    "tracker/accounts/views.py": "it hands out the calendar's address, and reminders follow the time zone",
}

# Every address that asks for no log-in; all others do.
OPEN = {
    "healthz",
    "readyz",
    ".well-known/security.txt",
    "i18n/setlang/",
    "manifest.webmanifest",
    "service-worker.js",
    "offline/",
    "session.json",  # says who is logged in, to themselves
    "share/",  # takes from other apps; to see it, one logs in
    "seals.json",
    "seals/",
    "verify/",
    "playbooks/",
    "playbooks/<slug:key>/",
    "playbooks/<slug:key>/file/",
    "calendar/<str:token>.ics",
    "reminders/<str:token>/",
    "unsubscribe/<str:token>/",
    "shared/<str:token>/",
    "shared/<str:token>/zip/",
    "accounts/login/",
    "accounts/login/code/confirm/",  # answers 404: no codes by mail here
    "accounts/logout/",
    "accounts/signup/",
    "accounts/confirm-email/",
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$",
    "accounts/password/reset/",
    "accounts/password/reset/done/",
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
    "accounts/password/reset/key/done/",
    "accounts/inactive/",
    "admin/login/",
}

# What is longer than a screen: it may shrink, never grow, and goes from this list once it fits.
LONGER_FILES = {"cases/demo/stories.py": 463}
LONGER_FUNCTIONS = {
    "cases/demo/stories.py fake_goods": 102,
    "cases/demo/stories.py hotel_booking": 65,
    "cases/demo/stories.py parcel_lost": 88,
    "cases/demo/stories.py refund_refused": 74,
}
LONGEST_FILE, LONGEST_FUNCTION = 300, 40


def source_files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((CHECKOUT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def named(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


def imports_of(path: Path) -> set[str]:
    """The full name of every module the file imports, wherever in the file it does so."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{named(path)} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def rank_of(room: str) -> int:
    return RANKS.get(room, HIGHEST)


OUR_CODE = source_files("cases", "tracker", "script")


@pytest.mark.parametrize("room", ROOMS)
def test_the_room_exists(room: str) -> None:
    assert (CHECKOUT / room).exists()


@pytest.mark.parametrize("path", source_files("cases"), ids=named)
def test_imports_point_one_way(path: Path) -> None:
    room = path.relative_to(CHECKOUT / "cases").parts[0].removesuffix(".py")
    rooms = {name.split(".")[1] for name in imports_of(path) if name.startswith("cases.")}

    upwards = {other for other in rooms if rank_of(other) > rank_of(room)}

    assert upwards == set(), f"{room} imports what stands above it"


@pytest.mark.parametrize("path", source_files("tracker"), ids=named)
def test_the_site_knows_no_domain(path: Path) -> None:
    domain = {name for name in imports_of(path) if name.split(".")[0] == "cases"}

    assert bool(domain) == (named(path) in DOMAIN_IN_SITE), domain


@pytest.mark.parametrize(
    "module",
    [
        ".".join(path.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__")
        for path in [*source_files("cases/rules"), CHECKOUT / "cases" / "casefile" / "verify.py"]
    ],
)
def test_the_rules_and_the_verifier_run_without_django(module: str) -> None:
    blocked = "import sys; sys.modules['django'] = None; sys.modules['tracker'] = None; "

    subprocess.run([sys.executable, "-c", f"{blocked}import {module}"], cwd=CHECKOUT, check=True)


def every_address() -> Iterator[tuple[str, URLPattern]]:
    def walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
        for entry in resolver.url_patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry, route)
            else:
                yield route, entry

    yield from walk(get_resolver(), "")


def test_every_address_asks_for_a_login_except_those_listed() -> None:
    is_open = {
        route for route, entry in every_address() if not getattr(entry.callback, "login_required", True)
    }

    assert is_open == OPEN


def test_no_migration_is_missing(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def documents() -> list[Path]:
    return [*sorted(CHECKOUT.glob("*.md")), *sorted((CHECKOUT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("path", documents(), ids=named)
def test_every_command_a_document_names_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    scripts = set(re.findall(r"(?<![\w/.-])script/([a-z_]+)", text))
    commands = set(re.findall(r"manage\.py ([a-z_]+)", text))

    assert {name for name in scripts if not (CHECKOUT / "script" / name).exists()} == set()
    assert commands - set(get_commands()) == set()


def test_every_name_of_the_environment_is_documented_and_no_other() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in source_files("tracker", "cases"))
    read = set(re.findall(r"env_(?:text|bool|int|list|minutes|secret)\(\s*\"([A-Z_]+)\"", code))
    table = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8")

    assert read == set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE))


@pytest.mark.parametrize("path", documents(), ids=named)
def test_every_link_of_a_document_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]

    assert [link for link in local if not (path.parent / link).exists()] == []


def test_every_task_that_is_queued_by_name_exists() -> None:
    app.loader.import_default_modules()
    names = set()
    for path in source_files("cases", "tracker"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "enqueue_on_commit":
                assert isinstance(node.args[0], ast.Constant), f"{named(path)} makes up the name of a task"
                names.add(str(node.args[0].value))
    names |= {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert names
    assert names - set(app.tasks) == set()


def code_lines(function: ast.FunctionDef, lines: list[str]) -> int:
    """Lines of the body that are neither blank, comment nor docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    inside = lines[body[0].lineno - 1 : body[-1].end_lineno]
    return len([line for line in inside if line.strip() and not line.strip().startswith("#")])


def longer_files() -> dict[str, int]:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in OUR_CODE}
    return {name: length for name, length in lengths.items() if length > LONGEST_FILE}


def longer_functions() -> dict[str, int]:
    lengths = {}
    for path in OUR_CODE:
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                lengths[f"{named(path)} {node.name}"] = code_lines(node, text.splitlines())
    return {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION}


@pytest.mark.parametrize(
    ("found", "listed"), [(longer_files, LONGER_FILES), (longer_functions, LONGER_FUNCTIONS)]
)
def test_files_and_functions_fit_on_a_screen(
    found: Callable[[], dict[str, int]], listed: dict[str, int]
) -> None:
    longer = found()

    assert longer.keys() == listed.keys()
    assert {name: lines for name, lines in longer.items() if lines > listed[name]} == {}


def test_nothing_machine_made_is_committed() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout

    assert re.findall(r".*(?:\.mo|\.pyc|\.sqlite3|\.eml|secret-key)$", listed, re.MULTILINE) == []


def test_the_pins_name_no_registry_of_their_own() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (CHECKOUT / name).read_text()
        assert not re.findall(r"^--(?:extra-)?index-url|^--find-links|://", text, re.MULTILINE), name
        pins = re.findall(r"^[a-z0-9].*==", text, re.MULTILINE)
        assert len(pins) == len(re.findall(r"^[a-z0-9].*\\\n    --hash=sha256:", text, re.MULTILINE)), name
