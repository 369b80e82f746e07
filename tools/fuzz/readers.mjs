// Every reader of files with sound files to break: what it reads, and the form that a broken file is sealed in again, so that
// what lies behind a checksum or a compression is reached too.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { readConfiguration } from '../../dist/cli/run-folder.js';
import { parseRecord } from '../../dist/cli/sweep-folder.js';
import { collect } from '../../dist/data/collect.js';
import { arrayDataset } from '../../dist/data/dataset.js';
import { readImages } from '../../dist/data/images/read.js';
import { readIdx } from '../../dist/data/read/idx.js';
import { readNpy } from '../../dist/data/read/npy.js';
import { readNpz } from '../../dist/data/read/npz.js';
import { crc32 } from '../../dist/data/read/zip.js';
import { isDataset } from '../../dist/data/stream.js';
import { openCsvTable } from '../../dist/data/table/csv.js';
import { openJsonLinesTable } from '../../dist/data/table/json-lines.js';
import { openParquetTable } from '../../dist/data/table/parquet.js';
import { readTable } from '../../dist/data/table/read.js';
import { compress } from '../../dist/tasks/compress/compress.js';
import { openGar } from '../../dist/tasks/compress/container.js';
import { openCompressed } from '../../dist/tasks/compress/decompress.js';
import { fit } from '../../dist/train/fit.js';
import { decodeModelFile, encodeModelFile } from '../../dist/train/model-format.js';
import { oneOf } from './mutate.mjs';

const missing = ['refuse', 'drop', 'mean', 'median', 'indicator'];
const lines = (...rows) => Buffer.from(`${rows.join('\n')}\n`);

const table = lines(
  'id,when,side,dry,height,note',
  '1,2024-01-31,north,yes,1.25,"a, b"',
  '2,2024-02-01,east,no,-3e-2,"c ""d"""',
  '3,2024-02-02T10:30:00Z,south,yes,,e',
  '4,2024-02-03,north,no,NA,"two\nlines"',
  '5,2024-02-04,west,yes,123456789.5,é',
);
const csv = [
  table,
  lines('1,2,3', '4,5,6', '-7.5,8e3,.9'),
  lines('a;b', '1,5;2', '"3,25";4'),
  Buffer.from('\ufeffx,y\r\n1,2\r\n\r\n3,4\r\n'),
  Buffer.from('x,y\r1,2\r2,3\r'),
  lines(',0,1', '0,1.5,2', '1,3,4'),
  // preambles, comments, numbers with marks, other encodings and separators
  lines('sep=;', 'share;price', '80%;1.200,5', '5 %;(3,2)', '(1%);7', '#N/A;1'),
  lines('# logger', 'Station', ' when  temp', '10  1.5', '11  "2"', '12 3'),
  lines('a|b|c', '"1,200.5"|$5|1 200', '1,300|$ 5|7', '900|-5 $|1\u00a0200'),
  Buffer.from('\ufeffgröße,b\n1,2\n3,4\n', 'utf16le'),
  Buffer.from('gr\xf6\xdfe;b\n1,5;2\n3,5;4\n', 'latin1'),
];
const jsonLines = [
  lines(
    '{"a":1,"d":"1,200","c":true}',
    '{"a":2.5,"d":"1,300.5","c":false}',
    '',
    '{"b":"y","d":"1,200.0","a":-3}',
    '{"a":2,"b":"x","c":true,"d":"7"}',
  ),
  lines('{"é":"\\u00e9","a":"1.5"}', '{"é":"e","a":2}', '{"é":"e","a":2}', '{"é":"é","a":null}'),
];
const tsv = csv.map((file) =>
  Buffer.from(file.includes(';') ? file.toString().replaceAll(';', '\t') : file.toString().replaceAll(',', '\t')),
);

