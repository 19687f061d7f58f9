// Whether a PDF's own signature fits it, as cases/casefile/signed_pdf.py: nothing outside it, nothing changed.
const MESSAGE_DIGEST_OID = "2a864886f70d010904";
const BYTE_RANGE = /\/ByteRange \[0 (\d{1,15}) (\d{1,15}) (\d{1,15})\]/g;

function isDocument(name) {
  const stem = LAYOUT.document.slice(0, -".pdf".length);
  return name === LAYOUT.document || (name.startsWith(`${stem}-`) && name.endsWith(".pdf"));
}

// The last bytes of what comes piece by piece.
function tailOf(tail, bytes) {
  return bytes.length >= LIMITS.tail ? bytes.slice(-LIMITS.tail) : joined([tail, bytes]).slice(-LIMITS.tail);
}

// Where the signature lies in a PDF of `size` bytes that ends with `tail`; null where none covers all of it.
function findSignature(tail, size) {
  const text = new TextDecoder("latin1").decode(tail);
  const ranges = [...text.matchAll(BYTE_RANGE)];
  if (!ranges.length) {
    return null;
  }
  const [begins, ends, rest] = ranges[ranges.length - 1].slice(1).map(Number);
  const before = size - tail.length;
  const hole = text.slice(Math.max(begins - before, 0), Math.max(ends - before, 0));
  if (begins < before || ends + rest !== size || !/^<(?:[0-9a-fA-F]{2})*>$/.test(hole)) {
    return null;
  }
  const digits = hole.slice(1, -1).match(/../g) || [];
  return { begins, ends, signature: Uint8Array.from(digits, (pair) => parseInt(pair, 16)) };
}

// Whether the file that `chunks` make is the one that was signed with `key`.
async function doesFit(found, chunks, key) {
  const digest = new Digest();
  let at = 0;
  for await (const bytes of chunks) {
    digest.add(bytes.subarray(0, Math.max(found.begins - at, 0)));
    digest.add(bytes.subarray(Math.max(found.ends - at, 0)));
    at += bytes.length;
  }
  try {
    return await isSignedMessage(found.signature, digest.end(), key);
  } catch (error) {
    return false; // not the form in which we write one
  }
}

async function isSignedMessage(content, digest, key) {
  const outer = firstElement(content, 0);
  must(content.subarray(outer.next).every((byte) => byte === 0));
  const signed = elements(inside(outer.content, 1, 0));
  const signers = elements(signed[signed.length - 1].content);
  must(signers.length === 1);
  const [, , algorithm, attributes, , signature] = elements(signers[0].content);
  must(attributes.tag === 0xa0 && hex(inside(algorithm.content, 0)) === SHA256_OID);
  const stated = elements(attributes.content).filter(
    (attribute) => hex(inside(attribute.content, 0)) === MESSAGE_DIGEST_OID,
  );
  must(stated.length === 1 && hex(inside(stated[0].content, 1, 0)) === digest);
  const message = attributes.raw.slice();
  message[0] = 0x31; // signed as the set that it is
  const raw = rawSignature(signature.content);
  return Boolean(raw) && subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, raw, message);
}
