import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { randomWeights, specification, table } from '../../../test/tiny.js';
import { GargaloError } from '../../core/errors.js';
import { openAutoencoder } from '../../models/autoencoder.js';
import { createByteWriter } from './bytes.js';
import { compress } from './compress.js';
import { createGarWriter, type IntegerBlock, openGar } from './container.js';
import { decompress } from './decompress.js';
import type { GarHeader } from './header.js';
import { createDigest } from './sha256.js';

const header: GarHeader = {
  decoderHash: new Uint8Array(32).map((_, i) => i),
  shape: [2, 3],
  type: 'uint8',
  width: 2,
  quantizer: { type: 'steps', step: 0.5, scales: Int8Array.of(-3, 4) },
  expectations: [
    { type: 'around', center: -5, spread: 20 },
    { type: 'around', center: 0, spread: 1 },
  ],
  named: true,
};

const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

function fileOf(
  blocks: readonly { readonly values: readonly number[]; readonly names?: readonly string[] }[],
  own: GarHeader = header,
): Uint8Array {
  const writer = createGarWriter(own);
  // in this order: each part is digested as it is made
  const start = writer.start();
  const parts = blocks.map(({ values, names }) => writer.block(Int32Array.from(values), names));
  return joined(start, ...parts, writer.end());
}

/** Bytes with a checksum that holds. */
function sealed(bytes: Uint8Array): Uint8Array {
  const digest = createDigest();
  digest.update(bytes);
  return joined(bytes, digest.value());
}

async function read(file: Uint8Array): Promise<{ header: GarHeader; blocks: IntegerBlock[] }> {
  const opened = await openGar(file, 'a.gar');
  const blocks: IntegerBlock[] = [];
  for await (const block of opened.blocks()) blocks.push(block);
  return { header: opened.header, blocks };
}

/** What is refused is refused by one clear error. */
async function expectRefused(file: Uint8Array, words: RegExp): Promise<void> {
  const error = await read(file).then(
    () => undefined,
    (problem: unknown) => problem,
  );
  expect(error).toBeInstanceOf(GargaloError);
  expect(error).toMatchObject({ code: 'bad-input', where: 'a.gar', problem: expect.stringMatching(words) });
  expect((error as GargaloError).problem).toMatch(/^expected /);
}

const blocks = [
  { values: [-5, 0, -6, 1, 4, 0], names: ['a.png', 'folder/b c.png', 'ü.png'] },
  { values: [1000, -1000], names: ['d'] },
];
const file = fileOf(blocks);

describe('a .gar file', () => {
  it('has in it what was put there', async () => {
    const back = await read(file);
    expect(back.header).toEqual(header);
    expect(back.blocks).toEqual([
      { start: 0, end: 3, values: Int32Array.from(blocks[0]!.values), names: blocks[0]!.names },
      { start: 3, end: 4, values: Int32Array.from(blocks[1]!.values), names: blocks[1]!.names },
    ]);
    expect((await read(fileOf([]))).blocks).toEqual([]);
    const { header: entries } = await read(
      fileOf([], {
        ...header,
        named: false,
        type: 'float32',
        width: 6,
        ...ofEntries(3, 1000),
        decoder: Uint8Array.of(1, 2),
      }),
    );
    expect(entries).toMatchObject({ ...ofEntries(3, 1000), decoder: Uint8Array.of(1, 2), type: 'float32' });
  });

  it('is refused with any byte of it changed', async () => {
    for (let at = 0; at < file.length; at++) {
      for (const flip of [1, 0x80, 0xff]) {
        await expectRefused(
          file.map((byte, i) => (i === at ? byte ^ flip : byte)),
          /\.gar|checksum/,
        );
      }
    }
  });

  it('is refused cut off anywhere, and with anything after it', async () => {
    for (let length = 0; length < file.length; length++) await expectRefused(file.slice(0, length), /\.gar|checksum/);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 100 }), (surplus) =>
        expectRefused(joined(file, surplus), /checksum/),
      ),
      { numRuns: effort(30, 300) },
    );
  });

  it('of another version, or another kind of file, is called by its name', async () => {
    await expectRefused(
      file.map((byte, at) => (at === 4 ? 2 : byte)),
      /^expected version 1 of the .gar format, got 2$/,
    );
    await expectRefused(
      Uint8Array.of(0x50, 0x4b, 3, 4, 5, 6, 7),
      /^expected a .gar file, got one that begins with 0x504b0304$/,
    );
    await expectRefused(new Uint8Array(), /^expected a .gar file, got an empty one$/);
  });
});

const ofEntries = (vectors: number, entries: number): Pick<GarHeader, 'quantizer' | 'expectations'> => ({
  quantizer: { type: 'entries', vectors, entries },
  expectations: Array.from({ length: vectors }, () => ({ type: 'entries', entries })),
});

