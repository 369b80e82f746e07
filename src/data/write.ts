import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { badInput } from '../errors.js';

/** What the operating system says about a path, in words: [what was wrong, the mend]. */
const problems: Readonly<Record<string, readonly [string, string]>> = {
  EACCES: ['permission denied', 'change its permissions or choose another place'],
  EPERM: ['permission denied', 'change its permissions or choose another place'],
  ENOSPC: ['the disk is full', 'free some space or choose another disk'],
  EDQUOT: ['your share of the disk is used up', 'free some space or choose another disk'],
  EROFS: ['the disk is read-only', 'choose another place'],
  EISDIR: ['expected a file, got a folder', 'name a file'],
  ENOTDIR: ['expected a folder on the way to it, got a file', 'check the path'],
  EEXIST: ['expected a folder, got a file', 'choose another name'],
  ENAMETOOLONG: ['the name is too long', 'choose a shorter one'],
  ERR_FS_FILE_TOO_LARGE: ['the file is larger than 2 GiB', 'split it'],
};

/**
 * Turns an error of the file system into a `bad-input` that names the path and the mend; any other error comes back as it is.
 *
 * @example await readFile(path).catch((error) => { throw fileProblem(path, error, 'read'); });
 */
export function fileProblem(path: string, error: unknown, doing: 'read' | 'write'): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  if (code === 'ENOENT') {
    return doing === 'read'
      ? badInput(path, 'expected a file, got nothing of that name', 'check the path', error)
      : badInput(path, `expected the folder ${dirname(path)}, got nothing of that name`, 'create it first', error);
  }
  const known = problems[code];
  if (known) return badInput(path, `cannot ${doing}: ${known[0]}`, known[1], error);
  return 'syscall' in error ? badInput(path, `cannot ${doing}: ${error.message}`, undefined, error) : error;
}

/** Temporary files being written now, so that two writers of one path in one process keep out of each other's way. */
const temporaries = new Set<string>();

/**
 * Replaces a file at once: `fill` writes into a temporary file of the same folder, which is flushed to the disk and renamed over
 * `path`. Whoever reads `path` sees the old file or the new one, never half of it; a failure leaves the old one.
 *
 * @throws GargaloError `bad-input` where the folder is missing, full or closed, or `path` is a folder or a device
 */
export async function replaceFile(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
  const wanted = join(dirname(path), `.${basename(path)}.${process.pid}`);
  let temporary = `${wanted}.tmp`;
  for (let n = 2; temporaries.has(temporary); n++) temporary = `${wanted}-${n}.tmp`;
  temporaries.add(temporary);
  try {
    const there = await stat(path).catch(() => undefined);
    if (there?.isDirectory()) throw badInput(path, 'expected a file to write, got a folder', 'name a file in it');
    // renaming over /dev/null would remove the device
    if (there && !there.isFile()) throw badInput(path, 'expected a file to write, got a device or pipe', 'name a file');
    try {
      const file = await open(temporary, 'w+'); // so that it can be read back before it counts
      try {
        await fill(file);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  } catch (error) {
    throw fileProblem(path, error, 'write');
  } finally {
    temporaries.delete(temporary);
  }
}

/** Writes a whole file at once; see {@link replaceFile} for what "at once" promises and for the errors. */
export async function writeFileAtomic(path: string, data: Uint8Array | string): Promise<void> {
  await replaceFile(path, (file) => file.writeFile(data));
}

/**
 * Creates a folder, with those on the way to it, and proves that a file can be written there: to be called before hours of work.
 *
 * @throws GargaloError `bad-input` with the mend
 */
export async function checkWritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    const probe = join(folder, `.gargalo.${process.pid}.tmp`);
    const file = await open(probe, 'w');
    try {
      await file.writeFile('probe');
    } finally {
      await file.close();
      await rm(probe, { force: true });
    }
  } catch (error) {
    throw fileProblem(folder, error, 'write');
  }
}

/** A table of 32-bit numbers. */
export interface Table {
  /** The names of the columns, each different. */
  readonly columns: readonly string[];
  /** The shape of a row, where it is no plain row; .npy keeps it. */
  readonly shape?: readonly number[];
  readonly rows: number;
  /** [rows, columns] row-major. */
  readonly values: Float32Array;
}

/** Rows between two waits for the disk, and rows of a Parquet row group. */
const rowsAtOnce = (width: number) => Math.max(1, Math.min(100_000, Math.floor((1 << 20) / width)));

