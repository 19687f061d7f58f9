"""The steps of the walk from sign-up to a checked case file, and what is looked at on each screen of it."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from playwright.sync_api import FilePayload, Page, expect

from cases.casefile import layout
from cases.casefile.wording import SENTENCES
from tests import pictures
from tests.browser.mails import mails_to, part
from tests.browser.visits import TIME_ZONES, Visit, Watch, new_visit
from tests.browser.walk import CHINESE, HERE, WORDS, is_left_in_english
from tests.programs import wait_until

SCREENS = (HERE / "screens.js").read_text(encoding="utf-8")
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
TITLES = {"zh-hans": "三亚酒店订单被取消", "en": "Hotel in Sanya cancelled"}
# What stands on a button of an app is written as it stands there; so is the name of a language.
IN_APPS = re.compile("「[^」]*」|简体中文")
# Rooms hold these for every walk; the templates around them may change.
LOG = "main form.contact-form"
DEADLINE = "[data-deadline]"
MADE = "[data-case-file][data-state=ready]"
COPY = "[data-redaction][data-state=ready] img"


@dataclass
class Walker:
    """One person's walk: where it is, and a sentence for whatever was wrong on a screen."""

    user: Visit
    watch: Watch
    size: tuple[int, int]
    theme: Theme
    wrong: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def look(self, name: str, visit: Visit | None = None) -> None:
        """The screen that is open: in the walk's own theme last, so that it goes on in that."""
        visit = visit or self.user
        for theme in sorted(THEMES, key=lambda theme: theme == self.theme):
            visit.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found = [*visit.page.evaluate(SCREENS), *untranslated(visit)]
            self.wrong += [f"{name}, {theme}: {sentence}" for sentence in found]
        self.seen.append(name)

    def elsewhere(self) -> Visit:
        """Another browser of the same look, in which nobody is logged in."""
        browser = self.user.context.browser
        assert browser is not None
        visit = new_visit(browser, self.user.site, language=self.user.language, size=self.size)
        visit.page.emulate_media(color_scheme=self.theme, reduced_motion="reduce")
        return visit


def untranslated(visit: Visit) -> list[str]:
    """Words in another language than the page's; what the walker typed is in that language too."""
    words = visit.page.evaluate(WORDS)
    if visit.language == "zh-hans":
        return [f"left in English: {one}" for one in words if is_left_in_english(one)]
    return [f"left in Chinese: {one}" for one in words if CHINESE.search(IN_APPS.sub("", one))]


def sign_up(walker: Walker, email: str) -> None:
    user = walker.user
    user.go("/accounts/signup/")
    walker.look("sign-up")
    user.sign_up(email)
    walker.look("Today, empty")


def remind_at_any_hour(walker: Walker) -> None:
    """Whenever this runs, its reminder comes at once."""
    user = walker.user
    user.go("/settings/reminders/")
    walker.look("reminder settings")
    user.field("keep_quiet").uncheck()
    user.button("Save").click()
    expect(user.field("keep_quiet")).not_to_be_checked()


def first_case(walker: Walker) -> str:
    """It begins with its first screenshot; the path of it, as in /cases/k7m2q9r4xw/."""
    user = walker.user
    user.go("/cases/new/")
    walker.look("new case")
    user.field("files").set_input_files([screenshot()])
    user.field("title").fill(TITLES[user.language])
    user.choose("problem_kind", "booking")
    user.button("Open the case").click()
    user.page.wait_for_url(re.compile(r"/cases/[0-9a-z]{10}/$"))
    path = urlsplit(user.page.url).path
    walker.look("case, just opened")
    user.room("Exhibits")
    expect(user.page.get_by_role("main").get_by_role("link", name="E1").first).to_be_visible()
    walker.look("exhibits")
    user.go(path + "exhibits/1/")
    walker.look("exhibit")
    return path


def screenshot(seed: int = 71) -> FilePayload:
    drawn = pictures.encoded(pictures.screenshot(seed=seed), "JPEG", quality=85)
    return {"name": "Screenshot_20260820.jpg", "mimeType": "image/jpeg", "buffer": drawn}


def contact_in_four_taps(walker: Walker, path: str) -> None:
    """From Today: the case, the channel, the outcome, done. What follows stands there without a reload."""
    user, page = walker.user, walker.user.page
    user.go("/")
    walker.look("Today")
    expect(page.locator(DEADLINE)).to_have_count(0)
    page.evaluate("sessionStorage.taps = 0")
    page.context.add_init_script(COUNT_TAPS)
    page.evaluate(COUNT_TAPS)

    page.get_by_role("main").get_by_role("link", name=TITLES[user.language], exact=True).first.click()
    page.wait_for_url(f"**{path}")
    page.evaluate("window.isSamePage = true")
    user.choose("channel", "shop_message")
    user.choose("outcome", "no_answer")
    page.locator(LOG).get_by_role("button").last.click()

    expect(page.locator(f"main {DEADLINE}").first).to_be_visible()
    assert page.evaluate("[sessionStorage.taps, window.isSamePage]") == ["4", True]
    walker.look("case, with a deadline")


# As the finger goes down: a label's click is followed by one of its radio button, which nobody tapped.
COUNT_TAPS = """addEventListener("pointerdown", () => {
  sessionStorage.taps = Number(sessionStorage.taps) + 1;
}, true)"""


