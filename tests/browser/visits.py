"""What a browser sees on a visit: sessions of their own, watched for anything that went wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    expect,
)

from tests.running import Site

# No sandbox inside a container that runs as root; nothing that calls home; no proxy between us and localhost.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
]
PASSWORD = "seven-quiet-lanterns"
LOCALES = {"zh-hans": "zh-CN", "en": "en-GB"}
# Neither has daylight saving time, so that “40 minutes ago” is a time on the clock on every day.
TIME_ZONES = {"zh-hans": "Asia/Shanghai", "en": "Asia/Tokyo"}
TIMEOUT_MS = 20_000
# A part says a moment later that it was opened, and asks then for what it is to hold.
OPEN = """() => {
  document.querySelectorAll("details").forEach((part) => { part.open = true; });
  document.getAnimations().forEach((change) => change.finish());
  return new Promise((done) => {
    const look = () => (document.querySelector(".htmx-request") ? setTimeout(look, 20) : done());
    requestAnimationFrame(() => setTimeout(look));
  });
}"""


def say(language: str, msgid: str) -> str:
    """The words on the screen, as the catalogue of that language has them."""
    with translation.override(language):
        return gettext(msgid)


@dataclass
class Watch:
    """Collects what no page may do; a test that expects a status names it in `expected`."""

    site: Site
    complaints: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def over(self, context: BrowserContext) -> None:
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"script error: {error.error}"))

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).scheme not in {"data", "blob"} and not request.url.startswith(
            self.site.url + "/"
        ):
            self.complaints.append(f"request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} from {response.request.method} {response.url}")

    def _console(self, message: ConsoleMessage) -> None:
        status = re.search(r"responded with a status of (\d+)", message.text)
        if message.type == "error" and not (status and int(status[1]) in self.expected):
            self.complaints.append(f"console: {message.text} ({message.location.get('url', '')})")


class Visit:
    """One person with a browser of their own, in a language: words are given as msgids."""

    def __init__(self, site: Site, context: BrowserContext, language: str) -> None:
        self.site, self.context, self.language = site, context, language
        self.page: Page = context.new_page()

    def say(self, msgid: str) -> str:
        return say(self.language, msgid)

    def go(self, path: str) -> None:
        self.page.goto(self.site.url + path)

    def button(self, msgid: str) -> Locator:
        return self.page.get_by_role("main").get_by_role("button", name=self.say(msgid), exact=True)

    def link(self, msgid: str) -> Locator:
        return self.page.get_by_role("link", name=self.say(msgid), exact=True)

    def field(self, name: str) -> Locator:
        """The control of the form of this page; no hidden one of the buttons around it, and no camera."""
        return self.page.locator(f"main [name={name}]:not([type=hidden], [capture], button)")

    def choose(self, name: str, value: str) -> None:
        """A radio button by what is sent: the label around it is what a finger would meet."""
        self.page.locator(f"main label:has(input[name={name}][value={value}])").first.click()

    def room(self, msgid: str) -> None:
        """Go through the chips of the case to one of its rooms."""
        rooms = self.page.get_by_role("navigation", name=self.say("Rooms of the case"))
        rooms.get_by_role("link", name=self.say(msgid), exact=True).click()
        self.page.wait_for_load_state()

    def open_everything(self) -> None:
        """Every part that can be opened, with what comes only then, and nothing still fading."""
        self.page.evaluate(OPEN)

    def sign_up(self, email: str) -> None:
        self.go("/accounts/signup/")
        self.field("email").fill(email)
        self.field("password1").fill(PASSWORD)
        self.button("Make an account").click()
        self.page.wait_for_url(self.site.url + "/")

    def log_in(self, email: str, password: str = PASSWORD) -> None:
        self.go("/accounts/login/")
        self.field("login").fill(email)
        self.field("password").fill(password)
        self.button("Log in").click()
        self.page.wait_for_url(self.site.url + "/")

    def prefer_language(self) -> None:
        """Store the language of this visit in the settings, whatever was preferred before."""
        self.go("/settings/")
        self.choose("language", self.language)
        self.page.get_by_role("main").locator("form").first.get_by_role("button").click()
        expect(self.page.get_by_text(self.say("Your settings are saved."))).to_be_visible()

    def open_case(self, title: str, *, kind: str) -> str:
        """From the bar at the edge to a new case; the path of it, as in /cases/k7m2q9r4xw/."""
        self.go("/")
        self.page.get_by_role("navigation", name=self.say("Main")).get_by_role(
            "link", name=self.say("New case"), exact=True
        ).click()
        self.page.wait_for_url(self.site.url + "/cases/new/")
        self.field("title").fill(title)
        self.choose("problem_kind", kind)
        self.button("Open the case").click()
        self.page.wait_for_url(re.compile(r"/cases/[0-9a-z]{10}/$"))
        return urlsplit(self.page.url).path


def new_visit(
    browser: Browser,
    site: Site,
    *,
    language: str,
    size: tuple[int, int],
    javascript: bool = True,
    scale: float = 1,
) -> Visit:
    """A fresh profile that speaks the language and is in its time zone; `scale` is dots for each pixel."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=scale,
        locale=LOCALES[language],
        timezone_id=TIME_ZONES[language],
        java_script_enabled=javascript,
        accept_downloads=True,
    )
    context.set_default_timeout(TIMEOUT_MS)
    return Visit(site, context, language)


def keep(visits: list[Visit], folder: Path) -> None:
    """Each open page as a picture and as HTML, for whoever looks at a test that failed."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate((page for visit in visits for page in visit.context.pages), start=1):
        page.screenshot(path=folder / f"{number}.png", full_page=True)
        (folder / f"{number}.html").write_text(page.content(), encoding="utf-8")
