import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { inFolder, npyBytes } from '../../../test/tiny.js';
import { openData } from './open.js';

const examples = npyBytes(Float32Array.of(1, 2, 3, 4, 5, 6), { shape: [3, 2], type: '<f4' });
const whole = (...values: number[]) => npyBytes(Int32Array.from(values), { shape: [values.length], type: '<i4' });

describe('classes in a file of their own', () => {
  it('are those of an array, of an archive or of an IDX file, packed or not', async () => {
    await inFolder(async (folder) => {
      const put = (name: string, bytes: Uint8Array) => {
        writeFileSync(join(folder, name), bytes);
        return join(folder, name);
      };
      const x = put('x.npy', examples);
      const archive = put('data.npz', zipSync({ 'a.npy': examples, 'kinds.npy': whole(7, 5, 7), 'b.npy': whole(1) }));
      const files = [
        put('y.npy', whole(7, 5, 7)),
        put('y.npy.gz', gzipSync(whole(7, 5, 7))),
        put('column.npy', npyBytes(Int32Array.of(7, 5, 7), { shape: [3, 1], type: '<i4' })),
        `${archive}:kinds`,
      ];
      for (const label of files) {
        const { train } = await openData(x, { label });
        expect(train.labels).toEqual({ names: ['5', '7'], values: Int32Array.of(1, 0, 1) });
      }
      expect((await openData(archive, { label: 'kinds' })).train.labels?.names).toEqual(['5', '7']);
      const bytes = put('y.idx', Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 1, 0, 1));
      expect((await openData(x, { label: bytes })).train.labels?.values).toEqual(Int32Array.of(1, 0, 1));
      const windows = await openData(x, { label: files[0]!, window: 2 });
      expect(windows.train).toMatchObject({ length: 2, shape: [2, 2] });

      const refused = (label: string) => expect(openData(x, { label })).rejects;
      await refused(put('short.npy', whole(1))).toThrow('short.npy: expected 3 labels, one for each example of');
      await refused(put('short.idx', Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 1))).toThrow('expected 3 labels');
      await refused(x).toThrow('expected one class for each example, got something else (name a .npy file of whole');
      await refused(put('floats.npy', npyBytes(Float32Array.of(1.5, 2, 3), { shape: [3], type: '<f4' }))).toThrow(
        'expected one class for each example',
      );
      await refused('broken').toThrow('label: expected a file with a class for each example of');
      await refused(`${archive}:c`).toThrow('expected an array called c, got a (3, 2) <f4, kinds (3,) <i4, b (1,) <i4');
      await expect(openData(archive, { label: 'c' })).rejects.toThrow('expected an array called c');
    });
  });
});

describe('a file packed with gzip', () => {
  it('is read by what is in it, whatever its name', async () => {
    await inFolder(async (folder) => {
      const put = (name: string, bytes: Uint8Array | string) => {
        writeFileSync(join(folder, name), gzipSync(bytes));
        return join(folder, name);
      };
      const idx = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2);
      for (const path of [
        put('a.npy.gz', npyBytes(Float32Array.of(1, 2), { shape: [1, 2], type: '<f4' })),
        put('b', idx),
        put('c.gz', 'x,y\n1,2\n'),
        put('d.gz', '{"x":1,"y":2}\n'),
      ]) {
        const { train } = await openData(path);
        expect([...(await train.block(0, 1))]).toEqual([1, 2]);
      }
      await expect(openData(put('e.gz', zipSync({ 'a.npy': examples })))).rejects.toThrow(
        /e\.gz: expected a table of text, an array \(\.npy\) or an IDX file packed with gzip, got one of archives .*\(unpack it first, with gunzip\)/,
      );
      const tar = new Uint8Array(1024);
      tar.set(new TextEncoder().encode('ustar'), 257);
      await expect(openData(put('f.gz', tar))).rejects.toThrow('got an archive (tar) (unpack it first, with tar)');
    });
  });
});
