import { badInput } from '../../core/errors.js';
import type { Model } from '../../models/autoencoder.js';
import { inputSize } from '../../models/specification.js';
import { largestStep, type StepChoice } from './choose-step.js';
import { createGarWriter, examplesPerBlock } from './container.js';
import { type Ends, refinementAt, type SampleOutcome, sampleOutcome, triedSample } from './ends.js';
import type { GarHeader } from './header.js';
import { type Expectation, expectationsOf } from './integers.js';
import { type Quantizer, quantize } from './quantizer.js';
import type { Refinement } from './refine.js';
import type { CodedSample } from './sample-codes.js';
import { deviationsOf, sensitivityScales } from './step-scales.js';

/** What a plan is made with beside the step. */
export interface PlanOptions {
  /** Sweeps of the search, 0 for none. */
  readonly effort?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What adds a tenth to the error of the model itself is the step where nobody asked for one. */
const DEFAULT_LOSS = 1.1;

/** How codes are written, once that is settled. */
export interface Plan {
  readonly header: GarHeader;
  readonly quantizer: Quantizer;
  /** How codes are searched, where they are. */
  readonly refinement?: Refinement;
}

/** Distributions for some codes, and what is known of codes otherwise. */
function expectationsFor(values: Int32Array, quantizer: Quantizer, width: number): Expectation[] {
  const { type } = quantizer;
  if (type === 'steps') return expectationsOf(values, width);
  return Array.from({ length: quantizer.vectors }, () => ({ type: 'entries', entries: quantizer.entries }));
}

/** The bytes of the file that a sample alone makes. */
function sampleBytes({ codes }: CodedSample, plan: Plan, model: Model): { fixed: number; growing: number } {
  const values = quantize(codes, plan.quantizer, model);
  const places = plan.header.expectations.length;
  const writer = createGarWriter(plan.header);
  const fixed = writer.start().length;
  const block = examplesPerBlock(places, inputSize(model.specification)) * places;
  let growing = 0;
  for (let at = 0; at < values.length; at += block) growing += writer.block(values.subarray(at, at + block)).length;
  return { fixed: fixed + writer.end().length, growing };
}

/** Looks at a sample and settles steps and distributions. */
export async function planFor(
  ends: Ends,
  sample: CodedSample,
  fixed: Pick<GarHeader, 'decoderHash' | 'decoder' | 'shape' | 'type' | 'named'>,
  options: StepChoice & PlanOptions,
  examples: number | undefined,
): Promise<Plan> {
  const { model, decoder } = ends;
  const { code } = model.specification;
  const planned = (quantizer: Quantizer): Plan => ({
    quantizer,
    header: {
      ...fixed,
      width: code.width,
      quantizer,
      expectations: expectationsFor(quantize(sample.codes, quantizer, model), quantizer, code.width),
    },
  });
  if (code.type === 'vector-quantized') {
    return planned({ type: 'entries', vectors: code.vectors, entries: code.entries });
  }
  const scales = code.type === 'quantized' ? undefined : await sensitivityScales(decoder, sample);
  const withStep = (step: number): Quantizer => ({ type: 'steps', step, ...(scales && { scales }) });
  const { bytes, signal, effort = 0 } = options;
  const tried = triedSample(sample);
  const refined = (step: number): Promise<Refinement> => refinementAt(sample, ends, withStep, step, effort);
  const settled = async (step: number): Promise<Plan> => ({
    ...planned(withStep(step)),
    ...(effort > 0 && { refinement: await refined(step) }),
  });
  if (options.step !== undefined) return settled(Math.fround(options.step));
  const asked = options.mse ?? (options.psnr === undefined ? undefined : 10 ** (-options.psnr / 10));
  if (asked === undefined && bytes === undefined && code.type === 'quantized') return settled(1);

  const guess = code.type === 'quantized' ? 1 : middleOf(deviationsOf(sample.codes, code.width)) || 1;
  if (bytes !== undefined) {
    const factor = sample.whole ? 1 : (examples ?? sample.count) / sample.count;
    if (!sample.whole && examples === undefined) {
      throw badInput('bytes', 'expected a source whose number of examples is known', 'choose the step by mse instead');
    }
    /** How many times the bits of plainly rounded codes a search leaves. */
    const growth = async (step: number): Promise<number> => {
      if (effort === 0) return 1;
      const refinement = await refined(step);
      const [plain, searched] = [{ ...refinement, sweeps: 0 }, refinement].map((one) =>
        sampleOutcome(tried, ends, withStep(step), one),
      ) as [Promise<SampleOutcome>, Promise<SampleOutcome>];
      return (await searched).bits / (await plain).bits;
    };
    // what holds for large steps holds for small ones of the inverse
    const inverse = await largestStep(
      1 / guess,
      async (inverted) => {
        const step = Math.fround(1 / inverted);
        const size = sampleBytes(sample, planned(withStep(step)), model);
        return size.fixed + size.growing * factor * (await growth(step)) <= bytes;
      },
      signal,
    );
    if (inverse === undefined) {
      throw badInput('bytes', `expected room for the header and the codes, got ${bytes} bytes`, 'allow for more');
    }
    return settled(Math.fround(1 / inverse));
  }
  const unrounded = (await sampleOutcome(sample, ends)).mse;
  const target = asked ?? unrounded * DEFAULT_LOSS;
  const holds = async (step: number): Promise<boolean> => {
    const search = effort > 0 && asked !== undefined ? await refined(step) : undefined;
    return (await sampleOutcome(search ? tried : sample, ends, withStep(step), search)).mse <= target;
  };
  const step = await largestStep(guess, holds, signal);
  if (step === undefined) {
    const where = options.psnr === undefined ? 'mse' : 'psnr';
    const words = (mse: number) => (where === 'mse' ? mse.toPrecision(4) : `${(-10 * Math.log10(mse)).toFixed(2)} dB`);
    throw badInput(
      where,
      `expected a quality that the model has, ${words(unrounded)} with codes as they are, got ${words(target)}`,
      'ask for less, or train a larger model',
    );
  }
  return settled(step);
}

function middleOf(values: Float64Array): number {
  return values.toSorted()[values.length >> 1] ?? 0;
}
