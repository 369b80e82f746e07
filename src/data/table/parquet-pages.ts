import type { ColumnChunk, FileMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { checkThrift } from './parquet-thrift.js';

/** Values of a page, at most: a page of equal ones takes a few bytes, whatever it says of their number. */
const MOST_VALUES = 2 ** 24;
/** Snappy makes bytes at most about 21 times smaller. */
const SNAPPED = 64;

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** Where the pages of a column of a row group lie in the file. */
export function placeOf({ meta_data }: ColumnChunk): { readonly start: number; readonly end: number } | undefined {
  if (!meta_data) return undefined;
  const { dictionary_page_offset, data_page_offset, total_compressed_size } = meta_data;
  const start = Number(dictionary_page_offset || data_page_offset);
  return { start, end: start + Number(total_compressed_size) };
}

/**
 * Looks over what a file says of itself, which is believed when memory is made for its rows: throws where that cannot be.
 *
 * @param size bytes of the file
 */
export function checkMetadata({ num_rows, row_groups }: FileMetaData, size: number): void {
  let rows = 0n;
  for (const group of row_groups) {
    if (!isCount(Number(group.num_rows))) throw new Error(`a group of ${group.num_rows} rows`);
    rows += group.num_rows;
    for (const column of group.columns) {
      const place = placeOf(column);
      if (!place) continue;
      const fits = isCount(place.start) && isCount(place.end) && place.start <= place.end && place.end <= size;
      if (!fits) throw new Error(`a column at bytes ${place.start} … ${place.end} of ${size}`);
    }
  }
  if (rows !== num_rows) throw new Error(`${num_rows} rows, in groups of ${rows} together`);
}

/** Looks over runs of levels of one bit: a run that is longer than there are values would be written on and on. */
function checkRuns(bytes: Uint8Array, count: number): void {
  let at = 0;
  for (let seen = 0; seen < count; ) {
    let head = 0;
    for (let place = 0; ; place++) {
      const byte = bytes[at++];
      if (byte === undefined || place > 3) throw new Error('runs of levels that do not end');
      head += (byte & 0x7f) * 2 ** (7 * place);
      if (byte < 0x80) break;
    }
    const isPacked = head % 2 === 1;
    const run = Math.floor(head / 2) * (isPacked ? 8 : 1);
    // packed ones come in eights
    if (run > count - seen + (isPacked ? 7 : 0)) throw new Error(`a run of ${run} levels, of ${count} in all`);
    seen += run;
    at += isPacked ? run / 8 : 1;
  }
}

/**
 * Looks over the heads of a column's pages before anything is made of them: a page that ends before it begins would be read for
 * ever, and what a head says of the number of values is believed when memory is made for them.
 *
 * @param view the bytes of the column
 * @param rows its values, where it is neither a group nor a list
 * @param most bytes that the file may unpack to
 */
export function checkPages(view: DataView, { meta_data }: ColumnChunk, rows: number, most: number): void {
  const reader = { view, offset: 0 };
  let values = 0;
  // as hyparquet does, a last byte is no page
  while (reader.offset < view.byteLength - 1 && values < rows) {
    checkThrift(view, reader.offset);
    const header = parquetHeader(reader);
    const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
    if (!isCount(packed) || packed > view.byteLength - reader.offset) throw new Error(`a page of ${packed} bytes`);
    if (!isCount(unpacked) || unpacked > most || (meta_data?.codec === 'SNAPPY' && unpacked > SNAPPED * (packed + 1))) {
      throw new Error(`a page of ${packed} bytes that are ${unpacked} unpacked`);
    }
    const begin = view.byteOffset + reader.offset;
    reader.offset += packed;
    if (header.type === 'DICTIONARY_PAGE') {
      const entries = header.dictionary_page_header?.num_values;
      if (!isCount(entries) || entries > 8 * unpacked) throw new Error(`${entries} words in ${unpacked} bytes`);
      continue;
    }
    const second = header.data_page_header_v2;
    const count = second ? second.num_values : header.data_page_header?.num_values;
    if (!isCount(count) || count > MOST_VALUES) throw new Error(`a page of ${count} values`);
    if (second && second.num_rows !== count) throw new Error(`a page of ${second.num_rows} rows and ${count} values`);
    if (second && !(isCount(second.num_nulls) && second.num_nulls <= count)) {
      throw new Error(`a page of ${count} values, ${second.num_nulls} of them missing`);
    }
    if (second) {
      const { definition_levels_byte_length: levels, repetition_levels_byte_length: lists } = second;
      if (!isCount(levels) || !isCount(lists) || levels + lists > packed) {
        throw new Error(`levels of ${levels} and ${lists} bytes in a page of ${packed}`);
      }
      if (levels > 0) checkRuns(new Uint8Array(view.buffer, begin + lists, levels), count);
    }
    values += count;
  }
  if (values !== rows) throw new Error(`${values} values for ${rows} rows`);
}
