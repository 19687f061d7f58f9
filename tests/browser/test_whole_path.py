"""From sign-up to a checked case file in one go, on a phone in Chinese: all kinds of things a case holds.

What every screen on the way looks like, in all states, is test_walk's.
"""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from tests import pictures
from tests.browser.conftest import OpenVisit
from tests.browser.mails import mails_to, part
from tests.browser.visits import TIME_ZONES, Visit
from tests.programs import wait_until
from tests.running import CHECKOUT

pytestmark = pytest.mark.browser

SHANGHAI = ZoneInfo("Asia/Shanghai")
TITLE = "三亚酒店订单被取消"
PROMISE = "明天 18 点前给出退款结果"
# What the rules say, word for word.
NO_REPLY = "店铺未回复私信"
PLUS_30_MINUTES = "加 30 分钟 = "
HANDED_OVER = "合作平台处理投诉"
ITS_SENTENCES = (
    "第 4 天 2025-10-11（周六），调休上班",
    "询问进展：2025-10-10（周五）结束时。",
    "升级处理：2025-10-11（周六）结束时。",
)
CHINESE_NAME = "聊天记录 退款说明.png"


def screenshots() -> list[FilePayload]:
    """A phone's JPEG, a PNG with a Chinese name, a HEIC photo."""
    drawn = pictures.encoded(pictures.screenshot(seed=71), "JPEG", quality=85)
    chat = pictures.picture("PNG", size=(720, 1600), seed=72)
    photo = pictures.picture("HEIF", size=(600, 800), seed=73)
    return [
        {"name": "Screenshot_20260820.jpg", "mimeType": "image/jpeg", "buffer": drawn},
        {"name": CHINESE_NAME, "mimeType": "image/png", "buffer": chat},
        {"name": "IMG_0042.HEIC", "mimeType": "image/heic", "buffer": photo},
    ]


def test_the_whole_path(visit: OpenVisit, tmp_path: Path) -> None:
    user = visit("zh-hans")
    email = "walker@example.org"

    sign_up_and_come_back(user, email)
    take_mails_at_night(user)
    case = user.open_case(TITLE, kind="booking")
    add_two_order_numbers(user)
    upload_screenshots(user)
    sent_at = log_shop_message_without_reply(user)
    see_why_it_was_due(user, sent_at)
    read_the_reminder(user, email, case)
    log_hotline_call_with_promise(user)
    hand_over_to_partner(user)
    path = take_case_file_in_chinese(user, case, tmp_path)

    check_with_the_command(user, path)
    check_with_sha256sum(path, tmp_path / "unpacked")
    one_flipped_byte_is_named(path, tmp_path / "flipped.zip")


def sign_up_and_come_back(user: Visit, email: str) -> None:
    user.sign_up(email)
    expect(user.page.get_by_role("heading", level=1, name=user.say("Did an order go wrong?"))).to_be_visible()
    user.link("Me").click()
    user.link("Log out").click()
    user.button("Log out").click()
    user.page.wait_for_url(re.compile("/accounts/login/"))
    user.go("/cases/")
    expect(user.page.get_by_role("heading", level=1, name=user.say("Log in"))).to_be_visible()
    user.log_in(email)


def take_mails_at_night(user: Visit) -> None:
    """Whenever this test runs, its reminder comes at once."""
    user.go("/settings/reminders/")
    user.field("keep_quiet").uncheck()
    user.button("Save").click()
    expect(user.field("keep_quiet")).not_to_be_checked()


def add_two_order_numbers(user: Visit) -> None:
    user.room("Orders")
    user.field("platform").fill("携程")
    user.field("order").fill("6930112233445566778")
    user.button("Add the order").click()
    expect(user.page.get_by_text("6930112233445566778")).to_be_visible()
    user.page.locator("summary", has_text=user.say("Add a number")).click()
    user.field("kind").first.select_option("partner")
    user.field("number").first.fill("CT-20260820-0042")
    user.button("Add the number").first.click()
    expect(user.page.get_by_text("CT-20260820-0042")).to_be_visible()


def upload_screenshots(user: Visit) -> None:
    """In one go; each with a bar of its own, then a thumbnail that only the worker can have made."""
    user.room("Exhibits")
    files = screenshots()
    user.field("files").set_input_files(files)
    user.button("Send").click()
    for number, file in enumerate(files, start=1):
        expect(user.page.get_by_role("progressbar", name=file["name"])).to_be_visible()
        expect(user.page.get_by_text(f"{user.say('stored as')} E{number}", exact=True)).to_be_visible()
    thumbnails = user.page.get_by_role("main").get_by_role("img")
    expect(thumbnails).to_have_count(3)
    for thumbnail in thumbnails.all():
        thumbnail.scroll_into_view_if_needed()
        wait_until(
            lambda shown=thumbnail: shown.evaluate("image => image.complete && image.naturalWidth > 100"),
            seconds=10,
            what="the thumbnail is drawn",
        )
    user.page.get_by_role("main").get_by_role("link", name="E2", exact=True).click()
    expect(user.page.get_by_text(CHINESE_NAME)).to_be_visible()


def log_shop_message_without_reply(user: Visit) -> datetime:
    """Sent 40 minutes ago, so that the usual 30 minutes are over; when it was, in Chinese time."""
    now = datetime.now(UTC)
    sent_at = now.replace(second=0, microsecond=0) - timedelta(minutes=40)
    here = ZoneInfo(TIME_ZONES[user.language])
    user.room("Contacts")
    user.choose("channel", "shop_message")
    user.choose("outcome", "no_answer")
    user.field("started_at").fill(f"{sent_at.astimezone(here):%Y-%m-%dT%H:%M}")
    user.button("Log it").click()
    expect(user.page.get_by_text(user.say("The contact is logged."))).to_be_visible()
    return sent_at.astimezone(SHANGHAI)


