// SHA-256 (FIPS 180-4) of a file of any size, piece by piece in a worker of its own: a page without https has
// no crypto.subtle, and that would want the whole file in memory. Receives a File, answers {done} from 0 to 1
// now and then, and at the end {sha256} in lower-case hex, or {error} when the file cannot be read.
const K = new Uint32Array(64);
const START = new Uint32Array(8);
const PIECE = 4 * 1024 * 1024;

// The first 32 bits of the fractional parts of the cube roots of the first 64 primes, and of the square roots
// of the first eight. Doubles hold 52 bits of a fraction, so they are exact.
for (let number = 2, found = 0; found < 64; number += 1) {
  let isPrime = true;
  for (let factor = 2; factor * factor <= number; factor += 1) {
    isPrime = isPrime && number % factor !== 0;
  }
  if (isPrime) {
    if (found < 8) {
      START[found] = (Math.sqrt(number) % 1) * 0x100000000;
    }
    K[found] = (Math.cbrt(number) % 1) * 0x100000000;
    found += 1;
  }
}

const words = new Uint32Array(64);

function rotate(word, by) {
  return (word >>> by) | (word << (32 - by));
}

function digestBlock(state, bytes, at) {
  for (let i = 0; i < 16; i += 1) {
    const from = at + i * 4;
    words[i] = (bytes[from] << 24) | (bytes[from + 1] << 16) | (bytes[from + 2] << 8) | bytes[from + 3];
  }
  for (let i = 16; i < 64; i += 1) {
    const early = words[i - 15];
    const late = words[i - 2];
    const first = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const second = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    words[i] = words[i - 16] + first + words[i - 7] + second;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let i = 0; i < 64; i += 1) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const one = (h + sum1 + ((e & f) ^ (~e & g)) + K[i] + words[i]) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const two = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

function digestEnd(state, rest, size) {
  const blocks = rest.length < 56 ? 1 : 2;
  const end = new Uint8Array(64 * blocks);
  end.set(rest);
  end[rest.length] = 0x80;
  const view = new DataView(end.buffer);
  view.setUint32(end.length - 8, Math.floor((size * 8) / 0x100000000));
  view.setUint32(end.length - 4, (size * 8) >>> 0);
  for (let at = 0; at < end.length; at += 64) {
    digestBlock(state, end, at);
  }
}

async function sha256(file, tell) {
  const state = START.slice();
  let rest = new Uint8Array(0);
  for (let from = 0; from < file.size; from += PIECE) {
    const bytes = new Uint8Array(await file.slice(from, from + PIECE).arrayBuffer());
    if (bytes.length !== Math.min(PIECE, file.size - from)) {
      throw new Error("The file changed while it was read.");
    }
    const whole = bytes.length - (bytes.length % 64); // a piece is whole blocks, but for the last
    for (let at = 0; at < whole; at += 64) {
      digestBlock(state, bytes, at);
    }
    rest = bytes.subarray(whole);
    tell((from + bytes.length) / file.size);
  }
  digestEnd(state, rest, file.size);
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}

self.addEventListener("message", async (event) => {
  try {
    const tell = (done) => self.postMessage({ done });
    self.postMessage({ sha256: await sha256(event.data, tell) });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
});
