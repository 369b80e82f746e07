import { badInput } from '../core/errors.js';
import { createRandom } from '../core/random.js';
import type { WorkOptions } from '../core/work.js';
import type { Dataset } from '../data/dataset.js';
import type { Examples } from '../data/in-memory.js';
import { applyScaling, undoScaling } from '../data/scaling.js';
import { type ExampleBlock, type ExampleStream, joined, streamOf } from '../data/stream.js';
import { type Autoencoder, checkInput, checkModel, examplesFor } from '../models/autoencoder.js';
import { corruptValues } from '../models/sockets/corruption.js';
import { type Corruption, inputSize, isBounded, type Specification } from '../models/specification.js';

/**
 * Examples as the encoder sees them in training: corrupted in scaled units, then brought back to raw ones. Each is
 * corrupted the same way whichever block it is read in.
 *
 * @param values [end − start, input size], raw units
 * @param start position of the first example
 */
function corrupted(
  values: Uint8Array | Float32Array,
  start: number,
  { input }: Specification,
  corruption: Corruption,
  seed: number,
): Float32Array {
  const result = applyScaling(values, input.scaling);
  const size = inputSize({ input });
  for (let at = 0, i = start; at < result.length; at += size, i++) {
    const { normal } = createRandom(seed, `corruption/${i}`);
    result.set(corruptValues(corruption, result.subarray(at, at + size), normal), at);
  }
  return undoScaling(result, input.scaling, result);
}

/** A data set as the encoder sees it in training, in raw units. */
export function corruptedDataset(
  dataset: Dataset,
  specification: Specification,
  corruption: Corruption,
  seed = 0,
): Dataset {
  checkInput(specification, dataset);
  return {
    ...dataset,
    type: 'float32',
    block: async (start, end) => corrupted(await dataset.block(start, end), start, specification, corruption, seed),
  };
}

/** What is left to a caller of {@link denoise}. */
export interface DenoiseOptions {
  /** The examples are clean: corrupt them this way first, and measure what that does and how much of it is undone. */
  readonly corruption?: Corruption;
  readonly seed?: number;
}

/** Cleaned examples; all values in raw units, [n, input size] row-major. */
export interface Denoised {
  readonly values: Float32Array;
  /** What was cleaned, and how near to the clean examples it was and came, in dB; where they were corrupted first. */
  readonly corrupted?: Cleaning & { readonly values: Float32Array };
}

/**
 * Refuses a model that never learned to undo a corruption.
 *
 * @param where the model's file, for messages
 * @throws GargaloError `bad-input` that says how to train one
 */
export function checkDenoiser({ corruption }: Specification, where = 'model'): void {
  if (corruption.type !== 'none') return;
  throw badInput(
    where,
    'expected a model trained on corrupted examples, got one that never saw any',
    'train with `kind: "denoising"` `noise: 0.5`, or reconstruct with this one',
  );
}

/** Some cleaned examples; all values in raw units, [end − start, input size] row-major. */
export interface DenoisedBlock extends ExampleBlock {
  /** As they came. */
  readonly values: Uint8Array | Float32Array;
  /** As the encoder saw them, where they were corrupted first. */
  readonly corrupted?: Float32Array;
  readonly cleaned: Float32Array;
}

/** How near to the clean examples corrupted ones were and cleaned ones came, in dB. */
export interface Cleaning {
  readonly before: number;
  readonly after: number;
  /** The peak that the ratios are taken against, in scaled units. */
  readonly peak: number;
}

/**
 * Cleans examples block by block, in order, with a model that was trained on corrupted ones: for data of any size.
 *
 * @returns what was measured, where the examples were corrupted first
 * @throws GargaloError `bad-input` for a model trained without corruption, or examples that do not fit it; `cancelled`
 */
export async function* denoiseBlocks(
  autoencoder: Autoencoder,
  examples: Examples,
  { corruption, seed = 0, ...work }: DenoiseOptions & WorkOptions = {},
): AsyncGenerator<DenoisedBlock, Cleaning | undefined> {
  checkModel(autoencoder, 'denoise');
  const { specification } = autoencoder;
  checkDenoiser(specification);
  const clean = streamOf(await examplesFor(specification, examples));
  if (!corruption) {
    for await (const { code: _code, reconstruction, ...block } of autoencoder.blocks(clean, work)) {
      yield { ...block, cleaned: reconstruction };
    }
    return undefined;
  }
  const measure = measureCleaning(specification);
  // The clean values of the blocks that are read and not yet cleaned.
  const waiting: ExampleBlock['values'][] = [];
  const seen: ExampleStream = {
    ...clean,
    type: 'float32',
    async *blocks(options) {
      for await (const block of clean.blocks(options)) {
        waiting.push(block.values);
        yield { ...block, values: corrupted(block.values, block.start, specification, corruption, seed) };
      }
    },
  };
  for await (const { code: _code, reconstruction, ...block } of autoencoder.blocks(seen, work)) {
    const values = waiting.shift()!;
    const noisy = block.values as Float32Array;
    measure.add(values, noisy, reconstruction);
    yield { ...block, values, corrupted: noisy, cleaned: reconstruction };
  }
  return measure.result();
}

/** Sums the squared errors of corrupted and of cleaned examples, in scaled units. */
function measureCleaning(specification: Specification) {
  const { scaling } = specification.input;
  let [before, after, count] = [0, 0, 0];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return {
    add(values: Uint8Array | Float32Array, noisy: Float32Array, cleaned: Float32Array): void {
      const [clean, seen, back] = [values, noisy, cleaned].map((part) => applyScaling(part, scaling)) as [
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      for (let i = 0; i < clean.length; i++) {
        const value = clean[i]!;
        before += (seen[i]! - value) ** 2;
        after += (back[i]! - value) ** 2;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      count += clean.length;
    },
    result(): Cleaning {
      const peak = isBounded(specification) ? 1 : high - low;
      const ratio = (error: number) => 10 * Math.log10((peak * peak * count) / error);
      return { before: ratio(before), after: ratio(after), peak };
    },
  };
}

/**
 * Cleans examples with a model that was trained on corrupted ones (Vincent et al. 2008). The peak signal-to-noise ratios
 * are those of the mean squared error over all values; the peak is 1 where scaled values lie in 0 … 1, else the range of
 * the clean ones.
 *
 * @throws GargaloError `bad-input` for a model trained without corruption, or examples that do not fit it
 */
export async function denoise(
  autoencoder: Autoencoder,
  examples: Examples,
  options: DenoiseOptions & WorkOptions = {},
): Promise<Denoised> {
  const cleaned: Float32Array[] = [];
  const noisy: Float32Array[] = [];
  const walk = denoiseBlocks(autoencoder, examples, options);
  let next = await walk.next();
  for (; !next.done; next = await walk.next()) {
    cleaned.push(next.value.cleaned);
    if (next.value.corrupted) noisy.push(next.value.corrupted);
  }
  const values = joined(cleaned);
  return next.value ? { values, corrupted: { values: joined(noisy), ...next.value } } : { values };
}
