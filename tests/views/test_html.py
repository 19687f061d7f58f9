"""Every page is HTML as the standard wants it: the Nu HTML checker has nothing to say, in both languages."""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from cases.casefile.verify_page import verify_page
from cases.models import Case, Reminder
from cases.services import case_file_shares, demo, reminder_links
from tests import factories, programs, stored
from tests.views import nu
from tracker.accounts.models import User

START = ("/", "/cases/?state=all", "/settings/", "/insights/", "/verify/", "/playbooks/")
# Pages of every part of the site, so that a walk which stops early is noticed.
KINDS = {
    *("cases:today", "cases:cases", "cases:new-case", "cases:case-imports", "cases:case", "cases:edit-case"),
    *("cases:close-case", "cases:erase-case", "cases:orders", "cases:contacts", "cases:milestones"),
    *("cases:milestone", "cases:drafts", "cases:exhibits", "cases:exhibit", "cases:redactions"),
    *(
        "cases:deadlines",
        "cases:own-reminders",
        "cases:custody",
        "cases:case-files",
        "cases:case-file-shares",
    ),
    *(
        "cases:verify",
        "cases:seals",
        "cases:playbooks",
        "cases:playbook",
        "cases:own-playbooks",
        "cases:insights",
    ),
    *("cases:reminder-link", "cases:unsubscribe", "cases:shared", "account_login", "account_signup"),
}
LINK = re.compile(r'<a\b[^>]*\shref="([^"]+)"')


def walk(client: Client, *start: str) -> Iterator[tuple[str, str]]:
    """Path and HTML of each page that links lead to from those, each path once."""
    waiting, seen = deque(start), set()
    while waiting:
        path = waiting.popleft()
        if urlsplit(path).path in seen or path.startswith("/admin/"):
            continue
        seen.add(urlsplit(path).path)
        response = client.get(path)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            content = response.content.decode()
            yield path, content
            targets = (urljoin(path, html.unescape(link)) for link in LINK.findall(content))
            waiting.extend(target for target in targets if target.startswith("/"))


def refused(client: Client, *paths: str) -> Iterator[tuple[str, str]]:
    """What an empty form is answered with: the page, with a sentence beside each field."""
    for path in paths:
        response = client.post(path)
        assert response.status_code in {200, 422}, path
        yield f"refused by {path}", response.content.decode()


def unlisted(case: Case, *, by: User) -> list[str]:
    """Paths that no page links to: those of a mail's buttons, and of a case file that is shared."""
    file = stored.case_file_of(case, b"a bag")
    made = [
        case_file_shares.share(case_file=file, by=by, at=timezone.now(), days=7, with_code=with_code)
        for with_code in (True, False)
    ]
    shared = [reverse("cases:shared", args=[token]) for _share, token, _code in made]
    reminder = Reminder.objects.filter(user=by).select_related("user").first()
    mails = [reminder_links.url_of(reminder, "done"), reminder_links.unsubscribe_url(by, case)]
    return [*shared, *(urlsplit(one).path for one in mails)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_nu_checker_finds_nothing_on_any_page(db: None, tmp_path: Path, language: str) -> None:
    made = demo.make_demo(at=timezone.now(), language=language)
    client, somebody = factories.logged_in(made.user), Client(headers={"accept-language": language})
    case = made.cases[0].get_absolute_url()
    alone = unlisted(made.cases[0], by=made.user)
    pages = dict(walk(client, *START, f"{case}own-reminders/"))
    for one in made.cases:
        ways = f"{one.get_absolute_url()}?ways=all"
        pages[ways] = client.get(ways).content.decode()
    pages |= refused(client, "/cases/new/", f"{case}edit/", f"{case}contacts/", f"{case}orders/")
    pages |= walk(somebody, "/accounts/login/", "/accounts/password/reset/")
    pages |= refused(somebody, "/accounts/login/", "/accounts/signup/")
    pages |= walk(somebody, *alone)
    pages["verify.html"] = verify_page().decode()
    pages["nothing there"] = client.get("/there/is/nothing/").content.decode()

    try:
        found = nu.errors(pages, tmp_path)
    except programs.NotInstalled as error:
        pytest.skip(str(error))
    assert "\n".join(found) == ""
    assert {resolve(urlsplit(path).path).view_name for path in pages if path.startswith("/")} >= KINDS


def test_a_page_that_is_wrong_is_noticed(tmp_path: Path) -> None:
    page = "<!doctype html><html lang=en><title>a</title><p id=a><p id=a><div><form><form></form></div>"
    try:
        found = nu.errors({"good": page.split("<p")[0], "bad": page}, tmp_path)
    except programs.NotInstalled as error:
        pytest.skip(str(error))
    assert any(sentence.startswith("bad: Duplicate ID") for sentence in found)
    assert not any(sentence.startswith("good") for sentence in found)