/** The shortest decimal that reads back as the same 32-bit float. */
function shortest(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return Object.is(value, -0) ? '-0' : String(value);
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}

async function writeDelimited(file: FileHandle, { columns, rows, values }: Table, delimiter: string): Promise<void> {
  const width = columns.length;
  const quoted = (name: string) =>
    name === '' || /[",;\t\r\n]|^\s|\s$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
  // A file without a header is read with the columns "1", "2", …: it is written back without one.
  const header = columns.some((name, i) => name !== String(i + 1));
  if (header) await file.writeFile(`${columns.map(quoted).join(delimiter)}\n`);
  const step = Math.max(1, Math.floor(8192 / width));
  for (let start = 0; start < rows; start += step) {
    let text = '';
    for (let row = start; row < Math.min(rows, start + step); row++) {
      for (let i = row * width; i < (row + 1) * width; i++) {
        text += shortest(values[i] as number);
        text += i + 1 < (row + 1) * width ? delimiter : '\n';
      }
    }
    await file.writeFile(text);
  }
}

/** The bytes before the values of a NumPy array of `<f4` in C order, padded to a multiple of 64 (NEP 1, version 1.0). */
function npyHeader(shape: readonly number[]): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length).fill(0x20);
  bytes.set([0x93, ...Buffer.from('NUMPY'), 1, 0, length - 10, 0, ...Buffer.from(text)]);
  bytes[length - 1] = 0x0a;
  return bytes;
}

async function writeNpy(file: FileHandle, { columns, shape = [columns.length], rows, values }: Table): Promise<void> {
  await file.writeFile(npyHeader([rows, ...shape]));
  await file.writeFile(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

async function writeParquet(file: FileHandle, { columns, rows, values }: Table): Promise<void> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const flush = async () => {
    await file.writeFile(bytes.getBytes());
    bytes.index = 0;
  };
  const width = columns.length;
  const parquet = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: 'root', num_children: width },
      ...columns.map((name) => ({ name, type: 'FLOAT', repetition_type: 'REQUIRED' }) as const),
    ],
    createdBy: 'gargalo',
  });
  const step = rowsAtOnce(width);
  for (let start = 0; start < rows; start += step) {
    const count = Math.min(step, rows - start);
    const columnData = columns.map((name, column) => {
      const data = new Float32Array(count);
      for (let row = 0; row < count; row++) data[row] = values[(start + row) * width + column] as number;
      // PLAIN: a dictionary would take −0 for 0
      return { name, data, encoding: 'PLAIN' as const };
    });
    await parquet.write({ columnData, rowGroupSize: step });
    await flush();
  }
  await parquet.finish();
  await flush();
}

const tableWriters: Readonly<Record<string, (file: FileHandle, table: Table) => Promise<void>>> = {
  '.csv': (file, table) => writeDelimited(file, table, ','),
  '.tsv': (file, table) => writeDelimited(file, table, '\t'),
  '.npy': writeNpy,
  '.parquet': writeParquet,
};

/** The writer that a file's name asks for. */
function tableWriter(path: string) {
  const write = tableWriters[extname(path).toLowerCase()];
  if (write) return write;
  const known = Object.keys(tableWriters).join(', ');
  throw badInput(
    path,
    `expected a file name ending in ${known}, got "${basename(path)}"`,
    'the ending chooses the format',
  );
}

/**
 * Refuses file names that {@link writeTable} would refuse: to be called before the work that makes the table.
 *
 * @throws GargaloError `bad-input` with the endings there are
 */
export function checkTableName(path: string): void {
  tableWriter(path);
}

/**
 * Writes a table in the format that the extension names: .csv and .tsv (UTF-8, a header, the shortest decimals that read back as
 * the same numbers; no header where the columns are just "1", "2", …), .npy (version 1.0, `<f4`, C order; names are lost) or
 * .parquet (FLOAT columns, Snappy). The file appears whole or not at all.
 *
 * @throws GargaloError `bad-input` for another extension, columns of one name, a wrong number of values, or what the disk refuses
 */
export async function writeTable(path: string, table: Table): Promise<void> {
  const write = tableWriter(path);
  const { columns, rows, values } = table;
  if (columns.length === 0) throw badInput(path, 'expected at least one column, got none');
  if (values.length !== rows * columns.length) {
    throw badInput(path, `expected ${rows} rows of ${columns.length} values, got ${values.length} values`);
  }
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) throw badInput(path, `expected different column names, got "${twice}" twice`);
  await replaceFile(path, (file) => write(file, table));
}
