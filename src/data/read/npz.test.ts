import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { inFolder, npyBytes } from '../../../test/tiny.js';
import { GargaloError } from '../../core/errors.js';
import { readNpz, splitNpzPath } from './npz.js';
import { openData } from './open.js';
import { crc32 } from './zip.js';

const X = npyBytes(Float32Array.of(1, 2, 3, 4, 5, 6), { shape: [3, 2] });
const integers = (...values: number[]) =>
  npyBytes(BigInt64Array.from(values, BigInt), { shape: [values.length], type: '<i8' });
/** Words as NumPy keeps them: code points of 32 bits. */
function words(list: readonly string[], width = 6): Buffer {
  const values = new Uint32Array(list.length * width);
  for (const [i, word] of list.entries())
    for (let k = 0; k < word.length; k++) values[i * width + k] = word.charCodeAt(k);
  return npyBytes(values, { shape: [list.length], type: `<U${width}` });
}

type Arrays = Readonly<Record<string, Uint8Array>>;

const archive = (arrays: Arrays, level: 0 | 6 = 6): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes])), { level });

/** As NumPy writes: sizes of 64 bits in each member, and here all over the directory too, as beyond 4 GiB. */
function wideArchive(arrays: Arrays): Uint8Array {
  const parts: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const [name, bytes] of Object.entries(arrays)) {
    const file = Buffer.from(`${name}.npy`);
    const wide = Buffer.alloc(28);
    wide.writeUInt16LE(1);
    wide.writeUInt16LE(24, 2);
    for (const [i, value] of [bytes.length, bytes.length, at].entries())
      wide.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt32LE(crc32(bytes), 14);
    local.writeUInt32LE(0xffffffff, 18);
    local.writeUInt32LE(0xffffffff, 22);
    local.writeUInt16LE(file.length, 26);
    local.writeUInt16LE(20, 28);
    const localWide = Buffer.from(wide.subarray(0, 20));
    localWide.writeUInt16LE(16, 2);
    parts.push(local, file, localWide, Buffer.from(bytes));
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50);
    entry.writeUInt32LE(crc32(bytes), 16);
    for (const place of [20, 24, 42]) entry.writeUInt32LE(0xffffffff, place);
    entry.writeUInt16LE(file.length, 28);
    entry.writeUInt16LE(28, 30);
    entries.push(entry, file, wide);
    at += 30 + file.length + 20 + bytes.length;
  }
  const directory = Buffer.concat(entries);
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50);
  end64.writeBigUInt64LE(44n, 4);
  for (const [i, value] of [entries.length / 3, entries.length / 3, directory.length, at].entries())
    end64.writeBigUInt64LE(BigInt(value), 24 + 8 * i);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50);
  locator.writeBigUInt64LE(BigInt(at + directory.length), 8);
  const end = Buffer.alloc(22, 0xff);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(0, 20);
  return Buffer.concat([...parts, directory, end64, locator, end]);
}

/** Reads an archive from a file. */
async function read(bytes: Uint8Array, options: Parameters<typeof readNpz>[1] & { name?: string } = {}) {
  return inFolder(async (folder) => {
    const { name = 'a.npz', ...rest } = options;
    const path = join(folder, 'a.npz');
    await writeFile(path, bytes);
    const dataset = await readNpz(join(folder, name), rest);
    return { ...dataset, values: [...(await dataset.block(0, dataset.length))] };
  });
}

const expected = { length: 3, shape: [2], type: 'float32', values: [1, 2, 3, 4, 5, 6] };

