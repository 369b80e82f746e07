// What a model does with the examples of requests: those that come together go through the network together.
import { arrayDataset, concatenated, type Dataset, exampleSize, type Values } from '../data/dataset.js';
import type { ExampleBlock } from '../data/stream.js';
import type { Autoencoder } from '../models/autoencoder.js';
import { inputSize, type Specification } from '../models/specification.js';
import type { DetectedBlock } from '../tasks/detect/detect.js';
import type { Detector } from '../tasks/detect/detector.js';
import { inBatches } from './batches.js';

/** Some rows of a request. */
interface Job extends Pick<ExampleBlock, 'values' | 'cells'> {
  readonly rows: number;
}

/** Rows of a batch, at most: those of one call of the network. */
const BATCH_ROWS = 2048;

/** The rows of several requests as one data set. */
function together(jobs: readonly Job[], form: Pick<Dataset, 'shape' | 'columns' | 'table' | 'sequence'>): Dataset {
  const { shape, columns, table, sequence } = form;
  const values = concatenated(jobs.map((job) => Float32Array.from(job.values)));
  const width = table?.columns.length ?? 0;
  const hasCells = jobs.some(({ cells }) => cells);
  const cells = hasCells && concatenated(jobs.map((job) => job.cells ?? new Uint8Array(job.rows * width)));
  return arrayDataset(values ?? new Float32Array(0), {
    ...{ name: 'rows', shape },
    ...(columns && { columns }),
    ...(table && { table }),
    ...(sequence && { sequence }),
    ...(cells && { cells }),
  });
}

/** Cuts what was made of several requests together into that of each. */
function cut<T extends Values | Float64Array>(whole: T, jobs: readonly Job[], width: number): T[] {
  let at = 0;
  return jobs.map(({ rows }) => {
    const from = at;
    at += rows * width;
    return whole.subarray(from, at) as T;
  });
}

async function gathered<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const join = <T extends Values | Float64Array>(parts: readonly T[]): T => concatenated(parts)!;

/** What is measured of batches. */
export type OnBatch = (task: string, jobs: number, rows: number) => void;

/** The work of a model, in batches. */
export type ModelWork = ReturnType<typeof openWork>;

/**
 * @param wait milliseconds that a request waits for others
 */
export function openWork(
  autoencoder: Autoencoder,
  detector: Detector | undefined,
  { wait, onBatch }: { readonly wait: number; readonly onBatch?: OnBatch | undefined },
) {
  const { specification } = autoencoder;
  const { input, code } = specification;
  const size = inputSize(specification);
  const batched = <Result>(task: string, work: (jobs: readonly Job[]) => Promise<Result[]>) =>
    inBatches<Job, Result>(work, {
      ...{ wait, rows: BATCH_ROWS, rowsOf: ({ rows }) => rows },
      onBatch: (jobs, rows) => onBatch?.(task, jobs, rows),
    });
  return {
    /** [rows, width] codes */
    encode: batched('encode', async (jobs) => {
      const blocks = await gathered(autoencoder.codes(together(jobs, input)));
      return cut(join(blocks.map((block) => block.code)), jobs, code.width);
    }),
    /** [rows, size] in raw units */
    reconstruct: batched('reconstruct', async (jobs) => {
      const blocks = await gathered(autoencoder.blocks(together(jobs, input)));
      return cut(join(blocks.map((block) => block.reconstruction)), jobs, size);
    }),
    /** [rows, size] in raw units, of codes */
    decode: batched('decode', async (jobs) => {
      const blocks = await gathered(autoencoder.decoded(together(jobs, { shape: [code.width] })));
      return cut(join(blocks.map((block) => block.reconstruction)), jobs, size);
    }),
    /** Scores of examples; those of the steps of a series are not made here, since each depends on those beside it. */
    score: batched('score', async (jobs): Promise<Omit<DetectedBlock, 'start' | 'end'>[]> => {
      const blocks = await gathered(detector!.detect(together(jobs, input)));
      const scores = cut(join(blocks.map((block) => block.scores)), jobs, 1);
      const anomalies = cut(join(blocks.map((block) => block.anomalies)), jobs, 1);
      const contributions = cut(join(blocks.map((block) => block.contributions)), jobs, size);
      const expected = cut(join(blocks.map((block) => block.expected)), jobs, size);
      return jobs.map(({ values: observed, cells }, i) => ({
        scores: scores[i]!,
        anomalies: anomalies[i]!,
        contributions: contributions[i]!,
        expected: expected[i]!,
        observed,
        ...(cells && { cells }),
      }));
    }),
  };
}

/** A block of a source as a job. */
export const jobOf = ({ start, end, values, cells }: ExampleBlock): Job => ({
  ...{ rows: end - start, values },
  ...(cells && { cells }),
});

/** Values of a row in an answer of each path: what bounds how many rows a request may have. */
export const answerWidths = (specification: Specification) => ({
  score: 16,
  encode: specification.code.width,
  reconstruct: exampleSize(specification.input),
  denoise: exampleSize(specification.input),
  decode: exampleSize(specification.input),
});
