// The files of a case file by name; a ZIP with what is wrong about it, or files and folders as picked.
class ZipBox {
  static async open(file, called) {
    const box = new ZipBox();
    Object.assign(box, { file, called, findings: [], notes: [], members: new Map() });
    try {
      await box.admit();
    } catch (error) {
      throw error instanceof Unreadable ? error : new Unreadable("not_a_zip", called);
    }
    return box;
  }

  names() {
    return [...this.members.keys()];
  }

  size(name) {
    return this.members.get(name).size;
  }

  find(code, name, values = {}) {
    this.findings.push({ code, name, values });
  }

  async admit() {
    const end = await readEnd(this.file, this.called);
    const directory = await bytesOf(this.file, end.directoryAt, end.directoryAt + end.length);
    const entries = readDirectory(directory, end, this.called);
    const declared = entries.reduce((total, entry) => total + entry.size, 0);
    if (entries.length > LIMITS.files || declared > LIMITS.growth * this.file.size + LIMITS.growth_allowance) {
      throw new Unreadable("too_much", this.called);
    }
    if (end.bytesBefore) {
      this.find("extra_bytes", this.called, { where: PLACES.front });
    }
    if (end.bytesBehind) {
      this.find("extra_bytes", this.called, { where: PLACES.behind });
    }
    if (!end.isPlain || end.entries !== entries.length) {
      this.find("wrapper", this.called);
    }
    await this.checkWrapper(entries, end);
    const members = new Map();
    for (const entry of entries) {
      if (this.isAdmitted(entry, members)) {
        members.set(entry.name, entry);
      }
    }
    this.members = withoutCommonFolder(members);
  }

  isAdmitted(entry, members) {
    const isFolder = entry.name.endsWith("/");
    const isUnsafe = UNSAFE.test(entry.name);
    if (isFolder && !entry.size && !isUnsafe) {
      return false; // a folder without content says nothing
    }
    let code = "";
    if (isUnsafe || isFolder) {
      code = "outside";
    } else if (members.has(entry.name)) {
      code = "duplicate";
    } else if (((entry.external >>> 16) & 0o170000) === 0o120000) {
      code = "link";
    } else if (entry.flags & 0x41) {
      code = "encrypted";
    }
    if (code) {
      this.find(code, entry.name);
    }
    return !code;
  }

  // Local headers against the directory, no gaps, no overlaps; and the form that the writer gives.
  async checkWrapper(entries, end) {
    let position = end.bytesBefore;
    let slack = 0;
    const restyled = [];
    for (const entry of [...entries].sort((one, other) => one.offset - other.offset)) {
      const header = await localHeader(this.file, entry.offset);
      if (!doAgree(header, entry)) {
        this.find("wrapper", entry.name);
      } else if (!areSame(header, asWritten(entry)) || !isPlain(entry)) {
        restyled.push(entry.name);
      }
      const gap = entry.offset - position;
      if (gap < 0 || gap > slack) {
        this.find("extra_bytes", entry.name, { where: PLACES.between });
      }
      entry.isReadable = isNamed(header, entry) && !(entry.flags & PATCHED_OR_ENCRYPTED);
      entry.dataAt = entry.offset + header.length;
      position = entry.dataAt + entry.packed;
      slack = entry.flags & HAS_DESCRIPTOR ? LONGEST_DESCRIPTOR : 0;
    }
    const gap = end.directoryAt - position;
    if (gap < 0 || gap > slack) {
      this.find("extra_bytes", this.called, { where: PLACES.between });
    }
    if (restyled.length * 2 > entries.length) {
      this.notes.push({ code: "packed_again", name: this.called, values: {} });
    } else {
      restyled.forEach((name) => this.find("wrapper", name));
    }
  }

  // The content, piece by piece; throws Damaged, perhaps only at the end.
  async *chunks(name) {
    const entry = this.members.get(name);
    let [crc, left] = [0, entry.size];
    if (!entry.isReadable) {
      throw new Damaged(name);
    }
    // What a record claims beyond the content is a finding of the wrapper; here the check value decides.
    for await (const piece of entry.method === STORED ? this.stored(entry) : this.inflated(entry)) {
      const bytes = piece.subarray(0, left);
      crc = crc32(bytes, crc);
      left -= bytes.length;
      yield bytes;
      if (!left) {
        break;
      }
    }
    if (crc !== entry.crc) {
      throw new Damaged(name);
    }
  }

  async *stored(entry) {
    const end = entry.dataAt + entry.packed;
    for (let at = entry.dataAt; at < end; at += PIECE) {
      const bytes = await bytesOf(this.file, at, Math.min(at + PIECE, end));
      yield bytes;
      if (bytes.length < Math.min(PIECE, end - at)) {
        throw new Damaged(entry.name);
      }
    }
  }

  async *inflated(entry) {
    if (entry.method !== DEFLATED) {
      throw new Damaged(entry.name);
    }
    if (typeof DecompressionStream === "undefined") {
      throw new Unreadable("cannot_unpack", this.called);
    }
    const squeezed = this.file.slice(entry.dataAt, entry.dataAt + entry.packed).stream();
    const reader = squeezed.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) {
          return;
        }
        yield value;
      }
    } catch (error) {
      throw new Damaged(entry.name);
    } finally {
      reader.cancel().catch(() => {}); // what follows is not wanted; that it cannot be had is no news
    }
  }
}

// Packing a folder again puts its name before every file: take one such name off.
function withoutCommonFolder(members) {
  const names = [...members.keys()];
  const folder = `${(names[0] || "").split("/")[0]}/`;
  if (!members.has(folder + LAYOUT.manifest) || !names.every((name) => name.startsWith(folder))) {
    return members;
  }
  return new Map([...members].map(([name, member]) => [name.slice(folder.length), member]));
}

// An unpacked case file: the files of a folder with their paths. A browser does not tell links from files.
class FolderBox {
  constructor(files, called) {
    if (files.size > LIMITS.files) {
      throw new Unreadable("too_much", called);
    }
    Object.assign(this, { called, findings: [], notes: [], members: withoutCommonFolder(files) });
  }

  names() {
    return [...this.members.keys()];
  }

  size(name) {
    return this.members.get(name).size;
  }

  async *chunks(name) {
    const file = this.members.get(name);
    for (let at = 0; at < file.size; at += PIECE) {
      const bytes = await bytesOf(file, at, at + PIECE);
      if (bytes.length !== Math.min(PIECE, file.size - at)) {
        throw new Damaged(name);
      }
      yield bytes;
    }
  }
}

// Files that were picked without their folders go where the manifests have exactly one file of that name.
async function placed(files) {
  const places = new Map();
  for (const manifest of [LAYOUT.manifest, LAYOUT.tag_manifest]) {
    const file = files.get(manifest);
    const content = file && file.size <= LIMITS.text ? await bytesOf(file, 0, file.size) : new Uint8Array(0);
    for (const line of readManifest(content)) {
      const name = line.path.split("/").pop();
      places.set(name, places.has(name) ? "" : line.path);
    }
  }
  return new Map([...files].map(([name, file]) => [places.get(name) || name, file]));
}
