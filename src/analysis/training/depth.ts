import type { Dataset } from '../../data/dataset.js';
import { sliceDataset } from '../../data/slice.js';
import * as op from '../../graph/ops/index.js';
import { variable } from '../../graph/tensor.js';
import { type Model, weightVariables } from '../../models/autoencoder.js';
import { embedded } from '../../models/embedding.js';
import { scaleInput, toOutput } from '../../models/network.js';
import { overData } from '../../models/over-data.js';
import { decoderLayers, encoderLayers, throughLayer, weightOf } from '../../models/sockets/body/dense.js';
import { type DenseBody, inputSize, type Specification } from '../../models/specification.js';
import { squaredError } from '../../nn/losses.js';
import { floatsOf, type RuntimeOptions } from '../../runtime/runtime.js';

/** What the first layers alone rebuild. */
export interface Depth {
  /** Units of the last layer used. */
  readonly units: number;
  /** Summed over an example in scaled units, mean over `examples` test examples. */
  readonly squaredError: number;
  readonly examples: number;
  /** The first test examples as these layers rebuild them, [samples, input size], scaled units. */
  readonly outputs: Float32Array;
}

/** Test examples that errors are measured on. */
const MEASURED = 1000;

type Deep = Specification & { readonly body: DenseBody };

/** Whether each layer of the encoder has a counterpart in the decoder, and there are several. */
function isMirrored(specification: Specification): specification is Deep {
  const { body, code } = specification;
  if (body.type !== 'dense' || body.encoder.length === 0 || code.type !== 'plain') return false;
  return body.decoder === 'mirrored' || body.decoder.join() === [...body.encoder].reverse().join();
}

/** The graph from examples to what 1, 2, … layers and their counterparts rebuild, and the error of each. */
function depthGraph(model: Model, specification: Deep) {
  const { scope, initializers } = weightVariables(model);
  const size = inputSize(specification);
  const input = variable('input', ['batch', ...specification.input.shape]);
  const x = scaleInput(specification, op.Reshape(input, ['batch', size]));
  const forth = encoderLayers(specification);
  const back = decoderLayers(specification);
  const twins = new Map(back.map((layer, k) => [layer.name, forth.at(-1 - k)]));
  const outputs: Record<string, typeof x> = {};
  let h = embedded(specification, scope, x);
  for (const [i, layer] of forth.entries()) {
    h = throughLayer(scope, layer, h);
    const logits = back.slice(back.length - 1 - i).reduce((g, other) => {
      // Tied weights are those of the encoder's layer on the other side.
      const twin = specification.body.tied ? twins.get(other.name) : undefined;
      return throughLayer(scope, other, g, twin && weightOf(scope, twin));
    }, h);
    const output = toOutput(specification, logits);
    outputs[`output/${i}`] = output;
    outputs[`error/${i}`] = squaredError(output, x);
  }
  return { name: 'depth', inputs: [input], outputs, initializers };
}

/**
 * What the first 1, 2, … layers rebuild together with their counterparts in the decoder; undefined where the layers have
 * none. Layers that were never trained alone owe nothing to this and may do badly.
 *
 * @param shown how many of the first examples to keep
 */
export async function depthOf(
  model: Model,
  test: Dataset,
  shown: number,
  runtime: RuntimeOptions | undefined,
): Promise<Depth[] | undefined> {
  const { specification } = model;
  if (!isMirrored(specification)) return undefined;
  const graph = depthGraph(model, specification);
  const layers = encoderLayers(specification);
  const size = inputSize(specification);
  const examples = Math.min(MEASURED, test.length);
  const measured = layers.map(({ units }) => ({
    ...{ units, sum: 0 },
    outputs: new Float32Array(Math.min(shown, examples) * size),
  }));
  const first = sliceDataset(test, 0, examples);
  for await (const { start, outputs } of overData(graph, first, runtime)) {
    for (const [i, layer] of measured.entries()) {
      for (const error of floatsOf(outputs[`error/${i}`])) layer.sum += error;
      const values = floatsOf(outputs[`output/${i}`]);
      if (start === 0) layer.outputs.set(values.subarray(0, layer.outputs.length));
    }
  }
  return measured.map(({ sum, ...layer }) => ({ ...layer, squaredError: sum / examples, examples }));
}