def deadline(user: Visit, title: str) -> Locator:
    heading = user.page.get_by_role("heading", name=title, exact=True)
    return user.page.get_by_role("article").filter(has=heading)


def see_why_it_was_due(user: Visit, sent_at: datetime) -> None:
    user.room("Deadlines")
    steps = deadline(user, NO_REPLY).get_by_role("listitem")
    due_at = sent_at + timedelta(minutes=30)
    expect(
        steps.filter(has_text=f"{sent_at:%Y-%m-%d}").filter(has_text=f"{sent_at:%H:%M}").first
    ).to_be_visible()
    expect(steps.filter(has_text=PLUS_30_MINUTES)).to_contain_text(f"{due_at:%H:%M}")


def log_hotline_call_with_promise(user: Visit) -> None:
    tomorrow = datetime.now(ZoneInfo(TIME_ZONES[user.language])) + timedelta(days=1)
    user.room("Contacts")
    user.choose("channel", "hotline")
    user.choose("outcome", "promised")
    user.field("promise").fill(PROMISE)
    user.field("promised_by").fill(f"{tomorrow:%Y-%m-%d}T18:00")
    user.button("Log it").click()
    contact = user.page.get_by_role("article").filter(has_text=PROMISE)
    expect(contact).to_contain_text("18:00")
    user.room("Deadlines")
    expect(user.button("Broken")).to_be_visible()


def hand_over_to_partner(user: Visit) -> None:
    """On a day with National Day, Mid-Autumn and a make-up Saturday ahead of it."""
    user.room("Milestones")
    user.field("kind").select_option("handed_to_partner")
    user.field("usual_workdays").fill("1")
    user.field("happened_at").fill("2025-09-29T14:00")
    user.button("Log it").click()
    expect(
        user.page.get_by_text(user.say("Logged. What follows from it is among the deadlines."))
    ).to_be_visible()
    user.room("Deadlines")
    window = deadline(user, HANDED_OVER)
    for sentence in ITS_SENTENCES:
        expect(window).to_contain_text(sentence)


def read_the_reminder(user: Visit, email: str, case: str) -> None:
    """Beat ticks, the worker sends: the mail about the shop's silence, in the user's own language.

    Before the hotline is tried, for going on to another channel is what ends that wait.
    """
    found: list[EmailMessage] = []

    def has_come() -> bool:
        found[:] = [mail for mail in mails_to(email, user.site.outbox) if NO_REPLY in part(mail, "plain")]
        return bool(found)

    wait_until(has_come, seconds=30, what="the reminder about the shop's silence is in the outbox")
    (mail,) = found
    text, html = part(mail, "plain"), part(mail, "html")
    assert "对方期限已过" in str(mail["Subject"])
    assert mail["Content-Language"] == "zh-hans"
    reference = case.split("/")[2]
    for body in (text, html):
        # Nobody confirmed the address yet: no text that a user wrote goes there.
        assert TITLE not in body
        assert reference in body
        assert PLUS_30_MINUTES in body
        assert user.site.url + case in body
    assert 'lang="zh-hans"' in html
    user.page.goto(re.search(rf"{user.site.url}/cases/\S+/", text)[0])  # type: ignore[index]
    expect(user.page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()


def take_case_file_in_chinese(user: Visit, case: str, folder: Path) -> Path:
    user.room("Case file")
    user.choose("language", "zh-hans")
    user.button("Build the case file").click()
    expect(user.page.get_by_role("progressbar")).to_be_visible()
    expect(user.link("Download")).to_be_visible(timeout=60_000)
    with user.page.expect_download() as download:
        user.link("Download").click()
    reference = case.split("/")[2]
    assert download.value.suggested_filename == f"case-{reference}-1.zip"
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def verify(path: Path) -> subprocess.CompletedProcess[str]:
    """As the one who got the file does it: the command alone, without this site's data."""
    command = [sys.executable, "manage.py", "verify_case_file", str(path), "--language", "en"]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)


def check_with_the_command(user: Visit, path: Path) -> None:
    done = verify(path)
    assert done.returncode == 0, done.stdout + done.stderr


def check_with_sha256sum(path: Path, folder: Path) -> None:
    with zipfile.ZipFile(path) as bag:
        bag.extractall(folder)
    (manifest,) = folder.rglob("manifest-sha256.txt")
    done = subprocess.run(
        ["sha256sum", "-c", manifest.name], cwd=manifest.parent, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    names = [name for name in done.stdout.splitlines() if "/exhibits/" in name]
    assert len(names) == 3
    assert all(line.endswith(": OK") for line in done.stdout.splitlines())
    assert (manifest.parent / "data" / "case-file.pdf").read_bytes().startswith(b"%PDF-")


def one_flipped_byte_is_named(path: Path, flipped: Path) -> None:
    """Of the second exhibit; every member in turn is tests/casefile's."""
    with zipfile.ZipFile(path) as bag, zipfile.ZipFile(flipped, "w") as target:
        (name,) = (name for name in bag.namelist() if "/exhibits/E002" in name)
        for member in bag.infolist():
            content = bag.read(member)
            if member.filename == name:
                content = bytes([content[0] ^ 1]) + content[1:]
            target.writestr(member, content)
    done = verify(flipped)
    assert done.returncode == 1, done.stdout + done.stderr
    assert name.partition("/")[2] in done.stdout
