"""Files sent by real Chromium: several at once, pasted, dropped, over a line that breaks, after a reload."""

from __future__ import annotations

import base64
import hashlib

import pytest
from playwright.sync_api import Request, Route, expect

from tests import pictures
from tests.browser.conftest import OpenVisit
from tests.browser.visits import PASSWORD, Visit, Watch
from tests.faults.intake import processes_of

pytestmark = pytest.mark.browser


def at_exhibits(visit: Visit, email: str) -> str:
    """Sign up, open a case, and stand where its exhibits are; the path of the case."""
    visit.sign_up(email)
    case = visit.open_case("Files over a bad line", kind="fake_goods")
    visit.go(case + "exhibits/")
    return case


def sent(name: str, content: bytes) -> dict[str, str | bytes]:
    return {"name": name, "mimeType": "image/png", "buffer": content}


def noise(megabytes: int) -> bytes:
    """A picture of so many megabytes: noise that nothing squeezes, behind a whole PNG."""
    whole = pictures.picture("PNG")
    filler = hashlib.shake_256(b"noise").digest(megabytes * 1024 * 1024)
    return whole[:33] + pictures.png_chunk(b"prVt", filler) + whole[33:]


def stored_hash(visit: Visit, case: str, number: int) -> str:
    visit.go(f"{case}exhibits/{number}/")
    return visit.page.locator(".hash").first.inner_text().replace(" ", "").replace("\n", "")


def test_several_files_are_sent_one_after_the_other_with_a_bar_each(visit: OpenVisit, watch: Watch):
    user = visit()
    watch.expected.add(422)
    case = at_exhibits(user, "several@example.org")
    files = [pictures.picture("PNG", seed=seed) for seed in (1, 2)]
    program = sent("program.png", b"MZ\x90\0" + bytes(300))

    user.page.locator("#id_files").set_input_files(
        [sent("one.png", files[0]), program, sent("two.png", files[1])]  # type: ignore[list-item]
    )
    user.button("Send").click()

    rows = user.page.locator("[data-uploads] > li")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("stored as E1")
    expect(rows.nth(1)).to_contain_text("This is a program")
    expect(rows.nth(2)).to_contain_text("stored as E2")
    assert stored_hash(user, case, 2) == hashlib.sha256(files[1]).hexdigest()


