// Sends each chosen file on its own and shows how far it is. Without JavaScript the form is sent as it is.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-upload]");
  const list = document.querySelector("[data-uploads]");
  if (!form || !list) {
    return;
  }
  const input = form.querySelector('input[type="file"]');
  const button = form.querySelector("button");
  const drop = form.querySelector("[data-drop]");
  const words = form.dataset;

  form.addEventListener("submit", async (event) => {
    if (!input.files.length) {
      return; // the browser and the server say what is missing
    }
    event.preventDefault();
    button.disabled = true;
    list.replaceChildren();
    const rows = Array.from(input.files, addRow);
    for (const row of rows) {
      await send(row); // one after the other: a phone's line is narrow, and numbers stay in order
    }
    if (rows.every((row) => row.isStored)) {
      form.reset();
    }
    button.disabled = false;
    htmx.ajax("GET", words.gallery, { target: "#exhibits", swap: "outerHTML" });
  });

  ["dragover", "dragleave", "drop"].forEach((name) => {
    drop.addEventListener(name, () => drop.classList.toggle("is-over", name === "dragover"));
  });

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
    return { file, item, bar, state, isStored: false };
  }

  function send(row) {
    const body = new FormData(form);
    body.delete(input.name);
    body.append(input.name, row.file, row.file.name);
    row.state.textContent = words.sending;
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) {
          row.bar.value = event.loaded / event.total;
        }
      });
      request.upload.addEventListener("load", () => {
        row.bar.removeAttribute("value");
        row.state.textContent = words.checking;
      });
      request.addEventListener("load", () => resolve(settle(row, request)));
      request.addEventListener("error", () => resolve(refuse(row, words.lost)));
      request.addEventListener("abort", () => resolve(refuse(row, words.lost)));
      request.send(body);
    });
  }

  function settle(row, request) {
    if (request.status === 201 && request.response) {
      row.bar.value = 1;
      row.isStored = true;
      row.state.textContent = `${words.stored} ${request.response.labels.join(", ")}`;
    } else if (request.status === 422 && request.response) {
      refuse(row, request.response.errors.join(" "));
    } else {
      refuse(row, request.status === 413 ? words.tooLarge : words.lost);
    }
  }

  function refuse(row, sentence) {
    row.bar.value = 0;
    row.item.classList.add("is-refused");
    row.state.textContent = sentence;
  }
});