/** A table read as a person may ask for it; all of its rows are looked at. */
const readingTable = (open) => async (path, random) => {
  const opened = await open(path);
  const options = { missing: oneOf(random, missing), categories: oneOf(random, ['one-hot', 'embedding']) };
  const name = oneOf(random, opened.columns);
  const asked = random(4);
  if (asked === 0) options.label = name;
  if (asked === 1) options.time = name;
  if (asked === 2) options.series = true;
  await collect(await readTable(opened, options));
};

const packing = ['UNCOMPRESSED', 'SNAPPY'];
function parquetCorpus() {
  const columns = [
    { name: 'i', data: [1, null, 3, 4], type: 'INT32', nullable: true },
    { name: 'l', data: [4n, 5n, 2n ** 60n, 6n], type: 'INT64' },
    { name: 'd', data: [0.5, 1.5, -2, 3], type: 'DOUBLE' },
    { name: 'f', data: [0.5, 1.5, -2, 3], type: 'FLOAT' },
    { name: 'b', data: [true, false, true, true], type: 'BOOLEAN' },
    { name: 's', data: ['x', 'y', 'x', 'é'], type: 'STRING' },
    { name: 't', data: [new Date(0), new Date(1e12), new Date(5), new Date(6)], type: 'TIMESTAMP' },
  ];
  const timed = columns.pop();
  const many = Array.from({ length: 300 }, (_, i) => i / 8);
  const words = Array.from({ length: 300 }, (_, i) => `word ${i % 7}`);
  return packing.flatMap((codec) => [
    Buffer.from(parquetWriteBuffer({ columnData: columns, codec })),
    Buffer.from(parquetWriteBuffer({ columnData: [columns[2], timed, columns[4]], codec })),
    Buffer.from(parquetWriteBuffer({ columnData: columns.slice(2, 4), codec, rowGroupSize: 2 })),
    Buffer.from(
      parquetWriteBuffer({
        columnData: [
          { name: 'w', data: words },
          { name: 'x', data: many },
        ],
        codec,
        rowGroupSize: 100,
      }),
    ),
  ]);
}

function npyFile(values, shape, { type = '<f4', fortran = false, version = 1 } = {}) {
  const text = `{'descr': '${type}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape.join(', ')},), }\n`;
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(text.length);
  else length.writeUInt32LE(text.length);
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.of(version, 0), length, Buffer.from(text), bytes]);
}
const npy = [
  npyFile(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2]),
  npyFile(Float64Array.of(1, 2, 3, 4, 5, 6), [3, 2], { type: '<f8', fortran: true }),
  npyFile(Uint16Array.of(0x3c00, 0, 1, 2), [2, 2], { type: '>f2', version: 2 }),
  npyFile(BigInt64Array.of(1n, 2n, 3n, 4n), [2, 1, 2], { type: '<i8' }),
  npyFile(
    Uint8Array.from({ length: 32 }, (_, i) => i),
    [2, 4, 4],
    { type: '|u1' },
  ),
];

const labels = npyFile(BigInt64Array.of(7n, 9n, 7n), [3], { type: '<i8' });
const words = npyFile(
  Uint32Array.from('onetwosix', (letter) => letter.charCodeAt(0)),
  [3],
  { type: '<U3' },
);
const archive = (files, level) => Buffer.from(zipSync(files, { level }));
const npz = [0, 6].flatMap((level) => [
  archive({ 'X.npy': npy[0], 'y.npy': labels }, level),
  archive({ 'x_train.npy': npy[1], 'y_train.npy': words, 'readme.txt': strToU8('none of ours') }, level),
  archive({ 'images.npy': npy[4] }, level),
]);

/** Breaks an array instead of the archive around it, and packs it again. */
function repackNpz(file, random, breakIt) {
  const files = unzipSync(file);
  const name = oneOf(random, Object.keys(files));
  return archive({ ...files, [name]: breakIt(files[name]) }, oneOf(random, [0, 6]));
}

