import type { Autoencoder, Model } from '../../models/autoencoder.js';
import { inputSize } from '../../models/specification.js';
import { createFidelityMeter } from './fidelity.js';
import { dequantize, placesOf, type Quantizer, quantize } from './quantizer.js';
import { bitsOf, bitTables, type Refinement, refine } from './refine.js';
import { type CodedSample, thinned } from './sample-codes.js';

/** Both ends of a file: the model that codes come from, and the decoder that they are for, at work. */
export interface Ends {
  readonly model: Model;
  /** The same model, or one whose decoder has been rounded. */
  readonly decoder: Model & Pick<Autoencoder, 'decode'>;
  /** What outputs are written as. */
  readonly type: 'uint8' | 'float32';
}

/** What a quantizer makes of a sample. */
export interface SampleOutcome {
  /** Of a value, in scaled units. */
  readonly mse: number;
  /** Of an example, by how often its values come. */
  readonly bits: number;
}

/** The whole numbers of a sample, searched where there is a refinement. */
async function wholeNumbers(
  { codes, originals }: CodedSample,
  { model, decoder }: Ends,
  quantizer: Quantizer,
  refinement?: Refinement,
): Promise<Int32Array> {
  const values = quantize(codes, quantizer, model);
  if (refinement) await refine(decoder, values, originals, refinement);
  return values;
}

/** What comes back of a sample, with codes as they are where there is no quantizer. */
export async function sampleOutcome(
  sample: CodedSample,
  ends: Ends,
  quantizer?: Quantizer,
  refinement?: Refinement,
): Promise<SampleOutcome> {
  const { model, decoder, type } = ends;
  const meter = createFidelityMeter(model.specification, type, { ssim: false });
  const values = quantizer && (await wholeNumbers(sample, ends, quantizer, refinement));
  meter.add(sample.originals, await decoder.decode(values ? dequantize(values, quantizer, decoder) : sample.codes));
  let bits = 0;
  if (values) {
    const places = placesOf(quantizer, model.specification.code.width);
    const tables = refinement?.tables ?? bitTables(values, places);
    for (const [at, value] of values.entries()) bits += bitsOf(tables[at % places]!, value) / sample.count;
  }
  return { mse: meter.value().mse, bits };
}

/** Examples that a refinement is tried on. */
const TRIED = 256;
/** How much larger and smaller the steps are that the price of a bit is taken between. */
const APART = 1.25;

/** A part of a sample that is small enough to try refinements on. */
export const triedSample = (sample: CodedSample): CodedSample => thinned(sample, TRIED);

/**
 * What to weigh errors and bits by at a step: a bit is worth what it saves in error where the step is changed a little.
 *
 * @param withStep the quantizer of a step
 */
export async function refinementAt(
  sample: CodedSample,
  ends: Ends,
  withStep: (step: number) => Quantizer,
  step: number,
  sweeps: number,
): Promise<Refinement> {
  const quantizer = withStep(step);
  const { specification } = ends.model;
  const part = thinned(sample, 8 * TRIED);
  const fine = await sampleOutcome(part, ends, withStep(Math.fround(step / APART)));
  const coarse = await sampleOutcome(part, ends, withStep(Math.fround(step * APART)));
  const saved = fine.bits - coarse.bits;
  const bitPrice = saved > 0 ? Math.max(0, ((coarse.mse - fine.mse) * inputSize(specification)) / saved) : 0;
  const values = quantize(sample.codes, quantizer, ends.model);
  const tables = bitTables(values, placesOf(quantizer, specification.code.width));
  return { quantizer, tables, bitPrice, sweeps, type: ends.type };
}
