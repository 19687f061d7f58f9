// What the page shows, in both languages, and how files get into it.
let language = navigator.language.toLowerCase().startsWith("zh") ? "zh-hans" : "en";
let shown = null; // the last verdict
let turn = 0; // a later choice makes an earlier reading void

const at = (id) => document.getElementById(id);

// Put values into the {gaps} of both sentences; a text goes into each in its own language.
function filled(text, values) {
  const inLanguage = (code) =>
    text[code].replace(/\{(\w+)\}/g, (_, name) => {
      const value = values[name] ?? "";
      return typeof value === "string" ? value : value[code];
    });
  return { "zh-hans": inLanguage("zh-hans"), en: inLanguage("en") };
}

// Names come from files of strangers: nothing in them may move the cursor or reverse a line.
function printable(value) {
  const signs = Array.from(value, (sign) => {
    const number = sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    return sign !== " " && /[\p{C}\p{Z}]/u.test(sign) ? `[U+${number}]` : sign;
  });
  return Array.from(signs.join("")).slice(0, 300).join("");
}

function sentence({ code, name, values }) {
  const safe = Object.entries({ name, ...values }).map(([key, value]) => [
    key,
    typeof value === "string" ? printable(value) : value,
  ]);
  return filled(SENTENCES[code], Object.fromEntries(safe));
}

function printedMoment(moment) {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?([+-]\d\d:\d\d)$/.exec(moment);
  return parts ? `${parts[1]} ${parts[2]} ${parts[3]}` : printable(moment);
}

// Checks what was opened by `open`: code 0 unaltered, 1 altered (every finding named), 2 unreadable.
async function check(open, tell = () => {}) {
  let seen;
  try {
    const box = await open();
    if (![LAYOUT.manifest, LAYOUT.tag_manifest].some((name) => box.names().includes(name))) {
      const wrong = { code: "not_a_case_file", name: box.called, values: { other: LAYOUT.manifest } };
      return { code: 2, findings: [wrong, ...box.findings], notes: [] };
    }
    seen = new Inspection(box, tell);
    await seen.run();
  } catch (error) {
    if (!(error instanceof Unreadable)) {
      throw error;
    }
    return { code: 2, findings: [error.wrong], notes: [] };
  }
  const findings = [...seen.wrong.values()];
  return {
    code: findings.length ? 1 : 0,
    findings,
    notes: seen.notes,
    isSignatureChecked: seen.isSignatureChecked,
    reference: seen.contents.reference,
    since: printedMoment(seen.contents.since),
    fingerprint: seen.fingerprint,
    count: String(seen.digests.size),
  };
}

function checkZip(file, called = file.name, tell) {
  return check(() => ZipBox.open(file, called), tell);
}

// `files`: paths to files; a single ZIP among them is taken for the case file.
async function checkFiles(files, called, tell) {
  const [only] = files.values();
  if (files.size === 1 && ![LAYOUT.manifest, LAYOUT.tag_manifest].includes(only.name)) {
    return checkZip(only, only.name, tell);
  }
  return check(async () => {
    const hasFolders = [...files.keys()].some((path) => path.includes("/"));
    return new FolderBox(hasFolders ? files : await placed(files), called);
  }, tell);
}

function put(element, text) {
  element.textContent = text[language];
}

function items(list, texts) {
  list.replaceChildren(
    ...texts.map((text) => {
      const item = document.createElement("li");
      put(item, text);
      return item;
    }),
  );
}

function showWords() {
  document.documentElement.lang = language === "en" ? "en" : "zh-Hans";
  document.title = PAGE.title[language];
  for (const element of document.querySelectorAll("[data-text]")) {
    put(element, PAGE[element.dataset.text]);
  }
  at("language").textContent = language === "en" ? "中文" : "English";
  at("language").lang = language === "en" ? "zh-Hans" : "en";
  at("language").hidden = false;
}

// Whether the fingerprint that was typed in is that of the key: null where nothing was.
function isKeyKnown() {
  const typed = at("known").value.toLowerCase().replace(/[^0-9a-f]/g, "");
  return typed ? typed === shown.fingerprint : null;
}

function summaryOf(verdict, isKnown) {
  if (verdict.code === 2) {
    return ["bad", SUMMARIES.unreadable, null];
  }
  if (verdict.code === 1) {
    return ["bad", filled(SUMMARIES.altered, { count: String(verdict.findings.length) }), null];
  }
  if (!verdict.isSignatureChecked) {
    return ["unsure", PAGE.unchecked, null];
  }
  if (isKnown === false) {
    return ["bad", sentence({ code: "other_fingerprint", name: LAYOUT.signature, values: {} }), null];
  }
  if (isKnown) {
    return ["good", filled(SUMMARIES.unaltered, verdict), filled(PAGE.made_by, verdict)];
  }
  return ["good", filled(PAGE.fits, verdict), filled(PAGE.condition, verdict)];
}