describe('a file whose checksum holds but that no writer wrote', () => {
  const start = createGarWriter(header).start();
  const number = (...values: number[]): Uint8Array => {
    const writer = createByteWriter();
    for (const value of values) writer.whole(value);
    return writer.finish();
  };
  /** A file of a header's bytes and no blocks. */
  const withHeader = (bytes: Uint8Array): Uint8Array =>
    sealed(joined(start.subarray(0, 5), number(bytes.length), bytes, number(0, 0)));
  const headerBytes = start.subarray(6);

  it('is told from one that is sound', async () => {
    expect((await read(withHeader(headerBytes))).header).toEqual(header);
  });

  it.each([
    ['a header longer than the file', sealed(joined(start.subarray(0, 5), number(2 ** 40), number(0, 0)))],
    ['a header that goes on', withHeader(joined(headerBytes, Uint8Array.of(0)))],
    ['a header that ends early', withHeader(headerBytes.slice(0, -1))],
    ['unknown flags', withHeader(headerBytes.map((byte, at) => (at === 0 ? 0xff : byte)))],
    ['a million billion examples in a block', sealed(joined(start, number(2 ** 50, 0), number(0, 0)))],
    ['more examples in a block than one may have', sealed(joined(start, number(2 ** 17, 0), number(0, 0)))],
    ['codes longer than the file', sealed(joined(start, number(3, 2 ** 45)))],
    ['names larger than any', sealed(joined(start, number(3, 0), number(2 ** 50, 0)))],
    [
      'names that are no names',
      sealed(joined(start, number(3, 0), number(3, 4), Uint8Array.of(1, 2, 3, 4), number(0, 3))),
    ],
    ['a wrong number of examples', sealed(joined(start, number(0, 7)))],
    ['bytes after the end', sealed(joined(start, number(0, 0), Uint8Array.of(1)))],
    ['no end', sealed(start)],
    ['a number without end', sealed(joined(start, new Uint8Array(20).fill(0xff)))],
  ])('is refused: %s', async (_what, bytes) => {
    await expectRefused(bytes, /./);
  });

  const steps = (step: number) => ({ ...header, quantizer: { type: 'steps', step } as const });
  it.each([
    ['a step that is not a number', steps(Number.NaN)],
    ['a step of 0', steps(0)],
    ['a step below 0', steps(-1)],
    ['an infinite step', steps(Number.POSITIVE_INFINITY)],
    ['a code of more values than the file has distributions', { ...header, width: 2 ** 23 }],
    ['no code', { ...header, width: 0 }],
    ['examples of no values', { ...header, shape: [3, 0] }],
    ['examples of more values than there are numbers', { ...header, shape: [2 ** 40, 2 ** 40] }],
    ['vectors that do not fit the code', { ...header, ...ofEntries(7, 4), width: 5 }],
    [
      'codebooks that fill the memory',
      {
        ...header,
        expectations: [],
        width: 2 ** 20,
        quantizer: { type: 'entries', vectors: 2 ** 20, entries: 2 ** 20 } as const,
      },
    ],
  ])('is refused: %s', async (_what, own) => {
    await expectRefused(fileOf([], { ...own, named: false }), /./);
  });

  it('makes no harm of any header', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 90 }), async (noise) => {
        const mixed = headerBytes.map((byte, at) => (at >= 33 && at - 33 < noise.length ? noise[at - 33]! : byte));
        await read(withHeader(mixed)).catch((error: unknown) => expect(error).toMatchObject({ code: 'bad-input' }));
      }),
      { numRuns: effort(300, 3000) },
    );
  });
});

describe('a file with a decoder inside', () => {
  let whole: Uint8Array;
  beforeAll(async () => {
    const autoencoder = openAutoencoder({ specification: specification(), weights: randomWeights(specification()) });
    whole = (await compress(autoencoder, table(50), { step: 0.1, embed: 'rounded' })).file;
    await autoencoder.close();
  });

  it('is refused with any byte of it changed, before anything is computed', async () => {
    const positions = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(positions, async ([at, flip]) => {
        const damaged = whole.map((byte, i) => (i === at ? byte ^ flip : byte));
        await expect(decompress(damaged, { name: 'a.gar' }).next()).rejects.toMatchObject({
          code: 'bad-input',
          where: 'a.gar',
        });
      }),
      { numRuns: effort(300, 3000) },
    );
  });

  it('is refused with another decoder inside, though the checksum holds', async () => {
    const { header: own } = await openGar(whole, 'a.gar');
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(own.decoder!.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, flip, cut) => {
          const decoder = cut
            ? own.decoder!.slice(0, at)
            : own.decoder!.map((byte, i) => (i === at ? byte ^ flip : byte));
          const { value, done, error } = await decompress(fileOf([], { ...own, decoder }), { name: 'a.gar' })
            .next()
            .then(
              (result) => ({ ...result, error: undefined }),
              (problem: unknown) => ({ value: undefined, done: false, error: problem }),
            );
          // zlib's own header says the same in several ways: what has the decoder's hash is the decoder
          if (done) accepted++;
          else expect(error).toMatchObject({ code: 'bad-input', where: 'a.gar' });
          expect(value).toBeUndefined();
        },
      ),
      { numRuns: effort(200, 2000) },
    );
    expect(accepted).toBeLessThan(20);
  });
});

describe('a file of next to no bytes', () => {
  const unnamed = { ...header, named: false };
  const start = createGarWriter(unnamed).start();
  /** Blocks of so many examples without a byte of codes. */
  const empty = (blocks: number, examples: number): Uint8Array => {
    const writer = createByteWriter();
    for (let i = 0; i < blocks; i++) {
      writer.whole(examples);
      writer.part(new Uint8Array(0));
    }
    writer.whole(0);
    writer.whole(blocks * examples);
    return sealed(joined(start, writer.finish()));
  };

  it('is refused where its examples would take more than it may unpack to, before they are decoded', async () => {
    const file = empty(2, 60_000);
    const refused =
      'a.gar: expected at most 600,000 bytes unpacked, got more (of a sound file: `maxUnpacked: 9600000`)';
    await expect(openGar(file, 'a.gar', { maxUnpacked: 600_000 })).rejects.toThrow(refused);
    await expect(openGar(file, 'a.gar', { maxUnpacked: 720_000 })).resolves.toMatchObject({ size: file.length });
  });

  it('is refused where it has blocks of next to nothing', async () => {
    await expect(openGar(empty(1200, 1), 'a.gar')).rejects.toThrow('expected blocks of about 2048 examples, got');
  });
});
