// Where files come from: a ZIP, read as strictly as cases/casefile/zip_box.py does, or files and folders.
const UNSAFE = /^\/|^[A-Za-z]:|\\|(^|\/)\.\.?(\/|$)|\/\/|[\x00-\x1f\x7f]/;
const HAS_DESCRIPTOR = 0x08;
const PATCHED_OR_ENCRYPTED = 0x60;
const NEWEST_VERSION = 63; // of the format, as far as anybody reads it
const LONGEST_DESCRIPTOR = 24;
const STORED = 0;
const DEFLATED = 8;
const FULL = 0xffffffff;
const UPPER_437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀" +
  "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

// It cannot be read as a case file at all.
class Unreadable extends Error {
  constructor(code, name, values = {}) {
    super(code);
    this.wrong = { code, name, values };
  }
}

// This one file cannot be read as it is recorded.
class Damaged extends Error {}

const CRC = new Uint32Array(256).map((_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return rest;
});

function crc32(bytes, before) {
  let crc = ~before;
  for (let at = 0; at < bytes.length; at += 1) {
    crc = (crc >>> 8) ^ CRC[(crc ^ bytes[at]) & 0xff];
  }
  return ~crc >>> 0;
}

async function bytesOf(file, from, to) {
  try {
    return new Uint8Array(await file.slice(from, to).arrayBuffer());
  } catch (error) {
    throw new Unreadable("no_access", file.name || "", { where: error.name });
  }
}

function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isSigned(bytes, at, third, fourth) {
  return bytes[at] === 0x50 && bytes[at + 1] === 0x4b && bytes[at + 2] === third && bytes[at + 3] === fourth;
}

function areSame(first, second) {
  return first.length === second.length && first.every((byte, at) => byte === second[at]);
}

function long(view, at) {
  return Number(view.getBigUint64(at, true));
}

// The end record, checked against limits before anything else is read.
async function readEnd(file, called) {
  const tailAt = Math.max(0, file.size - 22 - 65535);
  const tail = await bytesOf(file, tailAt, file.size);
  const view = viewOf(tail);
  let at = tail.length - 4;
  while (at >= 0 && !isSigned(tail, at, 5, 6)) {
    at -= 1;
  }
  if (at < 0 || at + 22 > tail.length) {
    throw new Unreadable("not_a_zip", called);
  }
  const [disk, firstDisk, here, count] = [4, 6, 8, 10].map((from) => view.getUint16(at + from, true));
  const isPlain = !disk && !firstDisk && !view.getUint16(at + 20, true) && here === count;
  let [entries, length, offset] = [count, view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
  let directoryEnd = tailAt + at;
  if (at >= 20 && isSigned(tail, at - 20, 6, 7)) {
    const from = long(view, at - 12);
    const record = await bytesOf(file, from, from + 56);
    if (record.length < 56 || !isSigned(record, 0, 6, 6)) {
      throw new Unreadable("not_a_zip", called);
    }
    [entries, length, offset] = [32, 40, 48].map((where) => long(viewOf(record), where));
    directoryEnd -= 76;
  }
  if (entries > LIMITS.files || length > LIMITS.directory) {
    throw new Unreadable("too_much", called);
  }
  const directoryAt = directoryEnd - length;
  if (directoryAt < offset) {
    throw new Unreadable("not_a_zip", called);
  }
  const bytesBehind = tail.length - at - 22;
  return { entries, directoryAt, length, bytesBefore: directoryAt - offset, bytesBehind, isPlain };
}

// Every entry of the directory, which must be made of entries from its first byte to its last.
function readDirectory(bytes, end, called) {
  const view = viewOf(bytes);
  const entries = [];
  let at = 0;
  while (at + 46 <= bytes.length && isSigned(bytes, at, 1, 2)) {
    const [name, extra, comment] = [28, 30, 32].map((from) => view.getUint16(at + from, true));
    const next = at + 46 + name + extra + comment;
    if (next > bytes.length || bytes[at + 6] > NEWEST_VERSION) {
      break;
    }
    entries.push(readEntry(view, bytes, at, { name, extra, comment }, end.bytesBefore));
    at = next;
  }
  if (at !== end.length || at !== bytes.length) {
    throw new Unreadable("not_a_zip", called);
  }
  return entries;
}

function readEntry(view, bytes, at, lengths, bytesBefore) {
  const rawName = bytes.slice(at + 46, at + 46 + lengths.name);
  const entry = {
    rawName,
    isAscii: rawName.every((byte) => byte < 0x80),
    versions: [bytes[at + 4], bytes[at + 6]],
    system: bytes[at + 5],
    reserved: bytes[at + 7],
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    time: view.getUint32(at + 12, true), // the date as well
    crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    extra: lengths.extra,
    comment: lengths.comment,
    volume: view.getUint16(at + 34, true),
    internal: view.getUint16(at + 36, true),
    external: view.getUint32(at + 38, true),
    offset: view.getUint32(at + 42, true),
  };
  entry.name = nameOf(entry);
  widen(entry, view, at + 46 + lengths.name);
  entry.offset += bytesBefore;
  return entry;
}

// Sizes beyond four gigabytes stand in an extra field.
function widen(entry, view, from) {
  for (let at = from; at + 4 <= from + entry.extra; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) === 1) {
      let where = at + 4;
      for (const field of ["size", "packed", "offset"]) {
        if (entry[field] === FULL) {
          entry[field] = long(view, where);
          where += 8;
        }
      }
    }
  }
}

