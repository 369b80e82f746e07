// Small files that declare more than they hold: each is refused before memory or disk is given to it.
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { parquetWriteFile } from 'hyparquet-writer';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { inFolder, npyBytes } from '../../../test/tiny.js';
import { collect } from '../collect.js';
import { readImages } from '../images/read.js';
import { mostUnpacked, parseBytes } from '../large.js';
import { readIdx } from './idx.js';
import { readNpy } from './npy.js';
import { readNpz } from './npz.js';
import { openTable } from './open.js';

const zeros = (bytes: number) => gzipSync(Buffer.alloc(bytes), { level: 9 });
const idxHead = (...shape: number[]) => {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 8, shape.length]);
  for (const [i, side] of shape.entries()) head.writeUInt32BE(side, 4 + 4 * i);
  return head;
};

/** Writes a file and does something with it. */
const withFile = <T>(name: string, bytes: Uint8Array | string, work: (path: string) => Promise<T>): Promise<T> =>
  inFolder(async (folder) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return work(path);
  });

describe('what a packed file may unpack to', () => {
  it('is 128 MiB, more of a large file, or what is said', () => {
    expect(mostUnpacked(1000)).toBe(2 ** 27);
    expect(mostUnpacked(1e8)).toBe(5e9);
    expect(mostUnpacked(1e8, { maxUnpacked: 10 })).toBe(10);
    expect(['4GB', '512 MiB', '1.5k', '77'].map(parseBytes)).toEqual([4e9, 2 ** 29, 1500, 77]);
    expect(() => parseBytes('much')).toThrow('expected a size as 4GB, 512MiB or in bytes, got "much"');
  });

  it('bounds text, which is read up to there with the option that the error names', async () => {
    const text = gzipSync(`a,b\n${'1,2\n'.repeat(1000)}`);
    await withFile('t.csv.gz', text, async (path) => {
      const refused =
        /t\.csv\.gz: expected at most 1,000 bytes unpacked, got more \(of a sound file: `maxUnpacked: 16000`\)/;
      await expect(openTable(path, { maxUnpacked: 1000 })).rejects.toThrow(refused);
      expect((await openTable(path, { maxUnpacked: 16000 }))?.columns).toEqual(['a', 'b']);
    });
  });

  it('bounds arrays by what their headers claim, and by what comes', async () => {
    const packed = Buffer.concat([gzipSync(idxHead(300, 2 ** 20)), zeros(2 ** 20)]);
    await withFile('t.idx.gz', packed, async (path) => {
      await expect(readIdx(path)).rejects.toThrow(
        /expected at most 128 MiB unpacked, got 300 MiB .*`maxUnpacked: 314572812`/,
      );
      await expect(readIdx(path, { maxUnpacked: 2 ** 30 })).rejects.toThrow('it is cut short');
    });
    await withFile('t.idx.gz', Buffer.concat([gzipSync(idxHead(2, 2)), zeros(2 ** 20)]), async (path) => {
      await expect(readIdx(path)).rejects.toThrow('expected 16 bytes unpacked, as its header has it, got more');
    });
    const header = npyBytes(new Float32Array(0), { shape: [2 ** 40, 4] });
    await withFile('t.npy.gz', gzipSync(header), async (path) => {
      await expect(readNpy(path)).rejects.toThrow('expected at most 128 MiB unpacked, got 16,777,216 MiB');
    });
  });

  it('bounds an array of an archive, and refuses arrays in the bytes of another', async () => {
    const x = npyBytes(new Float32Array(2000), { shape: [1000, 2] });
    const archive = Buffer.from(zipSync({ 'x.npy': x, 'y.npy': x }));
    await withFile('t.npz', archive, async (path) => {
      await expect(readNpz(path, { array: 'x', maxUnpacked: 1000 })).rejects.toThrow('t.npz:x.npy: expected at most');
      expect((await readNpz(path, { array: 'x' })).length).toBe(1000);
    });
    // the second entry of the directory points at the first one's bytes
    const second = archive.lastIndexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
    archive.writeUInt32LE(0, second + 42);
    await withFile('t.npz', archive, async (path) => {
      await expect(readNpz(path, { array: 'x' })).rejects.toThrow('one in the bytes of another');
    });
  });

  it('bounds the values of Parquet, of which equal ones take no bytes', async () => {
    await inFolder(async (folder) => {
      const filename = join(folder, 't.parquet');
      parquetWriteFile({ filename, columnData: [{ name: 'a', data: new Int32Array(5000).fill(7), type: 'INT32' }] });
      await expect(openTable(filename, { maxUnpacked: 10_000 })).rejects.toThrow(
        /expected at most 10,000 bytes .*`maxUnpacked: 40000`/,
      );
      expect((await openTable(filename, { maxUnpacked: 40_000 }))?.rows).toBe(5000);
    });
  });

  it('bounds images by their heads', async () => {
    const image = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#000' } })
      .png()
      .toBuffer();
    await withFile('t.png', image, async (path) => {
      await expect(readImages(path, { maxUnpacked: 179_999 })).rejects.toThrow(
        /t\.png: expected .*`maxUnpacked: 180000`/,
      );
      expect((await collect(await readImages(path, { maxUnpacked: 180_000 }))).length).toBe(1);
    });
    // the size in the head of the file alone
    image.writeUInt32BE(60_000, 16);
    image.writeUInt32BE(60_000, 20);
    await withFile('t.png', image, async (path) => {
      await expect(readImages(path)).rejects.toThrow(/t\.png: expected/);
    });
  });
});

describe('a table', () => {
  it('has no more columns than memory is for, unless told', async () => {
    const wide = (columns: number) => `${Array.from({ length: columns }, (_, i) => `c${i}`).join(',')}\n`;
    const row = (columns: number) => `${Array(columns).fill('1').join(',')}\n`;
    const limit = { maxUnpacked: 25 * 1024 };
    await withFile('t.csv', wide(11) + row(11), async (path) => {
      await expect(openTable(path, limit)).rejects.toThrow(
        /expected at most 10 columns, got more .*`maxUnpacked: 409600`/,
      );
      expect((await openTable(path, { maxUnpacked: 409_600 }))?.columns).toHaveLength(11);
    });
    await withFile(
      't.jsonl',
      JSON.stringify(Object.fromEntries(Array.from('abcdefghijk', (name) => [name, 1]))),
      async (path) => {
        await expect(openTable(path, limit)).rejects.toThrow('expected at most 10 columns');
      },
    );
  });

  it('of JSON lines is refused where a long line is deep', async () => {
    const deep = `{"a":${'['.repeat(70_000)}${']'.repeat(70_000)}}\n`;
    await withFile('t.jsonl', deep, async (path) => {
      await expect(openTable(path)).rejects.toThrow('row 1: expected an object in JSON');
    });
  });
});

it('zero bytes that never end are refused from a pipe at once', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    // a process of its own, which waits for the one that reads
    const writer = spawn('sh', ['-c', `head -c 100000 /dev/zero > '${path}'`]);
    await expect(openTable(path)).rejects.toThrow('got zero bytes');
    writer.kill();
  });
});
