// Looks closer at an exhibit and goes on to the next: by buttons, keys, wheel, pinch, double tap and swipe. Whoever
// has no script has the same in links: larger, page before and after, exhibit before and after.
(() => {
  const LARGEST = 6;
  const STEP = 1.5;
  const CLOSER = 2.5; // what a tap on the picture does
  const SWIPE = 60; // px to the side
  const STRAY = 40; // px up or down that a swipe may have

  let scale = 1;
  let pinch = null; // { apart, scale }
  let start = null; // { x, y } of one finger

  const frame = () => document.querySelector("[data-zoom]");

  document.addEventListener("DOMContentLoaded", prepare);
  document.addEventListener("htmx:afterSettle", prepare);

  function prepare() {
    const box = frame();
    if (!box || box.dataset.zoom === "ready") {
      return;
    }
    box.dataset.zoom = "ready";
    document.querySelector("[data-zoom-tools]").hidden = false;
    scale = 1;
    box.addEventListener("click", (event) => {
      event.preventDefault(); // of the link around the picture
      zoom(scale > 1 ? 1 : CLOSER, event);
    });
    box.addEventListener("wheel", onWheel, { passive: false });
    box.addEventListener("touchstart", onTouch, { passive: true });
    box.addEventListener("touchmove", onMove, { passive: false });
    box.addEventListener("touchend", onEnd);
    box.addEventListener("touchcancel", () => (start = pinch = null));
  }

  // The point under the finger stays where it is; without one, the middle does.
  function zoom(wanted, at) {
    const box = frame();
    const before = scale;
    scale = Math.min(LARGEST, Math.max(1, wanted));
    const edge = box.getBoundingClientRect();
    const x = at ? at.clientX - edge.left : edge.width / 2;
    const y = at ? at.clientY - edge.top : edge.height / 2;
    const left = ((box.scrollLeft + x) * scale) / before - x;
    const top = ((box.scrollTop + y) * scale) / before - y;
    box.classList.toggle("is-zoomed", scale > 1);
    box.querySelector("img").style.inlineSize = scale > 1 ? `${scale * 100}%` : "";
    box.scrollTo({ left, top, behavior: "instant" });
    document.querySelector("[data-zoom-said]").textContent = `${Math.round(scale * 100)} %`;
  }

  function onWheel(event) {
    if (event.ctrlKey) { // as a pinch on a touchpad comes
      event.preventDefault();
      zoom(scale * (event.deltaY < 0 ? 1.15 : 1 / 1.15), event);
    }
  }

  function onTouch({ touches }) {
    start = touches.length === 1 && scale === 1 ? { x: touches[0].clientX, y: touches[0].clientY } : null;
    pinch = touches.length === 2 ? { apart: apart(touches), scale } : null;
  }

  function onMove(event) {
    if (pinch && event.touches.length === 2) {
      event.preventDefault();
      const [one, other] = event.touches;
      const middle = { clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 };
      zoom((pinch.scale * apart(event.touches)) / pinch.apart, middle);
    }
  }

  function onEnd({ changedTouches }) {
    if (start) {
      const [finger] = changedTouches;
      const [x, y] = [finger.clientX - start.x, finger.clientY - start.y];
      if (Math.abs(x) > SWIPE && Math.abs(y) < STRAY) {
        turn(x < 0 ? "next" : "prev");
      }
    }
    start = pinch = null;
  }

  const apart = ([one, other]) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);

  // Through the pages first, then to the neighbour.
  function turn(way) {
    const links = [...document.querySelectorAll(`main a[rel=${way}]`)];
    (links.find((link) => link.closest(".turn")) ?? links[0])?.click();
  }

  document.addEventListener("click", (event) => {
    const by = event.target.closest("[data-zoom-by]")?.dataset.zoomBy;
    if (by) {
      zoom(by === "0" ? 1 : scale * (by === "+" ? STEP : 1 / STEP));
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, audio, video")) {
      return;
    }
    const box = frame();
    const isInside = box && scale > 1 && box.contains(event.target); // there the arrows move the picture
    // Signs that a person may also type or say act only where the picture is; arrows and Escape everywhere.
    const isHere = box && event.target.closest("#exhibit-shown");
    const act = {
      ArrowLeft: () => !isInside && turn("prev"),
      ArrowRight: () => !isInside && turn("next"),
      Escape: () => (box && scale > 1 ? zoom(1) : document.querySelector("[data-gallery]")?.click()),
      "+": () => isHere && zoom(scale * STEP),
      "=": () => isHere && zoom(scale * STEP),
      "-": () => isHere && zoom(scale / STEP),
      0: () => isHere && zoom(1),
    }[event.key];
    act?.();
  });
})();
