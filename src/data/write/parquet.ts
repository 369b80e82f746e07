import type { SchemaElement } from 'hyparquet';
import { zip } from '../../core/collections.js';
import { badInput } from '../../core/errors.js';
import { isText, type OpenFormat, type OutputColumn } from './writer.js';

/** Values that are gathered for a row group: of narrow tables 100,000 rows. */
const GROUP_VALUES = 2 ** 22;
const GROUP_ROWS = 100_000;

/** A column in the terms of the format. */
function elementOf({ name, type }: OutputColumn): SchemaElement {
  switch (type) {
    case 'number':
      return { name, type: 'FLOAT', repetition_type: 'REQUIRED' };
    case 'double':
      return { name, type: 'DOUBLE', repetition_type: 'REQUIRED' };
    case 'integer':
      return { name, type: 'INT32', repetition_type: 'REQUIRED' };
    case 'date':
      return { name, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'OPTIONAL' };
    case 'text':
      return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' };
  }
}

/** The cells of a column that wait for their row group. */
type Gathered = Float32Array | Float64Array | Int32Array | (Date | string | null)[];

function roomFor({ type }: OutputColumn, size: number): Gathered {
  if (type === 'number') return new Float32Array(size);
  if (type === 'integer') return new Int32Array(size);
  return type === 'double' ? new Float64Array(size) : new Array(size).fill(null);
}

/** Writes a column each, with Snappy; FLOAT, DOUBLE, INT32, timestamps and texts, in row groups of one size. */
export const parquet: OpenFormat = async (file, columns, { path }) => {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const drain = async () => {
    await file.writeFile(bytes.getBytes());
    bytes.index = 0;
  };
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(elementOf)],
    createdBy: 'gargalo',
  });
  const size = Math.max(1, Math.min(GROUP_ROWS, Math.floor(GROUP_VALUES / columns.length)));
  const gathered = columns.map((column) => ({ ...column, data: roomFor(column, size) }));
  let waiting = 0;

  async function writeGroup(): Promise<void> {
    if (waiting === 0) return;
    const columnData = gathered.map(({ name, type, data: all }) => {
      const data = all.slice(0, waiting);
      if (type === 'text') return { name, data };
      // PLAIN: a dictionary would take −0 for 0
      return { name, data, encoding: type === 'integer' ? ('DELTA_BINARY_PACKED' as const) : ('PLAIN' as const) };
    });
    await writer.write({ columnData, rowGroupSize: size });
    await drain();
    waiting = 0;
  }

  return {
    async write(rows, cells) {
      for (let start = 0; start < rows; ) {
        const count = Math.min(rows - start, size - waiting);
        for (const [{ type, data: to }, column] of zip(gathered, cells)) {
          for (let row = 0; row < count; row++) {
            if (isText(column)) to[waiting + row] = column[start + row] ?? null;
            else {
              const value = column.values[column.at + (start + row) * column.step]!;
              to[waiting + row] = type !== 'date' ? value : Number.isNaN(value) ? null : new Date(value);
            }
          }
        }
        waiting += count;
        const wrapped = gathered.find(({ type, data }) => type === 'integer' && Number(data[waiting - 1]) < 0);
        if (wrapped) {
          throw badInput(
            path,
            `expected numbers below 2,147,483,648 in "${wrapped.name}", got more`,
            'write a .csv file',
          );
        }
        start += count;
        if (waiting === size) await writeGroup();
      }
    },
    async finish() {
      await writeGroup();
      await writer.finish();
      await drain();
    },
  };
};
