// One reading of one case file, as cases/casefile/inspection.py: every file once, the lists, signature, contents.
const subtle = globalThis.crypto && globalThis.crypto.subtle; // not in every browser for a file from a disk
const IN_ONE_GO = 8 * 1024 * 1024;

// SHA-256 of bytes that come piece by piece, in flat memory.
class Digest {
  constructor() {
    Object.assign(this, { state: START.slice(), rest: new Uint8Array(64), held: 0, size: 0 });
  }

  add(bytes) {
    let at = 0;
    this.size += bytes.length;
    if (this.held) {
      at = Math.min(64 - this.held, bytes.length);
      this.rest.set(bytes.subarray(0, at), this.held);
      this.held += at;
      if (this.held < 64) {
        return;
      }
      digestBlock(this.state, this.rest, 0);
    }
    for (; at + 64 <= bytes.length; at += 64) {
      digestBlock(this.state, bytes, at);
    }
    this.rest.set(bytes.subarray(at));
    this.held = bytes.length - at;
  }

  end() {
    digestEnd(this.state, this.rest.subarray(0, this.held), this.size);
    return Array.from(this.state, (word) => word.toString(16).padStart(8, "0")).join("");
  }
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sha256Of(bytes) {
  if (subtle) {
    return hex(new Uint8Array(await subtle.digest("SHA-256", bytes)));
  }
  const digest = new Digest();
  digest.add(bytes);
  return digest.end();
}

function joined(pieces) {
  if (pieces.length === 1) {
    return pieces[0];
  }
  const bytes = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  pieces.reduce((at, piece) => (bytes.set(piece, at), at + piece.length), 0);
  return bytes;
}

// Each line of a manifest: strict, lower-case hex, two blanks, a path, LF; the path is empty where it is not so.
function readManifest(content) {
  const lines = [];
  let from = 0;
  while (from < content.length) {
    const found = content.indexOf(10, from);
    const to = found < 0 ? content.length : found;
    let parts = null;
    try {
      parts = found < 0 ? null : /^([0-9a-f]{64}) {2}([^\r\n]+)$/.exec(decoded(content.subarray(from, to)));
    } catch (error) {
      parts = null; // no UTF-8
    }
    const path = parts ? parts[2].replace(/%(25|0D|0A)/gi, (escape) => decodeURIComponent(escape)) : "";
    lines.push({ number: lines.length + 1, sha256: parts ? parts[1] : "", path });
    from = to + 1;
  }
  return lines;
}

class Inspection {
  constructor(box, tell) {
    Object.assign(this, { box, tell, wrong: new Map(), notes: [...box.notes], digests: new Map() });
    Object.assign(this, { texts: new Map(), tails: new Map(), key: null, contents: null, fingerprint: "", isSignatureChecked: false });
    box.findings.forEach((found) => this.find(found));
  }

  find(found) {
    const key = `${found.code} ${found.name}`;
    if (!this.wrong.has(key)) {
      this.wrong.set(key, found);
    }
  }

  async run() {
    const total = this.box.names().reduce((size, name) => size + this.box.size(name), 0);
    let done = 0;
    for (const name of this.box.names()) {
      await this.read(name, (bytes) => this.tell((done += bytes) / (total || 1)));
    }
    this.compareWithManifests();
    await this.checkSignature();
    await this.checkStamp();
    await this.checkDocumentSignatures();
    const found = [...this.wrong.values()];
    const renamed = found.filter(({ code }) => code === "renamed").map(({ values }) => values.other);
    const unsound = new Set([...renamed, ...found.map(({ name }) => name)]);
    const sizes = new Map([...this.digests.keys()].map((name) => [name, this.box.size(name)]));
    this.contents = new Contents(this.texts, this.digests, sizes, unsound);
    await this.contents.check();
    this.contents.wrong.forEach((one) => this.find(one));
    this.notes.push(...this.contents.notes);
  }

  // Of one file that is looked into; of chains of origins also what those before it left.
  largest(name) {
    const largest = LIMITS.largest[name] || LIMITS.text;
    if (!LAYOUT.origin_files.includes(name)) {
      return largest;
    }
    const lengths = LAYOUT.origin_files.map((other) => (this.texts.get(other) || "").length);
    return Math.min(largest, LIMITS.origin_bytes - lengths.reduce((sum, length) => sum + length, 0));
  }

  async read(name, tell) {
    let keeps = LAYOUT.looked_into.includes(name);
    if (keeps && this.box.size(name) > this.largest(name)) {
      this.find({ code: "too_long", name, values: {} });
      keeps = false;
    }
    const isShort = this.box.size(name) <= IN_ONE_GO;
    const [digest, pieces] = [new Digest(), []];
    let tail = new Uint8Array(0);
    try {
      for await (const bytes of this.box.chunks(name)) {
        if (isShort) {
          pieces.push(bytes);
        } else {
          digest.add(bytes);
        }
        tail = isDocument(name) ? tailOf(tail, bytes) : tail;
        tell(bytes.length);
      }
    } catch (error) {
      if (!(error instanceof Damaged)) {
        throw error;
      }
      this.find({ code: "damaged", name, values: {} });
      return;
    }
    const bytes = joined(pieces);
    this.digests.set(name, isShort ? await sha256Of(bytes) : digest.end());
    if (keeps) {
      this.texts.set(name, bytes);
    }
    if (tail.length) {
      this.tails.set(name, tail);
    }
  }

