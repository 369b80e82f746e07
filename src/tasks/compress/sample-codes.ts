import { rowsAt } from '../../analysis/statistics/rows.js';
import type { WorkOptions } from '../../core/work.js';
import { exampleSize } from '../../data/dataset.js';
import { sliceDataset } from '../../data/slice.js';
import { type ExampleSource, isDataset, STREAM_ROWS, streamOf } from '../../data/stream.js';
import type { Autoencoder } from '../../models/autoencoder.js';

/** Some of the examples, with their codes: what steps and distributions are chosen by. */
export interface CodedSample {
  readonly count: number;
  /** Whether these are all examples. */
  readonly whole: boolean;
  /** [count, input size], raw units */
  readonly originals: Float32Array | Uint8Array;
  /** [count, width] */
  readonly codes: Float32Array;
}

/** Examples of a sample, at most. */
const SAMPLE = 16_384;
/** Values of its examples, and of its codes, at most. */
const SAMPLE_VALUES = 2 ** 25;

/** The first examples of a source, and of what can be read in any order as many from all over it. */
export async function sampleCodes(
  autoencoder: Autoencoder,
  examples: ExampleSource,
  { signal }: WorkOptions,
): Promise<CodedSample> {
  const { width } = autoencoder.specification.code;
  const size = exampleSize(examples);
  const most = Math.max(1, Math.min(SAMPLE, Math.floor(SAMPLE_VALUES / Math.max(size, width))));
  const parts: { values: Float32Array | Uint8Array; code: Float32Array }[] = [];
  let count = 0;
  let whole = true;
  const take = async (source: ExampleSource, limit: number): Promise<void> => {
    for await (const { start, end, values, code } of autoencoder.codes(source, { signal })) {
      const rows = Math.min(end, limit) - start;
      if (rows < end - start) whole = false;
      parts.push({ values: values.slice(0, rows * size), code: code.slice(0, rows * width) });
      count += rows;
      if (end >= limit) {
        if (end > limit) whole = false;
        return;
      }
    }
  };
  if (isDataset(examples) && examples.length > most) {
    whole = false;
    // pieces at equal distances
    const pieces = Math.max(1, Math.floor(most / Math.min(most, STREAM_ROWS)));
    const rows = Math.floor(most / pieces);
    for (let piece = 0; piece < pieces; piece++) {
      const start = Math.floor((piece * (examples.length - rows)) / Math.max(1, pieces - 1));
      await take(sliceDataset(examples, start, start + rows), rows);
    }
  } else {
    const stream = streamOf(examples);
    // one more than is kept would tell that there are others: their number may not be known
    await take(stream, most);
    if (count === most && stream.length !== most) whole = false;
  }
  const all = examples.type === 'uint8' ? new Uint8Array(count * size) : new Float32Array(count * size);
  const codes = new Float32Array(count * width);
  let row = 0;
  for (const { values, code } of parts) {
    all.set(values, row * size);
    codes.set(code, row * width);
    row += code.length / width;
  }
  return { count, whole, originals: all, codes };
}

/** Some of a sample, at equal distances. */
export function thinned(sample: CodedSample, most: number): CodedSample {
  const { count, originals, codes } = sample;
  if (count <= most) return sample;
  const [size, width] = [originals.length / count, codes.length / count];
  const rows = Array.from({ length: most }, (_, i) => Math.floor((i * count) / most));
  return {
    count: most,
    whole: false,
    originals: rowsAt(originals, size, rows),
    codes: rowsAt(codes, width, rows),
  };
}
