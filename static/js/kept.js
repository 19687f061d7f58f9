// What waits on this phone until the line is back: contacts that were logged, files that were chosen, what
// other apps shared. Used by pages and by the service worker; each entry belongs to the user who made it, and
// is sent by the server's own doors, once: under a lock here, and by its submission key or its bytes there.
const kept = (() => {
  const SYNC = "unsent";
  const [UNSENT, SHARED, META] = ["unsent", "shared", "meta"];
  const PIECE = 1024 * 1024;
  // A phone has little room, and what waits is there twice: with its app and here.
  const LARGEST_FILE = 100 * 1024 * 1024;
  const MOST_BYTES = 300 * 1024 * 1024;
  // How a try to send ends.
  const [DONE, BROKEN, LOGGED_OUT, BUSY] = ["done", "broken", "logged out", "busy"];
  const MOST_SHARES = 20;
  const channel = self.BroadcastChannel ? new BroadcastChannel("kept") : new EventTarget();
  let opened;

  class NoRoom extends Error {}

  function database() {
    opened ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open("kept", 1);
      asked.onupgradeneeded = () => {
        [UNSENT, SHARED, META].forEach((name) => asked.result.createObjectStore(name, { keyPath: "id" }));
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => {
        opened = undefined;
        reject(asked.error);
      };
    });
    return opened;
  }

  // One transaction; resolves to what `act` asked for, once all of it is on the disk.
  async function inStores(names, mode, act) {
    const transaction = (await database()).transaction(names, mode);
    return new Promise((resolve, reject) => {
      const asked = act(...names.map((name) => transaction.objectStore(name)));
      transaction.oncomplete = () => resolve(asked?.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("aborted"));
    });
  }

  const all = (name) => inStores([name], "readonly", (store) => store.getAll());
  const find = (name, id) => inStores([name], "readonly", (store) => store.get(id));
  const byTime = (one, other) => one.at - other.at;

  function newId() {
    return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // Whose phone it is for now: who was logged in when a page came last.
  const reader = () => find(META, "reader");
  const setReader = (user, language) =>
    inStores([META], "readwrite", (store) => store.put({ id: "reader", user, language }));

  const unsentOf = async (user) => (await all(UNSENT)).filter((entry) => entry.user === user).sort(byTime);
  const unsent = (id) => find(UNSENT, id);
  // What was shared while nobody was logged in belongs to whoever logs in next.
  const sharedOf = async (user) =>
    (await all(SHARED)).filter((share) => !share.user || share.user === user).sort(byTime);

  async function keep(entry) {
    const bytes = (await all(UNSENT)).reduce((sum, other) => sum + (other.file?.size ?? 0), 0);
    const size = entry.file?.size ?? 0;
    if (size > LARGEST_FILE || bytes + size > MOST_BYTES) {
      throw new NoRoom();
    }
    const whole = { id: newId(), at: Date.now(), state: "waiting", ...entry };
    await inStores([UNSENT], "readwrite", (store) => store.put(whole));
    tell({ changed: true });
    ask();
    return whole.id;
  }

  // The browser may send it even when every page is closed, and should not throw it away for want of room.
  function ask() {
    if (self.document) {
      navigator.storage?.persist?.().catch(() => {});
      navigator.serviceWorker?.ready.then((registration) => registration.sync?.register(SYNC)).catch(() => {});
    }
  }

  async function keepShare(form) {
    const text = (name) => String(form.get(name) ?? "").trim();
    const files = form.getAll("files").filter((file) => typeof file !== "string" && file.size);
    const others = await all(SHARED);
    const bytes = [...files, ...others.flatMap((share) => share.files)].reduce((sum, file) => sum + file.size, 0);
    if (others.length >= MOST_SHARES || bytes > MOST_BYTES) {
      throw new NoRoom();
    }
    const user = (await reader())?.user ?? "";
    const words = [text("title"), text("text"), text("url")].filter((part, at, parts) => part && parts.indexOf(part) === at);
    const share = { id: newId(), user, at: Date.now(), words: words.join("\n"), files };
    await inStores([SHARED], "readwrite", (store) => store.put(share));
    tell({ changed: true });
    return share.id;
  }

  // From what was shared to files on their way into a case: all of them or none.
  async function attach(id, { user, address, title }) {
    const share = await find(SHARED, id);
    if (!share) {
      return;
    }
    const words = share.words ? [new File([share.words], "shared-text.txt", { type: "text/plain" })] : [];
    const entries = [...share.files, ...words].map((file, number) => ({
      id: `${id}-${number}`, kind: "file", state: "waiting", at: share.at + number,
      user, address, title, label: file.name, file, told: {},
    }));
    await inStores([UNSENT, SHARED], "readwrite", (unsents, shares) => {
      entries.forEach((entry) => unsents.put(entry));
      shares.delete(id);
    });
    tell({ changed: true });
    ask();
  }

  async function remove(id, name = UNSENT) {
    await inStores([name], "readwrite", (store) => store.delete(id));
    tell({ changed: true });
  }

  // At log-out: all of this user's, and what nobody's is.
  async function wipe(user) {
    const isTheirs = (entry) => !entry.user || entry.user === user;
    const [entries, shares] = [await all(UNSENT), await all(SHARED)];
    await inStores([UNSENT, SHARED, META], "readwrite", (unsents, shareds, meta) => {
      entries.filter(isTheirs).forEach((entry) => unsents.delete(entry.id));
      shares.filter(isTheirs).forEach((share) => shareds.delete(share.id));
      meta.delete("reader");
    });
    tell({ changed: true });
  }

  // Pages show what changed; a channel does not hear itself.
  const listeners = [];
  channel.addEventListener("message", ({ data }) => listeners.forEach((listen) => listen(data)));

  function tell(news) {
    channel.postMessage?.(news);
    listeners.forEach((listen) => listen(news));
  }

  // Two tabs and the service worker never send the same entry at the same time.
  function alone(id, act) {
    const options = { ifAvailable: true };
    return navigator.locks ? navigator.locks.request(`kept:${id}`, options, (lock) => (lock ? act() : BUSY)) : act();
  }

  // Everything of whoever is logged in. `isSure` throws where it has to be tried again.
  async function send({ isSure = false } = {}) {
    const entries = await all(UNSENT).catch(() => []); // a browser that keeps nothing has nothing to send
    if (!entries.some((entry) => entry.state === "waiting")) {
      return DONE;
    }
    const end = await sendAll().catch(() => BROKEN); // no answer at all
    if (isSure && (end === BROKEN || end === BUSY)) {
      throw new Error("Not everything could be sent.");
    }
    return end;
  }

  async function sendAll() {
    const answer = await fetch("/session.json", { cache: "no-store", credentials: "same-origin" });
    if (!answer.ok) {
      return BROKEN;
    }
    const { user, token } = await answer.json();
    if (!user) {
      return LOGGED_OUT;
    }
    let isBroken = false; // what the site cannot take keeps nothing else waiting
    let isBusy = false; // another page is at it, or the worker; it may be closed before it is through
    for (const { id, state, kind } of await unsentOf(user)) {
      if (isBusy && kind === "file") {
        continue; // exhibits are numbered in the order in which they were chosen
      }
      const end = state === "waiting" ? await alone(id, () => bring(id, token)) : DONE;
      if (end === LOGGED_OUT) {
        return end;
      }
      isBroken ||= end === BROKEN;
      isBusy ||= end === BUSY;
    }
    return isBroken ? BROKEN : isBusy ? BUSY : DONE;
  }

  async function bring(id, token) {
    const entry = await find(UNSENT, id);
    if (entry?.state !== "waiting") {
      return DONE; // another tab was quicker
    }
    return entry.kind === "file" ? bringFile(entry, token) : bringContact(entry, token);
  }

  function door(method, url, body, token, more = {}) {
    const headers = { Accept: "application/json", "X-CSRFToken": token, ...more };
    return fetch(url, { method, body, headers, redirect: "manual", credentials: "same-origin" });
  }

  // How long ago by this phone's clock, however wrong that is: the server counts back from its own.
  async function bringContact(entry, token) {
    const fields = new URLSearchParams(entry.fields);
    fields.delete("csrfmiddlewaretoken");
    fields.set("seconds_ago", Math.max(0, Math.round((Date.now() - entry.at) / 1000)));
    let answer = await door("POST", entry.address, fields, token);
    if (answer.status === 403) {
      const anew = await fetch("/session.json", { cache: "no-store", credentials: "same-origin" });
      answer = await door("POST", entry.address, fields, (await anew.json()).token); // of a log-in in between
    }
    return answer.ok ? settle(entry, await answer.json()) : fail(entry, answer);
  }

  async function bringFile(entry, token) {
    const { file } = entry;
    const sha256 = entry.sha256 ?? (await digest(file));
    const announced = JSON.stringify({ ...entry.told, name: file.name, size: file.size, sha256 });
    let answer = await door("POST", entry.address, announced, token, { "Content-Type": "application/json" });
    if (!answer.ok) {
      return fail(entry, answer);
    }
    let { url, offset } = await answer.json();
    for (;;) {
      const more = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": offset };
      answer = await door("PATCH", url, file.slice(offset, offset + PIECE), token, more);
      if (answer.status === 200) {
        return settle(entry, await answer.json());
      }
      if (answer.status !== 204 && answer.status !== 409) {
        return fail(entry, answer);
      }
      offset = Number(answer.headers.get("Upload-Offset"));
    }
  }

  async function digest(file) {
    const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function settle(entry, { label, url }) {
    await remove(entry.id);
    tell({ sent: { label: label ? `${entry.label} (${label})` : entry.label, title: entry.title, url } });
    return DONE;
  }

  // A no is final and shown with its sentence; what the site cannot take just now is tried again.
  async function fail(entry, answer) {
    if (answer.type === "opaqueredirect") {
      return LOGGED_OUT;
    }
    if ([400, 408, 425, 429].includes(answer.status) || answer.status >= 500) {
      return BROKEN;
    }
    const sentence = answer.status === 422 ? (await answer.json()).errors.join(" ") : "";
    await inStores([UNSENT], "readwrite", (store) => store.put({ ...entry, state: "refused", sentence }));
    tell({ changed: true });
    return DONE;
  }

  const listen = (listener) => listeners.push(listener);
  return {
    SYNC, DONE, BROKEN, LOGGED_OUT, NoRoom, SHARED,
    attach, keep, keepShare, newId, listen, reader, remove, send, setReader, sharedOf, unsent, unsentOf, wipe,
  };
})();