describe('an archive of NumPy arrays', () => {
  it.each([
    ['stored', archive({ X, y: integers(7, -1, 7) }, 0)],
    ['deflated', archive({ X, y: integers(7, -1, 7) })],
    ['with sizes of 64 bits', wideArchive({ X, y: integers(7, -1, 7) })],
  ])('%s is read, with its labels', async (_, bytes) => {
    const labels = { names: ['-1', '7'], values: Int32Array.of(1, 0, 1) };
    expect(await read(bytes)).toMatchObject({ ...expected, name: 'a.npz:X', labels });
  });

  it('too large for memory is read where it lies, or unpacked beside', async () => {
    const values = Float32Array.from({ length: 300_000 }, (_, i) => i % 1000);
    const large = npyBytes(values, { shape: [100_000, 3] });
    for (const level of [0, 6] as const) {
      await inFolder(async (folder) => {
        const path = join(folder, 'a.npz');
        await writeFile(path, archive({ X: large, y: integers(1, 2) }, level));
        await expect(readNpz(path, { largeBytes: 1000 })).rejects.toThrow(/a\.npz:y: expected 100000 labels, .* got 2/);
        await writeFile(path, archive({ X: large }, level));
        const dataset = await readNpz(path, { largeBytes: 1000 });
        expect(dataset).toMatchObject({ length: 100_000, shape: [3], type: 'float32' });
        expect(await dataset.block(50_000, 70_000)).toEqual(values.subarray(150_000, 210_000));
      });
    }
  });

  it('tells where a value is not finite, also in a large one', async () => {
    const bad = npyBytes(Float32Array.of(1, 2, 3, Number.NaN), { shape: [2, 2] });
    for (const options of [{}, { largeBytes: 10 }]) {
      await expect(read(archive({ X: bad }), options)).rejects.toThrow(/a\.npz:X, row 2, column 2: .*got NaN/);
    }
  });

  it('of several arrays takes X, or the one named, with labels that are named alike', async () => {
    const [train, test] = [npyBytes(Uint8Array.of(1, 2), { shape: [2, 1], type: '|u1' }), X];
    const both = { x_train: train, y_train: integers(1, 2), x_test: test, y_test: words(['cat', 'dog', 'cat']) };
    await expect(read(archive(both))).rejects.toThrow(
      /expected one array of examples, got x_train \(2, 1\) \|u1, x_test \(3, 2\) <f4 \(name one: .*a\.npz:x_train\)/,
    );
    const labels = { names: ['cat', 'dog'], values: Int32Array.of(0, 1, 0) };
    for (const options of [{ array: 'x_test' }, { name: 'a.npz:x_test' }]) {
      expect(await read(archive(both), options)).toMatchObject({ ...expected, name: 'a.npz:x_test', labels });
    }
    expect(await read(archive({ W: train, X, y: integers(1, 1, 1) }))).toMatchObject(expected);
    await expect(read(archive(both), { array: 'z' })).rejects.toThrow(/an array called z, got x_train \(2, 1\)/);
    await expect(read(archive({ y: integers(1) }))).rejects.toThrow(/two axes or more, got y \(1,\) <i8/);
  });

  it('has no classes where the labels are measurements', async () => {
    const y = npyBytes(Float64Array.of(0.5, 1, 2), { shape: [3], type: '<f8' });
    const found = await read(archive({ X, y }));
    expect(found.labels).toBeUndefined();
    expect(found.notes).toEqual(['y holds no classes (whole numbers or words) and was left out']);
  });

  it('is opened by name and content, and by the name of an array', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'b.npz');
      await writeFile(path, archive({ a: X, b: X }));
      const { train } = await openData(`${path}:b`);
      expect(train).toMatchObject({ length: 3, shape: [2] });
      await expect(openData(path)).rejects.toThrow(/name one: .*b\.npz:a/);
      await expect(openData(join(folder, 'none.npz:b'))).rejects.toThrow(/none\.npz: expected a file, got nothing/);
    });
    expect(splitNpzPath('C:\\data.npy')).toBeUndefined();
  });

  it('cut anywhere, or with any bytes changed, is data or a GargaloError, in memory and not', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'a.npz');
      const wholes = [archive({ X, y: integers(1, 2, 3) }, 0), archive({ X }), wideArchive({ X })];
      const change = fc.array(fc.tuple(fc.nat(2 ** 16), fc.nat(255)), { maxLength: 4 });
      const isSound = async (bytes: Uint8Array): Promise<void> => {
        await writeFile(path, bytes);
        for (const largeBytes of [2 ** 20, 10]) {
          try {
            const dataset = await readNpz(path, { largeBytes });
            await dataset.block(0, dataset.length);
          } catch (error) {
            expect(error).toBeInstanceOf(GargaloError);
          }
        }
      };
      await fc.assert(
        fc.asyncProperty(fc.nat(2), change, fc.nat(2 ** 16), fc.boolean(), async (which, changes, cut, isCut) => {
          const bytes = Uint8Array.from(wholes[which]!);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          await isSound(isCut ? bytes.subarray(0, cut % bytes.length) : bytes);
        }),
        { numRuns: effort(400, 4000) },
      );
    });
  });

  it('with changed values is refused by its check sum', async () => {
    const bytes = Buffer.from(archive({ X }, 0));
    const at = bytes.indexOf(Buffer.from(Float32Array.of(3, 4).buffer));
    bytes[at] = 1;
    await expect(read(bytes)).rejects.toThrow(
      /a\.npz:X\.npy: expected an intact ZIP archive, got data with another check sum/,
    );
  });
});