function showVerdict() {
  const verdict = shown;
  at("result").hidden = !verdict;
  if (!verdict) {
    return;
  }
  const isKnown = verdict.fingerprint ? isKeyKnown() : null;
  const [look, summary, condition] = summaryOf(verdict, isKnown);
  at("verdict").className = `verdict ${look}`;
  at("verdict").dataset.code = verdict.code;
  put(at("summary"), summary);
  at("condition").hidden = !condition;
  put(at("condition"), condition || { en: "", "zh-hans": "" });
  const more = verdict.findings.length - LIMITS.findings;
  items(at("findings"), [
    ...verdict.findings.slice(0, LIMITS.findings).map(sentence),
    ...(more > 0 ? [sentence({ code: "more", name: "", values: { count: String(more) } })] : []),
  ]);
  const facts = ["reference", "since", "fingerprint"].filter((name) => verdict[name]);
  at("facts").replaceChildren(
    ...facts.flatMap((name) => {
      const [title, value] = [document.createElement("dt"), document.createElement("dd")];
      put(title, PAGE[name]);
      value.textContent = printable(verdict[name]);
      value.className = name;
      return [title, value];
    }),
  );
  at("compare").hidden = verdict.code !== 0 || !verdict.fingerprint;
  put(at("compared"), isKnown === null ? { en: "", "zh-hans": "" } : isKnown ? PAGE.same : PAGE.not_same);
  items(at("notes"), verdict.notes.map(sentence));
  at("notes-title").hidden = !verdict.notes.length;
}

async function begin(files, called) {
  turn += 1;
  const own = turn;
  if (!files.size) {
    return;
  }
  shown = null;
  showVerdict();
  at("busy").hidden = false;
  const tell = (done) => own === turn && (at("progress").value = done);
  tell(0);
  let verdict;
  try {
    verdict = await checkFiles(files, called, tell);
  } catch (error) {
    const values = { where: String(error.message || error) };
    verdict = { code: 2, findings: [{ code: "no_access", name: called, values }], notes: [] };
  }
  if (own === turn) {
    at("busy").hidden = true;
    shown = verdict;
    showVerdict();
    at("verdict").focus();
  }
}

function picked(input) {
  const files = new Map([...input.files].map((file) => [file.webkitRelativePath || file.name, file]));
  const [first] = files.keys();
  input.value = ""; // the same file can be chosen again
  return begin(files, (first || "").split("/")[0]);
}

// Everything in a dropped folder, with its path.
async function walk(entry, path, files) {
  if (entry.isFile) {
    files.set(path, await new Promise((done, refuse) => entry.file(done, refuse)));
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done, refuse) => reader.readEntries(done, refuse));
    if (!some.length || files.size > LIMITS.files) {
      return;
    }
    for (const inner of some) {
      await walk(inner, `${path}/${inner.name}`, files);
    }
  }
}

async function dropped(event) {
  event.preventDefault();
  at("drop").classList.remove("over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry());
  const plain = [...event.dataTransfer.files];
  const files = new Map();
  if (entries.length && entries.every(Boolean)) {
    try {
      for (const entry of entries) {
        await walk(entry, entry.name, files);
      }
    } catch (error) {
      files.clear(); // Some browsers refuse this for a page from a disk; the files themselves are still there.
    }
  }
  if (!files.size) {
    plain.forEach((file) => files.set(file.name, file));
  }
  await begin(files, [...files.keys()][0]?.split("/")[0] || "");
}

function start() {
  showWords();
  at("pick-files").addEventListener("change", (event) => picked(event.target));
  at("pick-folder").webkitdirectory = true; // no HTML standard has it yet, every browser does
  at("pick-folder").addEventListener("change", (event) => picked(event.target));
  at("known").addEventListener("input", showVerdict);
  at("compare").addEventListener("submit", (event) => event.preventDefault());
  at("language").addEventListener("click", () => {
    language = language === "en" ? "zh-hans" : "en";
    showWords();
    showVerdict();
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    at("drop").classList.add("over");
  });
  document.addEventListener("dragleave", () => at("drop").classList.remove("over"));
  document.addEventListener("drop", dropped);
}

start();