def test_a_line_that_breaks_is_gone_on_with(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_exhibits(user, "broken@example.org")
    content = noise(3)
    breaks = 0

    def break_twice(route: Route) -> None:
        nonlocal breaks
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0" and breaks < 2:
            breaks += 1
            route.abort("connectionreset")
        else:
            route.continue_()

    user.page.route("**/uploads/*/", break_twice)
    user.page.locator("#id_files").set_input_files([sent("large.png", content)])  # type: ignore[list-item]
    user.button("Send").click()

    expect(user.page.locator("[data-uploads]")).to_contain_text("stored as E1", timeout=30_000)
    assert breaks == 2
    watch.complaints.clear()  # of the two requests that were broken off
    assert stored_hash(user, case, 1) == hashlib.sha256(content).hexdigest()


def test_a_server_that_dies_in_the_middle_is_waited_for(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_exhibits(user, "away@example.org")
    content = noise(6)
    killed: list[int] = []

    def kill_it_once(request: Request) -> None:
        if request.method == "PATCH" and request.headers["upload-offset"] != "0" and not killed:
            for kind, process in processes_of(user.site):
                if kind == "web":
                    process.kill()
                    killed.append(process.pid)

    user.page.on("request", kill_it_once)
    user.page.locator("#id_files").set_input_files([sent("large.png", content)])  # type: ignore[list-item]
    user.button("Send").click()

    expect(user.page.locator("[data-uploads]")).to_contain_text("the connection broke", timeout=20_000)
    expect(user.page.locator("[data-uploads]")).to_contain_text("stored as E1", timeout=60_000)
    assert killed
    watch.complaints.clear()  # of the requests that met nobody
    assert stored_hash(user, case, 1) == hashlib.sha256(content).hexdigest()


def test_who_is_logged_out_meanwhile_logs_in_and_it_goes_on(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_exhibits(user, "expired@example.org")
    content = noise(6)
    offsets: list[int] = []

    def expire_once(request: Request) -> None:
        if "upload-offset" in request.headers:
            offsets.append(int(request.headers["upload-offset"]))
            if len(offsets) == 2:
                user.context.clear_cookies(name="sessionid")

    user.page.on("request", expire_once)
    user.page.locator("#id_files").set_input_files([sent("large.png", content)])  # type: ignore[list-item]
    user.button("Send").click()
    row = user.page.locator("[data-uploads] > li")
    expect(row).to_contain_text("You are logged out. What was sent is kept.", timeout=20_000)
    expect(row).to_be_in_viewport(ratio=1)
    reached = len(offsets)

    with user.context.expect_page() as opened:
        row.get_by_role("link", name="Log in").click()
    login = opened.value
    login.locator("main [name=login]").fill("expired@example.org")
    login.locator("main [name=password]").fill(PASSWORD)
    login.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()
    login.wait_for_url(user.site.url + case + "exhibits/")
    login.close()
    user.page.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(row).to_contain_text("stored as E1", timeout=30_000)
    expect(row).not_to_contain_text("logged out")
    assert offsets[reached] > 0
    watch.complaints.clear()  # of a piece that was too large for a stranger
    assert stored_hash(user, case, 1) == hashlib.sha256(content).hexdigest()


def test_after_a_reload_the_same_file_goes_on_where_it_stopped(visit: OpenVisit, watch: Watch):
    user = visit()
    case = at_exhibits(user, "reload@example.org")
    content = noise(3)
    offsets: list[int] = []

    def only_the_first(route: Route) -> None:
        offset = int(route.request.headers.get("upload-offset", "0"))
        if offset:
            route.abort("connectionreset")
        else:
            route.continue_()

    user.page.route("**/uploads/*/", only_the_first)
    user.page.locator("#id_files").set_input_files([sent("film.png", content)])  # type: ignore[list-item]
    user.button("Send").click()
    expect(user.page.locator("[data-uploads]")).to_contain_text("the connection broke", timeout=20_000)
    user.page.unroute("**/uploads/*/")
    # Nothing on the phone would go on with it, as in a browser that was short of room.
    user.page.evaluate("indexedDB.deleteDatabase('kept')")

    user.go(case + "exhibits/")
    watch.complaints.clear()  # of the requests that were broken off
    expect(user.page.locator("#unfinished")).to_contain_text("film.png")
    user.page.on(
        "request",
        lambda request: (
            offsets.append(int(request.headers["upload-offset"])) if request.method == "PATCH" else None
        ),
    )
    user.page.locator("#id_files").set_input_files([sent("film.png", content)])  # type: ignore[list-item]
    user.button("Send").click()

    expect(user.page.locator("[data-uploads]")).to_contain_text("stored as E1", timeout=30_000)
    assert offsets[0] > 0
    expect(user.page.locator("#unfinished")).to_have_count(0)
    assert stored_hash(user, case, 1) == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_files_may_be_pasted_and_dropped(visit: OpenVisit, way: str):
    user = visit("en", (1200, 900))
    case = at_exhibits(user, f"{way}-files@example.org")
    content = pictures.picture("PNG", seed=7)

    user.page.evaluate(
        """([way, content]) => {
            const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], "clip.png", { type: "image/png" }));
            const event = way === "paste"
                ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true })
                : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
            document.querySelector("[data-drop]").dispatchEvent(event);
        }""",
        [way, base64.b64encode(content).decode()],
    )
    user.button("Send").click()

    expect(user.page.locator("[data-uploads]")).to_contain_text("stored as E1")
    assert stored_hash(user, case, 1) == hashlib.sha256(content).hexdigest()


def test_the_browsers_hash_is_the_right_one(visit: OpenVisit):
    user = visit()
    user.go("/accounts/login/")

    for size in (0, 1, 55, 56, 63, 64, 65, 119, 4_194_304, 4_194_305):
        content = hashlib.shake_256(str(size).encode()).digest(size)
        found = user.page.evaluate(
            """(content) => new Promise((resolve) => {
                const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
                const worker = new Worker("/static/js/sha256.js");
                worker.onmessage = ({ data }) => data.done === undefined && resolve(data);
                worker.postMessage(new File([bytes], "any"));
            })""",
            base64.b64encode(content).decode(),
        )
        assert (size, found) == (size, {"sha256": hashlib.sha256(content).hexdigest()})
