// Sends each chosen file in pieces and shows how far it is; goes on by itself after the line broke. Without
// JavaScript the form is sent as it is. The server's side is cases/views/uploads.py, in the terms of tus 1.0.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-upload]");
  const list = document.querySelector("[data-uploads]");
  if (!form || !list) {
    return;
  }
  const inputs = Array.from(form.querySelectorAll('input[type="file"]'));
  const button = form.querySelector("[data-send]");
  const drop = form.querySelector("[data-drop]");
  const words = form.dataset;
  const SMALLEST = 64 * 1024;
  const LARGEST = 8 * 1024 * 1024;
  const LONGEST_PAUSE = 30_000;
  const LOOK_AGAIN = 10_000;
  // How one try to bring a file ends.
  const [STORED, BROKEN, LOGGED_OUT, AGAIN] = ["stored", "broken", "logged out", "again"];
  let size = 512 * 1024; // of a piece; grows while the line is quick, shrinks when it breaks

  form.addEventListener("submit", async (event) => {
    const files = inputs.flatMap((input) => Array.from(input.files));
    if (!files.length) {
      return; // the browser and the server say what is missing
    }
    event.preventDefault();
    button.disabled = true;
    list.replaceChildren();
    const told = fieldsOf(form);
    const rows = files.map(addRow);
    show(list.firstElementChild);
    for (const row of rows) {
      await bring(row, told); // one after the other: a phone's line is narrow, and numbers stay in order
    }
    if (rows.every((row) => row.isStored)) {
      form.reset();
    } else {
      inputs.forEach((input) => (input.value = ""));
    }
    button.disabled = false;
    htmx.ajax("GET", words.gallery, { target: "#exhibits", swap: "outerHTML" });
  });

  ["dragover", "dragleave", "drop"].forEach((name) => {
    drop.addEventListener(name, (event) => {
      drop.classList.toggle("is-over", name === "dragover");
      if (name !== "dragleave") {
        event.preventDefault();
      }
      if (name === "drop") {
        choose(event.dataTransfer.files);
      }
    });
  });
  document.addEventListener("paste", (event) => choose(event.clipboardData.files));

  // Files that were dropped or pasted join those that are chosen already.
  function choose(files) {
    if (!files.length || button.disabled) {
      return;
    }
    const all = new DataTransfer();
    [...inputs[0].files, ...files].forEach((file) => all.items.add(file));
    inputs[0].files = all.files;
    button.focus();
  }

  function show(item) {
    item.scrollIntoView({ block: "center" });
  }

  function fieldsOf(filled) {
    const typed = [...new FormData(filled)].filter(([, value]) => typeof value === "string");
    return Object.fromEntries(typed.filter(([name]) => name !== "csrfmiddlewaretoken"));
  }

  function addRow(file) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    const state = document.createElement("span");
    item.className = "upload";
    name.textContent = file.name;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    state.className = "upload-state small soft";
    state.textContent = words.waiting;
    item.append(name, bar, state);
    list.append(item);
    return { file, item, bar, state, isStored: false, isRenewed: false, breaks: 0 };
  }

  async function bring(row, told) {
    try {
      row.state.textContent = words.computing;
      const sha256 = await digest(row);
      const announced = (row.announced = { ...told, name: row.file.name, size: row.file.size, sha256 });
      let end = await tryOnce(row, announced);
      while (end !== STORED) {
        if (end === BROKEN) {
          await pause(row);
        } else if (end === LOGGED_OUT) {
          await newLogin(row);
        }
        end = await tryOnce(row, announced);
      }
    } catch (error) {
      refuse(row, error instanceof Refusal ? error.message : words.unreadable);
    }
    await keptFiles.drop(row);
  }

  function digest(row) {
    return new Promise((resolve, reject) => {
      const worker = new Worker(words.worker);
      worker.addEventListener("message", ({ data }) => {
        if (data.done !== undefined) {
          row.bar.value = data.done;
          return;
        }
        worker.terminate();
        data.sha256 ? resolve(data.sha256) : reject(new Error(data.error));
      });
      worker.addEventListener("error", reject);
      worker.postMessage(row.file);
    });
  }

  // Announce and send until all is there: STORED, or why it has to be tried again.
  async function tryOnce(row, announced) {
    try {
      row.state.textContent = words.sending;
      const upload = await ask("POST", words.announce, JSON.stringify(announced), "application/json");
      if (!upload.ok) {
        return await settleFailure(row, upload);
      }
      const { url, offset } = await upload.json();
      row.url = url;
      return await sendPieces(row, url, offset);
    } catch (error) {
      if (error instanceof Refusal) {
        throw error;
      }
      row.reason = words.broken; // no answer at all
      return BROKEN;
    }
  }

  async function sendPieces(row, url, offset) {
    let at = offset;
    for (;;) {
      row.bar.value = at / row.file.size;
      const piece = row.file.slice(at, at + size);
      if (at + piece.size === row.file.size) {
        row.state.textContent = words.checking;
      }
      const began = performance.now();
      const answer = await ask("PATCH", url, piece, "application/offset+octet-stream", { "Upload-Offset": at });
      if (answer.status === 200) {
        settle(row, await answer.json());
        return STORED;
      }
      if (answer.status !== 204 && answer.status !== 409) {
        return await settleFailure(row, answer);
      }
      at = Number(answer.headers.get("Upload-Offset"));
      row.breaks = 0;
      row.isRenewed = false;
      size = performance.now() - began < 2000 ? Math.min(size * 2, LARGEST) : Math.max(size / 2, SMALLEST);
    }
  }

  // Whoever is logged out is sent elsewhere, and must not follow: that answer is no file's.
  function ask(method, url, body, type, more = {}) {
    const headers = { "Content-Type": type, "X-CSRFToken": token().value, Accept: "application/json", ...more };
    return fetch(url, { method, body, headers, redirect: "manual" });
  }

  function token() {
    return form.querySelector("[name=csrfmiddlewaretoken]");
  }

  // What the server says no to is final; what it cannot do just now is tried again.
  async function settleFailure(row, answer) {
    if (answer.type === "opaqueredirect") {
      return LOGGED_OUT;
    }
    if (answer.status === 422) {
      throw new Refusal((await answer.json()).errors.join(" "));
    }
    if ((answer.status === 403 || answer.status === 413) && !row.isRenewed) {
      // Without a log-in a piece is too large; after a new one the token of this page is an old one.
      row.isRenewed = true;
      return (await renew()) ? AGAIN : LOGGED_OUT;
    }
    if (answer.status === 413) {
      throw new Refusal(words.tooLarge);
    }
    if (answer.status === 403 || answer.status === 404) {
      throw new Refusal(words.refused);
    }
    row.reason = words.later;
    return BROKEN;
  }

  // The token of whoever is logged in now; false where nobody is.
  async function renew() {
    const answer = await fetch(words.gallery, { redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect") {
      return false;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-upload] [name=csrfmiddlewaretoken]");
    if (fresh) {
      token().value = fresh.value;
    }
    return true;
  }

  // The chosen file stays chosen only as long as this page does: the log-in is in another tab.
  async function newLogin(row) {
    const link = document.createElement("a");
    link.href = words.login;
    link.target = "_blank";
    link.className = "button button-quiet";
    link.textContent = words.logIn;
    row.item.classList.add("is-refused");
    row.state.textContent = words.loggedOut;
    row.item.append(link);
    show(row.item);
    await keptFiles.keep(row, row.announced, words.announce);
    do {
      await until(LOOK_AGAIN, [window, "focus"], [document, "visibilitychange"], [window, "online"]);
    } while (!(await renew().catch(() => false)));
    link.remove();
    row.item.classList.remove("is-refused");
  }

  async function pause(row) {
    size = Math.max(size / 2, SMALLEST);
    row.breaks += 1;
    const isKept = await keptFiles.keep(row, row.announced, words.announce);
    row.state.textContent = `${row.reason} · ${isKept ? words.keptHere : words.notKept}`;
    return until(Math.min(1000 * 2 ** (row.breaks - 1), LONGEST_PAUSE), [window, "online"]);
  }

  // Until so many milliseconds are over or one of the events comes.
  function until(milliseconds, ...events) {
    return new Promise((resolve) => {
      const timer = setTimeout(goOn, milliseconds);
      events.forEach(([target, name]) => target.addEventListener(name, goOn));
      function goOn() {
        clearTimeout(timer);
        events.forEach(([target, name]) => target.removeEventListener(name, goOn));
        resolve();
      }
    });
  }

  function settle(row, { label, url, notes }) {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = label;
    row.bar.value = 1;
    row.isStored = true;
    forget(row);
    row.state.replaceChildren(`${words.stored} `, link);
    row.item.append(
      ...notes.map((note) => {
        const line = document.createElement("span");
        line.className = "upload-state small soft";
        line.textContent = note;
        return line;
      }),
    );
  }

  // What ended here does not stand among the unfinished any more.
  function forget(row) {
    const section = document.getElementById("unfinished");
    const items = Array.from(section?.querySelectorAll("[data-unfinished]") ?? []);
    items.filter((item) => item.dataset.unfinished === row.url).forEach((item) => item.remove());
    if (section && !section.querySelector("[data-unfinished]")) {
      section.remove();
    }
  }

  function refuse(row, sentence) {
    row.bar.value = 0;
    row.item.classList.add("is-refused");
    row.state.textContent = sentence;
    show(row.item);
  }
});

class Refusal extends Error {}