  compareWithManifests() {
    const listed = this.listed();
    const damaged = [...this.wrong.values()].filter(({ code }) => code === "damaged").map(({ name }) => name);
    const there = new Set([...this.digests.keys(), ...damaged]);
    const added = new Map();
    for (const [name, digest] of this.digests) {
      if (!listed.has(name) && !LAYOUT.outside.includes(name)) {
        added.set(digest, [...(added.get(digest) || []), name]);
      }
    }
    for (const name of new Set([...listed.keys(), ...LAYOUT.required])) {
      const same = added.get(listed.get(name)) || [];
      if (there.has(name)) {
        if (this.digests.has(name) && listed.has(name) && this.digests.get(name) !== listed.get(name)) {
          this.find({ code: "altered", name, values: {} });
        }
      } else if (same.length) {
        this.find({ code: "renamed", name, values: { other: same.shift() } });
      } else {
        this.find({ code: "missing", name, values: {} });
      }
    }
    for (const name of [...added.values()].flat()) {
      this.find({ code: "added", name, values: {} });
    }
  }

  // What the two manifests list, path to SHA-256; lines that cannot be are findings.
  listed() {
    const listed = new Map();
    for (const manifest of [LAYOUT.manifest, LAYOUT.tag_manifest]) {
      const lines = readManifest(this.texts.get(manifest) || new Uint8Array(0));
      if (lines.length > LIMITS.files) {
        throw new Unreadable("too_much", manifest);
      }
      for (const { number, sha256, path } of lines) {
        const belongs = path && path.startsWith(LAYOUT.payload) === (manifest === LAYOUT.manifest);
        if (!belongs || listed.has(path) || LAYOUT.outside.includes(path)) {
          const where = filled(PLACES.line, { number: String(number) });
          this.find({ code: "malformed", name: manifest, values: { where } });
        } else {
          listed.set(path, sha256);
        }
      }
    }
    return listed;
  }

  async checkSignature() {
    const pem = this.texts.get(LAYOUT.public_key);
    if (!subtle) {
      this.notes.push({ code: "signature_unchecked", name: LAYOUT.signature, values: {} });
      return;
    }
    const key = pem && (await publicKey(pem));
    if (pem && !key) {
      this.find({ code: "key_unusable", name: LAYOUT.public_key, values: {} });
    }
    if (key) {
      this.key = key;
      this.fingerprint = await sha256Of(new Uint8Array(await subtle.exportKey("spki", key)));
    }
    const [content, signature] = [this.texts.get(LAYOUT.tag_manifest), this.texts.get(LAYOUT.signature)];
    if (!key || !content || !signature) {
      return; // each of these has its finding: missing, damaged or not a key
    }
    const raw = rawSignature(signature);
    this.isSignatureChecked = true;
    if (raw && (await subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, raw, content))) {
      return;
    }
    const hasTags = [...this.wrong.values()].some(({ name }) => !name.startsWith(LAYOUT.payload));
    this.find({ code: "signature", name: LAYOUT.signature, values: { other: LAYOUT.tag_manifest } });
    if (hasTags) {
      // The list fits neither its signature nor its files: it is the list that was changed.
      this.find({ code: "tag_manifest", name: LAYOUT.tag_manifest, values: {} });
    }
  }

  // Of a time stamp: what it says and of which bytes. Who gave it, openssl checks.
  async checkStamp() {
    const [token, manifest] = [this.texts.get(LAYOUT.timestamp), this.texts.get(LAYOUT.manifest)];
    if (!token) {
      this.notes.push({ code: "own_time", name: LAYOUT.timestamp, values: {} });
      return;
    }
    if (!manifest || this.wrong.has(`altered ${LAYOUT.manifest}`)) {
      return; // a stamp cannot fit a manifest that was changed; that is one finding, not two
    }
    const stamp = readStamp(token);
    const where = !stamp ? PLACES.stamp_unreadable : PLACES.stamp_other;
    if (!stamp || stamp.imprint !== (await sha256Of(manifest))) {
      this.find({ code: "stamp", name: LAYOUT.timestamp, values: { where } });
      return;
    }
    this.notes.push({ code: "stamp_claims", name: LAYOUT.timestamp, values: { where: stamp.at } });
  }

  // Each document's own signature, where the case file says that its documents have one.
  async checkDocumentSignatures() {
    const unsound = new Set([...this.wrong.values()].map(({ name }) => name));
    const info = new TextDecoder().decode(this.texts.get(LAYOUT.bag_info));
    if (!this.key || unsound.has(LAYOUT.public_key) || !info.includes(`\n${LAYOUT.document_signature}: `)) {
      return; // case files of earlier editions had none; the lists cover the document all the same
    }
    for (const [name, tail] of this.tails) {
      const found = unsound.has(name) ? null : findSignature(tail, this.box.size(name));
      if (!unsound.has(name) && !(found && (await doesFit(found, this.box.chunks(name), this.key)))) {
        this.find({ code: "document_signature", name, values: {} });
      }
    }
  }
}