// Some programs write UTF-8 without saying so; what is none is in the alphabet of the first PCs.
function nameOf(entry) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(entry.rawName);
  } catch (error) {
    if (entry.flags & 0x800) {
      throw error;
    }
    return Array.from(entry.rawName, (byte) =>
      byte < 0x80 ? String.fromCharCode(byte) : UPPER_437[byte - 0x80],
    ).join("");
  }
}

async function localHeader(file, at) {
  const header = await bytesOf(file, at, at + 30);
  if (header.length < 30 || !isSigned(header, 0, 3, 4)) {
    throw new Damaged("A local header is not where the directory says.");
  }
  const view = viewOf(header);
  return bytesOf(file, at, at + 30 + view.getUint16(26, true) + view.getUint16(28, true));
}

function isNamed(header, entry) {
  return areSame(header.slice(30, 30 + viewOf(header).getUint16(26, true)), entry.rawName);
}

// Whether the two records of one file say the same of its name, its form and its size.
function doAgree(header, entry) {
  const view = viewOf(header);
  const [crc, packed, size] = [14, 18, 22].map((from) => view.getUint32(from, true));
  return (
    isNamed(header, entry) &&
    view.getUint16(6, true) === entry.flags &&
    view.getUint16(8, true) === entry.method &&
    [STORED, DEFLATED].includes(entry.method) &&
    ((crc === entry.crc && packed === entry.packed && size === entry.size) ||
      Boolean(entry.flags & HAS_DESCRIPTOR) ||
      packed === FULL ||
      size === FULL)
  );
}

// The local header that cases/casefile/bag.py gives to such a file.
function asWritten(entry) {
  const isLong = entry.size * 1.05 > 0x7fffffff;
  const header = new Uint8Array(30 + entry.rawName.length + (isLong ? 20 : 0));
  const view = viewOf(header);
  view.setUint32(0, 0x04034b50, true);
  view.setUint16(4, isLong ? 45 : 20, true);
  view.setUint16(6, entry.isAscii ? 0 : 0x800, true);
  view.setUint32(10, entry.time, true);
  view.setUint32(14, entry.crc, true);
  view.setUint32(18, isLong ? FULL : entry.packed, true);
  view.setUint32(22, isLong ? FULL : entry.size, true);
  view.setUint16(26, entry.rawName.length, true);
  view.setUint16(28, isLong ? 20 : 0, true);
  header.set(entry.rawName, 30);
  if (isLong) {
    const at = 30 + entry.rawName.length;
    view.setUint16(at, 1, true);
    view.setUint16(at + 2, 16, true);
    view.setBigUint64(at + 4, BigInt(entry.size), true);
    view.setBigUint64(at + 12, BigInt(entry.packed), true);
  }
  return header;
}

// Whether the directory's record is as cases/casefile/bag.py writes it.
function isPlain(entry) {
  const [made, needed] = entry.versions;
  return (
    entry.system === 3 &&
    entry.external === LIMITS.file_mode &&
    !entry.internal &&
    !entry.reserved &&
    !entry.volume &&
    !entry.comment &&
    made === needed &&
    (made === 45 || (made === 20 && !entry.extra))
  );
}
