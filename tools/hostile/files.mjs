// Files that claim more than they hold, or that are laid out to cost time: made from a fixed seed, none above 10 MB but where it says so.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { crc32 } from '../../dist/data/read/zip.js';
import { randomOf } from '../fuzz/mutate.mjs';

const MB = 1e6;
const put = (path, bytes) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
};

/** Packs `count` copies of a piece, a gzip member each: unpacked they would not fit into memory. */
function packedCopies(path, piece, count, head = Buffer.alloc(0)) {
  const packed = gzipSync(piece, { level: 9 });
  writeFileSync(path, Buffer.concat([gzipSync(head), ...Array.from({ length: count }, () => packed)]));
}

const idxHead = (shape, type = 8) => {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, type, shape.length]);
  for (const [i, side] of shape.entries()) head.writeUInt32BE(side, 4 + 4 * i);
  return head;
};

const npyHead = (shape, type = '<f4', extra = '') => {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')},), ${extra}}\n`;
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([Buffer.from('\x93NUMPY\x02\x00', 'latin1'), length, Buffer.from(text)]);
};

/** A ZIP archive from entries whose headers say what they like; without a place of its own an entry shares the first one's bytes. */
function zipOf(entries) {
  const parts = [];
  const directory = [];
  let at = 0;
  let shared;
  for (const { name, data, size = data.length, crc = 0, method = 8, sharing = false } of entries) {
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(method, 8);
    head.writeUInt32LE(crc, 14);
    head.writeUInt32LE(data.length, 18);
    head.writeUInt32LE(size, 22);
    head.writeUInt16LE(name.length, 26);
    const line = Buffer.alloc(46);
    line.writeUInt32LE(0x02014b50, 0);
    line.writeUInt16LE(method, 10);
    line.writeUInt32LE(crc, 16);
    line.writeUInt32LE(data.length, 20);
    line.writeUInt32LE(size, 24);
    line.writeUInt16LE(name.length, 28);
    line.writeUInt32LE(sharing ? shared : at, 42);
    directory.push(line, Buffer.from(name));
    if (sharing) continue;
    shared ??= at;
    parts.push(head, Buffer.from(name), data);
    at += 30 + name.length + data.length;
  }
  const bytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(0xffff, entries.length), 8);
  end.writeUInt16LE(Math.min(0xffff, entries.length), 10);
  end.writeUInt32LE(bytes.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, bytes, end]);
}

const pngPart = (name, data) => {
  const part = Buffer.alloc(12 + data.length);
  part.writeUInt32BE(data.length, 0);
  part.write(name, 4, 'latin1');
  data.copy(part, 8);
  part.writeUInt32BE(crc32(part.subarray(4, 8 + data.length)), 8 + data.length);
  return part;
};

/** A PNG of zeros, packed as tightly as it can be. */
function zeroPng(width, height, { depth = 8, color = 0, rows = height } = {}) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, color, 0, 0, 0], 8);
  const channels = { 0: 1, 2: 3, 6: 4 }[color];
  const line = 1 + Math.ceil((width * channels * depth) / 8);
  const data = deflateSync(Buffer.alloc(Math.min(2 ** 31 - 1, line * rows)), { level: 9 });
  const magic = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([magic, pngPart('IHDR', head), pngPart('IDAT', data), pngPart('IEND', Buffer.alloc(0))]);
}

/** A TIFF of one uncompressed strip that is not there. */
function claimedTiff(width, height) {
  const tags = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, 8],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 4, height],
    [279, 4, 16],
  ];
  const file = Buffer.alloc(8 + 16 + 2 + 12 * tags.length + 4);
  file.write('II*\0', 0, 'latin1');
  file.writeUInt32LE(24, 4);
  file.writeUInt16LE(tags.length, 24);
  for (const [i, [tag, type, value]] of tags.entries()) {
    file.writeUInt16LE(tag, 26 + 12 * i);
    file.writeUInt16LE(type, 28 + 12 * i);
    file.writeUInt32LE(1, 30 + 12 * i);
    file.writeUInt32LE(value, 34 + 12 * i);
  }
  return file;
}