def log_what_was_earlier(walker: Walker) -> None:
    """Sent 40 minutes ago, so that the usual 30 minutes are over and the reminder is due at once."""
    user = walker.user
    sent_at = datetime.now(UTC) - timedelta(minutes=40)
    user.room("Contacts")
    walker.look("contacts")
    user.choose("channel", "shop_message")
    user.choose("outcome", "no_answer")
    user.field("started_at").fill(f"{sent_at.astimezone(ZoneInfo(TIME_ZONES[user.language])):%Y-%m-%dT%H:%M}")
    user.button("Log it").click()
    expect(user.page.get_by_text(user.say("The contact is logged."))).to_be_visible()
    walker.look("contacts, one logged")


def press_button_of_mail(walker: Walker, email: str) -> None:
    """In a mail program, by somebody who is not logged in there: what the button opens, and what it does."""
    found: list[EmailMessage] = []

    def has_come() -> bool:
        found[:] = [
            one for one in mails_to(email, walker.user.site.outbox) if "/reminders/" in part(one, "plain")
        ]
        return bool(found)

    wait_until(has_come, seconds=30, what="the reminder is in the outbox")
    assert found[0]["Content-Language"] == walker.user.language
    reader = walker.elsewhere()
    walker.watch.over(reader.context)
    reader.page.set_content(part(found[0], "html"))
    walker.look("mail", reader)
    reader.page.locator("a.button").first.click()
    reader.page.wait_for_url("**/reminders/**")
    walker.look("what the mail opens", reader)
    if reader.page.locator(LOG).count():
        reader.choose("channel", "shop_message")
        reader.choose("outcome", "no_answer")
    reader.page.locator("main form [name=do]").first.click()
    expect(reader.page.get_by_role("status").first).to_be_visible()
    walker.look("what the button did", reader)
    reader.context.close()


def black_out(walker: Walker, path: str) -> None:
    """A finger's box is test_redactions'; here the mouse of whichever machine draws one."""
    user, page = walker.user, walker.user.page

    def can_be_drawn_on() -> bool:
        user.go(path + "exhibits/1/redactions/")
        return page.locator("[data-redact-page]").count() > 0

    wait_until(can_be_drawn_on, seconds=30, what="the page is drawn")
    walker.look("redactions, none")
    paper = page.locator("[data-redact-page]").first
    paper.scroll_into_view_if_needed()
    edge = paper.bounding_box()
    assert edge is not None
    left, top = edge["x"] + 20, max(edge["y"], 90) + 20
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + 120, top + 60, steps=4)
    page.mouse.up()
    expect(page.locator(".redact-box")).to_have_count(1)
    walker.look("redactions, a box drawn")
    user.button("Make the redacted copy").click()
    expect(page.locator(COPY).first).to_be_visible(timeout=30_000)
    walker.look("redactions, made")


def take_case_file(walker: Walker, path: str, folder: Path) -> Path:
    user, page = walker.user, walker.user.page
    user.go(path + "case-files/")
    walker.look("case files, none")
    user.button("Build the case file").click()
    expect(page.locator(MADE)).to_be_visible(timeout=60_000)
    walker.look("case files")
    with page.expect_download() as download:
        page.locator(MADE).get_by_role("link", name=user.say("Download"), exact=True).click()
    saved = folder / download.value.suggested_filename
    download.value.save_as(saved)
    return saved


def check_from_disk(walker: Walker, path: Path, folder: Path) -> None:
    """verify.html as whoever gets the ZIP opens it, without a line; then the same with one byte changed."""
    with zipfile.ZipFile(path) as bag:
        page_file = Path(bag.extract(layout.VERIFY_PAGE, folder))
    stranger = walker.elsewhere()
    complaints = complaints_of(stranger.page)
    stranger.context.set_offline(True)
    stranger.page.goto(page_file.as_uri())
    walker.look("verify page", stranger)
    hand_over(stranger.page, path, "good")
    walker.look("verify page, unchanged", stranger)

    changed, name = with_one_byte_changed(path, folder / "changed.zip")
    hand_over(stranger.page, changed, "bad")
    sentence = SENTENCES["altered"].in_language(stranger.language).format(name=name)
    assert sentence in stranger.page.locator("#findings li").all_inner_texts()
    walker.look("verify page, changed", stranger)
    stranger.context.close()
    assert complaints == []


def complaints_of(page: Page) -> list[str]:
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda said: found.append(said.text))
    page.on(
        "request", lambda asked: found.append(asked.url) if urlsplit(asked.url).scheme != "file" else None
    )
    return found


def hand_over(page: Page, path: Path, verdict: str) -> None:
    page.set_input_files("#pick-files", path)
    expect(page.locator("#verdict")).to_have_class(re.compile(rf"\b{verdict}\b"))


def with_one_byte_changed(path: Path, target: Path) -> tuple[Path, str]:
    """A byte of the first exhibit, as its copy stands in the ZIP; the new ZIP, and the member's name."""
    with zipfile.ZipFile(path) as bag, zipfile.ZipFile(target, "w") as spoiled:
        name = next(name for name in bag.namelist() if "/exhibits/E001" in name)
        for member in bag.infolist():
            content = bag.read(member)
            if member.filename == name:
                content = bytes([content[0] ^ 1]) + content[1:]
            spoiled.writestr(member, content)
    return target, name
