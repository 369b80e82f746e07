// The width of a code, suggested by the examples, with the reason for it.
import { createRuntime } from '#runtime';
import { type CodeWidth, examplesToMeasure, suggestCodeWidth } from '../analysis/latent/code-width.js';
import { GargaloError } from '../core/errors.js';
import { count, figure, several } from '../core/format.js';
import { exampleSize } from '../data/dataset.js';
import { randomSample } from '../data/random-sample.js';
import { type OpenOptions, openSource } from '../data/read/open.js';
import type { ScalingMethod } from '../data/scaling.js';
import type { ExampleSource } from '../data/stream.js';
import { filled, learnFills } from '../data/table/fill.js';
import type { RuntimeOptions } from '../runtime/runtime.js';

/** What is said of the width, in words and as JSON. */
export interface CodeSuggestion {
  readonly width: number;
  readonly reason: string;
  readonly intrinsicDimension: number | null;
  readonly componentsFor90: number | null;
  /** Values of an example, of which the code is to be fewer. */
  readonly values: number;
  /** Examples that were looked at; 0 where the width is by a plain rule. */
  readonly examples: number;
}

/** Rows of a table that the sample is drawn from: a table need not be read to its end again. */
const ROWS = 200_000;

/** A sample of a source without missing values, as training has them. */
async function sampleOf(source: ExampleSource, most: number, signal: AbortSignal | undefined) {
  const sample = await randomSample(source, most, { signal });
  return filled(sample, await learnFills(sample));
}

function reasonOf(measured: CodeWidth): string {
  const { by, examples, values, intrinsicDimension, componentsFor90, componentsFor95 } = measured;
  const dimensions = `${several(examples, 'example')} fill about ${figure(intrinsicDimension, 2)} of ${several(values, 'dimension')}`;
  const needed =
    componentsFor90 === null ? 'PCA needs many more' : `PCA needs ${several(componentsFor90, 'component')}`;
  switch (by) {
    case 'mean':
      return `${dimensions}, ${needed} for 90\u202f% of the variance: a network should do with the geometric mean`;
    case 'components':
      return `${dimensions}, but ${several(componentsFor95!, 'component')} of PCA ${componentsFor95 === 1 ? 'holds' : 'hold'} 95\u202f% of the variance`;
    case 'limit':
      return `${dimensions}, ${needed} for 90\u202f% of the variance: no more than ${measured.width === Math.floor(values / 2) ? 'half of the values' : `${count(measured.width)} are suggested`}`;
  }
}

/**
 * Looks at a sample of examples for the width of their code.
 *
 * @param open opens the examples, as the suggested command reads them
 * @param plain the width where nothing can be measured
 * @param options where it is measured
 */
export async function suggestCode(
  open: () => Promise<ExampleSource>,
  scaling: ScalingMethod | undefined,
  plain: number,
  options: RuntimeOptions = {},
  signal?: AbortSignal,
): Promise<CodeSuggestion> {
  const unmeasured = (why: string, values = 4 * plain): CodeSuggestion => ({
    ...{ width: plain, reason: `a plain rule, since ${why}` },
    ...{ intrinsicDimension: null, componentsFor90: null, values, examples: 0 },
  });
  const runtime = await createRuntime(options);
  try {
    const source = await open();
    const values = exampleSize(source);
    const most = examplesToMeasure(values);
    if (most === 0) return unmeasured(`examples of ${count(values)} values are too large to measure many`, values);
    const sample = await sampleOf(source, most, signal);
    const method = scaling ?? (sample.type === 'uint8' ? 'bytes' : sample.picture ? 'min-max' : 'standard');
    const measured = await suggestCodeWidth(runtime, sample, method);
    if (!measured) return unmeasured(`${several(sample.length, 'example')} say too little`, values);
    const { width, intrinsicDimension, componentsFor90, examples } = measured;
    return { width, reason: reasonOf(measured), intrinsicDimension, componentsFor90, values, examples };
  } catch (error) {
    // What cannot be read as it is has been described already: the width is no reason to end with an error.
    if (!(error instanceof GargaloError) || error.code !== 'bad-input') throw error;
    return unmeasured(`the examples cannot be measured (${error.message})`);
  } finally {
    await runtime.close();
  }
}

/** Opens the examples of a table or file, no more of them than a sample is drawn from. */
export async function openForCode(source: string, options: OpenOptions): Promise<ExampleSource> {
  const limit = Math.min(options.limit ?? ROWS, ROWS);
  return (await openSource(source, { ...options, limit })).train;
}