/** Bytes whose first JPEG frame header says another size. */
function resizedJpeg(jpeg, width, height) {
  const file = Buffer.from(jpeg);
  for (let at = 2; at + 9 < file.length; at += 2 + file.readUInt16BE(at + 2)) {
    if (file[at + 1] < 0xc0 || file[at + 1] > 0xc2) continue;
    file.writeUInt16BE(height, at + 5);
    file.writeUInt16BE(width, at + 7);
    return file;
  }
  return file;
}

async function images(folder) {
  const { default: sharp } = await import('sharp');
  const plain = (width, height, channels = 3) =>
    sharp({ create: { width, height, channels, background: '#000' }, limitInputPixels: false });
  const write = async (name, image) => put(join(folder, name), Buffer.isBuffer(image) ? image : await image.toBuffer());
  await write('zeros-60000.png', zeroPng(60_000, 60_000, { rows: 3000 }));
  await write('zeros-16000.png', zeroPng(16_000, 16_000));
  await write('deep-9000.png', zeroPng(9000, 9000, { depth: 16, color: 2 }));
  await write('clear-8000.png', zeroPng(8000, 8000, { color: 6 }));
  await write('bits-16000.png', zeroPng(16_000, 16_000, { depth: 1 }));
  await write('claim.png', zeroPng(2 ** 30, 2 ** 30, { depth: 1, rows: 0 }));
  await write('claim.tiff', claimedTiff(100_000, 100_000));
  await write('lzw-16000.tiff', plain(16_000, 16_000).tiff({ compression: 'deflate' }));
  const jpeg = await plain(64, 64).jpeg().toBuffer();
  await write('claim.jpg', resizedJpeg(jpeg, 65_500, 65_500));
  await write('progressive-9000.jpg', plain(9000, 9000).jpeg({ progressive: true, quality: 50 }));
  await write('progressive-16000.jpg', plain(16_000, 16_000).jpeg({ progressive: true, quality: 50 }));
  await write('flat-12000.webp', plain(12_000, 12_000).webp({ quality: 1, effort: 0 }));
  const frames = 4000;
  const raw = Buffer.alloc(8 * 8 * frames * 3, 0);
  for (let i = 0; i < raw.length; i += 3) raw[i] = Math.floor(i / 192) % 256;
  await write(
    'frames.gif',
    sharp(raw, { raw: { width: 8, height: 8 * frames, channels: 3, pageHeight: 8 } }).gif({ loop: 0 }),
  );
  const large = 60;
  await write(
    'large-frames.gif',
    sharp(Buffer.alloc(3000 * 3000 * 3 * large), {
      raw: { width: 3000, height: 3000 * large, channels: 3, pageHeight: 3000 },
      limitInputPixels: false,
    }).gif({ loop: 0, effort: 1 }),
  );
}

/** A number as protocol buffers have it. */
function varint(value) {
  const bytes = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) | 128);
  }
}
const field = (number, bytes) => Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
const whole = (number, value) => Buffer.concat([varint(number << 3), varint(value)]);
const repeated = (piece, bytes) => Buffer.alloc(Math.floor(bytes / piece.length) * piece.length, piece);

/** An ONNX model of a graph and metadata, whatever they are. */
const onnx = (graph, metadata = Buffer.alloc(0)) =>
  Buffer.concat([whole(1, 8), field(7, graph), field(8, whole(2, 17)), metadata]);
const metadataOf = (json) => field(14, Buffer.concat([field(1, Buffer.from('gargalo')), field(2, Buffer.from(json))]));

