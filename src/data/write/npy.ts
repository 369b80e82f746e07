import { badInput } from '../../core/errors.js';
import { isText, type NumberCells, type OpenFormat } from './writer.js';

/**
 * The bytes before the values of a NumPy array in C order, padded to a multiple of 64 (NEP 1, version 1.0).
 *
 * @param least bytes it must have, where it replaces another one
 */
function header(type: string, shape: readonly number[], least = 0): Uint8Array {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const length = Math.max(least, Math.ceil((10 + text.length + 1) / 64) * 64);
  const bytes = new Uint8Array(length).fill(0x20);
  bytes.set([0x93, ...Buffer.from('NUMPY'), 1, 0, (length - 10) & 0xff, (length - 10) >> 8, ...Buffer.from(text)]);
  bytes[length - 1] = 0x0a;
  return bytes;
}

/** Whether cells lie in memory as they lie in the file. */
function areRows(cells: readonly NumberCells[]): boolean {
  return cells.every(({ values, at, step }, i) => values === cells[0]?.values && step === cells.length && at === i);
}

/** Writes numbers alone: `<f4`, or `<f8` where a column needs it. Names are lost; the number of rows is filled in at the end. */
export const npy: OpenFormat = async (file, columns, { path, shape = [columns.length] }) => {
  const word = columns.find(({ type }) => type === 'text');
  if (word) {
    const problem = `expected columns of numbers, got words in "${word.name}"`;
    throw badInput(path, problem, 'choose .csv, .tsv or .parquet');
  }
  const isDouble = columns.some(({ type }) => type !== 'number');
  const type = isDouble ? '<f8' : '<f4';
  const NumberArray = isDouble ? Float64Array : Float32Array;
  const width = columns.length;
  const room = header(type, [Number.MAX_SAFE_INTEGER, ...shape]).length;
  await file.writeFile(header(type, [0, ...shape], room));
  let written = 0;
  return {
    async write(rows, cells) {
      const numbers = cells.filter((column): column is NumberCells => !isText(column));
      const shared = areRows(numbers) ? numbers[0]?.values : undefined;
      let values = shared instanceof NumberArray ? shared.subarray(0, rows * width) : undefined;
      if (!values) {
        values = new NumberArray(rows * width);
        for (const [i, { values: from, at, step }] of numbers.entries()) {
          for (let row = 0; row < rows; row++) values[row * width + i] = from[at + row * step]!;
        }
      }
      await file.writeFile(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      written += rows;
    },
    async finish() {
      const bytes = header(type, [written, ...shape], room);
      await file.write(bytes, 0, bytes.length, 0);
    },
  };
};
