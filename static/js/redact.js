// Draws boxes over the pages of an exhibit with a finger or a mouse. Without it the boxes are typed in numbers.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-redact]");
  const papers = form ? Array.from(form.querySelectorAll("[data-redact-page]")) : [];
  if (!papers.length) {
    return;
  }
  const SCALE = 10000;
  const LEAST = 60; // ten-thousandths: what is smaller is a tap
  const field = form.querySelector('input[name="boxes"]');
  const list = form.querySelector("[data-redact-list]");
  const count = form.querySelector("[data-redact-count]");
  const undo = form.querySelector("[data-redact-undo]");
  const mode = form.querySelector("[data-redact-mode]");
  const words = form.dataset;
  const most = Number(words.most);
  const before = []; // earlier states, for undo
  let boxes = stored();
  let draft = null;

  form.querySelectorAll("[data-redact-tools], [data-redact-how]").forEach((part) => {
    part.hidden = false;
  });
  form.classList.add("is-drawing");
  papers.forEach((paper) => paper.classList.remove("redact-grid"));
  mode.addEventListener("click", () => {
    const isDrawing = form.classList.toggle("is-drawing");
    mode.setAttribute("aria-pressed", String(isDrawing));
  });
  undo.addEventListener("click", () => {
    if (before.length) {
      boxes = before.pop();
      show();
    }
  });
  papers.forEach((paper) => {
    paper.addEventListener("pointerdown", (event) => begin(paper, event));
    paper.addEventListener("pointermove", follow);
    paper.addEventListener("pointerup", end);
    paper.addEventListener("pointercancel", giveUp); // two fingers: the browser enlarges the page
    paper.addEventListener("touchmove", hold, { passive: false });
  });
  show();

  // What was drawn before the form came back with a sentence.
  function stored() {
    try {
      const found = JSON.parse(field.value || "[]");
      return Array.isArray(found) ? found : [];
    } catch {
      return [];
    }
  }

  function at(paper, event) {
    const edge = paper.getBoundingClientRect();
    const place = (value, start, length) => Math.min(Math.max((value - start) / length, 0), 1) * SCALE;
    return { x: place(event.clientX, edge.left, edge.width), y: place(event.clientY, edge.top, edge.height) };
  }

  function begin(paper, event) {
    if (!event.isPrimary || event.button !== 0 || !form.classList.contains("is-drawing")) {
      return;
    }
    event.preventDefault();
    paper.setPointerCapture(event.pointerId);
    draft = { paper, start: at(paper, event), box: null, element: addElement(paper, "redact-box is-draft") };
  }

  function follow(event) {
    if (!draft || !event.isPrimary) {
      return;
    }
    const to = at(draft.paper, event);
    const left = Math.floor(Math.min(draft.start.x, to.x));
    const top = Math.floor(Math.min(draft.start.y, to.y));
    draft.box = {
      page: Number(draft.paper.dataset.redactPage),
      x: left,
      y: top,
      width: Math.min(Math.ceil(Math.max(draft.start.x, to.x)), SCALE) - left,
      height: Math.min(Math.ceil(Math.max(draft.start.y, to.y)), SCALE) - top,
    };
    place(draft.element, draft.box);
  }

  // A swipe that the browser takes for a fling would swallow the next tap, such as the one on the button.
  function hold(event) {
    if (draft && event.touches.length === 1 && event.cancelable) {
      event.preventDefault();
    }
  }

  function end(event) {
    if (!draft || !event.isPrimary) {
      return;
    }
    follow(event);
    const { box, start } = draft;
    giveUp();
    if (box.width >= LEAST && box.height >= LEAST) {
      add(box);
      return;
    }
    const isUnder = (one) =>
      one.page === box.page && start.x >= one.x && start.x <= one.x + one.width && start.y >= one.y && start.y <= one.y + one.height;
    const tapped = boxes.findLastIndex(isUnder);
    if (tapped >= 0) {
      remove(tapped);
    }
  }

  function giveUp() {
    if (draft) {
      draft.element.remove();
      draft = null;
    }
  }

  function add(box) {
    if (boxes.length >= most) {
      count.textContent = words.wordMost;
      return;
    }
    change([...boxes, box]);
  }

  function remove(index) {
    change(boxes.filter((_box, other) => other !== index));
  }

  function change(next) {
    before.push(boxes);
    boxes = next;
    show();
  }

  function show() {
    field.value = JSON.stringify(boxes);
    undo.disabled = !before.length;
    count.textContent = words.wordCount.replace("{count}", boxes.length);
    papers.forEach((paper) => {
      paper.querySelectorAll(".redact-box").forEach((element) => element.remove());
      const page = Number(paper.dataset.redactPage);
      boxes.filter((box) => box.page === page).forEach((box) => place(addElement(paper, "redact-box"), box));
    });
    list.replaceChildren(...boxes.map(entry));
  }

  function addElement(paper, name) {
    const element = document.createElement("div");
    element.className = name;
    paper.append(element);
    return element;
  }

  function place(element, box) {
    element.style.left = `${box.x / 100}%`;
    element.style.top = `${box.y / 100}%`;
    element.style.width = `${box.width / 100}%`;
    element.style.height = `${box.height / 100}%`;
  }

  function entry(box, index) {
    const item = document.createElement("li");
    const text = document.createElement("span");
    const button = document.createElement("button");
    const percent = (value) => String(Math.round(value / 100));
    const said = { page: box.page, left: percent(box.x), top: percent(box.y), width: percent(box.width), height: percent(box.height) };
    text.textContent = Object.entries(said).reduce((words_, [name, value]) => words_.replace(`{${name}}`, value), words.wordBox);
    button.type = "button";
    button.className = "button button-plain";
    button.textContent = words.wordRemove;
    button.setAttribute("aria-label", `${words.wordRemove}: ${text.textContent}`);
    button.addEventListener("click", () => remove(index));
    item.append(text, button);
    return item;
  }
});
