/** SHA-256 (FIPS 180-4) of a file of any size, piece by piece: the browser's own takes whole files, and https only. */

const PIECE_BYTES = 1024 * 1024;
const NATIVE_MOST = 32 * PIECE_BYTES;
const BLOCK = 64;
const FIRST = primes(8).map((prime) => fraction(Math.sqrt(prime)));
const ROUNDS = Int32Array.from(primes(64).map((prime) => fraction(Math.cbrt(prime))));

/** In hexadecimal. `onBytes` hears how many were read. Throws what `signal` says when it is aborted. */
export async function sha256Hex(blob, { signal, onBytes } = {}) {
  return [...(await sha256(blob, { signal, onBytes }))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

/** In base64, as `Content-Digest` wants it. */
export async function sha256Base64(blob, { signal } = {}) {
  return btoa(String.fromCharCode(...(await sha256(blob, { signal }))));
}

async function sha256(blob, { signal, onBytes = () => {} }) {
  if (globalThis.crypto?.subtle && blob.size <= NATIVE_MOST) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
    signal?.throwIfAborted();
    onBytes(blob.size);
    return digest;
  }
  return byPieces(blob, { signal, onBytes });
}

export async function byPieces(blob, { signal, onBytes }) {
  const state = Uint32Array.from(FIRST);
  const whole = blob.size - (blob.size % BLOCK);
  for (let at = 0; at < whole; at += PIECE_BYTES) {
    signal?.throwIfAborted();
    const end = Math.min(whole, at + PIECE_BYTES);
    take(state, new Uint8Array(await blob.slice(at, end).arrayBuffer()));
    onBytes(end);
    await moment();
  }
  take(state, ended(new Uint8Array(await blob.slice(whole).arrayBuffer()), blob.size));
  const digest = new DataView(new ArrayBuffer(32));
  for (const [index, value] of state.entries()) digest.setUint32(index * 4, value);
  return new Uint8Array(digest.buffer);
}

/** Between two pieces the page draws and listens. */
const channel = new MessageChannel();
const waiting = [];
channel.port1.onmessage = () => waiting.shift()?.();
function moment() {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(0);
  });
}

/** The last bytes with their 1, zeros, and the length in bits. */
function ended(rest, size) {
  const padded = new Uint8Array(rest.length + 9 > BLOCK ? 2 * BLOCK : BLOCK);
  padded.set(rest);
  padded[rest.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(size / 0x2000_0000));
  view.setUint32(padded.length - 4, (size * 8) % 0x1_0000_0000);
  return padded;
}

const words = new Int32Array(64);

function take(state, bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += BLOCK) {
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(at + i * 4);
    for (let i = 16; i < 64; i++) {
      const near = words[i - 2];
      const far = words[i - 15];
      const one = turned(near, 17) ^ turned(near, 19) ^ (near >>> 10);
      const two = turned(far, 7) ^ turned(far, 18) ^ (far >>> 3);
      words[i] = (words[i - 16] + two + words[i - 7] + one) | 0;
    }
    mix(state);
  }
}

function mix(state) {
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let i = 0; i < 64; i++) {
    const one = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const chosen = (e & f) ^ (~e & g);
    const first = (h + one + chosen + ROUNDS[i] + words[i]) | 0;
    const two = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const most = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + two + most) | 0;
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

function turned(value, by) {
  return (value >>> by) | (value << (32 - by));
}

function fraction(root) {
  return Math.floor((root % 1) * 0x1_0000_0000) >>> 0;
}

function primes(count) {
  const found = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}
