// What is written in DER: the public key, the signature, the time stamp.
const SHA256_OID = "608648016503040201";

async function publicKey(pem) {
  try {
    const found = /^-----BEGIN PUBLIC KEY-----\s([\s\S]*?)\s-----END PUBLIC KEY-----\s*$/.exec(decoded(pem));
    const der = Uint8Array.from(atob(found[1].replace(/\s/g, "")), (sign) => sign.charCodeAt(0));
    return await subtle.importKey("spki", der, { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]);
  } catch (error) {
    return null;
  }
}

// Two numbers of 32 bytes from their DER, or null for what is not exactly that, to the last byte.
function rawSignature(der) {
  const raw = new Uint8Array(64);
  let at = 2;
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || der.length > 72) {
    return null;
  }
  for (const end of [32, 64]) {
    const length = der[at + 1];
    const number = der.subarray(at + 2, at + 2 + length);
    const isPadded = number[0] === 0;
    const isShortest = !isPadded || (length > 1 && number[1] >= 0x80);
    if (der[at] !== 0x02 || !length || number.length !== length || number[0] >= 0x80 || !isShortest) {
      return null;
    }
    const digits = isPadded ? number.subarray(1) : number;
    if (digits.length > 32) {
      return null;
    }
    raw.set(digits, end - digits.length);
    at += 2 + length;
  }
  return at === der.length ? raw : null;
}

function firstElement(bytes, at) {
  let [from, length] = [at + 2, bytes[at + 1]];
  if (length > 0x80) {
    from += length & 0x7f;
    length = bytes.subarray(at + 2, from).reduce((total, byte) => total * 256 + byte, 0);
  }
  const next = from + length;
  must(next <= bytes.length);
  return { tag: bytes[at], content: bytes.subarray(from, next), raw: bytes.subarray(at, next), next };
}

function elements(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length; at = found[found.length - 1].next) {
    found.push(firstElement(bytes, at));
  }
  return found;
}

// Down into nested elements, by their places.
function inside(bytes, ...places) {
  return places.reduce((content, place) => elements(content)[place].content, bytes);
}

// When an RFC 3161 answer says the bytes were there, and their SHA-256; null for what cannot be read.
function readStamp(token) {
  try {
    must(elements(token).length === 1);
    must(hex(inside(token, 0, 0, 0)) === "00"); // granted
    const info = elements(inside(token, 0, 1, 1, 0, 2, 1, 0, 0));
    const [algorithm, imprint] = elements(info[2].content);
    must(info[4].tag === 0x18);
    const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(decoded(info[4].content));
    const at = `${parts[1]}-${parts[2]}-${parts[3]} ${parts[4]}:${parts[5]}:${parts[6]} UTC`;
    const isKnown = hex(elements(algorithm.content)[0].content) === SHA256_OID;
    return { at, imprint: isKnown ? hex(imprint.content) : "" };
  } catch (error) {
    return null;
  }
}