/** The metadata of a sound model with another value somewhere. */
function changedModel(model, change) {
  const at = model.lastIndexOf('{"format":1');
  const start = at;
  let end = at;
  for (let depth = 0; ; end++) {
    if (model[end] === 0x7b) depth++;
    else if (model[end] === 0x7d && --depth === 0) break;
  }
  const json = change(model.subarray(start, end + 1).toString());
  // the sound model's own metadata first: what comes last counts
  return Buffer.concat([model, metadataOf(json)]);
}

function models(folder, model) {
  const write = (name, bytes) => put(join(folder, name), bytes);
  for (const [size, bytes] of [
    ['', 9.9 * MB],
    ['-60', 60 * MB],
  ]) {
    write(`nodes${size}.onnx`, onnx(repeated(field(1, Buffer.alloc(0)), bytes)));
    write(`initializers${size}.onnx`, onnx(repeated(field(5, Buffer.alloc(0)), bytes)));
    write(`sides${size}.onnx`, onnx(field(5, repeated(whole(1, 1), bytes))));
    write(`packed${size}.onnx`, onnx(field(5, Buffer.concat([whole(2, 7), field(7, Buffer.alloc(bytes, 1))]))));
    write(`ints${size}.onnx`, onnx(field(5, Buffer.concat([whole(2, 6), field(5, Buffer.alloc(bytes, 1))]))));
    write(`deep-json${size}.onnx`, onnx(Buffer.alloc(0), metadataOf('['.repeat(bytes))));
    write(
      `closed-json${size}.onnx`,
      onnx(Buffer.alloc(0), metadataOf(`${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}`)),
    );
    write(`objects-json${size}.onnx`, onnx(Buffer.alloc(0), metadataOf(`[${'{},'.repeat(bytes / 3)}{}]`)));
    write(
      `text-json${size}.onnx`,
      onnx(Buffer.alloc(0), metadataOf(`{"format":1,"specification":"${'x'.repeat(bytes)}"}`)),
    );
    write(`metadata${size}.onnx`, onnx(Buffer.alloc(0), repeated(field(14, Buffer.alloc(0)), bytes)));
    write(
      `columns-json${size}.onnx`,
      changedModel(model, (json) =>
        json.replace('"columns":[', `"columns":[${'"x",'.repeat((bytes - model.length) / 4)}`),
      ),
    );
  }
  let graph = Buffer.alloc(0);
  for (let i = 0; i < 20_000; i++)
    graph = field(1, field(5, field(6, graph.length > 60_000 ? Buffer.alloc(0) : graph)));
  write('nested-graphs.onnx', onnx(graph));
  const tensor = (shape, ...rest) =>
    field(5, Buffer.concat([...shape.map((side) => whole(1, side)), whole(2, 1), ...rest]));
  write('claimed-tensor.onnx', onnx(tensor([2 ** 31, 2 ** 31], field(8, Buffer.from('w')))));
  const outside = Buffer.concat([
    field(1, Buffer.from('location')),
    field(2, Buffer.from('../../../../../../etc/passwd')),
  ]);
  write('external.onnx', onnx(tensor([4], field(8, Buffer.from('w')), field(13, outside), whole(14, 1))));
  write(
    'wide-code.onnx',
    changedModel(model, (json) => json.replace(/"width":\d+/, '"width":1000000000')),
  );
  write(
    'wide-input.onnx',
    changedModel(model, (json) => json.replace(/"shape":\[\d+\]/, '"shape":[1000000000]')),
  );
  write(
    'many-layers.onnx',
    changedModel(model, (json) => json.replace(/"widths":\[[\d,]*\]/, `"widths":[${'1,'.repeat(2 * MB)}1]`)),
  );
}