function idxFile(values, shape, type) {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, type, shape.length]);
  for (const [i, side] of shape.entries()) head.writeUInt32BE(side, 4 + 4 * i);
  return Buffer.concat([head, Buffer.from(values.buffer)]);
}
const idx = [
  idxFile(
    Uint8Array.from({ length: 48 }, (_, i) => 5 * i),
    [3, 4, 4],
    0x08,
  ),
  idxFile(Uint8Array.of(1, 2, 3, 4, 5, 6), [3, 2], 0x08),
  idxFile(new Float32Array(6), [3, 2], 0x0d),
  idxFile(new Float32Array(16), [2, 2, 2, 2], 0x0d),
];

async function imageCorpus() {
  const { default: sharp } = await import('sharp');
  const picture = (width, height, channels) =>
    sharp(Buffer.from(Array.from({ length: width * height * channels }, (_, i) => (37 * i) % 256)), {
      raw: { width, height, channels },
    });
  return Promise.all([
    picture(8, 8, 3).png().toBuffer(),
    picture(9, 5, 4).png({ palette: true }).toBuffer(),
    picture(6, 6, 1).toColourspace('grey16').png().toBuffer(),
    picture(16, 16, 3).jpeg().toBuffer(),
    picture(16, 8, 3)
      .withExif({ IFD0: { Orientation: '6' } })
      .jpeg({ progressive: true })
      .toBuffer(),
    picture(8, 8, 3).webp().toBuffer(),
    picture(8, 8, 4).webp({ lossless: true }).toBuffer(),
    picture(8, 8, 3).tiff({ compression: 'lzw' }).toBuffer(),
    picture(8, 8, 1).tiff({ compression: 'none' }).toBuffer(),
    picture(8, 8, 3).tiff({ compression: 'deflate', tile: true }).toBuffer(),
  ]);
}

/** Gives the parts of a PNG checksums that hold. */
function sealPng(file) {
  const sealed = Buffer.from(file);
  for (let at = 8; at + 12 <= sealed.length; ) {
    const length = sealed.readUInt32BE(at);
    if (at + 12 + length > sealed.length) break;
    sealed.writeUInt32BE(crc32(sealed.subarray(at + 4, at + 8 + length)), at + 8 + length);
    at += 12 + length;
  }
  return sealed;
}

const examples = arrayDataset(
  Float32Array.from({ length: 40 * 6 }, (_, i) => Math.sin(i)),
  { name: 'waves', shape: [6] },
);
const small = { encoder: [4], epochs: 1, batch: 16, seed: 1 };
const kinds = [
  { ...small, kind: 'basic', code: 2 },
  { ...small, kind: 'variational', code: 2 },
  { ...small, kind: 'vector-quantized', code: 4 },
];

/** Some small models, trained a moment. */
async function trained() {
  const models = [];
  for (const options of kinds) models.push((await fit(examples, options)).autoencoder);
  return models;
}

async function modelCorpus() {
  const models = await trained();
  const files = models.flatMap((model) => {
    const { specification, weights } = model;
    return [Buffer.from(encodeModelFile(model)), Buffer.from(encodeModelFile({ specification, weights }))];
  });
  for (const model of models) await model.close();
  return files;
}

async function garCorpus() {
  const models = await trained();
  const files = [];
  for (const model of models) {
    for (const embed of [undefined, 'exact', 'rounded']) {
      const { file } = await compress(model, examples, embed ? { embed } : {});
      files.push(Buffer.from(file));
    }
    await model.close();
  }
  return files;
}

/** Gives a .gar file a checksum that holds. */
function sealGar(file) {
  if (file.length < 32) return file;
  const content = file.subarray(0, -32);
  return Buffer.concat([content, createHash('sha256').update(content).digest()]);
}

