import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeProgram, operators, variable } from '../../src/graph.js';
import { expectOneLine, gargalo, gargaloAlone, idxBytes, temporaryFolder, writeCsv } from './command.js';

const cwd = temporaryFolder();
const save = (name: string, content: string | Uint8Array) => writeFileSync(join(cwd, name), content);

beforeAll(async () => {
  writeCsv(cwd);
  const idx = idxBytes();
  save('images.idx', idx);
  save('cut.idx', idx.subarray(0, 500));
  save(
    'magic.idx',
    Uint8Array.from(idx, (byte, i) => (i === 2 ? 9 : byte)),
  );
  save('ragged.csv', 'a,b\n1,2\n3\n');
  save('word.csv', 'a,b\n1,2\n3,four\n5,6\n7,8\n');
  save('nan.csv', 'a,b\n1,2\n3,NaN\n');
  save('narrow.csv', 'p,q\n1,2\n3,4\n5,6\n');
  save('narrow.npy.csv', '1,2\n3,4\n5,6\n');
  save(
    'random.onnx',
    Uint8Array.from({ length: 4000 }, (_, i) => (i * 7919) % 251),
  );
  const x = variable('x', ['batch', 4]);
  save('foreign.onnx', encodeProgram({ name: 'foreign', inputs: [x], outputs: { y: operators.Relu(x) } }).bytes);
  const trained = await gargalo('train table.csv --label class --code 2 --epochs 1 --out run --quiet'.split(' '), {
    cwd,
  });
  expect(trained.code).toBe(0);
  const model = readFileSync(join(cwd, 'run/model.onnx'));
  save('cut.onnx', model.subarray(0, model.length - 300));
  save('codes3.csv', 'code 1,code 2,code 3\n1,2,3\n');
});

describe('bad input ends with exit code 2 and one line that names the place', () => {
  it.each([
    ['train nothing.csv', /nothing\.csv: expected a file, got nothing of that name/],
    ['train table.csv --validation=', /--validation: expected a share or data, got an empty text/],
    ['train .', /\.: expected images in the folder, got/],
    ['train cut.idx', /cut\.idx: expected 1216 bytes for shape \[40, 6, 5\], got 500: it is cut short/],
    ['train magic.idx', /magic\.idx: expected the IDX magic number .*, got 0x00000903/],
    ['train ragged.csv', /ragged\.csv, row 3: expected 2 columns, got 1/],
    ['train word.csv', /word\.csv, row 3, column "b": expected a number, got the word "four"/],
    ['train nan.csv', /nan\.csv, row 3, column "b": expected a value, got a missing cell .*--missing/],
    ['train table.csv --label color', /table\.csv: expected a column of the file for --label, got "color"/],
    [
      'train images.idx --label class',
      /--label: expected a file with a class for each example of images\.idx, got "class"/,
    ],
    ['train images.idx --code 0', /--code: expected a whole number of at least 1 and of at most 1000000, got 0/],
    ['train images.idx --lr fast', /--lr: expected a number above 0, got "fast"/],
    ['train images.idx --encoder 8,x', /--encoder: expected whole numbers/],
    ['train images.idx --threads 0', /--threads: expected a whole number of at least 1 and of at most 256, got 0/],
    ['train table.csv --label class --loss bce --scaling standard', /--loss: expected values in 0 … 1 for bce/],
    ['train table.csv --label class --window 61', /--window: expected at most the 60 rows of table\.csv, got 61/],
    ['train table.csv --label class --window 0', /--window: expected a whole number of at least 1, got 0/],
    ['train table.csv --label class --window 4 --stride 0', /--stride: expected a whole number of at least 1, got 0/],
    ['train table.csv --label class --stride 4', /--stride: expected a window .*\(give --window or --patch too\)/],
    ['train images.idx --window 4', /--window: expected a table .*, got examples of shape \[6, 5\] from images\.idx/],
    ['encode run/model.onnx images.idx --window 4 -o x.csv', /--window: expected a table/],
    ['train images.idx --out table.csv', /table\.csv: expected a folder for the run, got a file/],
    ['train images.idx --out table.csv/run', /table\.csv\/run: cannot write: expected a folder on the way to it/],
    ['train images.idx --resume', /--resume: expected --out with the folder of the run/],
    ['train images.idx --resume --out nowhere', /nowhere: expected a run with a checkpoint to go on with, got none/],
    ['train narrow.csv --resume --out run', /narrow\.csv: expected a column of the file for --label, got "class"/],
    ['train table.csv --resume --out run --code 3', /--code: expected 2 as the run was started with, got 3/],
    ['train table.csv --resume --out run --limit 50', /table\.csv: expected the data that the run was started with/],
    ['encode nothing.onnx table.csv -o x.csv', /nothing\.onnx: expected a file, got nothing of that name/],
    ['encode random.onnx table.csv -o x.csv', /random\.onnx: expected an ONNX model/],
    ['encode cut.onnx table.csv -o x.csv', /cut\.onnx: expected/],
    ['reconstruct foreign.onnx table.csv -o x.csv', /foreign\.onnx: expected a model made by gargalo/],
    ['encode run/model.onnx images.idx -o x.csv', /images\.idx: expected examples of 4 values, .* got 30 values/],
    ['reconstruct run/model.onnx images.idx -o x.csv', /images\.idx: expected examples of 4 values/],
    [
      'encode run/model.onnx narrow.csv -o x.csv',
      /narrow\.csv: expected the column "width", which the model was made for/,
    ],
    ['decode run/model.onnx codes3.csv -o x.csv', /codes3\.csv: expected rows of 2 values, .* got 3/],
    ['encode run/model.onnx table.csv -o x.xlsx', /x\.xlsx: expected a file name ending in \.csv/],
    ['encode run/model.onnx table.csv -o table.csv/x.csv', /table\.csv: cannot write/],
  ])('%s', async (words, message) => {
    expectOneLine(await gargalo(words.split(' '), { cwd }), message);
  });

  it('leaves no folder behind, and no output', () => {
    for (const path of ['runs', 'nowhere', 'x.csv']) expect(existsSync(join(cwd, path))).toBe(false);
  });

  it("does not take another tool's folder for a run", async () => {
    mkdirSync(join(cwd, 'theirs'));
    save('theirs/config.json', '{"tool": "another"}');
    expectOneLine(
      await gargalo(['train', 'images.idx', '--out', 'theirs'], { cwd }),
      /theirs: expected an empty folder or one of a run, got a config\.json that no run of gargalo left/,
    );
    mkdirSync(join(cwd, 'models'));
    save('models/model.onnx', 'dear');
    expectOneLine(await gargalo(['train', 'images.idx', '--out', 'models'], { cwd }), /models: .* got a model\.onnx/);
    expect(readFileSync(join(cwd, 'models/model.onnx'), 'utf8')).toBe('dear');
  });

  it('shows the stack only to those who ask for it', async () => {
    const { code, stderr } = await gargaloAlone(['train', 'nothing.csv'], { cwd, env: { GARGALO_DEBUG: '1' } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/\n\s+at /);
  });
});