function gars(folder, gar) {
  const content = gar.subarray(0, -32);
  /** Where the first block begins. */
  const long = (bytes) => {
    let [value, at] = [0, 0];
    for (let shift = 1; ; shift *= 128) {
      value += (bytes[at] & 127) * shift;
      if (bytes[at++] < 128) return [value, at];
    }
  };
  const [header, width] = long(content.subarray(5));
  const start = 5 + width + header;
  const head = content.subarray(0, start);
  const sealed = (name, blocks) => {
    const bytes = Buffer.concat([head, ...blocks]);
    put(join(folder, name), Buffer.concat([bytes, createHash('sha256').update(bytes).digest()]));
  };
  const [, counted] = long(content.subarray(start));
  const [coded, codedWidth] = long(content.subarray(start + counted));
  const codes = content.subarray(start + counted + codedWidth, start + counted + codedWidth + coded);
  const claim = Buffer.concat([varint(65_536), varint(codes.length), codes]);
  sealed('counts.gar', [claim, varint(0), varint(65_536)]);
  const many = Math.floor((9.5 * MB) / (varint(65_536).length + 2));
  const tiny = Buffer.concat([varint(65_536), varint(1), Buffer.of(0)]);
  sealed('many-blocks.gar', [Buffer.alloc(many * tiny.length, tiny), varint(0), varint(many * 65_536)]);
  const names = deflateSync(Buffer.alloc(2 ** 26), { level: 9 });
  const named = Buffer.concat([varint(65_536), varint(1), Buffer.of(0), varint(2 ** 26), varint(names.length), names]);
  sealed('names.gar', [Buffer.alloc(100 * named.length, named), varint(0), varint(100 * 65_536)]);
}

function tables(folder, random) {
  const write = (name, bytes) => put(join(folder, name), bytes);
  const cells = (count) => Buffer.alloc(2 * count - 1, '1,');
  write('one-line.csv', Buffer.concat([Buffer.alloc(9.9 * MB, 'x'), Buffer.from('\n')]));
  write('quoted-line.csv', Buffer.concat([Buffer.from('a,b,c,d\n"'), Buffer.alloc(9.9 * MB, 'x')]));
  write('quotes.csv', Buffer.concat([Buffer.from('a,b,c,d\n'), Buffer.alloc(9.9 * MB, '"",')]));
  write('columns-5m.csv', Buffer.concat([cells(4_900_000), Buffer.from('\n')]));
  write('columns-2m-2.csv', Buffer.concat([cells(2_400_000), Buffer.from('\n'), cells(2_400_000), Buffer.from('\n')]));
  for (const columns of [20_000, 200_000]) {
    const names = Array.from({ length: columns }, (_, i) => `c${i}`).join(',');
    const row = () => Array.from({ length: columns }, () => random(10)).join(',');
    write(`wide-${columns}.csv`, `${names}\n${Array.from({ length: 6 }, row).join('\n')}\n`);
  }
  write('separators.csv', Buffer.concat([Buffer.from('a,b,c,d\n'), Buffer.alloc(9.9 * MB, '\n')]));
  write('cr.csv', Buffer.concat([Buffer.from('a,b,c,d\n'), Buffer.alloc(9.9 * MB, '\r')]));
  write('short-rows.csv', Buffer.concat([Buffer.from('a\n'), Buffer.alloc(9.9 * MB, '1\n')]));
  write(
    'words.csv',
    `a,b,c,d\n${Array.from({ length: 400_000 }, (_, i) => `w${i.toString(36)},x${i.toString(36)},${i},1`).join('\n')}\n`,
  );
  write('digits.csv', Buffer.concat([Buffer.from('a,b,c,d\n1,2,3,'), Buffer.alloc(9.9 * MB, '9'), Buffer.from('\n')]));
  write('date.csv', Buffer.concat([Buffer.from('a,b,c,d\n1,2,3,'), Buffer.alloc(9.9 * MB, '1-'), Buffer.from('\n')]));
  write('blanks.csv', Buffer.concat([Buffer.from('a,b,c,d\n1,2,3,'), Buffer.alloc(9.9 * MB, ' '), Buffer.from('\n')]));
  write('deep.jsonl', Buffer.concat([Buffer.from('{"a":'), Buffer.alloc(1 * MB, '['), Buffer.from('\n')]));
  write('deep-closed.jsonl', `{"a":${'['.repeat(4.9 * MB)}${']'.repeat(4.9 * MB)}}\n`);
  write('objects.jsonl', `{"a":[${'{},'.repeat(3.2 * MB)}{}]}\n`);
  write('string.jsonl', `{"a":"${'x'.repeat(9.9 * MB)}"}\n`);
  write('keys-1m.jsonl', `{${Array.from({ length: 900_000 }, (_, i) => `"${i.toString(36)}":1`).join(',')}}\n`);
  write(
    'other-keys.jsonl',
    `${Array.from({ length: 500_000 }, (_, i) => `{"${i.toString(36)}":${i % 7}}`).join('\n')}\n`,
  );
  write(
    'wide-20000.jsonl',
    Array.from({ length: 6 }, () =>
      JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`c${i}`, random(10)]))),
    ).join('\n'),
  );
}

