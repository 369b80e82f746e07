/** SHA-256 of bytes that come in parts (FIPS 180-4): what browsers offer takes only the whole at once. */
export interface Digest {
  update(bytes: Uint8Array): void;
  /** The 32 bytes of the digest of all that came so far; more may follow. */
  value(): Uint8Array;
}

const BLOCK = 64;

/** The first 32 bits of what is behind the point of roots of the first primes; of integers alone, to be the same anywhere. */
function rootBits(count: number, power: 2n | 3n): Uint32Array {
  const primes: bigint[] = [];
  for (let n = 2n; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0n)) primes.push(n);
  return Uint32Array.from(primes, (prime) => {
    // the whole part of ᵖ√prime · 2³², by bisection
    const wanted = prime << (32n * power);
    let [low, high] = [0n, 1n << 40n];
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle ** power <= wanted) low = middle;
      else high = middle;
    }
    return Number(low & 0xffffffffn);
  });
}

const constants = rootBits(64, 3n);
const initial = rootBits(8, 2n);
const rotate = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

function compressBlock(state: Uint32Array, bytes: Uint8Array, at: number, words: Uint32Array): void {
  for (let i = 0; i < 16; i++) {
    const from = at + 4 * i;
    words[i] = (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!;
  }
  for (let i = 16; i < 64; i++) {
    const [x, y] = [words[i - 15]!, words[i - 2]!];
    const small = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const large = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    words[i] = words[i - 16]! + small + words[i - 7]! + large;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < 64; i++) {
    const sum = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + sum + ((e & f) ^ (~e & g)) + constants[i]! + words[i]!) | 0;
    const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i]! += value;
}

export function createDigest(): Digest {
  const state = initial.slice();
  const words = new Uint32Array(64);
  const pending = new Uint8Array(BLOCK);
  let length = 0;
  return {
    update(bytes) {
      let at = 0;
      const filled = length % BLOCK;
      length += bytes.length;
      if (filled > 0) {
        at = Math.min(BLOCK - filled, bytes.length);
        pending.set(bytes.subarray(0, at), filled);
        if (filled + at < BLOCK) return;
        compressBlock(state, pending, 0, words);
      }
      for (; at + BLOCK <= bytes.length; at += BLOCK) compressBlock(state, bytes, at, words);
      pending.set(bytes.subarray(at));
    },
    value() {
      const filled = length % BLOCK;
      const tail = new Uint8Array(filled < 56 ? BLOCK : 2 * BLOCK);
      tail.set(pending.subarray(0, filled));
      tail[filled] = 0x80;
      const view = new DataView(tail.buffer);
      view.setUint32(tail.length - 8, Math.floor(length / 2 ** 29));
      view.setUint32(tail.length - 4, (length * 8) >>> 0);
      const last = state.slice();
      for (let at = 0; at < tail.length; at += BLOCK) compressBlock(last, tail, at, words);
      const digest = new Uint8Array(32);
      const out = new DataView(digest.buffer);
      for (const [i, value] of last.entries()) out.setUint32(4 * i, value);
      return digest;
    },
  };
}

/** The digest of bytes that are all there. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const digest = createDigest();
  digest.update(bytes);
  return digest.value();
}

/** Bytes as people read them. */
export function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