const json = (value) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
const sweepRecord = {
  tool: 'gargalo',
  sweepFormat: 1,
  command: 'gargalo sweep mnist --code 2,4',
  data: {
    source: 'mnist',
    trainExamples: 10,
    testExamples: 10,
    shape: [28, 28],
    type: 'uint8',
    fingerprint: 'sha256:00',
  },
  values: { epochs: 2 },
  runtime: { threads: 1 },
  versions: { gargalo: '0.1.0' },
  cells: [
    { kind: 'basic', code: 2, status: 'finished', epochs: 2, testSquaredError: 1.5 },
    { kind: 'variational', code: 4, status: 'failed', problem: 'none' },
  ],
  started: '2024-01-01T00:00:00.000Z',
};
const { cells: _, sweepFormat: __, ...run } = { ...sweepRecord, specification: {}, training: {}, request: {} };

/** Reads to the end what comes as a data set or as a stream. */
async function allOf(source) {
  if (!isDataset(source)) await collect(source);
  else
    for (let start = 0; start < source.length; start += 4096)
      await source.block(start, Math.min(source.length, start + 4096));
}

/**
 * name: for --reader · file: what the broken file is called · text: whether lines and cells are broken too · corpus: the
 * sound files · seal: what a broken file is made of it, half of the time ·
 * mostBytes: what may be asked for, other than usual · read: throws what the reader throws.
 */
export const readers = [
  {
    name: 'csv',
    file: 't.csv',
    text: true,
    corpus: () => [...csv, ...tsv.slice(0, 2)],
    read: readingTable(openCsvTable),
  },
  { name: 'tsv', file: 't.tsv', text: true, corpus: () => tsv, read: readingTable(openCsvTable) },
  { name: 'jsonl', file: 't.jsonl', text: true, corpus: () => jsonLines, read: readingTable(openJsonLinesTable) },
  { name: 'parquet', file: 't.parquet', corpus: parquetCorpus, read: readingTable(openParquetTable) },
  {
    name: 'npy',
    file: 't.npy',
    corpus: () => npy,
    read: async (path, random) => allOf(await readNpy(path, { largeBytes: oneOf(random, [100, 2 ** 28]) })),
  },
  {
    name: 'npz',
    file: 't.npz',
    corpus: () => npz,
    inside: repackNpz,
    read: async (path, random) => allOf(await readNpz(path, { largeBytes: oneOf(random, [50, 2 ** 28]) })),
  },
  {
    name: 'idx',
    file: 't-images-idx3-ubyte',
    corpus: () => idx,
    read: async (path, random) => allOf(await readIdx(path, { largeBytes: oneOf(random, [40, 2 ** 28]) })),
  },
  {
    name: 'idx.gz',
    file: 't.idx.gz',
    corpus: () => idx.map((file) => gzipSync(file)),
    inside: (file, _random, breakIt) => gzipSync(breakIt(gunzipSync(file))),
    read: async (path, random) => allOf(await readIdx(path, { largeBytes: oneOf(random, [40, 2 ** 28]) })),
  },
  {
    name: 'image',
    // 16 megapixels may be claimed, of colours of 16 bits too
    mostBytes: 2 ** 28,
    file: 't.png',
    corpus: imageCorpus,
    seal: sealPng,
    read: async (path, random) =>
      allOf(await readImages(path, oneOf(random, [{}, { size: [4, 4] }, { patch: 4 }, { color: 'gray' }]))),
  },
  {
    name: 'model',
    file: 'model.onnx',
    corpus: modelCorpus,
    read: async (path) => void decodeModelFile(await readFile(path), path),
  },
  {
    name: 'gar',
    file: 't.gar',
    corpus: garCorpus,
    seal: sealGar,
    async read(path) {
      const bytes = await readFile(path);
      const file = await openGar(bytes, path);
      for await (const _block of file.blocks());
      if (file.header.decoder) await openCompressed(bytes, { name: path });
    },
  },
  {
    name: 'sweep.json',
    file: 'sweep.json',
    text: true,
    corpus: () => [json(sweepRecord)],
    read: async (path) => void parseRecord(await readFile(path, 'utf8'), path),
  },
  {
    name: 'config.json',
    file: 'config.json',
    text: true,
    corpus: () => [json(run)],
    read: (path) => readConfiguration(dirname(path)),
  },
];
