// Whether the files of a case file agree with each other: chain, exhibits, totals; as cases/casefile/contents.py.
const ENTRY = ["action", "actor", "at", "case", "details", "exhibit_number", "exhibit_sha256", "previous_hash", "sequence"];
const TEXTS = ["action", "actor", "case", "exhibit_sha256", "previous_hash"];
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const LINE_ENDS = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;
const FIRST_PREVIOUS_HASH = "0".repeat(64);

class Unfit extends Error {}

function must(holds) {
  if (!holds) {
    throw new Unfit();
  }
}

function need(record, key) {
  must(typeof record === "object" && record !== null && Object.hasOwn(record, key));
  return record[key];
}

function whole(value) {
  must(Number.isSafeInteger(value));
  return value;
}

function decoded(bytes) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

// RFC 8785: names in the order of their UTF-16 signs, strings and numbers as JSON.stringify writes them.
function canonical(value) {
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join(",")}]`;
  }
  if (typeof value !== "object" || value === null) {
    return JSON.stringify(value);
  }
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

function countNames(value) {
  if (typeof value !== "object" || value === null) {
    return 0;
  }
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((count, inner) => count + countNames(inner), own);
}

// A record whose names are there once: two programs could read a doubled one differently.
function readJson(text) {
  const value = JSON.parse(text);
  const strings = text.match(/"[^"\\]*(?:\\.[^"\\]*)*"\s*:?/g) || [];
  must(strings.filter((found) => found.endsWith(":")).length === countNames(value));
  return value;
}

// One line of the chain, in the one form in which it is written: canonical, its entry as it was hashed.
function readEntryLine(line) {
  const record = JSON.parse(line);
  must(canonical(record) === line);
  const entry = need(record, "entry");
  const stored = need(record, "hash");
  must(Object.keys(record).length === 2 && typeof stored === "string");
  must(typeof entry === "object" && Object.keys(entry).sort().join() === ENTRY.join());
  must(typeof entry.at === "string" && MOMENT.test(entry.at));
  must(TEXTS.every((name) => typeof entry[name] === "string"));
  must(entry.exhibit_number === null || Number.isInteger(entry.exhibit_number));
  must(typeof entry.details === "object" && entry.details !== null && !Array.isArray(entry.details));
  return { entry, stored };
}

class Contents {
  constructor(texts, digests, sizes, unsound) {
    Object.assign(this, { texts, digests, sizes, unsound, reference: "", since: "", wrong: [], notes: [] });
    Object.assign(this, { exhibits: new Map(), redacted: new Map(), caseReference: "", chain: null, origins: [] });
  }

  async check() {
    const info = this.bagInfo();
    this.reference = info.get("External-Identifier") || "";
    this.since = info.get("Case-State-At") || "";
    const declaration = this.texts.get(LAYOUT.declaration);
    if (declaration && !areSame(declaration, new TextEncoder().encode(LAYOUT.declaration_text))) {
      this.malformed(LAYOUT.declaration, PLACES.text);
    }
    this.checkTotals(info);
    const stated = this.readCase();
    if (stated === null) {
      if (this.texts.has(LAYOUT.case_json)) {
        this.malformed(LAYOUT.case_json, PLACES.content);
      }
    } else if (!this.unsound.has(LAYOUT.case_json)) {
      this.checkCase(stated, info);
    }
    await this.checkCustody(info);
  }

  malformed(name, where) {
    this.wrong.push({ code: "malformed", name, values: { where } });
  }

  contradiction(name, other, where) {
    this.wrong.push({ code: "contradiction", name, values: { other, where } });
  }

  bagInfo() {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.texts.get(LAYOUT.bag_info));
    return new Map(
      text.split(LINE_ENDS).map((line) => {
        const at = line.indexOf(": ");
        return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 2, at + 202)];
      }),
    );
  }

  payload() {
    return [...this.digests.keys()].filter((name) => name.startsWith(LAYOUT.payload));
  }

  isSound(name) {
    return this.texts.has(name) && !this.unsound.has(name);
  }

  checkTotals(info) {
    const payload = this.payload();
    const octets = payload.reduce((total, name) => total + this.sizes.get(name), 0);
    const isWhole = ![...this.unsound].some((name) => name.startsWith(LAYOUT.payload));
    if (this.texts.has(LAYOUT.bag_info) && isWhole && info.get("Payload-Oxum") !== `${octets}.${payload.length}`) {
      this.malformed(LAYOUT.bag_info, PLACES.total);
    }
  }

  readCase() {
    try {
      const stated = readJson(decoded(this.texts.get(LAYOUT.case_json)));
      return need(stated, "schema") === LAYOUT.schema ? stated : null;
    } catch (error) {
      return null;
    }
  }

  checkCase(stated, info) {
    let [files, leftOut, pairs] = [null, null, []];
    try {
      const exhibits = need(stated, "exhibits");
      this.exhibits = new Map(exhibits.map((one) => [whole(need(one, "number")), String(need(one, "sha256"))]));
      this.takeRedacted(exhibits);
      // Case files of earlier editions hold every exhibit.
      leftOut = new Map((stated.left_out ?? []).map((one) => [whole(need(one, "number")), String(need(one, "sha256"))]));
      files = new Map(exhibits.map((one) => [String(need(one, "file")), String(need(one, "sha256"))]));
      this.origins = statedOrigins(stated);
      this.caseReference = String(need(need(stated, "case"), "reference"));
      const chain = need(stated, "custody");
      this.chain = [String(need(chain, "head")), whole(need(chain, "count"))];
      pairs = [
        ["External-Identifier", need(need(stated, "case_file"), "identifier")],
        ["Case-State-At", need(stated, "state_at")],
      ];
    } catch (error) {
      this.malformed(LAYOUT.case_json, PLACES.content);
      return;
    }
    if ([...leftOut.keys()].some((number) => this.exhibits.has(number))) {
      this.malformed(LAYOUT.case_json, PLACES.content);
    }
    leftOut.forEach((sha256, number) => this.exhibits.set(number, sha256));
    if (leftOut.size) {
      const numbers = [...leftOut.keys()].sort((one, other) => one - other).slice(0, LIMITS.notes);
      const where = numbers.map((number) => `E${number}`).join(", ");
      this.notes.push({ code: "left_out", name: LAYOUT.case_json, values: { where } });
    }
    for (const [name, value] of this.isSound(LAYOUT.bag_info) ? pairs : []) {
      if (info.get(name) !== value) {
        this.contradiction(LAYOUT.bag_info, LAYOUT.case_json, name);
      }
    }
    for (const [name, sha256] of files) {
      if (!this.unsound.has(name) && this.digests.get(name) !== sha256) {
        this.contradiction(LAYOUT.case_json, name, "SHA-256");
      }
    }
    for (const name of this.payload()) {
      const isVolume = name.startsWith("data/case-file-") && name.endsWith(".pdf");
      const isKnown = files.has(name) || LAYOUT.required.includes(name) || this.origins.some(({ file }) => file === name);
      if (!isKnown && !isVolume && !this.unsound.has(name)) {
        this.wrong.push({ code: "unlisted_exhibit", name, values: { other: LAYOUT.case_json } });
      }
    }
  }

  takeRedacted(exhibits) {
    const found = new Map();
    for (const exhibit of exhibits) {
      const redaction = exhibit.redaction ?? null; // case files of earlier editions know nothing of redactions
      if (redaction !== null) {
        const original = String(need(redaction, "original_sha256"));
        must(/^[0-9a-f]{64}$/.test(original));
        const [file, sha256] = [String(need(exhibit, "file")), String(need(exhibit, "sha256"))];
        found.set(exhibit.number, { number: whole(need(redaction, "number")), file, sha256, original });
      }
    }
    this.redacted = found;
    found.forEach((copy, number) => this.exhibits.set(number, copy.original));
  }

  async checkCustody(info) {
    if (!this.texts.has(LAYOUT.custody)) {
      return;
    }
    const chain = await this.readChain(LAYOUT.custody);
    if (chain === null) {
      return;
    }
    const head = headOf(chain);
    if (this.isSound(LAYOUT.bag_info) && info.get("Custody-Chain-Head") !== head) {
      this.wrong.push({ code: "custody_head", name: LAYOUT.custody, values: { other: LAYOUT.bag_info } });
    }
    if (!this.unsound.has(LAYOUT.custody)) {
      this.holdAgainstCase(chain, head);
      if (this.chain !== null) {
        await this.checkOrigins(chain);
      }
    }
  }

  // The entries of a chain that holds; null, with a finding, for one that cannot be read or does not hold.
  async readChain(name) {
    let chain;
    try {
      const lines = decoded(this.texts.get(name)).split("\n");
      if (lines[lines.length - 1] === "") {
        lines.pop();
      }
      chain = lines.map(readEntryLine);
    } catch (error) {
      this.malformed(name, PLACES.content);
      return null;
    }
    const broken = await firstBreak(chain);
    if (broken) {
      this.wrong.push({ code: "custody", name, values: { where: String(broken) } });
      return null;
    }
    return chain;
  }

  // The chains that the case brought along, from its own back to the first; as cases/casefile/origins.py.
  async checkOrigins(own) {
    const told = importedOf(own);
    if (told !== null && (told.origins ?? this.origins.length) !== this.origins.length) {
      this.contradiction(LAYOUT.case_json, LAYOUT.custody, LAYOUT.imported);
    }
    let [later, laterName] = [own, LAYOUT.custody];
    for (const origin of [...this.origins].reverse()) {
      const chain = this.texts.has(origin.file) ? await this.readChain(origin.file) : null;
      if (chain === null || this.unsound.has(origin.file)) {
        return;
      }
      this.holdAgainstLater(origin, chain, later, laterName);
      [later, laterName] = [chain, origin.file];
    }
  }

  holdAgainstLater(origin, chain, later, laterName) {
    if (headOf(chain) !== origin.head || chain.length !== origin.count) {
      this.contradiction(LAYOUT.case_json, origin.file, "custody");
    }
    chain
      .filter(({ entry }) => entry.case !== origin.reference)
      .forEach(({ entry }) => this.contradiction(LAYOUT.case_json, origin.file, String(entry.sequence)));
    const told = importedOf(later);
    if (told === null || told.chain_head !== headOf(chain)) {
      this.contradiction(laterName, origin.file, LAYOUT.imported);
    }
    LAYOUT.told
      .filter((name) => told !== null && Object.hasOwn(told, name) && told[name] !== (origin.told.get(name) ?? ""))
      .forEach((name) => this.contradiction(LAYOUT.case_json, laterName, name));
    const handed = handedOn(chain);
    later
      .filter(({ entry }) => entry.action === "exhibit_imported")
      .filter(({ entry }) => !isHandedOn(entry, handed))
      .forEach(({ entry }) => this.contradiction(laterName, origin.file, `E${entry.exhibit_number}`));
  }

  holdAgainstCase(chain, head) {
    const disagree = (where) => this.contradiction(LAYOUT.custody, LAYOUT.case_json, where);
    if (this.chain !== null && (this.chain[0] !== head || this.chain[1] !== chain.length)) {
      disagree("custody");
    }
    for (const { entry } of chain) {
      if (this.caseReference && this.caseReference !== entry.case) {
        disagree(String(entry.sequence));
      }
      // Whatever came in is in here or is said to be left out.
      const unknown = entry.action === "exhibit_received" && this.chain !== null ? "" : entry.exhibit_sha256;
      const stated = this.exhibits.get(entry.exhibit_number || 0) ?? unknown;
      if (entry.exhibit_sha256 && stated !== entry.exhibit_sha256) {
        disagree(`E${entry.exhibit_number}`);
      }
    }
    const made = new Set(
      chain
        .filter(({ entry }) => entry.action === "exhibit_redacted" && typeof entry.details.sha256 === "string")
        .map(({ entry }) => [entry.exhibit_number, entry.details.redaction, entry.details.sha256].join(" ")),
    );
    for (const [number, copy] of this.redacted) {
      if (!made.has([number, copy.number, copy.sha256].join(" "))) {
        disagree(`E${number}`);
      } else if (this.notes.length < LIMITS.notes) {
        const values = { where: `E${number}`, other: copy.original };
        this.notes.push({ code: "redacted", name: copy.file, values });
      }
    }
  }
}

// As case.json names them, the first one first; none in case files of earlier editions.
function statedOrigins(stated) {
  return (stated.origins ?? []).map((one, index) => {
    const file = need(one, "file");
    must(file === LAYOUT.origin_files[index]);
    const told = new Map(LAYOUT.told.filter((name) => typeof one[name] === "string").map((name) => [name, one[name]]));
    return { file, reference: String(need(one, "reference")), head: String(need(one, "head")), count: whole(need(one, "count")), told };
  });
}

function headOf(chain) {
  return chain.length ? chain[chain.length - 1].stored : FIRST_PREVIOUS_HASH;
}

// What the chain says of the import that it begins with; null where it begins with none.
function importedOf(chain) {
  return chain.length && chain[0].entry.action === LAYOUT.imported ? chain[0].entry.details : null;
}

// Number and hash of each exhibit that came in, and of each redacted copy made of one.
function handedOn(chain) {
  const [received, copies] = [new Set(), new Set()];
  for (const { entry } of chain) {
    if (entry.action === "exhibit_received" || entry.action === "exhibit_imported") {
      received.add(`${entry.exhibit_number} ${entry.exhibit_sha256}`);
    } else if (entry.action === "exhibit_redacted" && typeof entry.details.sha256 === "string") {
      copies.add(`${entry.exhibit_number} ${entry.details.sha256}`);
    }
  }
  return { received, copies };
}

// Whether the exhibit is one that came in there; a redacted copy must be of one that did.
function isHandedOn(entry, { received, copies }) {
  const [came, original] = [`${entry.exhibit_number} ${entry.exhibit_sha256}`, entry.details.redacted_from ?? null];
  if (original === null) {
    return received.has(came) || copies.has(came);
  }
  return copies.has(came) && typeof original === "string" && received.has(`${entry.exhibit_number} ${original}`);
}

// The number of the first entry where the chain does not hold; 0 where it holds.
async function firstBreak(chain) {
  let previous = FIRST_PREVIOUS_HASH;
  for (const [index, { entry, stored }] of chain.entries()) {
    const hash = await sha256Of(new TextEncoder().encode(canonical(entry)));
    if (entry.sequence !== index + 1 || entry.previous_hash !== previous || hash !== stored) {
      return index + 1;
    }
    previous = stored;
  }
  return 0;
}
