import { zip } from '../../core/collections.js';
import { withApostrophe } from '../table/formula-cells.js';
import { LONGEST_FLOAT, putFloat } from './float-text.js';
import { isText, type OpenFormat, type OutputColumn } from './writer.js';

/** Bytes between two writes to the disk. */
const PIECE = 2 ** 20;

const LF = 0x0a;

/** A moment in one form whatever it is: readers take the form of the first for that of all. */
const dateText = (time: number): string => new Date(time).toISOString();

/** Writes cells apart by a delimiter, the shortest decimals that read back as the same numbers. */
export function delimited(delimiter: string): OpenFormat {
  // other marks would be taken for what separates cells, or for decimal commas
  const quoted = (text: string) => (/["\r\n,;\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

  return async (file, columns, { texts }) => {
    const safe = (text: string) => quoted(withApostrophe(text, texts));
    // two pieces of memory: one is written while the other is filled
    let bytes = Buffer.allocUnsafe(PIECE + LONGEST_FLOAT + 1);
    let spare = Buffer.allocUnsafe(bytes.length);
    let at = 0;
    let writing: Promise<void> = Promise.resolve();

    async function flush(): Promise<void> {
      await writing;
      writing = file.writeFile(bytes.subarray(0, at));
      // what goes wrong is told when the next piece comes
      writing.catch(() => undefined);
      [bytes, spare] = [spare, bytes];
      at = 0;
    }

    async function put(text: string): Promise<void> {
      const length = Buffer.byteLength(text);
      if (at + length > PIECE) await flush();
      if (length > PIECE) {
        await writing;
        await file.writeFile(text);
      } else at += bytes.write(text, at);
    }

    const cellText = ({ type }: OutputColumn, value: number) => {
      if (Number.isNaN(value)) return '';
      return type === 'date' ? dateText(value) : Object.is(value, -0) ? '-0' : String(value);
    };

    // A file without a header is read with the columns "1", "2", …: it is written back without one.
    if (columns.some(({ name }, i) => name !== String(i + 1))) {
      await put(`${columns.map(({ name }) => safe(name) || '""').join(delimiter)}\n`);
    }
    const mark = delimiter.charCodeAt(0);
    const last = columns.length - 1;
    return {
      async write(rows, cells) {
        const pairs = zip(columns, cells);
        for (let row = 0; row < rows; row++) {
          for (const [i, [form, column]] of pairs.entries()) {
            if (at > PIECE - LONGEST_FLOAT) await flush();
            if (isText(column)) {
              const text = column[row];
              if (text !== undefined) await put(safe(text));
              // a blank line would be no row
              else if (last === 0) await put('""');
            } else if (form.type === 'number') {
              at = putFloat(column.values[column.at + row * column.step]!, bytes, at);
            } else await put(cellText(form, column.values[column.at + row * column.step]!));
            bytes[at++] = i === last ? LF : mark;
          }
        }
      },
      async finish() {
        await flush();
        await writing;
      },
    };
  };
}