function parquets(folder, random) {
  const write = (name, columnData, options = {}) =>
    put(join(folder, name), Buffer.from(parquetWriteBuffer({ columnData, ...options })));
  const wide = (columns) =>
    Array.from({ length: columns }, (_, i) => ({
      name: `c${i}`,
      data: Float32Array.from({ length: 6 }, () => random(10)),
      type: 'FLOAT',
    }));
  write('wide-2000.parquet', wide(2000));
  write('wide-20000.parquet', wide(20_000));
  const sound = Buffer.from(
    parquetWriteBuffer({ columnData: [{ name: 'a', data: new Int32Array(1000).fill(7), type: 'INT32' }] }),
  );
  put(
    join(folder, 'metadata.parquet'),
    Buffer.concat([
      sound.subarray(0, -8),
      Buffer.alloc(9.5 * MB, 0x15),
      Buffer.of(0x7f, 0xff, 0x90, 0),
      Buffer.from('PAR1'),
    ]),
  );
  // a list of so many structs without a field
  const many = 9.8 * MB;
  const list = Buffer.concat([Buffer.of(0x19, 0xfc), varint(many), Buffer.alloc(many + 1)]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(list.length);
  put(join(folder, 'structs.parquet'), Buffer.concat([Buffer.from('PAR1'), list, length, Buffer.from('PAR1')]));
  const long = 'x'.repeat(4 * MB);
  write('dictionary.parquet', [{ name: 'a', data: Array.from({ length: 1_000_000 }, () => long) }], {
    codec: 'SNAPPY',
    rowGroupSize: 1_000_000,
  });
  write(
    'constant.parquet',
    ['a', 'b', 'c', 'd'].map((name) => ({ name, data: new Float64Array(16_000_000).fill(3), type: 'DOUBLE' })),
    { rowGroupSize: 16_000_000 },
  );
}

function arrays(folder) {
  const write = (name, bytes) => put(join(folder, name), bytes);
  write('claim.npy', Buffer.concat([npyHead([1e12, 4]), Buffer.alloc(1000)]));
  write('claim-width.npy', Buffer.concat([npyHead([1, 1e12]), Buffer.alloc(1000)]));
  write('header.npy', npyHead([3, 4], '<f4', `'x': '${'x'.repeat(9 * MB)}'`));
  write('sides.npy', npyHead(Array(60_000).fill(1), '<f4'));
  write('wide.npy', Buffer.concat([npyHead([6, 400_000]), Buffer.alloc(6 * 400_000 * 4, 1)]));
  write('wide-bytes.npy', Buffer.concat([npyHead([2, 4_900_000], '|u1'), Buffer.alloc(2 * 4_900_000, 1)]));
  write('claim.idx3', Buffer.concat([idxHead([2 ** 31, 2 ** 15, 2 ** 15]), Buffer.alloc(100)]));
  write('wide.idx2', Buffer.concat([idxHead([2, 4_900_000]), Buffer.alloc(9_800_000, 1)]));
  const zeros = Buffer.alloc(2 ** 24);
  packedCopies(join(folder, 'small-head.idx.gz'), zeros, 600, idxHead([10, 4]));
  packedCopies(join(folder, 'claim.idx.gz'), zeros, 600, idxHead([2 ** 31, 1]));
  packedCopies(join(folder, 'true.idx.gz'), zeros, 600, idxHead([600, 2 ** 24]));
  packedCopies(join(folder, 'fits.idx.gz'), zeros, 15, idxHead([15 * 2 ** 14, 2 ** 10]));
  packedCopies(join(folder, 'true.npy.gz'), zeros, 600, npyHead([600 * 2 ** 20, 4]));
  packedCopies(join(folder, 'small.npy.gz'), zeros, 600, npyHead([10, 4]));
  const column = Buffer.alloc(2 ** 22, '1,2,3,4\n');
  packedCopies(join(folder, 'bomb.csv.gz'), column, 1600, Buffer.from('a,b,c,d\n'));
  packedCopies(join(folder, 'bomb-line.csv.gz'), zeros.fill('x'), 600);
  packedCopies(join(folder, 'zeros.csv.gz'), Buffer.alloc(2 ** 24), 600);
  packedCopies(join(folder, 'inner.gz'), Buffer.alloc(2 ** 24), 600);
  write('nested.csv.gz', gzipSync(readFileSync(join(folder, 'inner.gz')), { level: 9 }));
  const head = npyHead([2 ** 26, 4]);
  const bomb = deflateRawSync(Buffer.concat([head, Buffer.alloc(2 ** 30)]), { level: 9 });
  write('bomb.npz', zipOf([{ name: 'x.npy', data: bomb, size: head.length + 2 ** 30 }]));
  const mid = Buffer.concat([npyHead([2 ** 24, 4], '|u1'), Buffer.alloc(2 ** 26)]);
  const packed = deflateRawSync(mid, { level: 9 });
  const entry = { data: packed, size: mid.length, crc: crc32(mid) };
  write(
    'overlapping.npz',
    zipOf(Array.from({ length: 60_000 }, (_, i) => ({ ...entry, name: `a${i}.npy`, sharing: i > 0 }))),
  );
  write('wrong-size.npz', zipOf([{ name: 'x.npy', data: packed, size: 1000 }]));
  const tiny = Buffer.concat([npyHead([2, 2], '|u1'), Buffer.alloc(4)]);
  const small = { data: deflateRawSync(tiny), size: tiny.length, crc: crc32(tiny) };
  write('many.npz', zipOf(Array.from({ length: 50_000 }, (_, i) => ({ ...small, name: `a${i}.npy` }))));
  const labels = Buffer.concat([npyHead([2 ** 25], '<i8'), Buffer.alloc(2 ** 28)]);
  const both = { name: 'x.npy', data: deflateRawSync(tiny), size: tiny.length, crc: crc32(tiny) };
  write(
    'labels.npz',
    zipOf([
      both,
      { name: 'y.npy', data: deflateRawSync(labels, { level: 9 }), size: labels.length, crc: crc32(labels) },
    ]),
  );
}

function folders(folder) {
  const many = join(folder, 'many-files');
  mkdirSync(many, { recursive: true });
  for (let i = 0; i < 100_000; i++) writeFileSync(join(many, `${i}.txt`), '');
  const circle = join(folder, 'circle');
  mkdirSync(join(circle, 'a'), { recursive: true });
  symlinkSync('..', join(circle, 'a', 'up'));
  symlinkSync('self.png', join(circle, 'self.png'));
  execFileSync('mkfifo', [join(folder, 'fifo')]);
}

/** Makes all files, with a sound model and .gar file as the base of broken ones. */
export async function makeFiles(folder, { model, gar, seed = 1 }) {
  const random = randomOf(seed);
  const at = (name) => {
    mkdirSync(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  arrays(at('arrays'));
  tables(at('tables'), random);
  parquets(at('parquet'), random);
  await images(at('images'));
  models(at('models'), model);
  gars(at('gar'), gar);
  folders(at('folders'));
}
