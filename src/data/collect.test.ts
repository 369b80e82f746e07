import { spawnSync } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../test/effort.js';
import { inFolder, table } from '../../test/tiny.js';
import { GargaloError } from '../core/errors.js';
import { collect } from './collect.js';
import { arrayDataset, type Dataset } from './dataset.js';
import { openSpool } from './read/spool.js';
import { type ExampleStream, streamOf } from './stream.js';

/** A stream of small blocks of what a data set holds, and nothing else of it. */
function stream(dataset: Dataset, rows: number): ExampleStream {
  const { labels, times, length: _, ...form } = streamOf(dataset) as ExampleStream & Dataset;
  return {
    ...form,
    async *blocks() {
      for (let start = 0; start < dataset.length; start += rows) {
        const end = Math.min(dataset.length, start + rows);
        const part = {
          ...dataset,
          length: end - start,
          block: (a: number, b: number) => dataset.block(start + a, start + b),
        };
        const cut = {
          ...(dataset.labels && { labels: { ...dataset.labels, values: dataset.labels.values.subarray(start, end) } }),
          ...(dataset.times && { times: { ...dataset.times, values: dataset.times.values.subarray(start, end) } }),
        };
        for await (const block of streamOf({ ...part, ...cut }).blocks()) yield { ...block, start, end };
      }
    },
  };
}

function labelled(length: number, type: 'uint8' | 'float32'): Dataset {
  const values = Float32Array.from({ length: 3 * length }, (_, i) => (i * 37) % 256);
  return arrayDataset(type === 'uint8' ? Uint8Array.from(values) : values, {
    name: 'labelled',
    shape: [3],
    labels: { names: ['2', '10', '100'], values: Int32Array.from({ length }, (_, i) => ((i * 7) % 4) - 1) },
    times: { column: 't', unit: 'number', values: Float64Array.from({ length }, (_, i) => 1e12 + i) },
  });
}

describe('collecting a stream', () => {
  it('gives the same in memory and in a temporary file, in whatever blocks it came', async () => {
    await inFolder(async (folder) => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 4, max: 300 }),
          fc.integer({ min: 1, max: 50 }),
          fc.integer({ min: 0, max: 4000 }),
          fc.constantFrom('uint8' as const, 'float32' as const),
          async (length, rows, memoryBytes, type) => {
            const data = labelled(length, type);
            const kept = await collect(stream(data, rows), { memoryBytes, folder });
            const { block: _a, ...expected } = data;
            expect(kept).toMatchObject(expected);
            const [start, end] = [Math.floor(length / 3), Math.ceil(length / 2)];
            expect(await kept.block(0, length)).toEqual(await data.block(0, length));
            expect([...(await kept.block(start, end))]).toEqual([...(await data.block(start, end))]);
            expect(await readdir(folder)).toEqual([]);
          },
        ),
        { numRuns: effort(60, 600) },
      );
    });
  });

  it('keeps missing cells, and examples that share data with their neighbours together', async () => {
    const data = arrayDataset(Float32Array.of(1, Number.NaN, 3, 4), { name: 'open', shape: [2], overlap: 1 });
    const kept = await collect(streamOf(data), { memoryBytes: 1 });
    expect([...(await kept.block(0, 2))]).toEqual([1, Number.NaN, 3, 4]);
    expect(kept.overlap).toBe(1);
  });

  it('says which folder is the matter', async () => {
    await inFolder(async (folder) => {
      const failing = collect(streamOf(table(100)), { memoryBytes: 10, folder: join(folder, 'none') });
      await expect(failing).rejects.toThrow(
        /^temporary file in .*none: .*\(free some space, or name another folder in the variable TMPDIR\)/,
      );
      await expect(failing).rejects.toBeInstanceOf(GargaloError);
    });
  });

  it('leaves nothing behind where the stream breaks', async () => {
    await inFolder(async (folder) => {
      const broken: ExampleStream = {
        ...streamOf(table(100)),
        async *blocks() {
          yield { start: 0, end: 2, values: new Float32Array(12) };
          throw new Error('broken');
        },
      };
      await expect(collect(broken, { memoryBytes: 10, folder })).rejects.toThrow('broken');
      expect(await readdir(folder)).toEqual([]);
    });
  });
});

describe.skipIf(process.platform === 'win32')('a temporary file', () => {
  it('that grows too large is refused with the mend', async () => {
    // a limit on the size of files stands for a full disk
    const program = `
      import { openSpool } from './dist/data/read/spool.js';
      process.on('SIGXFSZ', () => undefined);
      const spool = await openSpool();
      try { for (;;) await spool.append(new Uint8Array(2 ** 16)); }
      catch (error) { console.log(error.code, error.message); }`;
    const { stdout } = spawnSync(
      'sh',
      ['-c', `ulimit -f 1000; exec "${process.execPath}" --input-type=module -e "$0"`, program],
      { encoding: 'utf8' },
    );
    expect(stdout).toMatch(/^bad-input temporary file in .*cannot write: .*MiB of examples.*TMPDIR/);
  });

  it('is gone when the process is killed', async () => {
    await inFolder(async (folder) => {
      const place = join(folder, 'temporary');
      await mkdir(place);
      const program = `
        import { openSpool } from './dist/data/read/spool.js';
        const spool = await openSpool();
        await spool.append(new Uint8Array(1000));
        process.kill(process.pid, 'SIGKILL');`;
      const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
        env: { ...process.env, TMPDIR: place },
      });
      expect(signal).toBe('SIGKILL');
      expect(await readdir(place)).toEqual([]);
    });
  });

  it('gives back what was put in, at any place', async () => {
    const spool = await openSpool();
    for (let i = 0; i < 10; i++) await spool.append(Uint8Array.of(i, i + 100));
    expect(spool.size).toBe(20);
    expect([...(await spool.read(3, 4))]).toEqual([101, 2, 102, 3]);
    await expect(spool.read(18, 3)).rejects.toThrow(/expected 3 bytes at 18, got 2/);
    await spool.close();
  });
});
