"""Every kind of exhibit in a real browser: recordings play and seek, pages turn, nothing is too wide."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import pictures, recordings
from tests.browser.conftest import OpenVisit
from tests.browser.visits import Visit, Watch
from tests.browser.walk import looks_wrong

pytestmark = pytest.mark.browser

PHONE, DESK = (390, 844), (1280, 900)
PLAYED = ("m4a", "mp3", "wav", "amr", "ogg", "weba", "mp4", "mov", "webm")
CHAT = "2026-09-01 10:00 客服：您好，这个包裹我们不退。\n2026-09-01 10:01 我：为什么？ <b>请</b>说明。\n" * 40
MAIL = (
    "From: 客服 <service@example.com>\r\nTo: me@example.org\r\nDate: Tue, 1 Sep 2026 10:00:00 +0800\r\n"
    "Subject: 退款\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="b1"\r\n\r\n'
    "--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n我们拒绝退款。\r\n"
    '--b1\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="terms.pdf"\r\n\r\n'
    "JVBERi0=\r\n--b1--\r\n"
)
# Plays a little, then jumps to where nothing was fetched or played yet, and plays on from there.
PLAY = """async () => {
  const player = document.querySelector(".player");
  const until = (name, is_so) => new Promise((done, fail) => {
    const look = () => player.error ? fail(new Error(player.error.message)) : is_so() && done();
    ["timeupdate", "seeked", "loadedmetadata", "canplay", "error"].forEach((event) => {
      player.addEventListener(event, look);
    });
    const state = () => `${name}: readyState ${player.readyState} at ${player.currentTime}`;
    setTimeout(() => fail(new Error(state())), 15000);
    look();
  });
  player.muted = true;
  await until("metadata", () => player.readyState >= 1);
  await player.play();
  await until("plays", () => player.currentTime > 0.05);
  player.pause();
  const target = player.duration * 0.6;
  player.currentTime = target;
  await until("seeks", () => !player.seeking && player.readyState >= 2);
  const sought = player.currentTime;
  await player.play();
  await until("plays on", () => player.currentTime > sought + 0.05 || player.ended);
  return {duration: player.duration, target, sought, ready: player.readyState, now: player.currentTime};
}"""


def send(user: Visit, case: str, name: str, data: bytes) -> str:
    """Take a file in as the form without scripts does; the path of the exhibit's page."""
    user.go(f"{case}exhibits/")
    token = user.page.locator("form[data-upload] [name=csrfmiddlewaretoken]").input_value()
    answer = user.context.request.post(
        f"{user.site.url}{case}exhibits/",
        multipart={
            "csrfmiddlewaretoken": token,
            "files": {"name": name, "mimeType": "application/octet-stream", "buffer": data},
        },
        headers={"Origin": user.site.url},
    )
    assert answer.status == 200, answer.text()
    paths = re.findall(rf'href="({case}exhibits/(\d+)/)"', answer.text())
    return max(paths, key=lambda path: int(path[1]))[0]


def an_owner(visit: OpenVisit, name: str, language: str = "en", size: tuple[int, int] = PHONE) -> Visit:
    user = visit(language, size=size)
    user.sign_up(f"{name}-{language}-{size[0]}@example.org")
    return user


def wait_for(user: Visit, path: str, selector: str) -> None:
    """Open the page; copies are made beside it, and it asks for them by itself."""
    user.go(path)
    expect(user.page.locator(selector).first).to_be_visible(timeout=30_000)


def test_every_recording_plays_and_seeks(visit: OpenVisit) -> None:
    user = an_owner(visit, "plays")
    case = user.open_case("Calls", kind="parcel_lost")
    partial: list[str] = []
    user.page.on(
        "response",
        lambda one: partial.append(one.url) if one.status == 206 and one.url.endswith("/play/") else None,
    )
    for name in PLAYED:
        path = send(user, case, f"recording.{name}", recordings.recording(name, 6.0))
        wait_for(user, path, ".player")
        told: dict[str, Any] = user.page.evaluate(PLAY)

        assert told["duration"] == pytest.approx(6.0, abs=0.4), name
        assert abs(told["sought"] - told["target"]) < 0.5, (name, told)
        assert told["now"] > told["sought"], (name, told)
        assert user.site.url + path + "play/" in partial, name


def test_a_recording_that_is_opened_by_itself_is_saved_not_shown(visit: OpenVisit) -> None:
    user = an_owner(visit, "saves")
    case = user.open_case("Calls", kind="parcel_lost")
    path = send(user, case, "call.mp3", recordings.recording("mp3"))
    user.go(path)

    with user.page.expect_download() as saved:
        user.page.evaluate("path => { location.href = path; }", path + "play/")

    assert saved.value.suggested_filename == "E1.mp3"
    assert user.page.url.endswith(path)


def test_pages_of_a_document_turn_on_a_phone(visit: OpenVisit) -> None:
    user = an_owner(visit, "turns")
    case = user.open_case("A contract", kind="parcel_lost")
    path = send(user, case, "contract.pdf", pictures.pdf(pages=tuple(f"Page {n}" for n in range(1, 6))))
    wait_for(user, path, "#page-after")
    user.page.locator("#page-after").click()
    expect(user.page.get_by_text("2 of 5")).to_be_visible()
    user.page.locator(".strip a").last.click()

    expect(user.page.get_by_text("5 of 5")).to_be_visible()
    expect(user.page.locator("#page-after")).to_have_count(0)
    shown = user.page.locator("#exhibit-shown img").first
    expect(shown).to_have_attribute("src", f"{path}pages/5/")
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") >= 600


def test_without_scripts_pages_turn_as_well(visit: OpenVisit) -> None:
    user = an_owner(visit, "turns-plainly")
    case = user.open_case("A contract", kind="parcel_lost")
    path = send(user, case, "contract.pdf", pictures.pdf(pages=("One", "Two")))
    wait_for(user, path, "#page-after")
    plain = visit("en", size=PHONE, javascript=False)
    plain.log_in("turns-plainly-en-390@example.org")
    plain.go(path)
    plain.page.locator("#page-after").click()

    expect(plain.page.get_by_text("2 of 2")).to_be_visible()


@pytest.mark.parametrize(("language", "size"), [("zh-hans", PHONE), ("en", DESK)], ids=["phone", "desk"])
def test_every_kind_has_a_page_that_is_whole(
    visit: OpenVisit, watch: Watch, language: str, size: tuple[int, int]
) -> None:
    user = an_owner(visit, "looks", language, size)
    case = user.open_case("包裹", kind="parcel_lost")
    files = {
        "chat.png": (pictures.picture(size=(270, 2400)), "img"),
        "contract.pdf": (pictures.pdf(pages=tuple(f"Page {n}" for n in range(1, 13))), "#page-after"),
        "chat.txt": (CHAT.encode(), ".words"),
        "mail.eml": (MAIL.encode(), ".words"),
        "call.mp3": (recordings.recording("mp3"), ".player"),
        "screen.mp4": (recordings.recording("mp4"), ".player"),
    }
    paths = {send(user, case, name, data): selector for name, (data, selector) in files.items()}
    for path, selector in paths.items():
        wait_for(user, path, f"#exhibit-shown {selector}")
        wrong = [one for one in looks_wrong(user) if not one.startswith("left in English")]
        assert wrong == [], path
    user.go(f"{case}exhibits/")
    assert [one for one in looks_wrong(user) if not one.startswith("left in English")] == []
