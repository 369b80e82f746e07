// Inputs made from sound files by breaking them: any file, text by its lines and cells, headers by huge numbers.

/** Whole numbers from a seed (mulberry32): random(n) is one of 0 … n − 1. */
export function randomOf(seed) {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** The numbers of input `run`: every input can be made again without those before it. */
export const randomOfRun = (seed, run) => randomOf(Math.imul(seed, 0x9e3779b1) ^ Math.imul(run + 1, 0x85ebca6b));

export const oneOf = (random, list) => list[random(list.length)];

const bytes = [0, 1, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x30, 0x7f, 0x80, 0xc3, 0xfe, 0xff];
const numbers = [
  0n,
  1n,
  2n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  0x10000n,
  0xffffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
];
const wide = [0x100000000n, 0x1fffffffffffffn, 0x20000000000000n, 0x7fffffffffffffffn, 0xffffffffffffffffn];
const digits = [
  '0',
  '-1',
  '1',
  '3',
  '255',
  '65536',
  '16777216',
  '2147483647',
  '4294967296',
  '9007199254740993',
  '1e9',
  '9'.repeat(30),
];
const tokens = [
  ...digits,
  '',
  ' ',
  '"',
  '""',
  '"a""b"',
  '"a\nb"',
  '"open',
  'a"b',
  ',',
  ';',
  '\t',
  '1,5',
  '1.5e400',
  '-0',
  '.5',
  '5.',
  '0x1F',
  'nan',
  'NA',
  'Infinity',
  '-inf',
  'true',
  'false',
  'yes',
  '2024-02-30',
  '2024-01-31T25:00:00Z',
  '1.2.2024',
  'é',
  '\u{1f600}',
  '\ufeff',
  '\u00a0',
  '\u2028',
  '\0',
  '\x1b[31m',
  '__proto__',
  'constructor',
  'null',
  '[]',
  '{}',
  'x'.repeat(500),
];

const spliced = (file, start, end, middle) => Buffer.concat([file.subarray(0, start), middle, file.subarray(end)]);

/** A place: most often near the ends, where headers lie. */
function place(random, length) {
  const near = Math.min(length, 96);
  const kind = random(4);
  if (kind === 0) return random(near);
  if (kind === 1) return length - random(near) - 1;
  return random(length);
}

function part(random, length) {
  const start = place(random, length);
  return [start, Math.min(length, start + 1 + random(oneOf(random, [2, 8, 64, length])))];
}

function runs(file, pattern) {
  return [...file.toString('latin1').matchAll(pattern)];
}

/** Ways to break any file; none is called with an empty one. */
const anyFile = {
  bit(random, file) {
    const at = place(random, file.length);
    const changed = Buffer.from(file);
    changed[at] ^= 1 << random(8);
    return changed;
  },
  byte(random, file) {
    const changed = Buffer.from(file);
    changed[place(random, file.length)] = random(2) ? random(256) : oneOf(random, bytes);
    return changed;
  },
  cutEnd: (random, file) => file.subarray(0, place(random, file.length)),
  cutStart: (random, file) => file.subarray(random(Math.min(file.length, 64))),
  remove(random, file) {
    const [start, end] = part(random, file.length);
    return spliced(file, start, end, Buffer.alloc(0));
  },
  insert(random, file) {
    const at = place(random, file.length);
    const added = Buffer.from(Array.from({ length: 1 + random(16) }, () => random(256)));
    return spliced(file, at, at, added);
  },
  duplicate(random, file) {
    const [start, end] = part(random, file.length);
    const at = random(2) ? end : random(file.length);
    return spliced(file, at, at, file.subarray(start, end));
  },
  fill(random, file) {
    const [start, end] = part(random, file.length);
    return spliced(file, start, end, Buffer.alloc(end - start, oneOf(random, bytes)));
  },
  splice(random, file, corpus) {
    const other = oneOf(random, corpus);
    const [start, end] = part(random, file.length);
    const [from, to] = part(random, other.length);
    return spliced(file, start, end, other.subarray(from, to));
  },
  crossover(random, file, corpus) {
    const other = oneOf(random, corpus);
    return Buffer.concat([file.subarray(0, random(file.length)), other.subarray(random(other.length))]);
  },
  /** A size as headers have it, of one to eight bytes, either end first. */
  number(random, file) {
    const width = oneOf(random, [1, 2, 4, 4, 8]);
    if (file.length < width) return file;
    const changed = Buffer.from(file);
    const at = Math.min(place(random, file.length), file.length - width);
    const value = BigInt.asUintN(8 * width, oneOf(random, [...numbers, ...wide, BigInt(random(2 ** 30))]));
    const isBig = random(2) === 1;
    for (let i = 0; i < width; i++) {
      changed[at + (isBig ? width - 1 - i : i)] = Number((value >> BigInt(8 * i)) & 0xffn);
    }
    return changed;
  },
  /** A number of varying length, as protocol buffers, Parquet and .gar files have them. */
  varying(random, file) {
    let value = oneOf(random, [...numbers, ...wide]);
    const coded = [];
    for (; value > 0x7fn; value >>= 7n) coded.push(Number(value & 0x7fn) | 0x80);
    coded.push(Number(value));
    const at = place(random, file.length);
    return spliced(file, at, random(2) ? at + 1 : at + coded.length, Buffer.from(coded));
  },
  /** A number written in digits. */
  digits(random, file) {
    const found = runs(file.subarray(0, 2 ** 14), /\d+/g);
    if (found.length === 0) return file;
    const { index, 0: text } = oneOf(random, found);
    return spliced(file, index, index + text.length, Buffer.from(oneOf(random, digits)));
  },
  /** A digit instead of another: all lengths stay. */
  digit(random, file) {
    const found = runs(file.subarray(0, 2 ** 14), /\d/g);
    if (found.length === 0) return file;
    const changed = Buffer.from(file);
    changed[oneOf(random, found).index] = 0x30 + random(10);
    return changed;
  },
};

/** Ways to break text by what it is made of. */
const textFile = {
  token(random, file) {
    const found = runs(file, /[^,;\t\r\n]+/g);
    if (found.length === 0) return file;
    const { index, 0: text } = oneOf(random, found);
    return spliced(file, index, index + text.length, Buffer.from(oneOf(random, tokens)));
  },
  mark(random, file) {
    const at = random(file.length);
    return spliced(
      file,
      at,
      at,
      Buffer.from(oneOf(random, [',', ';', '\t', '"', '\n', '\r', '\r\n', ' ', ':', '{', ']'])),
    );
  },
  lines(random, file) {
    const lines = file.toString('latin1').split('\n');
    const at = random(lines.length);
    const how = random(4);
    if (how === 0) lines.splice(at, 1);
    else if (how === 1) lines.splice(random(lines.length), 0, ...Array(1 + random(20)).fill(lines[at]));
    else if (how === 2) lines.splice(at, 2, lines.slice(at, at + 2).join(','));
    else lines.splice(at, 0, lines[random(lines.length)], '');
    return Buffer.from(lines.join(oneOf(random, ['\n', '\n', '\n', '\r\n', '\r'])), 'latin1');
  },
  cells(random, file) {
    const [from, to] = [oneOf(random, [',', ';', '\t', '.', '"']), oneOf(random, [',', ';', '\t', '', '"'])];
    return Buffer.from(file.toString('latin1').replaceAll(from, to), 'latin1');
  },
};

const ways = {
  any: Object.values(anyFile),
  text: [...Object.values(anyFile), ...Object.values(textFile), ...Object.values(textFile)],
};

/** Bytes beyond which an input is cut off: time goes into many inputs, not into large ones. */
const MOST_BYTES = 2 ** 16;

/**
 * A broken input: one of the corpus with one to a few changes.
 *
 * @param random as randomOf gives it
 * @param corpus sound files
 * @param isText whether its lines and cells are changed too
 */
export function mutated(random, corpus, isText) {
  let file = Buffer.from(oneOf(random, corpus));
  const list = isText ? ways.text : ways.any;
  for (let changes = 1 + random(3) * random(3); changes > 0 && file.length > 0; changes--) {
    file = Buffer.from(oneOf(random, list)(random, file, corpus));
  }
  return file.subarray(0, MOST_BYTES);
}
