import { badInput } from '../core/errors.js';
import { type Tensor, topologicalOrder } from '../graph/tensor.js';
import { checkModel, decoderGraph, inferenceGraph, type Model } from '../models/autoencoder.js';
import { encodeGraph, type GraphDescription, type Program, wrapModel } from '../onnx/encode.js';

/** The parts of a model that run alone. */
export const modelParts = ['encoder', 'decoder'] as const;
export type ModelPart = (typeof modelParts)[number];

/** The metadata key of what a part is of, as JSON. */
export const PART_KEY = 'gargalo-part';

/** The encoder with all that a model file gives beside the reconstruction: of some codes `log-variance` or `indices`. */
function encoderWhole(model: Model): GraphDescription {
  const graph = inferenceGraph(model);
  const { reconstruction: _, ...outputs } = graph.outputs;
  const used = new Set<Tensor>(topologicalOrder(Object.values(outputs)));
  const initializers = new Map([...(graph.initializers ?? [])].filter(([weight]) => used.has(weight)));
  return { ...graph, name: 'encoder', outputs, initializers };
}

/** A part of a model as a program, with what it is of in its metadata. */
export function partProgram(model: Model, part: ModelPart): Program {
  checkModel(model, 'exportPart');
  if (!modelParts.includes(part)) {
    throw badInput('part', `expected ${modelParts.join(' or ')}, got ${JSON.stringify(part)}`);
  }
  const { kind, input, code } = model.specification;
  const { shape, columns, table } = input;
  const about = {
    part,
    kind,
    code: code.width,
    input: { shape, ...(columns && { columns }), ...(table && { table }) },
  };
  const { graph, ...ports } = encodeGraph(part === 'encoder' ? encoderWhole(model) : decoderGraph(model));
  return { name: part, bytes: wrapModel(graph, { [PART_KEY]: JSON.stringify(about) }), ...ports };
}

/**
 * The encoder or the decoder of a model as the bytes of an ONNX file that runs alone, float32 in and out, with any number of examples
 * at once. Encoder: `input` [batch, …shape] in the units of the data to `code` [batch, width], beside which a gaussian code has
 * `log-variance` [batch, width] and a vector-quantized one `indices` (int64) [batch, vectors]. Decoder: `code` [batch, width] to
 * `reconstruction` [batch, …shape] in the units of the data. One after the other they give what the whole model gives, digit for digit.
 *
 * @throws GargaloError `bad-input` for what is no model or no part
 */
export const exportPart = (model: Model, part: ModelPart): Uint8Array => partProgram(model, part).bytes;
