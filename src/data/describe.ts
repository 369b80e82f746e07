import type { WorkOptions } from '../core/work.js';
import { type ElementType, exampleSize, featureCount } from './dataset.js';
import { lookOf } from './look.js';
import { type NumberSummary, numberFigures, type TimeSummary, timeFigures, wordFigures } from './number-figures.js';
import { sampleSize } from './quantiles.js';
import { type ExampleSource, streamOf } from './stream.js';
import { inNameOrder } from './table/words.js';

/** What examples of one shape hold. */
export interface ExamplesDescription {
  readonly kind: 'images' | 'windows' | 'rows';
  readonly name: string;
  readonly examples: number;
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** All values together; undefined where all are missing. */
  readonly values?: NumberSummary;
  /** Values that are NaN. */
  readonly missing: number;
  /** Features that are the same in all of several examples. */
  readonly constant: number;
  /** Each feature of rows and windows, where they are not too many. */
  readonly columns?: readonly {
    readonly name: string;
    readonly missing: number;
    readonly constant: boolean;
    readonly numbers?: NumberSummary;
  }[];
  /** Examples of each class, in the order of their names; where the source has classes. */
  readonly classes?: readonly (readonly [name: string, count: number])[];
  readonly unlabelled?: number;
  readonly time?: TimeSummary & { readonly column: string; readonly unit: 'date' | 'number' };
  /** The first values of the first examples, where they are no images. */
  readonly preview?: readonly (readonly number[])[];
  /** What became of the source when it was read, a sentence each. */
  readonly notes?: readonly string[];
}

/** Features that are told one by one, at most. */
const TOLD = 1000;
const PREVIEW = { rows: 5, values: 12 };

/**
 * Says what examples hold: it walks over them once, in constant memory.
 *
 * @throws GargaloError as the source does; `cancelled`
 */
export async function describe(
  source: ExampleSource,
  { signal, onProgress }: WorkOptions = {},
): Promise<ExamplesDescription> {
  const stream = streamOf(source);
  const { name, shape, type, sequence } = stream;
  const size = exampleSize(stream);
  const features = featureCount(stream);
  const isImage = lookOf(shape, sequence).kind === 'picture';
  const all = numberFigures('all', 2 ** 16);
  const isTold = !isImage && features <= TOLD;
  const each = Array.from({ length: isTold ? features : 0 }, (_, j) => numberFigures(String(j), sampleSize(features)));
  const holes = new Float64Array(features);
  const low = new Float64Array(features).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(features).fill(Number.NEGATIVE_INFINITY);
  const classes = wordFigures();
  const times = timeFigures('time');
  const preview: number[][] = [];
  let [examples, missing, unlabelled] = [0, 0, 0];
  for await (const { start, end, values, labels, times: ofBlock } of stream.blocks({ signal })) {
    for (let i = 0, j = 0; i < values.length; i++, j = j + 1 === features ? 0 : j + 1) {
      const value = values[i]!;
      if (Number.isNaN(value)) {
        missing++;
        holes[j]!++;
        continue;
      }
      all.add(value);
      if (isTold) each[j]!.add(value);
      if (value < low[j]!) low[j] = value;
      if (value > high[j]!) high[j] = value;
    }
    for (const label of labels ?? []) {
      if (label === undefined) unlabelled++;
      else classes.add(label);
    }
    for (const [i, time] of (ofBlock ?? []).entries()) times.add(time, start + i);
    for (let row = 0; !isImage && row < end - start && preview.length < PREVIEW.rows; row++) {
      preview.push([...values.subarray(row * size, row * size + Math.min(size, PREVIEW.values))]);
    }
    examples = end;
    onProgress?.({ done: end, ...(stream.length !== undefined && { total: stream.length }) });
  }
  const summary = all.summary();
  const time = times.summary();
  return {
    kind: isImage ? 'images' : sequence ? 'windows' : 'rows',
    name,
    examples,
    shape,
    type,
    ...(summary && { values: summary }),
    missing,
    constant: examples > 1 ? low.reduce((sum, value, j) => sum + (value === high[j] ? 1 : 0), 0) : 0,
    ...(isTold && {
      columns: each.map((one, j) => {
        const numbers = one.summary();
        return {
          name: stream.columns?.[j] ?? String(j + 1),
          missing: holes[j] ?? 0,
          constant: examples > 1 && low[j] === high[j],
          ...(numbers && { numbers }),
        };
      }),
    }),
    ...(stream.labelled && {
      classes: inNameOrder(classes.summary(Number.POSITIVE_INFINITY).top),
      unlabelled,
    }),
    ...(stream.time && time && { time: { ...stream.time, ...time } }),
    ...(!isImage && { preview }),
    ...(stream.notes && stream.notes.length > 0 && { notes: stream.notes }),
  };
}
