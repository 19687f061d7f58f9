// A request that failed says so where it was made, and what to do. Contacts are kept and sent later (home.js);
// for everything else nothing was stored, and what asks by itself asks again by itself.
document.addEventListener("DOMContentLoaded", () => {
  const words = document.querySelector("[data-kept]")?.dataset;
  if (!words) {
    return;
  }
  const BY_ITSELF = "hx:poll:trigger";
  const isKept = (element) => Boolean(element.closest("form[data-keep]"));
  const noteOf = (place) => place.parentElement.querySelector(":scope > [data-failed]");

  ["htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, (event) => tell(event, words.failedOffline)));
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    tell(event, status === 403 || status === 404 ? words.failedOld : words.failedSite, status < 500);
  });
  document.addEventListener("htmx:beforeRequest", ({ detail }) => noteOf(placeOf(detail.elt))?.remove());

  function placeOf(element) {
    return element.closest("form") ?? element;
  }

  function tell({ detail }, sentence, helpsToReload = false) {
    const { elt, triggeringEvent, verb } = detail.requestConfig;
    if (isKept(elt)) {
      return;
    }
    const said = verb === "get" ? words.failedToShow : sentence;
    if (detail.target?.getAttribute("role") === "status") {
      const strong = document.createElement("strong"); // a status without an element in it is heard and not seen
      strong.textContent = said;
      detail.target.replaceChildren(strong);
    } else if (triggeringEvent && triggeringEvent.type !== BY_ITSELF) {
      put(placeOf(elt), said, helpsToReload);
    }
  }

  function put(place, sentence, helpsToReload) {
    noteOf(place)?.remove();
    const note = document.createElement("p");
    note.className = "message message-error";
    note.dataset.failed = "";
    note.setAttribute("role", "alert");
    const said = document.createElement("span");
    said.textContent = `${sentence} `;
    if (helpsToReload) {
      const again = document.createElement("a");
      again.href = location.href;
      again.textContent = words.reload;
      said.append(again);
    }
    note.append(said);
    place.after(note);
  }
});
