// At home on the phone: brings the service worker, keeps a contact whose line broke, shows what waits and sends
// it when the line is back. What is kept, and how it is sent once, is kept.js; the words are in _kept.html.
document.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector("[data-kept]");
  const isOffline = "offline" in document.body.dataset;
  if (window.isSecureContext) {
    navigator.serviceWorker?.register("/service-worker.js", { updateViaCache: "none" }).catch(() => {});
  }
  if (!box) {
    return;
  }
  const words = box.dataset;
  const said = box.querySelector("[data-said]");
  const list = box.querySelector("[data-waiting-list]");
  const logIn = box.querySelector("[data-log-in]");
  const SHORTEST_PAUSE = 5_000;
  const LONGEST_PAUSE = 60_000;
  const PATIENCE = 20_000; // a line that says nothing for so long is gone
  const isAtShare = !isOffline && location.pathname === "/share/"; // that page shows it by itself
  let underWay = null;
  let timer = null;
  let pause = SHORTEST_PAUSE;
  let mending = "";

  if (words.user) {
    kept.setReader(words.user, words.language).catch(() => {});
  }
  kept.listen((news) => {
    if (news.sent) {
      sayItIsSent(news.sent);
      setTimeout(trySend); // what waited behind it
    }
    render();
  });
  trySend();
  window.addEventListener("online", lineIsBack);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && trySend());
  box.querySelector("[data-send-now]").addEventListener("click", trySend);
  fillWhatIsMended();
  fillWhatWasShared();

  // ---- What waits

  async function owner() {
    return words.user || (isOffline && (await kept.reader())?.user) || "";
  }

  function render() {
    return renderAll().catch(() => {}); // a browser that keeps nothing has nothing to show
  }

  async function renderAll() {
    const user = await owner();
    const mine = user || isOffline;
    const entries = user ? await kept.unsentOf(user) : [];
    const shares = mine && !isAtShare ? await kept.sharedOf(user) : [];
    list.querySelector("ul").replaceChildren(...entries.map(rowOfEntry), ...shares.map(rowOfShare));
    box.querySelector("[data-send-now]").hidden = !entries.some((entry) => entry.state === "waiting");
    list.hidden = !entries.length && !shares.length;
  }

  function rowOfEntry(entry) {
    const isRefused = entry.state === "refused";
    const item = row(`${entry.title} · ${entry.label}`, isRefused ? entry.sentence || words.refused : underWay ? words.sending : words.waiting, entry.at);
    item.classList.toggle("is-refused", isRefused);
    const mend = isRefused && entry.sentence && entry.mend ? [link(`${entry.mend}?kept=${entry.id}`, words.mend)] : [];
    const typed = isRefused && !mend.length ? typedInto(entry) : "";
    if (typed) {
      item.append(text("p", typed, "prose"));
      navigator.clipboard && mend.push(button(words.copyIt, ({ target }) => navigator.clipboard.writeText(typed).then(() => (target.textContent = words.copiedIt))));
    }
    return acts(item, ...mend, discarder(() => kept.remove(entry.id)));
  }

  // The words of a contact that can neither be sent nor mended: they may be wanted elsewhere.
  function typedInto({ fields = [] }) {
    const isWords = ([name, value]) => ["summary", "promise", "person", "ticket_number"].includes(name) && value.trim();
    return fields.filter(isWords).map(([, value]) => value).join("\n");
  }

  function rowOfShare(share) {
    const names = [...share.files.map((file) => file.name), share.words].filter(Boolean).join(", ");
    const item = row(names.length > 80 ? `${names.slice(0, 79)}…` : names, words.sharedWaits, share.at);
    const here = { user: words.user, address: words.address, title: words.case };
    const put = button(words.here, () => kept.attach(share.id, here).then(trySend));
    const choose = link(`/share/?kept=${share.id}`, words.choose);
    const discard = discarder(() => kept.remove(share.id, kept.SHARED));
    return acts(item, ...(words.address ? [put] : []), ...(isOffline ? [] : [choose]), discard);
  }

  function acts(item, ...buttons) {
    const line = text("div", "", "row");
    line.append(...buttons);
    item.append(line);
    return item;
  }

  function row(title, state, at) {
    const item = document.createElement("li");
    item.className = "upload";
    const spoken = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
    const parts = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
    const when = new Intl.DateTimeFormat(spoken, { ...parts, hourCycle: "h23", timeZone: words.zone || undefined });
    item.append(text("span", title), text("span", `${when.format(at)} · ${state}`, "upload-state small soft"));
    return item;
  }

  function text(tag, content, className = "") {
    const element = document.createElement(tag);
    element.textContent = content;
    element.className = className;
    return element;
  }

  function link(href, content) {
    const element = text("a", content, "button button-quiet");
    element.href = href;
    return element;
  }

  function button(content, act) {
    const element = text("button", content, "button button-quiet");
    element.type = "button";
    element.addEventListener("click", act);
    return element;
  }

  // The second tap is the one that counts.
  function discarder(act) {
    const element = button(words.discard, () => {
      if (element.textContent === words.discardNow) {
        act();
      }
      element.textContent = words.discardNow;
    });
    return element;
  }

  function say(...content) {
    const message = text("p", "", "message");
    message.append(...content);
    said.replaceChildren(message);
  }

  function sayItIsSent({ label, title, url }) {
    say(text("span", `${words.sent} ${title} · ${label} `), url ? link(url, words.show) : "");
  }

  // ---- Sending it

  async function trySend() {
    clearTimeout(timer);
    underWay ??= kept.send().finally(() => (underWay = null));
    render();
    const end = await underWay.catch(() => kept.BROKEN);
    render();
    list.querySelectorAll("[data-end]").forEach((line) => (line.hidden = line.dataset.end !== end));
    logIn.hidden = end !== kept.LOGGED_OUT;
    logIn.href = loginAddress();
    if (end === kept.BROKEN || isOffline) {
      timer = setTimeout(isOffline ? lineIsBack : trySend, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    } else {
      pause = SHORTEST_PAUSE;
    }
  }

  // On the page without a line the page that was asked for comes in its place.
  async function lineIsBack() {
    if (!isOffline) {
      return trySend();
    }
    const isBack = await fetch("/session.json", { cache: "no-store" }).then((answer) => answer.ok, () => false);
    return isBack ? location.reload() : trySend();
  }

  function loginAddress() {
    return `${words.login}?next=${encodeURIComponent(location.pathname + location.search)}`;
  }

  // ---- Keeping a contact whose line broke

  // Of some events the element is the one that is to be swapped.
  const formOf = ({ detail }) => (detail.requestConfig?.elt ?? detail.elt)?.closest?.("form[data-keep]");

  document.addEventListener("htmx:configRequest", (event) => {
    if (formOf(event)) {
      event.detail.timeout = PATIENCE;
    }
  });
  ["htmx:sendError", "htmx:timeout"].forEach((name) =>
    document.addEventListener(name, (event) => keepForm(event, formOf(event))),
  );
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (status === 403 || status >= 502) {
      keepForm(event, formOf(event)); // an old token, or a site that is away: it is sent with a fresh one
    } else if (status === 404) {
      say(text("span", words.refused)); // what was typed stays: it may still be wanted elsewhere
      box.scrollIntoView({ block: "center" });
    }
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    const isLogin = xhr.responseURL && new URL(xhr.responseURL).pathname === words.login;
    if (isLogin && location.pathname !== words.login) {
      event.detail.shouldSwap = false; // whoever is logged out loses nothing
      if (formOf(event)) {
        keepForm(event, formOf(event));
      } else if (event.detail.requestConfig.triggeringEvent) {
        location.assign(loginAddress()); // a tap; what asks by itself waits for one
      }
    } else if (mending && formOf(event) && xhr.status === 200) {
      kept.remove(mending);
      mending = "";
    }
  });

  async function keepForm(event, form) {
    if (!form || !words.user) {
      return;
    }
    const { formData, path } = event.detail.requestConfig;
    const fields = [...formData].filter(([, value]) => typeof value === "string");
    const { keep: title, keepMend: mend } = form.dataset;
    const entry = { kind: "contact", user: words.user, address: path, mend, title, label: labelOf(form), fields };
    let id;
    try {
      id = await kept.keep(entry);
    } catch {
      say(text("span", words.noRoom));
      return;
    }
    if (mending) {
      await kept.remove(mending);
      mending = "";
    }
    begin(form);
    say(text("span", words.keptSaid));
    await render();
    box.querySelector("h2").focus({ preventScroll: true });
    window.scrollTo(0, 0);
    await trySend();
    if ((await kept.unsent(id))?.state === "refused") {
      said.replaceChildren(); // its own row says why
    }
  }

  function labelOf(form) {
    const chosen = ["channel", "outcome"].map((name) => form.querySelector(`[name=${name}]:checked`)?.closest("label"));
    return chosen.map((label) => label?.querySelector("strong")?.textContent ?? "").filter(Boolean).join(" · ");
  }

  // The form again as for the next contact: another key, and the time is again that of the tap.
  function begin(form) {
    form.reset();
    form.elements.submission.value = crypto.randomUUID?.() ?? String(Math.random());
    if (form.elements.started_at) {
      form.elements.started_at.value = "";
    }
  }

  // What was refused stands in the form again, with the time at which it was logged.
  async function fillWhatIsMended() {
    const id = new URLSearchParams(location.search).get("kept");
    const form = document.querySelector("form[data-keep]");
    const entry = id && form ? await kept.unsent(id) : null;
    if (!entry || entry.kind !== "contact" || entry.user !== words.user) {
      return;
    }
    mending = id;
    const told = { started_at: clockOf(entry.at) };
    entry.fields.forEach(([name, value]) => (told[name] = value || told[name] || ""));
    form.querySelectorAll("input:not([type=hidden]), textarea, select").forEach((field) => {
      if (field.type === "radio" || field.type === "checkbox") {
        field.checked = entry.fields.some(([name, value]) => name === field.name && value === field.value);
      } else if (told[field.name]) {
        field.value = told[field.name];
      }
    });
    form.querySelectorAll("details").forEach((more) => (more.open = true));
    form.scrollIntoView();
  }

  function clockOf(at) {
    const options = { timeZone: words.zone || undefined, dateStyle: "short", timeStyle: "short" };
    return new Intl.DateTimeFormat("sv-SE", options).format(at).replace(" ", "T");
  }

  // Into a new case: the field that reads what is pasted, or else what happened.
  function fillWhatWasShared() {
    const field = document.querySelector("main [data-paste]") ?? document.querySelector("main [name=problem_statement]");
    const shared = field && location.pathname === "/cases/new/" ? sessionStorage.getItem("shared") : "";
    if (shared && !field.value) {
      field.value = shared;
      ["input", "paste"].forEach((name) => field.dispatchEvent(new Event(name, { bubbles: true })));
      sessionStorage.removeItem("shared");
    }
  }
});
